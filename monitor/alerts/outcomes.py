"""Write down what came of attempts: where their deliveries stand now, and what that means for endpoints and people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import repeat

from sqlalchemy import Connection

from monitor.alerts.notices import endpoint_disabled, given_up
from monitor.alerts.outbox import DeliveryResult, Outbox, Sent
from monitor.alerts.retrying import disabling_due, next_attempt
from monitor.errors import DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.model import Attempt, DeliveryState, SubscriptionState
from monitor.model.subscriber_notice import SubscriberNotice
from monitor.ports import Accepted
from monitor.storage import attempts, endpoints, notices, standings, subscriptions, traces
from monitor.storage.isolation import in_words, isolated
from monitor.storage.standings import Outcome


def record(sent: Sequence[Sent], outbox: Outbox) -> list[DeliveryResult]:
    """Write down attempts and where their deliveries stand now, in one transaction.

    Rows are written in one order by everybody, so that two processes never wait for each other.
    """
    sent = sorted(sent, key=lambda each: (each.message.endpoint.id, each.delivery.id))
    parts, bad = isolated(sent, lambda part: _record_all(part, outbox))
    barely = [_record_barely(each, error, outbox) for each, error in bad]
    return [result for part in parts for result in part] + barely


def _record_all(sent: Sequence[Sent], outbox: Outbox) -> list[DeliveryResult]:
    now = outbox.clock()
    results = [_as_result(each, outbox, now) for each in sent]
    with outbox.context.store.begin() as tx:
        known = traces.of_deliveries(tx, [each.delivery for each in sent])
        attempts.add(tx, map(_as_attempt, sent))
        standings.write(tx, map(_as_outcome, results, repeat(now)))
        failing_since = endpoints.update_failures(
            tx,
            succeeded={each.message.endpoint.id for each in sent if isinstance(each.result, Accepted)},
            failed={each.message.endpoint.id for each in sent if isinstance(each.result, DeliveryFailed)},
            at=now,
        )
        for each, result in zip(sent, results, strict=True):
            if isinstance(each.result, DeliveryFailed):
                _follow_up(tx, each, result, since=failing_since[each.message.endpoint.id], now=now)
    return [replace(each, traces=known.get(each.delivery.id, ())) for each in results]


def _record_barely(sent: Sent, error: Exception, outbox: Outbox) -> DeliveryResult:
    """Note where a delivery stands, and nothing of what the damaged rows around it ask for: or it is sent for ever."""
    now = outbox.clock()
    result = _as_result(sent, outbox, now)
    if isinstance(sent.result, DeliveryFailed):
        words = f"{sent.result}; and it could not be recorded as it should be: {in_words(error)}"
        result = replace(result, outcome=words)
    with outbox.context.store.begin() as tx:
        standings.write(tx, [_as_outcome(result, now)])
    return result


def _as_result(sent: Sent, outbox: Outbox, now: datetime) -> DeliveryResult:
    """Where the delivery stands after the attempt."""
    delivery, shown = sent.delivery, sent.message.endpoint.shown
    if isinstance(sent.result, Accepted):
        return DeliveryResult(delivery, shown, DeliveryState.DELIVERED, sent.result.outcome)
    again = _next_attempt(sent, sent.result, outbox, now)
    standing = DeliveryState.REJECTED if again is None else DeliveryState.OWED
    return DeliveryResult(delivery, shown, standing, str(sent.result), again)


def _as_outcome(result: DeliveryResult, now: datetime) -> Outcome:
    return Outcome(result.delivery.id, result.standing, result.next_attempt_at or now, result.outcome)


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


def _follow_up(tx: Connection, sent: Sent, result: DeliveryResult, *, since: datetime, now: datetime) -> None:
    """What a failed attempt means for its endpoint and its subscription."""
    delivery, endpoint = sent.delivery, sent.message.endpoint
    if disabling_due(failing_since=since, now=now) and endpoints.disable(tx, endpoint.id, at=now):
        notices.notify_operator(
            tx, endpoint_disabled(endpoint, result.outcome, since=since, now=now), except_at=endpoint.id
        )
    if result.standing is DeliveryState.REJECTED:
        # Whoever asked for a subscription may have mistyped the address: that is nothing for the operator.
        if not delivery.cause.id.startswith(SubscriberNotice.CONFIRM):
            notices.notify_operator(
                tx, given_up(delivery, endpoint, result.outcome, since=since, now=now), except_at=endpoint.id
            )
        if isinstance(sent.result, DeliveryRejected) and sent.result.ends:
            subscriptions.set_state(tx, delivery.subscription_id, SubscriptionState.ENDED, at=now)


def _next_attempt(sent: Sent, failure: DeliveryFailed, outbox: Outbox, now: datetime) -> datetime | None:
    """When to try again; None for never."""
    if not isinstance(failure, DeliveryDeferred):
        return None
    return next_attempt(
        sent.message.endpoint.channel,
        attempts_made=sent.delivery.attempts + 1,
        first_at=sent.delivery.owed_at,
        now=now,
        jitter=outbox.chance.uniform(-1, 1),
        not_before=failure.not_before,
    )
