"""What came back of our mails: `bounces` and `deliveries show` with --json, and the answer of the hook. Pure."""

from typing import TYPE_CHECKING

from monitor.model import Json
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.alerts.bounces import Taken
    from monitor.model.report import Bounce


def taken_json(taken: "Taken") -> dict[str, Json]:
    """A mail that was read, and what came of it."""
    return {
        "outcome": str(taken.outcome),
        "kind": str(taken.report.kind),
        "status": taken.report.status,
        "diagnostic": taken.report.diagnostic,
        "delivery": taken.delivery_id,
        "to": taken.shown,
        "subscriptions": [each.id for each in taken.subscriptions],
    }


def bounce_json(bounce: "Bounce") -> dict[str, Json]:
    """A report about a delivery."""
    return {
        "kind": str(bounce.kind),
        "status": bounce.status,
        "diagnostic": bounce.diagnostic,
        "read_at": moment_json(bounce.read_at),
        "effect": None if bounce.effect is None else str(bounce.effect),
    }


def listed_bounce_json(bounce: "Bounce", shown: str) -> dict[str, Json]:
    """A report in a list, with its delivery and address."""
    return {"delivery": bounce.delivery_id, "to": shown, **bounce_json(bounce)}
