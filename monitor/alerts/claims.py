"""Claim deliveries, make them ready, and try each once: the steps before its outcome is written down."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.notices import deliveries_damaged
from monitor.alerts.outbox import CLAIMED_FOR, DeliveryResult, Outbox, Sent
from monitor.alerts.postponing import Postponed, Unprepared, postpone
from monitor.alerts.prepare import prepared
from monitor.errors import DeliveryDeferred, DeliveryFailed
from monitor.model import Delivery, Message
from monitor.ports import Accepted
from monitor.storage import claims as kept
from monitor.storage import deliveries, notices
from monitor.storage.isolation import in_words


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours alone *until* a moment, ready to be sent; *receiver* answers for its endpoint."""

    delivery: Delivery
    message: Message
    receiver: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """What claiming came to."""

    ready: Sequence[Claim]
    postponed: Sequence[DeliveryResult]
    """What became of those that cannot be made ready."""
    count: int
    """How many rows these were."""
    followed: frozenset[str]
    """The ids of those that a later delivery about the same trial to the same subscription waits for."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Who claims, and until when: see `monitor.storage.claims`."""

    holder: str
    until: datetime


def claim(outbox: Outbox, *, limit: int, only: Collection[str] | None = None, hold: Hold | None = None) -> Claimed:
    """Claim what is due, at most *limit*, or *only* of the deliveries of these ids; render what never was.

    Where *hold* says whose the claim is, that is kept with it.

    What cannot be made ready is put off, each for a reason of its own. Where nothing can be, what was claimed is given
    back, and the error is raised.
    """
    now = outbox.clock()
    until = hold.until if hold else now + CLAIMED_FOR
    context = outbox.context
    with context.store.begin() as tx:
        rows = deliveries.claim_readable(tx, now=now, until=until, limit=limit, only=only)
        if hold and rows.readable:
            kept.note(tx, hold.holder, until=until)
    claimed, damaged = rows.readable, rows.damaged
    try:
        messages, unprepared = prepared(claimed, context, now=now)
    except Exception:
        with context.store.begin() as tx:
            deliveries.release(tx, claimed)
        raise
    ready = []
    for delivery, message in messages:
        try:
            receiver = outbox.transports[message.endpoint.channel].receiver(message.endpoint)
        except Exception as error:  # an address that makes no sense is that endpoint's trouble alone
            endpoint = message.endpoint
            unprepared.append(Unprepared(delivery, endpoint.shown, in_words(error), endpoint.id))
        else:
            ready.append(Claim(delivery, message, receiver, until))
    postponed: list[DeliveryResult] = []
    if unprepared or damaged:
        with context.store.begin() as tx:
            postponed = [_as_result(each) for each in postpone(tx, unprepared, now=now)]
            if damaged:
                notices.notify_operator(tx, deliveries_damaged(damaged, now=now))
    return Claimed(ready, postponed, len(claimed) + len(damaged), rows.followed)


def attempt(claim: Claim, outbox: Outbox) -> Sent | None:
    """Send once. A claim that ran out while waiting is somebody else's: then nothing is sent."""
    message, at = claim.message, outbox.clock()
    if at >= claim.until - CLAIMED_FOR / 2:
        return None
    try:
        result: Accepted | DeliveryFailed = outbox.transports[message.endpoint.channel].send(message, now=at)
    except DeliveryFailed as failure:
        result = failure
    except Exception as error:  # a fault in a channel must not stop what is owed to others
        result = DeliveryDeferred(f"the program itself failed: {type(error).__name__}")
    return Sent(claim.delivery, message, at, (outbox.clock() - at).total_seconds(), result)


def _as_result(postponed: Postponed) -> DeliveryResult:
    each = postponed.unprepared
    return DeliveryResult(each.delivery, each.shown, postponed.standing, each.reason, postponed.next_attempt_at)
