"""A mirror of a whole registry: read once, kept up, gone on with after a kill, and never more in memory than a page."""

import gc
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import utc_now
from monitor.model import Checked, Document, Notice, Result, Search, Unlisted
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import notices, searches, sweeps, watches
from monitor.storage.store import Store
from monitor.storage.sweeps import Sweep
from monitor.watching.context import PassContext
from monitor.watching.patrol import patrol
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY
from tests.test_crash import dying

ON_POSTGRESQL = SLOW

Study = dict[str, Any]

TRIALS = 600
"""And one that is written: three pages."""


class Mirroring(OutboxHarness):
    """What a test does: mirror the registry, and look at what is kept of it."""

    def __init__(self, store: Store, sandbox: Sandbox, folder: Path) -> None:
        super().__init__(store, sandbox, folder)
        self.heard: list[tuple[int, int | None]] = []
        """How far sweeps said they were."""

    def context(self) -> PassContext:
        return PassContext(
            registry=self.registry, store=self.store, clock=self.clock, full_check_every=timedelta(days=7)
        )

    def patrol(self) -> list[Checked | Unlisted]:
        return list(patrol(self.context(), progress=lambda *far: self.heard.append(far)))

    def mirror(self) -> Counter[Result]:
        """How many trials came to each result; all could be looked for."""
        told = self.patrol()
        assert all(isinstance(one, Checked) for one in told), told
        return Counter(one.result for one in told if isinstance(one, Checked))

    def watch_all(self) -> int:
        with self.store.begin() as tx:
            watch, _ = watches.add_search(
                tx, registry=self.registry.key, search=Search(), origin="command", name=None, at=self.clock()
            )
        return watch.id

    def seen(self) -> int:
        with self.store.read() as tx:
            found = sweeps.get(tx, self.registry.key)
        return found.seen if found else 0

    def swept(self) -> Sweep:
        with self.store.read() as tx:
            found = sweeps.get(tx, self.registry.key)
        assert found
        return found

    def listed_version(self) -> str | None:
        with self.store.read() as tx:
            return searches.of_registry(tx, self.registry.key)[0].listed_version

    def notices(self) -> list[Notice]:
        with self.store.read() as tx:
            return notices.listing(tx)

    def pages(self) -> int:
        """How many pages of whole documents were asked for since the last call."""
        return sum("pageSize=250" in target for target in self.requests())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(trials=TRIALS, day=BUILD_DAY) as running:
        yield running


@pytest.fixture
def mirroring(store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Mirroring]:
    """On both stores, with a watch of everything."""
    running = Mirroring(store, sandbox, tmp_path)
    running.watch_all()
    yield running
    running.registry.close()


@pytest.fixture
def quiet(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Mirroring]:
    """On SQLite alone, where the store makes no difference to what is tested."""
    running = Mirroring(quick_store, sandbox, tmp_path)
    running.watch_all()
    yield running
    running.registry.close()


def renamed(name: str, *, on: str = "2026-01-01") -> Callable[[Study], None]:
    """What a sponsor submits: another acronym, on that day."""

    def rename(study: Study) -> None:
        study["protocolSection"]["identificationModule"]["acronym"] = name
        study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = on

    return rename


def posted(study: Study, day: str) -> None:
    study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": day, "type": "ACTUAL"}


def update(mirroring: Mirroring, *trial_ids: str, name: str = "NEW") -> None:
    """Let the registry's next data build hold an update of these, posted on its day."""
    day = mirroring.sandbox.following_build.date

    def change(study: Study) -> None:
        renamed(name, on=day)(study)
        posted(study, day)

    for trial_id in trial_ids:
        mirroring.sandbox.edit(trial_id, change, refresh=False)
    mirroring.sandbox.refresh()


def newly_registered(mirroring: Mirroring, trial_id: str) -> Study:
    """A trial that nobody has seen, posted with the next data build."""
    study = mirroring.sandbox.study(mirroring.sandbox.trial_ids()[7])
    study["protocolSection"]["identificationModule"]["nctId"] = trial_id
    posted(study, mirroring.sandbox.following_build.date)
    return study


def test_the_first_sweep_is_a_silent_baseline_of_all_there_is(mirroring: Mirroring) -> None:
    mirroring.subscribe("https://example.org/all")

    told = mirroring.mirror()

    assert told == {Result.BASELINE: TRIALS + 1}
    assert mirroring.heard == [(0, None), (250, TRIALS + 1), (500, TRIALS + 1), (TRIALS + 1, TRIALS + 1)]
    assert mirroring.swept().finished_at == mirroring.clock()
    assert mirroring.deliver() == []


def test_nothing_but_the_version_is_asked_while_it_stands_still(mirroring: Mirroring) -> None:
    mirroring.mirror()
    mirroring.requests()

    assert mirroring.mirror() == {}

    assert mirroring.requests() == ["/api/v2/version"]


