"""A change in the few words of a heading, a subject or a list: "Overall status: Recruiting → Suspended". Pure."""

import re
from collections.abc import Sequence

from monitor.model import Change, Json
from monitor.render.values import Line, is_compared, label, lines
from monitor.render.worddiff import DiffOp
from monitor.render.words import sum_words, value_words
from monitor.text import natural_list, one_line, safe_cut

MOST_SENTENCE = 600
"""Characters of a sentence, and of a reason, that a heading has room for."""


def gist(changes: Sequence[Change], room: int) -> str:
    """The most significant change in so many characters."""
    first = changes[0]
    shown = lines(first)
    if first.kind == "trial.new" and isinstance(first.after, dict):
        how = _how_new(first.after)
        told = f"{how} – “{first.after['title']}”" if first.after.get("title") else how
    elif first.field == "overall_status" and first.after:
        status = value_words(first.after, first.field, first.words)
        if is_of_a_new_trial(first):
            status = f"{status} when first seen"
        reason = quoted_reason(changes, room=room - len(status) - len(" – "))
        told = f"{status} – {reason}" if reason else status
    elif total := first.adds_up:
        told = f"{label(first)}: {sum_words(total)} in all since {total.since:%Y-%m-%d}"
    elif len(told_whole := heading(first)) <= room or len(shown) != 1 or shown[0].stretches:
        told = told_whole
    else:
        told = f"{label(first)}: {shown[0].before} → {shown[0].after}"
    return safe_cut(told, room)


def _how_new(card: dict[str, Json]) -> str:
    if (card.get("found_by") or {}).get("sibling_of"):
        return "The same trial in another registry"
    return "Newly registered" if card.get("newly_registered") else "Newly found"


def new_trial(change: Change) -> str:
    """A trial that is new in a watch, beside its id and title: "Newly registered: Recruiting, Phase 3, Nordlys AB"."""
    card = change.after if isinstance(change.after, dict) else {}
    status, phases, countries = (card.get(name) for name in ("overall_status", "phases", "countries"))
    facts = [
        value_words(status, "overall_status", change.words) if status else "",
        value_words(phases, "phases") if phases and phases != ["NA"] else "",
        str(card.get("lead_sponsor") or ""),
        natural_list(countries) if isinstance(countries, list) else "",
    ]
    told = ", ".join(one_line(fact) for fact in facts if fact)
    return f"{_how_new(card)}: {told}" if told else _how_new(card)


def quoted_reason(changes: Sequence[Change], *, room: int = MOST_SENTENCE) -> str:
    """Why the trial was stopped, in quotation marks, where that is news too; else nothing."""
    reason = next((change.after for change in changes if change.field == "why_stopped" and change.after), None)
    return f"“{safe_cut(reason, max(room - 2, 1))}”" if reason else ""


def heading(change: Change) -> str:
    """The summary as a heading: without a full stop, and without the trial id, which stands before it."""
    told = one_line(change.summary).rstrip(".")
    if change.field != "trial_id":
        return told
    told = re.sub(r"^[\w-]+ (was|is|has been) ", "", told)
    return told[:1].upper() + told[1:]


def is_shown_in_words(change: Change) -> bool:
    """Whether the sentence says more than old → new does: that the trial is gone, or that something is so now."""
    return change.field == "trial_id" or isinstance(change.after, bool) or is_of_a_new_trial(change)


def is_of_a_new_trial(change: Change) -> bool:
    """Whether this is how a trial stood when it was first seen, and not what became of it."""
    return change.kind == "status.stopped" and change.before is None


def heading_line(change: Change) -> Line:
    """What changed, old → new, what qualifies both said once; its sentence where it has no such short form."""
    shown = [] if is_compared(change) else lines(change)
    if len(shown) != 1 or shown[0].stretches or is_shown_in_words(change):
        return Line(stretches=((DiffOp.KEPT, safe_cut(heading(change), MOST_SENTENCE)),))
    old, new = shown[0].before, shown[0].after
    if both := re.fullmatch(r"(.+?)( \([a-z ]+\))\n(.+)\2", f"{old}\n{new}"):
        return Line(both[1], both[3], label=label(change) + both[2])
    return Line(old, new, label=label(change))
