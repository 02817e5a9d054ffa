"""A registry behind a proxy: by a setting or the usual variables, and every failure names both."""

import re
import socket

import pytest

from monitor.errors import RegistryUnreachable
from monitor.http.network import Network
from monitor.http.polite import PoliteSession
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from tests.http.guarded.encrypted import Encrypted, certificate
from tests.loopback import closed_port, http
from tests.proxies import HttpProxy, SocksProxy

SECRET = "hunter2"
HTTP, TLS = "http://registry.example:{}/", "https://registry.example:{}/"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def asked(hurried):
    """Ask by way of a proxy, once."""
    made = []

    def ask(url: str, *, network: Network | None = None) -> bytes:
        made.append(
            PoliteSession(
                requests_per_second=1000, user_agent="test", network=network, sleep=lambda _: None, read_timeout=5
            )
        )
        return made[-1].get(url).body

    yield ask
    for session in made:
        session.close()


def refused(ask, url: str, **options: object) -> RegistryUnreachable:
    with pytest.raises(RegistryUnreachable) as caught:
        ask(url, **options)
    assert SECRET not in f"{caught.value} {caught.value.remedy}"
    return caught.value


@pytest.fixture
def encrypted(tmp_path):
    from cryptography import x509

    server = Encrypted(certificate(x509.DNSName("registry.example"), folder=tmp_path))
    yield server
    server.close()


@pytest.fixture
def authority(encrypted, tmp_path) -> str:
    return str(tmp_path / "certificate.pem")


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
@pytest.mark.parametrize("login", [None, ("ruth", SECRET)])
def test_a_registry_is_asked_by_the_proxy_that_is_set(asked, serve, encrypted, authority, kind, login):
    port = serve(http(b"plain")).host.partition(":")[2]
    with kind(login=login) as proxy:
        network = Network(authority, proxy.url_for(*login) if login else proxy.url)

        assert asked(HTTP.format(port), network=network) == b"plain"
        assert asked(TLS.format(encrypted.port), network=network) == b"encrypted"

    assert len(proxy.asked) == 2


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
def test_without_a_setting_the_usual_variables_count(asked, serve, monkeypatch, kind, name):
    port = serve(http(b"plain")).host.partition(":")[2]
    with kind() as proxy:
        monkeypatch.setenv(name, proxy.url)

        assert asked(HTTP.format(port)) == b"plain"

    assert len(proxy.asked) == 1


def test_a_proxy_may_be_named_without_its_scheme(asked, serve, monkeypatch):
    port = serve(http(b"plain")).host.partition(":")[2]
    with HttpProxy() as proxy:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")

        assert asked(HTTP.format(port)) == b"plain"


def test_what_no_proxy_names_is_asked_directly(asked, serve, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.0/8")

    assert asked(serve(http(b"direct")).url, network=Network(proxy="http://127.0.0.1:9")) == b"direct"


def test_a_private_authority_is_one_setting(asked, encrypted, authority, monkeypatch):
    port = encrypted.port
    there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: there)

    assert asked(TLS.format(port), network=Network(ca_bundle=authority)) == b"encrypted"
    failure = refused(asked, TLS.format(port))

    assert "its certificate is of an authority that is not trusted here: [network] ca_bundle can name it" in str(
        failure
    )


# Failures


@pytest.mark.parametrize("url", [HTTP.format(80), TLS.format(443)])
@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
def test_a_login_that_a_proxy_wants_or_refuses_is_told_at_once(asked, monkeypatch, kind, url):
    """Not tried again and again: the account may be locked."""
    with kind(login=("ruth", "another")) as proxy:
        for source, given in (("ALL_PROXY", proxy.url), ("ALL_PROXY", proxy.url_for("ruth", SECRET))):
            monkeypatch.setenv(source, given)
            failure = refused(asked, url)

            assert f"the proxy {proxy.url} (ALL_PROXY)" in str(failure)
            assert "login" in str(failure) or "password" in str(failure)
            assert "times" not in str(failure)
            assert failure.remedy == "check the proxy, or ALL_PROXY"


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
@pytest.mark.parametrize("url", [HTTP.format(80), TLS.format(443)])
def test_a_proxy_that_is_not_there_is_named_with_where_it_was_set(asked, scheme, url):
    with closed_port() as port:
        network = Network(proxy=f"{scheme}://ruth:{SECRET}@127.0.0.1:{port}")
        failure = refused(asked, url, network=network)

    assert f"the proxy {scheme}://127.0.0.1:{port} ([network] proxy)" in str(failure)


@pytest.mark.parametrize("status", ["403 Forbidden", "502 Bad Gateway", "503 Service Unavailable"])
def test_a_proxy_that_does_not_let_us_through_is_named(asked, status):
    with HttpProxy(refusal=status) as proxy:
        failure = refused(asked, TLS.format(443), network=Network(proxy=proxy.url))

    assert f"the proxy {proxy.url} ([network] proxy) answers {status}" in str(failure)


@pytest.mark.parametrize("scheme", ["http", "https", "socks5h"])
def test_what_is_no_proxy_is_named(asked, serve, scheme):
    url = serve([b"SSH-2.0-OpenSSH_9.2\r\n"]).url.replace("http:", f"{scheme}:")

    failure = refused(asked, TLS.format(443), network=Network(proxy=url))

    assert f"the proxy {url} ([network] proxy)" in str(failure)


def test_a_registry_that_fails_behind_a_proxy_is_told_with_the_proxy(asked, serve):
    port = serve(http(status=503)).host.partition(":")[2]
    with HttpProxy() as proxy:
        failure = refused(asked, HTTP.format(port), network=Network(proxy=proxy.url))

    assert f"503 Service Unavailable, by way of the proxy {proxy.url} ([network] proxy)" in str(failure)


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
@pytest.mark.parametrize("url", ["http://registry.example/api/v2", "https://registry.example/api/v2"])
def test_nobody_is_sent_to_base_url_for_what_a_proxy_did(asked, url, status):
    with HttpProxy(refusal=status) as proxy:
        network = Network(proxy=proxy.url)
        session = PoliteSession(
            requests_per_second=1000, user_agent="test", network=network, sleep=lambda _: None, read_timeout=5
        )
        registry = ClinicalTrialsGov(base_url=url, session=session)
        with pytest.raises(Exception, match=r"\(\[network\] proxy\)") as caught:
            registry.version(None)
        registry.close()

    assert not re.search(r"check \S*base_url", str(caught.value))
