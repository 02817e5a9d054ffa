"""Answers that must never become a document: each by name, with what it ends as and a word of the reason.

`Poison.answer(trial_id)` is the raw HTTP answer, for `tests.loopback`, to a request for that one trial. Where `record`
is given it is what stands in the record's place, so it can also be put into a page among good records.
"""

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.loopback import RESET, chunked, gzipped, http
from tests.registries.trials import trial
from tests.studies import DELETED

UNREADABLE = "unreadable"
UNANSWERED = "unanswered"

ERROR_PAGE = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"
NGINX_404 = (
    b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><hr><center>nginx</center></body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Poison:
    name: str
    ends_as: str
    reason: str
    answer: Callable[[str], bytes | Iterable[object]]
    record: Callable[[str], Any] | None = None


def _record(name: str, reason: str, make: Callable[[str], Any]) -> Poison:
    """A well-formed answer whose JSON is not the record."""
    return Poison(name, UNREADABLE, reason, lambda trial_id: http(json.dumps(make(trial_id)).encode()), make)


def _changed(name: str, reason: str, **changes: Any) -> Poison:
    return _record(name, reason, lambda trial_id: trial(trial_id, **changes))


def _body(name: str, reason: str, make: Callable[[bytes], bytes], **options: Any) -> Poison:
    """Status 200, with a body made of the good record's bytes."""
    return Poison(name, UNREADABLE, reason, lambda trial_id: http(make(good(trial_id)), **options))


def _status(status: int, ends_as: str, body: bytes = b"", **options: Any) -> Poison:
    return Poison(
        f"status {status}, {body[:12]!r}", ends_as, str(status), lambda trial_id: http(body, status, **options)
    )


def bomb(*, megabytes: int) -> bytes:
    """Some kilobytes that unpack to this much. Each megabyte is a gzip member of its own, made once."""
    return http(gzip.compress(b"[" * 1_000_000) * megabytes, headers={"Content-Encoding": "gzip"})


def _raw(name: str, ends_as: str, reason: str, make: Callable[[bytes], bytes | Iterable[object]]) -> Poison:
    """Any bytes, made of the good record's."""
    return Poison(name, ends_as, reason, lambda trial_id: make(good(trial_id)))


def good(trial_id: str) -> bytes:
    return json.dumps(trial(trial_id)).encode()


def _with_number(body: bytes, number: bytes) -> bytes:
    return body.replace(b'"count": 61', b'"count": ' + number)


def _deep(levels: int) -> Any:
    value: Any = "bottom"
    for _ in range(levels):
        value = {"d": value}
    return value


def _redirect(to: str, status: int = 301) -> Poison:
    return Poison(
        f"{status} to {to}", UNREADABLE, "redirect", lambda trial_id: http(b"", status, headers={"Location": to})
    )


_MODULES = "the record lacks protocolSection."

POISONS: dict[str, Poison] = {
    poison.name: poison
    for poison in (
        # Pages made for people
        _body("an error page with 200", "HTML", lambda good: ERROR_PAGE, content_type="text/html"),
        _body("an error page that says JSON", "HTML", lambda good: ERROR_PAGE),
        _body("a blocked page", "HTML", lambda good: b"\n\n <html><body>Request blocked. ID 0.8f2</body></html>"),
        _body(
            "a log-in page",
            "HTML",
            lambda good: b'<html><form action="/login"></form></html>',
            content_type="text/html",
        ),
        _body(
            "a maintenance page",
            "HTML",
            lambda good: b"<!doctype html><p>We will be back soon.",
            content_type="text/html",
        ),
        _body("a record that says it is HTML", "HTML", lambda good: good, content_type="text/html; charset=utf-8"),
        _body("XML", "HTML", lambda good: b'<?xml version="1.0"?><clinical_study/>', content_type="application/xml"),
        _body(
            "plain words", "not proper JSON", lambda good: b"Service temporarily unavailable", content_type="text/plain"
        ),
        _body("CSV", "not proper JSON", lambda good: b"NCT Number,Study Title\r\n", content_type="text/csv"),
        # JSON that is no record
        _body("an empty body", "nothing at all", lambda good: b""),
        _body("white space", "nothing at all", lambda good: b" \r\n\t "),
        _record("{}", "names no trial", lambda trial_id: {}),
        _record("null", "null came instead", lambda trial_id: None),
        _record("[]", "a list came instead", lambda trial_id: []),
        _record("a text", "text came instead", lambda trial_id: trial_id),
        _record("a number", "a number came instead", lambda trial_id: 5),
        _record("true", "true or false came instead", lambda trial_id: True),
        _record("an error object", "names no trial", lambda trial_id: {"error": {"code": 500, "message": "internal"}}),
        _record("a list of the record", "a list came instead", lambda trial_id: [trial(trial_id)]),
        Poison(
            "a page with the record",
            UNREADABLE,
            "names no trial",
            lambda trial_id: http(b'{"studies": [' + good(trial_id) + b"]}"),
        ),
        # Bytes gone wrong
        _body("cut in the middle", "not proper JSON", lambda good: good[: len(good) // 2]),
        _body("without its last brace", "not proper JSON", lambda good: good[:-1]),
        _body("with something after it", "not proper JSON", lambda good: good + b"<!-- cached -->"),
        _body("twice", "not proper JSON", lambda good: good + good),
        _body("a byte-order mark", "not proper JSON", lambda good: b"\xef\xbb\xbf" + good),
        _body("UTF-16", "not proper JSON", lambda good: good.decode().encode("utf-16")),
        _body("UTF-16 without a mark", "not proper JSON", lambda good: good.decode().encode("utf-16-le")),
        _body("UTF-32", "not proper JSON", lambda good: good.decode().encode("utf-32")),
        _body(
            "latin-1",
            "not proper JSON",
            lambda good: good.replace(b"Halvorsen", "Hålvorsen".encode("latin-1")),
            content_type="application/json; charset=iso-8859-1",
        ),
        _body("half a surrogate", "not proper JSON", lambda good: good.replace(b"Bergen", b"\\ud83d")),
        _body("a zero byte", "not proper JSON", lambda good: good.replace(b"Bergen", b"Ber\0gen")),
        _body("NaN", "not proper JSON", lambda good: _with_number(good, b"NaN")),
        _body("Infinity", "not proper JSON", lambda good: _with_number(good, b"-Infinity")),
        _body("a number of 5,000 digits", "not proper JSON", lambda good: _with_number(good, b"9" * 5000)),
        _body("a number without bounds", "not proper JSON", lambda good: _with_number(good, b"1e999")),
        _body("a number that no integer holds", "whole number", lambda good: _with_number(good, b"9" * 40)),
        _body("single quotes", "not proper JSON", lambda good: good.replace(b'"', b"'")),
        _body(
            "nested 100,000 deep",
            "not proper JSON",
            lambda good: good[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        ),
        _body("opened 100,000 times", "not proper JSON", lambda good: b'{"a":' * 100_000),
        _record("nested 600 deep", "nested too deeply", lambda trial_id: trial(trial_id, moreModule=_deep(600))),
        _record("nested 260 deep", "nested too deeply", lambda trial_id: trial(trial_id, moreModule=_deep(260))),
        _record(
            "9 million bytes",
            "more than",
            lambda trial_id: trial(trial_id, descriptionModule__briefSummary="x" * 9_000_000),
        ),
        # Somebody else's
        _changed("another trial's id", "is the record of “NCT05559999”", identificationModule__nctId="NCT05559999"),
        _changed("an id in lower case", "is the record of “nct", identificationModule__nctId="nct05550100"),
        _changed("a number for an id", "names no trial", identificationModule__nctId=5550100),
        _changed("no id", "names no trial", identificationModule__nctId=DELETED),
        # A record cut short
        _changed("no protocol", "names no trial", top__protocolSection=DELETED),
        _changed("no identification", "names no trial", identificationModule=DELETED),
        _changed("no title", _MODULES + "identificationModule.briefTitle", identificationModule__briefTitle=DELETED),
        _changed("an empty title", "briefTitle is empty", identificationModule__briefTitle=""),
        _changed("no status module", _MODULES + "statusModule", statusModule=DELETED),
        _changed("no status", _MODULES + "statusModule.overallStatus", statusModule__overallStatus=DELETED),
        _changed("a null status", _MODULES + "statusModule.overallStatus", statusModule__overallStatus=None),
        _changed("no sponsor module", _MODULES + "sponsorCollaboratorsModule", sponsorCollaboratorsModule=DELETED),
        _changed("no lead sponsor", _MODULES + "sponsor", sponsorCollaboratorsModule__leadSponsor=DELETED),
        _changed("no sponsor's name", _MODULES + "sponsor", sponsorCollaboratorsModule__leadSponsor={"class": "OTHER"}),
        _changed("no word on results", "the record lacks hasResults", top__hasResults=DELETED),
        # Of another type
        _changed("a number for a title", "a number instead of text", identificationModule__briefTitle=7),
        _changed("a list for a status", "a list instead of text", statusModule__overallStatus=["RECRUITING"]),
        _changed("text for results", "text instead of true or false", top__hasResults="no"),
        _changed("a number for results", "a number instead of true or false", top__hasResults=0),
        _changed("text for the status module", _MODULES + "statusModule", statusModule="RECRUITING"),
        _changed("a list for the results section", "resultsSection is a list", top__resultsSection=[1]),
        _changed("a list for the protocol", "names no trial", top__protocolSection=[{"identificationModule": {}}]),
        # Statuses
        _status(204, UNREADABLE),
        _raw(
            "206", UNREADABLE, "206", lambda good: http(good[:500], 206, headers={"Content-Range": "bytes 0-499/9000"})
        ),
        _status(203, UNREADABLE, b"{}"),
        _status(300, UNREADABLE, b"choose"),
        _status(304, UNREADABLE),
        _redirect(""),
        _redirect("https://elsewhere.example/api/v2/studies/NCT05559999"),
        _redirect("//elsewhere.example/studies/NCT05559999"),
        _redirect("/api/other/NCT05559999"),
        _redirect("file:///etc/passwd"),
        _redirect("http://[broken/"),
        _redirect("../version", 302),
        _redirect("/login?next=studies", 303),
        _redirect("/api/v2/studies/NCT05559999/../../../admin", 308),
        Poison(
            "a redirect to itself",
            UNREADABLE,
            "redirect",
            lambda trial_id: http(b"", 301, headers={"Location": f"/api/v2/studies/{trial_id}"}),
        ),
        _status(400, UNANSWERED, b"Parameter `nctId` has incorrect format", content_type="text/plain"),
        _status(401, UNANSWERED),
        _status(403, UNANSWERED, ERROR_PAGE, content_type="text/html"),
        _status(404, UNREADABLE, NGINX_404, content_type="text/html"),
        _status(404, UNREADABLE),
        _status(404, UNREADABLE, b"NCT number NCT05559999 not found", content_type="text/plain"),
        _status(404, UNREADABLE, b'{"message": "not found"}'),
        _status(410, UNANSWERED, b"Gone"),
        _status(418, UNANSWERED),
        _status(429, UNANSWERED, b"slow down"),
        _status(451, UNANSWERED),
        _status(500, UNANSWERED, ERROR_PAGE),
        _status(502, UNANSWERED),
        _status(503, UNANSWERED, b"busy"),
        _status(504, UNANSWERED),
        _status(599, UNANSWERED),
        _status(700, UNREADABLE, b"{}"),
        # The wire
        _raw("a reset", UNANSWERED, "reset", lambda good: [http(good)[:300], RESET]),
        _raw("a connection closed at once", UNANSWERED, "closed without an answer", lambda good: b""),
        _raw(
            "a body shorter than it says",
            UNANSWERED,
            "broke off",
            lambda good: http(good, headers={"Content-Length": "99999"}),
        ),
        _raw(
            "a body longer than it says",
            UNREADABLE,
            "not proper JSON",
            lambda good: http(good, headers={"Content-Length": "700"}),
        ),
        _raw("chunks that break off", UNANSWERED, "broke off", lambda good: chunked(good, cut=True)),
        _raw("gzip that breaks off", UNREADABLE, "not proper JSON", lambda good: gzipped(good, cut=400)),
        _raw(
            "gzip that is none",
            UNANSWERED,
            "compression",
            lambda good: http(good, headers={"Content-Encoding": "gzip"}),
        ),
        _raw(
            "gzip that does not say so",
            UNREADABLE,
            "not proper JSON",
            lambda good: gzipped(good).replace(b"Content-Encoding", b"X-Encoding"),
        ),
        _raw("a bomb", UNREADABLE, "more than", lambda good: bomb(megabytes=40)),
        _raw(
            "an encoding of its own",
            UNREADABLE,
            "not proper JSON",
            lambda good: http(good[::-1], headers={"Content-Encoding": "rev"}),
        ),
        _raw("no HTTP at all", UNANSWERED, "proper HTTP", lambda good: b"220 mail.example ESMTP\r\n"),
    )
}

LOST_PARTS: dict[str, Callable[[str], Any]] = {
    name: lambda trial_id, changes=changes: trial(trial_id, **changes)
    for name, changes in {
        "no description": {"descriptionModule": DELETED},
        "no conditions": {"conditionsModule": DELETED},
        "no design": {"designModule": DELETED},
        "a list for the design": {"designModule": []},
        "no outcomes": {"outcomesModule": DELETED},
        "no eligibility": {"eligibilityModule": DELETED},
    }.items()
}
"""Records that are proven by themselves, for some real ones lack such a part, and that are wrong beside a former record
that had it."""
