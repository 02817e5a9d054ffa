"""One listing for the watches of many sponsors: what it costs, and that it finds what a request for each would."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert

from monitor.clock import utc_now
from monitor.http.polite import PoliteSession
from monitor.model import Checked, Result, Role, Search, Unlisted
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import leavers, searches, tables
from monitor.storage.store import Store
from monitor.watching.sharing import FEWEST
from tests.databases import SLOW, counted_statements
from tests.nodes import Nodes, studied
from tests.program import Clock, of_today, sandbox
from tests.test_crash import dying
from tests.watching.test_patrol import Patrolling, led_by, patrolling, quiet, unlisted
from tests.watching.test_rollout import HIP, SHOULDER, Watching

__all__ = ["patrolling", "quiet", "sandbox"]

ON_POSTGRESQL = SLOW


def sponsors(count: int) -> list[str]:
    return [f"Sponsor {number}" for number in range(count)]


def watched(program: Patrolling, names: list[str], role: Role = Role.LEAD) -> list[int]:
    return [program.watch_search(Search(sponsor=name, role=role)) for name in names]


def a_day_later(program: Patrolling) -> None:
    program.sandbox.refresh()
    program.clock.advance(hours=2)
    program.requests()


def updated(program: Patrolling) -> list[Checked | Unlisted]:
    """Patrol where no watch is due to be listed in full."""
    return program.patrol(full_check_every=timedelta(days=3650))


def listings(program: Patrolling) -> list[str]:
    """The requests for a listing since the last call."""
    return [each for each in program.requests() if "pageSize=1000" in each]


def listed_before(program: Patrolling, count: int) -> None:
    """Watch so many sponsors, up to the registry's version of now, as if each had been listed in full."""
    version, now = program.registry.version(None).stamp, program.clock()
    every = range(1, count + 1)
    common = {"registry": program.registry.key, "role": Role.LEAD, "listed_version": version, "listed_in_full_at": now}
    with program.store.begin() as tx:
        tx.execute(insert(tables.watches), [{"id": number, "origin": "command", "created_at": now} for number in every])
        looking = [{"watch_id": number, "sponsor": f"Sponsor {number}", **common} for number in every]
        tx.execute(insert(tables.searches), looking)


# What it costs


@pytest.mark.parametrize(("count", "most"), [(60, 10), (10_000, 15)])
def test_after_a_refresh_many_sponsors_cost_one_listing(quiet: Patrolling, count: int, most: int) -> None:
    listed_before(quiet, count)
    updated(quiet)
    quiet.give(f"Sponsor {count}", "NCT90000003", refresh=False)
    day = quiet.sandbox.build.at.date() - timedelta(days=1)
    a_day_later(quiet)

    with counted_statements() as statements:
        assert unlisted(updated(quiet)) == []

    asked = quiet.requests()
    (listing,) = (each for each in asked if "pageSize=1000" in each)
    assert f"LastUpdatePostDate%5DRANGE%5B{day},MAX" in listing
    assert len(asked) <= most
    assert len(statements) < 100, "not one for each of them"
    assert quiet.members(count) == ["NCT90000003"]
    with quiet.store.read() as tx:
        every = searches.of_registry(tx, quiet.registry.key)
    assert {each.listed_version for each in every} == {quiet.registry.version(None).stamp}


def test_few_sponsors_are_asked_for_one_by_one(quiet: Patrolling) -> None:
    watched(quiet, sponsors(FEWEST - 1))
    updated(quiet)
    a_day_later(quiet)

    updated(quiet)

    asked = listings(quiet)
    assert len(asked) == FEWEST - 1
    assert all("LeadSponsorName%5D%22" in each for each in asked)


def test_conditions_and_expressions_keep_a_request_each(quiet: Patrolling) -> None:
    watched(quiet, sponsors(FEWEST))
    quiet.watch_search(Search(condition="lateral sclerosis"))
    quiet.watch_search(Search(expression="AREA[Phase]PHASE3"))
    quiet.watch_search(Search(sponsor="Sponsor 1", condition="gout"))
    updated(quiet)
    quiet.give("Sponsor 1", "NCT90000002", refresh=False)
    a_day_later(quiet)

    updated(quiet)

    assert len(listings(quiet)) == 1 + 3


