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
from monitor.http import ATTEMPTS, PoliteSession, checked_base_url
from tests.loopback import RESET, Loopback, Pause, Request, chunked, drip, gzipped, http

AGENT = "registry-monitor/0.1.0 (watches clinical trials; trials@hospital.example)"
URL = "https://registry.example/api/v2/version"


class Clock:
    """Time that passes only in sleep, which writes down how long it slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def session(clock):
    """A session whose time passes only in sleep, and whose pauses are always as long as they may be."""
    made = PoliteSession(
        requests_per_second=10, user_agent=AGENT, monotonic=clock, sleep=clock.sleep, random=lambda: 1.0
    )
    yield made
    made.close()


@pytest.fixture
def hurried():
    """Sessions on the real clock that give up soon and pause for nothing."""
    made: list[PoliteSession] = []

    def make(**options: float) -> PoliteSession:
        settings = {"requests_per_second": 1e6, "deadline": 20, "random": lambda: 0.0} | options
        made.append(PoliteSession(user_agent=AGENT, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def serve():
    """Start servers that are gone at the end of the test."""
    servers: list[Loopback] = []

    def start(*answers: object) -> Loopback:
        """Answer with one after the other, then with the last for ever; a callable is called with the request."""
        left = list(answers)

        def answer(request: Request):
            one = left.pop(0) if len(left) > 1 else left[0]
            return one(request) if callable(one) else one

        servers.append(Loopback(answer).__enter__())
        return servers[-1]

    yield start
    for server in servers:
        server.__exit__(None, None, None)


# What is sent


def test_a_request_names_product_version_and_contact_and_asks_for_gzip(session, serve):
    server = serve(http(b"{}"))

    session.get(server.url, headers={"If-None-Match": '"abc"'})

    assert server.requests[0].headers["user-agent"] == AGENT
    assert server.requests[0].headers["accept-encoding"] == "gzip"
    assert server.requests[0].headers["if-none-match"] == '"abc"'


def test_commas_in_a_query_stay_commas(session, serve):
    server = serve(http(b"{}"))

    session.get(server.url + "/studies?filter.ids=NCT00000001,NCT00000002&pageSize=2")

    assert server.requests[0].target == "/studies?filter.ids=NCT00000001,NCT00000002&pageSize=2"


def test_credentials_in_netrc_are_not_sent(session, serve, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login curator password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(http(b"{}"))

    session.get(server.url)

    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("contact", ["a\r\nX-Injected: 1", "Jürgen", "tab\there"])
def test_a_contact_that_does_not_fit_a_header_is_refused_at_once(contact):
    with pytest.raises(ConfigurationInvalid, match="ASCII"):
        PoliteSession(requests_per_second=1, user_agent=contact)


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_pace_that_is_none_is_refused(rate):
    with pytest.raises(ConfigurationInvalid, match="requests_per_second"):
        PoliteSession(requests_per_second=rate, user_agent=AGENT)


# What comes back


@pytest.mark.parametrize("status", [200, 204, 206, 301, 304, 307, 400, 403, 404, 410, 414])
def test_an_answer_is_handed_over_as_it_is(session, serve, status):
    body = b"" if status in (204, 304) else b"words"
    headers = {"ETag": '"b1"', "Location": "http://elsewhere.example/"}
    server = serve(http(body, status, headers=headers))

    answer = session.get(server.url)

    assert (answer.status, answer.body, answer.headers["etag"]) == (status, body, '"b1"')
    assert len(server.requests) == 1, "redirects are not followed here"


def test_a_compressed_answer_is_decompressed_and_counted_as_such(session, serve):
    server = serve(gzipped(b"x" * 5000))

    assert session.get(server.url).body == b"x" * 5000
    assert (session.traffic.requests, session.traffic.bytes) == (1, 5000)


def test_a_chunked_answer_is_put_together(session, serve):
    assert session.get(serve(chunked(b"abc")).url).body == b"abc"


def test_an_answer_in_an_encoding_that_was_not_asked_for_is_handed_over_raw(session, serve):
    assert session.get(serve(http(b"\x00\x01", headers={"Content-Encoding": "zpaq"})).url).body == b"\x00\x01"


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
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X-More: of this\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    ],
    ids=[
        "429", "500", "502", "503", "504", "599", "reset", "closed", "short", "chunks cut", "no chunks", "no gzip",
        "no http", "two lengths", "many headers", "long header",
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again(session, serve, bad):
    server = serve(bad, bad, http(b"at last"))

    assert session.get(server.url).body == b"at last"
    assert len(server.requests) == 3
    assert session.traffic.requests == 3, "every attempt is traffic"


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

    with pytest.raises(RegistryUnreachable, match="no whole answer within the deadline"):
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


def test_no_thread_outlives_its_request(hurried, serve):
    """The one that cuts at the deadline is called off."""
    session, server = hurried(deadline=500), serve(http(b"{}"))
    for _ in range(5):
        session.get(server.url)

    left = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)


# Errors


def test_a_port_where_nobody_listens(hurried):
    with Loopback(lambda request: b"") as gone:
        url = gone.url

    with pytest.raises(RegistryUnreachable, match="gives no answer: connection refused, 4 times"):
        hurried().get(url)


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


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "clinicaltrials.gov",
        "ftp://clinicaltrials.gov",
        "file:///etc/passwd",
        "http://",
        "https://:8080/",
        "http://host:99999/",
        "http://host:0/",
        "http://host:x/",
        "http://[::1/",
        "http://a b/",
        "http://host/a b",
        "http://host/\r\nX: 1",
        "http://hôte/",
        "http://curator:hunter2@host/",
        "http://host/?q=1",
        "http://host/#f",
        "http://host\\@elsewhere/",
        "https:clinicaltrials.gov",
        " http://host",
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(session, url):
    with pytest.raises(ConfigurationInvalid) as caught:
        checked_base_url(url)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).isprintable()

    if "?" not in url:
        with pytest.raises(ConfigurationInvalid):
            session.get(url)


@pytest.mark.parametrize("url", ["http://a..b/", "http://.a/", "http://" + "a" * 70 + "/", "http://*/"])
def test_an_address_that_only_the_library_finds_wrong_is_refused_too(session, url):
    with pytest.raises((ConfigurationInvalid, RegistryUnreachable)):
        session.get(url)


def test_a_slash_at_the_end_does_not_matter():
    assert checked_base_url("https://clinicaltrials.gov/api/v2/") == "https://clinicaltrials.gov/api/v2"