def test_a_trial_of_another_watch_is_not_asked_for_again(quiet: Mirroring) -> None:
    quiet.watch(*quiet.sandbox.trial_ids()[:5])

    quiet.mirror()

    asked = quiet.requests()
    assert len([target for target in asked if target.startswith("/api/v2/studies")]) == 3, asked


def test_an_update_reads_only_what_was_updated(mirroring: Mirroring) -> None:
    changed = mirroring.sandbox.trial_ids()[100:105]
    mirroring.mirror()
    mirroring.subscribe("https://example.org/all")
    update(mirroring, *changed)
    mirroring.requests()

    told = mirroring.mirror()

    assert told[Result.CHANGED] == 5
    assert mirroring.pages() == 0
    assert {result.delivery.trial_id for result in mirroring.deliver()} == set(changed)
    assert mirroring.listed_version() == mirroring.sandbox.build.timestamp
    assert mirroring.mirror() == {}


def test_a_trial_that_registers_after_the_first_sweep_is_news_once(mirroring: Mirroring) -> None:
    mirroring.mirror()
    mirroring.subscribe("https://example.org/all")
    mirroring.sandbox.publish(newly_registered(mirroring, "NCT07000001"))

    mirroring.mirror()
    mirroring.sandbox.refresh()
    mirroring.mirror()

    assert mirroring.kinds("NCT07000001") == [["trial.new"]]
    assert [result.delivery.trial_id for result in mirroring.deliver()] == ["NCT07000001"]


def test_an_update_that_is_given_up_is_repeated_and_tells_nothing_twice(mirroring: Mirroring) -> None:
    mirroring.mirror()
    mirroring.subscribe("https://example.org/all")
    mirroring.sandbox.publish(newly_registered(mirroring, "NCT07000001"), refresh=False)
    update(mirroring, *mirroring.sandbox.trial_ids()[100:130])
    told = patrol(mirroring.context())
    next(told)
    told.close()  # type: ignore[attr-defined]
    assert mirroring.listed_version() != mirroring.sandbox.build.timestamp

    mirroring.mirror()

    assert mirroring.kinds("NCT07000001") == [["trial.new"]]
    assert len(mirroring.deliver()) == 31
    assert mirroring.listed_version() == mirroring.sandbox.build.timestamp


