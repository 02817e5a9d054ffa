"""Watches that find their trials: who joins, who leaves, what is asked for it, and what a pass that dies leaves."""

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from monitor.alerts.subscribe import Asked, SubscriptionScope, subscribe
from monitor.clock import utc_now
from monitor.errors import RegistryError
from monitor.model import Checked, Filters, Result, Role, Search, Unlisted
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import leavers, newcomers, notices, searches, tables, watches
from monitor.storage.store import Store
from monitor.watching.context import PassContext
from monitor.watching.discover import discover, discover_all
from monitor.watching.grouping import put
from monitor.watching.patrol import patrol
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, of_today
from tests.test_crash import dying

ON_POSTGRESQL = SLOW

Study = dict[str, Any]

HARBOUR, JUNIPER = "Harbour Trust", "Juniper Institute"


def led_by(name: str, *collaborators: str, posted_on: date | None = None) -> Callable[[Study], None]:
    """What a transfer to another sponsor submits; without a day of posting nothing else tells of it."""

    def change(study: Study) -> None:
        if posted_on:
            study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = str(posted_on)
            study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = str(posted_on)
        lead, *others = ({"name": each, "class": "OTHER"} for each in (name, *collaborators))
        module = {"leadSponsor": lead} | ({"collaborators": others} if others else {})
        study["protocolSection"]["sponsorCollaboratorsModule"] = module

    return change


class Patrolling(OutboxHarness):
    """What a test does: watch searches, patrol, and look at who joined and left."""

    def context(self) -> PassContext:
        return PassContext(
            registry=self.registry, store=self.store, clock=self.clock, full_check_every=timedelta(days=7)
        )

    def patrol(self, **settings: timedelta) -> list[Checked | Unlisted]:
        return list(patrol(replace(self.context(), **settings)))

    def subscribe_to(self, watch_id: int, address: str, filters: Filters | None = None) -> None:
        """A webhook that answers under this name."""
        asked = Asked(scope=SubscriptionScope(watch_id=watch_id), filters=filters or Filters())
        subscribe("webhook", f"https://{address}.example/", asked, context=self.subscribe_context)

    def subscribe_to_group(self, name: str, address: str) -> None:
        """The same to a group of watches."""
        asked = Asked(scope=SubscriptionScope(group=name))
        subscribe("webhook", f"https://{address}.example/", asked, context=self.subscribe_context)

    def heard(self, address: str) -> list[tuple[str, str]]:
        """Trial and type of every message so far, after delivering what is due."""
        return [(body["data"]["trial_id"], body["type"]) for body in self._bodies(address)]

    def news(self, address: str) -> list[dict[str, Any]]:
        """The first change of every message so far, with its trial."""
        return [{**body["data"]["changes"][0], "trial_id": body["data"]["trial_id"]} for body in self._bodies(address)]

    def _bodies(self, address: str) -> list[dict[str, Any]]:
        self.deliver()
        return [json.loads(each.body) for each in self.channel.came if f"{address}.example" in each.endpoint.shown]

    def watch_search(self, search: Search, *, name: str | None = None) -> int:
        with self.store.begin() as tx:
            watch, _ = watches.add_search(
                tx, registry=self.registry.key, search=search, origin="command", name=name, at=self.clock()
            )
        return watch.id

    def members(self, watch_id: int) -> list[str]:
        with self.store.read() as tx:
            return [trial_id for _, trial_id in watches.trials_of(tx, watch_id)]

    def leaving(self, watch_id: int) -> set[str]:
        with self.store.read() as tx:
            return leavers.of_watch(tx, watch_id)

    def newcomers(self) -> set[str]:
        with self.store.read() as tx:
            return set(newcomers.among(tx, self.registry.key, self.sandbox.trial_ids()))

    def give(self, sponsor: str, *trial_ids: str, refresh: bool = True) -> None:
        """Let the registry say that a sponsor leads these trials, as of its next data build."""
        posted_on = self.sandbox.build.at.date() + timedelta(days=1)
        for trial_id in trial_ids:
            self.sandbox.edit(trial_id, led_by(sponsor, posted_on=posted_on), refresh=False)
        if refresh:
            self.sandbox.refresh()


