"""The first page: what changed, how much it matters, and what each filter would show."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from monitor.model import Settlement
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import settlements, settling_tables, tables
from monitor.storage.store import Store
from monitor.web.site.asked import NOBODY
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.views.asking import damage_event
from tests.web.reading_site import OPERATOR, ReadingSite


def headlines(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r"<h3><a href=[^>]*><bdi>(.*?)</bdi>", page)]


def counts(page: str, heading: str) -> dict[str, int]:
    """What the list of a filter offers."""
    part = page.split(f">{heading}</h3>")[1].split("</div>")[0]
    found = re.findall(
        r"<li><a [^>]*>(?:<span>)?(?:<span class=\"dot[^>]*></span>)?(?:<bdi>)?(.*?)</.*?class=\"c\">([\d,]+)<", part
    )
    return {unescape(words): int(count.replace(",", "")) for words, count in found}


def test_the_newest_day_comes_first_and_within_it_what_matters_most(changed_site: ReadingSite) -> None:
    page = changed_site.get("/").text

    told = headlines(page)
    assert told[-1].startswith("Withdrawn – “Because economic problems”")
    assert "Completion date" in told[0]
    days = re.findall(r'<h2 class="day" id="d-([\d-]+)"', page)
    assert days == ["2026-11-24", "2026-11-23"]
    assert "Today, Tuesday 24 November 2026" in page
    assert re.search(r"from </span><span class=\"old\"><bdi>20 \(estimated\)", page)


def test_every_count_is_what_its_link_shows(changed_site: ReadingSite) -> None:
    page = changed_site.get("/?since=all").text
    for heading in ("How much it matters", "Topic", "Period", "Lead sponsor"):
        part = page.split(f">{heading}</h3>")[1].split("</div>")[0]
        for href, count in re.findall(r'<a href="(/[^"]*)"[^>]*>.*?class="c">([\d,]+)<', part):
            shown = changed_site.get(unescape(href)).text
            said = re.search(r"<p class=\"lead\">\s*([\d,]+) changes? in", shown)
            assert said, href
            assert said[1] == count, href


def test_filters_are_said_and_can_be_taken_back(changed_site: ReadingSite) -> None:
    page = changed_site.get("/?sponsor=Halden+%26+S%C3%B6hne&topic=sponsor").text

    assert "What changed: Halden &amp; Söhne" in page
    assert len(headlines(page)) == 2
    assert counts(page, "Lead sponsor")["Halden & Söhne"] == 2
    [without] = re.findall(r'<a href="([^"]*)" aria-label="Without Halden', page)
    assert unescape(without) == "/?topic=sponsor"


def test_a_search_finds_by_words_of_the_record(changed_site: ReadingSite) -> None:
    page = changed_site.get("/?q=amyotrophic+stem").text
    assert headlines(page)[0].startswith("Withdrawn")
    assert len(headlines(page)) == 1
    assert 'content="noindex"' in page


def test_the_registrys_words_stay_words(changed_site: ReadingSite) -> None:
    page = changed_site.get("/?topic=title&min=administrative").text
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
        ("after=zzz", 400, "this list takes before and not after, which is “zzz”: go to the first page"),
        ("sponsor=Nobody", 404, "no trial here has the sponsor “Nobody”"),
        ("sponsor=Nobody", 404, "<h1>Nothing found</h1>"),
        ("watch=nonsense", 404, '<p class="lead">Watches are shown to those who may read here alone'),
        ("q=of+the", 400, "search for another word"),
        ("q=" + "x" * 300, 400, "longer than 200 characters"),
    ],
)
def test_what_makes_no_sense_is_named(changed_site: ReadingSite, query: str, status: int, words: str) -> None:
    answer = changed_site.get(f"/?{query}")
    assert answer.status_code == status
    assert words.lower() in unescape(answer.text).lower()


@pytest.mark.parametrize("path", ["trials", "trials.csv", "sponsors", "conditions"])
def test_a_list_refuses_the_place_in_a_list_of_another_kind(changed_site: ReadingSite, path: str) -> None:
    answer = changed_site.get(f"/{path}?before=zzz")
    assert answer.status_code == 400
    assert "This list takes after and not before, which is “zzz”" in answer.text


def test_pages_follow_each_other_without_a_gap(changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.web.reading.changes.AT_ONCE", 2)
    changed_site.forget()
    found, address = [], "/?min=administrative"
    for _ in range(10):
        page = changed_site.get(address).text
        found += re.findall(r'<article class="event[^>]*id="e-([^"]+)"', page)
        older = re.search(r'<a class="btn" href="([^"]*)" rel="next">', page)
        if not older:
            break
        address = unescape(older[1])
    monkeypatch.undo()
    changed_site.forget()
    whole = re.findall(r'<article class="event[^>]*id="e-([^"]+)"', changed_site.get("/?min=administrative").text)
    assert found == whole
    assert len(set(found)) == len(found) == 5


def test_who_was_told_is_for_operators(changed_site: ReadingSite) -> None:
    assert "subscription reports it" not in changed_site.get("/").text
    changed_site.visitor = OPERATOR
    assert changed_site.get("/").text.count("1 subscription reports it.") == len(headlines(changed_site.get("/").text))
    changed_site.visitor = NOBODY


def test_nothing_in_a_time_is_said_and_a_longer_one_offered(changed_site: ReadingSite) -> None:
    page = changed_site.get("/?topic=results").text
    assert "Nothing of this changed since 11 Nov 2026." in page
    assert '<a class="btn" href="/?topic=results&amp;since=90d">Look further back</a>' in page


@pytest.fixture
def undamaged(changed_site: ReadingSite) -> Iterator[str]:
    """The event of the withdrawn trial, by id: it is mended after the test."""
    key = f"{changed_site.outbox.registry.key}/{WITHDRAWN_LATER}/2"
    where = tables.events.c.id == key
    with changed_site.outbox.store.begin() as tx:
        kept = tx.scalar(select(tables.events.c.changes).where(where))
    yield key
    with changed_site.outbox.store.begin() as tx:
        tx.execute(update(tables.events).where(where).values(changes=kept))
        tx.execute(delete(settling_tables.settlements))
    changed_site.forget()


def test_what_is_not_told_yet_is_marked_and_damage_has_its_line(changed_site: ReadingSite, undamaged: str) -> None:
    store = changed_site.outbox.store
    with store.begin() as tx:
        settlements.pend(tx, changed_site.outbox.registry.key, {undamaged: 1})
    changed_site.forget()
    assert "Not told yet: the check that found it is not over." in changed_site.get("/").text
    with store.begin() as tx:
        settlements.record(tx, [undamaged], Settlement.DISCARDED, at=changed_site.outbox.clock())
    damage_event(changed_site.outbox, WITHDRAWN_LATER)
    changed_site.forget()
    page = changed_site.get("/").text
    assert "What changed cannot be read: event clinicaltrials.gov/NCT02116634/2 is damaged" in page
    assert "Nobody was told: the operator discarded it." in page
    assert len(headlines(page)) == 5


def test_before_anything_is_watched_the_page_says_how_to_begin(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path
) -> None:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox) as empty:
        page = empty.get("/")
    outbox.registry.close()
    assert page.status_code == 200
    assert "NCT02116634" in page.text


def test_a_day_with_many_changes_is_cut_and_leads_to_all_of_it(changed_site: ReadingSite, monkeypatch: Any) -> None:
    whole = headlines(changed_site.get("/?min=administrative&since=all").text)
    monkeypatch.setattr("monitor.views.changed.OF_A_DAY", 1)
    changed_site.forget()
    page = changed_site.get("/?min=administrative&since=all").text

    days = re.findall(r'<h2 class="day" id="d-([\d-]+)"', page)
    assert len(headlines(page)) == len(days) == 2
    links = re.findall(r'<p class="also"><a href="([^"]*)">\s*([\d,]+) more on', page)
    assert sum(int(count) for _, count in links) == len(whole) - len(days)
    alone = [headlines(changed_site.get(unescape(address)).text) for address, _ in links]
    assert [each for day in alone for each in day] == whole
    monkeypatch.setattr("monitor.web.reading.changes.AT_ONCE", 1)
    changed_site.forget()
    page = changed_site.get("/?min=administrative&since=all").text
    [older] = re.findall(r'<a class="btn" href="([^"]*)" rel="next">', page)
    assert len(headlines(page)) == 1
    assert headlines(page) != headlines(changed_site.get(unescape(older)).text)
