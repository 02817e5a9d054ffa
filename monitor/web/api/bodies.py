"""The body of a request: JSON that is small, flat enough, and says nothing twice. Operations check what is in it."""

import json
from collections import Counter
from typing import Any

import orjson
from starlette.requests import Request

from monitor.http.received import BodyTooLarge, received
from monitor.web.api import problems
from monitor.web.api.problems import Problem, Wrong, pointer

LARGEST = 256 * 1024
"""Bytes."""
DEEPEST = 32


class _Object(dict[str, Any]):
    """A JSON object that knows which of its keys were there twice: whichever value counted, the other was meant too."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(name for name, _ in pairs) if len(self) < len(pairs) else {}
        self.repeated = [name for name, number in times.items() if number > 1]


async def body_of(request: Request, *, takes_body: bool) -> bytes:
    """The body. Problem for one that is too large, no JSON, too deep, or there where none is taken.

    That is said at once of one that is too large, before it has come.
    """
    try:
        raw = await received(request.headers.get("content-length", ""), request.stream(), LARGEST)
    except BodyTooLarge:
        raise Problem(problems.TOO_LARGE, f"A body has at most {LARGEST // 1024} kB.") from None
    if not raw:
        return raw
    value = _read(raw, request)
    if not takes_body:
        _refuse_fields(value)
    return raw


def _read(raw: bytes, request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        words = f"The body has to be application/json; its Content-Type is {kind[:60] or 'missing'}."
        raise Problem(problems.NOT_JSON, words)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Problem(problems.MALFORMED, f"The body is not JSON: {error}.") from None
    _refuse_depth(value)
    _refuse_values(json.loads(raw, object_pairs_hook=_Object))
    return value


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [one for each in level for one in _below(each).values()]
        if not level:
            return
    raise Problem(problems.MALFORMED, f"The body is more than {DEEPEST} levels deep.")


def _refuse_values(value: Any) -> None:
    """Raise Problem for text that no database keeps, and for a key that is there twice."""
    wrong: list[Wrong] = []
    level: list[tuple[tuple[object, ...], Any]] = [((), value)]
    while level:
        for path, each in level:
            if isinstance(each, str) and "\0" in each:
                wrong.append(Wrong("It contains a NUL character.", pointer(path)))
            if isinstance(each, _Object):
                wrong += [Wrong("It is there twice: leave one out.", pointer((*path, name))) for name in each.repeated]
        level = [((*path, step), one) for path, each in level for step, one in _below(each).items()]
    if wrong:
        raise problems.several(wrong)


def _below(value: Any) -> dict[Any, Any]:
    """What a value holds, by its name or number."""
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, list) else {}


def _refuse_fields(value: Any) -> None:
    """Raise Problem for a body that says something to an operation that takes none."""
    if value is None or value == {}:
        return
    if not isinstance(value, dict):
        words = "This takes no body: leave it out."
        raise Problem(problems.INVALID, words, errors=[Wrong(words, "#")])
    raise problems.several([Wrong("There is no such field: this takes none.", pointer([name])) for name in value])
