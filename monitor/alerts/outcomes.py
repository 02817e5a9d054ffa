"""Write down what came of attempts: where their deliveries stand now, and what that means for endpoints and people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.notices import endpoint_disabled, given_up
from monitor.alerts.outbox import DeliveryResult, Outbox, Sent
from monitor.alerts.retrying import disabling_due, next_attempt
from monitor.errors import DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.model import Attempt, DeliveryState, SubscriptionState
from monitor.ports import Accepted
from monitor.storage import attempts, deliveries, endpoints, notices, subscriptions
from monitor.storage.isolation import in_words, isolated


def record(sent: Sequence[Sent], outbox: Outbox) -> list[DeliveryResult]:
    """Write down attempts and where their deliveries stand now, in one transaction.

    Rows are written in one order by everybody, so that two processes never wait for each other.
    """
    sent = sorted(sent, key=lambda each: (each.message.endpoint.id, each.delivery.id))
    parts, bad = isolated(sent, lambda part: _record_all(part, outbox))
    barely = [_record_barely(each, error, outbox) for each, error in bad]
    return [result for part in parts for result in part] + barely


def _record_all(sent: Sequence[Sent], outbox: Outbox) -> list[DeliveryResult]:
    with outbox.context.store.begin() as tx:
        for each in sent:
            attempts.add(tx, _as_attempt(each))
        return [_record_outcome(tx, each, outbox) for each in sent]


def _record_barely(sent: Sent, error: Exception, outbox: Outbox) -> DeliveryResult:
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
            subscriptions.set_state(tx, delivery.subscription_id, SubscriptionState.ENDED, at=now)
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
