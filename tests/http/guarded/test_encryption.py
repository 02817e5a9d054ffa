"""Which receivers a guarded session believes to be who they are."""

import socket
import threading

import pytest

from tests.http.guarded.calls import names, post, refused
from tests.loopback import http


@pytest.mark.parametrize("host", ["receiver.example", "receiver.example."])
def test_the_certificate_is_that_of_the_name_not_of_the_address(encrypted, network, host):
    answer = post(f"https://{host}:{encrypted.port}/", network=network, look_up=names(["127.0.0.1"]))

    assert answer.body == b"encrypted"
    assert encrypted.named == ["receiver.example"]
    assert f"Host: {host}:{encrypted.port}".encode() in encrypted.heads[0]


def test_a_certificate_for_an_address_is_right_for_that_address(encrypted, network):
    assert post(f"https://127.0.0.1:{encrypted.port}/", network=network).body == b"encrypted"


def test_a_certificate_for_another_name_is_refused(encrypted, network):
    words = refused(f"https://other.example:{encrypted.port}/", network=network, look_up=names(["127.0.0.1"]))

    assert words.endswith("no trustworthy TLS connection: its certificate is for another name: check the host")
    assert encrypted.heads == [] or encrypted.heads == [b""]


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted):
    words = refused(f"https://receiver.example:{encrypted.port}/", look_up=names(["127.0.0.1"]))

    assert "no trustworthy TLS connection: its certificate is of an authority that is not trusted here" in words
    assert "[network] ca_bundle" in words


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