@pytest.fixture
def patrolling(store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Patrolling]:
    """On both stores."""
    running = Patrolling(store, sandbox, tmp_path)
    yield running
    running.registry.close()


@pytest.fixture
def quiet(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Patrolling]:
    """On SQLite alone, where the store makes no difference to what is tested."""
    running = Patrolling(quick_store, sandbox, tmp_path)
    yield running
    running.registry.close()


def results(told: list[Checked | Unlisted]) -> dict[str, Result]:
    return {one.trial_id: one.result for one in told if isinstance(one, Checked)}


def unlisted(told: list[Checked | Unlisted]) -> list[Unlisted]:
    return [one for one in told if isinstance(one, Unlisted)]


# Who joins


def test_the_first_listing_is_silent(patrolling: Patrolling) -> None:
    ids = patrolling.sandbox.trial_ids()[:3]
    patrolling.give(HARBOUR, *ids)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.subscribe_to(watch, "harbour")

    told = patrolling.patrol()

    assert patrolling.members(watch) == ids
    assert results(told) == dict.fromkeys(ids, Result.BASELINE)
    assert patrolling.newcomers() == set()
    assert patrolling.heard("harbour") == []


def test_a_new_trial_of_a_sponsor_is_told_to_those_who_watch_the_sponsor(patrolling: Patrolling) -> None:
    first, new, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, first)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.subscribe_to(watch, "harbour")
    patrolling.patrol()
    patrolling.give(HARBOUR, new)

    patrolling.patrol()
    patrolling.patrol()

    assert patrolling.members(watch) == [first, new]
    assert patrolling.heard("harbour") == [(new, "trial.new")]


def test_a_trial_that_was_known_before_is_no_newcomer(patrolling: Patrolling) -> None:
    first, known, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, first)
    patrolling.watch(known)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.patrol()
    patrolling.give(HARBOUR, known)

    list(discover_all(patrolling.registry.version(None), patrolling.context()))

    assert patrolling.members(watch) == [first, known]
    assert patrolling.newcomers() == set()


def test_collaborators_are_found_in_any_role(quiet: Patrolling) -> None:
    first, second, *_ = quiet.sandbox.trial_ids()
    quiet.give(HARBOUR, first)
    quiet.sandbox.edit(second, led_by(JUNIPER, HARBOUR))
    lead = quiet.watch_search(Search(sponsor=HARBOUR))
    anyhow = quiet.watch_search(Search(sponsor=HARBOUR, role=Role.ANY))

    quiet.patrol()

    assert (quiet.members(lead), quiet.members(anyhow)) == ([first], [first, second])


def test_a_change_of_sponsor_is_told_to_the_subscribers_of_both(patrolling: Patrolling) -> None:
    handed_over, kept, other, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, handed_over, kept, refresh=False)
    patrolling.give(JUNIPER, other)
    for sponsor in (HARBOUR, JUNIPER):
        patrolling.subscribe_to(patrolling.watch_search(Search(sponsor=sponsor)), sponsor.split()[0].lower())
    patrolling.patrol()
    patrolling.give(JUNIPER, handed_over)

    patrolling.patrol()

    assert patrolling.heard("harbour") == patrolling.heard("juniper") == [(handed_over, "trial.changed")]
    patrolling.sandbox.refresh()
    patrolling.clock.advance(days=8)
    patrolling.patrol()
    assert patrolling.heard("juniper") == [(handed_over, "trial.changed")]
    assert patrolling.heard("harbour") == [(handed_over, "trial.changed"), (handed_over, "trial.left")]


