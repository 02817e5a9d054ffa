"""What a guarded session reaches, and what it does with everything a receiver can do: real sockets, watched from below.

An audit hook of the interpreter writes down every look-up and every connection that anybody makes.
"""

import re
import socket
import ssl
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigurationInvalid, DeliveryDeferred
from monitor.http import GuardedSession
from monitor.http.addresses import refusal
from monitor.http.guarded import ANSWER_CAP
from tests.loopback import RESET, Loopback, Pause, chunked, drip, gzipped, http

AGENT = "registry-monitor/0.1.0 (trials@hospital.example)"
LOOPBACK = ["127.0.0.0/8"]
PUBLIC = "93.184.215.14"

_seen: list[tuple[str, object]] = []


def _watch(event: str, given: tuple[object, ...]) -> None:
    if event == "socket.connect":
        _seen.append(("connect", given[1]))
    elif event == "socket.getaddrinfo":
        _seen.append(("look up", given[0]))


sys.addaudithook(_watch)


@pytest.fixture
def seen():
    """Look-ups and connections since the test began."""
    _seen.clear()
    return _seen


@pytest.fixture
def serve():
    servers: list[Loopback] = []

    def start(answer: object) -> Loopback:
        servers.append(Loopback(answer if callable(answer) else lambda request: answer))
        return servers[-1].__enter__()

    yield start
    for server in servers:
        server.__exit__()


def session(**options: object) -> GuardedSession:
    return GuardedSession(user_agent=AGENT, **{"allow_networks": LOOPBACK, "deadline": 10, **options})


def post(url: str, **options: object):
    return session(**options).post(url, body=b"{}", headers={})


def names(*answers: list[str]):
    """A name service that gives one answer after the other, then the last for ever; and counts."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found
        ]

    look_up.asked = asked
    return look_up


def without_asking_anybody(host: str, port: int, **options: object) -> list[tuple[object, ...]]:
    """The system's own reading of addresses in all their spellings; no name but localhost exists."""
    if host.lower().rstrip(".") in ("localhost", "ip6-localhost"):
        host = "127.0.0.1"
    return socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, **options)


# What is sent


def test_a_post_arrives_as_it_was_given(serve):
    server = serve(http(b"thank you", 202))

    answer = session().post(
        f"{server.url}/hooks/é?key=s3 cr3t".replace(" ", "+"), body=b"{}", headers={"webhook-id": "7"}
    )

    assert (answer.status, answer.body) == (202, b"thank you")
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/hooks/%C3%A9?key=s3+cr3t")
    assert request.headers["host"] == server.host
    assert request.headers["user-agent"] == AGENT
    assert request.headers["webhook-id"] == "7"
    assert request.headers["content-length"] == "2"


def test_headers_of_the_answer_are_found_in_any_case(serve):
    assert post(serve(http(headers={"reTRY-after": "7"})).url).headers["Retry-After"] == "7"


def test_the_environment_does_not_divert_it(serve, monkeypatch, tmp_path):
    server, proxy = serve(http()), serve(http(b"proxy"))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login curator password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)

    post(server.url)

    assert proxy.requests == []
    assert "authorization" not in server.requests[0].headers


def test_a_redirect_is_the_answer(serve):
    target = serve(http())

    answer = post(serve(http(status=307, headers={"Location": target.url})).url)

    assert answer.status == 307
    assert target.requests == []


