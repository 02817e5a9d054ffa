"""What a rule would have told: `subscriptions backtest` and `subscribe --dry-run` with --json. Pure."""

from typing import TYPE_CHECKING

from monitor.model import Json
from monitor.views.backtest_words import in_words
from monitor.views.json.alerts import subscription_json
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.views.backtest import Backtest, Neighbour, Sent


def backtest_json(found: "Backtest") -> dict[str, Json]:
    """One object for all of it; `subscription` has no id where it is not made yet."""
    rule = found.rule
    subscription = subscription_json(rule.subscription)
    is_made = bool(rule.subscription.id)
    if not is_made:
        subscription |= {"id": None, "created_at": None, "watch": rule.subscription.watch_id or None}
    by_month: list[Json] = [{"month": month, "messages": count} for month, count in found.by_month.items()]
    untold: list[Json] = [{"reason": reason, "changes": count} for reason, count in found.untold.items()]
    messages: list[Json] = [_sent(each) for each in found.sent]
    return {
        "subscription": subscription,
        "is_made": is_made,
        "looked_for": rule.looked_for,
        "in_words": in_words(found),
        "rhythm": str(rule.subscription.rhythm.every),
        "since": moment_json(found.since),
        "until": moment_json(found.until),
        "kept_since": moment_json(found.begins),
        "months": round(found.months, 2),
        "trials": found.trials,
        "unread": [trial_id for _, trial_id in rule.unread],
        "events": found.events,
        "changes": found.changes,
        "unreadable": found.unreadable,
        "count": len(found.sent),
        "waiting": found.waiting,
        "a_month": None if found.a_month is None else round(found.a_month, 2),
        "by_month": by_month,
        "not_told": untold,
        "looser": _neighbour(found.looser),
        "stricter": _neighbour(found.stricter),
        "messages": messages,
    }


def _neighbour(beside: "Neighbour | None") -> Json:
    return {"min_significance": str(beside.min_significance), "count": beside.messages} if beside else None


def _sent(sent: "Sent") -> Json:
    told: list[Json] = [
        {
            "registry": each.registry,
            "trial_id": each.trial_id,
            "snapshot": each.snapshot,
            "seen_at": moment_json(each.at),
            "significance": str(each.significance),
            "summary": each.gist,
            "changes": each.changes,
        }
        for each in sent.told
    ]
    return {"at": moment_json(sent.at), "is_coming": sent.is_coming, "events": told}
