"""Passes over watched trials of ISRCTN: how little is asked, and that the calendar is told apart from edits."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.model import Change, ChangeOrigin, Checked, Result
from monitor.model.stamps import built_at
from monitor.registries.isrctn import listing
from monitor.registries.isrctn.adapter import Isrctn
from monitor.registries.isrctn.stating import status_on
from monitor.storage import events, registries, snapshots, trials, watches
from monitor.storage.store import Store
from monitor.views.health import health_whole
from monitor.watching.context import PassContext
from monitor.watching.patrol import patrol
from tests.program import Clock
from tests.registries.isrctn.trials import HIP, KNEE, WRIST, Served, serving

LIST = "lastEdited GE "


class Died(Exception):
    """The process was killed."""


class Mortal(Clock):
    """A clock at which the process dies, after so many looks at it."""

    left: int | None = None

    def __call__(self) -> datetime:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Died
        return super().__call__()


class Watching:
    """Watched trials of a registry on loopback."""

    def __init__(self, store: Store, served: Served, adapter: Isrctn, clock: Mortal) -> None:
        self.store, self.served, self.adapter, self.clock = store, served, adapter, clock

    def watch(self, *trial_ids: str) -> None:
        with self.store.begin() as tx:
            watches.add(tx, registry="isrctn.com", trial_ids=trial_ids, origin="command", name=None, at=self.clock())

    def look(self, *, reports_verified: bool = True) -> dict[str, Checked]:
        context = PassContext(
            registry=self.adapter, store=self.store, clock=self.clock, full_check_every=timedelta(days=3650)
        )
        told = patrol(context, reports_verified=reports_verified)
        return {one.trial_id: one for one in told if isinstance(one, Checked)}

    def told(self, trial_id: str) -> list[Change]:
        """All changes of a trial that were told, in their order."""
        with self.store.read() as tx:
            return [change for event in events.of_trial(tx, "isrctn.com", trial_id) for change in event.changes]

    def statuses(self, trial_id: str) -> list[tuple[Any, Any, ChangeOrigin]]:
        moves = [change for change in self.told(trial_id) if change.field == "overall_status"]
        return [(change.before, change.after, change.origin) for change in moves]

    def row(self, trial_id: str) -> trials.Trial:
        with self.store.read() as tx:
            return trials.known(tx, "isrctn.com", [trial_id])[trial_id]


@pytest.fixture
def make(adapter_for: Callable[..., Isrctn], tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    """Make watchings, each with a database and a registry of its own."""
    open_ones = []

    def made(*trial_ids: str) -> Watching:
        server = serving(*trial_ids)
        served = server.__enter__()
        store = Store.open(f"sqlite:///{tmp_path}/{len(open_ones)}.sqlite3")
        open_ones.append((server, store))
        clock = Mortal(datetime(2026, 10, 5, 9, tzinfo=UTC))
        adapter = adapter_for(served.url, adapter=Isrctn)
        adapter._clock = clock
        watching = Watching(store, served, adapter, clock)
        watching.watch(*trial_ids)
        return watching

    yield made
    for server, store in open_ones:
        store.close()
        server.__exit__(None, None, None)


def test_a_pass_in_which_nothing_was_edited_costs_one_request(make: Callable[..., Watching]) -> None:
    watching = make(*(f"ISRCTN{number}" for number in range(55_500_300, 55_500_400)))
    assert {one.result for one in watching.look().values()} == {Result.BASELINE}
    watching.served.asked_since()
    watching.clock.advance(days=1)

    results = watching.look()

    assert len(results) == 100
    assert {one.result for one in results.values()} == {Result.UNCHANGED}
    assert watching.served.asked_since() == [f"{LIST}2026-09-30T00:00:00.000Z"]


def test_edits_of_others_cost_no_second_request(make: Callable[..., Watching]) -> None:
    watching = make(HIP, KNEE)
    watching.look()
    watching.served.put(WRIST, watching.clock())
    watching.clock.advance(hours=1)
    watching.served.asked_since()

    assert {one.result for one in watching.look().values()} == {Result.UNCHANGED}

    assert len(watching.served.asked_since()) == 1
    assert str(watching.row(HIP).verified_version).startswith("2026-10-05T09")


def test_an_edit_is_taken_from_the_list_and_asked_for_no_more(make: Callable[..., Watching]) -> None:
    watching = make(HIP, KNEE)
    watching.look()
    watching.served.asked_since()
    watching.served.put(HIP, watching.clock(), participants__targetEnrolment="300")
    watching.served.put(WRIST, watching.clock())
    watching.clock.advance(hours=1)

    results = watching.look()

    assert results[HIP].result is Result.CHANGED
    assert results[KNEE].result is Result.UNCHANGED
    (asked,) = watching.served.asked_since()
    assert asked.startswith(LIST)


def test_a_second_edit_of_a_day_verifies_those_of_the_first(make: Callable[..., Watching]) -> None:
    watching = make(HIP, KNEE)
    watching.look()
    for trial_id in (HIP, KNEE):
        watching.served.put(trial_id, watching.clock(), participants__targetEnrolment="300")
        watching.clock.advance(hours=1)
        watching.look()

    assert watching.row(HIP).verified_version == watching.row(KNEE).verified_version
    watching.served.asked_since()
    assert {one.result for one in watching.look().values()} == {Result.UNCHANGED}
    assert len(watching.served.asked_since()) == 1


def test_an_edit_that_is_listed_late_is_told_with_the_next_one(make: Callable[..., Watching]) -> None:
    watching = make(HIP, KNEE)
    watching.look()
    earlier = watching.clock()
    watching.served.put(KNEE, earlier + timedelta(minutes=10), participants__targetEnrolment="200")
    watching.clock.advance(hours=1)
    watching.look()

    watching.served.put(HIP, earlier, participants__targetEnrolment="100")
    watching.served.put(WRIST, watching.clock())
    watching.clock.advance(hours=1)
    watching.look()

    assert [change.after for change in watching.told(HIP) if change.field == "enrollment"] == [
        {"count": 100, "type": "ESTIMATED"}
    ]


def test_many_edits_are_listed_by_windows(make: Callable[..., Watching], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", 7)
    watching = make(HIP)
    watching.look()
    for number in range(40):
        watching.served.put(f"ISRCTN{66_600_000 + number}", watching.clock() + timedelta(minutes=number))
    watching.served.put(HIP, watching.clock() + timedelta(minutes=20), participants__targetEnrolment="100")
    watching.clock.advance(hours=2)
    watching.served.asked_since()

    assert watching.look()[HIP].result is Result.CHANGED

    asked = watching.served.asked_since()
    assert all(each.startswith(LIST) for each in asked)
    assert len(asked) < 60


def test_the_status_moves_by_date_without_an_edit_and_without_a_request_more(make: Callable[..., Watching]) -> None:
    watching = make(HIP)
    watching.look()
    assert watching.row(HIP).reads_otherwise_on == "2026-10-31"
    watching.served.asked_since()

    watching.clock.now = datetime(2026, 10, 31, 0, 5, tzinfo=UTC)
    (one,) = watching.look(reports_verified=False).values()

    assert one.result is Result.CHANGED
    (change,) = one.changes
    assert change.summary == ("Overall status went from Recruiting to No longer recruiting, by date, not by edit.")
    assert (change.kind, change.origin) == ("status.closed", ChangeOrigin.CALENDAR)
    assert len(watching.served.asked_since()) == 1
    with watching.store.read() as tx:
        first, second = (snapshots.get(tx, "isrctn.com", HIP, number) for number in (1, 2))
    assert first.document.content == second.document.content
    assert watching.row(HIP).reads_otherwise_on == "2027-06-30"
    assert watching.look()[HIP].result is Result.UNCHANGED
    watching.clock.advance(days=400)
    watching.look()
    assert watching.statuses(HIP) == [
        ("RECRUITING", "ACTIVE_NOT_RECRUITING", ChangeOrigin.CALENDAR),
        ("ACTIVE_NOT_RECRUITING", "COMPLETED", ChangeOrigin.CALENDAR),
    ]


def test_an_edit_of_the_same_pass_is_told_apart_from_what_the_calendar_did(make: Callable[..., Watching]) -> None:
    watching = make(HIP)
    watching.look()
    watching.clock.now = datetime(2026, 11, 2, tzinfo=UTC)
    watching.served.put(HIP, watching.clock(), participants__targetEnrolment="300")

    changes = {change.field: change for change in watching.look()[HIP].changes}

    assert changes["overall_status"].origin is ChangeOrigin.CALENDAR
    assert changes["enrollment"].origin is ChangeOrigin.EDIT
    assert "by date" not in changes["enrollment"].summary


def test_what_an_edit_says_against_the_calendar_is_an_edit(make: Callable[..., Watching]) -> None:
    """Who prolongs recruitment just after its end tells of no end at all."""
    watching = make(HIP, KNEE)
    watching.look()
    watching.clock.now = datetime(2026, 11, 2, tzinfo=UTC)
    watching.served.put(HIP, watching.clock(), participants__recruitmentEnd="2027-01-31T00:00:00.000Z")
    watching.served.put(KNEE, watching.clock(), trialDesign__overallStatusOverride="Suspended")

    watching.look()

    assert watching.statuses(HIP) == []
    assert watching.statuses(KNEE) == [("RECRUITING", "SUSPENDED", ChangeOrigin.EDIT)]


def test_nothing_is_said_of_a_trial_that_could_not_be_looked_at(make: Callable[..., Watching]) -> None:
    watching = make(HIP)
    watching.look()
    watching.clock.now = datetime(2026, 11, 2, tzinfo=UTC)
    watching.served.put(HIP, watching.clock(), participants=None)

    assert watching.look()[HIP].result is Result.FAILED

    assert watching.told(HIP) == []


def test_many_trials_that_end_with_a_year_are_told_and_not_held(make: Callable[..., Watching]) -> None:
    ids = [f"ISRCTN{number}" for number in range(55_500_300, 55_500_330)]
    watching = make(*ids)
    watching.look()
    watching.clock.now = datetime(2026, 11, 2, tzinfo=UTC)

    results = watching.look()

    assert {one.result for one in results.values()} == {Result.CHANGED}


def some_day(choose: Random) -> str:
    return f"{date(2026, 10, 1) + timedelta(days=choose.randrange(120))}T00:00:00.000Z"


def some_edit(choose: Random) -> dict[str, str]:
    edit = {
        name: some_day(choose)
        for name in ("participants__recruitmentStart", "participants__recruitmentEnd", "trialDesign__overallEndDate")
        if choose.random() < 0.8
    }
    if choose.random() < 0.15:
        edit["trialDesign__overallStatusOverride"] = choose.choice(("Stopped", "Suspended", "Odd"))
    return edit | {"participants__targetEnrolment": str(choose.randrange(100, 103))}


@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(n, marks=pytest.mark.slow) for n in range(12, 60))])
def test_what_was_told_is_how_the_trial_stands_on_each_day(make: Callable[..., Watching], seed: int) -> None:
    """Each flip once, whoever edits when, and whenever a pass dies."""
    choose = Random(seed)
    watching = make(HIP, KNEE)
    for trial_id in (HIP, KNEE):
        watching.served.put(trial_id, watching.clock(), **some_edit(choose))
    watching.look()
    stood = {trial_id: status(watching, trial_id) for trial_id in (HIP, KNEE)}
    told: dict[str, list[Any]] = {HIP: [], KNEE: []}
    for _ in range(10):
        before = {each: watching.served.trials[each] for each in stood}
        watching.clock.advance(days=choose.randrange(20), minutes=1)
        for trial_id in stood:
            if choose.random() < 0.4:
                watching.served.put(trial_id, watching.clock(), **some_edit(choose))
        if dies := choose.random() < 0.4:
            watching.clock.left = choose.randrange(12)
            with suppress(Died):
                watching.look(reports_verified=choose.random() < 0.5)
            watching.clock.left = None
        watching.look(reports_verified=choose.random() < 0.5)
        for trial_id in stood:
            moves = watching.statuses(trial_id)
            sequence = [stood[trial_id], *(after for _, after, _ in moves)]
            assert [was for was, _, _ in moves] == sequence[:-1], "each begins where the one before ended"
            assert sequence[-1] == status(watching, trial_id)
            assert len(moves) - len(told[trial_id]) <= (2 if dies else 1)
            if len(moves) > len(told[trial_id]) and not dies:
                by_now = status_on(before[trial_id], watching.clock().date()).code
                assert moves[-1][2] is (ChangeOrigin.CALENDAR if by_now == moves[-1][1] else ChangeOrigin.EDIT)
            told[trial_id] = moves


def status(watching: Watching, trial_id: str) -> str:
    return status_on(watching.served.trials[trial_id], watching.clock().date()).code


def test_that_nobody_edits_a_trial_for_some_days_is_no_old_data(make: Callable[..., Watching]) -> None:
    """The last edit of all is the version: over Christmas there is none."""
    watching = make(HIP)
    watching.look()
    with watching.store.read() as tx:
        edited_at = built_at(registries.version(tx, "isrctn.com").stamp)  # type: ignore[union-attr]
    assert edited_at

    after = {
        days: health_whole([watching.adapter], watching.store, since=edited_at, now=edited_at + timedelta(days=days))
        for days in (1, 13, 15)
    }

    assert {days: found.registries[0].is_old for days, found in after.items()} == {1: False, 13: False, 15: True}
