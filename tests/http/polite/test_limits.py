"""What a polite session does with everything that a server can do to it: real sockets wherever sockets matter."""

import inspect
import threading
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
import requests
import responses
import urllib3.exceptions

from monitor.errors import AnswerTooLarge, ConfigurationInvalid, RegistryUnreachable
from tests.loopback import RESET, Pause, chunked, closed_port, drip, http

URL = "https://registry.example/api/v2/version"


# Deadlines and caps, on the real clock

MANY = http(b"x" * 100_000)


@pytest.mark.parametrize(
    "endless",
    [
        lambda: drip(MANY, every=0.05),
        lambda: [MANY[:80], *drip(MANY[80:], every=0.05)],
        lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *drip(b"1\r\nx\r\n" * 9999, every=0.05)],
        lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *drip(b"0" * 9999, every=0.05)],
        lambda: [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", *drip(b"x" * 9999, every=0.05)],
    ],
    ids=["header", "body", "chunks", "chunk size", "until closed"],
)
def test_a_trickle_is_cut_at_the_deadline(hurried, serve, endless):
    """Each byte comes well within the time-outs. It would take minutes; the suite's own time-out would end it."""
    server = serve(lambda request: endless())

    with pytest.raises(RegistryUnreachable, match=r"no (whole )?answer within"):
        hurried(deadline=0.4).get(server.url)


def test_silence_is_cut_by_the_read_timeout(hurried, serve):
    server = serve([Pause(60)])

    with pytest.raises(RegistryUnreachable, match=r"no answer within 0\.1 s, 4 times"):
        hurried(read_timeout=0.1).get(server.url)

    assert len(server.requests) == 4


@pytest.mark.parametrize("make", [http, chunked], ids=["length", "chunks"])
def test_reading_stops_at_the_cap(hurried, serve, make):
    session = hurried(body_cap=100_000)
    server = serve(make(b"y" * 5_000_000))

    with pytest.raises(AnswerTooLarge, match="more than 100,000 bytes") as caught:
        session.get(server.url)

    assert session.traffic.bytes < 300_000
    assert caught.value.raw[:3] == b"yyy"
    assert len(server.requests) == 1, "asking again would bring the same"


def test_a_cap_can_be_set_for_one_request(hurried, serve):
    session = hurried()
    server = serve(http(b"y" * 11))

    assert len(session.get(server.url, body_cap=11).body) == 11
    with pytest.raises(AnswerTooLarge):
        session.get(server.url, body_cap=10)


def bomb(megabytes: int) -> bytes:
    """That many megabytes of nothing, in a thousandth of the bytes."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
    squeezed = b"".join(squeezer.compress(bytes(1_000_000)) for _ in range(megabytes)) + squeezer.flush()
    return http(squeezed, headers={"Content-Encoding": "gzip"})


def test_a_gzip_bomb_is_stopped_early_and_costs_little_memory(hurried, serve):
    session = hurried(body_cap=1_000_000)
    server = serve(bomb(200))
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLarge):
            session.get(server.url)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 8_000_000
    assert session.traffic.bytes < 2_000_000


def test_the_cap_holds_for_redirects_too(hurried, serve):
    server = serve(bomb(50).replace(b"200 OK", b"301 Moved", 1).replace(b"\r\n", b"\r\nLocation: /other\r\n", 1))

    with pytest.raises(AnswerTooLarge):
        hurried(body_cap=1_000_000).get(server.url)


def test_no_request_has_a_thread_for_its_deadline(hurried, serve):
    session, server = hurried(deadline=500), serve(http(b"{}"))
    for _ in range(5):
        session.get(server.url)

    assert [thread.name for thread in threading.enumerate()].count("alarms") == 1


# Errors


def test_a_port_where_nobody_listens(hurried):
    refused = "gives no answer: connection refused, 4 times"
    with closed_port() as port, pytest.raises(RegistryUnreachable, match=refused):
        hurried().get(f"http://127.0.0.1:{port}/")


def test_a_name_that_does_not_resolve(hurried):
    with pytest.raises(RegistryUnreachable, match=r"registry\.invalid gives no answer: its name does not resolve"):
        hurried().get("http://registry.invalid/")


def test_a_server_that_speaks_no_tls(hurried, serve):
    server = serve(http(b"{}"))

    with pytest.raises(RegistryUnreachable, match="no trustworthy TLS connection"):
        hurried().get(server.url.replace("http:", "https:"))


def test_a_connection_that_is_reset(hurried, serve):
    with pytest.raises(RegistryUnreachable, match="the connection was reset, 4 times"):
        hurried().get(serve([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Pause(0.05), RESET]).url)


def exceptions_of(module: object) -> Iterator[type[Exception]]:
    for _, one in inspect.getmembers(module, inspect.isclass):
        if issubclass(one, Exception):
            yield one


def instance_of(kind: type[Exception]) -> Exception:
    try:
        return kind("boom")
    except TypeError:
        made = kind.__new__(kind)
        made.args = ("boom",)
        return made


@pytest.mark.parametrize(
    "kind",
    [
        *(one for one in exceptions_of(requests.exceptions) if not issubclass(one, Warning)),
        *(one for one in exceptions_of(urllib3.exceptions) if not issubclass(one, Warning)),
        OSError,
        TimeoutError,
        UnicodeError,
    ],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_no_exception_of_the_libraries_escapes(session, kind):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as registry:
        registry.get(URL, body=instance_of(kind))

        with pytest.raises((RegistryUnreachable, ConfigurationInvalid)) as caught:
            session.get(URL)

    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(("registry.example gives no answer: ", "“https://registry.example"))
