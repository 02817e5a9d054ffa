"""Trials that a search no longer finds. The watch keeps them until their last change has been seen and told."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, delete, exists, false, func, or_, select, update

from monitor.model import Settlement, State
from monitor.storage import held, newcomers
from monitor.storage.settling_tables import settlements
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import events, leavers, trials, watched_trials

_WAITING = (Settlement.PENDING, Settlement.HELD, Settlement.WAITING, Settlement.TELLING)


def add(tx: Connection, watch_id: int, registry: str, trial_ids: Iterable[str], *, version: str) -> None:
    """Record that a watch's search does not find these trials in *version* of the registry's data."""
    for chunk in chunks(trial_ids):
        rows = [
            {"registry": registry, "trial_id": trial_id, "watch_id": watch_id, "version": version} for trial_id in chunk
        ]
        add_new(tx, leavers, rows)


def of_watch(tx: Connection, watch_id: int) -> set[str]:
    """The trials that are about to leave a watch."""
    return set(tx.scalars(select(leavers.c.trial_id).where(leavers.c.watch_id == watch_id)).all())


def among(tx: Connection, registry: str, trial_ids: Iterable[str]) -> set[tuple[int, str]]:
    """Which of these trials are about to leave which watches, as (watch, trial id)."""
    query = select(leavers.c.watch_id, leavers.c.trial_id).where(leavers.c.registry == registry)
    return {
        (row.watch_id, row.trial_id)
        for chunk in chunks(trial_ids)
        for row in tx.execute(query.where(leavers.c.trial_id.in_(chunk)))
    }


def unreported(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, list[int]]:
    """The trials that are about to leave watches and nobody has been told of, each with these watches."""
    query = select(leavers.c.trial_id, leavers.c.watch_id).where(
        leavers.c.registry == registry, func.coalesce(leavers.c.told, false()).is_(False)
    )
    found: dict[str, list[int]] = {}
    for chunk in chunks(trial_ids):
        for row in tx.execute(query.where(leavers.c.trial_id.in_(chunk)).order_by(leavers.c.watch_id)):
            found.setdefault(row.trial_id, []).append(row.watch_id)
    return found


def note_reported(tx: Connection, registry: str, trial_ids: Iterable[str]) -> None:
    """Record that an event says that these trials left."""
    for chunk in chunks(trial_ids):
        of_these = and_(leavers.c.registry == registry, leavers.c.trial_id.in_(chunk))
        tx.execute(update(leavers).where(of_these).values(told=True))


def are_there(tx: Connection, registry: str) -> bool:
    """Whether any trial is about to leave a watch."""
    return tx.execute(select(leavers.c.trial_id).where(leavers.c.registry == registry).limit(1)).first() is not None


def stay(tx: Connection, watch_id: int, registry: str, trial_ids: Iterable[str]) -> None:
    """Forget that these were about to leave a watch: its search finds them."""
    for chunk in chunks(trial_ids):
        tx.execute(
            delete(leavers).where(
                leavers.c.registry == registry, leavers.c.watch_id == watch_id, leavers.c.trial_id.in_(chunk)
            )
        )


def drop_leavers(tx: Connection, registry: str, version: str) -> int:
    """Remove those whose last change is known and told; return how many left a watch. Hold the registry's lock.

    Known: verified in the version in which its search lost it, or in *version*, the current one. Told: no event of it
    is pending, held or still being told. A trial that could never be read has no change to wait for: it leaves one
    version later.
    """
    of_trial = and_(trials.c.registry == leavers.c.registry, trials.c.trial_id == leavers.c.trial_id)
    unsettled = exists().where(
        events.c.registry == leavers.c.registry,
        events.c.trial_id == leavers.c.trial_id,
        settlements.c.event_id == events.c.id,
        settlements.c.settlement.in_(_WAITING),
    )
    is_known = or_(
        trials.c.state == State.MERGED,
        trials.c.verified_version.in_((leavers.c.version, version)),
        and_(trials.c.snapshot.is_(None), leavers.c.version != version),
    )
    query = (
        select(leavers.c.watch_id, leavers.c.trial_id)
        .select_from(leavers.outerjoin(trials, of_trial))
        .where(leavers.c.registry == registry, is_known, ~unsettled)
    )
    gone: dict[int, list[str]] = {}
    for watch_id, trial_id in tx.execute(query):
        gone.setdefault(watch_id, []).append(trial_id)
    for watch_id, trial_ids in gone.items():
        _drop(tx, watch_id, registry, trial_ids)
    return sum(map(len, gone.values()))


def _drop(tx: Connection, watch_id: int, registry: str, trial_ids: list[str]) -> None:
    stay(tx, watch_id, registry, trial_ids)
    for chunk in chunks(trial_ids):
        of_these = and_(watched_trials.c.registry == registry, watched_trials.c.trial_id.in_(chunk))
        held.drop(tx, watch_id, [(registry, trial_id) for trial_id in chunk])
        still = set(tx.scalars(select(watched_trials.c.trial_id).where(of_these)).all())
        newcomers.forget(tx, registry, set(chunk) - still)
