"""Send what is owed, and keep trying.

    claim  ->  render, once, and keep the bytes  ->  send  ->  record what came of it
    commit          commit                         network          commit

Nothing holds a transaction while it talks to somebody else's server. A process that dies anywhere leaves rows that are
still owed: a claim only moved their next attempt, so the next process pays them, with the same id and the same bytes.
The one thing that can happen twice is a delivery whose receiver took it just before we died.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from time import monotonic

from sqlalchemy import Connection

from monitor.alerts.notices import deliveries_damaged, endpoint_disabled, given_up
from monitor.alerts.postponing import Postponed, Unprepared, postpone
from monitor.alerts.prepare import RenderContext, prepared, sample, with_address
from monitor.alerts.retrying import disabling_due, next_attempt
from monitor.alerts.settling import Settling, settle_abandoned
from monitor.errors import DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.model import Attempt, Delivery, DeliveryState, Message
from monitor.ports import Accepted, Registry, Transport
from monitor.storage import attempts, deliveries, endpoints, notices, subscriptions
from monitor.storage.isolation import in_words, isolated

CLAIMED_AT_ONCE = 200
CLAIMED_FOR = timedelta(minutes=5)
"""How long a claim keeps a delivery out of others' sight: many times the longest deadline of a channel."""
THREADS = 32
THREADS_A_RECEIVER = 4
RECORDED_AT_ONCE = 100
RECORDED_WITHIN = 0.2
"""Seconds: what was sent is written down at least so often, and together, because a commit costs more than a POST."""
ATTEMPTS_KEPT = timedelta(days=90)
MOST_WAITING = 5_000
"""Deliveries held in memory at once. Only a backlog of so many to receivers that hang makes others wait."""


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


def deliver(outbox: Outbox) -> Iterator[DeliveryResult]:
    """Send everything that is due, and say what came of each attempt as soon as it is recorded.

    A receiver never has more than THREADS_A_RECEIVER of the threads, so one that hangs slows nobody else. What a
    pass that died left pending is settled first, and attempts of long ago are forgotten. What goes wrong with that, or
    with claiming more, is raised at the end, when everything else is sent and recorded.
    """
    troubles = _tidied(outbox)
    queues = Queues(outbox, troubles)
    sent: list[Sent] = []
    recorded_at = monotonic()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="deliver") as pool:
        running: set[Future[Sent | None]] = set()
        while True:
            if not outbox.stopping():
                queues.fill()
                yield from queues.postponed()
                running |= queues.start(pool)
            if not running and not sent:
                break
            done, running = wait(running, timeout=RECORDED_WITHIN, return_when=FIRST_COMPLETED)
            sent += [result for future in done if (result := queues.finish(future))]
            late = monotonic() - recorded_at > RECORDED_WITHIN
            if sent and (late or not running or len(sent) >= RECORDED_AT_ONCE):
                yield from _record(sent, outbox)
                sent, recorded_at = [], monotonic()
                queues.dry = bool(troubles)  # whoever waited for one of these to be settled may be next
    if troubles:
        raise troubles[0]


def _tidied(outbox: Outbox) -> list[Exception]:
    """Do what comes before sending, and give what went wrong with it."""

    def settle(registry: Registry) -> None:
        settle_abandoned(
            Settling(registry=registry, store=outbox.context.store, window=outbox.settle), now=outbox.clock()
        )

    def forget() -> None:
        with outbox.context.store.begin() as tx:
            attempts.forget(tx, before=outbox.clock() - ATTEMPTS_KEPT)

    steps: list[Callable[[], None]] = [partial(settle, each) for each in outbox.context.registries.values()]
    troubles: list[Exception] = []
    for step in (*steps, forget):
        try:
            step()
        except Exception as error:  # whatever it is, what is owed is sent
            troubles.append(error)
    return troubles


