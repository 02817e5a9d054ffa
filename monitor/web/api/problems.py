"""Everything that goes wrong, as problem details: RFC 9457. Pure.

A problem's *type* is the address of its line on the page at `/api`, so whoever meets one can read what it means.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import orjson
from starlette.responses import Response

from monitor.errors import ConfigurationInvalid, NothingFound, TrialIdInvalid
from monitor.render.remedies import done_elsewhere
from monitor.text import natural_list, sentence

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """What all problems of a type have in common."""

    slug: str
    status: int
    title: str
    meaning: str
    """What to do, for the page that documents it."""


NOT_FOUND = Kind("not-found", 404, "Not found", "Check the address, or list what exists.")
UNREADABLE = Kind(
    "unreadable", 404, "Stored, but unreadable", "What was stored is damaged: choose another, and tell the operator."
)
KEPT = (NOT_FOUND, UNREADABLE)
"""Of what is asked for by its name or number, and is kept as it was written."""
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, "Method not allowed", "The Allow header lists the methods that work there."
)
INVALID = Kind(
    "invalid", 422, "Invalid request", "“errors” names each value, by its place in the body or by the parameter's name."
)
MALFORMED = Kind("malformed", 400, "Malformed body", "Send JSON in UTF-8, nested at most 32 levels deep.")
BAD_CURSOR = Kind(
    "bad-cursor", 400, "Invalid cursor", "Send the “next_cursor” of the previous page, with the same filters."
)
NOT_JSON = Kind("not-json", 415, "JSON expected", "Send the body with Content-Type: application/json.")
TOO_LARGE = Kind("too-large", 413, "Body too large", "Send at most 256 kB.")
UNAUTHENTICATED = Kind(
    "unauthenticated", 401, "Authentication required", "Send Authorization: Bearer, followed by a valid token."
)
FORBIDDEN = Kind("forbidden", 403, "Missing scope", "Use a token that has the scope named in “scope”.")
SESSION_READS = Kind(
    "session-reads", 403, "Sessions are read-only", "To change something, send a token instead of a cookie."
)
CONFLICT = Kind("conflict", 409, "Conflict with the current state", "“detail” says what stands in the way.")
KEY_IN_USE = Kind("key-in-use", 409, "Request in progress", "Try again in a moment with the same Idempotency-Key.")
INTERRUPTED = Kind(
    "interrupted", 409, "Outcome unknown", "Check whether it was done; if it was not, use a new Idempotency-Key."
)
CHANGED_MEANWHILE = Kind(
    "changed-meanwhile", 412, "Changed in the meantime", "Get it again, and send its new ETag as If-Match."
)
KEY_REUSED = Kind(
    "key-reused", 422, "Key used for another request", "Use a new Idempotency-Key for each thing that is to be done."
)
MATCH_NEEDED = Kind("match-needed", 428, "If-Match required", "Get it first, and send its ETag as If-Match.")
TOO_OFTEN = Kind("too-often", 429, "Too many requests", "Wait as many seconds as Retry-After says.")
FAILED = Kind("failed", 500, "Internal error", "Try again; if it happens again, tell the operator.")
REGISTRY_SILENT = Kind("registry-silent", 502, "Registry unavailable", "Try again later.")
NOT_TAKEN = Kind(
    "not-taken", 502, "Receiver did not take it", "“detail” says what it answered: correct the address, or try again."
)
NOT_NOW = Kind("not-now", 503, "Temporarily unavailable", "Wait as many seconds as Retry-After says.")

KINDS: Sequence[Kind] = (
    MALFORMED, BAD_CURSOR, UNAUTHENTICATED, FORBIDDEN, SESSION_READS, NOT_FOUND, UNREADABLE, METHOD_NOT_ALLOWED,
    CONFLICT, KEY_IN_USE, INTERRUPTED, CHANGED_MEANWHILE, TOO_LARGE, NOT_JSON, INVALID, KEY_REUSED, MATCH_NEEDED,
    TOO_OFTEN, FAILED, REGISTRY_SILENT, NOT_TAKEN, NOT_NOW,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """One value that is wrong."""

    detail: str
    name: str
    """Of a parameter or a header; of the body, a JSON pointer such as #/topics/0."""
    place: str = "pointer"
    """pointer, parameter or header."""

    def as_json(self) -> dict[str, str]:
        """As a problem carries it."""
        return {"detail": self.detail, self.place: self.name}


class Problem(Exception):
    """What is answered instead of what was asked for."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[Wrong] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        """*more* are members beside those that all problems have."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def as_json(self, *, page: str, instance: str) -> dict[str, object]:
        """*page* is the address that documents the types, *instance* a reference to what was asked for."""
        return {
            "type": f"{page}#{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
            **({"errors": [each.as_json() for each in self.errors]} if self.errors else {}),
            **self.more,
        }


def invalid(detail: str, name: str, place: str = "parameter") -> Problem:
    """One value that cannot be used."""
    return Problem(INVALID, detail, errors=[Wrong(detail, name, place)])