def test_what_moves_from_one_watch_of_a_group_to_another_did_not_leave_it(patrolling: Patrolling) -> None:
    """And what is in two watches of the group is told once."""
    moving, staying, other, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, moving, staying, refresh=False)
    patrolling.give(JUNIPER, other)
    rivals = [patrolling.watch_search(Search(sponsor=sponsor)) for sponsor in (HARBOUR, JUNIPER)]
    group = put("rivals", map(str, rivals), store=patrolling.store, now=patrolling.clock())
    patrolling.subscribe_to(rivals[0], "harbour")
    patrolling.subscribe_to_group(group.name, "rivals")
    patrolling.patrol()
    patrolling.give(JUNIPER, moving)
    patrolling.patrol()

    patrolling.sandbox.refresh()
    patrolling.clock.advance(days=8)
    patrolling.patrol()

    assert patrolling.heard("harbour") == [(moving, "trial.changed"), (moving, "trial.left")]
    assert patrolling.heard("rivals") == [(moving, "trial.changed")]
    patrolling.give("Somebody Else", moving)
    patrolling.clock.advance(days=8)
    patrolling.patrol()
    assert patrolling.heard("rivals")[1:] == [(moving, "trial.left")]


def test_a_change_of_sponsor_in_the_middle_of_a_pass_is_told_to_both(patrolling: Patrolling) -> None:
    """The listing is of the version before, the check sees the one after."""
    handed_over, other, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, handed_over, refresh=False)
    patrolling.give(JUNIPER, other)
    for sponsor in (JUNIPER, HARBOUR):
        patrolling.subscribe_to(patrolling.watch_search(Search(sponsor=sponsor)), sponsor.split()[0].lower())
    patrolling.patrol()
    patrolling.sandbox.refresh()
    patrolling.give(JUNIPER, handed_over, refresh=False)
    patrolling.sandbox.misbehave("refresh", path="/studies", times=1)

    patrolling.patrol()
    patrolling.patrol()

    assert patrolling.heard("harbour") == patrolling.heard("juniper") == [(handed_over, "trial.changed")]


def test_a_new_trial_comes_as_a_card_that_says_whether_it_was_registered_or_only_found_now(
    patrolling: Patrolling,
) -> None:
    first, old, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, first)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR), name="rivals")
    patrolling.subscribe_to(watch, "harbour")
    patrolling.patrol()
    study = patrolling.sandbox.study(first)
    today = f"{patrolling.sandbox.build.at:%Y-%m-%d}"
    study["protocolSection"]["identificationModule"]["nctId"] = "NCT07000001"
    study["protocolSection"]["statusModule"]["studyFirstPostDateStruct"] = {"date": today, "type": "ACTUAL"}
    patrolling.sandbox.publish(study, refresh=False)
    patrolling.give(HARBOUR, old)

    patrolling.patrol()

    registered, found = sorted(patrolling.news("harbour"), key=lambda each: each["trial_id"])
    assert registered["summary"].startswith(f"NCT07000001 was registered on {today}: “")
    assert registered["after"]["newly_registered"] is True
    assert found["summary"].startswith(f"{old}, registered on ")
    assert "is newly found by watch “rivals” (trials that Harbour" in found["summary"]
    assert found["after"]["newly_registered"] is False
    for news in (found, registered):
        card = news["after"]
        assert card["found_by"] == {
            "watch_id": watch,
            "watch": "rivals",
            "search": f"trials that {HARBOUR} leads",
        }
        assert {"title", "overall_status", "conditions", "enrollment", "start_date", "lead_sponsor"} <= card.keys()


def test_a_new_trial_that_has_stopped_counts_as_stopped(patrolling: Patrolling) -> None:
    first, stopped, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, first)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.subscribe_to(watch, "stops", Filters(kinds=frozenset(["status.stopped"]), without=frozenset(["trial"])))
    patrolling.patrol()

    def stop(study: Study) -> None:
        study["protocolSection"]["statusModule"] |= {"overallStatus": "TERMINATED", "whyStopped": "No honey."}

    patrolling.sandbox.edit(stopped, stop, refresh=False)
    patrolling.give(HARBOUR, stopped)

    patrolling.patrol()

    assert [news["summary"] for news in patrolling.news("stops")] == [
        "It was terminated when it was first seen here: “No honey.”."
    ]


