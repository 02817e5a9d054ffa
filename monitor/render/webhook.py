"""An event as a webhook's body: JSON as Standard Webhooks 1.0.0 asks for it. Pure.

Receivers' programs rely on these keys: add some, never rename or drop one. A body over LARGEST is cut, in this order,
until it fits: the changes to their summaries, long texts to their beginnings, and the least significant changes. It
says `"truncated": true` then, and how many changes there are; the trial's page at `url` has the rest.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC

import orjson

from monitor.model import Change, Event, Json, Subscription
from monitor.render.folding import summaries

LARGEST = 20_000
"""Bytes: the limit that Standard Webhooks recommends."""
LONGEST_TEXT = 400
"""Characters of a text in a body that was cut."""


def webhook_body(
    event: Event,
    *,
    title: str | None,
    url: str,
    lead_sponsor: str | None,
    subscription: Subscription,
    sequence: int,
    changes: Sequence[Change],
) -> bytes:
    """The bytes to sign and send. *changes* are those that the subscriber asked for, the most significant first."""
    data: dict[str, Json] = {
        "registry": event.registry,
        "trial_id": event.trial_id,
        "title": title,
        "url": url,
        "lead_sponsor": lead_sponsor,
        "snapshot": event.snapshot,
        "previous_snapshot": event.snapshot - 1 or None,
        "significance": str(max((change.significance for change in changes), default=event.significance)),
        "sequence": sequence,
        "changes": [
            {**change.as_json(), "summary": summary}
            for change, summary in zip(changes, summaries(changes), strict=True)
        ],
        "subscription": {"id": subscription.id, "note": subscription.note},
    }
    envelope = {"type": type_of(changes), "timestamp": event.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    body = orjson.dumps({**envelope, "data": data})
    return body if len(body) <= LARGEST else _cut(envelope, data)


def type_of(changes: Sequence[Change]) -> str:
    """`trial.removed`, `trial.merged` and their like where the trial as a whole is concerned, else `trial.changed`."""
    kinds = (change.kind for change in changes)
    return next((kind for kind in kinds if kind.startswith("trial.")), "trial.changed")


def _cut(envelope: Mapping[str, Json], data: Mapping[str, Json]) -> bytes:
    """The same in LARGEST bytes: with as many changes as fit."""
    told = [_summarised(change) for change in data["changes"]]
    note = data["subscription"]["note"]
    shortened = {
        **data,
        "title": _beginning(data["title"]),
        "lead_sponsor": _beginning(data["lead_sponsor"]),
        "subscription": {**data["subscription"], "note": _beginning(note)},
        "truncated": True,
        "changes_in_all": len(told),
    }
    room = LARGEST - len(orjson.dumps({**envelope, "data": {**shortened, "changes": []}}))
    fitting = []
    for change in told:
        room -= len(orjson.dumps(change)) + len(b",")
        if room < 0:
            break
        fitting.append(change)
    return orjson.dumps({**envelope, "data": {**shortened, "changes": fitting}})


def _summarised(change: Mapping[str, Json]) -> dict[str, Json]:
    kept = {key: change[key] for key in ("field", "kind", "topic", "significance")}
    return {**kept, "summary": _beginning(change["summary"])}


def _beginning(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
