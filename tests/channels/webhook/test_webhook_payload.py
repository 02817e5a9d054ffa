"""What a webhook's body says, and that it always fits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from jsonschema import Draft202012Validator, ValidationError

from monitor.channels.webhook.rendering import LARGEST, SCHEMA_VERSION, Facts
from monitor.model import Change, ChangeOrigin, Endpoint, Event, Significance, Subscription
from tests.webhook_schema import SCHEMA, as_promised, webhook_body

FACTS = {
    "title": "Walking after a hip fracture: training at home or in the ward",
    "url": "https://clinicaltrials.gov/study/NCT91000001",
    "lead_sponsor": "Hospital of Évora",
    "sequence": 17,
    "facts": Facts(
        registry_version="2026-11-20T09:00:04",
        last_update_post_date="2026-11-20",
        overall_status="WITHDRAWN",
        phases=("PHASE2", "PHASE3"),
        conditions=("Hip fracture",),
    ),
}
SUBSCRIBER = Subscription(
    id="6ad53c53-41ee-4a0b-9b2f-1f4f8b8b7a11",
    endpoint=Endpoint(
        id="e1", channel="webhook", shown="https://hooks.example/…", address="https://hooks.example/s3cr3t"
    ),
    note="Our control group comes from here",
    created_at=datetime(2026, 11, 1, tzinfo=UTC),
)


def change(kind: str = "status.stopped", **facts: object) -> Change:
    given = {
        "field": "overall_status",
        "path": "protocolSection.statusModule.overallStatus",
        "topic": kind.split(".")[0],
        "significance": Significance.CRITICAL,
        "before": "RECRUITING",
        "after": "WITHDRAWN",
        "summary": "Overall status went from Recruiting to Withdrawn: “no funds left”",
    }
    return Change(**{"kind": kind, **given, **facts})


def event_of(*changes: Change, snapshot: int = 2) -> Event:
    return Event(
        registry="clinicaltrials.gov",
        trial_id="NCT91000001",
        snapshot=snapshot,
        occurred_at=datetime(2026, 11, 22, 18, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1))),
        changes=changes,
    )


def told(*changes: Change, **other: object) -> dict[str, object]:
    body = webhook_body(event_of(*changes), **{**FACTS, "subscription": SUBSCRIBER, "changes": changes, **other})
    assert len(body) <= LARGEST
    return as_promised(body)


def test_the_body_is_the_documented_one():
    slipped = change("date.slipped", significance=Significance.MINOR, measure={"days": 31})

    assert told(change(), slipped) == {
        "type": "trial.changed",
        "timestamp": "2026-11-22T17:00:00Z",
        "schema_version": 1,
        "data": {
            "registry": "clinicaltrials.gov",
            "trial_id": "NCT91000001",
            "title": "Walking after a hip fracture: training at home or in the ward",
            "url": "https://clinicaltrials.gov/study/NCT91000001",
            "lead_sponsor": "Hospital of Évora",
            "registry_version": "2026-11-20T09:00:04",
            "last_update_post_date": "2026-11-20",
            "overall_status": "WITHDRAWN",
            "phases": ["PHASE2", "PHASE3"],
            "conditions": ["Hip fracture"],
            "snapshot": 2,
            "previous_snapshot": 1,
            "significance": "critical",
            "context": [],
            "sequence": 17,
            "changes": [change().as_json(), slipped.as_json()],
            "subscription": {
                "id": "6ad53c53-41ee-4a0b-9b2f-1f4f8b8b7a11",
                "note": "Our control group comes from here",
            },
        },
    }


def test_the_same_event_gives_the_same_bytes():
    first, again = (
        webhook_body(event_of(change()), **FACTS, subscription=SUBSCRIBER, changes=(change(),)) for _ in range(2)
    )

    assert first == again


def test_only_the_changes_that_were_asked_for_are_told_and_weighed():
    minor = change("date.slipped", significance=Significance.MINOR)
    body = webhook_body(event_of(change(), minor), **FACTS, subscription=SUBSCRIBER, changes=(minor,))

    assert orjson.loads(body)["data"]["significance"] == "minor"
    assert [one["kind"] for one in orjson.loads(body)["data"]["changes"]] == ["date.slipped"]


@pytest.mark.parametrize("kind", ["trial.removed", "trial.merged", "trial.restored", "trial.withheld", "trial.new"])
def test_what_concerns_the_trial_as_a_whole_is_its_own_type(kind):
    assert told(change(), change(kind))["type"] == kind


def test_a_first_snapshot_has_none_before_it():
    found = change("trial.new")
    body = webhook_body(event_of(found, snapshot=1), **FACTS, subscription=SUBSCRIBER, changes=(found,))

    assert orjson.loads(body)["data"]["previous_snapshot"] is None


def test_a_long_value_is_cut_to_its_summary_and_the_link_stays():
    data = told(change(after="criterion " * 5_000))["data"]

    assert data["truncated"] is True
    assert data["url"] == FACTS["url"]
    assert data["changes"] == [
        {
            "field": "overall_status",
            "kind": "status.stopped",
            "topic": "status",
            "significance": "critical",
            "summary": "Overall status went from Recruiting to Withdrawn: “no funds left”",
        }
    ]


def test_of_very_many_changes_the_first_are_told_and_all_are_counted():
    data = told(*(change(summary=f"Change {number}: " + "é" * 300) for number in range(500)))["data"]

    assert data["changes_in_all"] == 500
    assert len(told(*[change(summary="Short")] * 500)["data"]["changes"]) > 100
    assert 10 < len(data["changes"]) < 500
    assert data["changes"][0]["summary"].startswith("Change 0: ")


@pytest.mark.parametrize("text", ["\x01" * 50_000, "💉" * 50_000, '"\\' * 50_000])
def test_nothing_makes_it_too_large(text):
    changes = [change(summary=text)] * 30
    facts = Facts(
        registry_version=text,
        last_update_post_date=text,
        overall_status=text,
        phases=("PHASE2", *[text] * 30),
        conditions=("Hip fracture",) * 5_000,
    )
    told_of = {"title": text, "lead_sponsor": text, "facts": facts, "subscription": replace(SUBSCRIBER, note=text)}
    data = told(*changes, **told_of)["data"]

    assert data["truncated"] is True
    assert data["changes"]
    assert data["phases"] == ["PHASE2"]
    assert 10 < len(data["conditions"]) < 100


def test_a_body_that_was_cut_keeps_what_is_short():
    whole, cut = (told(change(after=text))["data"] for text in ("x", "x" * LARGEST))

    kept = ("registry_version", "last_update_post_date", "overall_status", "phases", "conditions", "lead_sponsor")
    assert {name: cut[name] for name in kept} == {name: whole[name] for name in kept}


@pytest.mark.parametrize("length", range(18_800, 19_600, 16))
def test_the_limit_is_met_on_both_sides_of_it(length):
    data = told(change(after="x" * length))["data"]

    assert ("truncated" in data) != ("after" in data["changes"][0])


def test_what_the_registry_changed_because_time_went_by_says_so():
    unknown = change("status.unknown", after="UNKNOWN", origin=ChangeOrigin.CALENDAR)

    first, second = told(unknown, change())["data"]["changes"]

    assert first["origin"] == "calendar"
    assert "origin" not in second


def test_the_address_is_nowhere_in_it():
    assert "s3cr3t" not in str(told(change()))


# The schema


def test_the_schema_is_one_and_its_examples_keep_it():
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["examples"]
    for example in SCHEMA["examples"]:
        as_promised(orjson.dumps(example))


def test_the_schema_has_the_version_that_is_sent():
    versions = [SCHEMA["$defs"][name]["properties"]["schema_version"]["const"] for name in ("event", "notice")]

    assert versions == [SCHEMA_VERSION, SCHEMA_VERSION]


def described(schema: object) -> Iterator[dict]:
    """Every key that the schema has, with what it says of it."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from ({"key": name, **said} for name, said in value.items() if "$ref" not in said)
            if key not in ("examples", "else"):
                yield from described(value)


def test_every_key_is_described():
    assert [each["key"] for each in described(SCHEMA) if each["key"] != "data" and "description" not in each] == []


@pytest.mark.parametrize(
    "spoiled",
    [
        {"type": "status"},
        {"schema_version": 2},
        {"timestamp": "2026-11-22 17:00"},
        {"data": {}},
        {"more": 1},
    ],
)
def test_what_is_not_promised_fails(spoiled):
    body = told(change())

    with pytest.raises(ValidationError):
        as_promised(orjson.dumps({**body, **spoiled}))
