"""A digest says of how many trials it is known how they stand, as a check does, and of which it is not, and why."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from monitor.alerts.assembling import coverage_of
from monitor.channels.channel import Coverage
from monitor.channels.digests import is_whole
from monitor.model import Rhythm
from monitor.storage import health, watches
from monitor.storage.health import Health
from monitor.storage.pages import Within
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

NEW_YORK = Rhythm(zone="America/New_York")


def covered(program: OutboxHarness, since: datetime, within: Within = Within()) -> Coverage:  # noqa: B008 - frozen
    registries = {program.registry.key: program.registry}
    with program.store.read() as tx:
        return coverage_of(tx, [within], registries, since=since, zone=NEW_YORK)


def test_a_trial_of_two_watches_is_one_trial(outbox: OutboxHarness) -> None:
    with outbox.store.begin() as tx:
        for name in ("mine", "yours"):
            watches.add(
                tx,
                registry=outbox.registry.key,
                trial_ids=[WITHDRAWN_LATER],
                origin="command",
                name=name,
                at=outbox.clock(),
            )
    outbox.check()

    for within in (Within(), Within(watches=(1, 2))):
        coverage = covered(outbox, outbox.clock(), within)
        assert (coverage.trials, coverage.checked, is_whole(coverage)) == (1, 1, True)


@pytest.mark.parametrize(
    ("failures", "why"), [(0, "last checked 2026-11-22 12:00"), (3, "not reached since 2026-11-22 12:00")]
)
def test_a_registry_that_nobody_asked_is_not_called_out_of_reach(
    outbox: OutboxHarness, failures: int, why: str
) -> None:
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    at = outbox.clock()
    with outbox.store.begin() as tx:
        health.record(tx, Health(outbox.registry.key, at, failures=failures, failing_since=at if failures else None))

    coverage = covered(outbox, at + timedelta(days=1))

    assert coverage.unchecked == ((outbox.registry.name, f"{why}, America/New_York"),)
    assert coverage.checked == 0


def test_the_day_of_the_last_look_is_the_subscribers(outbox: OutboxHarness) -> None:
    outbox.clock.now = datetime(2026, 11, 22, 22, 30, tzinfo=ZoneInfo("America/New_York"))
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    with outbox.store.begin() as tx:
        tx.execute(text("UPDATE trials SET verified_version = 'another'"))
        tx.execute(text("UPDATE registries SET checked_at = '2026-11-24T00:00:00.000000Z'"))

    coverage = covered(outbox, outbox.clock() + timedelta(hours=1))

    assert coverage.unchecked == ((WITHDRAWN_LATER, "not confirmed since 2026-11-22"),)