def test_listings_in_full_share_questions_of_ten_words(quiet: Patrolling) -> None:
    """Each of these names has two words."""
    watched(quiet, sponsors(60))

    assert unlisted(quiet.patrol()) == []

    asked = listings(quiet)
    assert len(asked) == 60 / 5
    assert not any("LastUpdatePostDate" in each for each in asked)


def test_a_quiet_day_is_listed_with_the_week_before_it(quiet: Patrolling) -> None:
    """An empty page does not tell which data it comes from."""
    watched(quiet, sponsors(FEWEST))
    for _ in range(30):
        quiet.sandbox.refresh()
    updated(quiet)
    first_day = quiet.sandbox.build.at.date() - timedelta(days=7)
    a_day_later(quiet)

    assert unlisted(updated(quiet)) == []

    asked = listings(quiet)
    assert len(asked) <= 2
    assert f"RANGE%5B{first_day},MAX" in asked[-1]


def test_a_leaver_that_a_shared_listing_finds_again_stays(quiet: Patrolling) -> None:
    ids = watched(quiet, sponsors(FEWEST))
    quiet.give("Sponsor 1", "NCT90000001")
    quiet.patrol()
    with quiet.store.begin() as tx:
        leavers.add(tx, ids[1], quiet.registry.key, ["NCT90000001"], version="not yet")
    quiet.give("Sponsor 1", "NCT90000001", refresh=False)
    a_day_later(quiet)

    updated(quiet)

    assert quiet.leaving(ids[1]) == set()
    assert quiet.members(ids[1]) == ["NCT90000001"]


# At the slightest doubt each is asked for


def test_a_name_in_another_spelling_is_left_to_the_registry(quiet: Patrolling) -> None:
    first, *others = watched(quiet, ["Harbour Trust", *sponsors(FEWEST)])
    updated(quiet)
    quiet.give("Harbour Trust.", "NCT90000001", refresh=False)
    quiet.give("Sponsor 1", "NCT90000002", refresh=False)
    a_day_later(quiet)

    updated(quiet)

    shared, alone = listings(quiet)
    assert "LeadSponsorName%5D%22Harbour" in alone
    assert "LeadSponsorName%5D" not in shared
    assert quiet.members(first) == ["NCT90000001"]
    assert quiet.members(others[1]) == ["NCT90000002"]


@pytest.mark.parametrize("role", list(Role))
def test_a_watch_that_would_lose_a_trial_is_listed_by_itself(quiet: Patrolling, role: Role) -> None:
    ids = watched(quiet, sponsors(3), role)
    quiet.give("Sponsor 1", "NCT90000001", "NCT90000002")
    quiet.patrol()
    quiet.give("Sponsor 2", "NCT90000002", refresh=False)
    a_day_later(quiet)
    quiet.clock.advance(days=30)

    quiet.patrol()

    shared, alone = listings(quiet)
    assert "%20OR%20" in shared
    assert "Sponsor%201" in alone
    assert "Sponsor%202" not in alone
    assert quiet.members(ids[1]) == ["NCT90000001"]
    assert quiet.members(ids[2]) == ["NCT90000002"]


def test_where_a_question_for_several_is_too_complicated_each_is_asked_for(quiet: Patrolling) -> None:
    names = ["Harbour Trust", "Juniper Institute", "Sponsor 1"]
    ids = watched(quiet, names)
    quiet.give(names[1], "NCT90000002")
    quiet.sandbox.misbehave("complicated", most=1)
    quiet.requests()

    assert unlisted(quiet.patrol()) == []

    refused, *alone = listings(quiet)
    assert "%20OR%20" in refused
    assert len(alone) == 3
    assert quiet.members(ids[1]) == ["NCT90000002"]


@pytest.mark.parametrize("kind", ["503", "html", "truncated"])
def test_where_the_shared_listing_fails_each_is_asked_for(quiet: Patrolling, kind: str) -> None:
    ids = watched(quiet, sponsors(FEWEST))
    updated(quiet)
    quiet.give("Sponsor 1", "NCT90000002", refresh=False)
    a_day_later(quiet)
    quiet.sandbox.misbehave(kind, target="CollaboratorName")

    assert unlisted(updated(quiet)) == []

    assert quiet.members(ids[1]) == ["NCT90000002"]


