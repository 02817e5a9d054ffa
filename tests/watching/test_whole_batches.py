"""A batch of answers costs a few statements, however many trials changed, and each document is read once."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.http.polite import PoliteSession
from monitor.model import Checked, Document, Record, Result, Snapshot
from monitor.ports import RegistryVersion
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.registries.clinicaltrials_gov.documents import document_of
from monitor.storage.store import Store
from monitor.watching.context import IntakeContext
from monitor.watching.intake import take_in
from tests.databases import counted_statements
from tests.registries.trials import trial

BEGAN = datetime(2027, 3, 1, 9, tzinfo=UTC)


class Counting(ClinicalTrialsGov):
    """It counts what is parsed."""

    def __init__(self) -> None:
        super().__init__(
            base_url="http://127.0.0.1:9", session=PoliteSession(requests_per_second=1000, user_agent="tests")
        )
        self.parsed: Counter[str] = Counter()

    def parse(self, document: Document, as_of: datetime) -> Record:
        self.parsed["alone"] += 1
        return super().parse(document, as_of)

    def parse_pair(self, before: Snapshot, after: Document, as_of: datetime) -> tuple[Record, Record]:
        self.parsed["pairs"] += 1
        return super().parse_pair(before, after, as_of)


def taken_in(store: Store, registry: Counting, trials: int, *, day: int, **changes: Any) -> Sequence[Checked]:
    """What comes of so many trials that changed alike on a day."""
    ids = [f"NCT{trials:03}{number:05}" for number in range(trials)]
    answers = [document_of(trial(each, **changes), each) for each in ids]
    now = BEGAN + timedelta(days=day)
    version = RegistryVersion(f"{now:%Y-%m-%d}T09:00:00")
    return take_in(
        answers,
        IntakeContext(registry=registry, store=store, version=version, now=now, probed={}, tells_at_once=False),
    )


MOVED_DATE = {"statusModule__completionDateStruct": {"date": "2031-05", "type": "ESTIMATED"}}


@pytest.fixture
def registry() -> Counting:
    return Counting()


@pytest.mark.parametrize("changes", [{"identificationModule__acronym": "OTHER"}, MOVED_DATE], ids=["name", "date"])
def test_forty_changes_take_as_many_statements_as_one(store: Store, registry: Counting, changes: Any) -> None:
    sent: dict[int, int] = {}
    for trials in (1, 40):
        taken_in(store, registry, trials, day=trials)
        taken_in(store, registry, trials, day=trials + 1, identificationModule__briefTitle="Another title")
        with counted_statements() as statements:
            checked = taken_in(store, registry, trials, day=trials + 2, **changes)
        assert [one.result for one in checked] == [Result.CHANGED] * trials
        sent[trials] = len(statements)

    assert sent[40] == sent[1] <= 16


def test_a_changed_trial_is_read_once_together_with_what_it_was(store: Store, registry: Counting) -> None:
    taken_in(store, registry, 5, day=0)
    assert not registry.parsed
    taken_in(store, registry, 5, day=1, **MOVED_DATE)
    assert registry.parsed == {"pairs": 5}
    registry.parsed.clear()

    taken_in(store, registry, 5, day=2, **MOVED_DATE, identificationModule__acronym="OTHER")

    assert registry.parsed == {"pairs": 5}


def test_the_first_record_is_read_only_where_a_date_moved(store: Store, registry: Counting) -> None:
    taken_in(store, registry, 5, day=0)
    taken_in(store, registry, 5, day=1, identificationModule__acronym="OTHER")
    registry.parsed.clear()

    (*_, last) = taken_in(store, registry, 5, day=2, **MOVED_DATE)

    assert registry.parsed == {"pairs": 5, "alone": 5}
    (moved,) = [change for change in last.changes if change.field == "completion_date"]
    assert moved.measure
    assert "days_since_baseline" in moved.measure
