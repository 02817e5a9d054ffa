"""Pieces of the English in which changes are told. Pure.

What the registry says stands between typographic quotes, cut where it is long: a summary is read in a subject line.
"""

import re
from collections.abc import Sequence

from monitor.diff.text import Edit, edit, fold

_CONTEXT = 3
_WORDY = 90

_CAPITALS = {"ipds": "IPDs"} | {word: word.upper() for word in ("fda", "nih", "ipd", "dmc", "us", "sap", "icf")}


def cut(text: str, limit: int = 80) -> str:
    """*text* on one line of at most *limit* characters, ended by … where it went on."""
    line = fold(text)
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    whole_words = head.rpartition(" ")[0] if " " in head[limit // 2 :] else head
    return whole_words.rstrip(" ,;:.-") + "…"


def quote(text: str | None, limit: int = 80) -> str:
    """*text* between quotes, cut."""
    return f"“{cut(text or '', limit)}”"


def count(number: int, noun: str) -> str:
    """A number with its noun in the right form: 1 site, 1,200 sites."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def listing(items: Sequence[str], limit: int = 3) -> str:
    """The first *limit* of *items* as English lists them, then how many more there are."""
    shown = list(items[:limit])
    if len(items) > limit:
        shown.append(f"{len(items) - limit:,} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def percent(share: float) -> str:
    """A share without its sign: 49.2%."""
    return f"{abs(share):,.1f}".removesuffix(".0") + "%"


def code_words(code: str | None) -> str:
    """A code of the registry's as people read it: ACTIVE_COMPARATOR is active comparator."""
    return " ".join(_capitalized(part) for part in (code or "none").lower().split("_"))


def name_words(name: str) -> str:
    """A camel-case name as words: ipdSharingStatementModule is IPD sharing statement."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower().split()
    if len(parts) > 1 and parts[-1] in ("module", "struct", "info", "infos", "section"):
        parts = parts[:-1]
    return " ".join(_capitalized(part) for part in parts)


def _capitalized(word: str) -> str:
    return _CAPITALS.get(word, word)


def told_edit(change: Edit) -> str:
    """What happened between two texts: the words themselves where they are few, otherwise how many."""
    removed, added = " ".join(change.removed), " ".join(change.added)
    if not removed and len(added) <= _WORDY:
        return f"added “{added}”"
    if not added and len(removed) <= _WORDY:
        return f"removed “{removed}”"
    if max(len(removed), len(added)) <= _WORDY // 2:
        return f"{_in_context(change, change.removed)} became {_in_context(change, change.added)}"
    measure = change.measure
    if not any(measure.values()):
        return "its words were put in another order"
    told = {"added": int(measure["words_added"]), "removed": int(measure["words_removed"])}
    return ", ".join(f"{count(number, 'word')} {how}" for how, number in told.items() if number)


def _in_context(change: Edit, words: list[str]) -> str:
    lead, trail = change.lead[-_CONTEXT:], change.trail[:_CONTEXT]
    text = " ".join([*lead, *words, *trail])
    before = "…" if len(change.lead) > _CONTEXT else ""
    behind = "…" if len(change.trail) > _CONTEXT else ""
    return f"“{before}{text}{behind}”"


def told_move(label: str, before: str | None, after: str | None) -> str:
    """A sentence for a short text or value that changed, came or went; None where there was or is none."""
    if before is None:
        return f"{label} was added: {after}."
    if after is None:
        return f"{label} was removed; it was {before}."
    return f"{label} changed from {before} to {after}."


def told_text(label: str, before: str | None, after: str | None) -> str:
    """A sentence for a text that changed, came or went: both texts where they are short, otherwise the edit."""
    old, new = fold(before), fold(after)
    if not old or not new or max(len(old), len(new)) <= _WORDY:
        return told_move(label, quote(old, 150) if old else None, quote(new, 150) if new else None)
    return f"{label} changed: {told_edit(edit(old, new))}."
