"""Follow trials into other registries: read what newly kept records name, and have watches hold who is new there.

    the latest records of lists, each once    ->  what each names as the same trial is noted
    a watch follows siblings, and holds one   ->  it holds the other, too; with a baseline, its changes are told

What the first record that was read of a trial names joins silently, like the first listing of a search. What a later
one names anew is a newcomer: its baseline is told to those who are subscribed.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from monitor.alerts.notices import siblings_left_out
from monitor.errors import StoreCorrupt
from monitor.model import State
from monitor.ports import Registry, siblings_in
from monitor.storage import newcomers, notices, siblings, snapshots, trials
from monitor.storage.newcomers import Newcomer
from monitor.storage.siblings import Key, Noted, Reading
from monitor.storage.statements import chunks
from monitor.watching.context import PassContext

READ_AT_ONCE = 100
"""Records: as many as are in memory."""


def follow_siblings(context: PassContext) -> None:
    """Have the watches that follow siblings hold what records name that were kept since the last time.

    Where nothing is known of a second registry, and no watch follows siblings, nothing is read.
    """
    known = {registry.key: registry for registry in (context.registry, *context.others)}
    with context.store.read() as tx:
        unread = siblings.unread(tx, list(known)) if siblings.are_of_use(tx) else []
    for part in chunks(unread, READ_AT_ONCE):
        readings = _readings(part, known, context)
        with context.store.begin() as tx:
            for noted in siblings.note(tx, readings, list(known)):
                _join(tx, noted, context)


def _readings(
    unread: Sequence[tuple[str, str, int]], known: dict[str, Registry], context: PassContext
) -> list[Reading]:
    """What these records name; nothing for one that is damaged: who mends it makes a later snapshot."""
    by_registry: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for registry, trial_id, number in unread:
        by_registry[registry][trial_id] = number
    readings = []
    for key, numbers in by_registry.items():
        damaged: dict[str, StoreCorrupt] = {}
        with context.store.read() as tx:
            latest = snapshots.latest_of(tx, key, numbers, state=State.LISTED, damaged=damaged)
        for trial_id, number in numbers.items():
            taken = latest.get(trial_id)
            record = known[key].parse(taken.document, taken.taken_at) if taken else None
            names = siblings_in(record, list(known.values())) if record else []
            readings.append(Reading((key, trial_id), number, names))
    return readings


def _join(tx: Connection, noted: Noted, context: PassContext) -> None:
    """Have the watches of a trial hold what its record names anew, and those of what it names hold the trial."""
    found = list(noted.new)
    if noted.is_first:
        found = siblings.linked(tx, [noted.trial]).get(noted.trial, found)
    holding = siblings.holding(tx, [noted.trial, *noted.new])
    for watch_id in holding.get(noted.trial, ()):
        _take_in(tx, watch_id, noted.trial, found, context, is_told=not noted.is_first)
    for other in noted.new:
        for watch_id in holding.get(other, ()):
            _take_in(tx, watch_id, other, [noted.trial], context, is_told=not noted.is_first)


def _take_in(
    tx: Connection, watch_id: int, trial: Key, found: Sequence[Key], context: PassContext, *, is_told: bool
) -> None:
    joined = siblings.join(tx, watch_id, trial, found, context.clock())
    if joined.left_out:
        notices.notify_operator(tx, siblings_left_out(watch_id, trial, joined.left_out, now=context.clock()))
    if not is_told:
        return
    for registry in dict.fromkeys(key for key, _ in joined.trials):
        ids = [trial_id for key, trial_id in joined.trials if key == registry]
        known = {each.trial_id for each in trials.known(tx, registry, ids).values() if each.snapshot is not None}
        newcomers.add(tx, registry, [each for each in ids if each not in known], Newcomer(watch_id, None))
