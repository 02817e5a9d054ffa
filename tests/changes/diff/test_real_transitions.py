"""What happened to 26 real trials between successive readings, written down by hand from the two documents."""

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.changes.diff import apply, diff
from monitor.model import Record
from monitor.registries.clinicaltrials_gov.documents import document_of
from monitor.registries.clinicaltrials_gov.record import parse

VERSIONS = Path(__file__).parents[4] / "shared/data/ctgov/versions"

pytestmark = pytest.mark.skipif(not VERSIONS.is_dir(), reason="the sample of real records is not beside the checkout")

UPDATED = ["updated", "updated"]
"""Submitted and posted."""
VERIFIED = ["verified", *UPDATED]

NOISE: list[str] = []

EXPECTED = {
    # A medical centre became a medical center, and gained its "Inc.".
    ("NCT04736173", 1): ["site.added", "site.removed", "site.respelled", *UPDATED],
    ("NCT04743661", 1): ["date.advanced", "date.advanced", *VERIFIED],
    ("NCT04895709", 1): ["site.status", "contacts", *["ipd_sharing"] * 6, *VERIFIED],
    # The registry itself added publications that mention the trial.
    ("NCT05009069", 1): NOISE,
    # PubMed added an erratum to the citation of a publication that the sponsor names.
    ("NCT05063149", 1): NOISE,
    ("NCT05280470", 1): ["arm.changed", "description.detailed", "results.delayed", "results.dates", *VERIFIED],
    ("NCT05294952", 1): ["status.unknown"],
    ("NCT05414032", 1): [
        "enrollment.target",
        "date.slipped",
        "date.slipped",
        "sponsor.collaborators",
        "arm.changed",
        "arm.removed",
        "intervention.changed",
        "description.brief",
        "description.detailed",
        *VERIFIED,
    ],
    ("NCT05568095", 1): ["site.added", *UPDATED],
    ("NCT05775159", 1): VERIFIED,
    ("NCT05805501", 1): ["date.slipped", "date.slipped", "site.removed", *VERIFIED],
    ("NCT05935098", 1): [
        "status.stopped",
        "why_stopped.added",
        "enrollment.actual",
        "date.actual",
        "date.actual",
        "sponsor.organization",
        *VERIFIED,
    ],
    ("NCT06646627", 1): ["date.slipped", "date.slipped", *VERIFIED],
    ("NCT06692738", 1): ["site.added", "site.status", *VERIFIED],
    ("NCT06780137", 1): VERIFIED,
    # Of the sites that seem to go, one only writes its name in other letters.
    ("NCT06780137", 2): [
        "enrollment.target",
        "date.advanced",
        *["outcome.secondary.measure"] * 3,
        "arm.added",
        "intervention.changed",
        "eligibility.criteria",
        "site.added",
        "contacts",
        "design.details",
        "references",
        *VERIFIED,
    ],
    ("NCT06821503", 1): ["status.recruiting", "date.actual", "eligibility.criteria", "site.status", *VERIFIED],
    # Coordinates of sites.
    ("NCT06825494", 1): NOISE,
    # Three sites gained a state, and one lost a stray accent before its zip.
    ("NCT06892548", 1): ["site.added", *VERIFIED],
    ("NCT07098338", 1): [
        "date.slipped",
        "outcome.primary.description",
        "outcome.secondary.description",
        *["arm.changed"] * 3,
        *["intervention.changed"] * 3,
        "site.added",
        "site.status",
        "description.detailed",
        *VERIFIED,
    ],
    ("NCT07161414", 1): ["site.added", "site.status", *VERIFIED],
    ("NCT07205718", 1): ["site.status", *VERIFIED],
    # One more site moved from Lichtenberg to Berlin on the registry's map alone.
    ("NCT07221253", 1): ["site.added", "site.status", *VERIFIED],
    ("NCT07222735", 1): ["date.actual", *VERIFIED],
    ("NCT07227597", 1): [
        "status.recruiting",
        "date.actual",
        *["outcome.primary.time_frame"] * 3,
        *["outcome.secondary.time_frame"] * 22,
        *["arm.respelled"] * 3,
        "eligibility.criteria",
        "site.added",
        "contacts",
        "references",
        *VERIFIED,
    ],
    ("NCT07268053", 1): ["status.recruiting", "date.actual", "site.status", *UPDATED],
    ("NCT07386002", 1): ["title.brief", *UPDATED],
    ("NCT07386002", 2): ["title.acronym", "title.brief", *UPDATED],
}


def reading(trial_id: str, number: int) -> Record:
    return parse(document_of(json.loads((VERSIONS / trial_id / f"{number}.json").read_bytes()), trial_id))


def day_of(trial_id: str, number: int) -> date:
    readings = json.loads((VERSIONS / trial_id / "meta.json").read_bytes())
    return date.fromisoformat(readings[number]["versionHolder"])


def test_every_transition_is_written_down():
    read = {(file.parent.name, int(file.stem)) for file in VERSIONS.glob("*/[0-9]*.json")}

    assert {(trial_id, number) for trial_id, number in read if number} == EXPECTED.keys()


@pytest.mark.parametrize(("trial_id", "number"), EXPECTED)
def test_a_real_transition_is_told_as_what_it_was(trial_id, number):
    before, after = reading(trial_id, number - 1), reading(trial_id, number)

    differences = diff(before, after, on=day_of(trial_id, number))

    assert sorted(difference.kind for difference in differences) == sorted(EXPECTED[trial_id, number])
    assert all(len(difference.summary) <= 260 for difference in differences)


@pytest.mark.parametrize(("trial_id", "number"), EXPECTED)
def test_a_real_transition_leads_to_the_later_record(trial_id, number):
    before, after = reading(trial_id, number - 1), reading(trial_id, number)

    rebuilt = apply(diff(before, after, on=day_of(trial_id, number)), before)

    assert {difference.kind for difference in diff(rebuilt, after, on=day_of(trial_id, number))} <= {"other"}
