"""Puts the API together: one FastAPI application, which is mounted at BEGINS.

Importing it takes 20 MB and most of a second: see `loading`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor import __version__
from monitor.web.api import (
    BEGINS,
    changes,
    deliveries,
    held,
    operating,
    problems,
    quarantine,
    shapes,
    subscriptions,
    telling,
    terms,
    tokens,
    trials,
    users,
    watches,
)
from monitor.web.api.guard import SAFETY, Authenticate, Guard, nobody
from monitor.web.api.problems import Kind, Problem
from monitor.web.api.routing import Operation, Operations
from monitor.web.api.tags import gzipped, is_named, tag_of
from monitor.web.site.answering import Answering
from monitor.web.site.compressing import compressed

RESOURCES: Sequence[Operations] = (
    trials.operations,
    changes.operations,
    terms.operations,
    watches.operations,
    subscriptions.operations,
    telling.operations,
    deliveries.operations,
    held.operations,
    quarantine.operations,
    operating.operations,
    users.operations,
    tokens.operations,
)
SCHEMA_PATH = "/openapi.json"
DESCRIPTION = """Watched clinical trials, what changed in them, and who is told.

Lists have pages: send “next_cursor” as `cursor` until “has_more” is false, or follow the header Link. Moments are in
UTC (RFC 3339). Answers carry an ETag; send it as If-None-Match and nothing is sent twice. Whatever goes wrong is
answered as problem details (RFC 9457), whose “detail” says what to do."""


def api(answering: Answering, *, authenticate: Authenticate = nobody) -> ASGIApp:
    """The application, which shares threads, store and rights with the pages that *answering* makes."""
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    made.state.guard = Guard(answering, authenticate)
    for each in RESOURCES:
        made.include_router(each)

    @cache
    def described() -> bytes:
        return orjson.dumps(schema(answering.site.prefix))

    async def get_schema(request: Request) -> Response:
        answer = Response(
            await answering.run(described),
            media_type="application/json",
            headers={**SAFETY, "Cache-Control": "public, max-age=3600"},
        )
        tag = tag_of(bytes(answer.body))
        if "gzip" in request.headers.get("accept-encoding", ""):
            answer = await answering.run(compressed, answer)
        answer.headers["ETag"] = gzipped(tag) if "content-encoding" in answer.headers else tag
        if is_named(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers={"ETag": answer.headers["ETag"]})
        return answer

    made.add_route(SCHEMA_PATH, get_schema)
    made.add_exception_handler(HTTPException, _refused)
    made.add_exception_handler(Exception, _failed)
    return HeadAsGet(made)


def schema(prefix: str = "") -> dict[str, Any]:
    """What OpenAPI 3.1 says of the API, below *prefix*, the path of the public address."""
    described = FastAPI()
    for each in RESOURCES:
        described.include_router(each)
    made = get_openapi(
        title="registry-monitor",
        version=__version__,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=described.routes,
        servers=[{"url": f"{prefix}{BEGINS}"}],
    )
    components = made.setdefault("components", {})
    components["schemas"] |= _problem_schemas()
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token; which scopes it has is its owner's choice.",
        },
        "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "A browser's session: reads."},
    }
    _add_examples(made)
    components["responses"] = _shared_refusals(made)
    return made


def _shared_refusals(made: dict[str, Any]) -> dict[str, Any]:
    """What operations refuse alike, said once: by the types of problem."""
    shared: dict[str, Any] = {}
    for path in made["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    name = "-or-".join(re.findall(r"\(([a-z-]+)\)", answer["description"]))
                    shared[name] = answer
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))


def _problem_schemas() -> dict[str, Any]:
    """Problems have a media type of their own, under which FastAPI puts no model."""
    made = shapes.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs"), "Problem": made}


def _add_examples(made: dict[str, Any]) -> None:
    """Put in what each operation answers; FastAPI would leave out every null."""
    examples = {name: example for each in RESOURCES for name, example in each.examples.items()}
    for path in made["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if status.startswith("2") and "application/json" in answer.get("content", {}):
                    answer["content"]["application/json"]["example"] = examples[operation["operationId"]]


async def _refused(request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself: an unknown path, another method."""
    if not isinstance(error, HTTPException):
        raise error
    by_status: dict[int, tuple[Kind, str]] = {
        404: (
            problems.NOT_FOUND,
            f"There is nothing at {request.url.path[:200]}: {BEGINS}{SCHEMA_PATH} lists every path; write ids whole.",
        ),
        405: (
            problems.METHOD_NOT_ALLOWED,
            f"{request.method[:20]} does not work there; the Allow header lists the methods that do.",
        ),
    }
    kind, words = by_status.get(error.status_code, (problems.MALFORMED, str(error.detail)))
    headers = {"Allow": ", ".join(_allowed(request))} if kind is problems.METHOD_NOT_ALLOWED else error.headers
    return _told(request, Problem(kind, words, headers=headers))


def _allowed(request: Request) -> list[str]:
    """The methods that work at an address: each is a route of its own."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    routes = (route for each in RESOURCES for route in each.routes if isinstance(route, Operation))
    return sorted({method for route in routes if route.path_regex.match(path) for method in route.methods or ()})


async def _failed(request: Request, _error: Exception) -> Response:
    """A fault of ours; the server logs what it was."""
    return _told(request, Problem(problems.FAILED, "Something went wrong here; the log of the service says what."))


def _told(request: Request, problem: Problem) -> Response:
    guard: Guard = request.app.state.guard
    response = guard.told(problem, request)
    response.headers.update(SAFETY)
    return response


@dataclass(frozen=True, slots=True)
class HeadAsGet:
    """HEAD is GET, whose body the server leaves out."""

    application: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.application(scope, receive, send)
