"""Requests over the connections of `requests`, each made once, bounded by a deadline and a size; `polite` repeats them.

No exception of the libraries below escapes: a request without an answer is a `Failure`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from monitor.errors import AnswerTooLarge, ConfigurationInvalid
from monitor.http.adapter import BoundedAdapter
from monitor.http.answers import CUT, retry_after, why
from monitor.http.asking import registry_headers
from monitor.http.deadline import Deadline
from monitor.http.network import Network, Proxy
from monitor.http.proxies import WANTS_LOGIN, refusal_by, why_by
from monitor.http.response import AskedBefore, Question, Response, status_in_words
from monitor.http.urls import shown
from monitor.ports import Traffic

PIECE = 64 * 1024
KEPT_OF_TOO_LARGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request did not get an answer, and how many seconds the server asked us to wait."""

    why: str
    status: int | None = None
    retry_after: float | None = None
    is_final: bool = False
    """Whether another attempt would be in vain."""

    @property
    def wants_pause(self) -> bool:
        """Whether the server wants fewer requests, so that waiting is worthwhile."""
        return self.retry_after is not None or self.status == HTTPStatus.TOO_MANY_REQUESTS


class Requests:
    """Requests to one server, as *user_agent*; *traffic* counts them. Not for several threads at once.

    *asked* was sent just now by other means, and is not sent again: each answer is taken, once.
    """

    def __init__(self, network: Network, user_agent: str, traffic: Traffic, *, asked: AskedBefore) -> None:
        self._traffic = traffic
        self._asked = asked
        self._session = _Session()
        # The network decides on proxies and certificates; and credentials in ~/.netrc are not sent along.
        self._session.trust_env = False
        self._session.headers.update(registry_headers(user_agent))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, BoundedAdapter(network.trust))

    def ask(
        self, question: Question, *, timeouts: tuple[float, float], seconds: float, proxy: Proxy | None
    ) -> Response | Failure:
        """Ask once, for so many *seconds* at most; *timeouts* are for the connection and for each read."""
        self._traffic.requests += 1
        if answered := self._answered_before(question):
            return answered
        via = f"by way of {proxy}" if proxy else ""
        try:
            with Deadline(seconds) as deadline:
                try:
                    with self._session.request(
                        "GET" if question.body is None else "POST",
                        question.url,
                        headers=dict(question.headers),
                        data=question.body,
                        timeout=timeouts,
                        stream=True,
                        allow_redirects=False,
                        proxies={"all": proxy.url} if proxy else {},
                    ) as answer:
                        if failure := _failure_of(answer.status_code, answer.headers, proxy):
                            return failure
                        body = self._body(answer, question)
                finally:
                    cut = deadline.is_over
        except requests.exceptions.InvalidURL as error:
            raise ConfigurationInvalid(f"“{shown(question.url)}” is not an address that can be asked") from error
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            if cut:
                return Failure(f"{CUT}, {via}" if via else CUT)
            return _failure_by(proxy, error, timeouts) if proxy else Failure(why(error, timeouts))
        # Where the end of the connection is the end of the body, a cut looks like a proper end.
        return Failure(CUT) if cut else Response(answer.status_code, answer.headers, body, question.url, via)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _answered_before(self, question: Question) -> Response | Failure | None:
        asks_more = question.body is not None or question.into is not None
        answer = None if asks_more else self._asked.take(question.url, question.headers)
        if answer is None:
            return None
        if failure := _failure_of(answer.status, answer.headers, None):
            return failure
        self._traffic.bytes += len(answer.body)
        return answer

    def _body(self, answer: requests.Response, question: Question) -> bytes:
        """The body; nothing where it was written into the question's file."""
        body, size = bytearray(), 0
        if question.into:
            question.into.seek(0)
            question.into.truncate()
        for piece in answer.raw.stream(PIECE, decode_content=True):
            self._traffic.bytes += len(piece)
            size += len(piece)
            if question.into and size <= question.cap:
                question.into.write(piece)
            else:
                body += piece
            if size > question.cap:
                host = urlsplit(answer.url).netloc
                raise AnswerTooLarge(
                    f"{host} answered with more than {question.cap:,} bytes", raw=bytes(body[:KEPT_OF_TOO_LARGE])
                )
        return bytes(body)


def _failure_of(status: int, headers: Mapping[str, str], proxy: Proxy | None) -> Failure | None:
    """What makes an answer worth another attempt; None where it is an answer."""
    if proxy and status == WANTS_LOGIN:
        return Failure(refusal_by(proxy, status), is_final=True)
    if status != HTTPStatus.TOO_MANY_REQUESTS and not 500 <= status <= 599:
        return None
    way = f", by way of {proxy}" if proxy else ""
    return Failure(f"{status_in_words(status)}{way}", status, retry_after(headers))


def _failure_by(proxy: Proxy, error: Exception, timeouts: tuple[float, float]) -> Failure:
    """With a password that is refused nobody should try too often: the account may be locked."""
    words = why_by(proxy, error, timeouts)
    return Failure(words, is_final="login" in words or "password" in words)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: to look for the target, requests reads a redirect's whole body, however large."""
