"""The same tools over HTTP, at /mcp: what a program shows in `Authorization: Bearer rmt_…` says what it may do.

Every request stands for itself: there are no sessions that could pile up, and no streams that stay open. AT_ONCE
requests are answered at one time; whoever comes then is told to come again in a second. A browser on another site's
page is turned away by its Origin: it may have been led here by a name that means this machine (DNS rebinding).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from monitor.access import tokens
from monitor.access.context import AccessContext
from monitor.errors import StoreError, TriedTooOften
from monitor.http.received import BodyTooLarge, received
from monitor.mcp.asking import Asking, Program
from monitor.mcp.pace import Pace
from monitor.mcp.server import make_server
from monitor.model.access import Permission

PATH = "/mcp"
AT_ONCE = 16
"""Requests that are answered, or wait for a thread: fewer than a server has connections."""
LARGEST = 256 * 1024
"""Bytes of a request."""
_ASKING = "monitor.agent"
"""Where a request keeps who asks."""
_UNAUTHORIZED = "this needs a token: send Authorization: Bearer rmt_…, which `monitor token add NAME` makes"


class TurnedAway(Exception):
    """A request that reaches no tool."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.headers = dict(headers or {})


@dataclass(kw_only=True)
class Endpoint:
    """Answers at /mcp."""

    program: Program
    access: AccessContext
    public_url: str
    is_public: bool
    """Whether anybody may read without a token."""
    network_of: Callable[[str], str]
    """The network that an address is counted in."""
    clock: Callable[[], datetime]
    committed: Callable[[], None]
    """Called when somebody may be owed something."""
    pace: Pace = field(default_factory=Pace)
    _server: Server[Any] = field(init=False)
    _answering: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._server = make_server(lambda context: context.request.scope[_ASKING])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            self._check(request)
            # Before it counts as one that is answered: whoever sends slowly keeps nobody out.
            body = await _body_of(request)
        except TurnedAway as error:
            await _refusal(error)(scope, receive, send)
            return
        if self._answering >= AT_ONCE:
            await _refusal(TurnedAway(503, "too many ask at once", {"Retry-After": "1"}))(scope, receive, send)
            return
        self._answering += 1
        try:
            asking = await anyio.to_thread.run_sync(partial(self._ask, request))
            await self._answer({**scope, _ASKING: asking}, _given(body, receive), send)
        except TurnedAway as error:
            await _refusal(error)(scope, receive, send)
        finally:
            self._answering -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        manager = StreamableHTTPSessionManager(
            self._server, stateless=True, json_response=True, max_request_body_size=LARGEST
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def _check(self, request: Request) -> None:
        if request.method != "POST":
            raise TurnedAway(405, "agents send POST; there is nothing to be read here", {"Allow": "POST"})
        origin = request.headers.get("origin")
        if origin is not None and origin != _origin_of(self.public_url):
            raise TurnedAway(403, "pages of other sites cannot ask here")

    def _ask(self, request: Request) -> Asking:
        """Who asks. May read the database."""
        now = self.clock()
        try:
            permissions, who = self._caller(request, now)
        except TriedTooOften as error:
            raise TurnedAway(429, str(error), {"Retry-After": f"{error.wait:.0f}"}) from error
        except StoreError as error:
            raise TurnedAway(503, "the database does not answer", {"Retry-After": "60"}) from error
        return Asking(
            program=self.program,
            permissions=permissions,
            who=who,
            now=now,
            pace=self.pace,
            committed=self.committed,
        )

    def _caller(self, request: Request, now: datetime) -> tuple[frozenset[Permission], str]:
        shown = request.headers.get("authorization")
        if shown is None and self.is_public:
            return frozenset({Permission.READ}), ""
        if shown is None:
            raise TurnedAway(401, _UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
        kind, _, text = shown.partition(" ")
        network = self.network_of(request.client.host if request.client else "")
        bearer = text.strip() if kind.lower() == "bearer" else ""
        token = tokens.of_text(bearer, self.access, network=network, now=now)
        if token is None:
            words = "this token is not known here, or has expired"
            raise TurnedAway(401, words, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return token.allows, token.id


async def _body_of(request: Request) -> bytes:
    try:
        return await received(request.headers.get("content-length", ""), request.stream(), LARGEST)
    except BodyTooLarge:
        raise TurnedAway(413, f"a request has at most {LARGEST // 1024} kB") from None


def _given(body: bytes, receive: Receive) -> Receive:
    """A request's body that was read, to be read again, and then whatever comes."""
    read = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(read, None) or await receive()

    return again


def _origin_of(public_url: str) -> str:
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _refusal(error: TurnedAway) -> Response:
    """Why a request reaches no tool, in JSON-RPC's form of an error."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": str(error)}}
    headers = {"Cache-Control": "no-store", **error.headers}
    return JSONResponse(body, status_code=error.status, headers=headers)


def route(endpoint: Endpoint) -> Route:
    """The route of it."""
    return Route(PATH, endpoint)
