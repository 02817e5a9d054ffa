"""What the local ISRCTN answers."""

from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from monitor.sandbox.isrctn import Sandbox
from tests.sandbox.asking import asking
from tests.sandbox.conftest import Client

EXAMPLE = "ISRCTN12949496"
NAMES = {"i": "http://www.67bricks.com/isrctn"}
QUERY = "/api/query/format/default"


@pytest.fixture
def ask() -> Iterator[Client]:
    with asking(Sandbox) as client:
        yield client


def ids_of(answer) -> list[str]:
    return [number.text for number in ElementTree.fromstring(answer.content).findall(".//i:isrctn", NAMES)]


def total_of(answer) -> int:
    return int(ElementTree.fromstring(answer.content).get("totalCount"))


def test_one_trial_is_given_with_its_marks_of_an_edit(ask):
    answer = ask.get(f"/api/trial/{EXAMPLE}/format/default")

    (trial,) = ElementTree.fromstring(answer.content).findall("i:trial", NAMES)
    assert answer.headers["content-type"] == "application/xml"
    assert (trial.get("version"), trial.get("lastUpdated")) == ("1", "2026-10-21T12:00:00.000000001Z")
    assert ids_of(answer) == [EXAMPLE.removeprefix("ISRCTN")]


def test_an_edit_is_found_by_its_moment_and_by_no_later_one(ask):
    ask.clock.now += timedelta(hours=1)
    ask.post("/sandbox/edit", trial_id=EXAMPLE, set={"trial.participants.targetEnrolment": "7"})

    def edited(condition: str):
        return ids_of(ask.get(f"{QUERY}?q={condition}&limit=100"))

    assert edited("lastEdited GE 2026-11-20T00:00:00.000Z") == ["12949496"]
    assert edited("lastEdited GE 2026-11-20T00:00:00.000Z AND lastEdited LT 2026-11-20T13:00:00.000Z") == []
    assert edited("lastEdited+GT+2026-11-20T13:00:00.000Z") == []
    assert b'version="2"' in ask.get(f"/api/trial/{EXAMPLE}/format/default").content


def test_a_query_gives_ten_trials_unless_it_says_a_limit_and_always_their_number():
    with asking(Sandbox, trials=20) as client:
        assert len(ids_of(client.get(f"{QUERY}?q="))) == 10
        assert len(ids_of(client.get(f"{QUERY}?q=&limit=100"))) == 24
        counted = client.get(f"{QUERY}?q=&limit=0")

    assert (total_of(counted), ids_of(counted)) == (24, [])


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ('condition:"stiff joints"', 6),
        ("condition:fever", 0),
        ("new knee", 1),
        (EXAMPLE, 1),
        ("ISRCTN99999999", 0),
        ("trialStatus:Completed", 0),
        (f"isrctn:{EXAMPLE[6:]}", 0),
        ("overallStartDate GE 2030-01-01T00:00:00.000Z", 6),
        ("lastEdited GE yesterday", 0),
    ],
)
def test_queries_find_what_the_real_one_is_known_to_find(ask, query, total):
    assert total_of(ask.get(f"{QUERY}?q={query}&limit=0")) == total


def test_an_unknown_trial_is_not_found(ask):
    answer = ask.get("/api/trial/ISRCTN99999999/format/default")

    assert (answer.status_code, total_of(answer)) == (404, 0)
    assert ask.get("/api/trial/ISRCTN99999999").status_code == 404
    assert ask.get(f"{QUERY}?limit=all").status_code == 400


def test_its_misbehaviours_are_of_xml(ask):
    ask.sandbox.misbehave("empty", times=1)
    assert total_of(ask.get(f"{QUERY}?q=")) == 0
    ask.sandbox.misbehave("bomb", times=1)
    assert b"<!ENTITY" in ask.get(f"{QUERY}?q=").content


def test_the_markup_takes_any_text(ask):
    ask.post(
        "/sandbox/edit", trial_id=EXAMPLE, set={"trial.trialDescription.title": '<b> & "so on"', "trial.new": None}
    )

    answer = ElementTree.fromstring(ask.get(f"/api/trial/{EXAMPLE}/format/default").content)
    assert answer.findtext(".//i:title", namespaces=NAMES) == '<b> & "so on"'