# Addresses that must not be reached

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "192.168.255.255", "169.254.169.254", "169.254.170.2", "169.254.0.1", "100.64.0.1",
    "100.100.100.200", "100.127.255.255", "168.63.129.16", "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "224.0.0.251", "239.255.255.250", "232.1.1.1", "240.0.0.1", "254.1.1.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1",
    "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::1", "2001:2::1", "2001:10::1",
    "2001:1::1", "2001:3::1", "2001:4:112::1", "2001:20::1", "2001:30::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::1",
    "3fff::1", "4000::1", "5f00::1", "8000::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1",
    "fe80::a9fe:a9fe", "febf::1", "fec0::1", "feff::1", "ff00::1", "ff02::1", "ff05::2", "ff0e::1", "ff1e::1",
]  # fmt: skip
SPELLINGS = [
    "localhost", "LOCALHOST", "localhost.", "ip6-localhost", "127.1", "127.0.1", "0", "0.0", "0x0", "2130706433",
    "017700000001", "0177.0.0.1", "0177.0.0.01", "0x7f.1", "0x7f000001", "0x7F.0x0.0x0.0x1", "0x7f.0.0.1",
    "127.0.0.1.", "127.00.0.1", "127.0.0.01", "127.0.0x0.1", "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "169.254.43518", "169.16689662", "025177524776", "3232235521", "167772161", "0xA000001",
    "10.1", "192.168.1", "172.16.1", "012.0.0.1", "0300.0250.0.1", "%6cocalhost", "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1", "①②⑦.⓪.⓪.①", "127。0。0。1", "127\uff0e0\uff0e0\uff0e1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "\uff11\uff12\uff17.0.0.1",
]  # fmt: skip
DISGUISES = [
    "http://receiver.example@127.0.0.1:8080/", "http://receiver.example:80@127.0.0.1/", "http://:@127.0.0.1:8080/",
    "http://127.0.0.1\\@receiver.example:x/", "http://127.0.0.1:8080\\@127.0.0.1/", "http://127.0.0.1 :8080/",
    "http://127.0.0.1\t:8080/", "http://127.0.0.1\r\n:8080/", "http:127.0.0.1:8080/", "http:/127.0.0.1:8080/",
    "http:///127.0.0.1:8080/", "http:\\\\127.0.0.1:8080\\", "//127.0.0.1:8080/", "127.0.0.1:8080", "127.0.0.1",
    "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:-1/", "http://127.0.0.1:8080:80/",
    "http://[::1/", "http://::1/", "http://[::1]x:8080/", "http://[127.0.0.1]:8080/", "http://[::1%25lo]:8080/",
    "http://[fe80::1%25eth0]:8080/", "http://[::ffff:127.0.0.1]:8080/", "http://[0:0:0:0:0:ffff:7f00:1]:8080/",
    "ftp://127.0.0.1:8080/", "file:///etc/passwd", "gopher://127.0.0.1:8080/_", "dict://127.0.0.1:8080/",
    "ldap://127.0.0.1:8080/", "unix:///var/run/docker.sock", "http+unix://%2fvar%2frun%2fdocker.sock/",
    "jar:http://127.0.0.1!/", "data:text/plain,x", "javascript:alert(1)", "ws://127.0.0.1:8080/", "", " ", "http://",
    "https://", "http://#@127.0.0.1/", "http://?@127.0.0.1/", "http://127.0.0.1#@receiver.example/", "http://\x00/",
    "http://127.0.0.1\x00.receiver.example/", "http://\u202e127.0.0.1/", "http://-/", "http://./", "http://../",
    "http://*/", "http://" + "a" * 70 + "/", "http://" + "a." * 200 + "/",
]  # fmt: skip
BRACKETED = [f"[{ip}]" if ":" in ip else ip for ip in PRIVATE]
HOSTILE = [
    *(f"http://{host}:8080/" for host in BRACKETED),
    *(f"https://{host}/latest/meta-data/" for host in BRACKETED),
    *(f"http://{host}/" for host in SPELLINGS),
    *DISGUISES,
]


def test_there_are_hundreds_of_hostile_addresses():
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
def test_no_hostile_address_is_connected_to(seen, url):
    with pytest.raises((DeliveryDeferred, ConfigurationInvalid)) as caught:
        post(url, allow_networks=(), look_up=without_asking_anybody)

    assert [what for what, _ in seen if what == "connect"] == []
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("ip", PRIVATE)
def test_a_name_for_an_address_that_is_not_public_is_not_connected_to(seen, ip):
    with pytest.raises(DeliveryDeferred, match=r"receiver\.example:443 is not called: .* is no public address"):
        post("https://receiver.example/", allow_networks=(), look_up=names([ip]))

    assert seen == []


@pytest.mark.parametrize("others", [[PUBLIC], ["2606:2800:21f:cb07::1", PUBLIC]])
@pytest.mark.parametrize("first", [True, False])
def test_one_private_address_among_public_ones_spoils_them_all(seen, others, first):
    found = ["10.0.0.1", *others] if first else [*others, "10.0.0.1"]

    with pytest.raises(DeliveryDeferred, match=r"10\.0\.0\.1 is no public address"):
        post("http://receiver.example/", allow_networks=(), look_up=names(found))

    assert seen == []


@pytest.mark.parametrize(
    "ip", [PUBLIC, "8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::200e", "2001:4860::8"]
)
def test_a_public_address_may_be_reached(ip):
    assert refusal(ip, 443) is None


@given(st.ip_addresses())
def test_whatever_python_calls_private_is_refused(ip):
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_link_local:
        assert refusal(str(ip), 443)


@pytest.mark.parametrize("port", [1, 22, 25, 53, 465, 587, 3306, 5432, 6379, 7999, 10_000, 11_211, 65_535])
def test_a_port_where_no_web_server_listens_is_not_connected_to(seen, port):
    with pytest.raises(DeliveryDeferred, match=f"{port} is no port of a web server"):
        post(f"http://receiver.example:{port}/", look_up=names([PUBLIC]))

    assert seen == []