def test_whoever_subscribed_to_a_watch_hears_who_joins_and_leaves_whatever_topics_they_named(
    patrolling: Patrolling,
) -> None:
    first, moving, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, first)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.subscribe_to(watch, "sites", Filters(topics=frozenset(["sites"])))
    patrolling.subscribe_to(watch, "changes", Filters(without=frozenset(["trial.new", "trial.left"])))
    patrolling.patrol()
    patrolling.give(HARBOUR, moving)
    patrolling.patrol()
    patrolling.give(JUNIPER, moving)
    patrolling.clock.advance(days=8)

    patrolling.patrol()

    assert patrolling.heard("sites") == [(moving, "trial.new"), (moving, "trial.left")]
    assert patrolling.heard("changes") == [(moving, "trial.changed")]
    left = patrolling.news("sites")[-1]
    assert left["summary"].startswith(
        f"{moving} is no longer found by the watch of trials that {HARBOUR} leads, now that"
    )
    assert "Lead sponsor changed from" in left["summary"]


def test_a_trial_that_leaves_one_watch_is_no_news_to_those_who_subscribed_otherwise(patrolling: Patrolling) -> None:
    """And whose record did not change tells no more than that."""
    gone, kept, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, gone, kept)
    watch = patrolling.watch_search(Search(expression=f"AREA[NCTId]({gone} OR {kept})"))
    patrolling.subscribe_to(watch, "ours")
    patrolling.subscribe("https://all.example/")
    patrolling.patrol()
    with patrolling.store.begin() as tx:
        search = Search(expression=f"AREA[NCTId]{kept}")
        tx.execute(
            update(tables.searches).where(tables.searches.c.watch_id == watch).values(expression=search.expression)
        )
    patrolling.sandbox.refresh()
    patrolling.clock.advance(days=8)

    patrolling.patrol()
    patrolling.patrol()

    assert patrolling.heard("ours") == [(gone, "trial.left")]
    assert patrolling.heard("all") == []
    assert patrolling.members(watch) == [kept]


# Who leaves


def test_a_trial_that_leaves_is_told_of_one_last_time(patrolling: Patrolling) -> None:
    gone, kept, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, gone, kept)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.subscribe_to(watch, "harbour")
    patrolling.patrol()
    patrolling.give(JUNIPER, gone)
    patrolling.clock.advance(days=7)

    patrolling.patrol()

    assert patrolling.heard("harbour") == [(gone, "trial.left")]
    assert patrolling.members(watch) == [kept]
    assert patrolling.leaving(watch) == set()
    patrolling.give(HARBOUR.upper() + " II", gone)
    patrolling.patrol()
    assert len(patrolling.heard("harbour")) == 1


def test_a_leaver_is_read_in_full_whatever_a_probe_would_see(quiet: Patrolling) -> None:
    """Its conditions were re-worded without an update date, and it was read in full a moment ago."""

    def reworded(study: Study) -> None:
        study["protocolSection"]["conditionsModule"]["conditions"] = ["Winter cough"]

    trial, *_ = quiet.sandbox.trial_ids()
    search = Search(expression="AREA[Condition]sclerosis")
    watch = quiet.watch_search(search)
    quiet.subscribe_to(watch, "ours")
    quiet.patrol()
    assert quiet.members(watch) == [trial]
    quiet.sandbox.edit(trial, reworded)
    with quiet.store.begin() as tx:
        searches.put_anew(tx, watch, quiet.registry.key, search)

    quiet.patrol()

    assert quiet.heard("ours") == [(trial, "trial.left")]
    assert quiet.members(watch) == []


def test_a_leaver_stays_until_it_could_be_checked(patrolling: Patrolling) -> None:
    gone, kept, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, gone, kept)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.subscribe_to(watch, "harbour")
    patrolling.patrol()
    patrolling.give(JUNIPER, gone)
    patrolling.clock.advance(days=7)
    patrolling.sandbox.misbehave("500", ids=[gone])

    assert results(patrolling.patrol())[gone] is Result.FAILED
    assert patrolling.members(watch) == [gone, kept]
    assert patrolling.leaving(watch) == {gone}
    patrolling.sandbox.behave()
    patrolling.patrol()

    assert patrolling.heard("harbour") == [(gone, "trial.left")]
    assert patrolling.members(watch) == [kept]


