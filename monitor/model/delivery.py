"""Who wants to hear of what, and what is owed to them: Subscription, Notice, Delivery, Attempt. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha1

from monitor.model.change import Significance
from monitor.model.language import ENGLISH
from monitor.model.rhythm import IMMEDIATE, Rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A place where deliveries go: a mailbox, a webhook, a chat room. Several subscriptions may share one."""

    id: str
    channel: str
    """The name of the channel that reaches it."""
    shown: str
    """What may be shown of its address: a mail address as it is; a URL without credentials, query and secret path."""
    address: str = field(repr=False)
    """The whole address, which may hold secrets; encrypted at rest."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """A webhook's signing secrets (`whsec_…`), the newest first; two while one is being rotated. Encrypted at rest."""
    failing_since: datetime | None = None
    """When the run of failures began that has not been broken by a success yet."""
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of an event a subscriber wants to hear; empty and None mean: all of it."""

    topics: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    """Names from `monitor.changes.kinds.KINDS`, or the beginning of some: `outcome.primary`."""
    without: frozenset[str] = frozenset()
    """Kinds, or the beginning of some, that are never told, whatever else is asked for."""
    min_significance: Significance = Significance.MINOR
    min_percent: float | None = None
    """Enrollment changes of fewer percent, either way, are not told."""
    min_days: int | None = None
    """Dates that move by fewer days, either way, are not told."""


@dataclass(frozen=True, slots=True)
class Interest:
    """All of a subscription that decides whether it tells a change: thousands of subscriptions share a few of these."""

    filters: Filters = Filters()
    watches: frozenset[int] = frozenset()
    """The watches that it is about; empty where it is about trials by name, or everything."""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class WatchGroup:
    """Watches that subscriptions are about together, whichever they are at the moment."""

    id: int
    name: str
    watches: frozenset[int] = frozenset()


class SubscriptionState(StrEnum):
    """Whether a subscription hears of anything: only an active one does."""

    ACTIVE = "active"
    PAUSED = "paused"
    """What is owed waits; what happens meanwhile is told only if that is asked for when it goes on."""
    PENDING = "pending"
    """Its subscriber has yet to confirm it."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who wants to hear of what, how."""

    id: str
    """A UUID."""
    endpoint: Endpoint
    trials: frozenset[tuple[str, str]] = frozenset()
    """(registry, trial id) where it is about trials by name."""
    watch_id: int | None = None
    """Where it is about all trials of a watch, whichever they are at the moment."""
    watch: str | None = None
    """The name of that watch, where it has one; only of a subscription that comes from storage."""
    group: WatchGroup | None = None
    """Where it is about all trials of all watches of a group."""
    team: str | None = None
    """What the people are called together who share what it is about and its filters, each with one like it."""
    name: str | None = None
    """What people call it."""
    everything: bool = False
    filters: Filters = Filters()
    rhythm: Rhythm = IMMEDIATE
    note: str | None = None
    """Why the subscriber cares, in their words; it comes with every delivery."""
    language: str = ENGLISH
    """That its subscriber reads in: as `monitor.language` has it."""
    state: SubscriptionState = SubscriptionState.ACTIVE
    paused_at: datetime | None = None
    """Since when, where it is paused and that is known."""
    paused_until: datetime | None = None
    """When it goes on by itself, where it does."""
    ended_at: datetime | None = None
    """When it ended, where it has and that is known."""
    origin: str = "command"
    """What made it: a command, page (a user's), api, agent or config; web: a stranger asked for it on a page; operator:
    the configuration, to hear of notices and of no trial."""
    created_at: datetime

    @property
    def interest(self) -> Interest:
        """What decides whether it tells a change."""
        return Interest(self.filters, self.watches, self.everything)

    @property
    def knows_watches(self) -> bool:
        """Whether it may be told what watches are called: not where a stranger asked for it on a page."""
        return self.origin != "web"

    @property
    def is_configured(self) -> bool:
        """Whether config.toml makes it, and it changes there alone."""
        return self.origin in ("config", "operator")

    @property
    def called(self) -> str:
        """Its name, or the beginning of its id: commands take either."""
        return self.name or self.id[:8]

    @property
    def watches(self) -> frozenset[int]:
        """The watches that it is about; empty where it is about trials by name, or everything."""
        if self.group is not None:
            return self.group.watches
        return frozenset() if self.watch_id is None else frozenset((self.watch_id,))

    @property
    def is_about_watches(self) -> bool:
        """Whether it is about the trials of a watch or of a group of them, whichever they are at the moment."""
        return self.watch_id is not None or self.group is not None

    @property
    def watch_called(self) -> str:
        """The watch that it is about, by its name or its number, or the group of watches by its name."""
        if self.group is not None:
            return f"group “{self.group.name}”"
        return f"watch “{self.watch}”" if self.watch else f"watch {self.watch_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the operator has to know of the program itself, such as an outage; or what a subscriber has to confirm."""

    id: str
    """Derived from what happened, so that telling it twice tells it once."""
    kind: str
    """Such as `endpoint.disabled`: receivers' programs rely on it."""
    registry: str = ""
    """The registry that it is about; empty where it is about none."""
    occurred_at: datetime
    subject: str
    """One line."""
    text: str
    """What happened and what to do about it, a paragraph a line."""


