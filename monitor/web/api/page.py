"""The page at `/api`, for people: what the API is, how one gets a token, and every operation, from the schema."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.responses import Response

from monitor.web.api import BEGINS
from monitor.web.api.application import SCHEMA_PATH, schema
from monitor.web.api.guard import READS, WRITES
from monitor.web.api.problems import KINDS
from monitor.web.site.asked import Asked
from monitor.web.site.site import Site

MOST_SHOWN = 2000
"""Characters of an answer."""
_EXAMPLES = {"limit": "10", "cursor": None, "If-None-Match": None}
"""What a command has for some parameters; None for those that it leaves out."""
_OF_THE_SHELL = {"Idempotency-Key": "$(uuidgen)", "If-Match": "$ETAG"}
"""The headers that are another each time."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may stand in an operation's address or headers."""

    name: str
    place: str
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An operation, as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    scope: str
    """Which a token needs; empty where none is needed."""
    parameters: tuple[Parameter, ...]
    command: str
    """That asks for it with curl."""
    answer: str
    """An example, as JSON."""


def api_page(site: Site, asked: Asked) -> Response:
    """What the API is."""
    values = {
        "begins": site.address(BEGINS),
        "schema_path": f"{BEGINS}{SCHEMA_PATH}",
        "tags": _tags(site.address("")),
        "kinds": KINDS,
        "policies": (READS, WRITES),
    }
    return site.page(asked, "api/about", values)


@lru_cache(maxsize=4)
def _tags(address: str) -> Mapping[str, list[Described]]:
    """The operations by what they are about, in their order."""
    found: dict[str, list[Described]] = {}
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            described = _described(address, path, method, operation)
            found.setdefault(operation["tags"][0], []).append(described)
    return found


def _described(address: str, path: str, method: str, operation: Mapping[str, Any]) -> Described:
    parameters = operation.get("parameters", [])
    scopes = [scope for each in operation["security"] for scope in each.get("token", ())]
    return Described(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        words=operation.get("description", ""),
        scope=scopes[0] if scopes else "",
        parameters=tuple(
            Parameter(each["name"], each["in"], each.get("required", False), each.get("description", ""))
            for each in parameters
        ),
        command=_command(address, path, method, operation),
        answer=_answer(operation),
    )


def _command(address: str, path: str, method: str, operation: Mapping[str, Any]) -> str:
    """A command that works once there is a token, and the ETag of what is to be changed."""
    query: dict[str, str] = {}
    headers = []
    for each in operation.get("parameters", ()):
        example = _EXAMPLES.get(each["name"], _example_of(each))
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", str(example))
        elif example is not None and each["in"] == "header":
            headers.append(each["name"])
        elif example is not None and (each.get("required") or each["name"] in ("limit", "since", "status")):
            query[each["name"]] = str(example)
    url = f"{address}{BEGINS}{path}" + (f"?{urlencode(query)}" if query else "")
    parts = ["curl", *(["-X", method.upper()] if method not in ("get", "post") else [])]
    lines = [" ".join([*parts, shlex.quote(url)]), '  -H "Authorization: Bearer $TOKEN"']
    lines += [f'  -H "{each}: {_OF_THE_SHELL[each]}"' for each in headers]
    body = _body(operation)
    if body is not None:
        lines.append("  --json " + shlex.quote(orjson.dumps(body).decode()))
    elif method == "post":
        lines.append("  -X POST")
    return " \\\n".join(lines)


def _example_of(parameter: Mapping[str, Any]) -> Any:
    given = parameter.get("example", next(iter(parameter["schema"].get("examples", ())), None))
    return given[0] if isinstance(given, list) else given


def _body(operation: Mapping[str, Any]) -> Any:
    shape = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return next(iter(shape.get("examples", ())), None)


def _answer(operation: Mapping[str, Any]) -> str:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            example = answer.get("content", {}).get("application/json", {}).get("example")
            return orjson.dumps(example, option=orjson.OPT_INDENT_2).decode()[:MOST_SHOWN]
    return ""
