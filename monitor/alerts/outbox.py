"""What delivering needs, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from monitor.alerts.prepare import RenderContext
from monitor.errors import DeliveryFailed
from monitor.model import Delivery, DeliveryState, Message
from monitor.ports import Accepted, Transport

CLAIMED_FOR = timedelta(minutes=5)
"""How long a claim keeps a delivery out of others' sight: many times the longest deadline of a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What delivering needs."""

    context: RenderContext
    transports: Mapping[str, Transport]
    """What sends, by the names of channels."""
    clock: Callable[[], datetime]
    chance: Random = field(default_factory=Random)
    settle: timedelta = timedelta(0)
    """How long a change waits before it is told."""
    stopping: Callable[[], bool] = lambda: False
    """Once it says so, what is being sent is finished and recorded, and nothing more begins: claims expire."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one attempt came to."""

    delivery: Delivery
    message: Message
    at: datetime
    seconds: float
    result: Accepted | DeliveryFailed


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """A delivery after an attempt: where it stands now, for people to see."""

    delivery: Delivery
    shown: str
    standing: DeliveryState
    outcome: str
    next_attempt_at: datetime | None = None
    traces: tuple[str, ...] = ()
    """Of the passes that found what it tells, see `monitor.trace`; as `monitor.storage.traces` has them."""
