"""Why a server did not answer, in words for people, and when it wants to be asked again. Pure."""

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

_NOT_YET, _EXPIRED, _ANOTHER_NAME, _ANOTHER_ADDRESS = 9, 10, 62, 64
_UNKNOWN_AUTHORITY = frozenset((2, 18, 19, 20, 21))
"""OpenSSL's X509_V_ERR_…: https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/."""

CUT = "no whole answer within the deadline"


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds to wait by the Retry-After header, RFC 9110 10.2.3; None where it is absent or garbage.

    A date is relative to the server's own Date header, as its clock may differ from ours, or else to *now*.
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    with suppress(ValueError, TypeError, OverflowError):
        said_at = now if now and not headers.get("Date") else _http_date(headers.get("Date", ""))
        return max((_http_date(text) - said_at).total_seconds(), 0.0)
    return None


def _http_date(text: str) -> datetime:
    """A time in any of the three forms of RFC 9110 5.6.7; the oldest, asctime's, has no zone and means UTC."""
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo or "," in text else moment.replace(tzinfo=UTC)


def why(error: BaseException, timeouts: tuple[float, float]) -> str:
    """What went wrong, in words for people."""
    chain = tuple(causes_of(error))
    if words := next(filter(None, map(certificate_words, chain)), ""):
        return f"no trustworthy TLS connection: its certificate {words}"
    connect, read = timeouts
    by_class: tuple[tuple[type[BaseException], str], ...] = (
        (NameResolutionError, "its name does not resolve"),
        (socket.gaierror, "its name does not resolve"),
        (ConnectionRefusedError, "connection refused"),
        (RemoteDisconnected, "the connection was closed without an answer"),
        (ConnectionResetError, "the connection was reset"),
        (BrokenPipeError, "the connection was reset"),
        (requests.exceptions.ProxyError, "the proxy does not let us through"),
        (requests.exceptions.SSLError, "no trustworthy TLS connection"),
        (ssl.SSLError, "no trustworthy TLS connection"),
        (IncompleteRead, "the answer broke off"),
        (DecodeError, "the answer's compression is damaged"),
        (NewConnectionError, "no way to its network"),
        (ConnectTimeoutError, f"no connection within {connect:g} s"),
        (ReadTimeoutError, f"no answer within {read:g} s"),
        (TimeoutError, f"no answer within {read:g} s"),
        (requests.exceptions.ConnectTimeout, f"no connection within {connect:g} s"),
        (requests.exceptions.Timeout, f"no answer within {read:g} s"),
        (HTTPException, "it does not answer in proper HTTP"),
        (ProtocolError, "the answer broke off"),
    )
    for kind, words in by_class:
        if any(isinstance(cause, kind) for cause in chain):
            return words
    return "it does not answer in proper HTTP"


def certificate_words(error: BaseException) -> str:
    """What is wrong with a certificate, to follow the word "it", with the remedy; empty if it is unknown."""
    code = getattr(error, "verify_code", None)
    if code in (_ANOTHER_NAME, _ANOTHER_ADDRESS):
        return "is for another name: check the host"
    if code in (_NOT_YET, _EXPIRED):
        return "is out of date, or this machine's clock is wrong"
    if code in _UNKNOWN_AUTHORITY:
        return "is of an authority that is not trusted here: [network] ca_bundle can name it"
    return ""


def causes_of(error: object) -> "list[BaseException]":
    """The exception and everything it wraps: requests and urllib3 also keep causes in `args` and `reason`."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
