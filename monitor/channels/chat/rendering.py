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
from collections.abc import Sequence

from monitor.channels.channel import Digest
from monitor.channels.digests import Section, covered, name_of, sections, subject, summed
from monitor.model import Change, ContextLine, Event, Notice, Subscription
from monitor.render.context import lines_for
from monitor.render.folding import folded
from monitor.render.headlines import quoted_reason
from monitor.render.nets import sentence
from monitor.render.values import card
from monitor.text import counted, one_line, plain, shortened

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


def chat_text(
    event: Event,
    *,
    title: str | None,
    url: str,
    subscription: Subscription,
    changes: Sequence[Change],
    registry: str = "",
    background: Sequence[ContextLine] = (),
) -> bytes:
    """The message, in UTF-8: of the event's *changes* those that the subscriber asked for, as many as there is room.

    They are told most significant first; *url* is the trial's page, *title* None where the record has none,
    *registry* what to call the registry where the trial is known in several, *background* what stands around the event.
    """
    named = f" – {inert(title, _TITLE)}" if title else ""
    significance = max(change.significance for change in changes)
    where = f" ({inert(registry, _REGISTRY)})" if registry else ""
    heading = f"[{significance}] {one_line(event.trial_id)}{where}{named}"
    note = [f"Note: {inert(subscription.note, _NOTE)}"] if subscription.note else []
    around = [inert(line.text, _SUMMARY) for line in lines_for(background, changes)[:1]]
    end = [*around, one_line(url)[:_URL], *note]
    room = MOST_CHARACTERS - len("\n".join([heading, *end]))
    return "\n".join([heading, *_change_lines(folded(changes), room), *end]).encode()


def digest_chat(digest: Digest, subscription: Subscription) -> bytes:
    """The message, in UTF-8: a line a trial, the most significant first, as many as there is room for."""
    told = sections(digest)
    note = [f"Note: {inert(subscription.note, _NOTE)}"] if subscription.note else []
    end = [*([inert(covered(digest.coverage), _SUMMARY)] if digest.coverage else []), *note]
    heading = inert(f"{name_of(digest)}: {summed(digest, told)}" if told else subject(digest, told), _SUMMARY)
    room = MOST_CHARACTERS - len("\n".join([heading, *end])) - 1
    return "\n".join([heading, *_fitting([_trial_line(each) for each in told], room, noun="trial"), *end]).encode()


def _trial_line(section: Section) -> str:
    """What changed most in a trial, and how much else."""
    first = (*section.standing, *section.folded)[0]
    mark = "taken back" if first.is_folded else first.change.significance
    told, reason = sentence(first), quoted_reason(section.changes) if first.change.field == "overall_status" else ""
    because = f": {reason}" if reason and reason not in told else ""
    others = len(section.counted) + len(section.folded) - 1
    more = f" (and {counted(others, 'more change')})" if others else ""
    return f"• [{mark}] {one_line(section.event.trial_id)}: {inert(told + because, _OF_MANY)}{more}"


def notice_chat(notice: Notice) -> bytes:
    """The message, in UTF-8."""
    lines = (f"[monitor] {notice.subject}", *plain(notice.text).split("\n"))
    return "\n".join(inert(line, MOST_CHARACTERS // 2) for line in lines)[:MOST_CHARACTERS].encode()


def _change_lines(changes: Sequence[Change], room: int) -> list[str]:
    """A line a change, and what is known of a trial that is new."""
    lines = ["\n".join([f"• {inert(change.summary, _SUMMARY)}", *_card(change)]) for change in changes]
    return _fitting(lines, room, noun="change")


def _fitting(lines: Sequence[str], room: int, *, noun: str) -> list[str]:
    """As many lines as fit into *room* characters; where that is not all, a last one that says how many are missing."""
    for shown in range(len(lines), -1, -1):
        missing = len(lines) - shown
        told = [*lines[:shown], *([f"• and {counted(missing, f'more {noun}')}"] if missing else [])]
        if len("\n".join(told)) < room:
            return told
    return []


def _card(change: Change) -> list[str]:
    """Of a new trial, what the sentence does not say of it already."""
    if change.kind != "trial.new" or not isinstance(change.after, dict):
        return []
    facts = {name: value for name, value in change.after.items() if name not in _TOLD_OF_NEW}
    return [f"  {line.label}: {inert(line.stretches[0][1], _FACT)}" for line in card(facts, change.words)]


def inert(text: str, length: int) -> str:
    """One line, safe to show, that no chat service obeys."""
    return _ACTIVE.sub(_BREAK, shortened(text, length))
