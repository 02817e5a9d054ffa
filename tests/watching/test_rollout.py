"""New data reach a registry's machines one by one: whatever answers when, every change is told, once."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Checked, CheckSummary, Result, Search, Unlisted
from monitor.storage import coverage, events, notices, searches, sweeps, trials, watches
from monitor.storage.pages import Within
from monitor.storage.store import Store
from monitor.watching.context import PassContext
from monitor.watching.patrol import patrol
from tests.nodes import Nodes, named, studied
from tests.program import Clock
from tests.sample_sizes import examples

HIP, KNEE, SHOULDER = "NCT05550201", "NCT05550202", "NCT05550203"


@dataclass
class Watching:
    """What a test does: watch trials of a registry of several machines, look at them, and see what was told."""

    store: Store
    nodes: Nodes
    clock: Clock
    full_check_every: timedelta = timedelta(days=3650)

    def watch(self, *trial_ids: str) -> None:
        with self.store.begin() as tx:
            watches.add(tx, registry=self.nodes.key, trial_ids=trial_ids, origin="command", name=None, at=self.clock())

    def watch_search(self, search: Search) -> int:
        with self.store.begin() as tx:
            watch, _ = watches.add_search(
                tx, registry=self.nodes.key, search=search, origin="command", name=None, at=self.clock()
            )
        return watch.id

    def patrol(self) -> list[Checked | Unlisted]:
        context = PassContext(
            registry=self.nodes, store=self.store, clock=self.clock, full_check_every=self.full_check_every
        )
        return list(patrol(context))

    def results(self) -> dict[str, Result]:
        """Of the next pass, an hour later."""
        self.clock.advance(hours=1)
        return {one.trial_id: one.result for one in self.patrol() if isinstance(one, Checked)}

    def told(self, trial_id: str) -> list[tuple[str | None, str | None]]:
        """Before and after of each change of the acronym that was told, in order."""
        with self.store.read() as tx:
            every = events.of_trial(tx, self.nodes.key, trial_id)
        return [(c.before, c.after) for event in every for c in event.changes if c.kind == "title.acronym"]

    def verified_at(self, trial_id: str) -> str | None:
        with self.store.read() as tx:
            return trials.known(tx, self.nodes.key, [trial_id])[trial_id].verified_version

    def notices(self) -> list[str]:
        with self.store.read() as tx:
            return [each.kind for each in notices.listing(tx)]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    """The morning after the first build; both trials are known as they were in it."""
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    running = Watching(store, Nodes(HIP, KNEE), Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)))
    running.watch(HIP, KNEE)
    running.patrol()
    yield running
    store.close()


def without_outcomes(study: dict[str, Any]) -> None:
    """As a fault of the registry may leave it: such a record is refused."""
    del study["protocolSection"]["outcomesModule"]


def acronym(watching: Watching, trial_id: str) -> str:
    name: str = watching.nodes.builds[0].studies[trial_id]["protocolSection"]["identificationModule"]["acronym"]
    return name


OLD, NEW = 0, 1


@pytest.mark.parametrize("probe", [OLD, NEW])
@pytest.mark.parametrize("fetch", [OLD, NEW])
@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_change_is_told_once_whichever_machine_answers_what(
    watching: Watching, version: int, probe: int, fetch: int
) -> None:
    """In the second pass some machines have the new data; in the third all have, and the version stands still."""
    watching.nodes.build(**{HIP: named("NEW")})
    watching.nodes.serve(version=version, probe=probe, fetch=fetch)
    watching.results()
    watching.nodes.serve()

    results = watching.results()

    assert watching.told(HIP) == [(acronym(watching, HIP), "NEW")]
    assert watching.verified_at(HIP) == watching.verified_at(KNEE) == watching.nodes.builds[-1].stamp
    assert results[KNEE] is Result.UNCHANGED


def test_a_document_that_does_not_show_what_the_probe_saw_is_no_reason_to_say_unchanged(watching: Watching) -> None:
    watching.nodes.build(**{HIP: named("NEW")})
    watching.nodes.serve(fetch=OLD)

    watching.clock.advance(hours=1)
    told = {one.trial_id: one for one in watching.patrol() if isinstance(one, Checked)}

    assert told[HIP].result is Result.FAILED
    assert "answered from its data of 2026-11-02, although those of 2026-11-03 are out" in str(told[HIP].error)
    assert told[KNEE].result is Result.UNCHANGED
    assert watching.verified_at(HIP) == watching.nodes.builds[OLD].stamp


def test_old_data_verify_nothing_where_all_records_were_refused_last(watching: Watching) -> None:
    """By then no trial shows any more that the builds of answers keep step with the versions."""

    def whole_again(study: dict[str, Any]) -> None:
        study.update(deepcopy(watching.nodes.builds[OLD].studies[HIP]))
        named("NEW")(study)

    watching.nodes.build(**dict.fromkeys((HIP, KNEE), without_outcomes))
    assert set(watching.results().values()) == {Result.FAILED}
    watching.nodes.build(**{HIP: whole_again})
    watching.nodes.serve(probe=OLD, fetch=OLD)
    watching.results()
    assert watching.verified_at(HIP) is None
    watching.nodes.serve()

    watching.results()

    assert watching.told(HIP) == [(acronym(watching, HIP), "NEW")]


def test_a_probe_of_old_data_verifies_nothing_for_the_new_ones(watching: Watching) -> None:
    new = watching.nodes.build()
    watching.nodes.serve(probe=OLD)

    watching.clock.advance(hours=1)
    told = [one for one in watching.patrol() if isinstance(one, Checked)]

    assert {one.registry_version for one in told} == {watching.nodes.builds[OLD].stamp}
    assert {one.result for one in told} == {Result.UNCHANGED}
    watching.nodes.serve()
    assert set(watching.results().values()) == {Result.UNCHANGED}
    assert watching.verified_at(HIP) == new.stamp


def test_an_older_machine_that_answers_for_the_version_costs_one_look(watching: Watching) -> None:
    """The registry may have gone back in time: that is looked into once, not at every turn."""
    watching.nodes.build()
    watching.results()
    watching.nodes.asked_since()

    for version in [OLD, NEW] * 3:
        watching.nodes.serve(version=version)
        assert set(watching.results().values()) == {Result.UNCHANGED}

    assert watching.nodes.asked_since() == ["version", "probe", *["version"] * 6]
    assert watching.verified_at(HIP) == watching.nodes.builds[-1].stamp


def test_a_registry_that_names_an_older_version_for_a_day_is_believed(watching: Watching) -> None:
    watching.nodes.build()
    watching.results()
    watching.nodes.serve(version=OLD, probe=OLD, fetch=OLD)
    watching.results()
    watching.clock.advance(days=1)

    watching.results()

    assert watching.verified_at(HIP) == watching.nodes.builds[OLD].stamp


def test_a_clock_of_ours_that_is_behind_makes_no_news_of_old_data(watching: Watching) -> None:
    """All versions lie ahead of such a clock: one that is older comes from an older machine all the same."""
    name = acronym(watching, HIP)
    watching.nodes.build(days=4)
    watching.nodes.build(days=3, **{HIP: named("NEW")})
    watching.results()
    watching.nodes.serve(version=1, probe=1, fetch=1)

    watching.results()
    watching.results()

    assert watching.told(HIP) == [(name, "NEW")]
    watching.nodes.serve()
    assert set(watching.results().values()) == {Result.UNCHANGED}


def test_what_is_new_in_an_older_answer_is_told_and_the_rest_later(watching: Watching) -> None:
    watching.nodes.build(**{HIP: named("SECOND")})
    watching.nodes.build(**{HIP: named("THIRD")})
    watching.nodes.serve(fetch=1)
    watching.results()
    assert watching.told(HIP) == [(acronym(watching, HIP), "SECOND")]
    watching.nodes.serve()

    watching.results()

    assert watching.told(HIP) == [(acronym(watching, HIP), "SECOND"), ("SECOND", "THIRD")]


def test_a_machine_that_never_renews_its_data_costs_a_probe_a_pass_and_is_told(watching: Watching) -> None:
    watching.nodes.build(days=1)
    watching.nodes.serve(probe=OLD, fetch=OLD)
    watching.nodes.asked_since()

    results = [watching.results() for _ in range(26)]

    assert {one[HIP] for one in results[:24]} == {Result.UNCHANGED}
    assert results[-1] == {HIP: Result.FAILED, KNEE: Result.FAILED}
    assert watching.nodes.asked_since() == ["version", "probe", "version"] * 26
    assert watching.notices() == ["registry.behind"]


def test_two_runs_after_a_long_pause_are_no_reason_to_call_a_registry_late(watching: Watching) -> None:
    watching.nodes.build(days=7)
    watching.nodes.serve(probe=OLD)
    watching.clock.advance(days=7)

    assert set(watching.results().values()) == set(watching.results().values()) == {Result.UNCHANGED}
    assert watching.notices() == []


def test_builds_of_one_day_cannot_be_told_apart_but_a_probe_that_moved_is_not_forgotten(watching: Watching) -> None:
    watching.nodes.build(**{HIP: named("MORNING")})
    watching.results()

    def renamed_silently(study: dict[str, object]) -> None:
        named("NOON")(study)
        study["hasResults"] = not study["hasResults"]

    watching.nodes.build(days=0, **{HIP: renamed_silently})
    watching.nodes.serve(fetch=1)
    assert watching.results()[HIP] is Result.FAILED
    watching.nodes.serve()

    watching.results()

    assert watching.told(HIP)[-1] == ("MORNING", "NOON")


def test_who_is_as_before_a_second_build_of_one_day_was_checked_and_is_as_of_the_former(watching: Watching) -> None:
    """Of the latest version a check speaks all the same, and a digest, too: in whichever order the trials come."""
    former = watching.nodes.build().stamp
    watching.results()
    since = watching.clock() + timedelta(seconds=20)
    latest = watching.nodes.build(days=0, **{HIP: named("NOON")}).stamp

    for result in (Result.CHANGED, Result.UNCHANGED):
        watching.clock.advance(hours=1)
        told = [one for one in watching.patrol() if isinstance(one, Checked)]
        assert {one.trial_id: one.result for one in told} == {HIP: result, KNEE: Result.UNCHANGED}
        assert {one.trial_id: one.registry_version for one in told} == {HIP: latest, KNEE: former}
        for order in (told, reversed(told)):
            summary = CheckSummary()
            for one in order:
                summary.count(one)
            assert summary.versions == {watching.nodes.key: latest}
    with watching.store.read() as tx:
        [both] = coverage.by_registry(tx, Within(), since=since)
        [knee] = coverage.by_registry(tx, Within(trials=((watching.nodes.key, KNEE),)), since=since)
        assert coverage.unchecked(tx, Within(), since=since, limit=9) == []
    assert [(each.checked, each.version) for each in (both, knee)] == [(2, latest), (1, former)]


def test_a_merger_that_an_older_machine_does_not_know_is_not_taken_back(watching: Watching) -> None:
    new = watching.nodes.build()
    del new.studies[HIP]
    new.aliases[HIP] = KNEE
    assert watching.results()[HIP] is Result.MERGED
    with watching.store.begin() as tx:
        tx.exec_driver_sql("UPDATE trials SET verified_version = NULL, misses = 1 WHERE trial_id = ?", (HIP,))
    watching.nodes.serve(fetch=OLD)

    assert watching.results()[HIP] is Result.FAILED

    with watching.store.read() as tx:
        assert len(events.of_trial(tx, watching.nodes.key, HIP)) == 1


@pytest.mark.parametrize("names_builds", [True, False], ids=["named", "unnamed"])
def test_a_registry_that_does_not_say_where_its_answers_come_from_is_asked_no_more(
    tmp_path: Path, names_builds: bool
) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    nodes = Nodes(HIP, KNEE, names_builds=names_builds)
    watching = Watching(store, nodes, Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)))
    watching.watch(HIP, KNEE)
    watching.patrol()
    nodes.asked_since()
    nodes.build(**{HIP: named("NEW")})

    watching.results()
    watching.results()

    assert nodes.asked_since() == ["version", "probe", "fetch", "version", "version"]
    assert watching.told(HIP) == [(acronym(watching, HIP), "NEW")]
    store.close()


def test_an_unnamed_document_that_does_not_show_what_the_probe_saw_is_asked_for_again(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    nodes = Nodes(HIP, names_builds=False)
    watching = Watching(store, nodes, Clock(datetime(2026, 11, 3, 8, 30, tzinfo=UTC)))
    watching.watch(HIP)
    watching.patrol()
    nodes.build(**{HIP: named("NEW")})
    nodes.serve(fetch=OLD)
    assert watching.results()[HIP] is Result.FAILED
    nodes.serve()

    assert watching.results()[HIP] is Result.CHANGED
    store.close()


def test_machines_that_take_turns_hide_no_change(watching: Watching) -> None:
    """Every other question goes to the machine that is behind: in each pass the same ones."""
    turns = count()
    watching.nodes.build(**{HIP: named("NEW")})
    watching.nodes.answers = lambda kind: -(next(turns) % 2) - 1

    results = [watching.results()[HIP] for _ in range(3)]

    assert Result.CHANGED in results
    assert watching.told(HIP) == [(acronym(watching, HIP), "NEW")]


# Listings


def test_a_listing_of_old_data_is_made_again_before_the_next_build(watching: Watching) -> None:
    watching.watch_search(Search(condition="pain"))
    watching.results()
    new = watching.nodes.build(**{HIP: named("NEW")})
    new.studies[SHOULDER] = studied(SHOULDER)
    new.studies[SHOULDER]["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = str(new.day)
    watching.nodes.serve(find=OLD)
    assert SHOULDER not in watching.results()
    watching.nodes.serve()

    assert watching.results()[SHOULDER] is Result.BASELINE
    with watching.store.read() as tx:
        assert [c.kind for e in events.of_trial(tx, watching.nodes.key, SHOULDER) for c in e.changes][-1:] == [
            "trial.new"
        ]
        assert searches.of_registry(tx, watching.nodes.key)[0].listed_version == new.stamp


def test_nobody_leaves_for_a_listing_of_old_data(watching: Watching) -> None:
    """A trial that was found in new data is not in the full listing of an older machine."""
    watch = watching.watch_search(Search(condition="pain"))
    new = watching.nodes.build()
    new.studies[SHOULDER] = studied(SHOULDER)
    watching.results()
    with watching.store.begin() as tx:
        tx.exec_driver_sql("UPDATE searches SET listed_version = ?, listed_in_full_at = NULL", ("before",))
    watching.nodes.serve(find=OLD)

    watching.results()

    with watching.store.read() as tx:
        assert SHOULDER in [trial_id for _, trial_id in watches.trials_of(tx, watch)]


def test_a_sweep_waits_for_machines_that_are_behind(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    nodes = Nodes(HIP, KNEE, SHOULDER)
    watching = Watching(store, nodes, Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)))
    watching.watch_search(Search())
    watching.patrol()
    new = nodes.build(days=1, **{HIP: named("NEW")})
    nodes.serve(find=OLD, probe=OLD, fetch=OLD, sweep=OLD)
    watching.results()
    with store.read() as tx:
        assert searches.of_registry(tx, nodes.key)[0].listed_version == nodes.builds[OLD].stamp
    nodes.serve()

    watching.results()

    assert watching.told(HIP) == [(acronym(watching, HIP), "NEW")]
    with store.read() as tx:
        assert searches.of_registry(tx, nodes.key)[0].listed_version == new.stamp
    store.close()


def test_a_sweep_that_finds_only_old_data_waits_and_says_nothing_of_who_is_absent(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    nodes = Nodes(HIP, KNEE, SHOULDER)
    watching = Watching(store, nodes, Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)), timedelta(days=1))
    watching.watch_search(Search())
    watching.patrol()
    new = nodes.build(**{HIP: named("NEW")})
    nodes.serve(sweep=OLD)
    watching.clock.advance(days=2)
    nodes.asked_since()

    told = watching.patrol()

    assert not [one for one in told if isinstance(one, Unlisted)]
    assert nodes.asked_since()[-1] == "sweep", "nobody is asked for by id"
    with store.read() as tx:
        sweep = sweeps.get(tx, nodes.key)
    assert sweep
    assert (sweep.seen, sweep.finished_at) == (0, None)
    watching.clock.advance(days=2)
    assert [one for one in watching.patrol() if isinstance(one, Unlisted)], "by now it is told"
    nodes.serve()
    watching.patrol()
    with store.read() as tx:
        assert sweeps.get(tx, nodes.key).finished_at  # type: ignore[union-attr]
    assert watching.told(HIP) == [(acronym(watching, HIP), "NEW")]
    assert watching.verified_at(KNEE) == new.stamp
    store.close()


# Whatever happens


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "monitor.sqlite3"
    Store.open(f"sqlite:///{path}").close()
    return path


@examples(12, 100)  # each makes many passes
@given(
    seed=st.integers(min_value=0),
    steps=st.lists(st.sampled_from(["build", "change", "pass", "pass", "day"]), min_size=3, max_size=15),
    machines=st.integers(min_value=1, max_value=4),
    days_behind=st.sampled_from([0, 0, 1, 2, 4, 9, 400]),
)
def test_every_change_is_told_once_and_in_order_over_any_roll_out(
    empty: Path, seed: int, steps: list[str], machines: int, days_behind: int
) -> None:
    """Every machine has some build, catches up by and by, and any of them may answer any question.

    Our clock is right, or *days_behind*: then each machine catches up within a day, as the registry's clock has it, or
    a version that nobody names any more could not be told from a mistake that the registry has mended.

    In the pass before the last the version is the latest already, so that it stands still when all have caught up.
    """
    chance = Random(seed)
    ids = (HIP, KNEE, SHOULDER)
    with TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{copy(empty, folder)}")
        nodes = Nodes(*ids)
        behind = timedelta(days=days_behind)
        watching = Watching(store, nodes, Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC) - behind))
        watching.watch(*ids)
        watching.patrol()
        at = [0] * machines
        nodes.answers = lambda kind: at[chance.randrange(machines)]
        number = 0
        for step in steps:
            if step in ("build", "change"):
                number += 1
                changed = chance.sample(ids, chance.randint(1, 3)) if step == "change" else []
                days = max((watching.clock() + behind - nodes.built_at()).days, 1)
                nodes.build(days=days, **dict.fromkeys(changed, named(f"N{number:03}")))
                watching.clock.now = max(watching.clock(), nodes.built_at() - behind)
            elif step == "day":
                watching.clock.advance(days=1)
            least = nodes.built_by(watching.clock() + behind - timedelta(days=1)) if days_behind else 0
            at = [max(least, min(each + chance.randint(0, 2), len(nodes.builds) - 1)) for each in at]
            if step == "pass":
                watching.results()
        nodes.answers = lambda kind: -1 if kind == "version" else at[chance.randrange(machines)]
        watching.results()
        nodes.serve()
        watching.results()

        for trial_id in ids:
            names = [acronym(watching, trial_id), *(after for _, after in watching.told(trial_id))]
            assert names[-1] == nodes.builds[-1].studies[trial_id]["protocolSection"]["identificationModule"]["acronym"]
            assert names[1:] == sorted(set(names[1:])), "told twice, or taken back"
            assert [before for before, _ in watching.told(trial_id)] == names[:-1]
            assert watching.verified_at(trial_id) == nodes.builds[-1].stamp
        store.close()
