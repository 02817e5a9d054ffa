"""What is known of the real registry, where the data beside the project are: one record, its schema, its statuses."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.registries.drks.codes import status_of
from monitor.registries.drks.documents import kept_document
from monitor.registries.drks.drift import unknown
from monitor.registries.drks.record import parse

REAL = Path(__file__).parents[4] / "shared/data/registries"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not (REAL / "drks").is_dir(), reason="no real records are here")


def test_a_real_record_is_read_with_nothing_unknown_in_it():
    (file,) = (REAL / "drks").glob("DRKS_trial-*.json")
    trial_id = json.loads(file.read_bytes())["drksId"]

    document = kept_document(trial_id, file.read_bytes())
    record = parse(document)

    assert unknown(document.content) == ()
    assert b"[removed]" not in document.content, "people"
    assert (record.overall_status.code, record.study_type.code) == ("RECRUITING", "OBSERVATIONAL")
    assert record.start_date.type == "ACTUAL"
    assert record.completion_date.type == "ESTIMATED"
    assert record.lead_sponsor
    assert record.primary_outcomes
    assert not {"recruitmentDescriptions", "status"} & set(record.rest.get("recruitment", {}))


def test_each_status_is_mapped_as_it_is_written_down():
    written = json.loads((REAL / "status_map.json").read_bytes())["registries"]["drks"]
    rows = written if isinstance(written, list) else written["values"]

    wrong = [row["raw"] for row in rows if row["raw"].isupper() and status_of(row["raw"]).code != row["normalised"]]

    assert wrong == []