def test_a_leaver_stays_until_its_last_change_is_settled(patrolling: Patrolling) -> None:
    gone, kept, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, gone, kept)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.subscribe_to(watch, "harbour")
    patrolling.patrol()
    patrolling.give(JUNIPER, gone)
    patrolling.clock.advance(days=7)

    patrolling.patrol(settle=timedelta(hours=6))
    assert patrolling.members(watch) == [gone, kept]
    patrolling.clock.advance(hours=6)
    patrolling.patrol(settle=timedelta(hours=6))

    assert patrolling.members(watch) == [kept]
    assert patrolling.heard("harbour") == [(gone, "trial.left")]


def test_a_leaver_that_is_found_again_stays(patrolling: Patrolling) -> None:
    back, kept, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, back, kept)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.patrol()
    patrolling.give(JUNIPER, back)
    patrolling.clock.advance(days=7)
    patrolling.sandbox.misbehave("500", ids=[back])
    patrolling.patrol()
    assert patrolling.leaving(watch) == {back}
    patrolling.sandbox.behave()
    patrolling.give(HARBOUR, back)

    patrolling.patrol()

    assert patrolling.leaving(watch) == set()
    assert patrolling.members(watch) == [back, kept]


def test_a_merged_trial_leaves_for_the_one_it_became(patrolling: Patrolling) -> None:
    merged, into, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, merged, into)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.patrol()
    patrolling.sandbox.merge(merged, into=into)
    patrolling.clock.advance(days=7)

    assert results(patrolling.patrol())[merged] is Result.MERGED
    patrolling.patrol()

    assert patrolling.members(watch) == [into]


def test_a_trial_that_was_never_readable_leaves_a_version_later(quiet: Patrolling) -> None:
    broken, kept, *_ = quiet.sandbox.trial_ids()
    quiet.give(HARBOUR, broken, kept)
    watch = quiet.watch_search(Search(sponsor=HARBOUR))
    quiet.sandbox.misbehave("500", ids=[broken])
    quiet.patrol()
    quiet.give(JUNIPER, broken)
    quiet.clock.advance(days=7)
    quiet.patrol()
    assert quiet.members(watch) == [broken, kept]
    quiet.sandbox.refresh()

    quiet.patrol()

    assert quiet.members(watch) == [kept]


# What is not believed


def test_a_listing_that_lacks_most_of_a_watch_lets_nobody_leave_and_the_operator_hears_once(
    store: Store, tmp_path: Path
) -> None:
    with Sandbox(trials=45, day=BUILD_DAY) as sandbox:
        program = Patrolling(store, sandbox, tmp_path)
        ids = sandbox.trial_ids()[:40]
        program.give(HARBOUR, *ids)
        watch = program.watch_search(Search(sponsor=HARBOUR))
        program.patrol()
        program.give(JUNIPER, *ids[:21])
        program.clock.advance(days=7)

        program.patrol()
        sandbox.refresh()
        program.patrol()

        assert program.members(watch) == ids
        with store.read() as tx:
            [notice] = [each for each in notices.listing(tx) if each.kind == "watch.shrank"]
        assert "keeps 21 trials" in notice.subject
        assert "monitor watch remove" in notice.text
        program.give(HARBOUR, *ids[:2])
        program.patrol()
        assert program.leaving(watch) == set(ids[2:21]), "half of them may leave"
        program.registry.close()


def test_a_refresh_in_the_middle_of_a_listing_lets_nobody_leave(quiet: Patrolling) -> None:
    gone, kept, *_ = quiet.sandbox.trial_ids()
    quiet.give(HARBOUR, gone, kept)
    watch = quiet.watch_search(Search(sponsor=HARBOUR))
    quiet.patrol()
    quiet.give(JUNIPER, gone)
    quiet.clock.advance(days=7)
    quiet.sandbox.misbehave("refresh", path="/studies", times=1)
    context = quiet.context()

    list(discover_all(quiet.registry.version(None), context))

    assert quiet.leaving(watch) == set()
    list(discover_all(quiet.registry.version(None), context))
    assert quiet.leaving(watch) == {gone}, "the listing in full was still due"


