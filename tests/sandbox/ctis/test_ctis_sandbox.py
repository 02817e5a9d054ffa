"""What the local CTIS answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.sandbox.ctis import Sandbox
from tests.sandbox.asking import asking
from tests.sandbox.conftest import Client

EXAMPLE = "2023-505613-24-00"


@pytest.fixture
def ask() -> Iterator[Client]:
    with asking(Sandbox) as client:
        yield client


def search(ask: Client, criteria=None, *, page=1, size=100, direction="DESC") -> dict:
    body = {
        "pagination": {"page": page, "size": size},
        "searchCriteria": criteria or {},
        "sort": {"property": "lastUpdated", "direction": direction},
    }
    answer = ask.session.post(f"{ask.sandbox.base_url}/search", json=body, timeout=30)
    assert answer.status_code == 200
    return answer.json()


def ids_of(found: dict) -> list[str]:
    return [row["ctNumber"] for row in found["data"]]


def test_a_record_is_given_whole_with_its_moment(ask):
    record = ask.get(f"/retrieve/{EXAMPLE}").json()

    assert (record["ctNumber"], record["ctPublicStatusCode"]) == (EXAMPLE, 4)
    assert record["publishDate"] == "2026-10-21T12:00:00.000000001"


def test_an_unknown_id_is_answered_with_an_empty_object_and_a_wrong_path_with_a_page(ask):
    assert ask.get("/retrieve/2023-599999-99-00").json() == {}
    assert ask.get("/retrieve/2023-599999-99-00").status_code == 200
    assert ask.get("/retreive").headers["content-type"] == "text/html"
    assert ask.get("/search").status_code == 403


def test_what_was_edited_last_is_the_first_row_with_the_day_and_the_countries(ask):
    ask.clock.now += timedelta(days=1)
    ask.post("/sandbox/next", trial_id="2024-510001-11-00")

    row = search(ask)["data"][0]
    assert (row["ctNumber"], row["lastUpdated"]) == ("2024-510001-11-00", "21/11/2026")
    assert row["trialCountries"] == ["Germany:4", "Italy:2"]
    assert row["totalNumberEnrolled"] == "100"
    assert ids_of(search(ask, direction="ASC"))[-1] == "2024-510001-11-00"


@pytest.mark.parametrize(
    ("criteria", "total"),
    [
        ({"number": EXAMPLE}, 1),
        ({"containAll": "quiet night"}, 1),
        ({"sponsor": "sandbox pharma"}, 5),
        ({"sponsor": "nobody"}, 0),
        ({"medicalCondition": "invented"}, 5),
        ({"status": [5, 12]}, 3),
        ({"country": "Spain"}, 7),
        ({"ctNumber": EXAMPLE}, 7),
    ],
)
def test_criteria_narrow_a_search_and_unknown_ones_are_passed_over(ask, criteria, total):
    assert search(ask, criteria)["pagination"]["totalRecords"] == total


def test_pages_count_from_one_and_page_zero_is_empty(ask):
    whole, first, second = (search(ask, size=size, page=page) for size, page in ((100, 1), (4, 1), (4, 2)))

    assert ids_of(first) + ids_of(second) == ids_of(whole)
    assert (first["pagination"]["nextPage"], second["pagination"]["nextPage"]) == (True, False)
    assert search(ask, page=0)["data"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"pagination": {"page": "first"}}', b'{"searchCriteria": 3}'])
def test_a_search_that_is_none_is_refused(ask, body):
    answer = ask.session.post(f"{ask.sandbox.base_url}/search", data=body, timeout=30)

    assert answer.status_code == 400


def test_a_trial_is_halted_country_by_country(ask):
    codes = []
    for _ in range(3):
        ask.post("/sandbox/next", trial_id=EXAMPLE)
        states = ask.get(f"/retrieve/{EXAMPLE}").json()["authorizedApplication"]["memberStatesConcerned"]
        codes.append([state["mscPublicStatusCode"] for state in states])

    assert codes == [[6, 4], [6, 6], [8, 8]]


def test_a_search_of_a_record_of_any_shape_still_answers(ask):
    ask.sandbox.publish(EXAMPLE, {"ctNumber": EXAMPLE, "authorizedApplication": [1]})

    assert search(ask, {"number": EXAMPLE})["data"][0]["trialCountries"] == []
