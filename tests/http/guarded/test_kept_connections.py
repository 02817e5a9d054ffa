"""Connections that wait for the next POST: to the same receiver only, and no longer than it keeps quiet."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from monitor.errors import DeliveryDeferred
from monitor.http import kept
from monitor.http.connecting import LookUps, NotResolved
from monitor.http.deadline import Deadline
from tests.http.guarded.calls import names, session
from tests.http.guarded.encrypted import Encrypted, read_all
from tests.loopback import http

TAKEN = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
CLOSES = object()


class Staying:
    """A receiver that leaves connections open; *answers* are given in turn, then TAKEN for ever.

    CLOSES in place of an answer hangs up once the request is read.
    """

    def __init__(self, *answers: object, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain) -> None:
        self.connections = 0
        self.bodies: list[bytes] = []
        self._answers = iter(answers)
        self._wrap = wrap
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(self._wrap(connection),), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.settimeout(20)
            while (request := read_all(connection)) and (answer := next(self._answers, TAKEN)) is not CLOSES:
                self.bodies.append(request.partition(b"\r\n\r\n")[2])
                connection.sendall(answer)


@pytest.fixture
def staying() -> Iterator[Callable[..., Staying]]:
    made: list[Staying] = []

    def make(*answers: object, **options: object) -> Staying:
        made.append(Staying(*answers, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is slow for a second closes no connection that a test counts."""
    monkeypatch.setattr(kept, "KEPT_FOR", 60.0)


def post_each(calling: object, *urls: str) -> list[int]:
    return [calling.post(url, body=str(number).encode(), headers={}).status for number, url in enumerate(urls)]


def test_two_hundred_posts_to_one_receiver_go_over_one_connection_after_one_look_up(staying, seen):
    receiver, look_up = staying(), names(["127.0.0.1"])
    calling = session(look_up=look_up)

    statuses = post_each(calling, *(f"http://receiver.example:{receiver.port}/{number}" for number in range(200)))

    assert statuses == [204] * 200
    assert receiver.bodies == [str(number).encode() for number in range(200)]
    assert receiver.connections == len(look_up.asked) == 1
    assert seen == [("connect", ("127.0.0.1", receiver.port))]
    calling.close()


def test_a_connection_is_used_for_no_other_host_or_port(staying):
    """Not even where both names lead to one address: certificates and permissions belong to a name."""
    one, other = staying(), staying()
    calling = session(look_up=names(["127.0.0.1"]))
    hosts = ["a.example", "b.example", "a.example"]

    post_each(calling, *(f"http://{host}:{each.port}/" for each in (one, other) for host in hosts))

    assert (one.connections, other.connections) == (2, 2)
    calling.close()


def test_a_name_that_leads_inside_by_now_is_looked_up_again_with_the_next_connection(staying, seen):
    receiver = staying(TAKEN, CLOSES)
    calling = session(look_up=names(["127.0.0.1"], ["10.0.0.1"]))
    url = f"http://receiver.example:{receiver.port}/"
    post_each(calling, url)

    with pytest.raises(DeliveryDeferred, match=r"10\.0\.0\.1 is not a public address"):
        post_each(calling, url)

    assert seen == [("connect", ("127.0.0.1", receiver.port))]


def test_requests_that_are_no_posts_keep_nothing(staying):
    receiver = staying()
    calling = session()

    for _ in range(3):
        calling.get(receiver.url)
        calling.request("POST", receiver.url, body=b"{}", headers={})

    assert receiver.connections == 6


def test_an_encrypted_connection_is_kept(staying, encrypted: Encrypted, network):
    def wrap(plain: socket.socket) -> socket.socket:
        return encrypted.context.wrap_socket(plain, server_side=True)

    receiver = staying(wrap=wrap)
    calling = session(look_up=names(["127.0.0.1"]), network=network)

    assert post_each(calling, *[f"https://receiver.example:{receiver.port}/"] * 5) == [204] * 5

    assert receiver.connections == 1
    calling.close()


@pytest.mark.parametrize(
    "answer",
    [
        http(b"thanks"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000,
    ],
    ids=["says close", "HTTP/1.0", "204 with a body", "204 in chunks", "two lengths", "length and chunks", "too long"],
)
def test_a_connection_whose_answer_leaves_a_doubt_is_not_used_again(staying, answer):
    receiver = staying(*[answer] * 3)
    calling = session()

    statuses = post_each(calling, *[receiver.url] * 3)

    assert receiver.connections == 3
    assert set(statuses) <= {200, 204}


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
    ],
    ids=["a length", "chunks", "interim answers"],
)
def test_a_whole_answer_of_any_status_keeps_its_connection(staying, answer):
    receiver = staying(*[answer] * 3)
    calling = session()

    post_each(calling, *[receiver.url] * 3)

    assert receiver.connections == 1
    calling.close()


