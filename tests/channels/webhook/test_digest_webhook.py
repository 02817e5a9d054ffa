"""A digest as a webhook's body: as the schema promises, and that it always fits."""

from dataclasses import replace

import pytest

from monitor.channels.channel import Digest
from monitor.channels.webhook.digest import digest_webhook
from monitor.channels.webhook.rendering import LARGEST
from monitor.model import ContextLine
from tests.channels.digests import REOPENED, SLIPPED, WHOLE, digest, entry, trial_id
from tests.channels.email.test_mail import CRITERIA, HALTED, REASON, TARGET, new_outcome
from tests.channels.webhook.test_webhook_payload import SUBSCRIBER
from tests.webhook_schema import as_promised


def told(digest: Digest, note: str | None = None) -> dict:
    body = digest_webhook(digest, replace(SUBSCRIBER, note=note), sequence=17)
    assert len(body) <= LARGEST
    return as_promised(body)


def test_the_body_is_the_documented_one():
    body = told(digest(entry(1, HALTED, TARGET)), note="Ours")

    assert {key: body[key] for key in ("type", "timestamp", "schema_version")} == {
        "type": "digest",
        "timestamp": "2026-11-27T07:00:00Z",
        "schema_version": 1,
    }
    assert body["data"] == {
        "period": "daily",
        "began_at": "2026-11-26T08:00:00+01:00",
        "ended_at": "2026-11-27T08:00:00+01:00",
        "subject": "Daily digest: NCT05550001: Suspended, and 1 more change",
        "trials": [
            {
                "registry": "clinicaltrials.gov",
                "trial_id": "NCT05550001",
                "title": "Melatonin in Group 1",
                "url": "https://clinicaltrials.gov/study/NCT05550001",
                "lead_sponsor": "Nordlys Pharma AB",
                "snapshot": 2,
                "significance": "critical",
                "context": [],
                "changes": [{**each.as_json(), "snapshots": [2]} for each in (HALTED, TARGET)],
            }
        ],
        "trials_in_all": 1,
        "omitted_events": 0,
        "coverage": {
            "trials": 214,
            "checked": 214,
            "versions": [
                {"registry": "ClinicalTrials.gov", "version": "2026-11-26T09:00:04"},
                {"registry": "CTIS", "version": "2026-11-26T04:10:00"},
            ],
            "unchecked": [],
            "unchecked_in_all": 0,
        },
        "sequence": 17,
        "subscription": {"id": SUBSCRIBER.id, "note": "Ours"},
    }


def test_several_steps_are_one_change_with_the_snapshots_that_showed_it():
    later = replace(SLIPPED, before=SLIPPED.after, after={"date": "2028-01", "type": "ESTIMATED"})
    [trial] = told(digest(entry(1, SLIPPED), entry(1, later, hours=1, snapshot=5)))["data"]["trials"]

    [change] = trial["changes"]
    assert (change["before"]["date"], change["after"]["date"]) == ("2027-03", "2028-01")
    assert change["snapshots"] == [2, 5]
    assert trial["snapshot"] == 5


def test_what_was_taken_back_is_said_to_be():
    [trial] = told(digest(entry(1, HALTED), entry(1, REOPENED, hours=1, snapshot=3)))["data"]["trials"]

    [change] = trial["changes"]
    assert change["folded"] is True
    assert change["before"] == change["after"] == "RECRUITING"
    assert change["summary"] == "Overall status went to Suspended and back to Recruiting."
    assert trial["significance"] is None


def test_what_stands_around_a_change_is_told_for_programs():
    drift = ContextLine(kind="drift", field="enrollment", text="Enrollment: second cut.", facts={"times": 2})
    [trial] = told(digest(entry(1, TARGET, background=(drift,))))["data"]["trials"]

    assert trial["context"] == [{"kind": "drift", "field": "enrollment", "times": 2, "text": "Enrollment: second cut."}]


def test_all_quiet_has_no_trials():
    data = told(digest(period="weekly", began_at=None))["data"]

    assert (data["trials"], data["subject"], data["began_at"]) == ([], "All quiet: 214 of 214 trials checked", None)
    assert told(digest(entry(1, TARGET), coverage=None))["data"]["coverage"] is None


LONG = "Long “words” 药 " * 200


@pytest.mark.parametrize("trials", [1, 12, 60, 400])
@pytest.mark.parametrize(
    "changes", [(HALTED, REASON, *(new_outcome(n) for n in range(30))), (replace(CRITERIA, before=LONG, summary=LONG),)]
)
def test_it_always_fits_and_says_what_is_missing(trials, changes):
    missing = tuple((LONG, LONG) for _ in range(90))
    entries = [entry(number, *changes, title=LONG, lead_sponsor=LONG) for number in range(trials)]
    data = told(digest(*entries, coverage=replace(WHOLE, unchecked=missing)), note=LONG)["data"]

    assert data["truncated"] is True
    assert data["trials_in_all"] == trials
    assert data["coverage"]["unchecked_in_all"] == 90
    for trial in data["trials"]:
        assert trial["changes"]
        assert trial["changes_in_all"] == len(changes)


def test_what_there_is_no_room_for_goes_from_the_least_significant():
    entries = [entry(number, CRITERIA, hours=number / 10, title=LONG) for number in range(90)]
    data = told(digest(*entries, entry(99, HALTED, TARGET)))["data"]

    assert data["trials"][0]["trial_id"] == trial_id(99)
    assert 5 < len(data["trials"]) < 90
