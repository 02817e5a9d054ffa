"""Subscriptions: list, make, change, pause, resume, end and restore them, and what a rule would have sent by now."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Body, Path, Query
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import Response

from monitor.alerts import editing, ending, resuming
from monitor.alerts.changeable import refuse_unless_editable, refuse_unless_wanted
from monitor.alerts.rhythms import checked_end_of_pause
from monitor.alerts.subscribe import Asked, new_endpoint, put_state, rotated, subscribed
from monitor.channels.declared import CHANNELS
from monitor.errors import ConfigurationInvalid, DeliveryFailed, NothingFound
from monitor.model import Json, Subscription, SubscriptionState
from monitor.storage import subscriptions as kept
from monitor.text import one_line
from monitor.views.addresses import shown, without_addresses
from monitor.views.json.alerts import subscription_json
from monitor.views.subscriptions import ALIVE, SubscriptionsPage, subscriptions_page
from monitor.web.api import examples
from monitor.web.api.call import Call, Caller
from monitor.web.api.once import once, once_apart
from monitor.web.api.paging import PageAsked, place_of
from monitor.web.api.problems import (
    BAD_CURSOR,
    CHANGED_MEANWHILE,
    CONFLICT,
    KEPT,
    NOT_TAKEN,
    REGISTRY_SILENT,
    Problem,
    conflicts,
    in_api_words,
    invalid,
    said_to_programs,
)
from monitor.web.api.routing import Operations
from monitor.web.api.sent_rules import (
    Line,
    SubscriptionEdit,
    SubscriptionSent,
    edited,
    pointed,
    request_of,
    resolved,
    scope_of,
)
from monitor.web.api.shapes import Sent
from monitor.web.api.shapes import subscriptions as shapes
from monitor.web.api.tags import is_named, tag_of
from monitor.web.site.route import Needs
from monitor.web.subscribing.sampling import send_sample_of

operations = Operations("Subscriptions")

SubscriptionId = Annotated[UUID, Path(description="Its id.", examples=["3f2a8c1e-9d4b-4f6a-8e21-5b7c0d9e1f23"])]


class SubscriptionsAsked(PageAsked):
    """Which subscriptions."""

    state: SubscriptionState | None = Field(default=None, description="Else all that have not ended.")


class Pausing(Sent):
    """How long to pause."""

    until: Line | None = Field(
        default=None,
        description="When it goes on by itself, and tells what it missed as one message: in a span such as 30d, on a "
        "day, or at a moment in UTC, within a year. Without it, when it is resumed.",
        examples=["30d"],
    )


class Resuming(Sent):
    """How to go on."""

    catch_up: bool = Field(default=False, description="Whether to tell what was missed, as one message.")


@operations.reads(
    "/subscriptions",
    shape=shapes.SubscriptionPage,
    example=examples.page(examples.LISTED_SUBSCRIPTION),
    needs=Needs.READ,
    kinds=[BAD_CURSOR],
)
def list_subscriptions(call: Caller, asked: Annotated[SubscriptionsAsked, Query()]) -> Response:
    """List subscriptions, the newest first."""
    place = place_of(call, asked)
    before = (datetime.fromisoformat(place.after[0]), str(place.after[1])) if place.after else None
    states: Collection[SubscriptionState] = ALIVE if asked.state is None else [asked.state]
    page = subscriptions_page(call.site.store, now=call.now, states=states, before=before, limit=asked.limit)
    last = [page.next[0].isoformat(), page.next[1]] if page.next else None
    return place.answer([_listed(each, page) for each in page.subscriptions], last)


def _listed(subscription: Subscription, page: SubscriptionsPage) -> dict[str, Json]:
    return {
        **_shown(subscription),
        "about": page.about[subscription.id],
        "silent": said_to_programs(page.silent.get(subscription.id)),
        "came_back": said_to_programs(page.came_back.get(subscription.id)),
        "taken_of_late": page.taken.get(subscription.id, 0),
    }


def _shown(subscription: Subscription) -> dict[str, Json]:
    """A subscription, its address as its owner recognises it, and nobody else."""
    return {**subscription_json(subscription), "to": shown(subscription.endpoint)}


@operations.reads(
    "/subscriptions/{subscription_id:uuid}",
    shape=shapes.Subscription,
    example=examples.SUBSCRIPTION,
    needs=Needs.READ,
    kinds=KEPT,
)
def get_subscription(call: Caller, subscription_id: SubscriptionId) -> Response:
    """Give a subscription."""
    with call.site.store.read() as tx:
        return call.json(_shown(subscription_of(tx, subscription_id)))


def subscription_of(tx: Connection, subscription_id: UUID) -> Subscription:
    """NothingFound for an id that no subscription has; a name is no id."""
    found = kept.known(tx, [str(subscription_id)]).get(str(subscription_id))
    if found is None:
        raise NothingFound(f"there is no subscription {subscription_id}: GET /subscriptions lists those that exist")
    return found


@operations.writes(
    "POST",
    "/subscriptions",
    shape=shapes.NewSubscription,
    example=examples.NEW_SUBSCRIPTION,
    needs=Needs.SUBSCRIBE,
    status=201,
    kinds=[REGISTRY_SILENT],
)
def create_subscription(
    call: Caller, sent: Annotated[SubscriptionSent, Body(examples=[examples.SUBSCRIPTION_SENT])]
) -> Response:
    """Tell somebody of changes.

    What it is about is watched from then on: the next look at the registry takes the baseline of a trial that nobody
    watched, so that its next change is told. A sponsor, a condition or a search is asked of its registry first. The
    secret that a webhook's messages are signed with is answered this once.
    """
    context = call.site.subscribing
    request = request_of(sent, call)
    to = new_endpoint(request.channel, request.address, context, as_webhook=request.as_webhook)
    found = resolved(request.search, request.registry, call) if request.search else None
    search = (found.registry, found.search) if found else None

    def make(tx: Connection) -> Response:
        scope = scope_of(tx, request, search, call)
        asked = Asked(
            scope=scope,
            filters=request.filters,
            rhythm=request.rhythm,
            note=request.note,
            language=request.language,
            origin="api",
        )
        made = subscribed(tx, request.channel, to, asked, context=context, name=request.name, catch_up=request.catch_up)
        answer = {
            **_shown(made.subscription),
            "taken_for": CHANNELS[request.channel].taken_for(request.address),
            "same_as": made.same_as.id if made.same_as else None,
            "secret": made.secret,
            "caught_up": made.caught_up,
            "watched": [*made.watched],
        }
        return call.created(answer, f"/subscriptions/{made.subscription.id}")

    return once(call, make)


@operations.writes(
    "PATCH",
    "/subscriptions/{subscription_id:uuid}",
    shape=shapes.Subscription,
    example=examples.SUBSCRIPTION,
    needs=Needs.SUBSCRIBE,
    kinds=KEPT,
    takes_match=True,
)
def change_subscription(
    call: Caller,
    subscription_id: SubscriptionId,
    sent: Annotated[SubscriptionEdit, Body(examples=[examples.SUBSCRIPTION_EDIT])],
) -> Response:
    """Change what a subscription tells, and when.

    What is left out stays, and null clears (RFC 7396). It counts from the next change on: what is owed by then is sent.
    One of a team is changed together with all of it, but for its name. One that config.toml has is changed there.
    """

    def change(tx: Connection) -> Response:
        before = subscription_of(tx, subscription_id)
        _refuse_unless_matching(call, before)
        with conflicts():
            refuse_unless_wanted(before)
            refuse_unless_editable(before)
        if before.team is None:
            return _with_tag(call, editing.edited(tx, before, partial(edited, sent), call.site.subscribing))
        if "name" in sent.model_fields_set:
            words = f"It is one of the team “{before.team}”, and is called by that: leave its name out."
            raise invalid(words, "#/name", "pointer")
        editing.team_edited(tx, before.team, partial(edited, sent), call.site.subscribing)
        return _with_tag(call, subscription_of(tx, subscription_id))

    return once(call, change)


def _refuse_unless_matching(call: Call, subscription: Subscription) -> None:
    tag = tag_of(orjson.dumps(_shown(subscription)))
    if not is_named(call.headers["if-match"], tag):
        words = "It has changed in the meantime: get it again, and send its new ETag."
        raise Problem(CHANGED_MEANWHILE, words)


def _with_tag(call: Call, subscription: Subscription) -> Response:
    form = _shown(subscription)
    return call.json(form, headers={"ETag": tag_of(orjson.dumps(form))})


@operations.writes(
    "POST",
    "/subscriptions/{subscription_id:uuid}/pause",
    shape=shapes.Subscription,
    example={**examples.SUBSCRIPTION, "state": "paused", "paused_at": "2026-11-28T08:00:00Z"},
    needs=Needs.SUBSCRIBE,
    kinds=KEPT,
)
def pause_subscription(
    call: Caller,
    subscription_id: SubscriptionId,
    sent: Annotated[Pausing | None, Body(examples=[{"until": "30d"}])] = None,
) -> Response:
    """Keep what is owed to a subscription until it goes on.

    One that is paused already is paused until then from now on. The operator's own is changed in config.toml.
    """
    until = None
    with pointed("#/until"):
        if sent and sent.until is not None:
            until = checked_end_of_pause(sent.until, now=call.now)

    def pause(tx: Connection, found: Subscription) -> Response:
        return _with_tag(call, put_state(tx, found, SubscriptionState.PAUSED, now=call.now, until=until))

    return _done(call, subscription_id, pause)


@operations.writes(
    "POST",
    "/subscriptions/{subscription_id:uuid}/resume",
    shape=shapes.Resumed,
    example={**examples.SUBSCRIPTION, "missed": 2},
    needs=Needs.SUBSCRIBE,
    kinds=KEPT,
)
def resume_subscription(
    call: Caller,
    subscription_id: SubscriptionId,
    sent: Annotated[Resuming | None, Body(examples=[{"catch_up": True}])] = None,
) -> Response:
    """Go on after a pause.

    An address that was disabled gets another chance.
    """

    def resume(tx: Connection, found: Subscription) -> Response:
        refuse_unless_wanted(found)
        missed = resuming.go_on(tx, found, catch_up=sent is not None and sent.catch_up, now=call.now)
        return call.json({**_shown(subscription_of(tx, subscription_id)), "missed": missed})

    return _done(call, subscription_id, resume)


@operations.writes(
    "POST",
    "/subscriptions/{subscription_id:uuid}/rotate",
    shape=shapes.Secret,
    example={"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    needs=Needs.SUBSCRIBE,
    kinds=KEPT,
)
def rotate_secret(call: Caller, subscription_id: SubscriptionId) -> Response:
    """Give a webhook a new signing secret.

    It is answered this once; the former one signs beside it for a day.
    """
    context = call.site.subscribing
    return _done(call, subscription_id, lambda tx, found: call.json({"secret": rotated(tx, found, context)}))


@operations.writes(
    "POST",
    "/subscriptions/{subscription_id:uuid}/sample",
    shape=shapes.Sample,
    example={"outcome": "200 OK"},
    needs=Needs.SUBSCRIBE,
    kinds=[*KEPT, NOT_TAKEN],
)
def send_sample(call: Caller, subscription_id: SubscriptionId) -> Response:
    """Send a sample now, which says that it is one.

    It goes out beside what is owed, and is tried once.
    """

    def send() -> Response:
        with call.site.store.read() as tx:
            found = subscription_of(tx, subscription_id)
        try:
            return call.json({"outcome": without_addresses(one_line(send_sample_of(call.site, found.id).outcome))})
        except DeliveryFailed as error:
            raise Problem(NOT_TAKEN, _masked(error, found)) from None
        except ConfigurationInvalid as error:
            raise Problem(CONFLICT, _masked(error, found)) from None

    return once_apart(call, send)


@operations.writes(
    "POST",
    "/subscriptions/{subscription_id:uuid}/end",
    shape=shapes.Ended,
    example={**examples.SUBSCRIPTION, "state": "ended", "dropped": 0, "unsent": 1},
    needs=Needs.SUBSCRIBE,
    kinds=KEPT,
)
def end_subscription(call: Caller, subscription_id: SubscriptionId) -> Response:
    """End a subscription.

    What was not sent by then is not sent any more, and what was stays on record. It can be taken back for 30 days.
    The operator's own is ended in config.toml.
    """

    def end(tx: Connection, found: Subscription) -> Response:
        done = ending.ended(tx, found, now=call.now)
        return call.json({**_shown(done.subscription), "dropped": done.dropped, "unsent": done.unsent})

    return _done(call, subscription_id, end)


@operations.writes(
    "POST",
    "/subscriptions/{subscription_id:uuid}/restore",
    shape=shapes.Subscription,
    example=examples.SUBSCRIPTION,
    needs=Needs.SUBSCRIBE,
    kinds=KEPT,
)
def restore_subscription(call: Caller, subscription_id: SubscriptionId) -> Response:
    """Take back that a subscription ended.

    It goes on as it was, within 30 days. What was owed when it ended is not sent any more, and an address that was
    disabled gets another chance. What its receiver ended, by a link in a mail or by a complaint, only they take back,
    by that link or by subscribing again. One that has not ended stays as it is.
    """
    return _done(call, subscription_id, lambda tx, found: _with_tag(call, ending.restored(tx, found, now=call.now)))


def _done(call: Call, subscription_id: UUID, work: Callable[[Connection, Subscription], Response]) -> Response:
    """Do something with a subscription, once; what does not go with its state is a conflict."""

    def do(tx: Connection) -> Response:
        found = subscription_of(tx, subscription_id)
        try:
            return work(tx, found)
        except ConfigurationInvalid as error:
            raise Problem(CONFLICT, _masked(error, found)) from None

    return once(call, do)


def _masked(error: Exception, subscription: Subscription) -> str:
    """What an error says, without the address of who would be told."""
    words = str(error).replace(subscription.endpoint.shown, shown(subscription.endpoint))
    return in_api_words(without_addresses(one_line(words)))
