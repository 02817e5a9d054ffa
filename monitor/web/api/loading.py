"""The API's place beside the pages. What answers there is loaded when somebody asks for it first.

FastAPI and the shapes of all operations take 20 MB and most of a second, and many services are never asked by programs.
"""

import re
from asyncio import Lock
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from anyio.to_thread import run_sync
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.access.context import AccessContext
from monitor.web.api import BEGINS
from monitor.web.site.answering import Answering, VisitorOf
from monitor.web.site.asked import Asked
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site


def api_routes(answering: Answering, access: AccessContext, visitor_of: VisitorOf) -> list[BaseRoute]:
    """The API, at its place below the path of the public address, for those who have a token or are signed in."""
    made = MadeWhenAsked(partial(_api, answering, access, visitor_of))
    below = Mount(BEGINS, made)
    # So that a path with a line break in it is answered as a problem, like every other that leads nowhere.
    below.path_regex = re.compile(below.path_regex.pattern, re.DOTALL)
    return [Route(BEGINS, made), below]


@dataclass(slots=True)
class MadeWhenAsked:
    """An application that is made at its first request, once, in a thread, so that other requests need not wait.

    Where it can't be made, that request fails, and the next one tries again.
    """

    make: Callable[[], ASGIApp]
    _made: ASGIApp | None = None
    _making: Lock = field(default_factory=Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        application = self._made or await self._first()
        await application(scope, receive, send)

    async def _first(self) -> ASGIApp:
        async with self._making:
            if self._made is None:
                self._made = await run_sync(self.make)
            return self._made


def _api(answering: Answering, access: AccessContext, visitor_of: VisitorOf) -> ASGIApp:
    from monitor.web.api.application import api  # see above
    from monitor.web.api.callers import callers  # loads FastAPI, too

    return api(answering, authenticate=callers(access, visitor_of))


def _api_page(site: Site, asked: Asked) -> Response:
    from monitor.web.api.page import api_page  # it is made of the operations, so it loads them

    return api_page(site, asked)


PAGES = (Page("/api", _api_page, Needs.NOTHING),)
