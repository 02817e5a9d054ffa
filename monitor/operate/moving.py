"""Move everything from one database to another, of either store, while no service runs.

    nobody is at work, the other database is empty    (else it is refused, and nothing is changed)
    -> this one refuses every write from now on
    -> table by table: rows there, a few thousand a transaction
    -> table by table: read back, its digest compared
    -> this one is noted as moved, and then that one as whole: at no moment do both let anybody work

So nothing is sent by both, and what is owed is sent by the one to which it went. Whatever dies in between, the same
command goes on where it was. The database that was moved stays as it is, and says where everything went.
"""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import datetime
from shutil import disk_usage
from uuid import uuid4

from monitor.errors import StoreUnavailable
from monitor.operate.in_use import refuse_while_serving
from monitor.storage import copying, leases, moves
from monitor.storage.copying import ReportProgress, sqlite_file
from monitor.storage.loading import settle
from monitor.storage.moves import Move, Moved, Remark
from monitor.storage.moving import Mover, empty, shapes
from monitor.storage.store import Store, address_of

ROWS_A_SECOND = 25_000
BYTES_A_SECOND = 25_000_000
"""Each takes its time, reading back included: docs/tasks/move.md has the figures."""

NOTED_AFTER = 200_000
"""Rows that are read back before that is noted."""
SAME = "--to names the database that is in use: name the one to move to"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be moved: how many rows of each table, and how many bytes the database has."""

    source: str
    target: str
    tables: dict[str, int]
    size: int
    is_begun: bool
    """Whether a part of it has come already, which counts here, too."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(self.tables.values())

    @property
    def seconds(self) -> int:
        """About how long it takes."""
        return max(1, self.rows // ROWS_A_SECOND + self.size // BYTES_A_SECOND)


@dataclass(frozen=True, slots=True)
class Everything:
    """What was moved, and proved: each table with its rows and its digest."""

    source: str
    target: str
    tables: list[Moved]
    remarks: list[Remark]
    damaged: list[str]
    """Snapshots that were not what was once kept, a line each: they came as they were."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.moved for table in self.tables)


@dataclass(frozen=True, slots=True)
class Undone:
    """A move that was taken back; *finished_at* is None of one that was not done."""

    other: str
    finished_at: datetime | None


def plan(url: str, to: str, *, silence: float = leases.TAKEN_AFTER) -> Plan:
    """Say what `move` would do, and refuse what it would refuse. Nothing is changed, and no database made."""
    if address_of(url) == address_of(to):
        raise StoreUnavailable(SAME)
    with closing(_source(url, silence)) as source:
        begun = _begun(source, to)
        with source.read() as tx:
            tables = {shape.name: shape.count(tx) for shape in shapes()}
            size = copying.size_of(tx)
        _refuse_without_room(to, size, is_begun=begun is not None)
        name = address_of(to)
        if _is_there(to):
            with closing(Store.to_move(to)) as target:
                name = target.database.name
                _check_target(target, url, to, begun=begun, silence=silence)
        return Plan(source.database.name, name, tables, size, begun is not None)


def move(
    url: str,
    to: str,
    *,
    clock: Callable[[], datetime],
    report_progress: ReportProgress,
    silence: float = leases.TAKEN_AFTER,
) -> Everything:
    """Move everything from the database at *url* to the one at *to*, or go on with that.

    Raise StoreUnavailable, having changed nothing, where a service is at work or the other database is not empty.
    Raise StoreError where either fails meanwhile: the same call goes on later.
    """
    if address_of(url) == address_of(to):
        raise StoreUnavailable(SAME)
    with ExitStack() as stack:
        source = stack.enter_context(closing(_source(url, silence)))
        begun = _begun(source, to)
        with source.read() as tx:
            size = copying.size_of(tx)
        _refuse_without_room(to, size, is_begun=begun is not None)
        target = stack.enter_context(closing(Store.to_move(to, makes_it=True)))
        _check_target(target, url, to, begun=begun, silence=silence)
        leaving = begun or _begin(source, address_of(to), clock())
        arriving = _expected(target, replace(leaving, arrives=True, other=address_of(url)))
        _bring_all(Mover(arriving, source, target, sqlite_file(to) is not None), report_progress)
        with target.begin() as tx:
            settle(tx)
        with source.begin() as tx:
            moves.finish(tx, leaving, clock())
        with target.begin() as tx:
            moves.finish(tx, arriving, clock())
        with target.read() as tx:
            tables = list(moves.progress(tx, arriving).values())
            remarks = moves.remarks(tx, arriving)
            damaged = copying.damaged_snapshots(tx, report_progress)
    return Everything(source.database.name, target.database.name, tables, remarks, damaged)


def undo(url: str, *, even_finished: bool = False) -> Undone:
    """Give up a move from the database at *url*: it is used again as it was.

    Raise StoreUnavailable if there is none, or if it is done and not *even_finished*: what was done since, elsewhere,
    is not here.
    """
    # Of any schema: what was moved is not migrated any more.
    with closing(Store.as_it_is(url, even_moved=True)) as source:
        with source.read() as tx:
            leaving = moves.leaving(tx)
        if leaving is None:
            raise StoreUnavailable(f"{source.database.name} was not moved: there is nothing to undo")
        if leaving.finished_at and not even_finished:
            raise StoreUnavailable(
                f"everything is at {leaving.other} since {leaving.finished_at:%Y-%m-%d %H:%M} UTC, and what was sent "
                "and seen since then is not here: set store.url to that and move back with `monitor move --to`; or, if "
                "it is lost, --force uses what is here, and sends again what was sent since"
            )
        with source.begin() as tx:
            moves.stay(tx, leaving)
    return Undone(leaving.other, leaving.finished_at)


def _source(url: str, silence: float) -> Store:
    """The database to move, at which nobody is at work."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise StoreUnavailable(f"there is no database at {file}: there is nothing to move")
    refuse_while_serving(url, what="move", silence=silence)
    return Store.to_move(url)


def _begun(source: Store, to: str) -> Move | None:
    """The move that is under way from there to that place; refuse one to another place."""
    with source.read() as tx:
        begun = moves.leaving(tx)
    if begun and begun.other != address_of(to):
        words = "was moved to" if begun.finished_at else "is on its way to"
        raise StoreUnavailable(f"{source.database.name} {words} {begun.other}: see `monitor move --help`")
    return begun


def _is_there(url: str) -> bool:
    """Whether a database has its tables already."""
    file = sqlite_file(url)
    return (file is None or file.exists()) and not Store.is_empty(url)


def _check_target(target: Store, url: str, to: str, *, begun: Move | None, silence: float) -> None:
    """Refuse a database to move to that somebody uses, or that holds anything but what of this one came already."""
    refuse_while_serving(to, what="move", silence=silence)
    with target.read() as tx:
        arriving = moves.arriving(tx)
        is_full = copying.holds_anything(tx)
    if begun and begun.finished_at and (arriving is None or arriving.id != begun.id or arriving.finished_at):
        raise StoreUnavailable(f"everything was moved to {begun.other} already: set store.url to that")
    is_ours = arriving is not None and not arriving.finished_at and arriving.other == address_of(url)
    if is_full and not is_ours:
        raise StoreUnavailable(f"{target.database.name} is not empty: name one that is")


def _refuse_without_room(to: str, size: int, *, is_begun: bool) -> None:
    """Raise StoreUnavailable where an SQLite file has no room on its disk; PostgreSQL's disk cannot be seen."""
    file = sqlite_file(to)
    if file is None or is_begun:
        return
    folder = next(each for each in file.absolute().parents if each.exists())
    if (free := disk_usage(folder).free) < size:
        raise StoreUnavailable(
            f"{folder} has {free / 1e6:,.0f} MB free, and about {size / 1e6:,.0f} MB are to come: choose another place"
        )


def _begin(source: Store, other: str, now: datetime) -> Move:
    """Let nothing be written any more to the database that everything goes from."""
    begun = Move(str(uuid4()), arrives=False, other=other, begun_at=now, finished_at=None)
    with source.begin() as tx:
        if moves.leaving(tx):
            raise moves.Overtaken("another process is moving the same: let it go on, or end it and try again")
        moves.leave(tx, begun)
    return begun


def _expected(target: Store, arriving: Move) -> Move:
    """Let nobody else use the database that everything comes to, until it is whole.

    What came by a move that was given up is taken out first.
    """
    with target.begin() as tx:
        found = moves.arriving(tx)
        if found and found.id == arriving.id:
            return found
        if found and not found.finished_at:
            empty(tx)
            moves.forget(tx, found)
        moves.arrive(tx, replace(arriving, finished_at=None), [shape.name for shape in shapes()])
    return arriving


def _bring_all(mover: Mover, report_progress: ReportProgress) -> None:
    """Move every table, and then prove every table."""
    tables = shapes()
    with mover.source.read() as tx:
        total = 2 * sum(shape.count(tx) for shape in tables)
    with mover.target.read() as tx:
        done = moves.progress(tx, mover.move)
    before = sum(each.moved * (1 + each.is_proved) for each in done.values())

    def tell(rows: int) -> None:
        nonlocal before
        before += rows
        report_progress(before, total)

    for shape in tables:
        done[shape.name] = mover.bring(shape, done[shape.name], tell)
    proved: list[Moved] = []
    for shape in tables:
        if not done[shape.name].is_proved:
            mover.prove(shape, done[shape.name], tell)
            proved.append(done[shape.name])
        if sum(each.moved for each in proved) > NOTED_AFTER or shape is tables[-1]:
            mover.note(proved)
            proved.clear()
