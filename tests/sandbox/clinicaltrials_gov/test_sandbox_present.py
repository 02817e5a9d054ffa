"""The sandbox lives in the present: its data are of this morning on any day, and never of a time to come."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from monitor.sandbox.clinicaltrials_gov import Sandbox, synthetic
from monitor.sandbox.clinicaltrials_gov.databuild import build_of
from monitor.sandbox.clinicaltrials_gov.synthetic.plan import plan_trial
from tests.program import BUILD_DAY, Clock
from tests.sandbox.conftest import Client

FIRST, SECOND, WITHDRAWN_LATER = "NCT90000001", "NCT90000002", "NCT02116634"
NOON = datetime(2028, 2, 29, 12, tzinfo=UTC)
DAYS = [date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1), date(2031, 3, 31), date(2024, 2, 29)]


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(trials=30, clock=clock) as running:
        yield running


# Its data builds


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2027, 3, 2, 9, 1, tzinfo=UTC), "2027-03-02"),
        (datetime(2027, 3, 2, 8, 59, tzinfo=UTC), "2027-03-01"),
        (datetime(2028, 3, 1, 8, 59, tzinfo=UTC), "2028-02-29"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "2026-12-31"),
        (datetime(2027, 1, 1, 13, tzinfo=ZoneInfo("Pacific/Kiritimati")), "2026-12-31"),
    ],
)
def test_the_first_data_build_is_that_of_the_last_morning(now: datetime, day: str) -> None:
    with Sandbox(clock=lambda: now) as sandbox:
        assert sandbox.build.date == day
        assert sandbox.build.at <= now


def test_builds_on_one_day_are_told_apart_and_none_is_of_a_time_to_come(sandbox: Sandbox, clock: Clock) -> None:
    builds = [sandbox.build]
    for _ in range(10):
        clock.advance(minutes=5)
        builds.append(sandbox.refresh())
        assert builds[-1].at <= clock()

    assert {build.date for build in builds} == {"2028-02-29"}
    assert len({build.timestamp for build in builds}) == len({build.etag() for build in builds}) == 11
    assert sorted(build.at for build in builds) == [build.at for build in builds]


def test_builds_within_a_second_are_a_second_apart(sandbox: Sandbox, clock: Clock) -> None:
    stamps = [sandbox.refresh().timestamp for _ in range(3)]

    assert stamps == ["2028-02-29T12:00:00", "2028-02-29T12:00:01", "2028-02-29T12:00:02"]


def test_a_clock_that_was_set_back_makes_no_build_older_than_the_last(sandbox: Sandbox, clock: Clock) -> None:
    last = sandbox.build
    clock.advance(days=-400)

    assert sandbox.build == last
    assert sandbox.refresh().at > last.at


def test_a_build_comes_by_itself_every_morning_with_what_waited_for_it(client: Client, clock: Clock) -> None:
    sandbox = client.sandbox
    before = client.status_of(FIRST)
    sandbox.edit(
        FIRST, lambda study: study["protocolSection"]["statusModule"].update(overallStatus="SUSPENDED"), refresh=False
    )
    clock.now = datetime(2028, 3, 1, 9, 0, tzinfo=UTC)
    assert (client.status_of(FIRST), sandbox.waiting) == (before, 1)

    clock.advance(seconds=10)

    assert (client.status_of(FIRST), sandbox.waiting) == ("SUSPENDED", 0)
    assert client.get("/version").json()["dataTimestamp"].startswith("2028-03-01T09:00:0")
    clock.advance(days=7)
    assert sandbox.build.date == "2028-03-08"


def test_with_a_day_it_lives_in_a_time_of_its_own(clock: Clock) -> None:
    with Sandbox(day=date(2026, 12, 31), clock=clock) as sandbox:
        assert sandbox.build == build_of(date(2026, 12, 31))
        assert [sandbox.refresh().date for _ in range(2)] == ["2027-01-01", "2027-01-02"]


def test_what_a_form_publishes_is_dated_today(client: Client) -> None:
    page = client.sandbox.page_url
    client.session.post(f"{page}sandbox/edit", data={"nct_id": SECOND, "status": "SUSPENDED"}, timeout=30)

    status = client.get(f"/studies/{SECOND}").json()["protocolSection"]["statusModule"]
    assert status["lastUpdatePostDateStruct"] == {"date": "2028-02-29", "type": "ACTUAL"}
    assert status["lastUpdateSubmitDate"] == "2028-02-29"


# Its trials


def test_the_written_trial_keeps_its_real_dates(client: Client) -> None:
    dates = set(re.findall(r"\d{4}-\d{2}(?:-\d{2})?", client.get(f"/studies/{WITHDRAWN_LATER}").text))

    assert dates - {"2028-02-29"} == {"2014-04", "2014-04-17", "2015-05", "2017-05"}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_trials_are_the_same_on_every_day_but_for_their_dates(day: date) -> None:
    def plans(today: date) -> list[dict[str, object]]:
        made = [asdict(plan_trial(1, index, FIRST, alias=None, today=today)) for index in range(200)]
        return [
            {name: value - today if isinstance(value, date) else value for name, value in plan.items()} for plan in made
        ]

    assert plans(day) == plans(BUILD_DAY)


PAST = re.compile(
    r'"(?:\w*(?:Submit|SubmitQc|Verified|reset|unrelease|release|upload|creation|issued|posted)Date|'
    r'(?:studyFirst|lastUpdate|resultsFirst|dispFirst)PostDateStruct": {"date|'
    r'type": "(?:RELEASE|RESET|UNRELEASE)", "date)": "(\d{4}-\d{2}(?:-\d{2})?)'
)


@pytest.mark.parametrize("day", DAYS[:2], ids=str)
def test_nothing_was_submitted_or_posted_on_a_day_to_come(day: date) -> None:
    dated = {"statusModule", "annotationModule", "largeDocumentModule", "miscInfoModule"}
    text = json.dumps([synthetic.study(1, index, dated, today=day) for index in range(1500)])

    happened = PAST.findall(text)
    assert len(happened) > 8_000
    assert max(happened) <= day.isoformat()
    assert max(happened) > (day - timedelta(days=7)).isoformat()


# As processes, on any day


AT_ANOTHER_TIME = """
import sys
from datetime import datetime
import time_machine
from monitor.__main__ import main
with time_machine.travel(datetime.fromisoformat(sys.argv.pop(1))):
    main()