@pytest.mark.slow
def test_an_update_of_very_many_trials_is_a_sweep(quiet: Mirroring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.watching.sweep.MOST_UPDATED", 4)
    quiet.mirror()
    update(quiet, *quiet.sandbox.trial_ids()[100:105])
    quiet.requests()

    assert quiet.mirror()[Result.CHANGED] == 5

    assert quiet.pages() == 3


def test_an_update_that_cannot_be_read_is_asked_for_again(mirroring: Mirroring) -> None:
    """Of a trial that is known, and of one that is new: which is news once it can be read."""
    known, new = mirroring.sandbox.trial_ids()[200], "NCT07000001"
    mirroring.mirror()
    mirroring.sandbox.publish(newly_registered(mirroring, new), refresh=False)
    update(mirroring, known)
    mirroring.sandbox.misbehave("wrong_id", ids=[known, new])
    told = mirroring.mirror()
    assert told[Result.FAILED] >= 2
    assert mirroring.listed_version() == mirroring.sandbox.build.timestamp

    mirroring.sandbox.behave()
    told = mirroring.mirror()

    assert told == {Result.CHANGED: 1, Result.BASELINE: 1}
    assert mirroring.kinds(new) == [["trial.new"]]
    assert mirroring.mirror() == {}


def test_what_changed_without_a_word_is_found_once_in_full_check_every(mirroring: Mirroring) -> None:
    changed, unheard_of = mirroring.sandbox.trial_ids()[300], "NCT07000001"
    mirroring.mirror()
    study = mirroring.sandbox.study(mirroring.sandbox.trial_ids()[7])
    study["protocolSection"]["identificationModule"]["nctId"] = unheard_of
    mirroring.sandbox.publish(study)
    mirroring.sandbox.edit(changed, renamed("QUIET", on="2026-11-01"))

    assert mirroring.mirror()[Result.CHANGED] == 0
    mirroring.clock.advance(days=7)
    told = mirroring.mirror()

    assert told[Result.CHANGED] == 1
    assert mirroring.kinds(unheard_of) == [["trial.new"]]
    mirroring.requests()
    assert mirroring.mirror() == {}
    assert mirroring.pages() == 0


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_sweep_that_is_killed_goes_on_where_it_was(store_url: str, mirroring: Mirroring) -> None:
    """Killed again and again, each time a few steps later, until one process lives to the end."""
    base_url = mirroring.sandbox.base_url
    killed_at = []
    for step in range(40, 400, 20):
        ran = dying(store_url, base_url, "check", "--json", step=step)
        if ran.returncode != -signal.SIGKILL:
            break
        killed_at.append(mirroring.seen())

    assert ran.returncode == 0, ran.stderr
    assert killed_at == sorted(killed_at)
    assert {250, 500} & set(killed_at), "at least one was killed in the middle"
    assert mirroring.pages() <= 3 + len(killed_at), "the page in hand is all that is asked for again"
    assert all(mirroring.snapshot_numbers(trial_id) == [1] for trial_id in mirroring.sandbox.trial_ids())
    mirroring.clock.now = utc_now()
    assert mirroring.mirror() == {}


def test_a_page_that_was_taken_in_without_its_token_is_taken_in_again_and_changes_nothing(mirroring: Mirroring) -> None:
    """As after a death between the two commits."""
    mirroring.mirror()
    with mirroring.store.begin() as tx:
        sweeps.record(tx, Sweep(mirroring.registry.key, mirroring.swept().version, None, mirroring.clock()))
    mirroring.clock.advance(days=7)

    assert mirroring.mirror() == {Result.UNCHANGED: TRIALS + 1}

    assert all(mirroring.snapshot_numbers(trial_id) == [1] for trial_id in mirroring.sandbox.trial_ids()[:10])


def begun(mirroring: Mirroring) -> None:
    """A sweep that its caller gives up after the first page."""
    told = patrol(mirroring.context())
    for _ in range(10):
        next(told)
    told.close()  # type: ignore[attr-defined]


def test_a_sweep_that_was_given_up_begins_anew_where_the_data_were_refreshed(mirroring: Mirroring) -> None:
    begun(mirroring)
    assert mirroring.swept().seen == 250
    changed = mirroring.sandbox.trial_ids()[3]
    mirroring.sandbox.edit(changed, renamed("NEW"))
    mirroring.requests()

    told = mirroring.mirror()

    assert told == {Result.UNCHANGED: 249, Result.CHANGED: 1, Result.BASELINE: TRIALS + 1 - 250}
    assert mirroring.pages() == 3
    assert mirroring.listed_version() == mirroring.sandbox.build.timestamp


def test_a_refresh_in_the_middle_of_a_sweep_begins_it_anew(mirroring: Mirroring) -> None:
    """What was read before is only read again, and what changed meanwhile is a change."""
    changed = mirroring.sandbox.trial_ids()[3]
    mirroring.sandbox.edit(changed, renamed("NEW"), refresh=False)
    mirroring.sandbox.misbehave("refresh", times=1, path="/studies")

    told = mirroring.mirror()

    assert told == {Result.BASELINE: TRIALS + 1, Result.UNCHANGED: TRIALS, Result.CHANGED: 1}
    assert mirroring.pages() == 6
    assert mirroring.listed_version() == mirroring.sandbox.build.timestamp
    assert mirroring.mirror() == {}


def test_a_refresh_is_noticed_before_the_end(quiet: Mirroring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.watching.sweep.TRIALS_A_QUESTION", 250)
    quiet.sandbox.misbehave("refresh", times=1, path="/studies")

    quiet.mirror()

    assert quiet.pages() == 1 + 3


@pytest.mark.slow
def test_a_registry_that_is_refreshed_without_end_is_left_to_the_next_pass(quiet: Mirroring) -> None:
    quiet.sandbox.misbehave("refresh", path="/studies")

    told = quiet.patrol()

    assert [one.error for one in told if isinstance(one, Unlisted)] == [
        "the data were refreshed in each of 3 sweeps: the next pass tries again"
    ]
    quiet.sandbox.behave()
    assert quiet.mirror()[Result.UNCHANGED] == TRIALS + 1


def test_a_registry_that_goes_away_in_the_middle_is_gone_on_with(mirroring: Mirroring) -> None:
    begun(mirroring)
    mirroring.sandbox.misbehave("503", path="/studies")

    told = mirroring.patrol()

    assert [type(one) for one in told] == [Unlisted]
    mirroring.sandbox.behave()
    mirroring.requests()
    assert mirroring.mirror() == {Result.BASELINE: TRIALS + 1 - 250}
    assert mirroring.pages() == 2


def test_a_token_that_leads_nowhere_is_forgotten(quiet: Mirroring) -> None:
    begun(quiet)
    with quiet.store.begin() as tx:
        at = sweeps.get(tx, quiet.registry.key)
        assert at
        sweeps.record(tx, Sweep(at.registry, at.version, "nowhere", at.started_at, at.seen, at.total))

    assert any(isinstance(one, Unlisted) for one in quiet.patrol())

    assert sum(quiet.mirror().values()) == TRIALS + 1
    assert quiet.swept().finished_at


def test_an_unreadable_record_spoils_nothing_and_is_no_news_once_it_can_be_read(mirroring: Mirroring) -> None:
    bad = mirroring.sandbox.trial_ids()[260]
    good = mirroring.sandbox.study(bad)

    def spoil(study: Study) -> None:
        del study["hasResults"]

    mirroring.subscribe("https://example.org/all")
    mirroring.sandbox.edit(bad, spoil)

    assert mirroring.mirror() == {Result.BASELINE: TRIALS, Result.FAILED: 2}
    assert {trial_id for trial_id, _ in mirroring.quarantined()} == {bad}

    mirroring.sandbox.publish(good)
    mirroring.mirror()
    assert mirroring.snapshot_numbers(bad) == [1]
    assert mirroring.kinds(bad) == []
    assert mirroring.deliver() == []


def test_a_trial_that_vanished_is_found_by_a_sweep_and_believed_after_a_day(mirroring: Mirroring) -> None:
    gone = mirroring.sandbox.trial_ids()[400]
    mirroring.mirror()
    mirroring.sandbox.remove(gone)
    mirroring.mirror()
    mirroring.requests()

    mirroring.clock.advance(days=7)
    first = mirroring.mirror()
    mirroring.clock.advance(hours=12)
    second = mirroring.mirror()
    mirroring.clock.advance(hours=12)
    third = mirroring.mirror()

    assert (first[Result.FAILED], second, third) == (1, {Result.FAILED: 1}, {Result.REMOVED: 1})
    assert mirroring.kinds(gone) == [["trial.removed"]]
    assert mirroring.pages() == 3, "only the first of them swept"
    assert mirroring.mirror() == {}


def test_a_registry_that_lacks_many_of_its_trials_is_not_believed(mirroring: Mirroring) -> None:
    ids = mirroring.sandbox.trial_ids()
    mirroring.mirror()
    for trial_id in ids[100:120]:
        mirroring.sandbox.remove(trial_id, refresh=False)
    mirroring.sandbox.refresh()
    mirroring.mirror()
    mirroring.requests()

    mirroring.clock.advance(days=7)
    told = mirroring.mirror()

    assert told == {Result.UNCHANGED: TRIALS + 1 - 20}
    assert [notice.subject for notice in mirroring.notices()] == ["clinicaltrials.gov lacks 20 of its 601 trials"]
    assert mirroring.pages() == 3
    mirroring.requests()
    mirroring.mirror()
    assert mirroring.requests() == ["/api/v2/version"]


@pytest.mark.slow
@pytest.mark.parametrize("one_in", [2, 16])
def test_what_changed_alike_in_a_whole_registry_is_held(mirroring: Mirroring, one_in: int) -> None:
    """Half of it: settled before its end, as so many may not wait in memory, and what follows joins the hold.

    One in sixteen: too few in any page to be noticed, and too many in the whole.
    """
    mirroring.mirror()
    mirroring.subscribe("https://example.org/all")
    changed = mirroring.sandbox.trial_ids()[::one_in]
    for trial_id in changed:
        # No trial was updated on this day before: one that was would seem not to be updated now.
        mirroring.sandbox.edit(trial_id, renamed("ALIKE", on="2026-11-02"), refresh=False)
    mirroring.sandbox.refresh()
    mirroring.mirror()
    mirroring.clock.advance(days=7)

    told = mirroring.mirror()

    assert told[Result.HELD] > 0.8 * len(changed), "the others were withheld, or had a later update"
    assert told[Result.CHANGED] == 0
    assert mirroring.deliver() == []
    assert len(mirroring.notices()) == 1


def test_a_watch_that_is_removed_ends_the_sweep(quiet: Mirroring) -> None:
    told = patrol(quiet.context())
    next(told)
    with quiet.store.begin() as tx:
        (watch,) = watches.listing(tx)
        watches.remove(tx, watch.id)

    list(told)

    assert quiet.swept().seen == 500


def test_a_second_watch_of_everything_needs_no_second_sweep(quiet: Mirroring) -> None:
    quiet.mirror()
    with quiet.store.begin() as tx:
        watches.add_search(
            tx, registry=quiet.registry.key, search=Search(), origin="command", name="again", at=quiet.clock()
        )
    quiet.requests()

    quiet.mirror()

    assert quiet.pages() == 0


@pytest.mark.slow
def test_no_more_than_two_pages_are_in_memory(quiet: Mirroring) -> None:
    """Counted when a page has just come, by whoever is asked for the time then."""
    before, alive = documents_alive(), []

    def clock() -> datetime:
        alive.append(documents_alive() - before)
        return quiet.clock()

    assert sum(1 for _ in patrol(replace(quiet.context(), clock=clock))) == TRIALS + 1

    assert 250 <= max(alive) <= 500


def documents_alive() -> int:
    gc.collect()
    return sum(isinstance(each, Document) for each in gc.get_objects())
