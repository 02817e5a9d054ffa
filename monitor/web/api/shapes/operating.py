"""Deliveries, watches, what is held or refused, and how the service is, as the schema has them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from monitor.model.unseen import UnseenReason
from monitor.web.api.shapes import Listed, Shape, SignificanceName, Whole
from monitor.web.api.shapes.trials import Change


class BareDelivery(Shape):
    """What is owed, or was, to one subscription."""

    id: str
    event: str | None
    trial: str | None
    notice: str | None
    digest: str | None
    subscription: str
    sequence: int
    standing: Literal["owed", "delivered", "rejected"]
    attempts_made: int
    outcome: str | None
    created_at: datetime
    next_attempt_at: datetime | None
    finished_at: datetime | None


class Delivery(BareDelivery):
    """A delivery in the log."""

    to: str = Field(description="Where it goes: a mail address as its owner recognises it and nobody else.")
    name: str | None
    tells: str
    significance: SignificanceName | None


class Unreadable(Shape):
    """What belongs there, and cannot be read."""

    id: str
    error: str


class DeliveryPage(Listed[Delivery]):
    """Deliveries."""

    unreadable: list[Unreadable]


class Attempt(Shape):
    """One try, and what the receiver answered."""

    number: int
    at: datetime
    status: int | None
    seconds: float
    outcome: str
    answer: str


class Report(Shape):
    """What a mail system or a reader said of a mail afterwards."""

    kind: str
    status: str | None
    diagnostic: str | None
    read_at: datetime
    effect: str | None


class WholeDelivery(Delivery):
    """A delivery with its attempts."""

    about: str | None
    attempts: list[Attempt]
    reports: list[Report]
    notice_text: str | None
    damage: str | None


class Header(Shape):
    """A header of a mail."""

    name: str
    value: str


class SentBody(Shape):
    """What a delivery sends."""

    headers: list[Header]
    text: str
    html: str | None
    is_json: bool
    is_cut: bool


class Hold(Shape):
    """What was held back together."""

    hold: int
    registry: str
    registry_version: str
    fields: list[str]
    trials: int
    checked: int
    held_at: datetime
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None = Field(description="A user or a token; null at the command line.")
    waiting: int


class EventsBecame(Shape):
    """How many events that were held came to this."""

    became: str = Field(description="held, waiting, told, discarded, folded or given up.")
    events: int


class HoldWhole(Hold):
    """What was held back together, and what became of its events."""

    became: list[EventsBecame]


class HoldPage(Listed[Hold]):
    """Holds."""

    unreadable: list[Unreadable]


class Decided(Hold):
    """What was decided, and of how many events."""

    events: int


class Quarantined(Shape):
    """An answer that was not believed, and why."""

    id: int
    registry: str
    trial_id: str
    received_at: datetime
    latest_at: datetime
    times: int
    doubt: str | None
    reason: str
    registry_version: str | None
    build: str | None
    size: int
    accepted_at: datetime | None


class QuarantinedPage(Listed[Quarantined]):
    """Answers."""


class QuarantinedAnswer(Quarantined):
    """An answer as it came, as far as a person reads it."""

    answer: str
    is_cut: bool
    damage: str | None
    alike: int


class Checked(Shape):
    """A checked trial."""

    registry: str
    trial_id: str
    result: str
    snapshot: int | None
    checked_at: datetime | None
    registry_version: str | None
    changes: list[Change]
    error: str | None


class NotAccepted(Shape):
    """An answer that cannot be accepted."""

    number: int
    reason: str


class Accepted(Shape):
    """What became of the answers."""

    accepted: list[Checked]
    not_accepted: list[NotAccepted]


class Unseen(Shape):
    """Watched trials of a registry that are not seen for the same reason."""

    registry: str
    reason: UnseenReason
    words: str = Field(description="The reason, for people.")
    count: int
    trials: list[str] = Field(description="The first of them; none where the registry itself is the reason.")


class Health(Shape):
    """Whether everything is seen."""

    status: Literal["ok", "failing"]
    standing: Literal["leader", "standby", "unknown"]
    reasons: list[str] | None
    sight: Literal["whole", "late", "blind", "nothing"]
    seen: int
    watched: int
    unseen: list[Unseen] = Field(description="Why the others are not seen.")
    data_of: datetime | None
    looked_at: datetime | None
    next_at: datetime | None


class Look(Shape):
    """A look at a registry."""

    registry: str
    ended_at: datetime
    registry_version: str | None
    watched: int
    verified: int
    denied: int | None = Field(description="Of the watched, numbers that the registry does not know.")
    checked: int
    changed: int
    failed: int
    requests: int
    bytes: int
    seconds: float
    is_whole: bool
    reason: str | None


class LookList(Whole[Look]):
    """Looks."""


class AskedLook(Shape):
    """A registry that was to be looked at now."""

    registry: str
    is_due: bool = Field(description="Whether it is looked at now.")
    left_alone_until: datetime | None = Field(
        description="Until when it asked to be asked nothing, if that is why not."
    )


class AskedLookList(Whole[AskedLook]):
    """Registries that were to be looked at."""


class Notice(Shape):
    """What the operator should know."""

    id: str
    kind: str
    registry: str | None
    occurred_at: datetime
    subject: str
    text: str


class NoticePage(Listed[Notice]):
    """Notices."""

    unreadable: list[Unreadable]


class Bounce(Shape):
    """What was reported of a mail that was sent."""

    delivery: str | None
    to: str = Field(description="The address, as its owner recognises it and nobody else.")
    kind: str
    status: str | None
    diagnostic: str
    read_at: datetime
    effect: str | None = Field(description="What became of the subscription; null for nothing.")


class BouncePage(Listed[Bounce]):
    """Reports of mails."""

    unreadable: list[Unreadable]


class Drift(Shape):
    """A field or a value that was unknown when the trial was seen to have it."""

    registry: str
    path: str
    value: str | None
    trial_id: str
    first_seen_at: datetime


class DriftPage(Listed[Drift]):
    """Fields and values."""

    unreadable: list[Unreadable]


class Watch(Shape):
    """What is watched."""

    id: int
    origin: str
    name: str | None
    created_at: datetime
    trials: int
    kind: Literal["trials", "sponsor", "condition", "search", "all_trials"]
    sponsor: str | None
    role: str | None
    condition: str | None
    search: str | None
    registry: str | None
    siblings: bool
    groups: list[str]
    files: dict[str, str | None]


class WatchPage(Listed[Watch]):
    """Watches."""

    unreadable: list[Unreadable]


class WatchedTrial(Shape):
    """A trial that a watch holds."""

    registry: str
    trial_id: str
    state: str | None
    title: str | None
    snapshot: int | None
    denied_at: datetime | None = Field(
        description="When its registry said last that it knows no trial of this number; null where it never said so."
    )


class WatchedTrialPage(Listed[WatchedTrial]):
    """Trials."""


class NewWatch(Watch):
    """A watch that was made, or grew."""

    trial_ids: list[str]
    already_watched: list[str]
    finds: int | None = Field(description="How many trials its search finds now.")


class NewWatches(Shape):
    """The watches of what was asked for: one a registry."""

    watches: list[NewWatch]


class Removed(Shape):
    """A watch that is no more."""

    watch: int
    trials: int
    silenced: list[str] = Field(description="The subscriptions that ended with it.")


class RemovedTrial(Shape):
    """A trial that is not watched any more."""

    trial_id: str
    silenced: list[str] = Field(description="The subscriptions that hear no more of it.")
