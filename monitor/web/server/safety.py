"""What every answer tells a browser, unless it says better itself: pages say more, and others often forget.

It stands around everything that is answered, the routes for machines and failures too. Not in it is
Strict-Transport-Security, which holds for a whole name: the proxy in front says it, whose name it is. A 304 gets
nothing: a browser puts its headers in place of those it kept, and the page that it then shows would lose its policy.
"""

from contextlib import suppress

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAID = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
NOT_MODIFIED = 304


class Safe:
    """An application whose answers say at least that."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] != NOT_MODIFIED:
                headers = MutableHeaders(scope=message)
                for name, value in SAID.items():
                    headers.setdefault(name, value)
            await send(message)

        # Who goes away while sending gets no answer, and no stranger writes a traceback into the log.
        with suppress(ClientDisconnect):
            await self._application(scope, receive, say)
