"""What waits for a digest, in an export and where that is imported."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.alerts.composing import compose
from monitor.alerts.why import explained
from monitor.operate.transfer.importing import Imported, read_export
from monitor.storage import rhythms
from monitor.storage.store import Store
from tests.alerts.test_digests import DAILY, READER, happens
from tests.operate.test_transfer import exported, quiet
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Store]:
    """Another database, empty."""
    with closing(Store.open(f"sqlite:///{tmp_path}/elsewhere.sqlite3")) as store:
        yield store


@pytest.fixture
def waiting(outbox: OutboxHarness) -> OutboxHarness:
    """A database in which an event waits for a digest."""
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe(READER, WITHDRAWN_LATER, channel="email", rhythm=DAILY)
    happens(outbox, 1)
    return outbox


def imported(waiting: OutboxHarness, folder: Path, elsewhere: Store) -> Imported:
    registries = {waiting.registry.key: waiting.registry}
    return read_export(folder, registries, replace(waiting.subscribe_context, store=elsewhere), quiet)


def test_what_waits_for_a_digest_waits_for_it_where_it_is_imported(
    waiting: OutboxHarness, elsewhere: Store, tmp_path: Path
) -> None:
    vault = waiting.subscribe_context.vault
    first = exported(waiting.store, tmp_path / "a", vault)

    done = imported(waiting, tmp_path / "a", elsewhere)

    assert (done.left, done.aside) == ([], [])
    assert exported(elsewhere, tmp_path / "b", vault) == first
    with elsewhere.read() as tx:
        assert rhythms.next_due(tx) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert compose(elsewhere, now=datetime(2026, 11, 23, 7, tzinfo=UTC)) == 1
    context = replace(waiting.subscribe_context, store=elsewhere)
    assert "in the digest of 2026-11-23" in explained("clinicaltrials.gov", WITHDRAWN_LATER, READER, context)[1]


def test_what_waited_for_a_subscription_that_is_not_taken_is_counted(
    waiting: OutboxHarness, elsewhere: Store, tmp_path: Path
) -> None:
    exported(waiting.store, tmp_path / "a")

    [line] = imported(waiting, tmp_path / "a", elsewhere).aside

    assert line.endswith("export with --with-secrets to have it; 1 event of its next digest is not told")


def test_an_event_that_is_not_here_is_counted_and_the_subscription_is_taken(
    waiting: OutboxHarness, elsewhere: Store, tmp_path: Path
) -> None:
    exported(waiting.store, tmp_path / "a", waiting.subscribe_context.vault)
    (tmp_path / "a" / "trials" / "clinicaltrials.gov" / WITHDRAWN_LATER / "events.json").unlink()

    done = imported(waiting, tmp_path / "a", elsewhere)

    [line] = done.left
    assert "1 event of its next digest is not here" in line
    assert done.subscriptions == 1