def test_a_watch_that_ends_during_the_listing_holds_nothing(quiet: Patrolling) -> None:
    ids = watched(quiet, sponsors(FEWEST))
    updated(quiet)
    quiet.give("Sponsor 1", "NCT90000002", refresh=False)
    quiet.give("Sponsor 2", "NCT90000003", refresh=False)
    a_day_later(quiet)

    class Ending(ClinicalTrialsGov):
        def find_shared(self, *args: Any, **options: Any) -> Iterator[Any]:
            with quiet.store.begin() as tx:
                searches.put_anew(tx, ids[1], self.key, Search(sponsor="Another"))
            yield from super().find_shared(*args, **options)

    quiet.registry = with_session(Ending, quiet.sandbox)
    assert unlisted(updated(quiet)) == []

    assert quiet.members(ids[1]) == []
    assert quiet.members(ids[2]) == ["NCT90000003"]
    with quiet.store.read() as tx:
        changed = searches.get(tx, ids[1])
        assert changed
        assert changed.listed_version is None


# It finds what a request for each finds


class OneByOne(ClinicalTrialsGov):
    """A registry that cannot list for many sponsors at once."""

    find_shared = None  # type: ignore[assignment]


def with_session(kind: type[ClinicalTrialsGov], of: Sandbox) -> ClinicalTrialsGov:
    session = PoliteSession(requests_per_second=1000, user_agent="test", sleep=lambda _: None)
    return kind(base_url=of.base_url, session=session)


SPELLINGS = (
    "Harbour Trust",
    "HARBOUR TRUST",
    "Harbour Trust.",
    "Harbour  Trust",
    "Harbour Trust Unit",
    "Gießen",
    "GIESSEN",
)


@pytest.mark.parametrize("seed", range(2))
def test_over_random_worlds_it_finds_and_loses_what_a_request_for_each_does(
    store_folder: Path, sandbox: Sandbox, seed: int
) -> None:
    chance = Random(seed)
    names = [*SPELLINGS, *sponsors(2)]
    programs = []
    for number, kind in enumerate((ClinicalTrialsGov, OneByOne)):
        folder = store_folder / str(number)
        folder.mkdir()
        program = Patrolling(Store.open(f"sqlite:///{folder}/monitor.sqlite3"), sandbox, folder)
        program.registry.close()
        program.registry = with_session(kind, sandbox)
        programs.append(program)
    for search in (Search(sponsor=name, role=chance.choice(list(Role))) for name in names):
        for program in programs:
            program.watch_search(search)
    for _ in range(5):
        for trial_id in chance.sample(sandbox.trial_ids(), chance.randrange(5)):
            lead, *others = chance.choices(names, k=chance.choice((1, 1, 2, 3)))
            posted_on = sandbox.build.at.date() + timedelta(days=chance.choice((0, 1)))
            sandbox.edit(trial_id, led_by(lead, *others, posted_on=posted_on), refresh=False)
        sandbox.refresh()
        hours = chance.choice((1, 24, 24, 24 * 4))
        states = []
        for program in programs:
            program.clock.advance(hours=hours)
            assert unlisted(program.patrol()) == []
            states.append(state(program, len(names)))
        assert states[0] == states[1]
    asked = [request.target for request in sandbox.requests]
    assert any("LeadSponsorName,CollaboratorName" in each and "AREA%5BLeadSponsorName" not in each for each in asked)
    for program in programs:
        program.registry.close()
        program.store.close()


def state(program: Patrolling, count: int) -> dict[str, Any]:
    with program.store.read() as tx:
        listed = [(each.watch_id, each.listed_version) for each in searches.of_registry(tx, program.registry.key)]
    return {
        "members": [program.members(number) for number in range(1, count + 1)],
        "leaving": [program.leaving(number) for number in range(1, count + 1)],
        "newcomers": program.newcomers(),
        "listed": listed,
        "told": {trial_id: program.kinds(trial_id) for trial_id in program.sandbox.trial_ids()},
    }


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stores"
    folder.mkdir()
    return folder


