"""A database that an older version wrote, with what is in it, works on."""

from sqlalchemy import Connection, insert, text

from monitor.model import SubscriptionState
from monitor.storage import deliveries, events, questions, snapshots, tables
from monitor.storage.migrations import HEAD
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, event, history
from tests.storage.migrated import migrated
from tests.storage.subscribers import owe, subscribed


def contents(tx: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows; of trials what every revision has."""
    selected = {"trials": "registry, trial_id, state, verified_at, misses"}
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
