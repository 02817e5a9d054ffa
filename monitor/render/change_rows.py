"""Changes as rows of a page: what it is of, old → new, how far that is, and what else there is to say. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.changes.fields import FIELDS
from monitor.changes.topics import Topic
from monitor.model import Change, Significance
from monitor.render.folding import grouped
from monitor.render.headlines import MOST_SENTENCE, is_shown_in_words
from monitor.render.values import Line, is_compared, label, lines, not_shown_yet
from monitor.render.worddiff import DiffOp
from monitor.render.words import path_words
from monitor.text import one_line, percent, safe_cut

MOST_IN_SHORT = 3
_MINUS = "\N{MINUS SIGN}"
_IN_PEOPLES_WORDS = frozenset({Topic.TITLE, Topic.OUTCOMES, Topic.ARMS, Topic.DESCRIPTION})
_TEXTS = frozenset({"why_stopped", "eligibility_criteria", "study_population", "ipd_description", "results_waived"})

_HOW_FAR = re.compile(
    r"[\d,.]+%?(?: (?:days?|months?|years?))?(?: \(\d+ (?:months?|years?)\))? "
    r"(?:later|earlier|fewer|more)(?:\.$|, (?:and )?|; )"
)
"""What a sentence says of how far something moved, which its delta shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change as it is set."""

    change: Change
    label: str
    lines: Sequence[Line]
    delta: str = ""
    """How far it moved, with its sign: `+306 d`, or as a share; empty where that cannot be counted."""
    sentence: str = ""
    """What the lines don't say."""

    @property
    def significance(self) -> Significance:
        """How much it matters."""
        return self.change.significance

    @property
    def is_verbatim(self) -> bool:
        """Whether its values are what people wrote, word for word."""
        return is_verbatim(self.change.field)

    @property
    def is_compared(self) -> bool:
        """Whether it is of two long texts, which are compared word by word."""
        return is_compared(self.change)


def is_verbatim(field: str) -> bool:
    """Whether the values of a field are what people wrote, rather than codes, dates and numbers."""
    known = FIELDS.get(field)
    if known is None or known.coded:
        return False
    return field in _TEXTS or field.endswith("_description") or known.topic in _IN_PEOPLES_WORDS


def change_rows(
    changes: Sequence[Change], *, whole: bool = False, beside: str = "", limit: int | None = None
) -> list[ChangeRow]:
    """A row a change, the most significant first; those that repeat each other as one. The first *limit* of them.

    *whole*: values uncut, for who has the room; two long texts have no lines then: they are to be compared. *beside*
    is what is said already.
    """
    shown = grouped(sorted(changes, key=lambda change: -change.significance))
    reasons = [change.after for change in shown if change.field == "why_stopped" and isinstance(change.after, str)]
    beside = " ".join([beside, *reasons])
    return [_row(change, whole=whole, beside=beside) for change in shown[:limit]]


def _row(change: Change, *, whole: bool, beside: str) -> ChangeRow:
    shown = [] if whole and is_compared(change) else lines(change, whole=whole)
    if change.field == "rest":
        named = [Line(each.before, each.after, each.stretches, path_words(each.label)) for each in shown]
        return ChangeRow(change=change, label=label(change), lines=named)
    if is_shown_in_words(change):
        told = safe_cut(one_line(change.summary), MOST_SENTENCE)
        shown = shown if change.field == "trial_id" else []
        return ChangeRow(change=change, label=label(change), lines=[Line(stretches=((DiffOp.KEPT, told),)), *shown])
    delta = delta_words(change)
    sentence = beside_delta(not_shown_yet(change, beside=beside, shown=None if whole else shown), delta)
    return ChangeRow(
        change=change, label=label(change), lines=shown, delta=delta, sentence=safe_cut(sentence, MOST_SENTENCE)
    )


def beside_delta(sentence: str, delta: str) -> str:
    """A sentence without how far something moved, where that is shown as *delta*."""
    if not delta or not (far := _HOW_FAR.match(sentence)):
        return sentence
    rest = sentence[far.end() :]
    return rest[:1].upper() + rest[1:]


def in_short(rows: Sequence[ChangeRow], room: int) -> str:
    """The first rows on one line, old → new: what is shown where a link to a page is shared."""
    told = [
        f"{row.label}: {line.before} → {line.after}"
        for row in rows
        for line in row.lines[:1]
        if not line.stretches and (line.before or line.after)
    ]
    return safe_cut("; ".join(told[:MOST_IN_SHORT]), room)


def delta_words(change: Change) -> str:
    """How far a change moves what it is of, with its sign; empty where it does not, or cannot be counted."""
    measure = change.measure or {}
    if days := measure.get("days"):
        return f"{'+' if days > 0 else _MINUS}{abs(round(days)):,} d"
    if share := measure.get("percent"):
        return f"{'+' if share > 0 else _MINUS}{percent(share).removesuffix('%')} %"
    return ""


def count_by_weight(changes: Sequence[Change]) -> list[tuple[Significance, int]]:
    """How many changes there are of each significance, the most significant first."""
    counted = ((weight, sum(change.significance is weight for change in changes)) for weight in reversed(Significance))
    return [(weight, count) for weight, count in counted if count]
