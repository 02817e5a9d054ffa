"""What a guarded session makes of everything that a receiver can answer: real sockets."""

import re
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from monitor.http.reading import ANSWER_CAP
from tests.http.guarded.calls import post, refused, session
from tests.loopback import RESET, Pause, chunked, drip, gzipped, http

GONE = "gives no answer: the connection was (reset|closed without an answer)"
BROKEN_OFF = "gives no answer: the (answer broke off|connection was reset)"
"""Which of the two is seen hangs on whether the receiver had read all of the request."""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([RESET], GONE),
        ([b""], GONE),
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "gives no answer: it does not answer in proper HTTP"),
        ([b"HTTP/1.1 two hundred\r\n\r\n"], "gives no answer: it does not answer in proper HTTP"),
        (
            [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000, Pause(2)],
            "gives no answer: it does not answer in proper HTTP",
        ),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000, Pause(2)], "gives no answer: it does not answer in proper HTTP"),
    ],
)
def test_what_is_no_answer(serve, answer, words):
    server = serve(answer)

    assert re.fullmatch(f"{server.host} {words}", refused(f"{server.url}/s3cr3t"))


@pytest.mark.parametrize(
    "answer",
    [
        [Pause(20)],
        [b"HTTP/1.1 100 Continue\r\n\r\n", Pause(20)],
        [b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n", Pause(20)],
        [b"HTTP/1.1 200 OK\r\nX-Slow: ", Pause(20)],
    ],
    ids=["silence", "continue", "early hints", "half a header"],
)
def test_no_answer_within_the_deadline(serve, answer):
    assert "no whole answer within the deadline" in refused(serve(answer).url, deadline=0.4)


@pytest.mark.parametrize("encrypts", [False, True])
def test_a_header_that_trickles_is_cut_long_before_its_end(serve, encrypted, network, encrypts):
    """Every byte comes in time: only the deadline ends it, and at a third of the header."""
    came = bytearray()

    def trickle() -> Iterator[object]:
        for byte in http(headers={"X-Long": "x" * 100}):
            came.append(byte)
            yield from (Pause(0.02), bytes([byte]))

    encrypted.answer = trickle
    url = f"https://127.0.0.1:{encrypted.port}/" if encrypts else serve(lambda request: trickle()).url

    assert "within the deadline" in refused(url, deadline=0.8, network=network)
    assert 0 < len(came) < 100


def test_a_body_that_trickles_is_kept_as_far_as_it_came(serve):
    """The status line says that it was taken: to send it again would be to send it twice."""
    head, body = http(b"y" * 100).split(b"\r\n\r\n")

    answer = post(serve([head + b"\r\n\r\n", *drip(body, every=0.05)]).url, deadline=0.5)

    assert answer.status == 200
    assert 0 < len(answer.body) < 100


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Pause(0.05), RESET], b"abc"),
        (http(b"abc", headers={"Content-Length": "9"}), b"abc"),
        (chunked(b"abc", cut=True), b"abc"),
        (chunked(b"abc"), b"abc"),
        (gzipped(b"abc"), b"abc"),
        (http(zlib.compress(b"abc"), headers={"Content-Encoding": "Deflate"}), b"abc"),
        (http(b"abc", headers={"Content-Encoding": "gzip"}), b""),
        (http(b"abc", headers={"Content-Encoding": "br"}), b"abc"),
    ],
)
def test_of_a_body_that_breaks_off_what_came_is_kept(serve, answer, kept):
    assert post(serve(answer).url).body == kept


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 5\r\n\r\n"


def test_a_head_that_breaks_off_anywhere_is_no_answer(serve):
    """Half of `HTTP/1.1 200 OK` is a receiver that died, not one that took the delivery."""
    for length in range(1, len(HEAD)):
        assert re.search(BROKEN_OFF, refused(serve(HEAD[:length]).url)), HEAD[:length]

    assert post(serve(HEAD).url).status == 200


