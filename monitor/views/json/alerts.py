"""Who is told, and how that went: `subscribe`, `subscriptions`, `deliver` and `deliveries` with --json. Pure.

Addresses are as they may be shown, and the only secret is that of a new webhook, which its owner is shown this once.
"""

from typing import TYPE_CHECKING

from monitor.model import (
    Attempt,
    Delivery,
    DeliveryState,
    DigestCause,
    EventCause,
    Json,
    Message,
    NoticeCause,
    Rhythm,
    Subscription,
)
from monitor.ports import Accepted
from monitor.views.json.bounces import bounce_json
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.alerts.outbox import DeliveryResult
    from monitor.alerts.subscribe import Subscribed
    from monitor.views.deliveries import DeliveryDetails
    from monitor.watching.subscribing import SubscribeResult


def subscription_json(subscription: Subscription) -> dict[str, Json]:
    """A subscription; its address as it may be shown, and no secret."""
    filters = subscription.filters
    return {
        "id": subscription.id,
        "name": subscription.name,
        "team": subscription.team,
        "way": str(subscription.endpoint.channel),
        "to": subscription.endpoint.shown,
        "trials": [*sorted(trial_id for _, trial_id in subscription.trials)],
        "watch": subscription.watch_id,
        "watch_name": subscription.watch,
        "group": subscription.group.name if subscription.group else None,
        "all": subscription.everything,
        "topics": [*sorted(filters.topics)],
        "kinds": [*sorted(filters.kinds)],
        "without": [*sorted(filters.without)],
        "min_significance": str(filters.min_significance),
        "min_percent": filters.min_percent,
        "min_days": filters.min_days,
        "rhythm": _rhythm(subscription.rhythm),
        "note": subscription.note,
        "language": subscription.language,
        "state": str(subscription.state),
        "origin": subscription.origin,
        "created_at": moment_json(subscription.created_at),
        "paused_at": moment_json(subscription.paused_at),
        "paused_until": moment_json(subscription.paused_until),
    }


def _rhythm(rhythm: Rhythm) -> dict[str, Json]:
    hours = rhythm.quiet_hours
    return {
        "digest": str(rhythm.every),
        "at": f"{rhythm.at:%H:%M}",
        "tz": rhythm.zone,
        "quiet_hours": f"{hours[0]:%H:%M}-{hours[1]:%H:%M}" if hours else None,
        "break_through": rhythm.breaks_through,
        "all_quiet": rhythm.all_quiet,
    }


def listed_subscription_json(subscription: Subscription, silent: str | None, came_back: str | None) -> dict[str, Json]:
    """A subscription in a list, with why it cannot hear of everything that it is about, or of anything."""
    return {**subscription_json(subscription), "silent": silent, "came_back": came_back}


def subscribed_json(result: "SubscribeResult", made: "Subscribed", *, with_stopped: bool) -> dict[str, Json]:
    """A new subscription and its secret, what came of checking its trials, and which of them have stopped already.

    *made* is one of those of the result, which are several for a team.
    """
    looks: dict[str, Json] = {one.trial_id: {"result": str(one.result), "error": one.error} for one in result.checked}
    stopped: Json = None if result.stopped is None else [*result.stopped]
    return {
        **subscription_json(made.subscription),
        "taken_for": made.taken_for,
        "same_as": made.same_as.id if made.same_as else None,
        "secret": made.secret,
        "caught_up": made.caught_up,
        "watched": [*made.watched],
        "looks": looks,
        **({"stopped": stopped} if with_stopped else {}),
    }


def sample_json(message: Message, accepted: Accepted, *, begins_with: str) -> dict[str, Json]:
    """A sample that was sent, what the receiver answered, and what a person recognises it by."""
    return {
        "way": str(message.endpoint.channel),
        "to": message.endpoint.shown,
        "delivery": message.delivery_id,
        "outcome": accepted.outcome,
        "status": accepted.status,
        "begins_with": begins_with,
    }


def delivery_result_json(result: "DeliveryResult") -> dict[str, Json]:
    """What came of an attempt."""
    return {"delivery": result.delivery.id, "to": result.shown, "standing": str(result.standing)}


def delivery_json(delivery: Delivery) -> dict[str, Json]:
    """A delivery; `next_attempt_at` is null where there will be none."""
    return {
        "id": delivery.id,
        "event": delivery.cause.id if isinstance(delivery.cause, EventCause) else None,
        "trial": delivery.trial_id or None,
        "notice": delivery.cause.id if isinstance(delivery.cause, NoticeCause) else None,
        "digest": delivery.cause.id if isinstance(delivery.cause, DigestCause) else None,
        "subscription": delivery.subscription_id,
        "sequence": delivery.sequence,
        "standing": str(delivery.standing),
        "attempts_made": delivery.attempts,
        "outcome": delivery.outcome,
        "created_at": moment_json(delivery.created_at),
        "next_attempt_at": moment_json(delivery.next_attempt_at if delivery.standing is DeliveryState.OWED else None),
        "finished_at": moment_json(delivery.finished_at),
    }


def listed_delivery_json(delivery: Delivery, subscription: Subscription) -> dict[str, Json]:
    """A delivery in a list, with whom it is for."""
    return {**delivery_json(delivery), "to": subscription.endpoint.shown, "name": subscription.name}


def delivery_details_json(details: "DeliveryDetails") -> dict[str, Json]:
    """A delivery with every attempt and what the receiver answered, and what came back."""
    return {
        **delivery_json(details.delivery),
        "to": details.subscription.endpoint.shown,
        "attempts": [attempt_json(each) for each in details.attempts],
        "reports": [bounce_json(each) for each in details.reports],
    }


def attempt_json(attempt: Attempt) -> dict[str, Json]:
    """One attempt, and what the receiver answered."""
    return {
        "number": attempt.number,
        "at": moment_json(attempt.at),
        "status": attempt.status,
        "seconds": round(attempt.seconds, 3),
        "outcome": attempt.outcome,
        "answer": attempt.answer.decode(errors="replace"),
    }