def test_the_name_is_looked_up_once_and_that_answer_is_connected_to(serve, seen):
    """A name service that answers something else the second time is never asked a second time."""
    server = serve(http())
    port = int(server.host.partition(":")[2])
    look_up = names(["127.0.0.1"], ["10.0.0.1"])

    post(f"http://receiver.example:{port}/", look_up=look_up)

    assert look_up.asked == ["receiver.example"]
    assert seen == [("connect", ("127.0.0.1", port))]
    assert server.requests[0].headers["host"] == f"receiver.example:{port}"


def test_a_name_that_rebinds_in_every_round_never_leads_inside(serve, seen):
    port = int(serve(http()).host.partition(":")[2])
    look_up = names(*[["127.0.0.1"], ["10.0.0.1"]] * 100)
    guarded = session(look_up=look_up)
    results = []
    for _ in range(200):
        try:
            results.append(guarded.post(f"http://receiver.example:{port}/", body=b"{}", headers={}).status)
        except DeliveryDeferred:
            results.append(0)

    assert results == [200, 0] * 100
    assert len(look_up.asked) == 200
    assert set(seen) == {("connect", ("127.0.0.1", port))}


def test_a_network_may_be_allowed_and_no_other_with_it(serve, seen):
    server = serve(http())

    assert post(server.url, allow_networks=["127.0.0.1/32"]).status == 200
    with pytest.raises(DeliveryDeferred):
        post(server.url, allow_networks=["127.0.0.2/32", "10.0.0.0/8", "::/0"])

    assert len([1 for what, _ in seen if what == "connect"]) == 1


@pytest.mark.parametrize("first", [(socket.AF_INET, "127.9.9.9"), (9_999, "127.9.9.9"), (socket.AF_INET6, "::1")])
def test_the_next_address_is_tried_where_one_does_not_work(serve, first):
    """A machine without IPv6 cannot even make a socket for it."""
    port = int(serve(http()).host.partition(":")[2])

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(family, 1, 6, "", (ip, port)) for family, ip in (first, (socket.AF_INET, "127.0.0.1"))]

    allowed = ["127.0.0.0/8", "::1/128"]
    assert post(f"http://receiver.example:{port}/", look_up=look_up, allow_networks=allowed).status == 200


def test_there_is_no_way_to_its_network():
    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(9_999, 1, 6, "", ("127.9.9.9", 80))]

    assert refused("http://receiver.example/", look_up=look_up).endswith("gives no answer: no way to its network")


# Receivers that fail


def refused(url: str, **options: object) -> str:
    with pytest.raises(DeliveryDeferred) as caught:
        post(url, **options)
    return str(caught.value)


def test_nobody_listens():
    with Loopback(lambda request: b"") as gone:
        host = gone.host

    assert refused(f"http://{host}/s3cr3t") == f"{host} gives no answer: connection refused"


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OSError("broken")])
def test_a_name_that_does_not_resolve(error):
    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        raise error

    words = refused("https://receiver.example/", look_up=look_up)

    assert words == "receiver.example:443 gives no answer: its name does not resolve"


def test_a_name_service_that_hangs_is_left_alone():
    released = threading.Event()

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        released.wait(20)
        return []

    assert "its name does not resolve" in refused("http://receiver.example/", look_up=look_up, deadline=0.2)
    released.set()


GONE = "the connection was (reset|closed without an answer)"
"""Which of the two is seen hangs on whether the receiver had read all of the request."""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([RESET], GONE),
        ([b""], GONE),
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "it does not answer in proper HTTP"),
        ([b"HTTP/1.1 two hundred\r\n\r\n"], "it does not answer in proper HTTP"),
        ([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200], "it does not answer in proper HTTP"),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000], "it does not answer in proper HTTP"),
    ],
)
def test_what_is_no_answer(serve, answer, words):
    server = serve(answer)

    assert re.fullmatch(f"{server.host} gives no answer: {words}", refused(f"{server.url}/s3cr3t"))


@pytest.mark.parametrize(
    "answer",
    [
        [Pause(20)],
        [b"HTTP/1.1 100 Continue\r\n\r\n", Pause(20)],
        [b"HTTP/1.1 200 OK\r\nX-Slow: ", Pause(20)],
    ],
    ids=["silence", "continue", "half a header"],
)
def test_no_answer_within_the_deadline(serve, answer):
    assert "no whole answer within the deadline" in refused(serve(answer).url, deadline=0.4)


@pytest.mark.parametrize("encrypts", [False, True])
def test_a_header_that_trickles_is_cut_long_before_its_end(serve, encrypted, trust, encrypts):
    """Every byte comes in time: only the deadline ends it, and at a third of the header."""
    came = bytearray()

    def trickle() -> Iterator[object]:
        for byte in http(headers={"X-Long": "x" * 100}):
            came.append(byte)
            yield from (Pause(0.02), bytes([byte]))

    encrypted.answer = trickle
    url = f"https://127.0.0.1:{encrypted.port}/" if encrypts else serve(lambda request: trickle()).url

    assert "within the deadline" in refused(url, deadline=0.8, trust=trust)
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


