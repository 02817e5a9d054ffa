"""Move the rows of a table from one database to another, of either store, and prove that they came.

    rows in the order of their keys -> held against their types -> a transaction for some thousand, which also notes how
    far it came -> read back, and their digest compared

A process that dies leaves whole transactions; the next one goes on behind the last key. The database that the rows come
from stays as it is meanwhile: see `monitor.storage.moves`. A row that the other database cannot keep as it is comes
mended, or does not come, and is named; it keeps no other from coming.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, text
from sqlalchemy.exc import IntegrityError

from monitor.errors import StoreCorrupt
from monitor.storage import moves
from monitor.storage.cells import Cells, Shape, digested, mended
from monitor.storage.loading import RowsRefused, load
from monitor.storage.metadata import metadata
from monitor.storage.moves import OWN, Move, Moved, Remark, added
from monitor.storage.store import Store

ROWS = 5000
BYTES = 8_000_000
"""What is written in one transaction, at the most; a single row may be longer."""
MOST_LEFT = 1000
"""Where the other database refuses more rows of a table than that, it is not they that are bad."""
REPLACED = "characters that cannot be kept there are replaced by a visible one"

Tell = Callable[[int], None]
"""Called with how many rows more are done."""


def shapes() -> list[Shape]:
    """Every table that moves, those that others refer to first."""
    return [Shape(table) for table in metadata.sorted_tables if table.name not in OWN]


def empty(tx: Connection) -> None:
    """Take every row out of every table that moves."""
    tables = [table for table in metadata.sorted_tables if table.name not in OWN]
    if tx.dialect.name == "postgresql":
        tx.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)}"))
        return
    for table in reversed(tables):
        tx.execute(delete(table))


def checksum(shape: Shape, tx: Connection, tell: Tell) -> tuple[int, int]:
    """How many rows a table has, and the sum of their digests: the same in every copy, on either store."""
    count = digest = 0
    for part in shape.rows(tx, in_order=False):
        for row in part:
            digest = added(digest, digested(row)[0])
        count += len(part)
        tell(len(part))
    return count, digest


@dataclass(frozen=True, slots=True)
class Ready:
    """A row on its way; *row* is None where it does not come."""

    key: Cells
    row: Cells | None
    digest: int
    size: int
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves tables by one *move* from *source* to *target*."""

    move: Move
    source: Store
    target: Store
    takes_anything: bool
    """Whether the target is SQLite, which keeps a value of any type in any column."""

    def bring(self, shape: Shape, done: Moved, tell: Tell) -> Moved:
        """Move what has not come of a table. Raise StoreCorrupt where some of it cannot be found by its key."""
        with self.source.read() as read:
            for part in self._parts(shape, read, done):
                done = self._put(shape, part, done)
                tell(len(part))
            there = shape.count(read)
        with self.target.read() as tx:
            came = done.moved + moves.left(tx, self.move, shape.name)
        if came != there:
            raise StoreCorrupt(
                f"{self.source.database.name} has {there:,} rows in {shape.name}, of which {came:,} are found by their "
                "keys: `monitor move --undo`, and restore a backup"
            )
        return done

    def prove(self, shape: Shape, done: Moved, tell: Tell) -> None:
        """Read the table back. Raise StoreCorrupt where it is not what came."""
        with self.target.read() as tx:
            count, digest = checksum(shape, tx, tell)
        if (digest, count) != (done.digest, done.moved):
            raise StoreCorrupt(
                f"{shape.name} in {self.target.database.name} is not what came ({count:,} rows of {done.moved:,}): "
                "`monitor move --undo`, and move again"
            )

    def note(self, tables: Sequence[Moved]) -> None:
        """Note that these tables were read back, so that it need not be done again."""
        with self.target.begin() as tx:
            for done in tables:
                moves.go_on(tx, self.move, done, replace(done, is_proved=True))

    def _parts(self, shape: Shape, read: Connection, done: Moved) -> Iterator[list[Ready]]:
        part: list[Ready] = []
        size = 0
        for rows in shape.rows(read, after=done.last):
            for row in rows:
                ready = self._ready(shape, row)
                part.append(ready)
                size += ready.size
                if len(part) >= ROWS or size >= BYTES:
                    yield part
                    part, size = [], 0
        if part:
            yield part

    def _ready(self, shape: Shape, row: Cells) -> Ready:
        """Hold a row against its table."""
        doubts = shape.doubts(row)
        if not doubts:
            try:
                return Ready(shape.key_of(row), row, *digested(row))
            except TypeError:
                return self._mended(shape, row, row)
        words = "; ".join(f"{doubt.column} {doubt.reason}" for doubt in doubts if not doubt.is_spelling)
        if any(doubt.mended is None for doubt in doubts) and not self.takes_anything:
            return _left(shape, row, words)
        better = {doubt.column: doubt.mended for doubt in doubts if doubt.mended is not None}
        kept = tuple(better.get(column.name, cell) for column, cell in zip(shape.columns, row, strict=True))
        try:
            remark = Remark(shape.name, shape.key_of(row), is_left=False, reason=words) if words else None
            return Ready(shape.key_of(row), kept, *digested(kept), remark)
        except TypeError:
            return self._mended(shape, row, kept, words)

    def _mended(self, shape: Shape, row: Cells, kept: Cells, words: str = "") -> Ready:
        """The same with characters replaced that cannot be kept."""
        kept = mended(kept, also_nul=not self.takes_anything)
        remark = Remark(shape.name, shape.key_of(row), is_left=False, reason="; ".join(filter(None, [words, REPLACED])))
        return Ready(shape.key_of(row), kept, *digested(kept), remark)

    def _put(self, shape: Shape, part: list[Ready], done: Moved) -> Moved:
        """Write rows, in parts that get smaller where some are refused."""
        waiting, left = [part], 0
        while waiting:
            rows = waiting.pop()
            try:
                done = self._write(shape, rows, done)
                continue
            except RowsRefused as refused:
                reason = str(refused)
            if len(rows) > 1:
                middle = len(rows) // 2
                waiting += [rows[middle:], rows[:middle]]
                continue
            left += 1
            if left > MOST_LEFT:
                raise StoreCorrupt(
                    f"{self.target.database.name} refuses too many rows of {shape.name} ({reason}): `monitor doctor` "
                    "says whether the database that they come from is in order"
                )
            waiting.append([self._second_try(shape, rows[0], reason)])
        return done

    def _second_try(self, shape: Shape, refused: Ready, reason: str) -> Ready:
        """The row with characters replaced; nothing of it where that is not what was wrong."""
        row = refused.row or ()
        better = self._mended(shape, row, row, refused.remark.reason if refused.remark else "")
        return better if better.row != row else _left(shape, row, reason)

    def _write(self, shape: Shape, part: Sequence[Ready], done: Moved) -> Moved:
        """Write these rows, and how far that is, in one transaction."""
        coming = [each for each in part if each.row is not None]
        after = replace(
            done,
            last=part[-1].key,
            moved=done.moved + len(coming),
            digest=added(done.digest, sum(each.digest for each in coming)),
        )
        try:
            with self.target.begin() as tx:
                if tx.dialect.name == "postgresql":
                    # A later transaction waits for the disk, and has this one there, too.
                    tx.execute(text("SET LOCAL synchronous_commit = off"))
                moves.go_on(tx, self.move, done, after)
                moves.remark(tx, self.move, [each.remark for each in part if each.remark])
                load(tx, shape, [each.row for each in coming if each.row is not None], self.target.database)
        except IntegrityError as error:  # of a reference that is looked at when all is written
            raise RowsRefused("it refers to a row that did not come") from error
        return after


def _left(shape: Shape, row: Cells, reason: str) -> Ready:
    key = shape.key_of(row)
    return Ready(key, None, 0, 0, Remark(shape.name, key, is_left=True, reason=reason))
