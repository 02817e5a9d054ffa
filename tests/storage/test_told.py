"""Who an event was told, counted on either store."""

from monitor.model.ids import event_id
from monitor.model.rhythm import Every, Rhythm
from monitor.storage import told
from monitor.storage.told import ToldCounts
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER


def test_an_event_is_counted_by_how_its_deliveries_stand(outbox: OutboxHarness) -> None:
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    for name in ("one", "two"):
        outbox.subscribe(f"https://hooks.example.org/{name}", WITHDRAWN_LATER)
    outbox.subscribe("anna@example.org", WITHDRAWN_LATER, channel="email", rhythm=Rhythm(every=Every.DAILY))
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(days=1)
    outbox.check()
    key = event_id(outbox.registry.key, WITHDRAWN_LATER, 2)

    with outbox.store.read() as tx:
        assert told.counts(tx, key) == ToldCounts(delivered=0, owed=2, rejected=0, digests=1)
    outbox.deliver()
    with outbox.store.read() as tx:
        counts = told.counts(tx, key)
        assert (counts.delivered, counts.owed, counts.all) == (2, 0, 3)
        assert [each.cause.id for each in told.some(tx, key, limit=1)] == [key]
        assert told.counts(tx, "nothing/of/1").all == 0
