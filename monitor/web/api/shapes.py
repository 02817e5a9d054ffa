"""What is answered, as the schema has it. The JSON itself is made by `monitor.views.json`; tests hold both together."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from monitor import model
from monitor.model import Json
from monitor.views.json.trials import NOT_IN_A_RECORD

T = TypeVar("T")

SignificanceName = Literal["critical", "major", "minor", "administrative"]


class Shape(BaseModel):
    """Something that is answered. More keys may come within v1."""


class Sent(BaseModel):
    """Something that is sent. A key that it does not have is refused, and named."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class WrongValue(Shape):
    """One value that is wrong, by one of the places."""

    detail: str
    pointer: str | None = Field(default=None, description="Where it is in the body: a JSON pointer.")
    parameter: str | None = Field(default=None, description="Which parameter of the address it is.")
    header: str | None = Field(default=None, description="Which header it is.")


class Problem(Shape):
    """Problem details, as RFC 9457 has them."""

    type: str = Field(description="The address of what is said of problems of this type.")
    title: str
    status: int
    detail: str = Field(description="What is wrong here, and what to do.")
    instance: str
    errors: list[WrongValue] = Field(default_factory=list, description="What was sent that cannot be used.")


class Listed(Shape, Generic[T]):
    """A page of a list."""

    data: list[T]
    next_cursor: str | None = Field(description="What to send as “cursor” for the next page; null at the end.")
    has_more: bool


class Whole(Shape, Generic[T]):
    """A list that has no pages."""

    data: list[T]


class Coded(Shape):
    """A value from a registry's list."""

    code: str
    words: str


class TrialEnrollment(Shape):
    """How many participants."""

    count: int | None
    type: str | None


class Date(Shape):
    """A date as precise as the registry has it."""

    date: str
    type: str | None


class LeadSponsor(Shape):
    """Who leads a trial."""

    name: str
    class_: str | None = Field(alias="class")


class LastChange(Shape):
    """The latest change that was more than administrative."""

    seen_at: datetime
    significance: SignificanceName
    summary: str
    not_told: str | None


class Trial(Shape):
    """How a trial stands, by its latest record."""

    registry: str
    trial_id: str
    url: str
    title: str | None
    state: Literal["listed", "removed", "merged"] | None
    overall_status: str | None
    why_stopped: str | None
    phases: list[str]
    enrollment: TrialEnrollment | None
    start_date: Date | None
    primary_completion_date: Date | None
    completion_date: Date | None
    lead_sponsor: LeadSponsor | None
    last_change: LastChange | None
    snapshot: int | None
    as_of: str | None
    troubles: list[str]


class TrialPage(Listed[Trial]):
    """Trials."""


class Change(Shape):
    """One field, before and after, and how much that matters."""

    field: str
    path: str
    kind: str
    topic: str
    significance: SignificanceName
    before: Json
    after: Json
    measure: dict[str, float] | None
    timing: str | None
    takes_back: str | None = None
    adds_up: dict[str, Any] | None = None
    origin: str | None = None
    words: dict[str, str] | None = None
    summary: str


class Snapshot(Shape):
    """A snapshot in a history, with what it changed; what was imported has no number."""

    trial_id: str
    snapshot: int | None
    state: str
    taken_at: datetime
    registry_version: str | None
    imported_from: str | None = None
    former_version: int | None = None
    changes: list[Change]


class History(Shape):
    """Every snapshot of a trial, the oldest first."""

    registry: str
    trial_id: str
    title: str | None
    data: list[Snapshot]
    unreadable: list[str] = Field(description="What of it cannot be read, and why.")


class Sibling(Shape):
    """The same trial in another registry."""

    registry: str
    trial_id: str
    url: str
    watched: bool
    state: str | None
    overall_status: str | None
    overall_status_words: str | None
    named_here: bool
    names_this: bool


RecordFields = create_model(  # type: ignore[call-overload]
    "RecordFields",
    __doc__="What a document says of a trial, in fields that all registries share.",
    __base__=Shape,
    **{each.name: (each.type, ...) for each in fields(model.Record) if each.name not in NOT_IN_A_RECORD},
)


class Record(Shape):
    """A snapshot and its record."""

    registry: str
    trial_id: str
    snapshot: int | None
    taken_at: datetime
    registry_version: str | None
    imported_from: str | None = None
    former_version: int | None = None
    record: RecordFields  # type: ignore[valid-type]
    notes: list[str] = Field(description="What has to be known of it, such as that a later snapshot is damaged.")


