"""Phrases and sentences that several topics use to tell a change. Pure.

The registry's own words are between typographic quotes, and cut if long: a summary is read in a subject line.
"""

import re

from monitor.changes.diff.values import own_words
from monitor.changes.edit import Edit, edit
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model import Coded
from monitor.model.vocabulary import phrase_of
from monitor.text import fold, quote

_CONTEXT = 3
"""Words shown on either side of an edit."""
_SHORT = 45
"""Characters of words that came and of words that went, up to which both are quoted."""
_EDIT = 120
"""Characters of a quoted edit; a longer one is told in numbers."""
_BOTH = 100
"""Characters of two texts together, up to which both are quoted whole."""
_PRESENT = 120
"""Characters up to which a text alone is quoted whole."""

_WORDS = {"ipds": "IPDs", "disp": "certification"} | {
    word: word.upper() for word in ("fda", "nih", "ipd", "dmc", "us", "sap", "icf", "qc")
}
"""Parts of names that are not simply lower-case words. ClinicalTrials.gov's disp… is the certification by which a
sponsor delays results."""


def coded_words(value: Coded | None) -> str:
    """A registry's code within a sentence: in its own words where it has some, else in those that all share."""
    own = value.words if value and own_words(value) else ""
    return f"{own[:1].lower()}{own[1:]}" if own else code_words(value.code if value else None)


def code_words(code: str | None) -> str:
    """A code of the registry's as people read it: ACTIVE_COMPARATOR is active comparator."""
    return phrase_of(code or "") or " ".join(_spelled(part) for part in (code or "none").lower().split("_"))


def name_words(name: str) -> str:
    """A camel-case name as words: ipdSharingStatementModule is IPD sharing statement."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower().split()
    if len(parts) > 1 and parts[-1] in ("module", "struct", "info", "infos", "section"):
        parts = parts[:-1]
    return " ".join(_spelled(part) for part in parts)


def _spelled(word: str) -> str:
    return _WORDS.get(word, word)


def edit_phrase(before: str | None, after: str | None, *, texts: Texts = IN_ENGLISH) -> str:
    """What happened between two texts: the words themselves where they are few, otherwise how many."""
    change = edit(before, after)
    removed, added = " ".join(change.removed), " ".join(change.added)
    told = ""
    if not removed:
        told = texts.gettext("added “{words}”").format(words=added)
    elif not added:
        told = texts.gettext("removed “{words}”").format(words=removed)
    elif max(len(removed), len(added)) <= _SHORT:
        old, new = _in_context(change, change.removed), _in_context(change, change.added)
        told = texts.gettext("“{old}” became “{new}”").format(old=old, new=new)
    return told if 0 < len(told) <= _EDIT else word_count_phrase(change, texts)


def word_count_phrase(change: Edit, texts: Texts = IN_ENGLISH) -> str:
    """How many words came and went."""
    added, removed = map(int, change.measure.values())
    if not added and not removed:
        return texts.gettext("its words were put in another order")
    if not added:
        words = texts.ngettext("{removed} word removed", "{removed} words removed", removed)
    elif not removed:
        words = texts.ngettext("{added} word added", "{added} words added", added)
    else:
        words = texts.ngettext("{added} word added, {removed} removed", "{added} words added, {removed} removed", added)
    return words.format(added=texts.number(added), removed=texts.number(removed))


def _in_context(change: Edit, words: tuple[str, ...]) -> str:
    lead, trail = change.lead.rsplit(maxsplit=_CONTEXT), change.trail.split(maxsplit=_CONTEXT)
    text = " ".join([*lead[-_CONTEXT:], *words, *trail[:_CONTEXT]])
    before = "…" if len(lead) > _CONTEXT else ""
    behind = "…" if len(trail) > _CONTEXT else ""
    return f"{before}{text}{behind}"


def change_sentence(label: str, before: str | None, after: str | None) -> str:
    """A sentence for a value that changed, came or went; None where there was or is none."""
    if before is None:
        return f"{label} was added: {after}."
    if after is None:
        return f"{label} was removed; it was {before}."
    return f"{label} changed from {before} to {after}."


def respelling_sentence(label: str, before: str | None, after: str | None) -> str:
    """A sentence for a text that says the same in another spelling."""
    change = edit(before, after)
    old, new = " ".join(change.removed), " ".join(change.added)
    if 0 < max(len(old), len(new)) <= _SHORT:
        return f"{label} is only spelled otherwise: “{_in_context(change, change.added)}”, formerly {quote(old)}."
    return f"{label} is only spelled otherwise."


def text_change_sentence(label: str, before: str | None, after: str | None) -> str:
    """A sentence for a text that changed, came or went: both texts where they are short, otherwise what happened."""
    old, new = fold(before), fold(after)
    if not old or not new or len(old) + len(new) <= _BOTH:
        return change_sentence(label, quote(old, _PRESENT) if old else None, quote(new, _PRESENT) if new else None)
    told = edit_phrase(old, new)
    if "“" not in told and len(new) <= _PRESENT:
        return f"{label} is now {quote(new, _PRESENT)}."
    return f"{label} changed: {told}."
