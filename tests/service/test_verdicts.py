"""What a look says of a registry's health: told once, over when it is confirmed, and deaf to clocks that are set."""

from datetime import UTC, datetime, timedelta

from monitor.service.outages import Rules, after_failure, after_success
from monitor.storage.health import Health

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WELL = Health("a.org", NOON)
TOLD = Health("a.org", NOON, 9, NOON - 3 * HOUR, "no answer", told_at=NOON - HOUR)


def at(now: datetime) -> Rules:
    return Rules(now=now, every=HOUR, chance=lambda: 1.0)


def test_a_first_failure_begins_a_run_and_tells_nobody() -> None:
    failing, notice = after_failure(WELL, "no answer", at(NOON))

    assert failing == Health("a.org", NOON + timedelta(minutes=1), 1, NOON, "no answer")
    assert notice is None


def test_a_failure_after_two_hours_of_them_is_told_and_the_next_ones_are_not() -> None:
    lasting = Health("a.org", NOON, 7, NOON - 2 * HOUR)

    told, notice = after_failure(lasting, "no answer", at(NOON))
    assert notice is not None
    assert notice.id == "registry.unreadable/a.org/20261122T100000Z"
    assert told.told_at == NOON

    again, none = after_failure(told, "still no answer", at(NOON + HOUR))
    assert none is None
    assert (again.told_at, again.reason) == (NOON, "still no answer")


def test_what_could_be_read_once_is_confirmed_before_the_outage_is_over() -> None:
    seen, notice = after_success(TOLD, at(NOON))
    assert notice is None
    assert (seen.failures, seen.told_at, seen.next_check_at) == (0, TOLD.told_at, NOON + HOUR / 2)

    over, notice = after_success(seen, at(NOON + HOUR / 2))
    assert notice is not None
    assert notice.id == "registry.readable/a.org/20261122T090000Z"
    assert over == Health("a.org", NOON + HOUR / 2 + HOUR)


def test_what_fails_before_it_is_confirmed_is_the_same_outage() -> None:
    seen, _ = after_success(TOLD, at(NOON))
    failing, notice = after_failure(seen, "no answer", at(NOON + HOUR / 2))

    assert notice is None
    assert (failing.failures, failing.failing_since, failing.told_at) == (1, TOLD.failing_since, TOLD.told_at)


def test_a_run_that_was_never_told_is_over_at_once_and_in_silence() -> None:
    failing, _ = after_failure(WELL, "no answer", at(NOON))

    assert after_success(failing, at(NOON + HOUR)) == (Health("a.org", NOON + 2 * HOUR), None)


def test_a_run_that_begins_in_a_time_to_come_begins_now() -> None:
    """Or nobody would hear of the outage before the clock has caught up."""
    failing = Health("a.org", NOON, 5, NOON + timedelta(days=3650))

    assert after_failure(failing, "no answer", at(NOON))[0].failing_since == NOON
    told = Health("a.org", NOON, 5, NOON + HOUR, told_at=NOON + HOUR)
    assert after_failure(told, "no answer", at(NOON))[0].failing_since == NOON + HOUR, "its end is named after it"