"""


@pytest.mark.parametrize("moment", ["2028-02-29T12:00:00+00:00", "2026-12-31T23:59:57+14:00"])
def test_whoever_starts_it_is_told_of_no_old_data_and_of_none_to_come(moment: str, tmp_path: Path) -> None:
    """However often something is published there."""
    monitor = [sys.executable, "-c", AT_ANOTHER_TIME, moment]
    sandbox = [*monitor, "sandbox", "--port", "0", "--trials", "3", "--json"]
    with subprocess.Popen(sandbox, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        place = json.loads(running.stdout.readline())
        for _ in range(10):
            requests.post(f"{place['page']}sandbox/refresh", json={}, timeout=30)
        stamp = requests.get(f"{place['registry']}/version", timeout=30).json()["dataTimestamp"]
        environ = {**os.environ, **place["variables"]}
        told = subprocess.run(
            [*monitor, "doctor", "--json"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        running.terminate()

    findings = [json.loads(line) for line in told.stdout.splitlines()]
    [registry] = [finding for finding in findings if finding["check"] == "registry"]
    assert (registry["level"], told.stderr) == ("fine", "")
    assert datetime.fromisoformat(moment).astimezone(UTC).date().isoformat() == stamp[:10]
    assert stamp[:10] in registry["text"]
