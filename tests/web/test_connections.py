"""Strangers at the health port cannot hold it, fill it, or lead anybody astray: over real sockets."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from monitor.web.server.connections import MOST, most_connections
from monitor.web.server.listening import Listener, listen
from tests.web.served import StubHealth, machine_site

HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_no_part_of_an_answer_waits_until_another_is_acknowledged() -> None:
    with listen("127.0.0.1:0") as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


class Door:
    """A port with the pages behind it."""

    def __init__(self, head_within: float) -> None:
        self.listener = Listener(machine_site(StubHealth()), listen("127.0.0.1:0"), head_within=head_within)
        self._open = ExitStack()

    def __enter__(self) -> "Door":
        self.listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        assert self.listener.stop()

    def connected(self, sent: bytes = b"") -> socket.socket:
        connection = self._open.enter_context(connected(self.listener))
        connection.sendall(sent)
        return connection

    def answer(self, sent: bytes) -> str:
        return all_of(self.connected(sent))


def connected(listener: Listener) -> socket.socket:
    host, _, port = listener.address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def all_of(connection: socket.socket) -> str:
    """What comes until the other side ends it."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts).decode("latin-1")


def is_open(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


@pytest.fixture
def door() -> Iterator[Door]:
    with Door(head_within=60) as running:
        yield running


@pytest.fixture
def hasty() -> Iterator[Door]:
    with Door(head_within=0.5) as running:
        yield running


def test_half_requests_fill_no_more_than_the_limit_and_health_is_answered_all_the_while(door: Door) -> None:
    held = []
    for number in range(MOST * 3):
        held.append(door.connected(HALF))
        if number % 40 == 39:
            assert door.answer(WHOLE).startswith("HTTP/1.1 200 OK\r\n")

    assert MOST // 2 < sum(map(is_open, held)) <= MOST


def test_a_connection_that_says_nothing_and_a_slow_head_are_ended(hasty: Door) -> None:
    silent, slow = hasty.connected(), hasty.connected(HALF)
    for _ in range(100):  # a byte now and then buys no time
        if not is_open(slow):
            break
        try:
            slow.sendall(b"x")
        except OSError:
            break
    else:
        pytest.fail("it was not ended")

    assert all_of(silent) == ""


def test_a_body_that_never_comes_is_not_waited_for(hasty: Door) -> None:
    answer = hasty.answer(b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nslow")

    assert answer.startswith("HTTP/1.1 405 ")
    assert hasty.answer(b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n").startswith("HTTP/1.1 200 ")


def test_an_answer_that_takes_its_time_is_given(hasty: Door) -> None:
    class Slow(StubHealth):
        def standing(self) -> str:
            time.sleep(0.8)
            return "leader"

    listener = Listener(machine_site(Slow()), listen("127.0.0.1:0"), head_within=0.5)
    listener.start()
    with connected(listener) as connection:
        connection.sendall(WHOLE)
        assert '"leader"' in all_of(connection)
    assert listener.stop()


def test_several_requests_on_one_connection_are_answered(door: Door) -> None:
    twice = WHOLE.replace(b"Connection: close\r\n", b"") + WHOLE

    assert door.answer(twice).count("HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /healthz/", 404),
        (b"GET //evil.example/healthz/", 404),
        (b"GET http://evil.example/healthz/", 404),
        (b"GET /metrics/?x=1", 404),
        (b"GET /readyz", 200),
        (b"GET /elsewhere", 404),
        (b"GET /healthz/../metrics", 404),
        (b"HEAD /healthz", 200),
        (b"DELETE /healthz", 405),
        (b"TRACE /healthz", 405),
        (b"BREW /healthz", 405),
        (b"OPTIONS *", 404),
    ],
)
def test_no_request_is_led_to_the_host_that_it_names(request_line: bytes, status: int, door: Door) -> None:
    answer = door.answer(request_line + b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")

    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "evil" not in answer
    assert "\nlocation:" not in answer.lower()


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz SMTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_harms_nobody(sent: bytes, hasty: Door) -> None:
    try:
        answer = hasty.answer(sent)
    except (BrokenPipeError, ConnectionResetError):
        answer = ""  # it was ended before all of it was sent

    assert answer == "" or answer.startswith("HTTP/1.1 400 ")
    assert hasty.answer(WHOLE).startswith("HTTP/1.1 200 OK\r\n")


def test_most_of_the_descriptors_are_for_the_work() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(100, soft), hard))
    try:
        assert most_connections() == min(100, soft) // 4
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
