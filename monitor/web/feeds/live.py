"""Server-sent events: an open page hears how many changes came since it was made.

While somebody listens, one task looks every LOOKS_EVERY seconds for a new event, and only where there is one do the
streams count; while nobody does, nothing runs. A stream ends after LASTS seconds, before a connection has had its time,
and the browser comes again by itself. It says all that came since the page was made, so nothing is lost between two.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from monitor.errors import MonitorError
from monitor.model.access import Permission
from monitor.storage import changed, events, settlements
from monitor.views.finding import ChangesAsked, changes_asked
from monitor.views.parameters import Query
from monitor.web.site.answering import Answering, Busy
from monitor.web.site.asked import Visitor, values_of
from monitor.web.site.rates import network_of
from monitor.web.site.route import Needs

LOOKS_EVERY = 5.0
LASTS = 30.0
COMES_AGAIN_AFTER = 3_000
"""Milliseconds."""
MOST = 20
"""Streams at a time; a browser that is told 204 does not come again."""
MOST_OF_A_NETWORK = 6
COUNTED = 100
"""More than that are said to be so many or more."""
Latest = tuple[str | None, int]
"""The id of the newest event, and of how many it is not settled yet whether they are told."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class Live:
    """The streams of one application."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._networks: Counter[str] = Counter()
        self._latest: Latest = (None, 0)
        self._came = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closing = False

    def route(self) -> Route:
        """Where the streams are: /live?after=EVENT, with the filters of the page that hears."""
        return Route("/live", self._open)

    def close(self) -> None:
        """End all streams; from any thread."""
        self._is_closing = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._tell_all)

    async def _open(self, request: Request) -> Response:
        site = self._answering.site
        network = network_of(request.client.host if request.client else "")
        if self._networks.total() >= MOST or self._networks[network] >= MOST_OF_A_NETWORK:
            return Response(status_code=204)
        try:
            visitor = await self._answering.run(self._answering.visitor_of, request)
            wanted = await self._answering.run(self._wanted, values_of(request.query_params), visitor)
        except Busy:
            return Response(status_code=503, headers={"Retry-After": "5"})
        except MonitorError:
            return Response(status_code=404)
        if not Needs.PUBLIC.are_met(visitor, is_public=site.is_public):
            return Response(status_code=403)
        stream = self._stream(network, wanted, request.query_params.get("after") or None)
        return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)

    async def _stream(self, network: str, wanted: ChangesAsked, after: str | None) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        self._networks[network] += 1
        self._loop = loop
        if self._looking is None or self._looking.done():
            self._looking = loop.create_task(self._look())
        try:
            yield f"retry: {COMES_AGAIN_AFTER}\n\n".encode()
            ends_at, told = loop.time() + LASTS, 0
            while not self._is_closing and loop.time() < ends_at:
                came = self._came
                count = await self._answering.run(self._count, wanted, after)
                if count != told:
                    yield f"event: changes\ndata: {in_words(count)}\n\n".encode()
                    told = count
                try:
                    await asyncio.wait_for(came.wait(), max(ends_at - loop.time(), 0))
                except TimeoutError:
                    return
        except Busy:
            return
        finally:
            self._networks -= Counter((network,))  # which forgets a network of which nobody is left

    async def _look(self) -> None:
        """Wake the streams where there is a new event; end once nobody listens."""
        while self._networks.total() > 0 and not self._is_closing:
            try:
                latest = await self._answering.run(self._read_latest)
            except (Busy, MonitorError):
                latest = self._latest
            if latest != self._latest:
                self._latest = latest
                self._tell_all()
            await asyncio.sleep(LOOKS_EVERY)

    def _tell_all(self) -> None:
        self._came.set()
        self._came = asyncio.Event()

    # In a thread

    def _wanted(self, query: Query, visitor: Visitor) -> ChangesAsked:
        knows, registries = visitor.may(Permission.READ), self._answering.site.registries
        with self._answering.site.store.read() as tx:
            return changes_asked(tx, query, registries, knows_watches=knows)

    def _read_latest(self) -> Latest:
        with self._answering.site.store.read() as tx:
            return events.latest_id(tx), settlements.unsettled_count(tx)

    def _count(self, wanted: ChangesAsked, after: str | None) -> int:
        site = self._answering.site
        told = replace(wanted.filter(site.subscribing.clock().astimezone(UTC).date()), told=True)
        with site.store.read() as tx:
            return changed.newer(tx, told, than=after, most=COUNTED)


def in_words(count: int) -> str:
    """2 new changes."""
    if count >= COUNTED:
        return f"{count} new changes or more"
    return f"{count} new {'change' if count == 1 else 'changes'}"
