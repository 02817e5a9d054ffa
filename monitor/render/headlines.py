"""A change in the few words of a heading, a subject or a list: "Overall status: Recruiting → Suspended". Pure."""

import re
from collections.abc import Sequence

from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model import Change, Json
from monitor.model.language import ENGLISH
from monitor.render.countries import country_words
from monitor.render.sentences import sentence
from monitor.render.values import Line, is_compared, label, lines
from monitor.render.worddiff import DiffOp
from monitor.render.words import sum_words, value_words
from monitor.text import one_line, safe_cut

_BOTH_QUALIFIED = re.compile(r"(.+?)( \([a-zà-ÿ ]+\))\n(.+)\2")
MOST_SENTENCE = 600
"""Characters of a sentence, and of a reason, that a heading has room for."""


def gist(changes: Sequence[Change], room: int, texts: Texts = IN_ENGLISH) -> str:
    """The most significant change in so many characters."""
    first = changes[0]
    shown = lines(first, texts=texts)
    if first.kind == "trial.new" and isinstance(first.after, dict):
        how, title = _how_new(first.after, texts), first.after.get("title")
        told = f"{how} – {texts.quoted(title, room) if texts.language != ENGLISH else f'“{title}”'}" if title else how
    elif first.field == "overall_status" and first.after:
        status = value_words(first.after, first.field, first.words, texts)
        if is_of_a_new_trial(first):
            status = texts.gettext("{status} when first seen").format(status=status)
        reason = quoted_reason(changes, room=room - len(status) - len(" – "), texts=texts)
        told = f"{status} – {reason}" if reason else status
    elif total := first.adds_up:
        words = texts.gettext("{field}: {sum} in all since {day}")
        since = texts.written_day(f"{total.since:%Y-%m-%d}")
        told = words.format(field=label(first, texts), sum=sum_words(total, texts), day=since)
    elif len(told_whole := heading(first, texts)) <= room or len(shown) != 1 or shown[0].stretches:
        told = told_whole
    else:
        told = in_short(label(first, texts), shown[0].before, shown[0].after, texts)
    return safe_cut(told, room)


def in_short(field: str, before: str, after: str, texts: Texts) -> str:
    """Old → new behind what it is of."""
    return texts.gettext("{name}: {words}").format(name=field, words=f"{before} → {after}")


def _how_new(card: dict[str, Json], texts: Texts) -> str:
    if (card.get("found_by") or {}).get("sibling_of"):
        return texts.gettext("The same trial in another registry")
    return texts.gettext("Newly registered") if card.get("newly_registered") else texts.gettext("Newly found")


def new_trial(change: Change, texts: Texts = IN_ENGLISH) -> str:
    """A trial that is new in a watch, beside its id and title: "Newly registered: Recruiting, Phase 3, Nordlys AB"."""
    card = change.after if isinstance(change.after, dict) else {}
    status, phases, countries = (card.get(name) for name in ("overall_status", "phases", "countries"))
    facts = [
        value_words(status, "overall_status", change.words, texts) if status else "",
        value_words(phases, "phases", texts=texts) if phases and phases != ["NA"] else "",
        str(card.get("lead_sponsor") or ""),
        texts.listed([country_words(str(each), texts) for each in countries], 3) if isinstance(countries, list) else "",
    ]
    told, how = ", ".join(one_line(fact) for fact in facts if fact), _how_new(card, texts)
    return texts.gettext("{name}: {words}").format(name=how, words=told) if told else how


def quoted_reason(changes: Sequence[Change], *, room: int = MOST_SENTENCE, texts: Texts = IN_ENGLISH) -> str:
    """Why the trial was stopped, in quotation marks, where that is news too; else nothing."""
    reason = next((change.after for change in changes if change.field == "why_stopped" and change.after), None)
    if not reason:
        return ""
    marks = texts.gettext("“{words}”")
    return marks.format(words=safe_cut(reason, max(room - len(marks) + len("{words}"), 1)))


def heading(change: Change, texts: Texts = IN_ENGLISH) -> str:
    """The summary as a heading: without a full stop, and without the trial id, which stands before it."""
    told = one_line(sentence(change, texts)).rstrip(".")
    if change.field != "trial_id" or texts.language != ENGLISH:
        return told
    told = re.sub(r"^[\w-]+ (was|is|has been) ", "", told)
    return told[:1].upper() + told[1:]


def is_shown_in_words(change: Change) -> bool:
    """Whether the sentence says more than old → new does: that the trial is gone, or that something is so now."""
    return change.field == "trial_id" or isinstance(change.after, bool) or is_of_a_new_trial(change)


def is_of_a_new_trial(change: Change) -> bool:
    """Whether this is how a trial stood when it was first seen, and not what became of it."""
    return change.kind == "status.stopped" and change.before is None


def heading_line(change: Change, texts: Texts = IN_ENGLISH) -> Line:
    """What changed, old → new, what qualifies both said once; its sentence where it has no such short form."""
    shown = [] if is_compared(change) else lines(change, texts=texts)
    if len(shown) != 1 or shown[0].stretches or is_shown_in_words(change):
        return Line(stretches=((DiffOp.KEPT, safe_cut(heading(change, texts), MOST_SENTENCE)),))
    old, new = shown[0].before, shown[0].after
    if both := _BOTH_QUALIFIED.fullmatch(f"{old}\n{new}"):
        return Line(both[1], both[3], label=label(change, texts) + both[2])
    return Line(old, new, label=label(change, texts), is_verbatim=shown[0].is_verbatim)
