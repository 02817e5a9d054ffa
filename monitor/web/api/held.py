"""What was held back because too many trials changed alike: list, look, release or discard."""

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from monitor.alerts.settling import decide
from monitor.storage.holds import Decision
from monitor.storage.pages import Span, Within
from monitor.storage.unread import Unread, apart
from monitor.views.changes import ChangesQuery, changes_of
from monitor.views.holds import hold_page, one_hold
from monitor.views.json.checks import became_json, hold_json
from monitor.views.scope import Scope
from monitor.web.api import examples
from monitor.web.api import operating_examples as shown_as
from monitor.web.api.call import Call, Caller
from monitor.web.api.changes import EVERYTHING, event_forms
from monitor.web.api.once import once_apart
from monitor.web.api.paging import PageAsked, place_of, unreadable
from monitor.web.api.problems import BAD_CURSOR, NOT_FOUND, conflicts
from monitor.web.api.routing import Operations
from monitor.web.api.shapes import ONLY_DIGITS
from monitor.web.api.shapes import operating as shapes
from monitor.web.api.shapes.trials import EventPage
from monitor.web.api.wanted import EVER
from monitor.web.site.route import Needs

operations = Operations("Held changes")

HoldNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Its number.", examples=[1]), ONLY_DIGITS]


@operations.reads(
    "/held",
    shape=shapes.HoldPage,
    example={**examples.page(shown_as.HOLD), "unreadable": []},
    needs=Needs.OPERATE,
    kinds=[BAD_CURSOR],
)
def list_held(call: Caller, asked: Annotated[PageAsked, Query()]) -> Response:
    """List what was held back, decided or not, the newest first."""
    place = place_of(call, asked)
    before = int(place.after[0]) if place.after else None
    page = hold_page(call.site.store, before=before, limit=asked.limit)
    damaged: list[Unread] = []
    shown = apart(page.holds, damaged)
    return place.answer([hold_json(each) for each in shown], [page.next] if page.next else None, unreadable(damaged))


@operations.reads(
    "/held/{number}",
    shape=shapes.HoldWhole,
    example={**shown_as.HOLD, "became": [{"became": "held", "events": 120}]},
    needs=Needs.OPERATE,
)
def get_held(call: Caller, number: HoldNumber) -> Response:
    """Say what was held back together, what was decided, by whom, and what became of its events."""
    whole = one_hold(number, call.site.store, limit=1)
    return call.json({**hold_json(whole.hold), "became": became_json(whole)})


@operations.reads(
    "/held/{number}/events",
    shape=EventPage,
    example=examples.page({**examples.EVENT, "not_told": "held", "hold": 1}),
    needs=Needs.OPERATE,
    kinds=[BAD_CURSOR, NOT_FOUND],
)
def list_held_events(call: Caller, number: HoldNumber, asked: Annotated[PageAsked, Query()]) -> Response:
    """List the changes that were held together; “not_told” of each is null once it is told."""
    place = place_of(call, asked)
    after = str(place.after[0]) if place.after else None
    whole = one_hold(number, call.site.store, after=after, limit=asked.limit)
    query = ChangesQuery(scope=Scope(within=Within()), span=Span(EVER), filters=EVERYTHING)
    ids = sorted([*(event.id for _, event in whole.events), *whole.damaged])
    seen = changes_of(ids, query, store=call.site.store, registries=call.site.registries)
    return place.answer(event_forms(call, seen), [whole.next] if whole.next else None)


@operations.writes(
    "POST",
    "/held/{number}/release",
    shape=shapes.Decided,
    example={**shown_as.RELEASED, "events": 120},
    needs=Needs.OPERATE,
)
def release_held(call: Caller, number: HoldNumber) -> Response:
    """Tell everybody whom it concerns what was held, and what waits behind it."""
    return _decide(call, number, "released")


@operations.writes(
    "POST",
    "/held/{number}/discard",
    shape=shapes.Decided,
    example={**shown_as.RELEASED, "decision": "discarded", "events": 120},
    needs=Needs.OPERATE,
)
def discard_held(call: Caller, number: HoldNumber) -> Response:
    """Tell nobody of what was held, but of what waits behind it. Snapshots and history keep it."""
    return _decide(call, number, "discarded")


def _decide(call: Call, number: int, decision: Decision) -> Response:
    def do() -> Response:
        store = call.site.store
        count = decide(number, decision, store, by=call.visitor.name, registries=call.site.registries, now=call.now)
        return call.json({**hold_json(one_hold(number, store, limit=1).hold), "events": count})

    with conflicts():
        return once_apart(call, do)
