"""What the local EUCTR answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.sandbox.euctr import Sandbox
from tests.sandbox.asking import asking
from tests.sandbox.conftest import Client

EXAMPLE = "2014-002606-20"


@pytest.fixture
def ask() -> Iterator[Client]:
    with asking(Sandbox) as client:
        yield client


def summary(ask: Client, query: str) -> str:
    return ask.get(f"/rest/download/summary?query={query}&page=1&mode=current_page").content.decode()


def test_the_summary_lists_the_countries_of_a_trial(ask):
    assert "Trial protocol: Outside EU/EEA (Ongoing) AT (Ongoing) DE (Ongoing)\r\n" in summary(
        ask, f"eudract_number:{EXAMPLE}"
    )
    assert summary(ask, "eudract_number:2014-099999-99") == ""
    assert "2016-000111-22" in summary(ask, "gardeners")


def test_the_search_page_says_how_many_trials_there_are(ask):
    for number, found in ((EXAMPLE, 1), ("2014-099999-99", 0)):
        page = ask.get(f"/search?query=eudract_number:{number}")
        assert f"Trials with a EudraCT protocol ({found})" in page.text


def test_each_country_has_its_record_in_text_form(ask):
    ask.post("/sandbox/next", trial_id=EXAMPLE)
    german = ask.get(f"/rest/download/trial/{EXAMPLE}/DE").content.decode()
    outside = ask.get(f"/rest/download/trial/{EXAMPLE}/3rd").content.decode()

    assert "Trial Status: Prematurely Ended\r\n" in german
    assert "P. End of Trial Status: Prematurely Ended\r\n" in german
    assert "P. End of Trial Status: Ongoing\r\n" in outside
    assert f"A.2 EudraCT number: {EXAMPLE}\r\n" in outside


def test_a_country_or_trial_that_is_not_there_is_not_found(ask):
    for path in (f"{EXAMPLE}/FR", "2014-099999-99/DE"):
        assert ask.get(f"/rest/download/trial/{path}").status_code == 404


def test_the_feed_lists_what_was_edited_in_seven_days(ask):
    def listed() -> list[str]:
        feed = ask.get("/rest/feed/bydates?query=*").content.decode()
        return [trial_id for trial_id in ask.sandbox.trial_ids() if f"eudract_number:{trial_id}</link>" in feed]

    assert len(listed()) == 1, "some trial was edited of late"
    ask.clock.now += timedelta(days=8)
    assert listed() == []
    ask.post("/sandbox/next", trial_id=EXAMPLE)
    ask.clock.now += timedelta(days=6)
    assert listed() == [EXAMPLE]
    ask.clock.now += timedelta(days=2)
    assert listed() == []
