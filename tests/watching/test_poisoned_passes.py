"""Whole passes over a registry that serves poison: nothing is told, nothing is overwritten, the others go on."""

from collections.abc import Iterator

import pytest

from monitor.http.polite import PoliteSession
from monitor.model import Result
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.storage import quarantine
from monitor.storage.store import Store
from tests.program import Program
from tests.registries.clinicaltrials_gov.fake import FakeRegistry
from tests.registries.poisons import LOST_PARTS, POISONS, UNREADABLE
from tests.registries.trials import trial
from tests.sample_sizes import some_of

POISONED = "NCT05550100"
OTHER = "NCT05550101"


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with FakeRegistry(trial(POISONED), trial(OTHER)) as running:
        yield running


def impatient() -> PoliteSession:
    """Some poison comes drop by drop."""
    return PoliteSession(
        requests_per_second=1e6, user_agent="test", read_timeout=5, deadline=60, sleep=lambda seconds: None
    )


@pytest.fixture
def program(quick_store: Store, registry: FakeRegistry) -> Iterator[Program]:
    """A baseline of both trials is taken, and the registry has refreshed its data since."""
    running = Program(quick_store, ClinicalTrialsGov(base_url=registry.base_url, session=impatient()))
    assert running.results(POISONED, OTHER) == {POISONED: Result.BASELINE, OTHER: Result.BASELINE}
    registry.stamp, registry.etag = "2026-11-23T09:00:05", '"0a1b2c3/0.34.1/mtqvabcd"'
    running.clock.advance(days=30)
    yield running
    running.registry.close()


@pytest.mark.parametrize("name", some_of(POISONS, one_in=4))
def test_no_poison_is_told_or_kept_as_a_snapshot(program: Program, registry: FakeRegistry, name: str) -> None:
    poison = POISONS[name]
    registry.overrides[f"/studies/{POISONED}"] = lambda request: poison.answer(POISONED)
    good = registry.studies.pop(POISONED)

    results = program.results(POISONED, OTHER)

    assert results[POISONED] is Result.FAILED
    assert results[OTHER] is Result.UNCHANGED
    assert program.events(POISONED) == program.events(OTHER) == []
    assert program.snapshot_numbers(POISONED) == [1]
    if poison.ends_as == UNREADABLE:
        assert POISONED in [trial_id for trial_id, _ in program.quarantined()]

    registry.overrides.clear()
    registry.studies[POISONED] = good
    assert program.results(POISONED, OTHER) == {POISONED: Result.UNCHANGED, OTHER: Result.UNCHANGED}


@pytest.mark.parametrize("name", LOST_PARTS)
def test_a_record_that_lost_a_part_is_kept_aside_with_its_bytes(
    program: Program, registry: FakeRegistry, name: str
) -> None:
    registry.studies[POISONED] = LOST_PARTS[name](POISONED)

    assert program.results(POISONED, OTHER) == {POISONED: Result.FAILED, OTHER: Result.UNCHANGED}
    assert program.events(POISONED) == []
    with program.store.read() as tx:
        [kept] = quarantine.listing(tx)
        assert "has lost its" in kept.reason
        assert POISONED.encode() in (quarantine.get(tx, kept.id).raw or b"")
