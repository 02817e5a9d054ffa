"""What all pages have in common: rights, forms, troubles, what is kept and how it travels."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import ConfigurationInvalid, StoreUnavailable
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.web.application import application
from monitor.web.routes import PAGES
from monitor.web.site import answering
from monitor.web.site.asked import NOBODY
from monitor.web.site.basics import own_path
from monitor.web.site.language import best_of
from monitor.web.site.route import Needs
from tests.outbox import OutboxHarness
from tests.web.reading_site import OPERATOR, READER, ReadingSite, answering_of

MET_BY = {
    NOBODY: {Needs.NOTHING},
    READER: {Needs.NOTHING, Needs.PUBLIC, Needs.READ},
    OPERATOR: set(Needs),
}


@pytest.fixture
def site(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[ReadingSite]:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox, is_public=False) as running:
        yield running
    outbox.registry.close()


@pytest.mark.parametrize("visitor", MET_BY, ids=lambda visitor: visitor.name or "nobody")
def test_whoever_may_not_see_a_page_does_not(site, visitor):
    """Of every page of the table: nobody signs in or, as a program, is told 401; somebody is told whom to ask."""
    site.visitor = visitor
    for page in PAGES:
        if "GET" in page.methods and page.needs not in MET_BY[visitor]:
            path = re.sub(r"{[^}]+}", "1", page.path)
            answer = site.get(path)
            refused = 403 if visitor is not NOBODY else 401 if page.is_fetched else 303
            assert answer.status_code == refused, path
            assert refused != 303 or answer.headers["location"].startswith("/login?next=%2F")


def test_a_public_site_shows_what_is_public_and_nothing_more():
    met = [needs for needs in Needs if needs.are_met(NOBODY, is_public=True)]

    assert met == [Needs.NOTHING, Needs.PUBLIC]


def test_what_is_not_there_is_said_in_the_frame(site):
    answer = site.get("/nowhere")

    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert 'name="q"' in answer.text


def test_how_much_was_seen_is_for_those_who_may_read(site):
    assert 'class="asof' not in site.get("/nowhere").text

    site.visitor = READER

    assert 'class="asof' in site.get("/nowhere").text


def test_a_page_that_takes_no_form_says_so(site):
    assert site.post("/nowhere").status_code == 404
    assert site.get("/theme").status_code == 405


def test_no_page_may_run_load_or_be_framed_by_anything_of_others(site):
    headers = site.get("/nowhere").headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_everything_that_a_page_loads_is_there_and_kept_for_ever(site):
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', site.get("/nowhere").text)

    assert {path.rpartition("/")[2] for path in files} == {"icon.svg", "site.css", "page.js"}
    for path in files:
        answer = site.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert site.get("/static/0/site.css").status_code == 404


def test_a_theme_is_remembered_and_leads_back(site):
    answer = site.post("/theme", theme="dark", back="/nowhere?a=b")

    assert (answer.status_code, answer.headers["location"]) == (303, "/nowhere?a=b")
    assert 'data-theme="dark"' in site.get("/nowhere").text


def test_keys_are_listed_and_can_be_turned_off_and_on_again(site):
    """The cookie is one that the script of pages can read."""
    assert f'href="{site.path}/keys" data-keys' in site.get("/nowhere").text
    assert "Turn them off" in site.get("/keys").text

    off = site.post("/keys", keys="off")
    turned_off = site.get(off.headers["location"]).text
    on = site.post("/keys", keys="on")

    assert off.headers["location"] == "/keys?done=1"
    assert "httponly" not in off.headers["set-cookie"].lower()
    assert "Keys are off." in turned_off
    assert "Turn them on" in turned_off
    assert "Max-Age=0" in on.headers["set-cookie"]
    assert "Turn them off" in site.get("/keys").text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "", "javascript:x", "/a\nb"]
)
def test_nobody_is_sent_elsewhere(target):
    assert own_path(target) == "/"


def test_a_form_of_another_site_is_not_obeyed(site):
    answer = site.session.post(
        site.url + "/theme", data={"theme": "dark"}, headers={"Origin": "https://evil.example"}, timeout=20
    )

    assert answer.status_code == 403
    assert "theme" not in site.session.cookies


def test_what_is_long_goes_out_compressed(site):
    path = re.search(r'href="(/static/[^"]+site.css)"', site.get("/nowhere").text)[1]

    raw = site.session.get(site.url + path, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=20)
    plain = site.get(path, Accept_Encoding="identity")

    body = raw.raw.read(decode_content=False)
    assert len(body) < len(plain.content) / 3
    assert gzip.decompress(body) == plain.content


def test_whoever_comes_when_too_many_wait_is_told_when_to_come_again(site, monkeypatch):
    monkeypatch.setattr(answering, "WAITING", 0)

    busy = site.session.post(site.url + "/theme", headers={"Origin": site.url}, timeout=20)

    assert site.get("/nowhere").status_code == 503
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")


def test_a_database_that_does_not_answer_is_said_on_the_page(site, monkeypatch):
    def silent(self):
        raise StoreUnavailable("gone")

    site.visitor = READER
    monkeypatch.setattr(Store, "read", silent)

    answer = site.get("/nowhere")

    assert answer.status_code == 404
    assert "The database does not answer" in answer.text
    assert 'class="asof blind"' in answer.text


@pytest.mark.parametrize("path", ["", "/monitor"])
def test_links_stay_below_the_public_address(quick_store, sandbox, tmp_path, path):
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox, path=path) as site:
        page = site.get("/nowhere").text
        links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)

        assert links
        assert all(link.startswith(path + "/") for link in links)
        assert site.get("/static/" + re.search(r"/static/([^/]+/site.css)", page)[1]).status_code == 200
    outbox.registry.close()


@pytest.mark.parametrize("accepted", ["", "xx", "en-GB,en;q=0.9", "fr;q=x", "*", ";;;,,", "en;q=0"])
def test_whatever_a_browser_would_rather_have_there_is_a_language(accepted):
    assert best_of(accepted) == "en"


@pytest.mark.parametrize("path", ["/trials", "/a", "/api", "/static/x", "/healthz"])
def test_a_path_that_is_one_of_our_pages_is_refused_at_the_start(site, path):
    elsewhere = answering_of(site.outbox, f"https://example.org{path}")

    with pytest.raises(
        ConfigurationInvalid, match=r'begins with "/\w+", which is one of our own pages: choose another'
    ):
        application(elsewhere, elsewhere.site.service)


def test_each_cookie_below_a_path_is_for_that_path_alone(quick_store: Store, sandbox: Sandbox, tmp_path: Path):
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox, path="/monitor") as site:
        given = [
            site.get("/login"),
            site.post("/theme", theme="dark", back="/"),
            site.post("/language", language="fr", back="/"),
        ]
    outbox.registry.close()

    assert [re.findall(r"Path=([^;]+)", each.headers["set-cookie"]) for each in given] == [["/monitor"]] * 3
