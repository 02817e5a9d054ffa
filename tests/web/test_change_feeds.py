"""Feeds of changes: what readers of feeds make of them."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape

import feedparser
import pytest

from monitor.access import tokens
from monitor.model import Settlement
from monitor.model.access import Permission
from monitor.storage import held_events, holds, settlements
from monitor.storage.holds import Hold
from monitor.web.site.asked import NOBODY
from tests.program import WITHDRAWN_LATER
from tests.web.changed import HOSTILE
from tests.web.reading_site import READER, ReadingSite


def test_an_atom_feed_is_what_the_page_shows(changed_site: ReadingSite) -> None:
    answer = changed_site.get("/changes.atom")
    feed = feedparser.parse(answer.content)

    assert not feed.bozo, feed.get("bozo_exception")
    assert answer.headers["content-type"] == "application/atom+xml"
    assert feed.feed.title == "Changes of registered trials"
    assert len(feed.entries) == 5
    assert feed.entries[-1].title == f"{WITHDRAWN_LATER}: Withdrawn – “Because economic problems”"
    assert feed.entries[-1].id == f"tag:127.0.0.1,2026:clinicaltrials.gov/{WITHDRAWN_LATER}/2"
    assert feed.entries[-1].link == f"{changed_site.url}/trials/{WITHDRAWN_LATER}/changes/2"
    assert [each.term for each in feed.entries[-1].tags][:2] == ["critical", "status"]
    assert feed.feed.updated == feed.entries[0].updated == "2026-11-24T17:00:00Z"


def test_words_of_a_registry_survive_a_feed_and_harm_nobody(changed_site: ReadingSite) -> None:
    """Its readers take content for HTML, and titles for text."""
    feed = feedparser.parse(changed_site.get("/changes.atom?topic=title").content)
    items = changed_site.get("/changes.json?topic=title").json()["items"]

    [entry], [item] = feed.entries, items
    assert "<script>alert(1)</script> & \ufffdRTL" in unescape(entry.title)
    assert "<script>" not in entry.content[0].value
    assert "<script>" not in item["content_html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; \ufffdRTL" in item["content_html"]
    assert "<script>alert(1)</script> & \ufffdRTL" in item["title"]
    for sign in "\u202e\u2028":
        assert sign in HOSTILE
        assert sign not in changed_site.get("/changes.atom").text + changed_site.get("/changes.json").text


def test_a_json_feed_is_one(changed_site: ReadingSite) -> None:
    answer = changed_site.get("/changes.json?min=critical")
    made = answer.json()

    assert answer.headers["content-type"] == "application/feed+json"
    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert made["feed_url"] == f"{changed_site.url}/changes.json?min=critical"
    assert made["home_page_url"] == f"{changed_site.url}/?min=critical&since=all"
    assert {tuple(each["tags"][:1]) for each in made["items"]} == {("critical",)}
    assert all(set(each) >= {"id", "url", "title", "content_html", "date_published"} for each in made["items"])


def test_a_feed_goes_on_behind_its_last_entry(changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.web.feeds.changes.AT_ONCE", 2)
    changed_site.forget()
    found, address = [], f"{changed_site.url}/changes.json"
    while address:
        made = changed_site.get(address.removeprefix(changed_site.url)).json()
        found += [each["id"] for each in made["items"]]
        address = made.get("next_url", "")
    monkeypatch.undo()
    changed_site.forget()
    assert len(found) == len(set(found)) == 5
    assert set(found) == {each["id"] for each in changed_site.get("/changes.json").json()["items"]}


@pytest.mark.parametrize("path", ["/changes.atom", "/changes.json", f"/trials/{WITHDRAWN_LATER}/changes.atom"])
def test_a_feed_that_is_known_is_not_sent_again(changed_site: ReadingSite, path: str) -> None:
    first = changed_site.get(path)

    assert changed_site.get(path, If_None_Match=first.headers["etag"]).status_code == 304
    assert changed_site.get(path, If_Modified_Since=first.headers["last-modified"]).status_code == 304
    assert changed_site.get(path, If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT").status_code == 200
    assert (
        changed_site.get(path, If_None_Match='"x"', If_Modified_Since=first.headers["last-modified"]).status_code == 200
    )
    assert changed_site.get(path, If_Modified_Since="nonsense").status_code == 200


def test_one_trial_has_a_feed_of_its_own(changed_site: ReadingSite) -> None:
    feed = feedparser.parse(changed_site.get(f"/trials/{WITHDRAWN_LATER}/changes.atom").content)
    assert [each.title for each in feed.entries] == [f"{WITHDRAWN_LATER}: Withdrawn – “Because economic problems”"]
    assert feed.feed.title == f"Changes of {WITHDRAWN_LATER}"
    for path in ("changes.atom", "changes.json", "dates.ics"):
        assert changed_site.get(f"/trials/NCT09999999/{path}").status_code == 404, "it is not said that nothing changed"
    moved = changed_site.get(f"/trials/{WITHDRAWN_LATER.lower()}/changes.json?min=major")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/trials/{WITHDRAWN_LATER}/changes.json?min=major")


def test_a_sponsor_a_condition_and_a_watch_have_feeds(changed_site: ReadingSite) -> None:
    page = changed_site.get("/?sponsor=Halden+%26+S%C3%B6hne").text
    [slug] = set(re.findall(r'href="/sponsors/(halden-[^"]*)"', page))
    feed = feedparser.parse(changed_site.get(f"/sponsors/{slug}.atom").content)
    condition = changed_site.get("/conditions/amyotrophic-lateral-sclerosis.json?min=critical").json()

    assert feed.feed.title == "Changes: Halden & Söhne"
    assert len(feed.entries) == 2
    assert [each["title"][:11] for each in condition["items"]] == [WITHDRAWN_LATER]
    assert changed_site.get("/sponsors/nobody.atom").status_code == 404
    assert changed_site.get("/watches/1.atom").status_code == 401, "watches are for readers"
    changed_site.visitor = READER
    assert len(feedparser.parse(changed_site.get("/watches/1.atom").content).entries) == 5
    changed_site.visitor = NOBODY


TOLD_LATER = f"clinicaltrials.gov/{WITHDRAWN_LATER}/2"


@contextmanager
def settled_as(site: ReadingSite, settlement: Settlement, event: str = TOLD_LATER) -> Iterator[None]:
    """While that is what becomes of an event, the withdrawal."""
    with site.outbox.store.begin() as tx:
        settlements.pend(tx, "clinicaltrials.gov", {event: 1})
        settlements.record(tx, [event], settlement, at=None)
    site.forget()
    yield
    with site.outbox.store.begin() as tx:
        settlements.forget(tx, [event])
    site.forget()


@pytest.mark.parametrize(
    ("settlement", "words"),
    [
        (Settlement.PENDING, "Not told yet"),
        (Settlement.HELD, "Held back"),
        (Settlement.DISCARDED, "the operator discarded it"),
    ],
)
def test_what_nobody_is_told_is_marked_on_pages_and_in_no_feed(
    changed_site: ReadingSite, settlement: Settlement, words: str
) -> None:
    feeds = ("/changes.json", "/changes.json?min=critical", f"/trials/{WITHDRAWN_LATER}/changes.json")
    with settled_as(changed_site, settlement):
        silent = [changed_site.get(path).json()["items"] for path in feeds]
        page, table = changed_site.get("/?min=critical&since=all").text, changed_site.get("/changes.csv").text
    told = [changed_site.get(path).json()["items"] for path in feeds]

    assert [len(some) + 1 for some in silent] == [len(some) for some in told] == [5, 3, 1]
    assert all(WITHDRAWN_LATER not in item["title"] for some in silent for item in some)
    assert words in page
    assert f",{settlement}," in table


def test_what_is_released_is_new_then_however_much_was_told_meanwhile(
    changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, released_at = changed_site.outbox.store, changed_site.outbox.clock() + timedelta(minutes=1)
    *_, last = changed_site.get("/changes.json").json()["items"]
    event = last["id"].partition(":clinicaltrials.gov/")[2]
    monkeypatch.setattr("monitor.web.feeds.changes.AT_ONCE", 1)
    changed_site.forget()
    before = changed_site.get("/changes.json").json()["items"]
    with store.begin() as tx:
        hold = holds.add(
            tx,
            Hold(
                registry="clinicaltrials.gov",
                version="2026-11-20T09:00:00",
                fields=("title",),
                trials=9,
                checked=9,
                held_at=released_at,
            ),
        ).id
        held_events.note(tx, hold, [f"clinicaltrials.gov/{event}"])
    changed_site.forget()
    held = changed_site.get("/changes.json").json()["items"]
    with store.begin() as tx:
        holds.decide(tx, hold, "released", at=released_at, by=None)
    changed_site.forget()

    first, *others = changed_site.get("/changes.json").json()["items"]
    atom = feedparser.parse(changed_site.get("/changes.atom").content)

    assert last["id"] not in {each["id"] for each in (*before, *others)}
    assert held == before == others
    assert (first["id"], first["date_published"]) == (last["id"], last["date_published"])
    assert first["date_modified"] == f"{released_at:%Y-%m-%dT%H:%M:%SZ}"
    assert first["date_modified"] == atom.entries[0].updated == atom.feed.updated
    assert changed_site.get("/changes.json?min=critical&topic=sites").json()["items"] == []
    with store.begin() as tx:
        tx.exec_driver_sql("DELETE FROM held_events")
        tx.exec_driver_sql("DELETE FROM holds")
    monkeypatch.undo()
    changed_site.forget()


def test_a_date_that_is_held_back_stands_in_calendars_where_it_was(changed_site: ReadingSite) -> None:
    [moved] = changed_site.get("/changes.json?topic=dates").json()["items"]
    trial_id = moved["title"][:11]
    told = changed_site.get(f"/trials/{trial_id}/dates.ics").text
    held = f"clinicaltrials.gov/{trial_id}/2"
    with settled_as(changed_site, Settlement.HELD, held):
        waiting = changed_site.get(f"/trials/{trial_id}/dates.ics").text

    assert "DTSTART;VALUE=DATE:20310531" in told
    assert "DTSTART;VALUE=DATE:20310531" not in waiting
    assert told.count("BEGIN:VEVENT") == waiting.count("BEGIN:VEVENT")
    assert changed_site.get(f"/trials/{trial_id}/dates.ics").text == told


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/sponsors?name=x", "name"),
        ("/conditions?fase=x", "fase"),
        ("/search?query=x", "query"),
        (f"/trials/{WITHDRAWN_LATER}/dates.ics?since=all", "since"),
        ("/conditions/amyotrophic-lateral-sclerosis.ics?phase=x", "phase"),
        ("/conditions/amyotrophic-lateral-sclerosis?min=major", "min"),
        ("/?sponser=x", "sponser"),
        ("/changes.atom?fase=PHASE2", "fase"),
        ("/changes.csv?limit=5", "limit"),
        ("/trials?min=major", "min"),
        ("/trials.csv?topic=status", "topic"),
        (f"/trials/{WITHDRAWN_LATER}/changes.atom?trial={WITHDRAWN_LATER}", "trial"),
        ("/?min=major&min=minor", "min is given twice"),
        (f"/changes.json?trial={WITHDRAWN_LATER}&watch=1", "trial and watch"),
        ("/changes.json?kind=nonsense", "nonsense"),
        ("/changes.json?trial=nonsense", "nonsense"),
        ("/changes.json?group=Nobodys", "Nobodys"),
        ("/changes.json?trial=NCT99999999", "NCT99999999"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_name(changed_site: ReadingSite, path: str, words: str) -> None:
    """Taken for nothing, it would give everything."""
    changed_site.visitor = READER
    answer = changed_site.get(path)
    changed_site.visitor = NOBODY
    assert answer.status_code in (400, 404)
    assert words.lower() in unescape(re.sub("<[^>]+>", "", answer.text)).lower()


def test_what_mail_programs_hang_on_a_link_is_passed_over(changed_site: ReadingSite) -> None:
    assert changed_site.get("/?min=critical&utm_source=letter&fbclid=x").status_code == 200


def test_pages_feeds_and_tables_have_the_same_filters(changed_site: ReadingSite) -> None:
    site = changed_site
    withdrawn = {f"trial={WITHDRAWN_LATER}", "kind=status.stopped", "status=WITHDRAWN"}
    for query in (*withdrawn, f"trial={WITHDRAWN_LATER.lower()}&phase=na", "status=RECRUITING", "country=france"):
        answers = [site.get(path + query) for path in ("/?since=all&", "/changes.csv?", "/changes.json?")]
        assert {answer.status_code for answer in answers} <= {200, 404}, query
        if answers[0].status_code == 404:
            assert {answer.status_code for answer in answers} == {404}, query
            continue
        page, table, feed = answers
        items = [item["title"][:11] for item in feed.json()["items"]]
        rows = {row["Trial"] for row in csv.DictReader(io.StringIO(table.text))}
        shown = set(re.findall(r'class="id" href="/trials/(NCT\d+)"', page.text))
        assert set(items) == rows == shown, query
        if query in withdrawn:
            assert items == [WITHDRAWN_LATER]
            assert "What changed" in page.text


def test_feeds_of_other_filters_are_called_otherwise(changed_site: ReadingSite) -> None:
    queries = (
        "",
        "?min=critical",
        "?topic=status",
        "?topic=status&min=critical",
        f"?trial={WITHDRAWN_LATER}",
        "?min=major",
    )
    titles = [changed_site.get(f"/changes.json{query}").json()["title"] for query in queries]
    page = changed_site.get("/?topic=status").text
    alternates = re.findall(r'<link rel="alternate" type="[^"]+" title="([^"]+)"', page)

    assert len(set(titles)) == len(titles), titles
    assert titles[2] == "Changes: status"
    assert len(set(alternates)) == len(alternates) == 3
    assert 'href="/api/v1/changes?topic=status&amp;since=14d"' in page, "without a time, the API has all of it"


def test_a_token_in_the_address_opens_a_feed_of_a_site_that_is_not_public(changed_site: ReadingSite) -> None:
    site = changed_site.site
    token = tokens.add("reader", Permission.READ, site.access, now=changed_site.outbox.clock())
    path = f"/feeds/{token.text}/changes.atom?min=critical"
    answer = changed_site.get(path)

    assert len(feedparser.parse(answer.content).entries) == 3
    feed = feedparser.parse(answer.content).feed
    assert feed.id == f"{changed_site.url}/changes.atom?min=critical", "another token makes no other feed of it"
    assert token.text in feed.links[1].href
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert changed_site.get(path, If_None_Match=answer.headers["etag"]).status_code == 304
    assert changed_site.get(f"/feeds/{token.text[:-1]}x/changes.atom").status_code == 404
    tokens.remove("reader", site.access)
    assert changed_site.get(path).status_code == 404


def test_where_nothing_is_public_programs_are_told_how_and_readers_where(
    changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent to a page for signing in, a feed reader would take that for the feed."""
    monkeypatch.setattr(changed_site.answering, "site", replace(changed_site.site, is_public=False))
    token = tokens.add("header", Permission.READ, changed_site.site.access, now=changed_site.outbox.clock())
    fetched = ("/changes.atom", "/changes.csv", "/trials.csv", f"/trials/{WITHDRAWN_LATER}/dates.ics", "/watches/1.ics")
    for path in fetched:
        refused = changed_site.get(path)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer"), path
        assert f"{changed_site.url}/feeds/TOKEN/changes.atom" in refused.text
        assert changed_site.get(path, Authorization=f"Bearer {token.text}").status_code == 200
        assert changed_site.get(path, Authorization=f"Bearer {token.text[:-1]}x").status_code == 401
    assert changed_site.get("/").status_code == 303, "a page leads to where people sign in"
    assert changed_site.get("/", Authorization=f"Bearer {token.text}").status_code == 303
    tokens.remove("header", changed_site.site.access)

    monkeypatch.setattr(changed_site, "visitor", READER)
    for path, query in (
        ("/?min=critical", "?min=critical"),
        (f"/trials/{WITHDRAWN_LATER}", f"?trial={WITHDRAWN_LATER}"),
    ):
        said = re.sub("<[^>]+>", "", changed_site.get(path).text)
        assert f"{changed_site.url}/feeds/TOKEN/changes.atom{query}" in said
    changed_site.forget()


def test_a_table_has_a_row_a_change_and_no_formula(changed_site: ReadingSite) -> None:
    answer = changed_site.get("/changes.csv?min=administrative")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"].startswith("text/csv")
    assert {row["Trial"] for row in rows} >= {WITHDRAWN_LATER}
    assert [row["What changed"] for row in rows if row["Kind"] == "status.stopped"] == [
        "Overall status went from Not yet recruiting to Withdrawn: “Because economic problems”."
    ]
    assert len(rows) > 10


def test_a_feed_with_nothing_in_it_is_as_new_as_the_last_look(changed_site: ReadingSite) -> None:
    feed = feedparser.parse(changed_site.get("/changes.atom?topic=references").content)
    proof = changed_site.site.proof.read(changed_site.outbox.clock())

    assert (len(feed.entries), feed.bozo) == (0, False)
    assert proof.looked_at
    assert feed.feed.updated == f"{proof.looked_at:%Y-%m-%dT%H:%M:%SZ}"


def test_what_makes_no_sense_is_said_of_feeds_too(changed_site: ReadingSite) -> None:
    assert changed_site.get("/changes.atom?min=huge").status_code == 400
    assert changed_site.get("/changes.csv?sponsor=nobody").status_code == 404