class Queues:
    """Claimed deliveries by receiver, and who of them is being served. What keeps it from claiming is a trouble."""

    def __init__(self, outbox: Outbox, troubles: list[Exception]) -> None:
        self.dry = False
        """Whether nothing more was due when last asked, or nothing more can be claimed."""
        self._outbox = outbox
        self._troubles = troubles
        self._postponed: list[DeliveryResult] = []
        self._waiting: defaultdict[str, deque[tuple[Delivery, Message, datetime]]] = defaultdict(deque)
        self._serving: defaultdict[str, int] = defaultdict(int)
        self._receivers: dict[Future[Sent | None], str] = {}

    def fill(self) -> None:
        """Claim what is due, render what never was, and queue it, while there are threads that nothing waits for."""
        while not self.dry and self._room():
            try:
                self._claim()
            except Exception as error:  # what is being sent is recorded first
                self._troubles.append(error)
                self.dry = True

    def _claim(self) -> None:
        now = self._outbox.clock()
        until = now + CLAIMED_FOR
        context = self._outbox.context
        with context.store.begin() as tx:
            claimed, damaged = deliveries.claim_readable(tx, now=now, until=until, limit=CLAIMED_AT_ONCE)
        self.dry = len(claimed) + len(damaged) < CLAIMED_AT_ONCE
        try:
            ready, unprepared = prepared(claimed, context, now=now)
        except Exception:
            with context.store.begin() as tx:
                deliveries.release(tx, claimed)
            raise
        for delivery, message in ready:
            try:
                receiver = self._outbox.transports[message.endpoint.channel].receiver(message.endpoint)
            except Exception as error:  # an address that makes no sense is that endpoint's trouble alone
                endpoint = message.endpoint
                unprepared.append(Unprepared(delivery, endpoint.shown, in_words(error), endpoint.id))
            else:
                self._waiting[receiver].append((delivery, message, until))
        if unprepared or damaged:
            with context.store.begin() as tx:
                self._postponed += map(_as_result, postpone(tx, unprepared, now=now))
                if damaged:
                    notices.notify_operator(tx, deliveries_damaged(damaged, now=now))

    def postponed(self) -> list[DeliveryResult]:
        """What could not be made ready since it was asked last."""
        postponed, self._postponed = self._postponed, []
        return postponed

    def _room(self) -> bool:
        """Whether a thread would be idle, and memory allows for more."""
        startable = sum(
            min(len(queue), THREADS_A_RECEIVER - self._serving[name]) for name, queue in self._waiting.items()
        )
        waiting = sum(map(len, self._waiting.values()))
        return waiting < CLAIMED_AT_ONCE or (startable + len(self._receivers) < THREADS and waiting < MOST_WAITING)

    def start(self, pool: ThreadPoolExecutor) -> set[Future[Sent | None]]:
        """Hand to threads what may be sent now."""
        started = set()
        for receiver, queue in list(self._waiting.items()):
            while queue and self._serving[receiver] < THREADS_A_RECEIVER and len(self._receivers) < THREADS:
                future = pool.submit(_attempt, *queue.popleft(), self._outbox)
                self._serving[receiver] += 1
                self._receivers[future] = receiver
                started.add(future)
            if not queue:
                del self._waiting[receiver]
        return started

    def finish(self, future: Future[Sent | None]) -> Sent | None:
        """Take a thread back, and give what came of its attempt."""
        self._serving[self._receivers.pop(future)] -= 1
        return future.result()


def _attempt(delivery: Delivery, message: Message, until: datetime, outbox: Outbox) -> Sent | None:
    """Send once. A claim that ran out while waiting is somebody else's: then nothing is sent."""
    at = outbox.clock()
    if at >= until - CLAIMED_FOR / 2:
        return None
    try:
        result: Accepted | DeliveryFailed = outbox.transports[message.endpoint.channel].send(message, now=at)
    except DeliveryFailed as failure:
        result = failure
    except Exception as error:  # a fault in a channel must not stop what is owed to others
        result = DeliveryDeferred(f"the program itself failed: {type(error).__name__}")
    return Sent(delivery, message, at, (outbox.clock() - at).total_seconds(), result)


def _record(sent: Sequence[Sent], outbox: Outbox) -> list[DeliveryResult]:
    """Write down attempts and where their deliveries stand now, in one transaction.

    Rows are written in one order by everybody, so that two processes never wait for each other.
    """
    sent = sorted(sent, key=lambda each: (each.message.endpoint.id, each.delivery.id))
    parts, bad = isolated(sent, lambda part: _recorded(part, outbox))
    barely = [_recorded_barely(each, error, outbox) for each, error in bad]
    return [result for part in parts for result in part] + barely


def _recorded(sent: Sequence[Sent], outbox: Outbox) -> list[DeliveryResult]:
    with outbox.context.store.begin() as tx:
        for each in sent:
            attempts.add(tx, _as_attempt(each))
        return [_record_outcome(tx, each, outbox) for each in sent]


