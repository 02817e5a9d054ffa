"""Subscriptions and what rules would have sent, as the schema has them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from monitor.web.api.shapes import Listed, Shape, SignificanceName


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
    language: str = Field(description="Of its mails and pages.")
    state: Literal["active", "paused", "pending", "ended"]
    origin: str = Field(
        description="What made it: command, page (a user's), api, agent, web (a stranger on a page); config and "
        "operator: config.toml. Those that programs and agents made before that was kept say command."
    )
    created_at: datetime | None
    paused_at: datetime | None
    paused_until: datetime | None = Field(description="When it goes on by itself.")


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
    same_as: str | None = Field(description="The id of another subscription that tells the same address of the same.")
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


class Sample(Shape):
    """What became of a sample."""

    outcome: str = Field(description="What the receiver answered.")


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
    is_coming: bool = Field(description="Whether it comes at the end of a window that is not over yet.")
    events: list[ToldEvent]


class Backtest(Shape):
    """What a rule would have sent by now."""

    subscription: Rule
    is_made: bool
    looked_for: str | None
    in_words: str = Field(description="How many messages, in which time, and when the next one comes.")
    rhythm: str
    since: datetime
    until: datetime
    kept_since: datetime | None
    months: float
    trials: int
    unread: list[str]
    events: int
    changes: int = Field(description="In all of those events.")
    unreadable: int
    count: int
    waiting: int
    a_month: float | None = Field(description="Null where less than four weeks are kept.")
    by_month: list[InMonth]
    not_told: list[NotTold]
    looser: Neighbour | None
    stricter: Neighbour | None
    messages: list[SentMessage]


class Explained(Shape):
    """Why an address was told of a trial, or was not: a line a change, the oldest first."""

    registry: str
    trial_id: str
    to: str
    data: list[str]
