"""Feeds of changes: what readers of feeds make of them."""

import csv
import io
import re
from html import unescape

import feedparser
import pytest

from monitor.access import tokens
from monitor.model.access import Permission
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
    moved = changed_site.get(f"/trials/{WITHDRAWN_LATER.lower()}/changes.json?min=major")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/trials/{WITHDRAWN_LATER}/changes.json?min=major")


def test_a_sponsor_a_condition_and_a_watch_have_feeds(changed_site: ReadingSite) -> None:
    page = changed_site.get("/?sponsor=Halden+%26+S%C3%B6hne").text
    [slug] = set(re.findall(r'href="/sponsors/(halden-[^"]*)"', page))
    feed = feedparser.parse(changed_site.get(f"/sponsors/{slug}.atom").content)
    condition = changed_site.get("/conditions/amyotrophic-lateral-sclerosis.json?min=critical").json()

    assert feed.feed.title == "Halden & Söhne"
    assert len(feed.entries) == 2
    assert [each["title"][:11] for each in condition["items"]] == [WITHDRAWN_LATER]
    assert changed_site.get("/sponsors/nobody.atom").status_code == 404
    assert changed_site.get("/watches/1.atom").status_code == 303, "watches are for readers"
    changed_site.visitor = READER
    assert len(feedparser.parse(changed_site.get("/watches/1.atom").content).entries) == 5
    changed_site.visitor = NOBODY


def test_a_token_in_the_address_opens_a_feed_of_a_site_that_is_not_public(changed_site: ReadingSite) -> None:
    site = changed_site.site
    token = tokens.add("reader", Permission.READ, site.access, now=changed_site.outbox.clock())
    path = f"/feeds/{token.text}/changes.atom?min=critical"
    answer = changed_site.get(path)

    assert len(feedparser.parse(answer.content).entries) == 3
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert changed_site.get(path, If_None_Match=answer.headers["etag"]).status_code == 304
    assert changed_site.get(f"/feeds/{token.text[:-1]}x/changes.atom").status_code == 404
    tokens.remove("reader", site.access)
    assert changed_site.get(path).status_code == 404


def test_a_table_has_a_row_a_change_and_no_formula(changed_site: ReadingSite) -> None:
    answer = changed_site.get("/changes.csv?min=administrative")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"].startswith("text/csv")
    assert {row["Trial"] for row in rows} >= {WITHDRAWN_LATER}
    assert [row["What changed"] for row in rows if row["Kind"] == "status.stopped"] == [
        "Overall status went from Not yet recruiting to Withdrawn: “Because economic problems”."
    ]
    assert len(rows) > 10


def test_what_makes_no_sense_is_said_of_feeds_too(changed_site: ReadingSite) -> None:
    assert changed_site.get("/changes.atom?min=huge").status_code == 400
    assert changed_site.get("/changes.csv?sponsor=nobody").status_code == 404
