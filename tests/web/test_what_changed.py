"""The first page: what changed, how much it matters, and what each filter would show."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import delete, select, update

from monitor.model import Settlement
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import settlements, tables
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from monitor.web.site.asked import NOBODY
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
from tests.studies import edited, led_by, titled, together, verified_a_year_later
from tests.views.asking import damage_event
from tests.web.reading_site import OPERATOR, ReadingSite

HOSTILE = "<script>alert(1)</script> & \u202eRTL\u2028"
SLIPS = {"statusModule__completionDateStruct": {"date": "2031-05", "type": "ESTIMATED"}}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingSite]:
    """Six trials, of which one is withdrawn, one slips, one gets a title that is an attack, two are led by another."""
    folder = tmp_path_factory.mktemp("site")
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    with Sandbox(trials=6, day=BUILD_DAY) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        ids = sorted(sandbox.trial_ids())
        outbox.watch(*ids)
        outbox.subscribe("https://hooks.example.org/all")
        outbox.check()
        sandbox.next_state(WITHDRAWN_LATER)
        for trial_id in ids[1:3]:
            sandbox.edit(trial_id, together(led_by("Halden & Söhne"), verified_a_year_later), refresh=False)
        sandbox.refresh()
        outbox.clock.advance(days=1)
        outbox.check()
        sandbox.edit(ids[3], together(edited(**SLIPS), verified_a_year_later), refresh=False)
        sandbox.edit(ids[4], together(titled(HOSTILE), verified_a_year_later), refresh=False)
        sandbox.refresh()
        outbox.clock.advance(days=1)
        outbox.check()
        index_missing(store, [outbox.registry])
        with ReadingSite(outbox) as running:
            yield running
        outbox.registry.close()
    store.close()


def headlines(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r"<h3><a href=[^>]*><bdi>(.*?)</bdi>", page)]


def counts(page: str, heading: str) -> dict[str, int]:
    """What the list of a filter offers."""
    part = page.split(f">{heading}</h3>")[1].split("</div>")[0]
    found = re.findall(
        r"<li><a [^>]*>(?:<span>)?(?:<span class=\"dot[^>]*></span>)?(?:<bdi>)?(.*?)</.*?class=\"c\">([\d,]+)<", part
    )
    return {unescape(words): int(count.replace(",", "")) for words, count in found}


def test_the_newest_day_comes_first_and_within_it_what_matters_most(site: ReadingSite) -> None:
    page = site.get("/").text

    told = headlines(page)
    assert told[-1].startswith("Withdrawn – “Because economic problems”")
    assert "Completion date" in told[0]
    days = re.findall(r'<h2 class="day" id="d-([\d-]+)"', page)
    assert days == ["2026-11-24", "2026-11-23"]
    assert "Today, Tuesday 24 November 2026" in page
    assert re.search(r"from </span><span class=\"old\"><bdi>20 \(estimated\)", page)


def test_every_count_is_what_its_link_shows(site: ReadingSite) -> None:
    page = site.get("/?since=all").text
    for heading in ("How much it matters", "Topic", "Period", "Lead sponsor"):
        part = page.split(f">{heading}</h3>")[1].split("</div>")[0]
        for href, count in re.findall(r'<a href="(/[^"]*)"[^>]*>.*?class="c">([\d,]+)<', part):
            shown = site.get(unescape(href)).text
            said = re.search(r"<p class=\"lead\">\s*([\d,]+) changes? in", shown)
            assert said, href
            assert said[1] == count, href


def test_filters_are_said_and_can_be_taken_back(site: ReadingSite) -> None:
    page = site.get("/?sponsor=Halden+%26+S%C3%B6hne&topic=sponsor").text

    assert "What changed: Halden &amp; Söhne" in page
    assert len(headlines(page)) == 2
    assert counts(page, "Lead sponsor")["Halden & Söhne"] == 2
    [without] = re.findall(r'<a href="([^"]*)" aria-label="Without Halden', page)
    assert unescape(without) == "/?topic=sponsor"


def test_a_search_finds_by_words_of_the_record(site: ReadingSite) -> None:
    page = site.get("/?q=amyotrophic+stem").text
    assert headlines(page)[0].startswith("Withdrawn")
    assert len(headlines(page)) == 1
    assert 'content="noindex"' in page


def test_the_registrys_words_stay_words(site: ReadingSite) -> None:
    page = site.get("/?topic=title&min=administrative").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert "\u2028" not in page


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("min=huge", 400, "min is one of critical, major, minor, administrative, and not “huge”"),
        ("topic=weather", 400, "“weather” is not a topic"),
        ("since=yesterday", 400, "since takes 14d, a day such as 2026-11-20, or all"),
        ("since=2026-02-30", 400, "since takes a day"),
        ("until=20261120", 400, "until takes a day"),
        ("before=2026-11-23~9~x", 400, "before takes a day"),
        ("before=2026-11-23~2~clinicaltrials.gov/NCT99999999/2", 400, "which is not there: go to the first page"),
        ("registry=nowhere", 400, "is not a registry known here"),
        ("sponsor=Nobody", 404, "no trial here has the sponsor “Nobody”"),
        ("watch=99", 404, "99"),
        ("q=of+the", 400, "search for another word"),
        ("q=" + "x" * 300, 400, "longer than 200 characters"),
    ],
)
def test_what_makes_no_sense_is_named(site: ReadingSite, query: str, status: int, words: str) -> None:
    answer = site.get(f"/?{query}")
    assert answer.status_code == status
    assert words.lower() in unescape(answer.text).lower()


def test_pages_follow_each_other_without_a_gap(site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.web.reading.changes.AT_ONCE", 2)
    site.forget()
    found, address = [], "/?min=administrative"
    for _ in range(10):
        page = site.get(address).text
        found += re.findall(r'<article class="event[^>]*id="e-([^"]+)"', page)
        older = re.search(r'<a class="btn" href="([^"]*)" rel="next">', page)
        if not older:
            break
        address = unescape(older[1])
    monkeypatch.undo()
    site.forget()
    whole = re.findall(r'<article class="event[^>]*id="e-([^"]+)"', site.get("/?min=administrative").text)
    assert found == whole
    assert len(set(found)) == len(found) == 5


def test_who_was_told_is_for_operators(site: ReadingSite) -> None:
    assert "subscription tells it" not in site.get("/").text
    site.visitor = OPERATOR
    assert site.get("/").text.count("1 subscription tells it.") == len(headlines(site.get("/").text))
    site.visitor = NOBODY


def test_nothing_in_a_time_is_said_and_a_longer_one_offered(site: ReadingSite) -> None:
    page = site.get("/?topic=results").text
    assert "Nothing of this changed since 11 Nov 2026." in page
    assert '<a class="btn" href="/?topic=results&amp;since=90d">Look further back</a>' in page


@pytest.fixture
def undamaged(site: ReadingSite) -> Iterator[str]:
    """The event of the withdrawn trial, by id: it is mended after the test."""
    key = f"{site.outbox.registry.key}/{WITHDRAWN_LATER}/2"
    where = tables.events.c.id == key
    with site.outbox.store.begin() as tx:
        kept = tx.scalar(select(tables.events.c.changes).where(where))
    yield key
    with site.outbox.store.begin() as tx:
        tx.execute(update(tables.events).where(where).values(changes=kept))
        tx.execute(delete(tables.settlements))
    site.forget()


def test_what_is_not_told_yet_is_marked_and_damage_has_its_line(site: ReadingSite, undamaged: str) -> None:
    store = site.outbox.store
    with store.begin() as tx:
        settlements.pend(tx, site.outbox.registry.key, {undamaged: 1})
    site.forget()
    assert "Not told yet: the check that found it is not over." in site.get("/").text
    with store.begin() as tx:
        settlements.record(tx, [undamaged], Settlement.DISCARDED, at=site.outbox.clock())
    damage_event(site.outbox, WITHDRAWN_LATER)
    site.forget()
    page = site.get("/").text
    assert "What changed cannot be read: event clinicaltrials.gov/NCT02116634/2 is damaged" in page
    assert "Nobody was told: the operator discarded it." in page
    assert len(headlines(page)) == 5
