"""Deliveries: the log, one with its attempts and what it sends; try it now, or send it again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from monitor.alerts.sending_again import try_now
from monitor.errors import NothingFound
from monitor.storage import replays
from monitor.storage.delivery_pages import DeliveryList
from monitor.storage.places import Place
from monitor.views.delivery_log import DeliveryWhole, LogQuery, delivery_log, one_delivery
from monitor.views.json.alerts import delivery_json
from monitor.views.json.served import logged_delivery_json, sent_body_json, whole_delivery_json
from monitor.views.sent_bodies import as_shown
from monitor.web.api import examples
from monitor.web.api import operating_examples as shown_as
from monitor.web.api.call import Call, Caller
from monitor.web.api.once import once, once_apart
from monitor.web.api.paging import PageAsked, place_of
from monitor.web.api.problems import BAD_CURSOR, KEPT, conflicts
from monitor.web.api.routing import Operations
from monitor.web.api.sent_rules import pointed
from monitor.web.api.shapes import operating as shapes
from monitor.web.api.wanted import Words
from monitor.web.site.route import Needs

operations = Operations("Deliveries")

DeliveryId = Annotated[UUID, Path(description="Its id.", examples=["7c1e4b2a-5d3f-5a6b-9c8d-0e1f2a3b4c5d"])]


class DeliveriesAsked(PageAsked):
    """Which deliveries."""

    state: DeliveryList = Field(default=DeliveryList.ALL, description="Those that stand so.")
    trial: Words | None = Field(default=None, description="Those about this trial.")
    to: Words | None = Field(default=None, description="Those to this subscription, team or address.")


@operations.reads(
    "/deliveries",
    shape=shapes.DeliveryPage,
    example={**examples.page(shown_as.DELIVERY), "unreadable": []},
    needs=Needs.OPERATE,
    kinds=[BAD_CURSOR],
)
def list_deliveries(call: Caller, asked: Annotated[DeliveriesAsked, Query()]) -> Response:
    """List deliveries.

    The newest first; what is owed by its next attempt, and what fails by how long it has.
    """
    place = place_of(call, asked)
    before = Place(datetime.fromisoformat(place.after[0]), str(place.after[1])) if place.after else None
    with pointed("trial", "parameter"):
        trial = call.site.identify(asked.trial) if asked.trial else None
    with pointed("to", "parameter"):
        query = LogQuery(
            which=asked.state,
            trial=(trial[0].key, trial[1]) if trial else None,
            to=asked.to,
            before=before,
            limit=asked.limit,
        )
        log = delivery_log(query, call.site.store)
    last = [log.next.at.isoformat(), log.next.id] if log.next else None
    more = {"unreadable": [{"id": key, "error": reason} for key, reason in log.damaged.items()]}
    return place.answer([logged_delivery_json(row) for row in log.rows], last, more)


@operations.reads(
    "/deliveries/{delivery_id:uuid}",
    shape=shapes.WholeDelivery,
    example=shown_as.WHOLE_DELIVERY,
    needs=Needs.OPERATE,
    kinds=KEPT,
)
def get_delivery(call: Caller, delivery_id: DeliveryId) -> Response:
    """Give a delivery with every attempt, and what came back."""
    return call.json(whole_delivery_json(_one(call, delivery_id)))


@operations.reads(
    "/deliveries/{delivery_id:uuid}/body",
    shape=shapes.SentBody,
    example=shown_as.SENT_BODY,
    needs=Needs.OPERATE,
    kinds=KEPT,
)
def get_body(call: Caller, delivery_id: DeliveryId) -> Response:
    """Give what a delivery sends.

    A mail taken apart, JSON set out, or text: without the links by which its receiver changes a subscription, and with
    addresses masked. There is none before the first attempt.
    """
    whole = _one(call, delivery_id)
    subscription = whole.row.subscription
    if whole.body is None or subscription is None:
        raise NothingFound(whole.damage or "there is no body yet: it is made for the first attempt")
    return call.json(sent_body_json(as_shown(whole.body, subscription.endpoint)))


def _one(call: Call, delivery_id: UUID) -> DeliveryWhole:
    return one_delivery(str(delivery_id), call.site.store)


@operations.writes(
    "POST",
    "/deliveries/{delivery_id:uuid}/replay",
    shape=shapes.BareDelivery,
    example=shown_as.BARE_DELIVERY,
    needs=Needs.OPERATE,
    kinds=KEPT,
)
def replay_delivery(call: Caller, delivery_id: DeliveryId) -> Response:
    """Owe a delivery again.

    The same id and the same bytes go out, with all attempts still ahead.
    """
    with conflicts():
        return once(call, lambda tx: call.json(delivery_json(replays.replay(tx, str(delivery_id), call.now))))


@operations.writes(
    "POST",
    "/deliveries/{delivery_id:uuid}/try",
    shape=shapes.BareDelivery,
    example=shown_as.BARE_DELIVERY,
    needs=Needs.OPERATE,
    kinds=KEPT,
)
def try_delivery(call: Caller, delivery_id: DeliveryId) -> Response:
    """Make the next attempt of a delivery now. The attempts that were made count."""

    def make() -> Response:
        return call.json(delivery_json(try_now(str(delivery_id), call.site.store, now=call.now)))

    with conflicts():
        return once_apart(call, make)
