"""Records as the registry really had them: what changed between readings is told, and what its software did is not."""

from datetime import UTC, datetime

import orjson
import pytest

from monitor.changes.events import changes_between
from monitor.model import Significance
from monitor.registries.isrctn import record
from monitor.registries.isrctn.documents import kept_document
from tests.registries.isrctn import real
from tests.registries.isrctn.trials import listed

needs_data = pytest.mark.skipif(not real.PAIRS.exists(), reason="the readings are not at hand")
FIELDS = {
    "overall_status": {"overall_override", "recruit_override"},
    "why_stopped": {"why_stopped"},
    "enrollment": {"target", "actual"},
    "start_date": {"rec_start"},
    "recruitment_end_date": {"rec_end"},
    "completion_date": {"end"},
    "has_results": {"stage"},
    "brief_title": {"title"},
    "phases": {"phase"},
}
"""Our fields, and what they are called where it stands which of them changed."""
RENAMED = {("ISRCTN13281214", "acronym")}
"""Changed between two readings, which is not said there."""
BY_DATE = {("ISRCTN17473621", "overall_status")}


def pairs() -> list[tuple[str, str, str, dict[str, object]]]:
    if not real.PAIRS.exists():
        return []
    golden = orjson.loads(real.PAIRS.read_bytes())
    return [
        (trial_id, pair["old"], pair["new"], pair["watched_changes"])
        for trial_id, each in golden.items()
        if trial_id.startswith("ISRCTN")
        for pair in each["pairs"]
    ]


def read_on(name: str) -> datetime:
    return datetime.fromisoformat(f"{name[-15:-5]}T12:00").replace(tzinfo=UTC)


@needs_data
@pytest.mark.parametrize(("trial_id", "old", "new", "expected"), pairs())
def test_two_readings_differ_in_what_changed_alone(
    trial_id: str, old: str, new: str, expected: dict[str, object]
) -> None:
    documents = [kept_document(trial_id, listed(real.read(name), beside="")) for name in (old, new)]
    before, after = (
        record.parse(document, read_on(name).date()) for document, name in zip(documents, (old, new), strict=True)
    )
    today = record.parse(documents[0], read_on(new).date())

    changes = changes_between(before, after, on=read_on(new).date())
    edits = {change.field for change in changes_between(today, after, on=read_on(new).date())}

    told = {each.field for each in changes if each.significance is not Significance.ADMINISTRATIVE}
    told -= {field for trial, field in RENAMED if trial == trial_id}
    assert told - edits == {field for trial, field in BY_DATE if trial == trial_id}
    assert told & edits == {field for field, names in FIELDS.items() if names & expected.keys()}


@needs_data
def test_every_reading_is_a_record() -> None:
    files = sorted(real.FOLDER.glob("isrctn/ctrdata/*/*.json"))
    for file in files:
        document = kept_document(file.parent.name, listed(real.read(str(file)), beside=""))
        read = record.parse(document, read_on(file.name).date())
        assert all((read.overall_status, read.brief_title, read.start_date, read.phases))

    assert len(files) >= 20
