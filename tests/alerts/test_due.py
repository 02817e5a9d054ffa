"""What there is to do for `deliver`, of which it loads nothing where there is nothing."""

from datetime import timedelta

from monitor.alerts.due import ATTEMPTS_KEPT, is_anything_due
from monitor.errors import DeliveryDeferred
from monitor.storage import settlements
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_a_year_later

KEY = "clinicaltrials.gov"


def is_due(outbox: OutboxHarness) -> bool:
    return is_anything_due(outbox.store, [KEY], now=outbox.clock())


def rename(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe("https://hooks.example.org/", WITHDRAWN_LATER)
    outbox.sandbox.edit(WITHDRAWN_LATER, together(named("EARLY"), verified_a_year_later))
    outbox.check(WITHDRAWN_LATER)


def test_there_is_something_to_do_from_when_it_is_owed_until_it_is_delivered(outbox: OutboxHarness) -> None:
    assert not is_due(outbox)

    rename(outbox)

    assert is_due(outbox)
    outbox.deliver()
    assert not is_due(outbox)


def test_what_was_not_taken_is_due_once_its_wait_is_over(outbox: OutboxHarness) -> None:
    rename(outbox)
    outbox.refuse("https://hooks.example.org", DeliveryDeferred("503 Service Unavailable", status=503))
    [result] = outbox.deliver()
    assert result.next_attempt_at

    assert not is_due(outbox)
    outbox.clock.advance(seconds=(result.next_attempt_at - outbox.clock()).total_seconds())
    assert is_due(outbox)


def test_what_a_pass_left_pending_is_something_to_do(outbox: OutboxHarness) -> None:
    rename(outbox)
    outbox.deliver()
    with outbox.store.begin() as tx:
        settlements.pend(tx, KEY, {f"{KEY}/{WITHDRAWN_LATER}/2": 1})

    assert is_due(outbox)


def test_attempts_that_are_kept_no_longer_are_something_to_do(outbox: OutboxHarness) -> None:
    rename(outbox)
    outbox.deliver()
    outbox.clock.advance(days=ATTEMPTS_KEPT / timedelta(days=1))

    assert not is_due(outbox)
    outbox.clock.advance(seconds=1)
    assert is_due(outbox)
    outbox.deliver()
    assert not is_due(outbox)


def test_what_cannot_be_read_is_something_to_do(outbox: OutboxHarness) -> None:
    with outbox.store.begin() as tx:
        tx.exec_driver_sql("DROP TABLE attempts")

    assert is_due(outbox)
