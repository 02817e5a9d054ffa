"""Receivers for a guarded session, and every look-up and connection that anybody makes, written down from below.

An audit hook of the interpreter sees them, whichever library makes them.
"""

import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from monitor.http.network import Network
from tests.http.guarded.encrypted import Encrypted, certificate
from tests.loopback import Loopback

_seen: list[tuple[str, object]] = []


def _watch(event: str, given: tuple[object, ...]) -> None:
    if event == "socket.connect":
        _seen.append(("connect", given[1]))
    elif event == "socket.getaddrinfo":
        _seen.append(("look up", given[0]))


sys.addaudithook(_watch)


@pytest.fixture
def seen() -> list[tuple[str, object]]:
    """Look-ups and connections since the test began."""
    _seen.clear()
    return _seen


@pytest.fixture
def serve() -> Iterator[Callable[[object], Loopback]]:
    servers: list[Loopback] = []

    def start(answer: object) -> Loopback:
        servers.append(Loopback(answer if callable(answer) else lambda request: answer))
        return servers[-1].__enter__()

    yield start
    for server in servers:
        server.__exit__()


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Encrypted]:
    names = x509.DNSName("receiver.example"), x509.IPAddress(ip_address("127.0.0.1"))
    server = Encrypted(certificate(*names, folder=tmp_path))
    yield server
    server.close()


@pytest.fixture
def network(encrypted: Encrypted, tmp_path: Path) -> Network:
    """One in which the receiver's certificate is trusted."""
    return Network(ca_bundle=str(tmp_path / "certificate.pem"))
