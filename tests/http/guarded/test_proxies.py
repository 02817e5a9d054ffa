"""Receivers behind a proxy: only by the setting, still under guard, and every failure names the proxy."""

import socket
from pathlib import Path

import pytest

from monitor.errors import ConfigurationInvalid, DeliveryDeferred
from monitor.http.network import Network, Proxy
from tests.http.guarded.calls import LOOPBACK, PUBLIC, names, post, session, without_asking_anybody
from tests.loopback import closed_port, http
from tests.proxies import HttpProxy, SocksProxy

SECRET = "hunter2"


def to_nowhere(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
    """A name service that knows this machine's address alone, as behind a proxy that looks names up."""
    return without_asking_anybody(host, port, type=socket.SOCK_STREAM)


def failing(url: str, **options: object) -> str:
    with pytest.raises(DeliveryDeferred) as caught:
        post(url, **options)
    assert SECRET not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
@pytest.mark.parametrize("login", [None, ("ruth", SECRET)])
def test_a_receiver_is_called_by_the_proxy_that_is_set(serve, kind, login):
    server = serve(http(b"taken"))
    port = server.host.partition(":")[2]
    with kind(login=login) as proxy:
        network = Network(proxy=proxy.url_for(*login) if login else proxy.url)
        answer = post(f"http://receiver.example:{port}/hook", network=network, look_up=to_nowhere)

    assert answer.body == b"taken"
    assert server.requests[0].headers["host"] == f"receiver.example:{port}"
    asked = f"POST http://receiver.example:{port}/hook HTTP/1.1" if kind is HttpProxy else f"receiver.example:{port}"
    assert proxy.asked == [asked]


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
def test_the_certificate_is_checked_behind_a_proxy_too(encrypted, network, kind):
    with kind() as proxy:
        there = {"look_up": to_nowhere}
        known = Network(ca_bundle=network.ca_bundle, proxy=proxy.url)
        answer = post(f"https://receiver.example:{encrypted.port}/", network=known, **there)
        another = failing(f"https://other.example:{encrypted.port}/", network=known, **there)
        unknown = failing(f"https://receiver.example:{encrypted.port}/", network=Network(proxy=proxy.url), **there)

    assert answer.body == b"encrypted"
    assert "its certificate is for another name" in another
    assert "ca_bundle can name it" in unknown
    assert f"by way of the proxy {proxy.url} ([network] proxy)" in unknown


def test_a_proxy_may_itself_be_spoken_to_under_tls(encrypted, network, tmp_path):
    with HttpProxy(context=encrypted.context) as proxy:
        known = Network(ca_bundle=network.ca_bundle, proxy=proxy.url)
        answer = post(f"https://receiver.example:{encrypted.port}/", network=known, look_up=to_nowhere)

    assert answer.body == b"encrypted"
    assert proxy.asked == [f"CONNECT receiver.example:{encrypted.port} HTTP/1.1"]


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
@pytest.mark.parametrize("found", [["10.0.0.1"], [PUBLIC, "169.254.169.254"]])
def test_a_name_that_leads_inside_is_not_asked_of_the_proxy(kind, found):
    look_up = names(found)
    with kind() as proxy:
        words = failing("http://receiver.example/", network=Network(proxy=proxy.url), look_up=look_up)

    assert "is not a public address" in words
    assert proxy.asked == []


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "2130706433", "169.254.169.254", "[::1]"])
def test_an_address_of_ours_is_not_asked_of_the_proxy(host):
    with HttpProxy() as proxy:
        failing(f"http://{host}:8080/", network=Network(proxy=proxy.url), look_up=to_nowhere, allow_networks=())

    assert proxy.asked == []


def test_a_socks_proxy_that_looks_up_no_names_gets_the_address_that_was_vetted(serve):
    server = serve(http())
    port = server.host.partition(":")[2]
    look_up = names(["127.0.0.1"])
    with SocksProxy() as proxy:
        network = Network(proxy=proxy.url.replace("socks5h", "socks5"))
        post(f"http://receiver.example:{port}/", network=network, look_up=look_up)

    assert proxy.asked == [f"127.0.0.1:{port}"]


@pytest.mark.parametrize(
    "listed", ["*", "receiver.example", ".example", "example", "*.example", "other,receiver.example"]
)
def test_what_no_proxy_names_is_called_directly(serve, monkeypatch, listed):
    server = serve(http())
    port = server.host.partition(":")[2]
    monkeypatch.setenv("NO_PROXY", listed)
    with HttpProxy() as proxy:
        post(f"http://receiver.example:{port}/", network=Network(proxy=proxy.url), look_up=names(["127.0.0.1"]))

    assert proxy.asked == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("listed", ["ceiver.example", "receiver", "receiver.example:1", "10.0.0.0/8", " , "])
def test_what_no_proxy_does_not_name_is_not(monkeypatch, listed):
    monkeypatch.setenv("NO_PROXY", listed)
    network = Network(proxy="http://proxy.example:3128")

    assert network.proxy_to("http", "receiver.example", 80, heeds_environment=False)


@pytest.mark.parametrize("listed", ["10.0.0.0/8", "10.1.2.3", "10.1.2.3:80", "fe80::1, 10.0.0.0/7"])
def test_no_proxy_may_name_addresses(monkeypatch, listed):
    monkeypatch.setenv("no_proxy", listed)

    assert Network(proxy="http://proxy.example").proxy_to("http", "10.1.2.3", 80, heeds_environment=False) is None


