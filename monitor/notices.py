"""What the operator has to know, in words: what happened, and what to do about it. Pure.

An id is derived from what happened, so that whoever notices it again tells it once.
"""

from datetime import datetime

from monitor.model import Delivery, Endpoint, Notice
from monitor.render.text import moment, one_line


def endpoint_disabled(endpoint: Endpoint, outcome: str, *, since: datetime, now: datetime) -> Notice:
    """Nothing more is sent to an endpoint that only failed since then."""
    where = f"{endpoint.way} {one_line(endpoint.shown)}"
    return Notice(
        id=f"endpoint.disabled/{endpoint.id}/{_stamp(since)}",
        kind="endpoint.disabled",
        occurred_at=now,
        subject=f"Nothing more is sent to {where}",
        text=f"Everything sent to {where} has failed since {moment(since)}, so it is disabled: what is owed to it "
        f"waits, and nothing is lost.\nThe last try: {one_line(outcome)}.\nOnce it works again, "
        "`monitor subscriptions resume SUBSCRIPTION` sends what waited; `monitor subscriptions list` names them.",
    )


def given_up(delivery: Delivery, endpoint: Endpoint, outcome: str, *, since: datetime, now: datetime) -> Notice:
    """A delivery was rejected for good: told once in a run of failures that began at *since*."""
    where = f"{endpoint.way} {one_line(endpoint.shown)}"
    about = f"of {delivery.trial_id} " if delivery.trial_id else ""
    return Notice(
        id=f"delivery.rejected/{endpoint.id}/{_stamp(since)}",
        kind="delivery.rejected",
        occurred_at=now,
        subject=f"An alert to {where} was given up",
        text=f"Alert {delivery.id} {about}could not be delivered to {where}, and is not tried again: "
        f"{one_line(outcome)}.\n`monitor deliveries list --failed` lists it and what may follow it; "
        "`monitor deliveries replay --failed-since 2d` sends them again once the receiver takes them.",
    )


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"
