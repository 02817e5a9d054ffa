"""How often a polite session asks, and when it asks again."""

import pytest
import responses

from monitor.errors import RegistryUnreachable
from monitor.http.polite import ATTEMPTS, PoliteSession
from monitor.http.response import Asked, AskedBefore, Response
from tests.http.polite.sessions import AGENT
from tests.loopback import RESET, chunked, http

URL = "https://registry.example/api/v2/version"


# Pace


def test_requests_start_no_closer_together_than_the_pace_allows(clock, session):
    with responses.RequestsMock() as registry:
        registry.get(URL, body=b"{}")
        starts = []
        for _ in range(5):
            session.get(URL)
            starts.append(clock.now)

    assert starts == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_retries_keep_the_pace_too(clock):
    starts = []

    def refuse(request):
        starts.append(clock.now)
        return 503, {}, b""

    session = PoliteSession(
        requests_per_second=0.5, user_agent=AGENT, monotonic=clock, sleep=clock.sleep, random=lambda: 0.0
    )
    with responses.RequestsMock() as registry:
        registry.add_callback("GET", URL, refuse)
        with pytest.raises(RegistryUnreachable):
            session.get(URL)

    assert starts == [0, 2, 4, 6]


def test_what_was_asked_before_the_session_is_not_asked_again_and_counts_towards_the_pace(clock):
    answers = [Asked(URL, {"If-None-Match": etag}, Response(200, {}, etag.encode(), URL)) for etag in ("a", "b")]
    asked = AskedBefore(answers, next_start=7.0)
    session = PoliteSession(
        requests_per_second=0.5, user_agent=AGENT, monotonic=clock, sleep=clock.sleep, random=lambda: 0.0, asked=asked
    )
    with responses.RequestsMock() as registry:
        registry.get(URL, body=b"{}")
        got, at = [], []
        for etag in ("b", "a", "a", "b"):
            got.append(session.get(URL, headers={"If-None-Match": etag}).body)
            at.append(clock.now)

    assert got == [b"b", b"a", b"{}", b"{}"]
    assert at == [0, 0, 7, 9]
    assert (session.traffic.requests, session.traffic.bytes) == (4, 6)


def test_time_spent_elsewhere_counts_towards_the_pace(clock, session):
    with responses.RequestsMock() as registry:
        registry.get(URL, body=b"{}")
        session.get(URL)
        clock.now += 60
        session.get(URL)
        session.get(URL)

    assert clock.slept == pytest.approx([0.1])


# Retries


