"""What other programs send us: `/hooks/bounces` takes a mail that came back.

    POST /hooks/bounces    Content-Type: message/rfc822    Authorization: Bearer <[bounces] token>

200 says what became of it, also where that is nothing, so that who sends it need not send it again; 503 says that it
was not taken, or came before it was recorded that its mail was sent. Without `[bounces] hook` there is no such page.
"""

from collections.abc import Callable
from functools import partial
from hmac import compare_digest

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.alerts.bounces import Outcome, take
from monitor.alerts.subscribe import SubscribeContext
from monitor.channels.email.reports import LARGEST
from monitor.channels.email.settings import BounceSettings
from monitor.errors import MonitorError
from monitor.http.received import BodyTooLarge, received
from monitor.views.json.bounces import taken_json

PATH = "/hooks/bounces"
MOST = 64 * 2**20
"""Bytes of a mail: what is behind its beginning is taken, and left unread."""
TYPES = ("message/rfc822", "message/global")
AT_ONCE = 2
LATER = {"Retry-After": "60"}


def bounce_route(context: Callable[[], SubscribeContext], *, committed: Callable[[], None]) -> Route:
    """The route; *context* is as it is now, and *committed* is called when something may be owed."""
    return Route(PATH, _BounceHook(context, committed).answer, methods=["POST"])


class _BounceHook:
    def __init__(self, context: Callable[[], SubscribeContext], committed: Callable[[], None]) -> None:
        self._context = context
        self._committed = committed
        self._limiter: CapacityLimiter | None = None

    async def answer(self, request: Request) -> Response:
        context = self._context()
        settings = context.config.section(BounceSettings)
        if not settings.hook:
            return PlainTextResponse("Not Found", status_code=404)
        if not _is_allowed(request, settings.token):
            headers = {"WWW-Authenticate": "Bearer"}
            return PlainTextResponse("Send the token as Authorization: Bearer …\n", status_code=401, headers=headers)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in TYPES:
            return PlainTextResponse(f"Send a mail as {TYPES[0]}\n", status_code=415)
        try:
            raw = await received(request.headers.get("content-length", ""), request.stream(), MOST, kept=LARGEST)
        except BodyTooLarge:
            return PlainTextResponse("That is too long\n", status_code=413)
        if self._limiter is None:
            self._limiter = CapacityLimiter(AT_ONCE)
        try:
            taken = await run_sync(partial(take, raw, context), limiter=self._limiter)
        except MonitorError as error:
            return PlainTextResponse(f"{error}\n", status_code=503, headers=LATER)
        if taken.outcome is Outcome.EARLY:
            return JSONResponse(taken_json(taken), status_code=503, headers=LATER)
        self._committed()
        return JSONResponse(taken_json(taken))


def _is_allowed(request: Request, token: str) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())
