"""One operation: who may use it, how the schema describes it, and the thread that it runs in.

An operation is a plain function. It runs in one of the readers' threads, never in the event loop and never in anyio's
own pool, so that as many requests wait for the database as the site allows, whichever part of it they are for.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, get_origin

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from monitor.web.api import problems
from monitor.web.api.problems import MEDIA_TYPE, Kind
from monitor.web.site.route import Needs

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 200
A_TAG = '"0d1f2a3b4c5d6e7f80912a3b"'
Step = Callable[..., Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for an operation."""

    needs: Needs
    writes: bool = False
    takes_match: bool = False
    """Whether If-Match has to say which state is changed."""
    takes_key: bool = False
    """Whether an Idempotency-Key keeps it from being done twice."""
    is_shared: bool = False
    """Whether it answers everybody alike until data change, so that an answer may be kept for seconds, as pages are."""
    is_of_trial: bool = False
    """Whether what it answers is of one trial, whose id is in its path: it stays while other trials change."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """The problems that it may answer with, beside those of what it is about."""
        always = [problems.INVALID, problems.TOO_OFTEN, problems.FAILED, problems.NOT_NOW]
        if self.needs is not Needs.NOTHING:
            always += [problems.UNAUTHENTICATED, problems.FORBIDDEN]
        if self.writes:
            always += [problems.MALFORMED, problems.NOT_JSON, problems.TOO_LARGE, problems.CONFLICT]
        if self.takes_match:
            always += [problems.CHANGED_MEANWHILE, problems.MATCH_NEEDED]
        return always


@dataclass(frozen=True, slots=True)
class Takes:
    """What an operation takes; all else is refused."""

    parameters: Mapping[str, bool]
    """Of the query, by their names: whether there may be several of it."""
    body: bool


class Operation(APIRoute):
    """A route behind the guard that its application has."""

    @property
    def takes(self) -> Takes:
        """What may be sent."""
        return Takes(dict(_named(self.dependant.query_params)), body=self.body_field is not None)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's, with the guard before it and after it."""
        handle = super().get_route_handler()
        rules: Rules = self.endpoint.__dict__["rules"]
        takes = self.takes

        async def answer(request: Request) -> Response:
            return await request.app.state.guard.answer(request, rules, takes, handle)  # type: ignore[no-any-return]

        return answer


