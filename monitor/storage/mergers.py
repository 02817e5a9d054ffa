"""What trials merged into, as far as their registries have said. Every merger is a row of `trials`."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection, select

from monitor.storage.statements import chunks
from monitor.storage.tables import trials


def successors(tx: Connection, members: AbstractSet[tuple[str, str]]) -> set[tuple[str, str]]:
    """The trials that these are known to have merged into, over any number of mergers."""
    found: set[tuple[str, str]] = set()
    newest = set(members)
    while newest:
        into = {
            (registry, trial_id)
            for registry, trial_ids in by_registry(newest).items()
            for trial_id in _mergers(tx, registry, trial_ids)
        }
        newest = into - found - members
        found |= newest
    return found


def by_registry(members: AbstractSet[tuple[str, str]]) -> dict[str, list[str]]:
    """The ids of these trials by registry, in order."""
    grouped: dict[str, list[str]] = {}
    for registry, trial_id in sorted(members):
        grouped.setdefault(registry, []).append(trial_id)
    return grouped


def _mergers(tx: Connection, registry: str, trial_ids: Sequence[str]) -> set[str]:
    query = select(trials.c.merged_into).where(trials.c.registry == registry, trials.c.merged_into.is_not(None))
    return {into for chunk in chunks(trial_ids) for into in tx.scalars(query.where(trials.c.trial_id.in_(chunk)))}
