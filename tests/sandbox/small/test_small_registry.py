"""What the sandbox of a small registry does, whatever its folder says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model.stamps import DATA_OLD_AFTER
from monitor.sandbox.misbehaviour import Fault
from tests.sandbox.conftest import Client
from tests.sandbox.small.toy import FIRST, SECOND, Toys

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\" onmouseover=\"y"


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def toys(clock: Clock) -> Iterator[Toys]:
    with Toys(clock=clock, trials=3) as running:
        yield running


@pytest.fixture
def ask(toys: Toys) -> Iterator[Client]:
    client = Client(toys)
    yield client
    client.session.close()


def test_it_begins_with_written_trials_and_varied_ones(ask, toys):
    assert toys.trial_ids() == [FIRST, SECOND, "TOY9001", "TOY9002", "TOY9003"]
    assert ask.get("/trials/TOY9002").json()["names"]["title"] == "Bears for children, series 2"
    assert ask.get(f"/trials/{FIRST}").json()["ends"] == "2026-12-20"


def test_its_trials_were_edited_before_it_began_and_each_at_a_time_of_its_own(ask):
    moments = ask.get("/trials").json().values()

    assert (NOON - DATA_OLD_AFTER).isoformat() < max(moments) < NOON.isoformat(), "its data are not old as it begins"
    assert len(set(moments)) == 5


def test_an_edit_is_dated_when_it_becomes_visible(ask, toys, clock):
    clock.now += timedelta(hours=2)
    ask.post("/sandbox/edit", trial_id=SECOND, set={"enrollment": 4}, refresh=False)
    before = ask.get(f"/trials/{SECOND}").json()["enrollment"]
    clock.now += timedelta(hours=3)
    answer = ask.post("/sandbox/refresh").json()

    assert (before, ask.get(f"/trials/{SECOND}").json()["enrollment"]) == (3, 4)
    assert answer["dataTimestamp"] == "2026-11-20T17:00:00"
    assert ask.get("/trials").json()[SECOND] == "2026-11-20T17:00:00+00:00"
    assert (toys.live[SECOND].edition, toys.live[FIRST].edition) == (2, 1)


def test_two_edits_in_one_second_have_two_moments(toys):
    toys.edit(FIRST, lambda tree: tree | {"enrollment": 1})
    first = toys.live[FIRST].edited_at
    toys.edit(FIRST, lambda tree: tree | {"enrollment": 2})

    assert toys.live[FIRST].edited_at > first


def test_written_states_are_reached_one_after_the_other(ask):
    said = [ask.post("/sandbox/next", trial_id=FIRST).json() for _ in range(3)]

    assert [answer.get("done") for answer in said[:2]] == [
        f"Published the next state of {FIRST}: Closed",
        f"Published the next state of {FIRST}: Abandoned",
    ]
    assert "no further state" in said[2]["error"]
    trial = ask.get(f"/trials/{FIRST}").json()
    assert (trial["open"], trial["why"], "note" in trial) == (False, "No bears", False)


def test_a_removed_trial_is_unknown_and_a_published_one_is_there(ask, toys):
    ask.post("/sandbox/remove", trial_id=FIRST)
    ask.post("/sandbox/publish", trial_id="TOY0003", tree={"names": {"title": "Kites"}})

    assert ask.get(f"/trials/{FIRST}").status_code == 404
    assert ask.get("/trials/TOY0003").json()["names"]["title"] == "Kites"
    with pytest.raises(NothingFound):
        toys.tree(FIRST)


@pytest.mark.parametrize(
    ("control", "arguments", "status"),
    [
        ("next", {}, 400),
        ("next", {"trial_id": SECOND}, 404),
        ("edit", {"trial_id": FIRST, "set": []}, 400),
        ("edit", {"trial_id": FIRST, "set": {"enrollment.deeper": 1}}, 400),
        ("publish", {"trial_id": FIRST}, 400),
        ("publish", {"tree": {}}, 400),
        ("remove", {"trial_id": "TOY4444"}, 404),
        ("misbehave", {"kind": "complicated"}, 400),
        ("misbehave", {"kind": "500", "ids": ["TOY1"]}, 400),
        ("misbehave", {"kind": "500", "ids": [3]}, 400),
    ],
)
def test_a_wrong_command_is_answered_with_its_mistake(ask, control, arguments, status):
    answer = ask.post(f"/sandbox/{control}", **arguments)

    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_way_to_misbehave_that_it_lacks_is_refused_with_those_it_has(toys):
    with pytest.raises(ConfigurationInvalid, match="'coverage' is not a misbehaviour here: use one of 500, "):
        toys.misbehave("coverage")


def test_single_trials_are_denied_stale_swapped_or_huge(ask, toys):
    toys.edit(FIRST, lambda tree: tree | {"enrollment": 13})

    def spoiled(kind: str) -> requests.Response:
        toys.behave()
        toys.misbehave(kind, ids=[FIRST])
        return ask.get(f"/trials/{FIRST}")

    assert spoiled("unknown").status_code == 404
    assert spoiled("stale").json()["enrollment"] == 12
    assert spoiled("wrong_id").json()["id"] == SECOND
    assert len(spoiled("huge").content) > 3_000_000
    assert ask.get(f"/trials/{SECOND}").json()["enrollment"] == 3


def test_a_listing_that_names_no_trial_is_spoiled_where_it_has_it(ask, toys):
    toys.misbehave("unknown", ids=[FIRST])

    assert FIRST not in ask.get("/trials").json()
    assert SECOND in ask.get("/trials").json()


def test_whole_answers_fail_as_any_registry_s(ask, toys):
    def answer(kind: str, **how: object) -> requests.Response:
        toys.behave()
        toys.misbehave(kind, ids=[FIRST], **how)
        return ask.get(f"/trials/{FIRST}")

    assert answer("503", retry_after=7).headers["Retry-After"] == "7"
    assert answer("empty").content == b"{}"
    assert answer("html").headers["content-type"] == "text/html"
    assert answer("challenge").status_code == 302
    assert answer("403").status_code == 403
    assert len(answer("cut").content) < 100
    assert answer("answer", status=418, body=b"tea").content == b"tea"
    assert ask.get(f"/trials/{SECOND}").status_code == 200


def test_a_form_changes_what_is_filled_in_and_empties_what_is_not(ask, toys):
    fields = {"trial_id": FIRST, "field:names.title": "Bears", "field:enrollment": "40", "field:open": "false"}
    known = {f"known:{path}": "yes" for path in toys.form.values()}
    answer = ask.session.post(f"{toys.page_url}sandbox/edit", data={**fields, **known, "field:note": ""}, timeout=30)

    tree = toys.tree(FIRST)
    assert "Published a new version" in answer.text
    assert (tree["names"]["title"], tree["enrollment"], tree["open"], "note" in tree) == ("Bears", 40, False, False)


@pytest.mark.parametrize(("path", "text"), [("enrollment", "many"), ("enrollment", "true"), ("open", "1")])
def test_a_form_with_a_wrong_value_comes_back_with_its_mistake(ask, toys, path, text):
    fields = {"trial_id": FIRST, f"field:{path}": text}
    answer = ask.session.post(f"{toys.page_url}sandbox/edit", data=fields, timeout=30)

    assert f"Not done: {path} cannot be" in answer.text


def test_the_page_shows_the_trials_and_a_form_for_every_control(ask, toys):
    page = ask.session.get(toys.page_url, timeout=30).text

    assert "Answers like Registry of Toys" in page
    assert "Bears for children" in page
    for control in ("next", "edit", "publish", "remove", "refresh", "misbehave"):
        assert f'action="/sandbox/{control}"' in page
    assert all(f'value="{kind}"' in page for kind in toys.faults if kind is not Fault.ANSWER)
    assert 'value="coverage"' not in page


def test_nothing_on_the_page_can_be_planted(ask, toys):
    toys.publish(FIRST, {"names": {"title": HOSTILE}, "enrollment": HOSTILE, "note": {HOSTILE: HOSTILE}})

    for query in ("", f"?trial={HOSTILE}", f"?find={HOSTILE}"):
        page = ask.session.get(toys.page_url + query, timeout=30).text
        assert "<script" not in page
        assert ' onmouseover="' not in page


def test_the_page_survives_a_trial_of_any_shape(ask, toys):
    toys.publish(FIRST, {"names": [1], "open": None, "note": 3})

    assert FIRST in ask.session.get(f"{toys.page_url}?trial={FIRST}", timeout=30).text