def _named(parameters: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    """The names of parameters of the query, and whether each is a list.

    Those of a shape that holds several are the names of its fields.
    """
    for each in parameters:
        shape = each.field_info.annotation
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            for name, field in shape.model_fields.items():
                yield field.alias or name, get_origin(field.annotation) is list
        else:
            yield each.alias, get_origin(shape) is list


class Operations(APIRouter):
    """The operations of a resource."""

    def __init__(self, tag: str) -> None:
        super().__init__(route_class=Operation, tags=[tag], redirect_slashes=False)
        self.examples: dict[str, Any] = {}
        """What each operation answers, by its id."""

    def reads(
        self,
        path: str,
        *,
        shape: Any,
        example: Any,
        needs: Needs = Needs.PUBLIC,
        kinds: Sequence[Kind] = (problems.NOT_FOUND,),
        is_live: bool = False,
    ) -> Callable[[Step], Step]:
        """GET, which changes nothing. What is *is_live* tells more than data of registries, and is never kept."""
        is_shared = needs is Needs.PUBLIC and not is_live
        rules = Rules(needs=needs, is_shared=is_shared, is_of_trial="{trial_id}" in path)
        return partial(self._add, path, "GET", rules, shape=shape, example=example, kinds=kinds)

    def writes(
        self,
        method: str,
        path: str,
        *,
        shape: Any,
        example: Any,
        needs: Needs,
        status: int = 200,
        kinds: Sequence[Kind] = (problems.NOT_FOUND,),
        takes_match: bool = False,
        takes_key: bool | None = None,
    ) -> Callable[[Step], Step]:
        """POST, PATCH, PUT or DELETE. What is posted takes a key, unless it is said otherwise."""
        takes_key = method == "POST" if takes_key is None else takes_key
        rules = Rules(needs=needs, writes=True, takes_match=takes_match, takes_key=takes_key)
        if rules.takes_key:
            kinds = [*kinds, problems.KEY_IN_USE, problems.INTERRUPTED, problems.KEY_REUSED]
        return partial(self._add, path, method, rules, shape=shape, example=example, kinds=kinds, status=status)

    def _add(
        self,
        path: str,
        method: str,
        rules: Rules,
        step: Step,
        *,
        shape: Any,
        example: Any,
        kinds: Sequence[Kind],
        status: int = 200,
    ) -> Step:
        self.examples[step.__name__] = example
        summary, _, description = inspect.cleandoc(step.__doc__ or "").partition("\n")
        self.add_api_route(
            path,
            _in_a_thread(step, rules),
            methods=[method],
            status_code=status,
            response_model=shape,
            summary=summary.rstrip("."),
            description=description.strip(),
            operation_id=step.__name__,
            responses={status: _answered(rules), **_known_already(rules), **_refused([*kinds, *rules.kinds])},
            openapi_extra={"security": _security(rules), **_headers(rules)},
        )
        return step


def _in_a_thread(step: Step, rules: Rules) -> Callable[..., Coroutine[Any, Any, Response]]:
    """The same, run in a thread of the readers' own."""

    @wraps(step)
    async def run(**values: Any) -> Response:
        return await values["call"].run(partial(step, **values))  # type: ignore[no-any-return]

    run.__dict__["rules"] = rules
    return run


def _answered(rules: Rules) -> dict[str, Any]:
    headers = {"RateLimit": _said("What is left of the quota: remaining requests, seconds until it is whole.")}
    if not rules.writes:
        headers["ETag"] = _said("The state of what is answered, for If-None-Match and If-Match.")
    return {"description": "Done", "headers": headers}


def _known_already(rules: Rules) -> dict[int | str, dict[str, Any]]:
    return {} if rules.writes else {304: {"description": "It is as If-None-Match says"}}


def _said(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}


def _refused(kinds: Sequence[Kind]) -> dict[int | str, dict[str, Any]]:
    """By status, what the problems are that come with it."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({kind.status for kind in kinds}):
        of_status = [kind for kind in dict.fromkeys(kinds) if kind.status == status]
        example = problems.Problem(of_status[0], of_status[0].meaning).as_json(page="/api", instance="/api/v1/…")
        found[status] = {
            "description": "; ".join(f"{kind.title} ({kind.slug})" for kind in of_status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
        }
    return found


def _security(rules: Rules) -> list[Mapping[str, Sequence[str]]]:
    """No token where none is needed; a public site needs none to read what is public."""
    if rules.needs is Needs.NOTHING:
        return [{}]
    scope = "read" if rules.needs is Needs.PUBLIC else str(rules.needs)
    asked: list[Mapping[str, Sequence[str]]] = [{"token": [scope]}]
    if not rules.writes:
        asked.append({"session": [scope]})
    return [*asked, {}] if rules.needs is Needs.PUBLIC else asked


def _headers(rules: Rules) -> dict[str, Any]:
    """The headers that the guard reads, as parameters of the schema."""
    found = []
    if rules.takes_key:
        words = (
            "Any text of your own: the same request with the same key is done once, and answered alike for 24 hours."
        )
        found.append(_header(KEY_HEADER, words, "7f3d2c1e-5b0a", {"minLength": 1, "maxLength": LONGEST_KEY}))
    if rules.takes_match:
        found.append({**_header("If-Match", "The ETag of the state that is to be changed.", A_TAG), "required": True})
    if not rules.writes:
        found.append(_header("If-None-Match", "The ETag of what you have: 304 where it is still so.", A_TAG))
    return {"parameters": found} if found else {}


def _header(name: str, words: str, example: str, bounds: Mapping[str, int] | None = None) -> dict[str, Any]:
    schema = {"type": "string", **(bounds or {})}
    return {"name": name, "in": "header", "description": words, "schema": schema, "example": example}
