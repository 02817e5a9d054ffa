"""A year of the service in minutes: data builds, outages, restarts and clocks that are set, and every change once.

`make year` lives through all of it; without the variable SIMULATED_DAYS it is four weeks, as full of trouble.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests
from sqlalchemy import select

from monitor.alerts.subscribe import Wanted, apply_config
from monitor.http.polite import PoliteSession
from monitor.model import Rhythm
from monitor.model.rhythm import Every
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import events as kept
from monitor.storage.digest_tables import gathered
from monitor.storage.store import Store
from monitor.storage.tables import events
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY
from tests.service.workers import Workers

HOOK = "https://hooks.example.org/trials"
DIGESTS = "https://hooks.example.org/digests"
OPERATOR = "https://hooks.example.org/monitor"
BEGINS = datetime.combine(BUILD_DAY, time(17), UTC)
DAYS = int(os.environ.get("SIMULATED_DAYS", "28"))
TRIALS = 1_000
CHANGES_A_BUILD = 20
BUILD_HOUR = 14
HOUR = timedelta(hours=1)
OUTAGES = max(round(DAYS * 30 / 365), 3)
RESTARTS = max(round(DAYS * 12 / 365), 2)
STEPS = {DAYS // 5: -HOUR, DAYS // 2: timedelta(days=1), DAYS // 2 + 1: -timedelta(days=1), DAYS * 4 // 5: HOUR}
"""By the day, what somebody does to the clock, and undoes."""


class Year:
    """The registry, the service, and time, which requests take too."""

    def __init__(self, sandbox: Sandbox, store: Store, folder: Path) -> None:
        self.sandbox = sandbox
        self.store = store
        self.folder = folder
        self.asked: list[tuple[float, str]] = []
        """When, in seconds since the beginning, and what."""
        self.alerts: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.digests: list[dict[str, Any]] = []
        self.published: list[str] = []
        self.seconds = 0.0
        self.set_by = timedelta(0)
        self.down_until = 0.0
        self.chance = Random(7)
        self.upset: set[int] = {0}
        """Days with an outage, a new start or a clock that was set, and those after them."""
        self.builds: set[int] = set()
        self.restart()

    def restart(self) -> None:
        """Another process on the same database."""
        outbox = OutboxHarness(self.store, self.sandbox, self.folder)
        outbox.clock.now = self.now
        outbox.registry = ClinicalTrialsGov(
            base_url=self.sandbox.base_url,
            session=PoliteSession(
                requests_per_second=1, user_agent="test", monotonic=lambda: self.seconds, sleep=self.pass_seconds
            ),
        )
        outbox.delivering.context.registries[outbox.registry.key] = outbox.registry  # type: ignore[index]
        self.workers = Workers(outbox)

    @property
    def now(self) -> datetime:
        """By the wall clock."""
        return BEGINS + timedelta(seconds=self.seconds) + self.set_by

    @property
    def day(self) -> int:
        return int(self.seconds // 86_400)

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds
        self.workers.elapsed = self.seconds
        self.workers.outbox.clock.now = self.now

    def tick(self, span: timedelta) -> None:
        self.pass_seconds(span.total_seconds())
        self.workers.tick()
        for message in self.workers.outbox.channel.came:
            body = json.loads(message.body)
            if message.endpoint.shown == HOOK:
                self.alerts.update(
                    change["after"] for change in body["data"]["changes"] if change["field"] == "acronym"
                )
            elif message.endpoint.shown == DIGESTS:
                self.digests.append(body)
            else:
                self.told[body["type"]] += 1
        self.workers.outbox.channel.came.clear()

    def build(self) -> None:
        """The registry's data of this morning, in which some trials changed."""
        today = (BEGINS + timedelta(seconds=self.seconds)).date()
        for _ in range(CHANGES_A_BUILD):
            number = len(self.published)
            self.sandbox.edit(self.trials[number % TRIALS], renamed(number, on=today), refresh=False)
            self.published.append(f"CHANGE-{number}")
        self.builds.add(self.day)
        while self.sandbox.build.at.date() < today:
            self.sandbox.refresh()

    def run(self) -> None:
        self.trials = list(self.sandbox.trial_ids())[:TRIALS]
        outbox = self.workers.outbox
        outbox.watch(*self.trials)
        outbox.subscribe(HOOK)
        outbox.subscribe(DIGESTS, rhythm=Rhythm(every=Every.DAILY, at=time(2, 30), zone="America/New_York"))
        apply_config(
            [Wanted(name="operator", channel="webhook", address=OPERATOR, origin="operator")], outbox.subscribe_context
        )
        self.outages = set(self.chance.sample(range(4, DAYS - 4), OUTAGES))
        self.restarts = set(self.chance.sample(range(3, DAYS), RESTARTS))
        while self.day < DAYS:
            day = self.day
            for hour in range(24):
                self.upset_something(day, hour)
                at = BEGINS + timedelta(seconds=self.seconds)
                if at.hour == BUILD_HOUR and is_working_day(at.date()):
                    self.build()
                self.pass_an_hour()
        self.sandbox.behave()
        for _ in range(48):
            self.tick(HOUR)

    def upset_something(self, day: int, hour: int) -> None:
        """An outage, a restart, or a clock that is set, where this hour has one."""
        if hour == 3 and day in self.outages:
            self.down_until = self.seconds + self.chance.choice([0.5, 3, 20, 30]) * 3_600
            self.sandbox.misbehave("503", times=None)
            self.upset |= {day, day + 1, day + 2}
        if hour == 11 and day in self.restarts:
            self.restart()
            self.upset |= {day, day + 1}
        if hour == 12 and day in STEPS:
            self.set_by += STEPS[day]
            self.workers.outbox.clock.now = self.now
            self.upset |= {day, day + 1}

    def pass_an_hour(self) -> None:
        """In quarters while the registry is down, so that the tries in between come."""
        quarters = 4 if self.down_until else 1
        for _ in range(quarters):
            self.tick(HOUR / quarters)
            if self.down_until and self.down_until <= self.seconds:
                self.sandbox.behave()
                self.down_until = 0.0


