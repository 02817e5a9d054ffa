"""An event as a mail: text first, then HTML, with all its headers, rendered once as bytes. Pure.

The bytes are a function of the arguments: made again, they are the same. They are stored, and every attempt sends
them as they are.

Left out on purpose: `Precedence: bulk`, which RFC 3834 calls historic and some filters take as a reason to sort the
mail away. What keeps vacation notices from answering is `Auto-Submitted`, and for Exchange, which does not read that,
`X-Auto-Response-Suppress`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from textwrap import TextWrapper
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.channels.email import mime
from monitor.channels.email.foot import leaving, leaving_headers, leaving_in_words, why_told
from monitor.channels.email.slots import SLOTS, Slotted, slots
from monitor.model import Change, Event, Significance, Subscription
from monitor.render.folding import grouped
from monitor.render.values import Line, label, lines, not_shown_yet
from monitor.render.worddiff import DiffOp, Stretch
from monitor.render.words import path_words, value_words
from monitor.text import counted, first_few, moment, one_line, plain, safe_cut

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment
    from markupsafe import Markup

SUBJECT = 120
"""So many characters a subject has at most."""

MOST_CHANGES = 40
MOST_LABELS = 8
MOST_TITLE = 240
MOST_SENTENCE = 600
MOST_NOTE = 1_000
_TEXT_WIDTH = 76
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d(-\d\d)?(?![\w-])")


class EventMail:
    """What all get who are told of the same *changes* of an event; at least one.

    *registry_name* is what people call the registry; empty where that is its key. *is_named* has it in the
    subject, too, as it is where the trial is known in several.
    """

    def __init__(
        self,
        event: Event,
        *,
        title: str,
        url: str,
        changes: Sequence[Change],
        registry_name: str = "",
        is_named: bool = False,
    ) -> None:
        changes = sorted(changes, key=lambda change: -change.significance)
        registry = one_line(registry_name or event.registry)
        self._event = event
        self._subject = mime.unstructured("Subject", subject(event, changes, registry=registry if is_named else ""))
        self._page = _page(event, changes, title=title, url=url) | {"registry": registry}
        self._text = _without_gaps(templates().get_template("event.txt").render(self._page))
        self._shared: dict[tuple[str, ...], Slotted | None] = {}
        """By what readers have of their own: not all have a note."""

    def for_subscriber(
        self,
        subscription: Subscription,
        *,
        delivery_id: str,
        sequence: int,
        sender: str,
        list_host: str,
        unsubscribe: str,
        date: datetime,
        thread_root: str,
        answers: str | None = None,
        manage: str = "",
    ) -> bytes:
        """The whole mail, for the address of a subscription.

        *list_host* stands behind the @ of ids. *unsubscribe* is a mailto or an https URI; with https, leaving takes one
        click, RFC 8058. Where the subscription has a page of its own, *manage*, people leave there. *thread_root* is
        the same for all mails that belong together, and becomes an id that no mail has. *answers* is the id of the
        delivery that this one follows there, if it follows one. Raise ConfigurationInvalid where *unsubscribe* is
        another kind of URI.
        """
        leave = leaving(f"{manage}/leave" if manage else unsubscribe, subscription)
        host = mime.token(list_host)
        root = f"<{mime.token(thread_root)}@{host}>"
        above = f"<{mime.token(answers)}@{host}>" if answers else root
        headers = [
            mime.address("From", sender),
            mime.address("To", subscription.endpoint.address),
            self._subject,
            ("Date", format_datetime(date)),
            ("Message-ID", f"<{mime.token(delivery_id)}@{host}>"),
            ("In-Reply-To", above),
            ("References", " ".join(dict.fromkeys((root, above)))),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "OOF, AutoReply"),
            ("List-Id", f"Trial alerts <alerts.{host}>"),
            *leaving_headers(leave),
            mime.unstructured("X-Monitor-Event", self._event.id),
            ("X-Monitor-Sequence", str(sequence)),
        ]
        own = {
            "why": why_told(subscription, self._event),
            "note": safe_cut(subscription.note or "", MOST_NOTE),
            "leave": leave,
            "leaving": f"To change this or leave: {manage}" if manage else leaving_in_words(leave),
            "manage": manage,
            "sequence": str(sequence),
        }
        foot = templates().get_template("event-foot.txt").render(own)
        return mime.message(headers, text=self._text + _without_gaps(foot), html=self._html(own), boundary=delivery_id)

    def _html(self, own: Mapping[str, str]) -> str:
        """What is rendered once, with what is this subscriber's own in its place."""
        names = tuple(name for name in SLOTS if own[name])
        if names not in self._shared:
            self._shared[names] = Slotted.of(self._rendered({**own, **slots(names)}), names)
        shared = self._shared[names]
        return shared.filled(own) if shared else self._rendered(own)

    def _rendered(self, own: Mapping[str, str]) -> str:
        return inliner().inline(templates().get_template("event.html").render({**self._page, **own}))