@pytest.mark.parametrize(
    "bad",
    [
        http(status=429),
        http(status=500),
        http(status=502),
        http(status=503),
        http(status=504),
        http(status=599),
        [RESET],
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc",
        chunked(b"abc", cut=True),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        http(b"not gzip at all", headers={"Content-Encoding": "gzip"}),
        b"I am not a web server\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Type: text/",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X-More: of this\r\n" * 20_000 + b"\r\n",
    ],
    ids=[
        "429", "500", "502", "503", "504", "599", "reset", "closed", "short", "chunks cut", "no chunks", "no gzip",
        "no http", "half a head", "no final answer", "two lengths", "endless headers",
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again(session, serve, bad):
    server = serve(bad, bad, http(b"at last"))

    assert session.get(server.url).body == b"at last"
    assert len(server.requests) == 3
    assert session.traffic.requests == 3, "every attempt is traffic"


@pytest.mark.parametrize("more", [b"X-More: of this\r\n" * 200, b"X-Long: " + b"x" * 70_000 + b"\r\n"])
def test_an_answer_with_many_headers_or_a_long_one_is_an_answer(session, serve, more):
    server = serve(b"HTTP/1.1 200 OK\r\n" + more + b"ETag: last\r\nContent-Length: 2\r\n\r\nok")

    answer = session.get(server.url)

    assert (answer.body, answer.headers["etag"], len(server.requests)) == (b"ok", "last", 1)


def test_after_four_attempts_it_gives_up_and_says_why(session, serve):
    server = serve(http(status=503))

    with pytest.raises(RegistryUnreachable) as caught:
        session.get(server.url)

    assert str(caught.value) == f"{server.host} gives no answer: 503 Service Unavailable, 4 times"
    assert len(server.requests) == ATTEMPTS == 4


def test_pauses_grow_and_are_random_between_nothing_and_all(clock, serve):
    server = serve(http(status=500))
    chances = iter([1.0, 0.5, 0.25])
    session = PoliteSession(
        requests_per_second=1e6, user_agent=AGENT, monotonic=clock, sleep=clock.sleep, random=lambda: next(chances, 0)
    )

    with pytest.raises(RegistryUnreachable):
        session.get(server.url)

    assert [slept for slept in clock.slept if slept > 0.001] == pytest.approx([1, 1, 1], abs=0.001)


@pytest.mark.parametrize(
    ("retry_after", "waits"),
    [("7", 7), ("0", 1), (" 300 ", 300), ("Tue, 24 Nov 2026 10:02:00 GMT", 120), ("Tue, 24 Nov 2026 09:00:00 GMT", 1)],
)
def test_the_time_that_the_server_asks_for_is_waited(clock, session, serve, retry_after, waits):
    headers = {"Retry-After": retry_after, "Date": "Tue, 24 Nov 2026 10:00:00 GMT"}
    server = serve(http(status=429, headers=headers), http(b"thanks"))

    assert session.get(server.url).body == b"thanks"
    assert clock.now == pytest.approx(waits, abs=0.2)


@pytest.mark.parametrize(
    "retry_after",
    ["soon", "-5", "1e9", "5.5", "", "٣", "9" * 400, "Tue, 99 Nov 2026", "\xff", "Tue, 24 Nov 2026 10:02:00"],
)
def test_garbage_in_retry_after_is_ignored(clock, session, serve, retry_after):
    raw = http(status=503, headers={"Retry-After": "@"}).replace(b"@", retry_after.encode("utf-8"))
    server = serve(raw, http(b"thanks"))

    assert session.get(server.url).body == b"thanks"
    assert clock.now == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("retry_after", "asked"), [("301", "301 s"), ("86400", "86400 s"), ("Wed, 24 Nov 2027 10:00:00 GMT", "31536000 s")]
)
def test_a_server_that_asks_for_more_than_five_minutes_is_left_alone(clock, session, serve, retry_after, asked):
    headers = {"Retry-After": retry_after, "Date": "Tue, 24 Nov 2026 10:00:00 GMT"}
    server = serve(http(status=429, headers=headers))

    with pytest.raises(RegistryUnreachable, match=f"asks to be left alone for {asked}"):
        session.get(server.url)

    assert clock.slept == []
    clock.now += 300
    with pytest.raises(RegistryUnreachable, match=r"asks to be left alone for [0-9]+ s more"):
        session.get(server.url)
    assert len(server.requests) == 1, "what it asked for holds for whoever asks next"


def test_a_server_is_asked_again_when_it_was_left_alone_long_enough(clock, session, serve):
    server = serve(http(status=503, headers={"Retry-After": "1800"}), http(b"thanks"))
    with pytest.raises(RegistryUnreachable):
        session.get(server.url)

    clock.now += 1801

    assert session.get(server.url).body == b"thanks"


def test_asked_for_waits_move_the_deadline_and_others_do_not(clock, serve):
    server = serve(http(status=503, headers={"Retry-After": "200"}))
    session = PoliteSession(
        requests_per_second=10, user_agent=AGENT, deadline=5, monotonic=clock, sleep=clock.sleep, random=lambda: 1.0
    )
    with pytest.raises(RegistryUnreachable):
        session.get(server.url)
    assert len(server.requests) == 4

    impatient = PoliteSession(
        requests_per_second=10, user_agent=AGENT, deadline=2, monotonic=clock, sleep=clock.sleep, random=lambda: 1.0
    )
    other = serve(http(status=503))
    with pytest.raises(RegistryUnreachable):
        impatient.get(other.url)
    assert len(other.requests) == 2, "a pause of 1 s fits the deadline, one of 2 s more does not"


@pytest.mark.parametrize(("chance", "waits"), [(0.0, 30), (0.5, 45), (1.0, 60)])
def test_a_server_that_wants_fewer_requests_and_does_not_say_when_gets_half_a_minute_or_more(
    clock, serve, chance, waits
):
    session = PoliteSession(
        requests_per_second=1e6, user_agent=AGENT, monotonic=clock, sleep=clock.sleep, random=lambda: chance
    )
    server = serve(http(status=429), http(status=429), http(b"thanks"))

    assert session.get(server.url).body == b"thanks"
    assert clock.now == pytest.approx(2 * waits, abs=0.1), "these waits move the deadline"


def test_one_attempt_is_one_request_and_no_pause(clock, session, serve):
    server = serve(http(status=503))

    with pytest.raises(RegistryUnreachable) as caught:
        session.get(server.url, attempts=1)

    assert str(caught.value) == f"{server.host} gives no answer: 503 Service Unavailable"
    assert caught.value.status == 503
    assert len(server.requests) == 1
    assert clock.slept == []


def test_what_the_last_attempt_was_asked_to_wait_holds_for_the_next_request(clock, session, serve):
    server = serve(*[http(status=429, headers={"Retry-After": "90"})] * 4, http(b"thanks"))
    with pytest.raises(RegistryUnreachable, match="4 times"):
        session.get(server.url)

    assert session.left_alone_for == 90
    with pytest.raises(RegistryUnreachable, match="left alone for 90 s more"):
        session.get(server.url)
    assert len(server.requests) == 4
    clock.now += 90
    assert session.get(server.url).body == b"thanks"
