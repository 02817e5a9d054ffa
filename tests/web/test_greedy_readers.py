"""Those who read slowly, send slowly, or ask for more than there is, keep nobody waiting: over real sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.responses import Response

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.web.application import application
from monitor.web.feeds import live
from monitor.web.server.connections import MOST
from monitor.web.server.listening import Listener, listen
from monitor.web.site import answering
from monitor.web.site.asked import Asked
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site
from tests.outbox import OutboxHarness
from tests.web.reading_site import answering_of
from tests.web.test_connections import all_of, connected

LARGE = 8 * 2**20
"""Bytes: more than the system keeps for both ends of a connection."""
HALF_A_FORM = b"POST /theme HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ntheme="


class Door:
    """The site, with a page that is large and one that waits until it may answer."""

    def __init__(self, outbox: OutboxHarness, head_within: float = 60) -> None:
        self.go_on = threading.Event()
        self.answering = answering_of(outbox, "http://127.0.0.1:1")
        pages = (
            Page("/large", lambda site, asked: Response(b"x" * LARGE), Needs.NOTHING),
            Page("/slow", self._slow, Needs.NOTHING),
        )
        served = application(self.answering, self.answering.site.service, more=self.answering.routes(pages))
        self.listener = Listener(served, listen("127.0.0.1:0"), head_within=head_within)
        self.held = ExitStack()
        self.listener.start()

    def _slow(self, site: Site, asked: Asked) -> Response:
        with site.store.read():
            self.go_on.wait(30)
        return Response("done")

    def close(self) -> None:
        self.go_on.set()
        self.held.close()
        self.listener.stop()

    def sends(self, sent: bytes) -> socket.socket:
        connection = self.held.enter_context(connected(self.listener))
        connection.sendall(sent)
        return connection

    def asks(self, path: str) -> socket.socket:
        return self.sends(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    def answer(self, path: str) -> tuple[str, float]:
        """The answer, and the seconds that it took."""
        began = time.monotonic()
        return all_of(self.asks(path)), time.monotonic() - began

    def asked_slow(self, count: int) -> list[socket.socket]:
        """So many who wait for the page that waits; *count* beyond WAITING is more than there may be."""
        wanted = min(count, answering.WAITING)
        made = [self.asks("/slow") for _ in range(count)]
        until = time.monotonic() + 20
        while self.answering._waiting < wanted:
            assert time.monotonic() < until
            time.sleep(0.01)
        return made


@pytest.fixture
def door(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Door]:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    running = Door(outbox)
    yield running
    running.close()
    outbox.registry.close()


def test_who_takes_an_answer_slowly_holds_no_thread_and_no_database_connection(door: Door) -> None:
    readers = [door.asks("/large") for _ in range(answering.THREADS + 2)]
    for reader in readers:
        assert reader.recv(1) == b"H"

    answer, seconds = door.answer("/nowhere")

    assert answer.startswith("HTTP/1.1 404 ")
    assert seconds < 1
    assert door.answering._waiting == 0


def test_who_takes_an_answer_slowly_gets_all_of_it_unless_it_is_far_too_slow(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a tenth of a second for a request, and a second for an answer, whatever its size."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    monkeypatch.setattr("monitor.web.server.connections.SLOWEST", float(LARGE))
    door = Door(outbox, head_within=0.1)
    slow, still = door.asks("/large"), door.asks("/large")
    time.sleep(0.5)
    whole = all_of(slow)
    time.sleep(1)
    part = all_of(still)
    door.close()
    outbox.registry.close()

    assert len(whole) > LARGE
    assert len(part) < LARGE


def test_more_than_may_wait_are_told_to_come_again_and_health_is_answered_meanwhile(door: Door) -> None:
    waiting = door.asked_slow(answering.WAITING)

    refused, seconds = door.answer("/nowhere")
    healthy, at_once = door.answer("/healthz")
    door.go_on.set()

    assert refused.startswith("HTTP/1.1 503 ")
    assert "\nretry-after: 1" in refused.lower()
    assert healthy.startswith("HTTP/1.1 200 ")
    assert max(seconds, at_once) < 1
    assert all("done" in all_of(each) for each in waiting)


def test_what_is_kept_is_shown_to_strangers_while_all_threads_are_busy(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.web.site.proof.READ_EVERY", 600.0)
    monkeypatch.setattr("monitor.web.site.keeping.SECONDS", 600.0)
    door.answering.is_nobody = lambda request: "cookie" not in request.headers
    asking = b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"

    def status(sent: bytes) -> bytes:
        with door.sends(sent + b"\r\n") as connection:
            return connection.recv(12)

    assert status(asking) == b"HTTP/1.1 200"
    waiting = door.asked_slow(answering.WAITING)

    assert status(asking) == b"HTTP/1.1 200"
    assert status(asking + b"Cookie: session=x\r\n") == b"HTTP/1.1 503", "who that is has to be looked up"
    assert status(asking.replace(b"/ ", b"/trials ")) == b"HTTP/1.1 503", "that was not made yet"
    door.answering.kept.clear()
    assert status(asking) == b"HTTP/1.1 503"
    door.go_on.set()
    assert all("done" in all_of(each) for each in waiting)


def test_forms_that_never_end_keep_nobody_out(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Not even beside all who may wait for pages: whoever sends half of something makes room, unlogged."""
    waiting = door.asked_slow(answering.WAITING)
    for _ in range(MOST):
        door.sends(HALF_A_FORM)

    healthy, seconds = door.answer("/healthz")
    door.go_on.set()

    assert healthy.startswith("HTTP/1.1 200 ")
    assert seconds < 1
    assert all("done" in all_of(each) for each in waiting)
    assert [line.message for line in caplog.records if line.levelname in ("WARNING", "ERROR")] == []


def test_all_that_may_wait_at_once_leaves_room_for_machines() -> None:
    agents = pytest.importorskip("monitor.mcp.http")
    assert answering.WAITING + live.MOST + agents.AT_ONCE < MOST - 8