def _without_gaps(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text)


def subject(event: Event, changes: Sequence[Change], *, registry: str = "") -> str:
    """`[critical] NCT02116634: Withdrawn – “Because economic problems”`; *changes* with the most significant first.

    Behind the id stands the *registry*, where there is one to name.
    """
    where = f" ({safe_cut(registry, 30)})" if registry else ""
    begin = f"[{changes[0].significance}] {safe_cut(event.trial_id, 40)}{where}: "
    return begin + _gist(changes, SUBJECT - len(begin))


def _gist(changes: Sequence[Change], room: int) -> str:
    """The most significant change in so many characters."""
    first = changes[0]
    shown = lines(first)
    if first.kind == "trial.new" and isinstance(first.after, dict):
        how = "Newly registered" if first.after.get("newly_registered") else "Newly found"
        if (first.after.get("found_by") or {}).get("sibling_of"):
            how = "The same trial in another registry"
        told = f"{how} – “{first.after['title']}”" if first.after.get("title") else how
    elif first.field == "overall_status" and first.after:
        status = value_words(first.after, first.field, first.words)
        if _is_of_a_new_trial(first):
            status = f"{status} when first seen"
        reason = _reason(changes, room=room - len(status) - len(" – "))
        told = f"{status} – {reason}" if reason else status
    elif len(sentence := _sentence(first)) <= room or len(shown) != 1 or shown[0].stretches:
        told = sentence
    else:
        told = f"{label(first)}: {shown[0].before} → {shown[0].after}"
    return safe_cut(told, room)


def _reason(changes: Sequence[Change], *, room: int = MOST_SENTENCE) -> str:
    """Why the trial was stopped, in quotation marks, where that is news too; else nothing."""
    reason = next((change.after for change in changes if change.field == "why_stopped" and change.after), None)
    return f"“{safe_cut(reason, max(room - 2, 1))}”" if reason else ""


def _sentence(change: Change) -> str:
    """The summary as a heading: without a full stop, and without the trial id, which stands before it."""
    told = one_line(change.summary).rstrip(".")
    if change.field != "trial_id":
        return told
    told = re.sub(r"^[\w-]+ (was|is|has been) ", "", told)
    return told[:1].upper() + told[1:]


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


def _page(event: Event, changes: Sequence[Change], *, title: str, url: str) -> dict[str, object]:
    # Administrative changes are named beside others; alone, they are what was asked for.
    told = [change for change in changes if change.significance is not Significance.ADMINISTRATIVE] or changes
    shown = grouped(told)
    first, reason = changes[0], _reason(changes) if changes[0].field == "overall_status" else ""
    headline = _headline(first)
    shown_above = _shown_above(shown, headline, reason)
    rows = [change for change in shown[:MOST_CHANGES] if change not in shown_above]
    return {
        "trial_id": one_line(event.trial_id),
        "title": safe_cut(title, MOST_TITLE),
        "url": _link(url),
        "seen_at": moment(event.occurred_at),
        "significance": str(first.significance),
        "headline": headline,
        "reason": reason,
        "beyond": "" if headline.stretches else _item(first, beside=reason).sentence,
        "rows": _rows(rows, beside=f"{reason} {'' if shown_above else _sentence(first)}"),
        "count": counted(len(rows), "more change" if shown_above else "change") if len(rows) > 1 or shown_above else "",
        "changes": len(told),
        "more": len(shown) - MOST_CHANGES,
        "administrative": _labels([change for change in changes if change not in told]),
        "unasked": _labels([change for change in event.changes if change not in changes]),
        "counted": counted,
    }