def endless() -> Iterator[object]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 65_536


def bomb() -> Iterator[object]:
    """200 MB of nothing, in 200 kB."""
    squeezing = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    pieces = [squeezing.compress(bytes(2**20)) for _ in range(200)]
    yield http(b"".join([*pieces, squeezing.flush()]), headers={"Content-Encoding": "gzip"})


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


# TLS


def certificate(*names: x509.GeneralName, folder) -> ssl.SSLContext:
    """A server's side of TLS with a certificate of its own making, and the client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoded = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(made.public_bytes(encoded))
    (folder / "key.pem").write_bytes(
        key.private_bytes(encoded, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def read_all(connection: ssl.SSLSocket) -> bytes:
    """Head and body `{}`: what is left unread would reset the connection."""
    came = b""
    while not came.endswith(b"{}") and (piece := connection.recv(65_536)):
        came += piece
    return came


class Encrypted:
    """A receiver that speaks TLS; *named* are the hosts that clients asked for by SNI."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.named: list[str | None] = []
        self.heads: list[bytes] = []
        self.answer: Callable[[], Iterable[object]] = lambda: [http(b"encrypted")]
        context.sni_callback = lambda connection, name, _: self.named.append(name)
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(connection, server_side=True) as encrypted:
                    self.heads.append(read_all(encrypted))
                    for part in self.answer():
                        time.sleep(part.seconds) if isinstance(part, Pause) else encrypted.sendall(part)
            except OSError:
                connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def encrypted(tmp_path):
    names = x509.DNSName("receiver.example"), x509.IPAddress(ip_address("127.0.0.1"))
    server = Encrypted(certificate(*names, folder=tmp_path))
    yield server
    server.close()


@pytest.fixture
def trust(encrypted, tmp_path):
    return ssl.create_default_context(cafile=tmp_path / "certificate.pem")


@pytest.mark.parametrize("host", ["receiver.example", "receiver.example."])
def test_the_certificate_is_that_of_the_name_not_of_the_address(encrypted, trust, host):
    answer = post(f"https://{host}:{encrypted.port}/", trust=trust, look_up=names(["127.0.0.1"]))

    assert answer.body == b"encrypted"
    assert encrypted.named == ["receiver.example"]
    assert f"Host: {host}:{encrypted.port}".encode() in encrypted.heads[0]


def test_a_certificate_for_an_address_is_right_for_that_address(encrypted, trust):
    assert post(f"https://127.0.0.1:{encrypted.port}/", trust=trust).body == b"encrypted"


def test_a_certificate_for_another_name_is_refused(encrypted, trust):
    words = refused(f"https://other.example:{encrypted.port}/", trust=trust, look_up=names(["127.0.0.1"]))

    assert words.endswith("no trustworthy TLS connection")
    assert encrypted.heads == [] or encrypted.heads == [b""]


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted):
    words = refused(f"https://receiver.example:{encrypted.port}/", look_up=names(["127.0.0.1"]))

    assert words.endswith("no trustworthy TLS connection")


def test_a_server_that_speaks_no_tls(serve):
    assert "no trustworthy TLS connection" in refused(serve(http()).url.replace("http:", "https:"))


def test_a_handshake_that_trickles_is_cut():
    """One byte in time is enough for every time-out but the deadline."""
    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def trickle() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not done.wait(0.05):
                try:
                    connection.sendall(b"\x02")
                except OSError:
                    return

    thread = threading.Thread(target=trickle, daemon=True)
    thread.start()
    with server:
        assert "within the deadline" in refused(f"https://127.0.0.1:{server.getsockname()[1]}/", deadline=0.4)
        done.set()
        thread.join()


# What may be a secret


def test_nothing_of_the_path_or_query_is_told_or_logged(serve, caplog):
    caplog.set_level(0)
    for answer in ([RESET], http(headers={"Bad Header": "x"}), [b"HTTP/1.1 200 OK\r\n: x\r\n\r\n"], [b"x"]):
        told = ""
        try:
            post(serve(answer).url + "/pathsecret?key=querysecret")
        except DeliveryDeferred as error:
            told = f"{error!r} {error.__cause__!r}"
        assert "secret" not in told

    assert "secret" not in caplog.text


def test_an_address_that_cannot_be_used_is_not_repeated():
    with pytest.raises(ConfigurationInvalid) as caught:
        post("https://curator:hunter2@receiver.example/pathsecret")

    assert "hunter2" not in str(caught.value)
    assert "pathsecret" not in str(caught.value)
