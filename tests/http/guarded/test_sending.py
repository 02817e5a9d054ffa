"""What a guarded session sends, to whom, and what of it is told: real sockets."""

import socket
import threading

import pytest

from monitor.errors import ConfigurationInvalid, DeliveryDeferred
from tests.http.guarded.calls import AGENT, post, refused, session
from tests.loopback import RESET, closed_port, http


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


# Receivers that are not reached


def test_nobody_listens():
    with closed_port() as port:
        words = refused(f"http://127.0.0.1:{port}/s3cr3t")

    assert words == f"127.0.0.1:{port} gives no answer: connection refused"


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