def _shown_above(changes: Sequence[Change], headline: Line, reason: str) -> list[Change]:
    """Those of *changes* of which the headline and the reason under it show all there is."""
    first = changes[0]
    if headline.stretches and (not _is_shown_in_words(first) or lines(first)):
        return []
    given = [change for change in changes if change.field == "why_stopped" and not change.before]
    return [first, *(change for change in given if reason and len(one_line(change.after)) <= MOST_SENTENCE - 2)]


def _is_shown_in_words(change: Change) -> bool:
    """Whether the sentence says more than old → new does: that the trial is gone, or that something is so now."""
    return change.field == "trial_id" or isinstance(change.after, bool) or _is_of_a_new_trial(change)


def _is_of_a_new_trial(change: Change) -> bool:
    """Whether this is how a trial stood when it was first seen, and not what became of it."""
    return change.kind == "status.stopped" and change.before is None


def _headline(change: Change) -> Line:
    """What changed, old → new, what qualifies both said once; its sentence where it has no such short form."""
    shown = lines(change)
    if len(shown) != 1 or shown[0].stretches or _is_shown_in_words(change):
        return Line(stretches=((DiffOp.KEPT, safe_cut(_sentence(change), MOST_SENTENCE)),))
    old, new = shown[0].before, shown[0].after
    if both := re.fullmatch(r"(.+?)( \([a-z ]+\))\n(.+)\2", f"{old}\n{new}"):
        return Line(both[1], both[3], label=label(change) + both[2])
    return Line(old, new, label=label(change))


def _rows(changes: Sequence[Change], *, beside: str) -> list[_Row]:
    """A row for each field, once for each significance, in the order given."""
    rows: dict[tuple[Significance, str], _Row] = {}
    for change in changes:
        row = _Row(str(change.significance), label(change), [])
        rows.setdefault((change.significance, row.label), row).items.append(_item(change, beside=beside))
    return list(rows.values())


def _item(change: Change, *, beside: str) -> _Item:
    shown = lines(change)
    if change.field == "rest":
        shown = [replace(line, label=path_words(line.label)) if line.label else line for line in shown]
        return _Item(shown, "")
    return _Item(shown, safe_cut(not_shown_yet(change, beside=beside), MOST_SENTENCE))


def _labels(changes: Sequence[Change]) -> str:
    """The fields of *changes*, each once, in so many words as a line has room for."""
    return first_few(list(dict.fromkeys(map(label, changes))), MOST_LABELS)


def _link(url: str) -> str:
    """The address, if it is one that may be clicked; else nothing."""
    usable = re.fullmatch(r"https?://[!-~]+", url) and not set('"<>\\') & set(url)
    return url if usable and urlsplit(url).hostname else ""


# How it is set


@cache
def templates() -> "Environment":
    """The templates beside this module."""
    # A check that alerts nobody need not load it.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    templates = Environment(
        loader=PackageLoader("monitor.channels.email"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {
        "wrapped": _wrapped,
        "marked": _marked,
        "typeset": _typeset,
    }
    return templates


@cache
def inliner() -> "CSSInliner":
    """What writes styles into the elements, where every reader of mail finds them."""
    from css_inline import CSSInliner  # as above

    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def _typeset(text: str) -> "Markup":
    """Text as HTML, no day broken at its hyphens. Line breaks are tags, because Outlook knows no `pre-line`."""
    from markupsafe import Markup, escape  # as above

    broken = str(escape(text)).replace("\n", "<br>")
    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', broken))  # noqa: S704 - escaped two lines above


def _wrapped(text: str, indent: int = 0) -> str:
    """Paragraphs of plain text, no line of prose wider than a mail's; what cannot be broken stays whole."""
    margin = " " * indent
    wrapper = TextWrapper(
        _TEXT_WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(wrapper.fill(line) for line in text.split("\n"))


def _marked(stretches: Sequence[Stretch]) -> str:
    """What went and what came, marked as git does; alone on a line by its sign."""
    if len(stretches) == 1:
        op, words = stretches[0]
        return plain({DiffOp.REMOVED: "- ", DiffOp.ADDED: "+ "}.get(op, "") + words)
    return plain("".join(_sign(op, words) for op, words in stretches))


def _sign(op: DiffOp, words: str) -> str:
    opening, closing = {DiffOp.REMOVED: ("[-", "-]"), DiffOp.ADDED: ("{+", "+}")}.get(op, ("", ""))
    return f"{opening}{words}{closing}"
