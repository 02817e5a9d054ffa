"""The whole service behind nginx and Caddy, at a path, under TLS; with the examples of deploy/.

Skipped where there is no nginx, or no Caddy.
"""

import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from requests import Response, Session

from monitor.access import users
from monitor.access.context import AccessContext
from monitor.clock import utc_now
from monitor.model.access import Permission
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.storage import unindexed
from tests.access.people import PASSWORD
from tests.program import WITHDRAWN_LATER, of_today
from tests.service.processes import Served, Serving, eventually
from tests.web.fronted import Certificate, caddy, free_port, make_certificate, nginx

PREFIX = "/monitor"
PROXIES = {"nginx": nginx, "nginx that takes the path away": partial(nginx, strips=True), "caddy": caddy}
LINK = re.compile(r'(href|src|action|data-live)="([^"]+)"')
TYPES = ("text/html",)
MOST_KINDS = 60


@dataclass(frozen=True, slots=True)
class World:
    """A service whose public address is the port where each test starts its proxy."""

    served: Served
    port: int
    certificate: Certificate

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}{PREFIX}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("proxied")
    certificate, port = make_certificate(folder), free_port()
    with of_today(trials=3) as sandbox, Serving(folder, f"sqlite:///{folder}/monitor.sqlite3", sandbox) as serving:
        serving.configure(
            f'[web]\npublic_url = "https://127.0.0.1:{port}{PREFIX}"\npublic = true\nself_service = true\n'
            f'[[watch]]\ntrials = ["{WITHDRAWN_LATER}"]\n'
        )
        served = serving.start()
        served.says("registry checked")
        sandbox.next_state(WITHDRAWN_LATER)
        serving.look_now(served)
        served.says("trial changed")
        eventually(lambda: is_indexed(serving))
        access = AccessContext(serving.store, None)  # type: ignore[arg-type]
        users.add("olga", PASSWORD, Permission.OPERATE, access, now=utc_now())
        yield World(served, port, certificate)


def is_indexed(serving: Serving) -> bool:
    with serving.store.read() as tx:
        return not unindexed.some(tx, [ClinicalTrialsGov.key], limit=1)


