"""Tools that make, change, pause, resume, end and restore subscriptions."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from monitor.alerts.editing import Editable, edit
from monitor.alerts.ending import end, restored
from monitor.alerts.filters import changed_filters
from monitor.alerts.resuming import resume
from monitor.alerts.rhythms import checked_catch_up, checked_end_of_pause
from monitor.alerts.subscribe import set_state
from monitor.alerts.teams import meant
from monitor.changes.topics import Topic
from monitor.language.catalogues import LANGUAGES
from monitor.mcp import schemas
from monitor.mcp.answers import Answer
from monitor.mcp.asking import Asking
from monitor.mcp.rules import SEE_LIST, SUBSCRIPTION, Address, Asked, Timing, subscription_form
from monitor.mcp.tool import Arguments, Effect, Line, Refused, Significance, Tool
from monitor.mcp.untrusted import harmless
from monitor.model import SubscriptionState
from monitor.model.access import Permission
from monitor.model.language import ENGLISH
from monitor.storage import subscriptions
from monitor.text import counted


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"choose one of {', '.join(LANGUAGES)}")
    return language


Language = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*LANGUAGES]})]


class Which(Arguments):
    """A subscription."""

    subscription: Line = Field(description="Its id, the beginning of that, or its name; or a team, for all in it.")


class Ended(Arguments):
    """A subscription that has ended."""

    subscription: Line = Field(description="Its id, or the beginning of that, as end_subscription gave it.")


class Pausing(Which):
    """How long it is paused."""

    until: Annotated[str, Field(max_length=40)] | None = Field(
        default=None,
        description="When it goes on by itself, and tells what it missed as one message: 30d, 2027-01-31, or "
        "2027-01-31T08:00 in UTC; else when it is resumed.",
    )


class Resuming(Which):
    """How it goes on."""

    catch_up: bool = Field(default=False, description="Tell what it missed while it was paused, as one message.")


class Making(Asked):
    """Whom to tell of what."""

    channel: Literal["email", "webhook", "chat"]
    address: Address = Field(description="A mail address; a webhook's URL; for chat, the URL that its service gave.")
    note: Line | None = Field(default=None, description="Why they care; it comes with every message.")
    name: Line | None = Field(default=None, description="What to call it.")
    language: Language | None = Field(default=None, description="Of its mails and pages; else English.")
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
    language: Language | None = Field(default=None, description="Of its mails and pages.")
    name: Line | None = None


def create_subscription(asking: Asking, given: Making) -> Answer:
    """Subscribe somebody."""
    span = checked_catch_up(given.catch_up) if given.catch_up else None
    rhythm = given.rhythm(catches_up=span is not None)
    request = given.request(
        channel=given.channel,
        address=given.address,
        rhythm=rhythm,
        note=given.note,
        language=given.language or ENGLISH,
        name=given.name,
        catch_up=span,
    )
    result = asking.program.subscribe(request)
    made = result.made
    secret = "; a person sees its signing secret with `monitor subscriptions rotate`" if made.secret else ""
    content = {
        "subscription": harmless(subscription_form(made.subscription)),
        "same_as": made.same_as.id if made.same_as else None,
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
        changed = replace(
            changed,
            note=given.note or before.note,
            language=given.language or before.language,
            name=given.name or before.name,
        )
        if changed == before:
            raise Refused("this changes nothing. Next: give what is to be different, such as min_significance.")
        return changed

    made = edit(given.subscription, change, asking.program.subscribe_context())
    return Answer(said=f"{counted(len(made), 'subscription')} changed.", content=_all(made))


def pause_subscription(asking: Asking, given: Pausing) -> Answer:
    """Keep what is owed until it goes on."""
    context = asking.program.subscribe_context()
    until = checked_end_of_pause(given.until, now=asking.now) if given.until else None
    paused = [
        set_state(each.id, SubscriptionState.PAUSED, context, until=until)
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


def restore_subscription(asking: Asking, given: Ended) -> Answer:
    """Take back that it ended."""
    with asking.program.store.begin_alone() as tx:
        made = restored(tx, subscriptions.find(tx, given.subscription), now=asking.now)
    return Answer(
        said=f"Subscription {made.id[:8]} goes on; what was owed as it ended is dropped.", content=_all([made])
    )


def _all(every: Iterable[Any]) -> dict[str, Any]:
    return {"subscriptions": harmless([subscription_form(each) for each in every])}


_SEVERAL = schemas.form(subscriptions=schemas.listed(SUBSCRIPTION))
_MAY = Permission.SUBSCRIBE

TOOLS = (
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
        description="Change what a subscription tells and when, from now on: filters, digest, note, language, name. "
        "What is left out stays as it is.",
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
        description="Tell nothing until it is resumed, or until a day; what is owed already waits.",
        takes=Pausing,
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
        name="restore_subscription",
        title="Take back that a subscription ended",
        description="Have a subscription that ended go on as it was, within 30 days; not where its receiver ended it.",
        takes=Ended,
        gives=_SEVERAL,
        run=restore_subscription,
        permission=_MAY,
        effect=Effect.ADDS,
        if_nothing=SEE_LIST,
    ),
)
