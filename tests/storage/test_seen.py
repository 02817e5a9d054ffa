"""What was seen of some trials is read in bulk, and a damaged row spoils no other."""

from datetime import timedelta

from sqlalchemy import insert, update

from monitor.model import Settlement
from monitor.storage import seen, settlements, snapshots, tables, trials
from monitor.storage.pages import Span, Within
from monitor.storage.sibling_tables import joined_siblings
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, SHOULDER, event, history, snapshot
from tests.storage.subscribers import tell, watch

EVER = Span(NOON - timedelta(days=1))


def test_events_come_with_why_they_were_not_told(store: Store):
    told, held = tell(store, HIP, 2), tell(store, KNEE, 2)
    with store.begin() as tx:
        settlements.pend(tx, REGISTRY, dict.fromkeys(held, 1))

    with store.read() as tx:
        found = {each.trial_id: each for each in seen.seen(tx, Within(), EVER, damaged={})}

    assert told
    assert {key: each.settlement for key, each in found.items()} == {HIP: None, KNEE: Settlement.PENDING}
    assert found[HIP].occurred_at == LATER
    assert found[HIP].changes == [change.as_json() for change in event(HIP).changes]


def test_events_of_other_times_and_trials_are_left_out(store: Store):
    tell(store, HIP, 2)
    tell(store, KNEE, 2)
    hip = Within(trials=((REGISTRY, HIP),))

    with store.read() as tx:
        assert [each.trial_id for each in seen.seen(tx, hip, EVER, damaged={})] == [HIP]
        assert list(seen.seen(tx, hip, Span(LATER + timedelta(seconds=1)), damaged={})) == []
        assert list(seen.seen(tx, hip, Span(NOON, LATER), damaged={})) == []


def test_damaged_events_are_named_and_the_others_read(store: Store):
    [torn], [whole] = tell(store, HIP, 2), tell(store, KNEE, 2)
    with store.begin() as tx:
        tx.execute(update(tables.events).where(tables.events.c.id == torn).values(changes=b"(torn"))
    damaged = {}

    with store.read() as tx:
        [left] = seen.seen(tx, Within(), EVER, damaged=damaged)

    assert (f"{left.registry}/{left.trial_id}/{left.snapshot}", list(damaged)) == (whole, [torn])


def test_later_snapshots_without_an_event_are_found(store: Store):
    tell(store, HIP, 2)
    with store.begin() as tx:
        snapshots.add(tx, [snapshot(HIP, 3), *history(KNEE, 2)])

    with store.read() as tx:
        assert seen.without_event(tx, Within()) == [(REGISTRY, HIP, 3), (REGISTRY, KNEE, 2)]
        assert seen.without_event(tx, Within(trials=((REGISTRY, KNEE),))) == [(REGISTRY, KNEE, 2)]
        assert seen.begins(tx, Within()) == snapshot(HIP).taken_at
        assert seen.begins(tx, Within(trials=((REGISTRY, SHOULDER),))) is None


def test_what_was_never_read_is_named_of_a_watch_and_of_trials(store: Store):
    held = watch(store, HIP, KNEE)
    with store.begin() as tx:
        trials.record(tx, [Trial(registry=REGISTRY, trial_id=HIP, snapshot=1), Trial(registry=REGISTRY, trial_id=KNEE)])

    with store.read() as tx:
        for within in (Within(watches=(held,)), Within(), Within(trials=((REGISTRY, HIP), (REGISTRY, KNEE)))):
            assert seen.unread(tx, within) == [(REGISTRY, KNEE)]
        assert seen.unread(tx, Within(watches=(held + 1,))) == []
        assert seen.read_trials(tx, REGISTRY) == [HIP]


def test_a_trial_that_is_named_brings_its_siblings(store: Store):
    held = watch(store, HIP, KNEE)
    with store.begin() as tx:
        joined = {"registry": REGISTRY, "trial_id": KNEE, "watch_id": held}
        tx.execute(insert(joined_siblings).values(**joined, of_registry=REGISTRY, of_trial_id=HIP))

    with store.read() as tx:
        assert seen.with_siblings(tx, [(REGISTRY, HIP)]) == {(REGISTRY, HIP), (REGISTRY, KNEE)}
        assert seen.with_siblings(tx, [(REGISTRY, SHOULDER)]) == {(REGISTRY, SHOULDER)}
