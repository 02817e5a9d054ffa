"""Signing in, one's account, and the operator's page of users, as a browser has them: over real HTTP."""

import http.client
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from threading import Thread

import pyotp
import pytest
import requests
from requests import Response, Session
from starlette.requests import Request

from monitor.access import tokens, users
from monitor.access.tries import MOST
from monitor.model.access import Permission, User
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import tokens as token_rows
from monitor.storage import users as user_rows
from monitor.storage.store import Store
from monitor.web.access import users as users_pages
from monitor.web.access.visiting import Visitors, session_cookie
from monitor.web.server.peers import networks_of
from tests.access.people import PASSWORD
from tests.outbox import OutboxHarness
from tests.web.reading_site import ReadingSite

ANOTHER = "velvet quarry sings at noon"
numbers = count(1)


class Form(HTMLParser):
    """The fields that a form of a page has before anybody fills it in."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action = action
        self.is_within = False
        self.fields: dict[str, str] = {}
        self.is_there = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.is_within = given.get("action") == self.action and not self.is_there
            self.is_there = self.is_there or self.is_within
        elif tag == "input" and self.is_within and given.get("type") == "hidden":
            self.fields[given["name"] or ""] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self.is_within = self.is_within and tag != "form"


class Browser:
    """Keeps cookies, and sends the forms of pages."""

    def __init__(self, site: ReadingSite, network: str, **headers: str) -> None:
        self.site = site
        self.session = Session()
        self.session.trust_env = False
        self.session.headers.update({"X-Forwarded-For": network, **headers})

    def get(self, path: str, **headers: str) -> Response:
        return self.session.get(self.site.url + path, headers=headers, allow_redirects=False, timeout=20)

    def fill(self, path: str, action: str = "", **fields: str) -> Response:
        """Open a page, and send the form on it that goes to *action*."""
        form = Form(self.get(path).text, action or path.partition("?")[0])
        assert form.is_there, path
        return self.post(form.action, **{**form.fields, **fields})

    def post(self, path: str, **fields: str) -> Response:
        headers = {"Origin": self.site.url}
        return self.session.post(self.site.url + path, data=fields, headers=headers, allow_redirects=False, timeout=20)

    def sign_in(self, name: str, password: str = PASSWORD, path: str = "/login") -> Response:
        return self.fill(path, "/login", name=name, password=password)

    def is_in(self) -> bool:
        return self.get("/account").status_code == 200


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingSite]:
    folder: Path = tmp_path_factory.mktemp("access")
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    with Sandbox(trials=1) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        with ReadingSite(outbox, is_public=False) as running:
            running.answering.visitor_of = visitors(running)
            yield running
        outbox.registry.close()
    store.close()


def visitors(site: ReadingSite, **more: object) -> Visitors:
    return Visitors(access=site.site.access, clock=site.site.subscribing.clock, cookies=site.site.cookies, **more)  # type: ignore[arg-type]


def test_nobody_is_looked_up_only_where_a_request_says_nothing_of_who_asks(site: ReadingSite) -> None:
    def saying(**headers: str) -> Request:
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        return Request({"type": "http", "headers": named})

    plain, behind_a_proxy = visitors(site), visitors(site, header="X-User")
    session = f"{session_cookie(site.site.cookies)}=anything"

    assert plain.is_nobody(saying(cookie="theme=dark"))
    assert not plain.is_nobody(saying(cookie=f"theme=dark; {session}"))
    assert plain.is_nobody(saying(**{"x-user": "rita"}))
    assert not behind_a_proxy.is_nobody(saying(**{"x-user": "rita"}))
    assert behind_a_proxy.is_nobody(saying())


@pytest.fixture
def browser(site: ReadingSite) -> Browser:
    return another(site)


def another(site: ReadingSite, **headers: str) -> Browser:
    """A browser in a network of its own."""
    number = next(numbers)
    return Browser(site, f"10.{number // 250}.{number % 250}.7", **headers)


def added(site: ReadingSite, role: Permission = Permission.READ) -> User:
    name = f"user{next(numbers)}"
    return users.add(name, PASSWORD, role, site.site.access, now=site.site.subscribing.clock())


def words(answer: Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])).split())


def test_without_any_user_the_page_says_how_to_make_the_first(site: ReadingSite, browser: Browser) -> None:
    for each in users.listing(site.site.access):
        users.remove(each, site.site.access)
    page = browser.get("/login")

    assert page.status_code == 200
    assert "monitor user add NAME --role operate" in page.text
    added(site)
    assert "monitor user add" not in browser.get("/login").text


def test_who_signs_in_goes_on_where_they_wanted_to(site: ReadingSite, browser: Browser) -> None:
    name = added(site).name
    refused = browser.get("/account?done=password")
    assert (refused.status_code, refused.headers["location"]) == (303, "/login?next=%2Faccount%3Fdone%3Dpassword")

    answer = browser.sign_in(name.upper(), path=refused.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert name in words(browser.get("/account"))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Path=/" in cookie
    assert browser.get("/account").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_signing_in_leads_to_no_other_site(site: ReadingSite, browser: Browser, target: str) -> None:
    name = added(site).name
    form = Form(browser.get("/login").text, "/login")
    answer = browser.post("/login", **{**form.fields, "next": target, "name": name, "password": PASSWORD})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_same_is_said_of_a_wrong_name_and_a_wrong_password(site: ReadingSite) -> None:
    name = added(site).name
    wrong = another(site).sign_in(name, "not the right one at all")
    unknown = another(site).sign_in("nobody at all", "not the right one at all")

    assert wrong.status_code == unknown.status_code == 403
    assert words(wrong) == words(unknown)
    assert "The name or the password is not right" in words(wrong)
    assert "session" not in wrong.cookies


def test_what_was_typed_as_a_name_comes_back_harmless_and_the_password_does_not(
    site: ReadingSite, browser: Browser
) -> None:
    answer = browser.sign_in('"><script>alert(1)</script>', "secret-that-was-typed")

    assert "<script>alert" not in answer.text
    assert "secret-that-was-typed" not in answer.text


def test_a_sign_in_that_another_site_sends_is_not_obeyed(site: ReadingSite, browser: Browser) -> None:
    name = added(site).name
    without_token = browser.post("/login", name=name, password=PASSWORD)
    form = Form(browser.get("/login").text, "/login")
    elsewhere = browser.session.post(
        site.url + "/login",
        data={**form.fields, "name": name, "password": PASSWORD},
        headers={"Origin": "https://evil.example"},
        allow_redirects=False,
        timeout=20,
    )

    assert (without_token.status_code, elsewhere.status_code) == (403, 403)
    assert not browser.is_in()


def test_a_session_that_somebody_planted_does_not_become_that_of_who_signs_in(
    site: ReadingSite, browser: Browser
) -> None:
    name = added(site).name
    browser.sign_in(added(site).name)
    planted = browser.session.cookies["session"]
    browser.sign_in(name)
    first = browser.session.cookies["session"]
    assert first != planted
    browser.sign_in(name)

    assert browser.session.cookies["session"] != first
    for former in (planted, first):
        stale = another(site)
        stale.session.cookies.set("session", former)
        assert not stale.is_in()


def test_ten_wrong_tries_of_one_network_make_it_wait_and_nobody_else(site: ReadingSite, browser: Browser) -> None:
    name = added(site).name
    for number in range(MOST):
        assert browser.sign_in(f"nobody{number}", "not the right one at all").status_code == 403
    waits = browser.sign_in(name)

    assert waits.status_code == 429
    assert int(waits.headers["retry-after"]) == 61
    assert "wait 1 minute" in words(waits)
    assert another(site).sign_in(name).status_code == 303


def test_strangers_who_try_passwords_keep_no_reader_waiting(site: ReadingSite) -> None:
    def attempt() -> None:
        tried.append(another(site).sign_in("nobody", "not the right one at all").status_code)

    tried: list[int] = []
    threads = [Thread(target=attempt) for _ in range(30)]
    for each in threads:
        each.start()
    answers = [another(site).get("/login").status_code for _ in range(5)]
    for each in threads:
        each.join()

    assert answers == [200] * 5
    assert set(tried) <= {403, 429, 503}


def test_signing_out_ends_the_session_and_clears_what_the_browser_kept(site: ReadingSite, browser: Browser) -> None:
    browser.sign_in(added(site).name)
    kept = browser.session.cookies["session"]
    assert browser.get("/logout").status_code == 200
    assert browser.is_in()
    assert 'href="/logout"' in browser.get("/account").text

    answer = browser.fill("/logout")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?done=out")
    assert "cache" in answer.headers["clear-site-data"]
    assert not browser.is_in()
    browser.session.cookies.set("session", kept)
    assert not browser.is_in()
    assert "You are signed out." in words(browser.get("/login?done=out"))


def test_the_way_to_sign_in_leads_back_and_carries_no_secret_of_an_address(site: ReadingSite, browser: Browser) -> None:
    assert 'href="/login?next=/nowhere%3Fa%3Db"' in browser.get("/nowhere?a=b").text
    for secret in ("/a/very-secret", "/a/very-secret/leave", "/confirm/very-secret"):
        assert "next=" not in browser.get(secret).text


def test_signing_out_needs_a_form_of_ours(site: ReadingSite, browser: Browser) -> None:
    browser.sign_in(added(site).name)
    assert browser.post("/logout", form="").status_code == 403
    assert browser.is_in()


def test_changing_the_password_takes_the_former_one_and_ends_other_sessions(site: ReadingSite) -> None:
    name = added(site).name
    here, elsewhere = another(site), another(site)
    here.sign_in(name)
    elsewhere.sign_in(name)
    change = {"path": "/account", "action": "/account/password"}

    wrong = here.fill(**change, password="not the right one at all", new=ANOTHER, again=ANOTHER)
    differing = here.fill(**change, password=PASSWORD, new=ANOTHER, again=ANOTHER + "!")
    common = here.fill(**change, password=PASSWORD, new="password1234", again="password1234")
    assert [each.status_code for each in (wrong, differing, common)] == [403, 400, 400]
    assert "The password is not the one that you sign in with" in words(wrong)
    assert "The two new passwords differ" in words(differing)
    assert "too common" in words(common)
    assert elsewhere.is_in()

    assert here.fill(**change, password=PASSWORD, new=ANOTHER, again=ANOTHER).status_code == 303
    assert here.is_in()
    assert not elsewhere.is_in()
    assert another(site).sign_in(name, ANOTHER).status_code == 303


def with_codes(site: ReadingSite, browser: Browser) -> tuple[str, str, list[str]]:
    """The name of somebody who turned on codes in this browser, the secret, and the recovery codes."""
    name = added(site).name
    browser.sign_in(name)
    page = browser.fill("/account", "/account/codes", password=PASSWORD, do="begin")
    assert "<svg" in page.text
    secret = re.sub(" ", "", re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1])  # type: ignore[index]
    form = Form(page.text, "/account/codes")
    wrong = browser.post("/account/codes", **form.fields, code="000000", do="confirm")
    assert wrong.status_code == 403
    code = pyotp.TOTP(secret).at(site.site.subscribing.clock())
    done = browser.post("/account/codes", **Form(wrong.text, "/account/codes").fields, code=code, do="confirm")
    assert done.status_code == 200
    assert done.headers["cache-control"] == "no-store"
    return name, secret, re.findall(r"(?:[a-z2-7]{4}-){5}[a-z2-7]{4}", done.text)


def test_with_codes_a_password_is_half_of_signing_in(site: ReadingSite, browser: Browser) -> None:
    name, secret, recovery = with_codes(site, browser)
    assert len(recovery) == 10
    site.outbox.clock.advance(minutes=5)

    again = another(site)
    begun = again.sign_in(name, path="/login?next=/account")
    assert begun.headers["location"] == "/login/code?next=%2Faccount"
    assert not again.is_in()
    before = again.session.cookies["session"]
    page = again.get(begun.headers["location"])
    assert 'autocomplete="one-time-code"' in page.text
    wrong = again.fill(begun.headers["location"], "/login/code", code="000000")
    assert wrong.status_code == 403
    assert "The code is not right" in words(wrong)

    code = pyotp.TOTP(secret).at(site.site.subscribing.clock())
    done = again.fill(begun.headers["location"], "/login/code", code=code)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert again.is_in()
    assert again.session.cookies["session"] != before
    assert "10 recovery codes left" in words(again.get("/account"))

    lost = another(site)
    lost.sign_in(name)
    assert lost.fill("/login/code", code=recovery[0]).status_code == 303
    assert "9 recovery codes left" in words(lost.get("/account"))
    assert lost.fill("/account", "/account/codes", password=PASSWORD, do="off").status_code == 303
    assert another(site).sign_in(name).headers["location"] == "/"


def test_where_everybody_needs_codes_who_has_none_sets_up_an_app_first(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    with Sandbox(trials=1) as sandbox:
        outbox = OutboxHarness(store, sandbox, tmp_path)
        with ReadingSite(outbox, is_public=False) as site:
            site.answering.site = replace(site.site, access=replace(site.site.access, requires_codes=True))
            site.answering.visitor_of = visitors(site)
            name, browser = added(site).name, another(site)
            place = browser.sign_in(name, path="/login?next=/account").headers["location"]
            before = browser.is_in()
            page = browser.get(place)
            secret = re.sub(" ", "", re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1])  # type: ignore[index]
            fields = Form(page.text, "/login/app").fields
            wrong = browser.post("/login/app", **fields, code="000000")
            code = pyotp.TOTP(secret).at(site.site.subscribing.clock())
            right = browser.post("/login/app", **Form(wrong.text, "/login/app").fields, code=code)
            after = browser.is_in()
            off = browser.fill("/account", "/account/codes", password=PASSWORD, do="off")
            site.outbox.clock.advance(minutes=5)
            next_time = another(site).sign_in(name).headers["location"]
        outbox.registry.close()
    store.close()

    assert place == "/login/app?next=%2Faccount"
    assert (before, after) == (False, True)
    assert (wrong.status_code, right.status_code) == (403, 200)
    assert 'href="/account"' in right.text
    assert off.status_code == 400
    assert next_time.startswith("/login/code")


def test_nobody_gives_a_code_who_has_not_given_the_password(site: ReadingSite, browser: Browser) -> None:
    assert browser.get("/login/code").headers["location"] == "/login"
    token = Form(browser.get("/login").text, "/login").fields["form"]
    assert browser.post("/login/code", form=token, code="000000").headers["location"] == "/login"


def test_the_picture_of_one_user_is_of_no_use_to_another(site: ReadingSite, browser: Browser) -> None:
    browser.sign_in(added(site).name)
    page = browser.fill("/account", "/account/codes", password=PASSWORD, do="begin")
    sealed = Form(page.text, "/account/codes").fields["sealed"]
    other = another(site)
    other.sign_in(added(site).name)
    for each in (sealed, "", "nonsense", "ä"):
        assert other.fill("/account", "/account/codes", sealed=each, code="1", do="confirm").status_code == 403


def test_somebody_sees_where_they_are_signed_in_and_ends_it_there(site: ReadingSite) -> None:
    name = added(site).name
    here, phone, desk = another(site), another(site, **{"User-Agent": "<b>Phone</b>"}), another(site)
    stranger = another(site)
    stranger.sign_in(added(site).name)
    for each in (here, phone, desk):
        each.sign_in(name)
    page = here.get("/account")
    assert "&lt;b&gt;Phone&lt;/b&gt;" in page.text
    theirs = re.findall(r'name="session" value="([0-9a-f]{64})"', page.text)
    assert len(theirs) == 2
    foreign = re.findall(r'name="session" value="([0-9a-f]{64})"', stranger.get("/account").text)
    assert foreign == []

    assert stranger.fill("/account", "/account/sessions", session=theirs[0], password=PASSWORD).status_code == 303
    assert phone.is_in()
    assert desk.is_in()
    assert here.fill("/account", "/account/sessions", session=theirs[0], password="wrong").status_code == 403
    assert [phone.is_in(), desk.is_in()] == [True, True]
    here.fill("/account", "/account/sessions", session=theirs[0], password=PASSWORD)
    assert [phone.is_in(), desk.is_in()].count(False) == 1
    here.fill("/account", "/account/sessions", session="others", password=PASSWORD)
    assert [here.is_in(), phone.is_in(), desk.is_in()] == [True, False, False]
    assert stranger.is_in()


def test_a_token_of_ones_own_is_shown_once_and_may_do_no_more_than_its_owner(
    site: ReadingSite, browser: Browser
) -> None:
    user = added(site, Permission.SUBSCRIBE)
    browser.sign_in(user.name)
    label = f"dashboard of {user.name}"
    more = browser.fill("/account", "/account/tokens", name=label, scope="operate", days="", do="make")
    assert more.status_code == 400
    assert "may not operate" in words(more)

    made = browser.fill("/account", "/account/tokens", do="make", name=label, scope="subscribe", days="30")
    text = re.search(r"rmt_[0-9a-f]{16}_[\w-]{43}", made.text)[0]  # type: ignore[index]
    assert "Content-Encoding" not in made.headers
    assert text not in browser.get("/account").text
    now = site.site.subscribing.clock()
    found = tokens.of_text(text, site.site.access, network="", now=now)
    assert found
    assert found.allows == {Permission.READ, Permission.SUBSCRIBE}
    assert found.expires_at == now + timedelta(days=30)

    stranger = another(site)
    stranger.sign_in(added(site).name)
    token = Form(stranger.get("/account").text, "/account/tokens").fields["form"]
    assert stranger.post("/account/tokens", form=token, do="revoke", token=found.id).status_code == 404
    assert browser.fill("/account", "/account/tokens", do="revoke", token=found.id).status_code == 303
    assert tokens.of_text(text, site.site.access, network="", now=now) is None


def test_only_operators_see_the_page_of_users(site: ReadingSite) -> None:
    assert another(site).get("/users").status_code == 303
    for role, status in ((Permission.READ, 403), (Permission.SUBSCRIBE, 403), (Permission.OPERATE, 200)):
        browser = another(site)
        browser.sign_in(added(site, role).name)
        page = browser.get("/users")
        assert page.status_code == status
        token = Form(browser.get("/account").text, "/logout").fields["form"]
        asked = browser.post("/users", form=token, name="", role="read")
        assert asked.status_code == (400 if status == 200 else 403)
    assert "Ask whoever operates this site" in words(another_reader(site).get("/users"))


def another_reader(site: ReadingSite) -> Browser:
    browser = another(site)
    browser.sign_in(added(site).name)
    return browser


def test_an_operator_adds_changes_and_removes_users(site: ReadingSite, browser: Browser) -> None:
    operator = added(site, Permission.OPERATE)
    browser.sign_in(operator.name)
    name = f"grace{next(numbers)}"
    made = browser.fill("/users", "/users", name=name, role="read")
    given = re.search(r'<code class="cmd">([^<]+)</code>', made.text)[1]  # type: ignore[index]
    theirs = another(site)
    choosing = theirs.sign_in(name, given, path="/login?next=/account").headers["location"]
    assert choosing == "/login/password?next=%2Faccount"
    assert not theirs.is_in()
    same = theirs.fill(choosing, "/login/password", new=given, again=given)
    differing = theirs.fill(choosing, "/login/password", new=ANOTHER, again=PASSWORD)
    assert (same.status_code, differing.status_code) == (400, 400)
    assert "choose one of your own" in words(same)
    done = theirs.fill(choosing, "/login/password", new=ANOTHER, again=ANOTHER)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert theirs.is_in()
    assert theirs.get("/login/password").headers["location"] == "/login"
    assert browser.fill("/users", "/users", name=name.upper(), role="read").status_code == 400

    path = f"/users/{users.find(name, site.site.access).id}"
    assert theirs.get("/users").status_code == 403
    assert browser.fill(path, path, do="role", role="operate").status_code == 303
    assert theirs.get("/users").status_code == 200
    assert browser.fill(path, path, do="role", role="king").status_code == 400
    assert browser.fill(path, path, do="dance").status_code == 400
    assert browser.fill(path, path, do="out").status_code == 303
    assert not theirs.is_in()
    assert theirs.sign_in(name, ANOTHER).status_code == 303
    another_password = browser.fill(path, path, do="password")
    assert another_password.status_code == 200
    assert not theirs.is_in()
    assert theirs.sign_in(name, ANOTHER).status_code == 403
    assert browser.fill(path, path, do="remove").status_code == 303
    assert name not in browser.get("/users").text


def test_of_many_users_and_tokens_a_page_shows_some_and_leads_to_the_others(
    site: ReadingSite, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users_pages, "SHOWN", 2)
    browser.sign_in(added(site, Permission.OPERATE).name)
    for _ in range(3):
        name = added(site).name
        tokens.add(f"token of {name}", Permission.READ, site.site.access, now=site.site.subscribing.clock())
    with site.site.store.read() as tx:
        there = {user.name for user in user_rows.listing(tx)}
        made = {token.id for token in token_rows.listing(tx)}
    for label, found, of_row in (
        ("More users", there, r'<th scope="row"><a[^>]*><bdi>([^<]+)'),
        ("More tokens", made, r"rmt_([0-9a-f]{16})…"),
    ):
        path, seen = "/users", []
        while path:
            page = browser.get(path).text
            rows = re.findall(of_row, page)
            assert len(rows) <= 2
            seen += rows
            further = re.search(rf'href="([^"]+)">{label}<', page)
            path = unescape(further[1]) if further else ""
        assert sorted(map(unescape, seen)) == sorted(found)
    assert browser.get("/users?after=nonsense").status_code == 400


def test_an_operator_cannot_shut_themselves_out(site: ReadingSite, browser: Browser) -> None:
    operator = added(site, Permission.OPERATE)
    browser.sign_in(operator.name)
    token = Form(browser.get("/users").text, "/users").fields["form"]
    for action in ("remove", "role", "out"):
        answer = browser.post(f"/users/{operator.id}", form=token, do=action, role="read")
        assert answer.status_code == 400
        assert "That is you" in words(answer)
    assert browser.get(f"/users/{operator.id}").status_code == 400
    for number in ("0", "x", "99999999999999999999", "²"):
        assert browser.post(f"/users/{number}", form=token, do="remove").status_code == 404


def test_an_operator_makes_and_revokes_tokens_of_nobody_in_particular(site: ReadingSite, browser: Browser) -> None:
    browser.sign_in(added(site, Permission.OPERATE).name)
    made = browser.fill("/users", "/users/tokens", do="make", name="nightly", scope="operate", days="90")
    text = re.search(r"rmt_[\w-]+", made.text)[0]  # type: ignore[index]
    found = tokens.of_text(text, site.site.access, network="", now=site.site.subscribing.clock())
    assert found
    assert found.owner is None
    assert "nobody in particular" in words(browser.get("/users"))
    assert browser.fill("/users", "/users/tokens", do="make", name="nightly", scope="read").status_code == 400
    assert browser.fill("/users", "/users/tokens", do="make", name="other", scope="king").status_code == 400
    assert browser.fill("/users", "/users/tokens", do="revoke", token=found.id).status_code == 303
    assert browser.fill("/users", "/users/tokens", do="make", name="nightly", scope="read").status_code == 200


def test_password_fields_hide_what_is_typed_and_let_password_managers_work(site: ReadingSite, browser: Browser) -> None:
    name = added(site).name
    fields = re.findall(r"<input[^>]*password[^>]*>", browser.get("/login").text)
    browser.sign_in(name)
    fields += re.findall(r'<input[^>]*type="password"[^>]*>', browser.get("/account").text)

    assert len(fields) >= 5
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in field
        assert 'maxlength="1000"' in field
    assert 'autocomplete="username"' in browser.get("/login").text


# Proxies that sign people in


@pytest.fixture
def proxied(site: ReadingSite) -> Iterator[ReadingSite]:
    """The site behind a proxy on this machine that signs people in."""
    former = site.answering.visitor_of
    site.answering.visitor_of = visitors(site, header="X-Forwarded-User", proxies=networks_of(["127.0.0.0/8"]))
    yield site
    site.answering.visitor_of = former


def test_a_trusted_proxy_says_who_asks(proxied: ReadingSite) -> None:
    browser = another(proxied)
    answer = browser.get("/account", **{"X-Forwarded-User": "zoe@example.org"})
    assert answer.status_code == 200
    assert "zoe@example.org" in words(answer)
    assert browser.get("/users", **{"X-Forwarded-User": "zoe@example.org"}).status_code == 403
    operator = added(proxied, Permission.OPERATE)
    assert browser.get("/users", **{"X-Forwarded-User": operator.name}).status_code == 200
    assert browser.get("/account").status_code == 303


def test_the_peer_itself_has_to_be_the_proxy_whoever_it_says_that_it_speaks_for(proxied: ReadingSite) -> None:
    proxied.answering.visitor_of = visitors(proxied, header="X-Forwarded-User", proxies=networks_of(["192.0.2.0/24"]))
    browser = Browser(proxied, "192.0.2.7")
    answer = browser.get("/account", **{"X-Forwarded-User": "zoe", "X-Forwarded-For": "192.0.2.7"})
    assert answer.status_code == 303


def test_a_header_that_nobody_configured_says_nothing(site: ReadingSite) -> None:
    assert another(site).get("/account", **{"X-Forwarded-User": "zoe"}).status_code == 303


@pytest.mark.parametrize("name", ["", "x" * 101, "a\u202eb".encode().decode("latin-1"), "a\tb"])
def test_a_name_that_is_none_is_nobodys(proxied: ReadingSite, name: str) -> None:
    assert another(proxied).get("/account", **{"X-Forwarded-User": name}).status_code == 303


def test_two_headers_of_the_kind_are_one_too_many(proxied: ReadingSite) -> None:
    host, _, port = proxied.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    connection.putrequest("GET", "/account")
    connection.putheader("X-Forwarded-User", "zoe")
    connection.putheader("X-Forwarded-User", "olga")
    connection.endheaders()
    assert connection.getresponse().status == 303
    connection.close()


def test_who_comes_by_a_proxy_has_forms_and_no_password(proxied: ReadingSite) -> None:
    operator = added(proxied, Permission.OPERATE)
    browser = another(proxied, **{"X-Forwarded-User": operator.name})
    assert browser.fill("/users", "/users", name=f"heidi{next(numbers)}", role="read").status_code == 200
    token = Form(browser.get("/users").text, "/users").fields["form"]
    assert browser.post("/account/password", form=token, password=PASSWORD).status_code == 403
    assert 'type="password"' not in browser.get("/account").text


# By https


def test_over_https_no_other_host_can_set_the_cookie_of_a_session(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    with Sandbox(trials=1) as sandbox:
        outbox = OutboxHarness(store, sandbox, tmp_path)
        with ReadingSite(outbox, is_public=False) as site:
            plain = site.site
            secure = replace(plain, links=replace(plain.links, public_url="https://trials.example.org"))
            site.answering.site = secure
            site.answering.visitor_of = Visitors(
                access=secure.access, clock=secure.subscribing.clock, cookies=secure.cookies
            )
            name = added(site).name
            page = another(site).get("/login")
            form = Form(page.text, "/login").fields
            cookie = page.headers["set-cookie"].partition(";")[0]
            answer = requests.post(
                site.url + "/login",
                data={**form, "name": name, "password": PASSWORD},
                headers={"Cookie": cookie, "Origin": "https://trials.example.org"},
                allow_redirects=False,
                timeout=20,
            )
            given = answer.headers["set-cookie"]
            let_in = requests.get(site.url + "/account", headers={"Cookie": given.partition(";")[0]}, timeout=20)
            renamed = given.partition(";")[0].removeprefix("__Host-")
            other = requests.get(site.url + "/account", headers={"Cookie": renamed}, allow_redirects=False, timeout=20)
        outbox.registry.close()
    store.close()

    assert answer.status_code == 303
    assert given.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(given.split("; "))
    assert "Domain" not in given
    assert cookie.startswith("__Host-form=")
    assert (let_in.status_code, other.status_code) == (200, 303)


# What is written down


def test_the_log_says_who_signed_in_and_no_password_nor_what_may_be_one(
    site: ReadingSite, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    name = added(site).name
    with caplog.at_level(logging.INFO, "monitor.web.access"):
        browser.sign_in(PASSWORD, "typed in the wrong field")
        browser.sign_in(name, "typed in the wrong field")
        browser.sign_in(name)
    said = [record.getMessage() for record in caplog.records]

    assert len(said) == 3
    assert said[0].startswith("sign-in refused: an unknown name, from 10.")
    assert said[1].startswith(f"sign-in refused: {name}, from 10.")
    assert said[2].startswith(f"signed in: {name}, from 10.")
    assert PASSWORD not in " ".join(said)
    assert "wrong field" not in " ".join(said)