class WholeRecord(Record):
    """The latest record, and where else the trial is registered."""

    siblings: list[Sibling]
    more_siblings: int
    disagreement: str | None


class Comparison(Shape):
    """What changed between two snapshots of a trial."""

    registry: str
    trial_id: str
    snapshot: int | None
    taken_at: datetime
    registry_version: str | None
    imported_from: str | None = None
    former_version: int | None = None
    before: int | None
    before_page: dict[str, Any] | None = None
    changes: list[Change]
    notes: list[str]


class Event(Shape):
    """What one snapshot of a trial told that the one before did not."""

    id: str
    registry: str
    trial_id: str
    snapshot: int
    url: str
    title: str | None
    seen_at: datetime | None = Field(description="Null where the event cannot be read: “error” says why.")
    posted_on: str | None
    significance: SignificanceName | None
    headline: str | None
    not_told: str | None
    hold: int | None
    error: str | None
    changes: list[Change]


class RhythmShown(Shape):
    """When a subscription tells."""

    digest: str
    at: str
    tz: str
    quiet_hours: str | None
    break_through: bool
    all_quiet: bool


class Rule(Shape):
    """Who hears of what."""

    id: str | None
    name: str | None
    team: str | None
    way: str
    to: str = Field(description="The address, as its owner recognises it and nobody else.")
    trials: list[str]
    watch: int | None
    watch_name: str | None
    group: str | None
    all: bool
    topics: list[str]
    kinds: list[str]
    without: list[str]
    min_significance: SignificanceName
    min_percent: float | None
    min_days: int | None
    rhythm: RhythmShown
    note: str | None
    state: Literal["active", "paused", "pending", "ended"]
    origin: str
    created_at: datetime | None
    paused_at: datetime | None


class Subscription(Rule):
    """Who hears of what, once it is made."""

    id: str
    created_at: datetime


class ListedSubscription(Subscription):
    """A subscription in a list."""

    about: str
    silent: str | None = Field(description="Why it cannot hear of everything that it is about.")
    came_back: str | None = Field(description="What was reported of mails to it, where it hears of nothing for that.")
    taken_of_late: int = Field(description="Messages that were taken in the last 30 days.")


class SubscriptionPage(Listed[ListedSubscription]):
    """Subscriptions."""


class NewSubscription(Subscription):
    """A subscription that was made."""

    taken_for: str | None
    same_as: str | None = Field(description="Another subscription that tells the same address of the same.")
    secret: str | None = Field(description="What a new webhook's messages are signed with; shown this once.")
    caught_up: int
    watched: list[str] = Field(description="The trials that nobody watched before.")


class Resumed(Subscription):
    """A subscription that goes on."""

    missed: int = Field(description="Events that it would have told while it was paused.")


class Ended(Subscription):
    """A subscription that has ended."""

    dropped: int = Field(description="Events that waited for its next digest.")
    unsent: int = Field(description="Messages that were owed.")


class Secret(Shape):
    """What a webhook's messages are signed with."""

    secret: str


class Neighbour(Shape):
    """The same rule one step looser or stricter."""

    min_significance: SignificanceName
    count: int


class InMonth(Shape):
    """Messages of a month."""

    month: str
    messages: int


class NotTold(Shape):
    """Changes that are not told, by the reason."""

    reason: str
    changes: int


class ToldEvent(Shape):
    """What a message would have told of one event."""

    registry: str
    trial_id: str
    snapshot: int | None
    seen_at: datetime
    significance: SignificanceName
    summary: str
    changes: int


class SentMessage(Shape):
    """A message as it would have been sent."""

    at: datetime
    events: list[ToldEvent]


class Backtest(Shape):
    """What a rule would have sent by now."""

    subscription: Rule
    is_made: bool
    looked_for: str | None
    rhythm: str
    since: datetime
    until: datetime
    kept_since: datetime | None
    months: float
    trials: int
    unread: list[str]
    events: int
    unreadable: int
    count: int
    waiting: int
    a_month: float | None
    by_month: list[InMonth]
    not_told: list[NotTold]
    looser: Neighbour | None
    stricter: Neighbour | None
    messages: list[SentMessage]