ODD_BUT_WHOLE = {
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"webhook-x: z\r\n\r\n",
    "a long header": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\nwebhook-x: z\r\n\r\n",
    "long headers": b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"y" * 30_000 + b"\r\n") * 4 + b"webhook-x: z\r\n\r\n",
    "no reason": b"HTTP/1.1 200\r\nwebhook-x: z\r\n\r\n",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nwebhook-x: z\r\n\r\n",
    "HTTP/2 in words": b"HTTP/2 200\r\nwebhook-x: z\r\n\r\n",
    "bare line feeds": b"HTTP/1.1 200 OK\nwebhook-x: z\n\n",
    "no header": b"HTTP/1.1 200 OK\r\n\r\n",
    "a header without colon": b"HTTP/1.1 200 OK\r\nnonsense\r\nwebhook-x: z\r\n\r\n",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: much\r\nwebhook-x: z\r\n\r\n",
    "a length below zero": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\nwebhook-x: z\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 7\r\nwebhook-x: z\r\n\r\n",
    "chunks that are none": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nwebhook-x: z\r\n\r\nnonsense",
    "trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nwebhook-x: z\r\n\r\n0\r\n"
    + b"X: y\r\n" * 500 + b"\r\n",
    "bytes that are no text": b"HTTP/1.1 200 \xff\xfe\r\nX: \x00\xff\r\nwebhook-x: z\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("what", ODD_BUT_WHOLE)
def test_a_whole_head_is_an_answer_however_odd(serve, what):
    # A close right behind it would be a reset, for the body was not read, and could overtake a long head.
    answer = post(serve([ODD_BUT_WHOLE[what], Pause(0.2)]).url)

    assert answer.status == 200
    assert answer.headers.get("webhook-x") == (None if what == "no header" else "z")


def test_a_body_behind_a_status_that_has_none_is_passed_over(serve):
    answer = post(serve(b"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc").url)

    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.parametrize("times", [1, 3])
def test_an_interim_answer_is_passed_over(serve, times):
    for status in range(100, 200):
        interim = f"HTTP/1.1 {status} Words\r\nLink: </hints>\r\nRetry-After: 9\r\n\r\n".encode() * times
        server = serve(interim + http(b"words", 503))

        answer = post(server.url)

        assert (answer.status, answer.body, answer.headers.get("Link")) == (503, b"words", None), status
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [100, 101, 102, 103, 199])
def test_an_interim_answer_alone_is_no_answer(serve, status):
    interim = f"HTTP/1.1 {status} Words\r\n\r\n".encode()

    assert re.search(BROKEN_OFF, refused(serve(interim).url))


def for_ever(piece: bytes) -> Iterator[object]:
    yield b"HTTP/1.1 200 OK\r\n" if piece[:1].isalpha() else b"HTTP/1.1 103 Early Hints"
    while True:
        yield piece


@pytest.mark.parametrize(
    "piece",
    [
        b"X: y\r\n" * 1_000,
        b"x" * 65_536,
        b"X: " + b"y" * 9_000 + b"\r\n",
        b"\r\nHTTP/1.1 103 Hints\r\nX: y\r\n" * 1_000,
    ],
    ids=["headers", "one line", "long headers", "interim answers"],
)
def test_a_head_without_end_is_cut_by_its_size(serve, piece):
    """Long before the deadline, which would give another reason."""
    tracemalloc.start()
    try:
        words = refused(serve(lambda request: for_ever(piece)).url, deadline=60)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert words.endswith("it does not answer in proper HTTP")
    assert peak < 2**20


def endless() -> Iterator[object]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 65_536


def bomb() -> Iterator[object]:
    """200 MB of nothing, in 200 kB."""
    squeezing = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    pieces = [squeezing.compress(bytes(2**20)) for _ in range(200)]
    yield http(b"".join([*pieces, squeezing.flush()]), headers={"Content-Encoding": "gzip"})


def hollow() -> Iterator[object]:
    """Empty blocks for ever: many bytes that come to none."""
    yield http(b"\x1f\x8b\x08" + bytes(7), headers={"Content-Encoding": "gzip", "Content-Length": str(2**40)})
    while True:
        yield b"\x00\x00\x00\xff\xff" * 10_000


def test_a_body_that_comes_to_nothing_is_read_no_further(serve):
    server = serve(lambda request: hollow())

    answer = post(server.url, deadline=60)

    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("answer", [endless(), list(bomb()), http(b"z" * 10_000_000)], ids=["endless", "bomb", "large"])
def test_a_large_answer_is_cut_and_costs_no_memory(serve, answer):
    server = serve(answer)
    tracemalloc.start()
    try:
        found = post(server.url)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(found.body) == ANSWER_CAP
    assert peak < 2 * 2**20


def test_a_receiver_that_hangs_up_early_still_says_why(serve):
    server = socket.create_server(("127.0.0.1", 0))

    def answer_without_reading() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1_000)
            connection.sendall(http(b"too much", 413))
            connection.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=answer_without_reading, daemon=True)
    thread.start()
    with server:
        answer = session().post(f"http://127.0.0.1:{server.getsockname()[1]}/", body=b"x" * 5_000_000, headers={})
        thread.join()

    assert (answer.status, answer.body) == (413, b"too much")
