"""An event, a digest or a notice as a chat message: plain text, short enough to be taken in one piece. Pure.

    [critical] NCT02116634 – Vitamin D in breast cancer
    • Overall status went from Not yet recruiting to Withdrawn: “Because economic problems”.
    • Actual enrollment is 0 participants; the target was 60.
    https://clinicaltrials.gov/study/NCT02116634
    Note: our comparator trial

The rule: a registry's words must not make a chat service do something. Mentions of everybody or of somebody, and links
that show other words than their address, are broken up with a character of no width.
"""

import re
from collections.abc import Callable, Sequence

from monitor.channels.channel import Digest
from monitor.channels.digests import Section, covered, name_of, sections, subject, summed
from monitor.language.texts import Texts, texts_of
from monitor.model import Change, ContextLine, Event, Notice, Subscription
from monitor.render.context import lines_for
from monitor.render.folding import folded
from monitor.render.headlines import quoted_reason
from monitor.render.nets import sentence as net_sentence
from monitor.render.sentences import sentence
from monitor.render.values import card
from monitor.text import one_line, plain, shortened

MOST_CHARACTERS = 2000
"""What Discord takes, the shortest of the services that are allowed by default."""

_TITLE = 160
_REGISTRY = 30
_SUMMARY = 280
_NOTE = 280
_URL = 300
_FACT = 120
_OF_MANY = 120
"""Characters of a change in a digest."""
_TOLD_OF_NEW = ("title", "lead_sponsor", "found_by", "registered_on")

_BREAK = "\N{WORD JOINER}"
_ACTIVE = re.compile(r"(?<=@)|(?<=<)(?=[!@#:A-Za-z/])|(?<=\])(?=\()|(?<=:)(?=//)")
"""Behind an @ (`@everyone`), in `<!channel>` and `<https://…|words>`, in `[words](https://…)`, and in any address: the
one link of a message is ours."""


class EventMessage:
    """What all get who are told of the same *changes* of an event, in UTF-8: as many of them as there is room for.

    They are told most significant first; *url* is the trial's page, *title* None where the record has none,
    *registry* what to call the registry where the trial is known in several, *background* what stands around the event.
    """

    def __init__(
        self,
        event: Event,
        *,
        title: str | None,
        url: str,
        changes: Sequence[Change],
        registry: str = "",
        background: Sequence[ContextLine] = (),
    ) -> None:
        named = f" – {inert(title, _TITLE)}" if title else ""
        where = f" ({inert(registry, _REGISTRY)})" if registry else ""
        self._named = f"{one_line(event.trial_id)}{where}{named}"
        self._url = one_line(url)[:_URL]
        self._changes = changes
        self._background = lines_for(background, changes)[:1]
        self._made: dict[str, bytes] = {}
        """By language, of those without a note."""

    def for_subscriber(self, subscription: Subscription) -> bytes:
        """The message."""
        language = subscription.language
        if subscription.note:
            return self._in(texts_of(language), subscription)
        if language not in self._made:
            self._made[language] = self._in(texts_of(language), subscription)
        return self._made[language]

    def _in(self, texts: Texts, subscription: Subscription) -> bytes:
        significance = max(change.significance for change in self._changes)
        heading = f"[{texts.weight(str(significance))}] {self._named}"
        around = [inert(texts.said(line.text), _SUMMARY) for line in self._background]
        end = [*around, self._url, *_note(subscription, texts)]
        room = MOST_CHARACTERS - len("\n".join([heading, *end]))
        return "\n".join([heading, *_change_lines(folded(self._changes, texts), room, texts), *end]).encode()


def _note(subscription: Subscription, texts: Texts) -> list[str]:
    if not subscription.note:
        return []
    return [texts.gettext("Note: {note}").format(note=inert(subscription.note, _NOTE))]


def digest_chat(digest: Digest, subscription: Subscription) -> bytes:
    """The message, in UTF-8: a line a trial, the most significant first, as many as there is room for."""
    texts = texts_of(subscription.language)
    told = sections(digest, texts)
    end = [
        *([inert(covered(digest.coverage, texts), _SUMMARY)] if digest.coverage else []),
        *_note(subscription, texts),
    ]
    words = subject(digest, told, texts)
    if told:
        name = texts.gettext("{name}: {words}")
        words = name.format(name=name_of(digest, texts), words=summed(digest, told, texts))
    heading = inert(words, _SUMMARY)
    room = MOST_CHARACTERS - len("\n".join([heading, *end])) - 1
    lines = _fitting(
        [_trial_line(each, texts) for each in told], room, more=lambda missing: _more_trials(missing, texts)
    )
    return "\n".join([heading, *lines, *end]).encode()


def _more_trials(count: int, texts: Texts) -> str:
    words = texts.ngettext("and {count} more trial", "and {count} more trials", count)
    return words.format(count=texts.number(count))


def _more_changes(count: int, texts: Texts) -> str:
    words = texts.ngettext("and {count} more change", "and {count} more changes", count)
    return words.format(count=texts.number(count))


def _trial_line(section: Section, texts: Texts) -> str:
    """What changed most in a trial, and how much else."""
    first = (*section.standing, *section.folded)[0]
    mark = texts.weight("taken back" if first.is_folded else str(first.change.significance))
    is_of_status = first.change.field == "overall_status"
    told = net_sentence(first, texts)
    reason = quoted_reason(section.changes, texts=texts) if is_of_status else ""
    because = texts.gettext(": ") + reason if reason and reason not in told else ""
    others = len(section.counted) + len(section.folded) - 1
    more = f" ({_more_changes(others, texts)})" if others else ""
    trial_id = one_line(section.event.trial_id)
    words = texts.gettext("{name}: {words}").format(name=trial_id, words=inert(told + because, _OF_MANY))
    return f"• [{mark}] {words}{more}"


def notice_chat(notice: Notice) -> bytes:
    """The message, in UTF-8."""
    lines = (f"[monitor] {notice.subject}", *plain(notice.text).split("\n"))
    return "\n".join(inert(line, MOST_CHARACTERS // 2) for line in lines)[:MOST_CHARACTERS].encode()


def _change_lines(changes: Sequence[Change], room: int, texts: Texts) -> list[str]:
    """A line a change, and what is known of a trial that is new."""
    lines = ["\n".join([f"• {inert(sentence(change, texts), _SUMMARY)}", *_card(change, texts)]) for change in changes]
    return _fitting(lines, room, more=lambda missing: _more_changes(missing, texts))


def _fitting(lines: Sequence[str], room: int, *, more: Callable[[int], str]) -> list[str]:
    """As many lines as fit into *room* characters; where that is not all, a last one that says how many are missing."""
    for shown in range(len(lines), -1, -1):
        missing = len(lines) - shown
        told = [*lines[:shown], *([f"• {more(missing)}"] if missing else [])]
        if len("\n".join(told)) < room:
            return told
    return []


def _card(change: Change, texts: Texts) -> list[str]:
    """Of a new trial, what the sentence does not say of it already."""
    if change.kind != "trial.new" or not isinstance(change.after, dict):
        return []
    facts = {name: value for name, value in change.after.items() if name not in _TOLD_OF_NEW}
    colon = texts.gettext(": ")
    return [f"  {line.label}{colon}{inert(line.stretches[0][1], _FACT)}" for line in card(facts, change.words, texts)]


def inert(text: str, length: int) -> str:
    """One line, safe to show, that no chat service obeys."""
    return _ACTIVE.sub(_BREAK, shortened(text, length))
