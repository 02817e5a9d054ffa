"""A request as an operation sees it, and how it answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Protocol

import orjson
from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.storage.once import Asked
from monitor.web.api import BEGINS
from monitor.web.api.doing import Doing
from monitor.web.site.asked import Visitor
from monitor.web.site.site import Site


class Run(Protocol):
    """Takes a step elsewhere than in the event loop."""

    def __call__(self, step: Callable[[], Response]) -> Awaitable[Response]:
        """What the step gives."""


@dataclass(slots=True, kw_only=True)
class Call:
    """A request that was let through."""

    site: Site
    visitor: Visitor
    owner: str | None
    """The user whose token asks, by name; None where it belongs to nobody in particular."""
    now: datetime
    path: str
    """Below the path of the public address."""
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    doing: Doing = field(repr=False)
    asked: Asked | None
    """What is to be done once, under a key; None without a key."""
    run: Run = field(repr=False)
    """Takes a step in a thread of the readers' own."""

    def may(self, permission: Permission) -> bool:
        """Whether who asks has that right."""
        return self.visitor.may(permission)

    @property
    def known(self) -> dict[str, Registry]:
        """The registries by key."""
        return {each.key: each for each in self.site.registries}

    def json(self, data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """An answer in JSON; orjson writes dataclasses, too."""
        raw = orjson.dumps(data)
        return Response(raw, status_code=status, headers=dict(headers or {}), media_type="application/json")

    def created(self, data: Any, path: str) -> Response:
        """The answer for what was made, which is at *path* below the beginning of the API."""
        return self.json(data, status=201, headers={"Location": f"{self.site.prefix}{BEGINS}{path}"})


async def _of(request: Request) -> Call:
    call: Call = request.state.call
    return call


Caller = Annotated[Call, Depends(_of)]
"""The parameter by which an operation gets its call."""
