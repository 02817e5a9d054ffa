"""Tools for subscriptions: try a rule on the past, make, change, pause and end one, and why somebody was told."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from monitor.alerts.editing import Editable, edit
from monitor.alerts.ending import end
from monitor.alerts.filters import changed_filters
from monitor.alerts.resuming import resume
from monitor.alerts.rhythms import checked_catch_up
from monitor.alerts.subscribe import set_state
from monitor.alerts.teams import meant
from monitor.alerts.why import explained
from monitor.changes.topics import Topic
from monitor.mcp import schemas
from monitor.mcp.answers import MOST, Answer, fitting
from monitor.mcp.asking import Asking
from monitor.mcp.changes import When
from monitor.mcp.cursors import Cursor, cursor_of, moment_in, place_in
from monitor.mcp.rules import SUBSCRIPTION, Asked, Significance, Timing, subscription_form
from monitor.mcp.tool import PRINTABLE, Arguments, Effect, Line, Refused, Tool, TrialId
from monitor.mcp.untrusted import harmless, marked
from monitor.model import SubscriptionState
from monitor.model.access import Permission
from monitor.text import counted
from monitor.views.backtest import backtest
from monitor.views.json.backtest import backtest_json
from monitor.views.rules import Rule, rule_of, rule_of_request
from monitor.views.spans import span_of
from monitor.views.subscriptions import ALIVE, subscriptions_page
from monitor.watching.subscribing import KnownRegistries

MOST_EVENTS = 20_000
"""Events that a rule is tried on, the latest."""
MOST_OF_A_MESSAGE = 10
"""Events of a message that are given."""
Address = Annotated[str, Field(min_length=3, max_length=2000, pattern=PRINTABLE)]
SEE_LIST = "list_subscriptions says which there are"


class Which(Arguments):
    """A subscription."""

    subscription: Line = Field(description="Its id, the beginning of that, or its name; or a team, for all in it.")


class OfSubscriptions(Arguments):
    """Which subscriptions."""

    states: list[SubscriptionState] = Field(default=[], max_length=4, description="Else all that have not ended.")
    limit: int = Field(default=30, ge=1, le=100)
    cursor: Cursor


class Resuming(Which):
    """How it goes on."""

    catch_up: bool = Field(default=False, description="Tell what it missed while it was paused, as one message.")


class Trying(Asked):
    """What to try: a subscription that there is, or a rule."""

    subscription: Line | None = Field(default=None, description="Try this one as it is, instead of a rule.")
    since: When = Field(default="24m", description="From when on: 24m, 52w, 90d, 2026-01-01.")
    limit: int = Field(default=20, ge=1, le=200, description="Messages to show, the newest.")


class Making(Asked):
    """Whom to tell of what."""

    channel: Literal["email", "webhook", "chat"]
    address: Address = Field(description="A mail address; a webhook's URL; for chat, the URL that its service gave.")
    note: Line | None = Field(default=None, description="Why they care; it comes with every message.")
    name: Line | None = Field(default=None, description="What to call it.")
    catch_up: Annotated[str, Field(max_length=10)] | None = Field(
        default=None, description="Tell what happened of late, too, as one message: 30d, 12h."
    )


class Editing(Which, Timing):
    """What to change; what is left out stays as it is."""

    topics: list[Topic] = Field(default=[], max_length=20)
    kinds: list[Line] = Field(default=[], max_length=40)
    without: list[Line] = Field(default=[], max_length=40)
    min_significance: Significance | None = None
    min_percent: float | None = Field(default=None, ge=0, le=1_000_000)
    min_days: int | None = Field(default=None, ge=0, le=100_000)
    note: Line | None = None
    name: Line | None = None


class Why(Arguments):
    """Who was told of what."""

    trial_id: TrialId
    to: Address = Field(description="A mail address, a webhook's URL, or a subscription by its id or name.")


def list_subscriptions(asking: Asking, given: OfSubscriptions) -> Answer:
    """Who is subscribed to what, the newest first."""
    before = None
    if given.cursor is not None:
        at, last = place_in("list_subscriptions", given.cursor, 2)
        before = moment_in("list_subscriptions", at), last
    page = subscriptions_page(
        asking.program.store, now=asking.now, states=given.states or ALIVE, before=before, limit=given.limit
    )
    forms = [
        {
            **harmless(subscription_form(each)),
            "sent_in_30_days": page.taken.get(each.id, 0),
            "silent": page.silent.get(each.id),
            "came_back": page.came_back.get(each.id),
        }
        for each in page.subscriptions
    ]
    following = cursor_of("list_subscriptions", page.next[0].isoformat(), page.next[1]) if page.next else None
    counts = {str(state): number for state, number in page.counts.items()}
    said = f"{counted(len(forms), 'subscription')}" + ("; there are more." if following else ".")
    return Answer(said=said, content={"subscriptions": forms, "counts": counts, "next_cursor": following})


def backtest_subscription(asking: Asking, given: Trying) -> Answer:
    """What a rule would have sent by now."""
    program = asking.program
    since = span_of(given.since, None, now=asking.now).since
    found = backtest(
        _rule(asking, given),
        since=since,
        now=asking.now,
        store=program.store,
        registries=program.registries,
        most=MOST_EVENTS,
    )
    form: dict[str, Any] = backtest_json(found)
    messages = [_message(each) for each in form["messages"][: given.limit]]
    content = harmless(
        {
            **form,
            "subscription": subscription_form(found.rule.subscription) | {"id": form["subscription"]["id"]},
            "is_cut": found.is_cut,
            "looked_for": form["looked_for"],
            "messages": messages[: fitting(messages, MOST - 10_000)],
            "unread": form["unread"][:100],
        }
    )
    rate = "" if found.a_month is None else f", {found.a_month:.1f} a month"
    said = f"This rule would have sent {counted(len(found.sent), 'message')} since {found.since:%Y-%m-%d}{rate}."
    return Answer(said=said, content=content)


def _rule(asking: Asking, given: Trying) -> Rule:
    program = asking.program
    if given.subscription is not None:
        return rule_of(given.subscription, program.store)
    return rule_of_request(
        given.request(rhythm=given.rhythm()),
        store=program.store,
        config=program.config,
        known=KnownRegistries(program.identify, program.registry, program.to_search),
        now=asking.now,
    )


def _message(form: dict[str, Any]) -> dict[str, Any]:
    events = [
        {key: value for key, value in event.items() if key != "summary"} | marked({"summary": event["summary"]})
        for event in form["events"][:MOST_OF_A_MESSAGE]
    ]
    return {"at": form["at"], "count": len(form["events"]), "events": events}


def create_subscription(asking: Asking, given: Making) -> Answer:
    """Subscribe somebody."""
    span = checked_catch_up(given.catch_up) if given.catch_up else None
    rhythm = given.rhythm(catches_up=span is not None)
    request = given.request(
        channel=given.channel, address=given.address, rhythm=rhythm, note=given.note, name=given.name, catch_up=span
    )
    result = asking.program.subscribe(request)
    made = result.made
    secret = "; a person sees its signing secret with `monitor subscriptions rotate`" if made.secret else ""
    content = {
        "subscription": harmless(subscription_form(made.subscription)),
        "same_as": made.same_as,
        "taken_for": made.taken_for,
        "caught_up": made.caught_up,
        "watched": [*made.watched][:200],
        "looks": [
            {"trial_id": each.trial_id, "result": str(each.result), "error": each.error} for each in result.checked
        ],
    }
    return Answer(said=f"Subscription {made.subscription.id[:8]} tells them from now on{secret}.", content=content)


def edit_subscription(asking: Asking, given: Editing) -> Answer:
    """Change what it tells and when."""

    def change(before: Editable) -> Editable:
        filters = changed_filters(
            before.filters,
            topics=given.topics,
            kinds=given.kinds,
            without=given.without,
            min_significance=given.min_significance,
            min_percent=given.min_percent,
            min_days=given.min_days,
        )
        changed = replace(before, filters=filters, rhythm=given.rhythm(before.rhythm))
        changed = replace(changed, note=given.note or before.note, name=given.name or before.name)
        if changed == before:
            raise Refused("this changes nothing. Next: give what is to be different, such as min_significance.")
        return changed

    made = edit(given.subscription, change, asking.program.subscribe_context())
    return Answer(said=f"{counted(len(made), 'subscription')} changed.", content=_all(made))


def pause_subscription(asking: Asking, given: Which) -> Answer:
    """Keep what is owed until it is resumed."""
    context = asking.program.subscribe_context()
    paused = [
        set_state(each.id, SubscriptionState.PAUSED, context)
        for each in meant(given.subscription, asking.program.store)
    ]
    return Answer(said=f"{counted(len(paused), 'subscription')} paused.", content=_all(paused))


def resume_subscription(asking: Asking, given: Resuming) -> Answer:
    """Go on after a pause."""
    context = asking.program.subscribe_context()
    resumed = [
        resume(each.id, context, catch_up=given.catch_up) for each in meant(given.subscription, asking.program.store)
    ]
    missed = sum(each.missed for each in resumed)
    fate = "told as one message" if given.catch_up else "not told"
    said = f"{counted(len(resumed), 'subscription')} active again; {counted(missed, 'missed event')} {fate}."
    return Answer(said=said, content=_all(each.subscription for each in resumed) | {"missed": missed})


def end_subscription(asking: Asking, given: Which) -> Answer:
    """End it for good."""
    context = asking.program.subscribe_context()
    ended = [end(each.id, context) for each in meant(given.subscription, asking.program.store)]
    dropped = {"dropped_events": sum(each.dropped for each in ended), "unsent": sum(each.unsent for each in ended)}
    said = f"{counted(len(ended), 'subscription')} ended; what was delivered stays on record."
    return Answer(said=said, content=_all(each.subscription for each in ended) | dropped)


def _all(subscriptions: Iterable[Any]) -> dict[str, Any]:
    return {"subscriptions": harmless([subscription_form(each) for each in subscriptions])}


def explain_alerts(asking: Asking, given: Why) -> Answer:
    """Why somebody was told of what changed in a trial, or was not."""
    program = asking.program
    registry, trial_id = program.identify(given.trial_id)
    to = given.to
    if "@" not in to and "://" not in to:
        to = meant(to, program.store)[0].endpoint.shown
    lines = explained(registry.key, trial_id, to, program.subscribe_context())
    kept = lines[-fitting(reversed(lines)) :]
    content = {"trial_id": trial_id, "registry": registry.key, "left_out": len(lines) - len(kept)}
    said = f"What was told of {trial_id} there, and why, the newest last."
    return Answer(said=said, content={**content, **marked({"lines": kept})})


_SEVERAL = schemas.form(subscriptions=schemas.listed(SUBSCRIPTION))
_MAY = Permission.SUBSCRIBE

TOOLS = (
    Tool(
        name="list_subscriptions",
        title="Subscriptions",
        description="Who is subscribed to what, the newest first, with how much each was sent of late and why one "
        "hears less than it asked for. Addresses are masked.",
        takes=OfSubscriptions,
        gives=schemas.form(subscriptions=schemas.listed(SUBSCRIPTION), next_cursor=schemas.maybe(schemas.TEXT)),
        run=list_subscriptions,
        permission=_MAY,
    ),
    Tool(
        name="backtest_subscription",
        title="Try a subscription on the past",
        description="What a rule would have sent by now, had it stood all the time: how many messages a month, which "
        "ones, what it would not have told and why, and how many one step looser or stricter would have been. Nothing "
        "is made or sent. Use it before create_subscription and edit_subscription.",
        takes=Trying,
        gives=schemas.form(
            subscription=schemas.marked_form(),
            is_made=schemas.YES_OR_NO,
            count=schemas.NUMBER,
            a_month={"type": ["number", "null"]},
            is_cut=schemas.YES_OR_NO,
            messages=schemas.listed(
                schemas.form(at=schemas.MOMENT, count=schemas.NUMBER, events=schemas.listed(schemas.marked_form()))
            ),
        ),
        run=backtest_subscription,
        permission=_MAY,
        if_nothing=SEE_LIST,
    ),
    Tool(
        name="create_subscription",
        title="Subscribe somebody",
        description="Tell an address of changes from now on: a mailbox, a webhook or a chat room. Trials that nobody "
        "watched are watched from then on. Ask the person who will get the messages before, and back-test the rule.",
        takes=Making,
        gives=schemas.form(
            subscription=SUBSCRIPTION,
            same_as=schemas.maybe(schemas.TEXT),
            taken_for=schemas.maybe(schemas.TEXT),
            caught_up=schemas.NUMBER,
            watched=schemas.listed(schemas.TEXT),
            looks=schemas.listed(schemas.form(trial_id=schemas.TEXT, result=schemas.TEXT)),
        ),
        run=create_subscription,
        permission=_MAY,
        effect=Effect.ADDS,
        is_idempotent=False,
        asks_elsewhere=True,
    ),
    Tool(
        name="edit_subscription",
        title="Change a subscription",
        description="Change what a subscription tells and when, from now on: filters, digest, note, name. What is left "
        "out stays as it is.",
        takes=Editing,
        gives=_SEVERAL,
        run=edit_subscription,
        permission=_MAY,
        effect=Effect.ENDS,
        if_nothing=SEE_LIST,
    ),
    Tool(
        name="pause_subscription",
        title="Pause a subscription",
        description="Tell nothing until it is resumed; what is owed already waits.",
        takes=Which,
        gives=_SEVERAL,
        run=pause_subscription,
        permission=_MAY,
        effect=Effect.ADDS,
        if_nothing=SEE_LIST,
    ),
    Tool(
        name="resume_subscription",
        title="Resume a subscription",
        description="Go on after a pause, and try an address again that was given up.",
        takes=Resuming,
        gives=schemas.form(**_SEVERAL["properties"], missed=schemas.NUMBER),
        run=resume_subscription,
        permission=_MAY,
        effect=Effect.ADDS,
        if_nothing=SEE_LIST,
    ),
    Tool(
        name="end_subscription",
        title="End a subscription",
        description="End a subscription for good: what it would still have sent is dropped. Ask the person first.",
        takes=Which,
        gives=schemas.form(**_SEVERAL["properties"], dropped_events=schemas.NUMBER, unsent=schemas.NUMBER),
        run=end_subscription,
        permission=_MAY,
        effect=Effect.ENDS,
        if_nothing=SEE_LIST,
    ),
    Tool(
        name="explain_alerts",
        title="Why somebody was told, or was not",
        description="For every change of a trial: whether an address was told, how that went, or why not.",
        takes=Why,
        gives=schemas.marked_form(trial_id=schemas.TEXT, registry=schemas.TEXT, left_out=schemas.NUMBER),
        run=explain_alerts,
        permission=_MAY,
        if_nothing=SEE_LIST,
    ),
)
