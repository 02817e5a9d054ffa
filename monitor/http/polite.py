"""Sessions with a registry: pace, deadline, size cap, retries, user agent.

A session is polite and gives up in good time. It never follows a redirect, never interprets a body, and lets no
exception of the libraries below it escape. The rule to keep: everything that a server can do to us is bounded here.

| what a server does                          | what comes of it                                                  |
|---------------------------------------------|-------------------------------------------------------------------|
| answers 5xx, resets, breaks off             | asked again, up to 4 times in all, after a random pause           |
| answers 429 without Retry-After             | asked again after 30 to 60 seconds, at random; the deadline moves |
|                                             | on by as much                                                     |
| says Retry-After, up to 5 minutes           | asked again after that; the deadline moves on by as much, and     |
|                                             | where that was the last attempt, no request is made before it     |
| says Retry-After, longer than that          | `RegistryUnreachable` with the time that it asked for, and no     |
|                                             | request is made before that time, or for a day                    |
| trickles a header or body                   | cut at the deadline: a time-out alone begins anew with every byte |
| sends more than the body cap, decompressed  | `AnswerTooLarge`, having read no further                          |
| answers anything else, redirects included   | a `Response`: the adapter decides                                 |

The deadline cannot cut two waits: the look-up of the host's name, which is up to the system, and a TLS handshake, in
which only silence ends at the connect time-out.
"""

import random as randomness
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from monitor.errors import ConfigurationInvalid, RegistryUnreachable
from monitor.http.asking import BODY_CAP, CONNECT_TIMEOUT, DEADLINE, READ_TIMEOUT
from monitor.http.network import Network, Proxy
from monitor.http.pacing import LONGEST_LEFT_ALONE, Pace
from monitor.http.response import AskedBefore, Question, Response
from monitor.http.urls import checked_base_url
from monitor.ports import Traffic

if TYPE_CHECKING:
    from monitor.http.requesting import Failure, Requests

ATTEMPTS = 4
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
PAUSE_OF_TOO_MANY = 30.0
LONGEST_RETRY_AFTER = 300.0
"""Seconds. Full jitter: a pause is random between 0 and FIRST_PAUSE doubled at every attempt; after 429 it is between
PAUSE_OF_TOO_MANY and twice as long."""


