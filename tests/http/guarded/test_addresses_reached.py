"""Which addresses are connected to, and that no others are: real sockets, watched from below."""

import random
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigurationInvalid, DeliveryDeferred
from monitor.http.addresses import refusal
from tests.http.guarded.calls import PUBLIC, names, post, refused, session, without_asking_anybody
from tests.loopback import http

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
METADATA = {
    "Alibaba": ["100.100.100.200"],
    "Amazon": ["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"],
    "Azure": ["169.254.169.254", "168.63.129.16"],
    "Google": ["169.254.169.254", "fd20:ce::254"],
    "Oracle": ["192.0.0.192", "169.254.169.254", "fd00:c1::a9fe:a9fe"],
}
BRACKETED = [f"[{ip}]" if ":" in ip else ip for ip in PRIVATE]
HOSTILE = [
    *(f"http://{host}:8080/" for host in BRACKETED),
    *(f"https://{host}/latest/meta-data/" for host in BRACKETED),
    *(f"http://{host}/" for host in SPELLINGS),
    *DISGUISES,
]


def test_there_are_hundreds_of_hostile_addresses():
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("cloud", METADATA)
def test_the_services_that_tell_a_cloud_machine_its_keys_are_not_reached(seen, cloud):
    for ip in METADATA[cloud]:
        for port in (80, 443, 8080):
            for host, look_up in (
                (f"[{ip}]" if ":" in ip else ip, without_asking_anybody),
                ("metadata.example", names([ip])),
                ("metadata.example", names([f"::ffff:{ip}"] if "." in ip else [PUBLIC, ip])),
            ):
                words = refused(f"http://{host}:{port}/latest/meta-data/", allow_networks=(), look_up=look_up)
                assert "is not a public address" in words

    assert [what for what, _ in seen if what == "connect"] == []


@pytest.fixture(scope="module")
def strict():
    """A session that is made once: reading the certificates of all authorities takes a while."""
    return session(allow_networks=(), look_up=without_asking_anybody)


@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
def test_no_hostile_address_is_connected_to(seen, strict, url):
    with pytest.raises((DeliveryDeferred, ConfigurationInvalid)) as caught:
        strict.post(url, body=b"{}", headers={})

    assert [what for what, _ in seen if what == "connect"] == []
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("ip", PRIVATE)
def test_a_name_for_an_address_that_is_not_public_is_not_connected_to(seen, ip):
    with pytest.raises(DeliveryDeferred, match=r"receiver\.example:80 is not called: .* is not a public address"):
        post("http://receiver.example/", allow_networks=(), look_up=names([ip]))

    assert seen == []


@pytest.mark.parametrize("others", [[PUBLIC], ["2606:2800:21f:cb07::1", PUBLIC]])
@pytest.mark.parametrize("first", [True, False])
def test_one_private_address_among_public_ones_spoils_them_all(seen, others, first):
    found = ["10.0.0.1", *others] if first else [*others, "10.0.0.1"]

    with pytest.raises(DeliveryDeferred, match=r"10\.0\.0\.1 is not a public address"):
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
    with pytest.raises(DeliveryDeferred, match=f"{port} is not a web server's port"):
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


ROUNDS = 1_000
INSIDE = ["127.0.0.2", "127.255.255.254", "10.0.0.1", "169.254.169.254", "100.100.100.200", "::1", "fd00:ec2::254"]


def rebinding(chance: random.Random) -> list[str]:
    """What a hostile name service says in one round; the test's one allowed address stands for a public one."""
    kind = chance.choice(["good", "inside", "mixed", "mixed"])
    good = ["127.0.0.1"] * chance.choice([1, 3])
    inside = chance.sample(INSIDE, chance.randint(1, 3))
    addresses = {"good": good, "inside": inside, "mixed": [*good, *inside]}[kind]
    chance.shuffle(addresses)
    return addresses


def test_a_name_that_rebinds_in_every_round_never_leads_inside(serve, seen, monkeypatch):
    """Mixed answers, chains of aliases, redirects, and proxies that the environment names."""
    inside = serve(http(b"inside"))
    port = int(inside.host.partition(":")[2])
    redirects = http(status=307, headers={"Location": f"http://127.0.0.2:{port}/"})
    outside = serve(lambda request: redirects if request.path == "/moved" else http())
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, inside.url)
    open_port = int(outside.host.partition(":")[2])
    chance = random.Random(20)
    said = [rebinding(chance) for _ in range(ROUNDS)]
    look_up = names(*said, aliases=("cdn.receiver.example", "edge.cdn.example", "localhost"))
    guarded = session(look_up=look_up, allow_networks=["127.0.0.1/32"])
    statuses = []
    for number in range(ROUNDS):
        url = f"http://receiver.example:{open_port}/{'moved' if number % 2 else 'hook'}"
        try:
            statuses.append(guarded.post(url, body=b"{}", headers={}).status)
        except DeliveryDeferred:
            statuses.append(0)

    good = [set(addresses) == {"127.0.0.1"} for addresses in said]
    assert statuses == [(307 if number % 2 else 200) if good[number] else 0 for number in range(ROUNDS)]
    assert 100 < sum(good) < 500
    assert look_up.asked == ["receiver.example"] * ROUNDS
    assert seen == [("connect", ("127.0.0.1", open_port))] * sum(good)
    assert inside.requests == []


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
