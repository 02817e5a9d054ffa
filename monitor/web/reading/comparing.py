"""Two snapshots set side by side: short values in a table, texts word by word. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.changes.diff import not_compared
from monitor.model import Change, Significance
from monitor.render.change_rows import ChangeRow, change_rows
from monitor.render.paragraphs import Fate, Run, paragraph_runs, summary_of
from monitor.render.record_rows import RecordRow, record_sections
from monitor.render.values import Line
from monitor.render.worddiff import DiffOp, compare_readable
from monitor.views.trials import SnapshotComparison


@dataclass(frozen=True, slots=True)
class Part:
    """What one side says: a line, and the part of the field that it is of."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """A field with short values: what the one side says, and the other."""

    row: ChangeRow
    old: Sequence[Part]
    new: Sequence[Part]
    both: Sequence[str]
    """What is said of both: the name of what changed, or that there is more."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """A text that changed; *label* names a part of the field."""

    label: str
    runs: Sequence[Run]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A field with texts that changed."""

    row: ChangeRow
    parts: Sequence[TextPart]
    fates: dict[Fate, int]
    """How many paragraphs there are of each fate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What differs, the most significant first, and what does not."""

    sides: Sequence[SideRow]
    texts: Sequence[TextRow]
    same: Sequence[RecordRow] = ()
    """The fields that say the same."""
    left_out: Sequence[str] = ()
    """The labels of the fields that could not be compared."""
    levels: Sequence[Significance] = ()
    """Those that stand in the table."""

    @property
    def same_count(self) -> int:
        """How many fields say the same."""
        return len({row.name for row in self.same})


def set_side_by_side(compared: SnapshotComparison, *, whole: bool) -> Compared:
    """What changed between two snapshots; *whole* with all that texts and lists have."""
    changed = {change.field for change in compared.changes}
    same = [row for section in record_sections(compared.record) for row in section.rows if row.name not in changed]
    found = set_changes_side_by_side(compared.changes, whole=whole)
    return replace(found, same=same, left_out=not_compared(compared.former, compared.record))


def set_changes_side_by_side(changes: Sequence[Change], *, whole: bool = True) -> Compared:
    """The changes alone, of which nothing else is known."""
    rows = change_rows(changes, whole=whole)
    texts = [each for each in rows if _has_texts(each)]
    return Compared(
        sides=[_sides(each) for each in rows if each not in texts],
        texts=[_text(each) for each in texts],
        levels=sorted({row.significance for row in rows}, reverse=True),
    )


def _has_texts(row: ChangeRow) -> bool:
    return row.is_compared or any(len({op for op, words in line.stretches if words.strip()}) > 1 for line in row.lines)


def _sides(row: ChangeRow) -> SideRow:
    old: list[Part] = []
    new: list[Part] = []
    both: list[str] = []
    for line in row.lines:
        if not line.stretches:
            old.append(Part(line.label, line.before))
            new.append(Part(line.label, line.after))
            continue
        for op, words in line.stretches:
            if op is DiffOp.KEPT:
                both.append(f"{line.label}: {words}" if line.label else words)
            else:
                (old if op is DiffOp.REMOVED else new).append(Part(line.label, words))
    return SideRow(row=row, old=old, new=new, both=both)


def _text(row: ChangeRow) -> TextRow:
    parts = list(_text_parts(row))
    fates = summary_of([run for part in parts for run in part.runs])
    return TextRow(row=row, parts=parts, fates=fates)


def _text_parts(row: ChangeRow) -> Iterator[TextPart]:
    change = row.change
    if row.is_compared:
        yield TextPart("", paragraph_runs(compare_readable(change.before, change.after)))
        return
    for line in row.lines:
        yield TextPart(line.label, paragraph_runs(line.stretches or _as_stretches(line)))


def _as_stretches(line: Line) -> list[tuple[DiffOp, str]]:
    return [(DiffOp.REMOVED, line.before), (DiffOp.KEPT, " "), (DiffOp.ADDED, line.after)]
