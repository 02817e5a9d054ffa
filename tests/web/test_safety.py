"""What answers tell a browser and those on the way, whatever is asked for: the table of all pages is walked."""

import http.client
import re
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import pytest
from requests import Response

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.web.routes import PAGES
from monitor.web.site import answering
from monitor.web.site.asked import NOBODY
from monitor.web.site.route import Needs, Page
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import OPERATOR, READER, ReadingSite

VALUES = {"trial_id": WITHDRAWN_LATER, "snapshot": "2", "pair": "1..2", "step": "release"}
OTHERS = ("/healthz", "/livez", "/readyz", "/metrics", "/nowhere", "/live?trial=none", "/trials/", "/%2e%2e/etc/passwd")
POSTS = sum("POST" in page.methods for page in PAGES)
METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW")


def address_of(page: Page) -> str:
    return re.sub(r"{(\w+)}", lambda found: VALUES.get(found[1], "1"), page.path)


@pytest.fixture(scope="module")
def answers(site: ReadingSite) -> Sequence[tuple[Page, Response]]:
    """What each page answers to nobody, a reader and an operator; and to forms that are not ours."""
    return list(walk(site))


def walk(site: ReadingSite) -> Iterator[tuple[Page, Response]]:
    for visitor in (NOBODY, READER, OPERATOR):
        site.visitor = visitor
        for page in PAGES:
            if "GET" in page.methods:
                yield page, site.get(address_of(page))
            if "POST" in page.methods:
                yield page, site.post(address_of(page), form="not of ours")


@pytest.fixture(scope="module")
def site(changed_site: ReadingSite) -> Iterator[ReadingSite]:
    yield changed_site
    changed_site.visitor = NOBODY


def wrong_with(answer: Response) -> list[str]:
    """What an answer does not say that each has to."""
    said = {name.lower(): value for name, value in answer.headers.items()}
    policy, kind = said.get("content-security-policy", ""), said.get("content-type", "")
    is_right = {
        "CSP": "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy,
        "framing": "frame-ancestors 'none'" in policy or answer.url.endswith("/mail"),
        "nosniff": said.get("x-content-type-options") == "nosniff",
        "COOP": said.get("cross-origin-opener-policy") == "same-origin",
        "CORP": said.get("cross-origin-resource-policy") == "same-origin",
        "referrer": said.get("referrer-policy") in ("same-origin", "no-referrer"),
        "CORS": not any(name.startswith("access-control-") for name in said),
        "server": not {"server", "x-powered-by"} & said.keys(),
        "type": not answer.content or ("charset=utf-8" in kind or not kind.startswith("text/")),
        "has type": not answer.content or bool(kind),
    }
    return [name for name, right in is_right.items() if not right]


def test_every_answer_of_every_page_says_what_browsers_may_do_with_it(answers: Sequence[tuple[Page, Response]]) -> None:
    assert {answer.status_code for _, answer in answers} >= {200, 303, 404}
    assert {answer.url: wrong for _, answer in answers if (wrong := wrong_with(answer))} == {}


@pytest.mark.parametrize("path", OTHERS)
def test_so_does_what_is_no_page(site: ReadingSite, path: str) -> None:
    assert wrong_with(site.get(path)) == []


def test_nobody_on_the_way_keeps_what_is_not_for_all(answers: Sequence[tuple[Page, Response]]) -> None:
    """Of what somebody has to be let in for, also no browser keeps anything; a public page it asks about each time."""
    for page, answer in answers:
        kept = answer.headers["cache-control"]
        assert "public" not in kept, answer.url
        if page.is_shared or page.path.startswith("/feeds/") or page.path.endswith((".atom", ".json", ".ics")):
            assert kept in ("no-store", "private, no-cache"), answer.url
        else:
            assert kept == "no-store", answer.url
        if answer.status_code == 200 and page.is_shared and kept != "no-store":
            assert "Cookie" in answer.headers["vary"], answer.url


def test_a_page_that_still_stands_keeps_what_it_said(site: ReadingSite) -> None:
    """A browser puts the headers of a 304 in place of those it keeps, and the page would go without its style."""
    site.visitor = NOBODY
    first = site.get("/")
    again = site.get("/", If_None_Match=first.headers["etag"])

    assert again.status_code == 304
    assert {name: value for name, value in again.headers.items() if first.headers.get(name) != value}.keys() <= {"date"}


def test_a_page_that_was_kept_for_one_is_not_shown_to_another(site: ReadingSite) -> None:
    site.visitor = OPERATOR
    of_operator = site.get("/")
    site.visitor = NOBODY
    of_nobody = site.get("/", If_None_Match=of_operator.headers["etag"])

    assert "/deliveries" in of_operator.text
    assert of_nobody.status_code == 200
    assert "/deliveries" not in of_nobody.text


def test_no_page_takes_another_method_than_its_own(site: ReadingSite) -> None:
    site.visitor = OPERATOR
    for page, method in zip(PAGES, cycle(METHODS), strict=False):
        answer = site.session.request(method, site.url + address_of(page), timeout=20, allow_redirects=False)
        assert answer.status_code == 405, (method, page.path)
        assert set(page.methods) <= set(answer.headers["allow"].split(", ")), (method, page.path)


