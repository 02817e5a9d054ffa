"""Calls of a guarded session, and name services that say what a test wants."""

import socket

import pytest

from monitor.errors import DeliveryDeferred
from monitor.http.guarded import GuardedSession

AGENT = "registry-monitor/0.1.0 (trials@hospital.example)"
LOOPBACK = ["127.0.0.0/8"]
PUBLIC = "93.184.215.14"


def session(**options: object) -> GuardedSession:
    return GuardedSession(user_agent=AGENT, **{"allow_networks": LOOPBACK, "deadline": 10, **options})


def post(url: str, **options: object):
    return session(**options).post(url, body=b"{}", headers={})


def refused(url: str, **options: object) -> str:
    with pytest.raises(DeliveryDeferred) as caught:
        post(url, **options)
    return str(caught.value)


def names(*answers: list[str], aliases: tuple[str, ...] = ("",)):
    """A name service that gives one answer after the other, then the last for ever; and counts.

    *aliases* are where chains of CNAMEs end, one after the other, as `getaddrinfo` tells it.
    """
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        alias = aliases[len(asked) % len(aliases)]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, alias, (ip, port)) for ip in found
        ]

    look_up.asked = asked
    return look_up


def without_asking_anybody(host: str, port: int, **options: object) -> list[tuple[object, ...]]:
    """The system's own reading of addresses in all their spellings; no name but localhost exists."""
    if host.lower().rstrip(".") in ("localhost", "ip6-localhost"):
        host = "127.0.0.1"
    return socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, **options)