def test_a_listing_that_fails_is_told_and_stops_nobody_else(patrolling: Patrolling) -> None:
    first, second, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, first)
    odd = patrolling.watch_search(Search(expression="AREA[Sponsr]Harbour"))
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.watch(second)

    told = patrolling.patrol()

    assert results(told) == {first: Result.BASELINE, second: Result.BASELINE}
    assert patrolling.members(watch) == [first]
    [failed] = unlisted(told)
    assert (failed.watch_id, failed.watch) == (odd, "trials found by “AREA[Sponsr]Harbour”")
    assert "does not understand the search" in failed.error


def test_a_listing_that_broke_off_is_begun_again(patrolling: Patrolling) -> None:
    gone, new, kept, *_ = patrolling.sandbox.trial_ids()
    patrolling.give(HARBOUR, gone, kept)
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.patrol()
    patrolling.give(JUNIPER, gone, refresh=False)
    patrolling.give(HARBOUR, new)
    patrolling.clock.advance(days=7)
    patrolling.sandbox.misbehave("cut", path="/studies", times=1)

    assert len(unlisted(patrolling.patrol())) == 1
    assert patrolling.members(watch) == [gone, kept]
    patrolling.patrol()

    assert patrolling.members(watch) == [new, kept]


def test_without_the_registrys_version_nothing_is_looked_at(quiet: Patrolling) -> None:
    quiet.watch_search(Search(sponsor=HARBOUR))
    quiet.sandbox.misbehave("reset")

    with pytest.raises(RegistryError):
        quiet.patrol()


def test_a_watch_that_ends_during_its_listing_holds_nothing(patrolling: Patrolling) -> None:
    patrolling.give(HARBOUR, *patrolling.sandbox.trial_ids()[:2])
    watch = patrolling.watch_search(Search(sponsor=HARBOUR))
    with patrolling.store.read() as tx:
        watched = searches.get(tx, watch)
    assert watched
    with patrolling.store.begin() as tx:
        watches.remove(tx, watch)

    discover(watched, patrolling.registry.version(None), patrolling.context())

    assert patrolling.members(watch) == []


# What is asked


def test_a_quiet_pass_asks_once(patrolling: Patrolling) -> None:
    patrolling.give(HARBOUR, *patrolling.sandbox.trial_ids()[:3])
    patrolling.watch_search(Search(sponsor=HARBOUR))
    patrolling.watch_search(Search(condition="lateral sclerosis"))
    patrolling.patrol()
    patrolling.requests()
    patrolling.clock.advance(days=30)

    assert unlisted(patrolling.patrol()) == []

    assert patrolling.requests() == ["/api/v2/version"]


def test_after_a_refresh_a_watch_costs_a_page(quiet: Patrolling) -> None:
    quiet.give(HARBOUR, *quiet.sandbox.trial_ids()[:3])
    quiet.watch_search(Search(sponsor=HARBOUR))
    quiet.patrol()
    day = str(quiet.sandbox.build.at.date() - timedelta(days=7))
    quiet.sandbox.refresh()
    quiet.requests()

    quiet.patrol()

    version, page, probe, version_again = quiet.requests()
    assert version == version_again == "/api/v2/version"
    assert f"LastUpdatePostDate%5DRANGE%5B{day},MAX" in page
    assert "filter.ids=" in probe


@pytest.mark.slow
def test_a_sponsor_of_2500_trials_is_paged(quiet: Patrolling, tmp_path: Path) -> None:
    with Sandbox(trials=2600, day=BUILD_DAY) as large:
        program = Patrolling(quiet.store, large, tmp_path)
        ids = large.trial_ids()[:2500]
        program.give(HARBOUR, *ids)
        watch = program.watch_search(Search(sponsor=HARBOUR))

        assert list(discover_all(program.registry.version(None), program.context())) == []

        assert program.members(watch) == ids
        assert len([each for each in program.requests() if "pageSize=1000" in each]) == 3
        program.registry.close()


