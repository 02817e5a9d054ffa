"""An event as a mail: text first, then HTML, rendered once for all who are told the same of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.channels.channel import Envelope, EventContext
from monitor.channels.email import mime
from monitor.channels.email.alert import Alert, message_id
from monitor.channels.email.configured import MailSender
from monitor.channels.email.foot import why_told
from monitor.channels.email.typesetting import clickable
from monitor.language.texts import IN_ENGLISH, Texts, texts_of
from monitor.model import Change, Event, Significance, delivery_id
from monitor.render.context import lines_for
from monitor.render.folding import grouped
from monitor.render.headlines import MOST_SENTENCE, gist, heading, heading_line, is_shown_in_words, quoted_reason
from monitor.render.sentences import not_shown_yet
from monitor.render.values import Line, label, lines
from monitor.render.words import path_words
from monitor.text import one_line, safe_cut

SUBJECT = 120
"""So many characters a subject has at most."""

MOST_CHANGES = 40
MOST_LABELS = 8
MOST_TITLE = 240


class EventMail:
    """What all get who are told of the same *changes* of an event; at least one."""

    def __init__(self, context: EventContext, changes: Sequence[Change]) -> None:
        self._context = context
        self._changes = sorted(changes, key=lambda change: -change.significance)
        self._event = context.event
        self._begun_by = context.begun_by
        self._alerts: dict[str, Alert] = {}
        """By language."""

    def for_subscriber(self, envelope: Envelope, sender: MailSender) -> bytes:
        """The whole mail, in the thread of its trial, or of the sibling that told the same shortly before.

        A thread begins with an id that no mail has. Raise ConfigurationInvalid where nobody could unsubscribe.
        """
        subscription, first = envelope.subscription, self._begun_by or self._event
        root = message_id(f"{first.registry}/{first.trial_id}/{subscription.id}", sender)
        above = message_id(delivery_id(first.id, subscription.id), sender) if self._begun_by else root
        texts = texts_of(subscription.language)
        return self._alert(texts).for_subscriber(
            envelope,
            sender,
            why=why_told(subscription, self._event, about=envelope.about, texts=texts),
            threaded=[("In-Reply-To", above), ("References", " ".join(dict.fromkeys((root, above))))],
            marked=[mime.unstructured("X-Monitor-Event", self._event.id)],
        )

    def _alert(self, texts: Texts) -> Alert:
        if texts.language not in self._alerts:
            context, event, changes = self._context, self._event, self._changes
            registry = one_line(context.registry_name or event.registry)
            around = [texts.said(line.text) for line in lines_for(context.background, changes)]
            self._alerts[texts.language] = Alert(
                "event",
                _page(event, changes, title=context.title, url=context.url, texts=texts)
                | {"registry": registry, "background": around, "page": clickable(context.page)},
                subject=subject(event, changes, registry=registry if context.has_siblings else "", texts=texts),
                texts=texts,
            )
        return self._alerts[texts.language]


def subject(event: Event, changes: Sequence[Change], *, registry: str = "", texts: Texts = IN_ENGLISH) -> str:
    """`[critical] NCT02116634: Withdrawn – “Because economic problems”`; *changes* with the most significant first.

    Behind the id stands the *registry*, where there is one to name.
    """
    where = f" ({safe_cut(registry, 30)})" if registry else ""
    begin = f"[{texts.weight(str(changes[0].significance))}] {safe_cut(event.trial_id, 40)}{where}" + texts.gettext(
        ": "
    )
    return begin + gist(changes, SUBJECT - len(begin), texts)


# What the templates are given


@dataclass(frozen=True, slots=True)
class _Item:
    """One change as it is set; *sentence* says what the lines don't."""

    lines: Sequence[Line]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Row:
    """The changes of one field that matter as much."""

    significance: str
    label: str
    items: list[_Item]

    @property
    def is_list(self) -> bool:
        """Whether each of its changes is one line."""
        return all(len(item.lines) == 1 and not item.sentence for item in self.items)


def _page(event: Event, changes: Sequence[Change], *, title: str, url: str, texts: Texts) -> dict[str, object]:
    # Administrative changes are named beside others; alone, they are what was asked for.
    told = [change for change in changes if change.significance is not Significance.ADMINISTRATIVE] or changes
    shown = grouped(told, texts)
    first = changes[0]
    reason = quoted_reason(changes, texts=texts) if first.field == "overall_status" else ""
    headline = heading_line(first, texts)
    shown_above = _shown_above(shown, headline, reason)
    rows = [change for change in shown[:MOST_CHANGES] if change not in shown_above]
    said_above = "" if shown_above else heading(first, texts)
    return {
        "trial_id": one_line(event.trial_id),
        "title": safe_cut(title, MOST_TITLE),
        "url": clickable(url),
        "seen_at": texts.moment(event.occurred_at),
        "significance": str(first.significance),
        "headline": headline,
        "reason": reason,
        "beyond": "" if headline.stretches else _item(first, texts, beside=reason).sentence,
        "rows": _rows(rows, texts, beside=f"{reason} {said_above}"),
        "count": _counted(len(rows), texts, beside=bool(shown_above)) if len(rows) > 1 or shown_above else "",
        "changes": len(told),
        "more": len(shown) - MOST_CHANGES,
        "administrative": _labels([change for change in changes if change not in told], texts),
        "unasked": _labels([change for change in event.changes if change not in changes], texts),
    }


def _counted(count: int, texts: Texts, *, beside: bool) -> str:
    words = texts.ngettext("{count} change", "{count} changes", count)
    if beside:
        words = texts.ngettext("{count} more change", "{count} more changes", count)
    return words.format(count=texts.number(count))


def _shown_above(changes: Sequence[Change], headline: Line, reason: str) -> list[Change]:
    """Those of *changes* of which the headline and the reason under it show all there is."""
    first = changes[0]
    if headline.stretches and (not is_shown_in_words(first) or lines(first)):
        return []
    given = [change for change in changes if change.field == "why_stopped" and not change.before]
    return [first, *(change for change in given if reason and len(one_line(change.after)) <= MOST_SENTENCE - 2)]


def _rows(changes: Sequence[Change], texts: Texts, *, beside: str) -> list[_Row]:
    """A row for each field, once for each significance, in the order given."""
    rows: dict[tuple[Significance, str], _Row] = {}
    for change in changes:
        row = _Row(str(change.significance), label(change, texts), [])
        rows.setdefault((change.significance, row.label), row).items.append(_item(change, texts, beside=beside))
    return list(rows.values())


def _item(change: Change, texts: Texts, *, beside: str) -> _Item:
    shown = lines(change, texts=texts)
    if change.field == "rest":
        shown = [replace(line, label=path_words(line.label)) if line.label else line for line in shown]
        return _Item(shown, "")
    return _Item(shown, safe_cut(not_shown_yet(change, beside=beside, texts=texts), MOST_SENTENCE))


def _labels(changes: Sequence[Change], texts: Texts) -> str:
    """The fields of *changes*, each once, in so many words as a line has room for."""
    return texts.first_few(list(dict.fromkeys(label(change, texts) for change in changes)), MOST_LABELS)