# Machines that are behind


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    running = Watching(store, Nodes(HIP), Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)))
    for name in sponsors(FEWEST):
        running.watch_search(Search(sponsor=name))
    running.patrol()
    running.nodes.asked_since()
    yield running
    store.close()


OLD = 0


def with_shoulder(watching: Watching) -> str:
    """A new build that has one trial more; its stamp."""
    new = watching.nodes.build()
    new.studies[SHOULDER] = studied(SHOULDER)
    new.studies[SHOULDER]["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = str(new.day)
    return new.stamp


def test_a_shared_listing_of_old_data_is_made_again_before_the_next_build(watching: Watching) -> None:
    stamp = with_shoulder(watching)
    watching.nodes.serve(find_shared=OLD)
    assert SHOULDER not in watching.results()
    watching.nodes.serve()

    assert watching.results()[SHOULDER] is Result.BASELINE

    assert "find" not in watching.nodes.asked_since()
    with watching.store.read() as tx:
        assert {each.listed_version for each in searches.of_registry(tx, watching.nodes.key)} == {stamp}


def test_nothing_is_concluded_from_a_shared_listing_in_full_of_old_data(watching: Watching) -> None:
    with watching.store.begin() as tx:
        tx.exec_driver_sql("UPDATE searches SET listed_in_full_at = NULL")
    stamp = with_shoulder(watching)
    watching.nodes.serve(find_shared=OLD)
    watching.results()
    assert "find" not in watching.nodes.asked_since()
    watching.nodes.serve()

    assert watching.results()[SHOULDER] is Result.BASELINE

    with watching.store.read() as tx:
        assert {each.listed_version for each in searches.of_registry(tx, watching.nodes.key)} == {stamp}


def test_a_listing_of_more_pages_than_sponsors_is_left_for_a_request_each(watching: Watching) -> None:
    with_shoulder(watching)
    watching.nodes.total = 2 * (FEWEST + 2)

    assert watching.results()[SHOULDER] is Result.BASELINE

    asked = watching.nodes.asked_since()
    assert (asked.count("find_shared"), asked.count("find")) == (1, FEWEST)


def test_a_shared_listing_that_lacks_a_trial_is_made_again(watching: Watching) -> None:
    """One in a hundred may be absent from a listing that is believed: they could be all of one sponsor's."""
    with_shoulder(watching)
    watching.nodes.lacking = 1
    watching.results()
    watching.nodes.lacking = 0
    watching.nodes.asked_since()
    watching.results()
    assert watching.nodes.asked_since().count("find_shared") == 1

    watching.results()

    assert watching.nodes.asked_since() == ["version"]


def test_sponsors_are_listed_in_full_one_by_one_where_a_shared_listing_lacks_a_trial(watching: Watching) -> None:
    watching.clock.advance(days=3650)
    watching.nodes.build()
    watching.nodes.lacking = 1

    watching.results()

    asked = watching.nodes.asked_since()
    assert (asked.count("find_shared"), asked.count("find")) == (1, FEWEST)


# A process that dies


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_pass_that_dies_anywhere_loses_no_new_trial_of_many_sponsors(store_url: str, tmp_path: Path) -> None:
    store = Store.open(store_url)
    with of_today(trials=200) as large:
        program = Patrolling(store, large, tmp_path)
        program.clock.now = utc_now() - timedelta(hours=1)
        names = sponsors(FEWEST + 1)
        ids = watched(program, names)
        program.subscribe_to(ids[1], "one")
        program.patrol()
        rest = large.trial_ids()
        step, died = 0, True
        while died:
            program.give("Sponsor 1", rest[step], refresh=False)
            program.give("Sponsor 2", rest[-1 - step])
            step += 1
            ran = dying(store_url, large.base_url, "check", "--json", step=7 * step)
            died = ran.returncode == -signal.SIGKILL
            program.clock.advance(seconds=10)
            program.patrol()
        assert step > 5
        large.refresh()
        program.clock.advance(hours=2)
        program.patrol()
        assert program.members(ids[1]) == sorted(rest[:step])
        assert program.members(ids[2]) == sorted(rest[-step:])
        told = [trial_id for trial_id, type_ in program.heard("one") if type_ == "trial.new"]
        assert sorted(told) == sorted(rest[:step])
        program.registry.close()
    store.close()