# A process that dies


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_pass_that_dies_anywhere_loses_no_new_trial_and_no_last_change(store_url: str, tmp_path: Path) -> None:
    """Each time the registry has a new trial of the sponsor, and the one before it has gone elsewhere.

    A listing in full is always due to the processes that die: the last one is put a day back.
    """
    store = Store.open(store_url)
    with of_today(trials=120) as sandbox:
        program = Patrolling(store, sandbox, tmp_path)
        program.clock.now = utc_now() - timedelta(hours=1)
        anchor, *rest = sandbox.trial_ids()
        program.give(HARBOUR, anchor, rest[0])
        watch = program.watch_search(Search(sponsor=HARBOUR))
        program.subscribe_to(watch, "harbour")
        program.patrol()
        variables = {"MONITOR_SCHEDULE__FULL_CHECK_EVERY": "10s"}
        step, died = 0, True
        while died:
            before, new = rest[step : step + 2]
            program.give(HARBOUR, new, refresh=False)
            program.give(JUNIPER, before)
            step += 1
            ran = dying(store_url, sandbox.base_url, "check", "--json", step=5 * step, **variables)
            died = ran.returncode == -signal.SIGKILL
            program.clock.advance(seconds=10)
            program.patrol(full_check_every=timedelta(seconds=1))
            with store.begin() as tx:
                tx.execute(update(tables.searches).values(listed_in_full_at=utc_now() - timedelta(days=1)))
        assert step > 10
        sandbox.refresh()
        program.clock.advance(hours=2)
        program.patrol(full_check_every=timedelta(seconds=1))
        heard = program.heard("harbour")
        assert sorted(each for each in heard if each[1] != "trial.changed") == sorted(
            [(trial_id, "trial.new") for trial_id in rest[1 : step + 1]]
            + [(trial_id, "trial.left") for trial_id in rest[:step]]
        )
        handed_over = [trial_id for trial_id, type_ in heard if type_ == "trial.changed"]
        assert len(handed_over) == len(set(handed_over) & set(rest[:step])), (
            "it came with the leaving, or before it, once"
        )
        assert program.members(watch) == sorted([anchor, rest[step]])
        program.registry.close()
    store.close()


# A registry that says no


@pytest.mark.parametrize(
    ("kind", "most"),
    [("429", 1 + 4 + 1 + 1), ("503", 1 + 4 + 1 + 1), ("403", 1 + 1 + 1 + 1), ("html", 1 + 1 + 1 + 1)],
)
def test_sixty_sponsors_are_not_asked_for_at_a_registry_that_said_no(quiet: Patrolling, kind: str, most: int) -> None:
    """Its version still comes. One search tries all it may, a control request shows that it is not the search."""
    for number in range(60):
        quiet.watch_search(Search(sponsor=f"Sponsor {number}"))
    quiet.watch(*quiet.sandbox.trial_ids())
    quiet.sandbox.misbehave(kind, path="/studies")

    told = quiet.patrol()

    assert len(unlisted(told)) == 60
    assert set(results(told).values()) == {Result.FAILED}
    assert len({one.error for one in told}) == 1, "one trouble, told in the same words"
    assert len(quiet.requests()) <= most

    quiet.sandbox.behave()
    assert unlisted(quiet.patrol()) == [], "the next pass asks anew"


def test_a_search_that_cannot_be_answered_leaves_the_others_alone(quiet: Patrolling) -> None:
    quiet.give(HARBOUR, "NCT90000001")
    bad = quiet.watch_search(Search(expression='"what the registry cannot answer"'))
    good = quiet.watch_search(Search(sponsor=HARBOUR))
    quiet.sandbox.misbehave("503", target="query.term")

    told = quiet.patrol()

    assert [one.watch_id for one in unlisted(told)] == [bad]
    assert quiet.members(good) == ["NCT90000001"]


@pytest.mark.parametrize("kind", ["coverage", "complicated", "fields"])
def test_nobody_leaves_a_sponsor_whatever_the_registry_makes_of_the_question(quiet: Patrolling, kind: str) -> None:
    name = "The National Centre for the Study of the Late Effects of Radiation upon Children and Young Adults"
    quiet.give(name, "NCT90000001", "NCT90000002", "NCT90000003")
    watch = quiet.watch_search(Search(sponsor=name))
    quiet.patrol()
    quiet.sandbox.misbehave(kind)
    quiet.clock.advance(days=30)
    quiet.sandbox.refresh()

    assert unlisted(quiet.patrol()) == []

    assert quiet.members(watch) == ["NCT90000001", "NCT90000002", "NCT90000003"]
    assert quiet.leaving(watch) == set()
