"""The program under test: real storage, a real registry on loopback, and a clock that the test moves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.clock import utc_now
from monitor.http.polite import PoliteSession
from monitor.model import Checked, Event, Result
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import events, quarantine, snapshots, trials, watches
from monitor.storage.store import Store
from monitor.watching.check import check
from monitor.watching.context import PassContext

WITHDRAWN_LATER = "NCT02116634"
BUILD_DAY = date(2026, 11, 20)
"""A Friday. The sandboxes of tests live in a time of their own, which begins here, two days before that of `Clock`."""


class Clock:
    """Now, until the test says otherwise."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 17, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Program:
    """What a test does with the program: check trials, and look at what is kept."""

    def __init__(self, store: Store, registry: ClinicalTrialsGov) -> None:
        self.store = store
        self.registry = registry
        self.clock = Clock()

    def check(self, *trial_ids: str) -> dict[str, Checked]:
        """The last word on each trial."""
        return {checked.trial_id: checked for checked in self.told(*trial_ids)}

    def told(self, *trial_ids: str) -> list[Checked]:
        context = PassContext(
            registry=self.registry, store=self.store, clock=self.clock, full_check_every=timedelta(days=7)
        )
        return list(check(trial_ids or self.watched(), context))

    def results(self, *trial_ids: str) -> dict[str, Result]:
        return {trial_id: checked.result for trial_id, checked in self.check(*trial_ids).items()}

    def watch(self, *trial_ids: str) -> None:
        with self.store.begin() as tx:
            watches.add(
                tx, registry=self.registry.key, trial_ids=trial_ids, origin="command", name=None, at=self.clock()
            )

    def watched(self) -> tuple[str, ...]:
        with self.store.read() as tx:
            return tuple(trials.watched_ids(tx, self.registry.key))

    def events(self, trial_id: str) -> list[Event]:
        with self.store.read() as tx:
            return events.of_trial(tx, self.registry.key, trial_id)

    def kinds(self, trial_id: str) -> list[list[str]]:
        """The kinds of change of each event of a trial, oldest event first."""
        return [[change.kind for change in event.changes] for event in self.events(trial_id)]

    def snapshot_numbers(self, trial_id: str) -> list[int]:
        with self.store.read() as tx:
            return [row.number for row in snapshots.listing(tx, self.registry.key, trial_id)]

    def quarantined(self) -> list[tuple[str, str]]:
        """Trial id and reason, oldest first."""
        with self.store.read() as tx:
            return [(row.trial_id, row.reason) for row in quarantine.listing(tx)]


def connected_to(sandbox: Sandbox) -> ClinicalTrialsGov:
    """The registry that the sandbox plays, on a connection of its own."""
    session = PoliteSession(requests_per_second=1000, user_agent="test", sleep=lambda _: None)
    return ClinicalTrialsGov(base_url=sandbox.base_url, session=session)


class Trying(Program):
    """The program against a sandbox that the test holds the strings of."""

    def __init__(self, store: Store, sandbox: Sandbox) -> None:
        super().__init__(store, connected_to(sandbox))
        self.sandbox = sandbox

    def requests(self) -> list[str]:
        """The paths asked for since the last call, with what follows the question mark."""
        asked = [request.target for request in self.sandbox.requests]
        self.sandbox.requests.clear()
        return asked


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(trials=12, day=BUILD_DAY) as running:
        yield running


def of_today(*, trials: int) -> Sandbox:
    """A sandbox for processes that look at the real clock; its own stands, so that no data build comes by itself."""
    now = utc_now()
    return Sandbox(trials=trials, clock=lambda: now)


@pytest.fixture
def present() -> Iterator[Sandbox]:
    with of_today(trials=12) as running:
        yield running


@pytest.fixture
def program(store: Store, sandbox: Sandbox) -> Iterator[Trying]:
    """On both stores."""
    running = Trying(store, sandbox)
    yield running
    running.registry.close()


@pytest.fixture
def quick(quick_store: Store, sandbox: Sandbox) -> Iterator[Trying]:
    """On SQLite alone, where the store makes no difference to what is tested."""
    running = Trying(quick_store, sandbox)
    yield running
    running.registry.close()
