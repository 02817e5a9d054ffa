"""Watching and no longer watching over HTTP, by an operator: what is understood, what is asked, what ends with what."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.subscribe import set_state
from monitor.model import Role, Search, SubscriptionState
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import health, left_alone, subscriptions, watches
from monitor.storage.health import Health
from monitor.storage.store import Store
from monitor.storage.watches import Watch
from monitor.watching import asking
from monitor.web.reading import watches as watches_pages
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import OPERATOR, READER, ReadingSite

ANNA, BO, CLEO = "anna@example.org", "bo@example.org", "cleo@example.org"


@pytest.fixture
def site(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReadingSite]:
    monkeypatch.setattr(asking, "PAUSE", 0)
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox, visitor=OPERATOR) as running:
        yield running
    outbox.registry.close()


def listed(site: ReadingSite) -> list[Watch]:
    with site.outbox.store.read() as tx:
        return watches.listing(tx)


def states(site: ReadingSite) -> dict[str, str]:
    with site.outbox.store.read() as tx:
        return {each.endpoint.shown: str(each.state) for each in subscriptions.listing(tx)}


def others(site: ReadingSite) -> list[str]:
    return [each for each in site.outbox.sandbox.trial_ids() if each != WITHDRAWN_LATER]


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_what_is_watched_anew_is_looked_at_at_once(site: ReadingSite) -> None:
    outbox, later = site.outbox, timedelta(minutes=50)
    with outbox.store.begin() as tx:
        health.record(tx, Health(outbox.registry.key, outbox.clock() + later))
        health.record(tx, Health("isrctn.com", outbox.clock() + later))

    site.post("/watches/new", about="trials", trials=WITHDRAWN_LATER)

    with outbox.store.read() as tx:
        due = {each.registry: each.next_check_at - outbox.clock() for each in health.listing(tx)}
    assert due == {outbox.registry.key: timedelta(0), "isrctn.com": later}


def test_trials_are_watched_by_whatever_names_them(site: ReadingSite) -> None:
    one, other, *_ = others(site)
    pasted = f"{WITHDRAWN_LATER.lower()}\n\n1. {one}: a title\nhttps://clinicaltrials.gov/study/{other}\n"

    answer = site.post("/watches/new", about="trials", trials=pasted, name="oncology")

    [watch] = listed(site)
    assert answer.headers["Location"] == f"/watches/{watch.id}?done=watched"
    assert (watch.name, watch.trials, watch.origin) == ("oncology", 3, "command")
    assert "It is watched." in site.get(answer.headers["Location"]).text


def test_lines_that_name_no_trial_are_shown_and_nothing_is_done_until_they_are_left_out(site: ReadingSite) -> None:
    pasted = f"{WITHDRAWN_LATER}\nno trial <b>at all</b>"

    answer = site.post("/watches/new", about="trials", trials=pasted)
    assert answer.status_code == 400
    assert "&lt;b&gt;at all" in answer.text
    assert f"{WITHDRAWN_LATER}\nno trial" in answer.text, "what was filled in is still there"
    assert listed(site) == []

    answer = site.post("/watches/new", about="trials", trials=pasted, lenient="yes")
    assert answer.status_code == 303
    assert [watch.trials for watch in listed(site)] == [1]


def test_each_word_of_a_list_that_names_no_trial_is_named(site: ReadingSite) -> None:
    answer = site.post("/watches/new", about="trials", trials=f"{WITHDRAWN_LATER}, banana, NCT00")

    assert answer.status_code == 400
    left = words(answer.text.partition("<textarea")[0])
    assert "banana" in left
    assert "NCT00" in left
    assert site.post("/watches/new", about="trials", trials=f"{WITHDRAWN_LATER}, banana").status_code == 400
    assert listed(site) == []
    titled = site.post("/watches/new", about="trials", trials=f"{WITHDRAWN_LATER} A study of hips, phase 2")
    assert titled.status_code == 303


WRONG: dict[str, dict[str, str]] = {
    "Give the number of a trial": {},
    "Give the number of a trial, such as": {"about": "trials", "trials": "\n \n"},
    "would be taken for a watch's number": {"about": "trials", "trials": WITHDRAWN_LATER, "name": "17"},
    "Give a name": {"about": "sponsor"},
    "Give something to search for": {"about": "condition", "condition": "x" * 2000},
    "Say what to watch": {"about": "everything"},
    "No registry is known here": {"about": "condition", "condition": "hip", "registry": "nowhere.org"},
}


def test_what_cannot_be_watched_is_said_beside_the_form(site: ReadingSite) -> None:
    for said, fields in WRONG.items():
        answer = site.post("/watches/new", **fields)
        assert answer.status_code == 400
        assert said in words(answer.text).replace("&#39;", "'")
        assert "<textarea" in answer.text
    assert listed(site) == []


def test_a_sponsor_is_looked_up_and_one_with_a_like_name_is_offered(site: ReadingSite) -> None:
    like = site.post("/watches/new", about="sponsor", sponsor="alzahra")
    assert like.status_code == 400
    assert "Alzahra Hospital (1 trial)" in words(like.text).replace(" )", ")")
    assert "Nothing was done. clinicaltrials.gov knows no sponsor named" in words(like.text), "as hosts are written"
    assert not re.search(r"[:,;]\s*\.", words(like.text))
    assert listed(site) == []

    exact = site.post("/watches/new", about="sponsor", sponsor="alzahra  HOSPITAL", role="any", name="by sponsor")
    assert exact.status_code == 303
    site.post("/watches/new", about="condition", condition="cancer")
    first, second = listed(site)
    assert (first.name, first.search) == ("by sponsor", Search(sponsor="Alzahra Hospital", role=Role.ANY))
    assert second.search == Search(condition="cancer")


def test_a_registry_that_asked_to_be_left_alone_is_not_asked(site: ReadingSite) -> None:
    outbox = site.outbox
    with outbox.store.begin() as tx:
        until = outbox.clock() + timedelta(hours=1)
        left_alone.leave(tx, outbox.registry.key, outbox.registry.address, until)
    outbox.requests()

    answer = site.post("/watches/new", about="condition", condition="cancer")

    assert answer.status_code == 400
    assert "asked to be left alone until" in answer.text
    assert outbox.requests() == []


def test_a_registry_that_does_not_answer_is_named_and_the_form_stays(site: ReadingSite) -> None:
    site.outbox.sandbox.misbehave("503")

    answer = site.post("/watches/new", about="condition", condition="cancer")

    assert answer.status_code == 400
    assert 'value="cancer"' in answer.text
    assert "503" in answer.text


def test_ending_a_watch_says_first_who_hears_no_more(site: ReadingSite) -> None:
    outbox = site.outbox
    first, second, *_ = others(site)
    site.post("/watches/new", about="trials", trials=f"{WITHDRAWN_LATER}\n{first}", name="mine")
    site.post("/watches/new", about="trials", trials=f"{second}\n{first}", name="other")
    [mine, other] = listed(site)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    outbox.subscribe(BO, second, channel="email")
    waiting = outbox.subscribe(CLEO, WITHDRAWN_LATER, channel="email").subscription.id
    set_state(waiting, SubscriptionState.PAUSED, outbox.subscribe_context)

    told = words(site.get(f"/watches/{mine.id}/remove").text)
    assert "End this watch of 2 trials?" in told
    assert "One of them is not looked at any more" in told, "the other watch holds the other one, too"
    assert "2 subscriptions name trials of it" in told, "one that is paused is not overlooked"
    assert "No subscription is to this watch" in told

    site.post("/watches/new", about="trials", trials=first, name="twice")
    twice = next(watch for watch in listed(site) if watch.name == "twice")
    assert "It is still looked at" in words(site.get(f"/watches/{twice.id}/remove").text)
    site.post(f"/watches/{twice.id}/remove")

    answer = site.post(f"/watches/{mine.id}/remove")
    assert answer.headers["Location"] == "/watches?done=removed"
    assert "The watch has ended" in site.get("/watches?done=removed").text
    assert [watch.id for watch in listed(site)] == [other.id]
    assert states(site) == {ANNA: "active", BO: "active", CLEO: "paused"}
    assert words(site.get("/subscriptions").text).count("is not watched") == 2
    assert site.get(f"/watches/{mine.id}/remove").status_code == 404


def test_a_watch_of_the_configuration_and_a_trial_that_a_search_finds_stay(site: ReadingSite) -> None:
    outbox, key = site.outbox, site.outbox.registry.key
    with outbox.store.begin() as tx:
        fixed = watches.add(
            tx, registry=key, trial_ids=[WITHDRAWN_LATER], origin="config", name="fixed", at=outbox.clock()
        )[0]

    assert "made by the configuration" in site.get(f"/watches/{fixed.id}/remove").text
    assert site.post(f"/watches/{fixed.id}/remove").status_code == 400
    assert "goes on being watched" in site.get(f"/watches/remove?trial={WITHDRAWN_LATER}").text
    assert site.post("/watches/remove", trial=WITHDRAWN_LATER).status_code == 400
    assert [watch.id for watch in listed(site)] == [fixed.id]


def test_one_trial_is_taken_out_of_the_lists_that_hold_it(site: ReadingSite) -> None:
    first, *_ = others(site)
    site.post("/watches/new", about="trials", trials=f"{WITHDRAWN_LATER}\n{first}")
    site.outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")

    told = words(site.get(f"/watches/remove?trial={WITHDRAWN_LATER}").text)
    assert "One subscription names it" in told
    assert site.post("/watches/remove", trial=WITHDRAWN_LATER).status_code == 303

    assert [watch.trials for watch in listed(site)] == [1]
    assert site.get("/watches/remove?trial=nonsense").status_code == 400
    assert "It is in no watch" in site.get(f"/watches/remove?trial={WITHDRAWN_LATER}").text


def test_readers_neither_add_nor_remove(site: ReadingSite) -> None:
    site.post("/watches/new", about="trials", trials=WITHDRAWN_LATER)
    [watch] = listed(site)
    site.visitor = READER

    for path in ("/watches/new", f"/watches/{watch.id}/remove", f"/watches/remove?trial={WITHDRAWN_LATER}"):
        assert site.get(path).status_code == 403
        assert site.post(path.partition("?")[0], trial=WITHDRAWN_LATER).status_code == 403
    assert len(listed(site)) == 1


def test_the_list_goes_on_behind_a_hundred_watches(site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches_pages, "SHOWN", 2)
    for name in ("first", "second", "third"):
        site.post("/watches/new", about="trials", trials=WITHDRAWN_LATER, name=name)
    begin = site.get("/watches").text
    link = re.search(r'href="(/watches\?after=\d+)"', begin)
    assert link
    rest = site.get(link[1]).text

    assert "third" not in begin
    assert "third" in rest
    assert "first" not in rest
    assert site.get("/watches?after=-1").status_code == 400
    assert site.get("/watches?after=999999999999999").status_code == 200
