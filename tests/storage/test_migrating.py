"""A database that an older version wrote, with what is in it, works on."""

from sqlalchemy import Connection, bindparam, insert, text

from monitor.model import Settlement, SubscriptionState
from monitor.storage import deliveries, events, held_events, questions, settling_tables, snapshots, tables
from monitor.storage.held_events import Became
from monitor.storage.migrations import HEAD
from monitor.storage.store import Store
from monitor.storage.types import Moment
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, event, history
from tests.storage.migrated import migrated
from tests.storage.subscribers import owe, subscribed


def contents(tx: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows; of trials and events what every revision has."""
    selected = {
        "trials": "registry, trial_id, state, verified_at, misses",
        "events": "id, registry, trial_id, snapshot, occurred_at, significance, changes",
    }
    names = ("trials", "snapshots", "events", "watches", "watched_trials")
    return {
        name: sorted(map(tuple, tx.execute(text(f"SELECT {selected.get(name, '*')} FROM {name}")))) for name in names
    }


def test_a_database_from_before_subscriptions_keeps_everything_and_can_owe(store_url: str) -> None:
    before = migrated(store_url, "0001")
    with before.begin() as tx:
        for trial_id in (HIP, KNEE):
            snapshots.add(tx, history(trial_id, 4))
            tx.execute(insert(tables.events), [events.row_of(event(trial_id, number)) for number in (2, 3, 4)])
        tx.execute(insert(tables.trials).values(registry=REGISTRY, trial_id=HIP, verified_at=NOON, misses=0))
        made = insert(tables.watches).values(origin="command", created_at=NOON).returning(tables.watches.c.id)
        held = {"watch_id": tx.execute(made).scalar_one(), "registry": REGISTRY, "added_at": NOON}
        tx.execute(insert(tables.watched_trials), [held | {"trial_id": trial_id} for trial_id in (HIP, KNEE)])
        rows = contents(tx)
    before.close()

    after = Store.open(store_url)

    with after.read() as tx:
        assert contents(tx) == rows
        assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD
    assert [each.sequence for each in owe(after, HIP, [2, 3], subscribed(after))] == [1, 2]
    with after.read() as tx:
        assert len(deliveries.listing(tx)) == 2
    after.close()


def test_a_subscription_from_before_there_were_questions_is_looked_at_soon(store_url: str) -> None:
    before = migrated(store_url, "0018")
    with before.begin() as tx:
        endpoint = {"way": "email", "address_digest": b"x", "shown": "a@clinic.example", "sealed": b""}
        tx.execute(insert(tables.endpoints).values(id="e", created_at=NOON, **endpoint))
        asked = {"topics": "[]", "kinds": "[]", "min_significance": 1, "everything": True}
        kept = {"state": SubscriptionState.ACTIVE, "origin": "command", "created_at": NOON, "last_sequence": 7}
        tx.execute(insert(tables.subscriptions).values(id="s", endpoint_id="e", **asked, **kept))
    before.close()

    after = Store.open(store_url)

    with after.begin() as tx:
        assert questions.next_due(tx) == NOON
        assert [each.subscription_id for each in questions.due(tx, now=NOON, limit=9)] == ["s"]
    after.close()


def test_what_is_held_or_was_discarded_is_noted_of_a_hold_from_before_that_was_done(store_url: str) -> None:
    before = migrated(store_url, "0032")
    with before.begin() as tx:
        snapshots.add(tx, history(HIP, 4))
        tx.execute(insert(tables.events), [events.row_of(event(HIP, number)) for number in (2, 3, 4)])
        tx.execute(
            text(
                "INSERT INTO holds (id, registry, version, fields, trials, checked, held_at) "
                "VALUES (1, 'r', 'v', '[]', 1, 1, :at)"
            ).bindparams(bindparam("at", NOON, type_=Moment))
        )
        ways = (Settlement.HELD, Settlement.DISCARDED, Settlement.WAITING)
        rows = [
            {"event_id": event(HIP, number).id, "registry": REGISTRY, "settlement": way, "hold_id": 1}
            for number, way in enumerate(ways, 2)
        ]
        tx.execute(insert(settling_tables.settlements), rows)
    before.close()

    after = Store.open(store_url)

    with after.read() as tx:
        assert held_events.counts(tx, 1) == {Became.HELD: 1, Became.DISCARDED: 1}
    after.close()
