"""What a subscription is to be about, to tell and when, as an agent gives it: for trying it and for making it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from monitor.alerts.filters import checked_filters
from monitor.alerts.rhythms import checked_rhythm
from monitor.changes.topics import Topic
from monitor.mcp import schemas
from monitor.mcp.answers import shorter, within
from monitor.mcp.tool import PRINTABLE, Arguments, Line, Refused, Significance, TrialId
from monitor.mcp.untrusted import marked
from monitor.model import Filters, Rhythm, Role, Search, Subscription
from monitor.text import natural_list
from monitor.views import addresses
from monitor.views.json.alerts import subscription_json
from monitor.watching.subscribing import SubscribeRequest

HourAndMinute = Annotated[str, Field(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$")]

Address = Annotated[str, Field(min_length=3, max_length=2000, pattern=PRINTABLE)]
"""Where somebody is told."""
SEE_LIST = "list_subscriptions says which there are"
MOST_OF_TRIALS = 1_000
"""Bytes of the ids of trials that a subscription names, and of its note."""
ABOUT = ("trial_ids", "watch", "group", "sponsor", "condition", "search", "all_trials")


class Timing(Arguments):
    """When to tell."""

    digest: Literal["immediate", "daily", "weekly", "monthly"] | None = Field(
        default=None, description="At once, or all of a day, week or month as one message."
    )
    at: HourAndMinute | None = Field(default=None, description="When a digest comes, local time: 08:00.")
    time_zone: Line | None = Field(default=None, description="An IANA name, such as Europe/Paris; else UTC.")
    quiet_hours: Annotated[str, Field(max_length=20)] | None = Field(
        default=None, description="Local times between which nothing is told: 22:00-07:00."
    )
    break_through: bool | None = Field(default=None, description="Critical changes come at once all the same.")
    all_quiet: bool | None = Field(default=None, description="A digest comes also when nothing happened.")

    def rhythm(self, before: Rhythm | None = None, *, catches_up: bool = False) -> Rhythm:
        """When to tell; what is not given stays as *before*."""
        return checked_rhythm(
            every=self.digest,
            at=self.at,
            zone=self.time_zone,
            quiet_hours=self.quiet_hours,
            breaks_through=self.break_through,
            all_quiet=self.all_quiet,
            catches_up=catches_up,
            **({} if before is None else {"before": before}),
        )


class Asked(Timing):
    """A rule."""

    trial_ids: list[TrialId] = Field(default=[], max_length=200, description="About these trials.")
    watch: Line | None = Field(default=None, description="About all trials of this watch, by its number or name.")
    group: Line | None = Field(default=None, description="About all trials of this group of watches.")
    sponsor: Line | None = Field(default=None, description="About all trials of this sponsor, by its whole name.")
    sponsor_role: Literal["lead", "any"] | None = Field(
        default=None, description="With sponsor: those it leads, as is usual, or those it supports, too."
    )
    condition: Line | None = Field(default=None, description="About all trials on this condition.")
    search: Line | None = Field(default=None, description="About what this finds in the registry's query language.")
    registry: Line | None = Field(default=None, description="Where sponsor, condition or search are looked for.")
    all_trials: bool = Field(default=False, description="About every trial that is checked.")
    topics: list[Topic] = Field(default=[], max_length=20, description="Only changes on these topics.")
    kinds: list[Line] = Field(
        default=[], max_length=40, description="Only these kinds, or how they begin: status.stopped."
    )
    without: list[Line] = Field(default=[], max_length=40, description="Never these kinds: trial.new.")
    min_significance: Significance = "minor"
    min_percent: float | None = Field(default=None, ge=0, le=1_000_000, description="Enrollment changes from here.")
    min_days: int | None = Field(default=None, ge=0, le=100_000, description="Dates that move by so many days.")

    def filters(self) -> Filters:
        """What to tell."""
        return checked_filters(
            topics=self.topics,
            kinds=self.kinds,
            without=self.without,
            min_significance=self.min_significance,
            min_percent=self.min_percent,
            min_days=self.min_days,
        )

    def request(self, *, channel: str = "email", address: str = "", **more: Any) -> SubscribeRequest:
        """The same as a request. Refused where it is about nothing, or about several things."""
        given = [name for name in ABOUT if getattr(self, name)]
        if len(given) > 1:
            raise Refused(f"{natural_list(given, len(given))} each say what it is about. Next: leave out all but one.")
        if not given:
            raise Refused(f"nothing says what it is about. Next: give exactly one of {', '.join(ABOUT)}.")
        is_search = given[0] in ("sponsor", "condition", "search")
        if self.registry and not is_search:
            raise Refused("registry says where to look. Next: give it with sponsor, condition or search.")
        if self.sponsor_role and not self.sponsor:
            raise Refused("sponsor_role is of a sponsor. Next: give it with sponsor, or leave it out.")
        search = Search(
            sponsor=self.sponsor,
            role=Role(self.sponsor_role or Role.LEAD),
            condition=self.condition,
            expression=self.search,
        )
        return SubscribeRequest(
            channel=channel,
            address=address,
            trials=self.trial_ids,
            watch=self.watch,
            group=self.group,
            search=search if is_search else None,
            registry=self.registry,
            everything=self.all_trials,
            filters=self.filters(),
            origin="agent",
            **more,
        )


SUBSCRIPTION = schemas.marked_form(
    id=schemas.maybe(schemas.TEXT),
    name=schemas.maybe(schemas.TEXT),
    to={"type": "string", "description": "Where it goes, masked."},
    way=schemas.TEXT,
    state=schemas.TEXT,
    min_significance=schemas.TEXT,
)


def subscription_form(subscription: Subscription) -> dict[str, Any]:
    """A subscription, its address masked; the note is marked, for its subscriber may write what they like."""
    form = subscription_json(subscription)
    note, form["trials"] = form.pop("note"), shorter(form["trials"], MOST_OF_TRIALS)
    shown = addresses.shown(subscription.endpoint) if subscription.endpoint.shown else ""
    return {**form, "to": shown, **marked({"note": within(note, MOST_OF_TRIALS)})}
