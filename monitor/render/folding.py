"""Changes that repeat each other, told once. Pure."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

from monitor.changes.diff.wording import edit_phrase
from monitor.changes.edit import edit
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.language.worded import Worded
from monitor.model import Change
from monitor.model.language import ENGLISH
from monitor.render.sentences import timing_words
from monitor.render.values import label
from monitor.text import counted, fold, natural_list, quote

ALIKE = 3
"""So many outcomes whose time frames changed in the same way are told together."""

_GIVEN = "This is the reason that is given for it."


def folded(changes: Sequence[Change], texts: Texts = IN_ENGLISH) -> list[Change]:
    """The changes as people read them: what another one quotes whole left out, and those that are alike told as one."""
    about_status = _status_summaries(changes) if texts.language == ENGLISH else ""
    return grouped([change for change in changes if not _is_quoted(change, about_status)], texts)


def grouped(changes: Sequence[Change], texts: Texts = IN_ENGLISH) -> list[Change]:
    """The changes, where several time frames changed in the same way the first one only, which then tells of all."""
    alike: dict[Hashable, list[Change]] = {}
    for change in changes:
        alike.setdefault(_way(change), []).append(change)
    return [_of_all(group, texts) for group in _in_groups(changes, alike)]


def _in_groups(changes: Sequence[Change], alike: dict[Hashable, list[Change]]) -> list[list[Change]]:
    """Each group where its first change stands, and by itself each change of which there are few alike."""
    groups = []
    for change in changes:
        group = alike[_way(change)]
        if len(group) < ALIKE:
            groups.append([change])
        elif group[0] is change:
            groups.append(group)
    return groups


def _way(change: Change) -> Hashable:
    """What is equal for changes of one kind that change the same words into the same words."""
    if not change.kind.endswith(".time_frame") or not _frames(change):
        return id(change)
    made = edit(*_frames(change))
    return change.kind, tuple(made.removed), tuple(made.added)


def _frames(change: Change) -> tuple[str, ...]:
    """The two time frames; nothing where there are not two."""
    texts = ((side or {}).get("time_frame") for side in (change.before, change.after))
    frames = tuple(text for text in texts if isinstance(text, str))
    return frames if len(frames) == 2 else ()


def _of_all(group: Sequence[Change], texts: Texts) -> Change:
    first = group[0]
    if len(group) == 1:
        return first
    if texts.language != ENGLISH:
        return replace(first, summary=Worded(_of_all_in(texts, group), {}))
    role = first.kind.split(".")[1]
    names = natural_list([quote(change.after.get("measure"), 50) for change in group], noun="outcome")
    when = f", {first.timing.words}" if first.timing else ""
    told = f"Time frame of {counted(len(group), f'{role} outcome')} changed in the same way"
    return replace(first, summary=f"{told}: {edit_phrase(*_frames(first))}; of {names}{when}.")


def _of_all_in(texts: Texts, group: Sequence[Change]) -> str:
    """The same in another language."""
    count = len(group)
    words = texts.ngettext(
        "{field}, time frame changed in the same way for {count}: {edit} ({names})",
        "{field}, time frame changed in the same way for {count}: {edit} ({names})",
        count,
    )
    first, (before, after) = group[0], _frames(group[0])
    names = texts.listed([texts.quoted(change.after.get("measure"), 50) for change in group], 3)
    edited = edit_phrase(before, after, texts=texts)
    told = words.format(field=label(first, texts), count=texts.number(count), edit=edited, names=names)
    return f"{told}, {timing_words(first.timing, texts)}." if first.timing else f"{told}."


def summaries(changes: Sequence[Change]) -> list[str]:
    """A sentence for each change; of a reason that the sentence on the status quotes, no more than that it is one."""
    about_status = _status_summaries(changes)
    return [_GIVEN if _is_quoted(change, about_status) else change.summary for change in changes]


def _status_summaries(changes: Sequence[Change]) -> str:
    return " ".join(change.summary for change in changes if change.field == "overall_status")


def _is_quoted(change: Change, about_status: str) -> bool:
    if change.field != "why_stopped" or change.before or not isinstance(change.after, str):
        return False
    return f"“{fold(change.after)}”" in about_status