class DeliveryState(StrEnum):
    """Where a delivery stands. There is no "sending": a claim only moves the next attempt."""

    OWED = "owed"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    """Never again: refused for good, or given up after the last try."""


@dataclass(frozen=True, slots=True)
class EventCause:
    """A delivery is owed because of an event, which tells of changes in a trial."""

    id: str


@dataclass(frozen=True, slots=True)
class NoticeCause:
    """A delivery is owed because of a notice: to the operator, or to a subscriber who has yet to confirm."""

    id: str


@dataclass(frozen=True, slots=True)
class DigestCause:
    """A delivery is owed because a time is over whose events are told together."""

    id: str
    """`digest/` and the subscriber's date on which it ends; of one out of turn, the moment. One a date."""


Cause = EventCause | NoticeCause | DigestCause
"""Why a delivery is owed: one value, with the id of what is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was caused by one event or notice, or by the end of a time, owed to one subscription."""

    cause: Cause
    subscription_id: str
    registry: str
    trial_id: str
    """Empty where it is a notice or a digest."""
    sequence: int
    """1, 2, 3 … per subscription, without gaps: a receiver sees what is missing."""
    created_at: datetime
    owed_at: datetime
    """When it was owed last: `created_at`, or when it was replayed."""
    next_attempt_at: datetime
    standing: DeliveryState = DeliveryState.OWED
    attempts: int = 0
    body: bytes | None = field(default=None, repr=False)
    """The bytes of every attempt, rendered before the first one; None until then."""
    finished_at: datetime | None = None
    outcome: str | None = None
    """What the last attempt came to, in one line."""

    @property
    def id(self) -> str:
        """Derived, so that owing the same delivery twice owes one: the webhook's id and the mail's Message-ID."""
        return delivery_id(self.cause.id, self.subscription_id)

    @property
    def about(self) -> str:
        """The trial, or that it is a notice or a digest, for people to read."""
        return self.trial_id or ("digest" if isinstance(self.cause, DigestCause) else "notice")


@lru_cache(maxsize=8192)
def delivery_id(cause_id: str, subscription_id: str) -> str:
    """The id of the delivery of an event or a notice to a subscription: a UUID of version 5, derived from both.

    RFC 9562, 5.5: as `uuid.uuid5` makes it, which takes four times as long; an event may need ten thousand of these.
    """
    namespace = bytes.fromhex(subscription_id.replace("-", ""))
    digest = bytearray(sha1(namespace + cause_id.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50  # the version
    digest[8] = digest[8] & 0x3F | 0x80  # the variant
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to deliver, and what came of it; kept for 90 days."""

    delivery_id: str
    number: int
    at: datetime
    outcome: str
    """One line."""
    status: int | None = None
    """HTTP's or SMTP's code, where there was one."""
    seconds: float = 0.0
    answer: bytes = b""
    """The first 4 kB of what the receiver said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A delivery, ready for a channel: the endpoint, and the bytes that every attempt carries."""

    delivery_id: str
    endpoint: Endpoint
    body: bytes = field(repr=False)