def test_what_is_said_after_an_answer_ends_the_connection_and_answers_nothing(staying):
    said = threading.Event()
    receiver = staying(TAKEN + b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n", wrap=_late(said))
    calling = session()
    post_each(calling, receiver.url)
    assert said.wait(10)

    assert post_each(calling, receiver.url) == [204]

    assert receiver.connections == 2
    calling.close()


def _late(said: threading.Event) -> Callable[[socket.socket], socket.socket]:
    """Sends what it is given in two pieces, the second after a while."""

    class Late:
        def __init__(self, plain: socket.socket) -> None:
            self._plain = plain

        def __getattr__(self, name: str) -> object:
            return getattr(self._plain, name)

        def __enter__(self) -> "Late":
            return self

        def __exit__(self, *_: object) -> None:
            self._plain.close()

        def sendall(self, answer: bytes) -> None:
            self._plain.sendall(answer[: len(TAKEN)])
            if answer[len(TAKEN) :]:
                time.sleep(0.1)
                self._plain.sendall(answer[len(TAKEN) :])
                said.set()

    return Late  # type: ignore[return-value]


def test_a_receiver_that_closes_as_the_next_post_comes_gets_it_over_a_new_connection(staying):
    receiver = staying(TAKEN, CLOSES)
    calling = session()

    assert post_each(calling, *[receiver.url] * 3) == [204] * 3

    assert receiver.connections == 2
    assert receiver.bodies == [b"0", b"1", b"2"]
    calling.close()


def test_a_receiver_that_always_closes_is_tried_over_one_new_connection_only(staying):
    receiver = staying(TAKEN, CLOSES, CLOSES)
    calling = session()
    post_each(calling, receiver.url)

    with pytest.raises(DeliveryDeferred, match="closed without an answer"):
        post_each(calling, receiver.url)

    assert receiver.connections == 2


def test_a_connection_that_nobody_uses_is_closed(staying, monkeypatch):
    monkeypatch.setattr(kept, "KEPT_FOR", 0.05)
    ended = threading.Event()

    class Noting:
        def close(self) -> None:
            ended.set()

    waiting = kept.KeptConnections()
    waiting.put("receiver", Noting())

    assert ended.wait(10)
    assert waiting.take("receiver") is None


def test_only_so_many_connections_wait_and_none_after_the_end(monkeypatch):
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    waiting = kept.KeptConnections()
    pairs = [socket.socketpair() for _ in range(4)]
    for name, (connection, _) in zip("aabc", pairs[:3] + pairs[3:], strict=True):
        waiting.put(name, connection)

    assert [connection.fileno() >= 0 for connection, _ in pairs] == [True, True, False, False]
    waiting.close()
    assert {connection.fileno() for connection, _ in pairs} == {-1}
    for _, other in pairs:
        other.close()


def test_a_deadline_that_is_left_ends_no_connection(monkeypatch):
    """It would end somebody else's request."""
    one, other = socket.socketpair()
    with Deadline(0.05) as deadline:
        deadline.watch(lambda: one)
    time.sleep(0.2)

    one.sendall(b"alive")
    assert other.recv(10) == b"alive"
    one.close()
    other.close()


def test_hundreds_of_deadlines_need_one_thread():
    before = threading.active_count()
    deadlines = [Deadline(60) for _ in range(300)]
    for each in deadlines:
        each.__enter__()

    assert threading.active_count() <= before + 1
    for each in reversed(deadlines):
        each.__exit__()


def test_a_name_is_looked_up_once_at_a_time_whoever_waits_for_it():
    """A name service that hangs takes one thread a name, and an address needs none."""
    asked, released = [], threading.Event()

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append((host, threading.current_thread() is threading.main_thread()))
        if host != "127.0.0.1":
            released.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]

    look_ups = LookUps(look_up)
    for host in ("a.example", "b.example") * 5:
        with pytest.raises(NotResolved):
            look_ups.addresses(host, 80, until=time.monotonic())
    released.set()

    assert look_ups.addresses("127.0.0.1", 80, until=0) == [(socket.AF_INET, ("127.0.0.1", 80))]
    assert look_ups.addresses("c.example", 80, until=time.monotonic() + 10)
    assert sorted(asked) == [("127.0.0.1", True), ("a.example", False), ("b.example", False), ("c.example", False)]
