"""What a polite session sends, to which addresses, and what it hands over: real sockets wherever sockets matter."""

import pytest

from monitor.errors import ConfigurationInvalid, RegistryUnreachable
from monitor.http.polite import PoliteSession
from monitor.http.urls import checked_base_url
from tests.http.polite.sessions import AGENT
from tests.loopback import chunked, gzipped, http

URL = "https://registry.example/api/v2/version"


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


def test_an_interim_answer_is_passed_over(session, serve):
    server = serve(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + http(b"{}"))

    assert (session.get(server.url).status, len(server.requests)) == (200, 1)


def test_a_chunked_answer_is_put_together(session, serve):
    assert session.get(serve(chunked(b"abc")).url).body == b"abc"


def test_an_answer_in_an_encoding_that_was_not_asked_for_is_handed_over_raw(session, serve):
    assert session.get(serve(http(b"\x00\x01", headers={"Content-Encoding": "zpaq"})).url).body == b"\x00\x01"


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