class PoliteSession:
    """HTTP requests to one server, which change nothing there. Not for several threads at once.

    *deadline* is for one of them, retries and pauses included, save for the pauses that the server asked for. *asked*
    is what was asked just now, before the session: an answer to that is taken rather than asked for again. *pace* is
    kept
    beside the session's own, and hears of every pause.
    """

    def __init__(
        self,
        *,
        requests_per_second: float,
        user_agent: str,
        network: Network | None = None,
        pace: Pace | None = None,
        asked: AskedBefore | None = None,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        deadline: float = DEADLINE,
        body_cap: int = BODY_CAP,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        if not (user_agent.isascii() and user_agent.isprintable()):
            raise ConfigurationInvalid("the User-Agent goes into an HTTP header: plain ASCII on one line is expected")
        if not requests_per_second > 0:
            raise ConfigurationInvalid(f"requests_per_second is {requests_per_second}: a number above 0 is expected")
        self.traffic = Traffic()
        self.user_agent = user_agent
        self._interval = 1 / requests_per_second
        self._timeouts = (connect_timeout, read_timeout)
        self._deadline = deadline
        self._body_cap = body_cap
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._pace = pace
        self._asked = asked or AskedBefore()
        self._next_start = self._asked.next_start
        self._left_alone_until: float = float("-inf")
        self._network = network or Network()
        self._requests: Requests | None = None

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body_cap: int | None = None,
        attempts: int = ATTEMPTS,
    ) -> Response:
        """Send one GET, up to *attempts* times, and return the answer.

        Raise RegistryUnreachable if there is none in the end, AnswerTooLarge if its body is over *body_cap*
        bytes (by default the session's own), ConfigurationInvalid if *url* is not an http(s) address.
        """
        return self._ask(
            Question(url, headers or {}, cap=self._body_cap if body_cap is None else body_cap), attempts, self._deadline
        )

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str], body_cap: int | None = None) -> Response:
        """Send one POST that only asks, such as a search; else as `get`."""
        return self._ask(
            Question(url, headers, body, cap=self._body_cap if body_cap is None else body_cap), ATTEMPTS, self._deadline
        )

    def download(self, url: str, into: BinaryIO, *, size_cap: int, deadline: float) -> Response:
        """Write the body of one GET *into* a file, of which no more than a piece is held in memory at a time.

        The response has no body. *size_cap* is in bytes and *deadline* in seconds; the rest is as in `get`.
        """
        return self._ask(Question(url, {}, cap=size_cap, into=into), ATTEMPTS, deadline)

    def _ask(self, question: Question, attempts: int, deadline: float) -> Response:
        url, headers = question.url, question.headers
        parts = urlsplit(checked_base_url(url.partition("?")[0]))
        host, proxy = parts.netloc, self._network.proxy_to_registry(parts)
        self._check_allowed(host)
        until: float | None = None
        attempt = 0
        while True:
            attempt += 1
            asked_for = 0.0 if self._asked.has(url, headers) else self._keep_pace(host)
            until = (until or self._monotonic() + deadline) + (asked_for if until else 0)
            answer = self._attempt(question, until=until, proxy=proxy)
            if isinstance(answer, Response):
                return answer
            pause = self._pause_after(answer, attempt, host)
            until += pause if answer.wants_pause else 0
            if attempt >= attempts or answer.is_final or self._monotonic() + pause >= until:
                self.leave_alone(answer.retry_after or 0)
                self._tell_others(host, answer.retry_after or 0)
                raise _given_up(host, answer, attempt, proxy)
            self._tell_others(host, pause)
            self._sleep(pause)

    @property
    def left_alone_for(self) -> float:
        """For how many more seconds the server wants no requests; 0 if it did not ask for a pause."""
        return max(self._left_alone_until - self._monotonic(), 0.0)

    def leave_alone(self, seconds: float) -> None:
        """Make no requests for so many seconds, a day at most."""
        self._left_alone_until = self._monotonic() + min(seconds, LONGEST_LEFT_ALONE)

    def close(self) -> None:
        """Close the connections."""
        if self._requests is not None:
            self._requests.close()

    def _check_allowed(self, host: str) -> None:
        if wait := self.left_alone_for:
            raise RegistryUnreachable(
                f"{host} asks to be left alone for {wait:.0f} s more", remedy="nothing is asked of it until then"
            )

    def _pause_after(self, failure: "Failure", attempt: int, host: str) -> float:
        """How long to pause before the next attempt. Raise RegistryUnreachable where that is too long to wait for."""
        asked = failure.retry_after
        if asked is not None and asked > LONGEST_RETRY_AFTER:
            self.leave_alone(asked)
            self._tell_others(host, self.left_alone_for)
            raise RegistryUnreachable(
                f"{host} answers {failure.why} and asks to be left alone for {asked:.0f} s", status=failure.status
            )
        if asked is None and failure.status == HTTPStatus.TOO_MANY_REQUESTS:
            return PAUSE_OF_TOO_MANY * (1 + self._random())
        return max(self._random() * min(LONGEST_PAUSE, FIRST_PAUSE * (1 << (attempt - 1))), asked or 0)

    def _keep_pace(self, host: str) -> float:
        """Wait until the next request may start. Return how long of that the server asked other processes to wait."""
        wait = self._next_start - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        asked_for = self._take_turn(host, self._pace) if self._pace else 0.0
        self._next_start = max(self._next_start, self._monotonic()) + self._interval
        return asked_for

    def _take_turn(self, host: str, pace: Pace) -> float:
        self._opened()  # loading it takes longer than some intervals
        patience = min(LONGEST_RETRY_AFTER, self._deadline)
        turn = pace.turn(host.lower(), interval=self._interval, patience=patience)
        if turn.left_alone_for > patience:
            self.leave_alone(turn.left_alone_for)
            self._check_allowed(host)
        if turn.wait > 0:
            self._sleep(turn.wait)
        return min(turn.wait, turn.left_alone_for)

    def _tell_others(self, host: str, pause: float) -> None:
        if self._pace and pause > self._interval:
            self._pace.leave_alone(host.lower(), pause)

    def _attempt(self, question: Question, *, until: float, proxy: Proxy | None) -> "Response | Failure":
        left = max(until - self._monotonic(), 0.001)
        connect, read = self._timeouts
        timeouts = min(connect, left), min(read, left)
        return self._opened().ask(question, timeouts=timeouts, seconds=left, proxy=proxy)

    def _opened(self) -> "Requests":
        if self._requests is None:
            from monitor.http.requesting import (
                Requests,
            )  # requests takes long to load, and most commands ask no registry

            self._requests = Requests(self._network, self.user_agent, self.traffic, asked=self._asked)
        return self._requests


def _given_up(host: str, failure: "Failure", attempts: int, proxy: Proxy | None) -> RegistryUnreachable:
    times = f", {attempts} times" if attempts > 1 else ""
    remedy = f"check the proxy, or {proxy.source}" if proxy else ""
    return RegistryUnreachable(f"{host} gives no answer: {failure.why}{times}", status=failure.status, remedy=remedy)