def several(wrong: Sequence[Wrong]) -> Problem:
    """Values that cannot be used, each with its place; the detail tells of the first, and how many more there are."""
    first = wrong[0]
    verb = "is" if len(wrong) == 2 else "are"
    more = f" {len(wrong) - 1:,} more {verb} in “errors”." if len(wrong) > 1 else ""
    if len(wrong) > MOST_ERRORS:
        more = f" {len(wrong) - 1:,} more cannot be used, {MOST_ERRORS - 1} of them are in “errors”."
    return Problem(INVALID, f"{first.name}: {first.detail}{more}", errors=wrong[:MOST_ERRORS])


class Wrongs:
    """Collects what cannot be used, so that all of it is told at once."""

    def __init__(self, place: str = "pointer") -> None:
        """*place* is what the names are: see `Wrong`."""
        self._place = place
        self._found: list[Wrong] = []

    @contextmanager
    def at(self, *names: str) -> Iterator[None]:
        """What cannot be used there is noted of those places of the body, or those parameters."""
        try:
            yield
        except Problem as problem:
            if problem.kind is not INVALID or not problem.errors:
                raise
            self._found += problem.errors
        except (ConfigurationInvalid, NothingFound, TrialIdInvalid) as error:
            self.note(in_api_words(error), *names)

    def note(self, detail: str, *names: str) -> None:
        """Note what cannot be used there."""
        self._found += [Wrong(detail, name, self._place) for name in names]

    def only_one(self, names: Sequence[str], given: Sequence[str], asks: str) -> None:
        """Note all that are *given* of these fields of the body unless that is one: *asks* says what it is for."""
        words = f"{asks} with one of {listed(names)}"
        if not given:
            self.note(f"{words}.", "#")
        elif len(given) > 1:
            self.note(f"{words}: leave out all but one of {listed(given)}.", *map(field, given))

    def refuse(self) -> None:
        """Raise Problem where anything was noted."""
        if self._found:
            raise several(self._found)


def listed(names: Sequence[str]) -> str:
    """Names of fields or parameters in a sentence."""
    return natural_list([f"“{name}”" for name in names], len(names))


def quoted(path: str) -> str:
    """A path as a reference to it (RFC 3986)."""
    return quote(path, safe="/:@!$&'()*+,;=~", errors="replace")


def problem_response(problem: Problem, *, page: str, instance: str) -> Response:
    """The answer that tells it."""
    return Response(
        orjson.dumps(problem.as_json(page=page, instance=instance)),
        status_code=problem.kind.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


def field(name: str) -> str:
    """The pointer to a field of the body."""
    return pointer([name])


def pointer(path: Sequence[object]) -> str:
    """A JSON pointer (RFC 6901) as the fragment of an address: `#/rhythm/at`."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


WAYS = {
    "backtest": "POST /subscriptions/backtest",
    "changes": "GET /changes",
    "check": "POST /checks",
    "deliveries list": "GET /deliveries",
    "deliveries replay": "POST /deliveries/{id}/replay",
    "deliveries show": "GET /deliveries/{id}",
    "diff": "GET /trials/{}/compare/1..2",
    "doctor": "GET /health",
    "drift": "GET /drift",
    "held discard": "POST /held/{}/discard",
    "held list": "GET /held",
    "held release": "POST /held/{}/release",
    "held show": "GET /held/{}",
    "history": "GET /trials/{}/snapshots",
    "list": "GET /trials",
    "quarantine": "GET /quarantine",
    "quarantine accept": "POST /quarantine/{}/accept",
    "show": "GET /trials/{}/record",
    "subscribe": "POST /subscriptions",
    "subscriptions edit": "PATCH /subscriptions/{id}",
    "subscriptions list": "GET /subscriptions",
    "subscriptions remove": "POST /subscriptions/{id}/end",
    "subscriptions resume": "POST /subscriptions/{id}/resume",
    "token add": "POST /tokens",
    "token list": "GET /tokens",
    "token remove": "DELETE /tokens/{id}",
    "user list": "GET /users",
    "watch add": "POST /watches",
    "watch list": "GET /watches",
    "watch remove": "DELETE /watches/{}",
}
"""By a command of the terminal, what a program does for the same."""


def in_api_words(error: Exception | str) -> str:
    """A line for people at a command line, as a sentence for programs: commands are requests here, options are keys."""
    words = done_elsewhere(str(error), WAYS)
    return sentence(re.sub(r"--([a-z][a-z-]*)", lambda found: f"“{found[1].replace('-', '_')}”", words))


def said_to_programs(words: str | None) -> str | None:
    """What is told beside data, such as why a subscription is silent: its commands as requests, where there are any."""
    return words and done_elsewhere(words, WAYS, keeps_others=True)


@contextmanager
def conflicts() -> Iterator[None]:
    """What is refused in it does not go with the state that something is in: a conflict."""
    try:
        yield
    except ConfigurationInvalid as error:
        raise Problem(CONFLICT, in_api_words(error)) from None
