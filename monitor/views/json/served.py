"""Forms that pages, an API and agents share and no command has: the log of deliveries, looks, notices, health. Pure.

Addresses of those who are told are masked, and no link that a message carries works.
"""

from typing import TYPE_CHECKING

from monitor.alerts.unseen import unseen_words
from monitor.model import Json, Notice
from monitor.text import plain
from monitor.views.addresses import without_addresses
from monitor.views.json.alerts import attempt_json, delivery_json
from monitor.views.json.bounces import bounce_json
from monitor.views.json.moments import moment_json
from monitor.views.sent_bodies import SentBody, without_tokens

if TYPE_CHECKING:
    from monitor.model import Attempt
    from monitor.model.report import Bounce
    from monitor.storage.coverage import Unseen
    from monitor.storage.looks import Look
    from monitor.views.delivery_log import DeliveryWhole, LoggedDelivery
    from monitor.views.quarantined import QuarantinedWhole
    from monitor.watching.looking import AskedLook


def logged_delivery_json(row: "LoggedDelivery") -> dict[str, Json]:
    """A delivery in the log, with what it tells and whom."""
    significance = row.told.significance
    return {
        **delivery_json(row.delivery),
        "outcome": _said(row.delivery.outcome),
        "to": row.to,
        "name": row.subscription.called if row.subscription else None,
        "tells": row.told.words,
        "significance": None if significance is None else str(significance),
    }


def whole_delivery_json(whole: "DeliveryWhole") -> dict[str, Json]:
    """A delivery with each attempt and what came back; `damage` says why what it sends cannot be read."""
    return {
        **logged_delivery_json(whole.row),
        "about": whole.about or None,
        "attempts": [_attempt(each) for each in whole.attempts],
        "reports": [_report(each) for each in whole.reports],
        "notice_text": without_addresses(plain(whole.notice.text)) if whole.notice else None,
        "damage": whole.damage or None,
    }


def _attempt(attempt: "Attempt") -> dict[str, Json]:
    form = attempt_json(attempt)
    return {**form, "outcome": _said(attempt.outcome), "answer": _said(form["answer"])}


def _report(report: "Bounce") -> dict[str, Json]:
    return {**bounce_json(report), "diagnostic": _said(report.diagnostic)}


def _said(text: str | None) -> str | None:
    return None if text is None else without_addresses(without_tokens(plain(text)))


def sent_body_json(sent: SentBody) -> dict[str, Json]:
    """What a delivery sends, as a person reads it."""
    return {
        "headers": [{"name": name, "value": value} for name, value in sent.headers],
        "text": sent.text,
        "html": sent.html or None,
        "is_json": sent.is_json,
        "is_cut": sent.is_cut,
    }


def quarantined_answer_json(whole: "QuarantinedWhole") -> dict[str, Json]:
    """What was refused, as far as a person reads it; `alike` counts those that were refused for the same reason."""
    return {"answer": whole.text, "is_cut": whole.is_cut, "damage": whole.damage or None, "alike": whole.alike}


def asked_look_json(asked: "AskedLook") -> dict[str, Json]:
    """A registry that is to be looked at now."""
    return {
        "registry": asked.registry,
        "is_due": asked.is_due,
        "left_alone_until": moment_json(asked.left_alone_until),
    }


def notice_json(notice: Notice) -> dict[str, Json]:
    """What the operator should know."""
    return {
        "id": notice.id,
        "kind": notice.kind,
        "registry": notice.registry or None,
        "occurred_at": moment_json(notice.occurred_at),
        "subject": without_addresses(notice.subject),
        "text": without_addresses(notice.text),
    }


def unseen_json(unseen: "Unseen", *, is_fed: bool = False) -> dict[str, Json]:
    """Trials that are not seen for the same reason; `trials` are the first of them."""
    return {
        "registry": unseen.registry,
        "reason": str(unseen.reason),
        "words": unseen_words(unseen.reason, is_fed=is_fed),
        "count": unseen.count,
        "trials": [*unseen.examples],
    }


def look_json(look: "Look") -> dict[str, Json]:
    """What a look at a registry came to; `reason` says why it was not whole."""
    return {
        "registry": look.registry,
        "ended_at": moment_json(look.ended_at),
        "registry_version": look.version,
        "watched": look.watched,
        "verified": look.verified,
        "denied": look.denied,
        "checked": look.trials,
        "changed": look.changed,
        "failed": look.failed,
        "requests": look.requests,
        "bytes": look.bytes,
        "seconds": round(look.seconds, 3),
        "is_whole": look.is_whole,
        "reason": look.reason,
    }