def in_digests(year: Year) -> Counter[str]:
    """The acronyms that digests told, by the events that they hold: a long one leaves some out of its body."""
    with year.store.read() as tx:
        query = select(events.c.id).join(gathered, gathered.c.event_id == events.c.id)
        ids = tx.scalars(query.where(gathered.c.digest.is_not(None))).all()
        found = kept.known(tx, ids, damaged={}).values()
    changes = (change for event in found for change in event.changes)
    return Counter(str(change.after) for change in changes if change.field == "acronym")


def renamed(number: int, *, on: date) -> Any:
    def rename(study: dict[str, Any]) -> None:
        study["protocolSection"]["identificationModule"]["acronym"] = f"CHANGE-{number}"
        study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = str(on)

    return rename


def is_working_day(day: date) -> bool:
    """There are no data builds at week-ends, nor on a few other days of the year."""
    return day.weekday() < 5 and day.timetuple().tm_yday % 30 != 0


@pytest.fixture
def year(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    with Sandbox(trials=TRIALS, day=BUILD_DAY) as sandbox:
        store = Store.open(sqlite_url)
        year = Year(sandbox, store, tmp_path)
        send = requests.Session.send

        def noted(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            year.asked.append((year.seconds, request.path_url))
            return send(session, request, **options)

        monkeypatch.setattr(requests.Session, "send", noted)
        yield year
        store.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_in_a_year_every_change_is_told_exactly_once_and_the_registry_is_asked_politely(year: Year) -> None:
    year.run()

    assert len(year.published) >= DAYS * 13
    assert year.alerts == Counter(year.published)
    assert in_digests(year) == Counter(year.published)
    assert len(year.builds) * 0.9 <= len(year.digests) <= DAYS + 1
    dates = [body["data"]["ended_at"][:10] for body in year.digests]
    assert len(set(dates)) == len(dates)
    assert year.told["monitor.registry.unreadable"] == year.told["monitor.registry.readable"] > 0
    assert set(year.told) == {"monitor.registry.unreadable", "monitor.registry.readable"}
    asked = Counter(int(at // 86_400) for at, _ in year.asked)
    calm = set(range(1, DAYS)) - year.upset
    assert max(asked[day] for day in calm - year.builds) <= 24
    assert max(asked[day] for day in calm & year.builds) <= 24 + 10
    pauses = [later - earlier for (earlier, _), (later, _) in pairwise(year.asked)]
    assert min(pauses) >= 0.999