@pytest.fixture(params=PROXIES)
def proxy(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[World]:
    made: AbstractContextManager[None] = PROXIES[request.param](
        tmp_path, port=world.port, service=world.served.address, certificate=world.certificate
    )
    with made:
        yield world


class Browser(Session):
    """Follows nothing by itself."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = str(world.certificate.public)
        self.world = world

    def open(self, path: str, **headers: str) -> Response:
        url = urljoin(self.world.url, path)
        return self.get(url, headers=headers, allow_redirects=False, timeout=20)

    def sign_in(self) -> Response:
        found = re.search(r'name="form" value="([0-9a-f]+)"', self.open(f"{PREFIX}/login?next=/deliveries").text)
        assert found
        fields = {"form": found[1], "name": "olga", "password": PASSWORD, "next": "/deliveries"}
        origin = self.world.url.removesuffix(PREFIX)
        return self.post(
            f"{self.world.url}/login", data=fields, headers={"Origin": origin}, allow_redirects=False, timeout=20
        )


@pytest.fixture
def browser(proxy: World) -> Iterator[Browser]:
    with Browser(proxy) as made:
        yield made


def test_every_link_of_every_page_leads_to_a_page_below_the_path(browser: Browser) -> None:
    """From the first page on, as an operator; each kind of page once."""
    browser.sign_in()
    waiting, kinds = deque([(f"{PREFIX}/", "")]), set[str]()
    while waiting:
        path, linked_by = waiting.popleft()
        answer = browser.open(path)
        assert answer.status_code in (200, 303), (path, linked_by)
        if not answer.headers.get("content-type", "").startswith(TYPES):
            continue
        for name, link in LINK.findall(answer.text):
            target = urlsplit(urljoin(urljoin(browser.world.url, path), unescape(link)))
            if target.port != browser.world.port:
                continue
            assert target.path.startswith(f"{PREFIX}/"), (path, link)
            kind = re.sub(r"\d+|[0-9a-f-]{30,}", "N", target.path) + "?" + re.sub(r"=[^&]*", "", target.query)
            if name in ("href", "src") and kind not in kinds and len(kinds) < MOST_KINDS:
                kinds.add(kind)
                waiting.append((f"{target.path}?{target.query}" if target.query else target.path, path))
    assert len(kinds) > 30


def test_signing_in_gives_a_cookie_for_our_path_alone_by_https_alone_and_leads_back(browser: Browser) -> None:
    answer = browser.sign_in()

    assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}/deliveries")
    cookie = next(each for each in answer.headers["set-cookie"].split(", ") if each.startswith("__Secure-session="))
    assert {"secure", "httponly", f"path={PREFIX}", "samesite=lax"} <= {
        each.strip().lower() for each in cookie.split(";")
    }
    assert browser.open(f"{PREFIX}/deliveries").status_code == 200


def test_whole_addresses_are_those_of_the_public_address_whatever_host_is_asked_for(proxy: World) -> None:
    with Browser(proxy) as browser:
        paths = [
            "/changes.atom",
            "/changes.json",
            f"/trials/{WITHDRAWN_LATER}/dates.ics",
            "/sitemap.xml",
            "/robots.txt",
        ]
        for path in paths:
            evil = browser.open(PREFIX + path, **{"X-Forwarded-Host": "evil.example"})
            assert evil.status_code == 200
            addresses = re.findall(r"https?://[\w.:\[\]-]+", evil.text.replace("\r\n ", ""))
            ours = [each for each in addresses if "127.0.0.1" in each]
            assert ours, path
            assert set(ours) == {proxy.url.removesuffix(PREFIX)}
            assert "evil" not in evil.text
        schema = browser.open(f"{PREFIX}/api/v1/openapi.json").json()
        assert schema["servers"] == [{"url": f"{PREFIX}/api/v1"}]
        assert browser.open(f"{PREFIX}/api/v1/trials").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1@evil.example", "evil.example:443"])
def test_a_host_that_somebody_made_up_leads_nowhere(proxy: World, host: str) -> None:
    context = ssl.create_default_context(cafile=str(proxy.certificate.public))
    for path in ("/monitor", "/monitor/", "/monitor/subscriptions/new/", "/monitor/account", "/monitor/sitemap.xml"):
        with (
            socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection,
            context.wrap_socket(connection, server_hostname="127.0.0.1") as wrapped,
        ):
            wrapped.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while part := wrapped.recv(65536):
                answer += part
        assert answer.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))
        assert b"evil" not in answer.lower(), path


def test_a_stream_comes_through_at_once(browser: Browser) -> None:
    began = time.monotonic()
    with browser.get(f"{browser.world.url}/live", stream=True, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        line = next(answer.iter_lines(chunk_size=1, decode_unicode=True))

    assert line.startswith("retry:")
    assert time.monotonic() - began < 5, "it was not kept until the stream ended, half a minute later"


@pytest.mark.parametrize(
    "path", ["metrics", "healthz", "livez", "readyz", "/metrics", "%6detrics", "x/../metrics", "metrics/"]
)
def test_what_is_for_machines_stays_on_the_machine(browser: Browser, path: str) -> None:
    context = ssl.create_default_context(cafile=str(browser.world.certificate.public))
    with (
        socket.create_connection(("127.0.0.1", browser.world.port), timeout=20) as connection,
        context.wrap_socket(connection, server_hostname="127.0.0.1") as wrapped,
    ):
        head = f"GET {PREFIX}/{path} HTTP/1.1\r\nHost: 127.0.0.1:{browser.world.port}\r\nConnection: close\r\n\r\n"
        wrapped.sendall(head.encode())
        assert wrapped.recv(65536).split()[1] == b"404"


def test_browsers_are_told_to_come_by_https_alone(browser: Browser) -> None:
    assert "max-age=31536000" in browser.open(f"{PREFIX}/").headers["strict-transport-security"]


def test_a_stranger_can_ask_for_alerts(browser: Browser) -> None:
    found = re.search(r'name="form" value="([0-9a-f]+)"', browser.open(f"{PREFIX}/subscriptions/new").text)
    assert found
    fields = {"form": found[1], "about": "trial", "trial": WITHDRAWN_LATER, "address": "anna@example.org"}
    answer = browser.post(
        f"{browser.world.url}/subscriptions/new",
        data=fields,
        headers={"Origin": browser.world.url.removesuffix(PREFIX)},
        allow_redirects=False,
        timeout=20,
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PREFIX}/subscriptions/asked"), answer.text
    assert "Look into your mailbox" in browser.open(answer.headers["Location"]).text


@pytest.mark.parametrize("proxy", ["nginx", "caddy"], indirect=True)
def test_no_log_of_the_proxy_holds_an_address_that_is_a_secret(browser: Browser, tmp_path: Path) -> None:
    secret = "s" * 40
    for path in ("a", "confirm", "feeds"):
        browser.open(f"{PREFIX}/{path}/{secret}")
    browser.open(f"{PREFIX}/trials")

    written = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file() and "conf" not in file.name)
    assert secret.encode() not in written
