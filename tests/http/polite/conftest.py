"""Polite sessions whose time a test holds, and servers that are gone at its end."""

import pytest

from monitor.http.polite import PoliteSession
from tests.http.polite.sessions import AGENT, Clock
from tests.loopback import Loopback, Request


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
