"""Two texts as the paragraphs of one, with what became of each; runs of those that stayed are folded. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from monitor.render.worddiff import DiffOp, Stretch, split_lines

NEAR = 1
"""So many paragraphs that stayed are shown beside one that changed."""
FEWEST_FOLDED = 3
"""Fewer paragraphs are shown rather than folded."""


class Fate(StrEnum):
    """What became of a paragraph."""

    KEPT = "kept"
    CHANGED = "ch"
    ADDED = "add"
    REMOVED = "rem"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, in stretches."""

    fate: Fate
    stretches: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class Run:
    """Paragraphs one after the other; *is_folded* where all of them stayed, and are far from those that changed."""

    paragraphs: Sequence[Paragraph]
    is_folded: bool = False


def paragraph_runs(stretches: Sequence[Stretch]) -> list[Run]:
    """What a comparison of two texts gave, paragraph by paragraph."""
    paragraphs = [_paragraph(line) for line in split_lines(stretches) if _says_anything(line)]
    changed = [number for number, each in enumerate(paragraphs) if each.fate is not Fate.KEPT]
    near = {number + step for number in changed for step in range(-NEAR, NEAR + 1)}
    return list(_runs(paragraphs, near))


def summary_of(runs: Sequence[Run]) -> dict[Fate, int]:
    """How many paragraphs there are of each fate."""
    fates = [each.fate for run in runs for each in run.paragraphs]
    return {fate: fates.count(fate) for fate in Fate}


def _says_anything(line: Sequence[Stretch]) -> bool:
    return any(words.strip() for _, words in line)


def _paragraph(line: Sequence[Stretch]) -> Paragraph:
    said = {op for op, words in line if words.strip()}
    if said == {DiffOp.KEPT}:
        return Paragraph(Fate.KEPT, line)
    if said == {DiffOp.ADDED}:
        return Paragraph(Fate.ADDED, line)
    if said == {DiffOp.REMOVED}:
        return Paragraph(Fate.REMOVED, line)
    return Paragraph(Fate.CHANGED, list(_apart(line)))


def _apart(line: Sequence[Stretch]) -> Iterator[Stretch]:
    """What replaces something is set apart from it by a space, or "3" replaced by "6" would read as 36."""
    before: Stretch | None = None
    for op, words in line:
        if before and before[0] is DiffOp.REMOVED and op is DiffOp.ADDED and not before[1][-1:].isspace():
            yield DiffOp.KEPT, " "
        yield op, words
        before = op, words


def _runs(paragraphs: Sequence[Paragraph], near: set[int]) -> Iterator[Run]:
    shown: list[Paragraph] = []
    for is_near, group in groupby(enumerate(paragraphs), key=lambda pair: pair[0] in near):
        members = [each for _, each in group]
        if is_near or len(members) < FEWEST_FOLDED:
            shown += members
            continue
        if shown:
            yield Run(shown)
        yield Run(members, is_folded=True)
        shown = []
    if shown:
        yield Run(shown)