def test_no_form_is_obeyed_that_is_not_of_a_page_of_ours(
    site: ReadingSite, answers: Sequence[tuple[Page, Response]]
) -> None:
    """Neither without the token that our page has, nor with it from another site; signing in is a form, too."""
    of_operator = [(page, answer) for page, answer in answers if answer.request.method == "POST"][-POSTS:]
    site.visitor = OPERATOR

    for page, answer in of_operator:
        assert answer.status_code == 403 or not page.checks_form, page.path
        sent = site.session.post(
            site.url + address_of(page), data={}, headers={"Sec-Fetch-Site": "cross-site"}, timeout=20
        )
        assert sent.status_code == 403 or page.takes_from_anywhere, page.path


def test_a_form_is_taken_as_a_form_and_as_nothing_else(site: ReadingSite) -> None:
    site.visitor = OPERATOR
    for kind in (
        "application/json",
        "text/plain",
        "text/xml",
        "",
        "multipart/form-data",
        "multipart/form-data; b=\u00e9",
    ):
        answer = site.session.post(
            site.url + "/theme",
            data=b'{"theme": "dark"}',
            headers={"Origin": site.url, "Content-Type": kind.encode("latin-1")},
            allow_redirects=False,
            timeout=20,
        )
        assert "theme" not in answer.cookies, kind
        assert answer.status_code in (303, 415), kind


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_other_sites_read_nothing_and_ask_nothing_of_browsers(site: ReadingSite, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a"}
    for path in ("/", "/changes.json", "/healthz", "/live?trial=none", "/login"):
        for method in ("GET", "OPTIONS"):
            answer = site.session.request(method, site.url + path, headers=asks, timeout=20, allow_redirects=False)
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")], path


def test_every_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    site: ReadingSite, answers: Sequence[tuple[Page, Response]]
) -> None:
    set_here = []
    for _, answer in answers:
        set_here += answer.raw.headers.getlist("set-cookie")
    site.visitor = NOBODY
    set_here += site.post("/theme", theme="dark").raw.headers.getlist("set-cookie")

    assert {each.partition("=")[0] for each in set_here} >= {"form", "theme"}
    for each in set_here:
        flags = {flag.strip().lower() for flag in each.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= flags, each
        assert not any(flag.startswith("domain") for flag in flags), each
        assert len(each) < 4096


@pytest.fixture(params=["", "/monitor"])
def raw(request: pytest.FixtureRequest, quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[ReadingSite]:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox, path=request.param) as running:
        yield running
    outbox.registry.close()


@pytest.mark.parametrize(
    "path",
    [
        "/trials/",
        "/account/",
        "/login/",
        "//evil.example",
        "//evil.example/..",
        "/\\evil.example",
        "/trials//evil.example",
        "/account?next=//evil.example",
        "/trials/nct02116634",
        "/login?next=https://evil.example",
        "",
        "/healthz/",
    ],
)
def test_no_address_leads_to_another_host(raw: ReadingSite, path: str) -> None:
    """Neither by what stands in it, nor by the host that the request names."""
    connection = http.client.HTTPConnection(raw.url.removeprefix("http://"), timeout=20)
    connection.request("GET", raw.path + path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()

    target = answer.headers.get("location", raw.path + "/")
    assert target.startswith(raw.path + "/")
    assert not target.startswith(("//", "/\\"))
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//evil', body)
    assert "http://evil.example/" not in body


def test_an_error_says_nothing_of_what_is_inside(site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "SELECT secret FROM /srv/inside"

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(secret)

    site.forget()
    monkeypatch.setattr(answering, "check_token", fail)
    monkeypatch.setattr(type(site.site.counted), "get", fail)
    failed = site.get("/sponsors?q=other")

    assert failed.status_code == 500
    assert not re.search(r"SELECT|srv|Traceback|RuntimeError|\.py|Starlette|uvicorn", failed.text)
    assert wrong_with(failed) == []


def test_what_somebody_asks_for_comes_back_as_text(site: ReadingSite) -> None:
    """Also in an error, in a feed, and where a field shows it again."""
    attack = "\"'><script>alert(1)</script><!--"
    for path in ("/", "/trials", "/search", "/sponsors", "/nowhere", "/login", "/subscriptions/new", "/changes.atom"):
        for name in ("q", "next", "sponsor", "trial", "topic", "min", "before"):
            answer = site.session.get(site.url + path, params={name: attack}, timeout=20)
            assert answer.status_code in (200, 400, 404), (path, name)
            assert "<script>alert" not in answer.text, (path, name)
            assert "javascript:" not in answer.text.lower(), (path, name)


def test_only_public_pages_are_public() -> None:
    """What is not for all is in the table as such: who adds a page says whom it is for here, too."""
    decides_itself = {page.path for page in PAGES if page.needs is Needs.NOTHING}

    begins = (
        "/theme",
        "/language",
        "/login",
        "/logout",
        "/feeds/{token}/",
        "/robots.txt",
        "/a/{token}",
        "/confirm/{token}",
        "/api",
    )
    assert {path for path in decides_itself if not path.startswith(begins)} <= {
        "/subscriptions/new",
        "/subscriptions/asked",
        "/keys",
    }