def _recorded_barely(sent: Sent, error: Exception, outbox: Outbox) -> DeliveryResult:
    """Note where a delivery stands, and nothing of what the damaged rows around it ask for: or it is sent for ever."""
    delivery, now = sent.delivery, outbox.clock()
    with outbox.context.store.begin() as tx:
        if isinstance(sent.result, Accepted):
            deliveries.delivered(tx, delivery.id, at=now, outcome=sent.result.outcome)
            return DeliveryResult(delivery, sent.message.endpoint.shown, DeliveryState.DELIVERED, sent.result.outcome)
        again = _next_attempt(sent, sent.result, outbox)
        outcome = f"{sent.result}; and it could not be recorded as it should be: {in_words(error)}"
        if again is None:
            deliveries.rejected(tx, delivery.id, at=now, outcome=outcome)
            return DeliveryResult(delivery, sent.message.endpoint.shown, DeliveryState.REJECTED, outcome)
        deliveries.deferred(tx, delivery.id, next_attempt_at=again, outcome=outcome)
        return DeliveryResult(delivery, sent.message.endpoint.shown, DeliveryState.OWED, outcome, again)


def _as_result(postponed: Postponed) -> DeliveryResult:
    each = postponed.unprepared
    return DeliveryResult(each.delivery, each.shown, postponed.standing, each.reason, postponed.next_attempt_at)


def _as_attempt(sent: Sent) -> Attempt:
    result = sent.result
    return Attempt(
        delivery_id=sent.delivery.id,
        number=sent.delivery.attempts + 1,
        at=sent.at,
        outcome=result.outcome if isinstance(result, Accepted) else str(result),
        status=result.status,
        seconds=sent.seconds,
        answer=result.answer,
    )


def _record_outcome(tx: Connection, sent: Sent, outbox: Outbox) -> DeliveryResult:
    """What an attempt means for the delivery, its endpoint and its subscription."""
    delivery, endpoint, now = sent.delivery, sent.message.endpoint, outbox.clock()
    if isinstance(sent.result, Accepted):
        deliveries.delivered(tx, delivery.id, at=now, outcome=sent.result.outcome)
        endpoints.succeeded(tx, endpoint.id)
        return DeliveryResult(delivery, endpoint.shown, DeliveryState.DELIVERED, sent.result.outcome)
    outcome = str(sent.result)
    failing_since = endpoints.failed(tx, endpoint.id, at=now)
    if disabling_due(failing_since=failing_since, now=now) and endpoints.disable(tx, endpoint.id, at=now):
        notices.notify_operator(
            tx, endpoint_disabled(endpoint, outcome, since=failing_since, now=now), except_at=endpoint.id
        )
    again = _next_attempt(sent, sent.result, outbox)
    if again is None:
        deliveries.rejected(tx, delivery.id, at=now, outcome=outcome)
        notices.notify_operator(
            tx, given_up(delivery, endpoint, outcome, since=failing_since, now=now), except_at=endpoint.id
        )
        if isinstance(sent.result, DeliveryRejected) and sent.result.ends:
            subscriptions.set_state(tx, delivery.subscription_id, "ended", at=now)
        return DeliveryResult(delivery, endpoint.shown, DeliveryState.REJECTED, outcome)
    deliveries.deferred(tx, delivery.id, next_attempt_at=again, outcome=outcome)
    return DeliveryResult(delivery, endpoint.shown, DeliveryState.OWED, outcome, again)


def _next_attempt(sent: Sent, failure: DeliveryFailed, outbox: Outbox) -> datetime | None:
    """When to try again; None for never."""
    if not isinstance(failure, DeliveryDeferred):
        return None
    return next_attempt(
        sent.message.endpoint.channel,
        attempts_made=sent.delivery.attempts + 1,
        first_at=sent.delivery.owed_at,
        now=outbox.clock(),
        jitter=outbox.chance.uniform(-1, 1),
        not_before=failure.not_before,
    )


def send_sample(subscription_id: str, outbox: Outbox) -> tuple[Message, Accepted]:
    """Send one message of no consequence now, outside the outbox, and give it. Raise DeliveryFailed if not taken."""
    now = outbox.clock()
    with outbox.context.store.read() as tx:
        subscription = with_address(tx, subscriptions.get(tx, subscription_id), outbox.context, now=now)
    message = sample(subscription, outbox.context.mail_sender, now=now)
    return message, outbox.transports[subscription.endpoint.channel].send(message, now=now)