# Failures


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("kind", "words"), [(HttpProxy, "wants a login"), (SocksProxy, "wants a login")])
def test_a_proxy_that_wants_a_login_is_named(kind, words, scheme):
    with kind(login=("ruth", "another")) as proxy:
        network = Network(proxy=proxy.url)
        told = failing(f"{scheme}://receiver.example/", network=network, look_up=to_nowhere)
        wrong = Network(proxy=proxy.url_for("ruth", SECRET))
        refused = failing(f"{scheme}://receiver.example/", network=wrong, look_up=to_nowhere)

    assert f"the proxy {proxy.url} ([network] proxy) {words}" in told
    assert f"the proxy {proxy.url} ([network] proxy)" in refused
    assert "refuses the" in refused


def test_a_proxy_that_does_not_let_us_through_is_named():
    with HttpProxy(refusal="502 Bad Gateway") as proxy:
        words = failing("https://receiver.example/", network=Network(proxy=proxy.url), look_up=to_nowhere)
    with SocksProxy(refusal=2) as socks:
        other = failing("https://receiver.example/", network=Network(proxy=socks.url), look_up=to_nowhere)

    assert words.endswith(f"gives no answer: the proxy {proxy.url} ([network] proxy) answers 502 Bad Gateway")
    assert other.endswith(f"the proxy {socks.url} ([network] proxy) does not connect us: it answers 0x02")


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
def test_a_proxy_that_is_not_there_is_named(scheme):
    with closed_port() as port:
        network = Network(proxy=f"{scheme}://ruth:{SECRET}@127.0.0.1:{port}")
        words = failing("https://receiver.example/", network=network, look_up=to_nowhere)

    assert f"the proxy {scheme}://127.0.0.1:{port} ([network] proxy)" in words


def test_a_proxy_whose_name_does_not_resolve_is_named():
    network = Network(proxy="http://proxy.invalid:3128")

    words = failing("https://receiver.example/", network=network, look_up=to_nowhere)

    assert words.endswith("the proxy http://proxy.invalid:3128 ([network] proxy): its name does not resolve")


@pytest.mark.parametrize("kind", ["http", "https", "socks5h"])
def test_what_is_no_proxy_is_named(serve, kind):
    server = serve([b"SSH-2.0-OpenSSH_9.2\r\n"])
    url = server.url.replace("http:", f"{kind}:")

    words = failing("https://receiver.example/", network=Network(proxy=url), look_up=to_nowhere, deadline=3)

    assert f"the proxy {url} ([network] proxy)" in words


def test_the_proxies_of_the_environment_are_not_for_receivers(serve, monkeypatch):
    server = serve(http())
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert post(server.url).status == 200


@pytest.mark.parametrize(
    "text", ["ftp://proxy.example", "http://", f"http://a:{SECRET}@", f"http://{SECRET}:x", "http://p:0"]
)
def test_what_is_no_address_of_a_proxy_is_refused_without_showing_it(text):
    with pytest.raises(
        ConfigurationInvalid, match=r"^HTTPS_PROXY is not the address of a proxy: an address such as "
    ) as caught:
        Proxy.of(text, "HTTPS_PROXY")
    assert SECRET not in str(caught.value)


def test_nothing_shows_a_proxys_password():
    proxy = Proxy.of(f"socks5h://ruth:{SECRET}@proxy.example", "ALL_PROXY")

    assert SECRET not in f"{proxy} {proxy!r} {Network(proxy=proxy.url)!r}"
    assert str(proxy) == "the proxy socks5h://proxy.example:1080 (ALL_PROXY)"


# Certificate authorities


BLOCK = b"-----BEGIN CERTIFICATE-----\n%b\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    "content", [None, b"", b"no certificate", b"\xff\xfe\x00", BLOCK % b"", BLOCK % b"AAAA", BLOCK[:27], BLOCK[::-1]]
)
def test_a_file_without_certificates_is_one_clear_line(tmp_path, content):
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(
        ConfigurationInvalid, match=rf"^\[network\] ca_bundle: {path} (cannot be read: No such|holds no)"
    ):
        Network(ca_bundle=str(path)).checked()


def test_a_certificate_that_is_damaged_behind_others_is_told_at_the_latest_where_it_is_needed(tmp_path, network):
    path = tmp_path / "authorities.pem"
    path.write_bytes(Path(network.ca_bundle).read_bytes() + BLOCK % b"AAAA")

    with pytest.raises(ConfigurationInvalid, match=rf"^\[network\] ca_bundle: {path} holds no"):
        Network(ca_bundle=str(path)).checked().trust()


def test_words_before_the_first_certificate_do_no_harm(tmp_path, network):
    path = tmp_path / "authorities.pem"
    path.write_bytes("# Très bien\n".encode() * 9_999 + Path(network.ca_bundle).read_bytes())

    Network(ca_bundle=str(path)).checked().trust()


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_without_the_setting_the_usual_variables_count(encrypted, network, monkeypatch, name):
    monkeypatch.setenv(name, network.ca_bundle)

    answer = session(look_up=names(["127.0.0.1"]), allow_networks=LOOPBACK).get(
        f"https://receiver.example:{encrypted.port}/"
    )

    assert answer.body == b"encrypted"


def test_a_variable_that_names_no_file_is_named(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file")

    with pytest.raises(ConfigurationInvalid, match=r"^REQUESTS_CA_BUNDLE: /no/such/file cannot be read: No such file"):
        Network().checked()
