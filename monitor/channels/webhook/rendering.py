"""An event, or a notice, as a webhook's body: JSON as Standard Webhooks 1.0.0 asks for it. Pure.

Receivers' programs rely on these keys, which docs/webhook.schema.json describes: add some, never rename or drop one.
A body over LARGEST is cut, in this order, until it fits: the changes to their summaries, long texts and lists to their
beginnings, and the least significant changes. It says `"truncated": true` then, and how many changes there are; the
trial's page at `url` has the rest.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import orjson

from monitor.channels.channel import NO_FACTS, Facts
from monitor.model import Change, ContextLine, Event, Json, Notice, Subscription
from monitor.render.context import lines_for
from monitor.render.folding import summaries

SCHEMA_VERSION = 1
"""Another number means that a key has another meaning, or is gone."""
LARGEST = 20_000
"""Bytes: the limit that Standard Webhooks recommends."""
LONGEST_TEXT = 400
"""Characters of a text in a body that was cut."""


class EventBody:
    """What all get who are told of the same *changes* of an event, the most significant first."""

    def __init__(
        self,
        event: Event,
        *,
        title: str | None,
        url: str,
        lead_sponsor: str | None,
        changes: Sequence[Change],
        facts: Facts = NO_FACTS,
        background: Sequence[ContextLine] = (),
    ) -> None:
        self._envelope = envelope_of(type_of(changes), event.occurred_at)
        self._data: dict[str, Json] = {
            "registry": event.registry,
            "trial_id": event.trial_id,
            "title": title,
            "url": url,
            "lead_sponsor": lead_sponsor,
            **_facts_as_json(facts),
            "snapshot": event.snapshot,
            "previous_snapshot": event.snapshot - 1 or None,
            "significance": str(max((change.significance for change in changes), default=event.significance)),
            "context": [line.as_json() for line in lines_for(background, changes)],
        }
        self._changes: list[Json] = [
            {**change.as_json(), "summary": summary}
            for change, summary in zip(changes, summaries(changes), strict=True)
        ]

    def for_subscriber(self, subscription: Subscription, *, sequence: int) -> bytes:
        """The bytes to sign and send."""
        data = {
            **self._data,
            "sequence": sequence,
            "changes": self._changes,
            "subscription": {"id": subscription.id, "note": subscription.note},
        }
        body = orjson.dumps({**self._envelope, "data": data})
        return body if len(body) <= LARGEST else _cut(self._envelope, data)


def notice_webhook(notice: Notice, *, sequence: int) -> bytes:
    """The bytes to sign and send."""
    return orjson.dumps(
        {
            **envelope_of(f"monitor.{notice.kind}", notice.occurred_at),
            "data": {
                "registry": notice.registry or None,
                "subject": notice.subject,
                "text": notice.text,
                "sequence": sequence,
            },
        }
    )


def _facts_as_json(facts: Facts) -> dict[str, Json]:
    return {
        "registry_version": facts.registry_version,
        "last_update_post_date": facts.last_update_post_date,
        "overall_status": facts.overall_status,
        "phases": list(facts.phases),
        "conditions": list(facts.conditions),
    }


def envelope_of(kind: str, at: datetime) -> dict[str, Json]:
    """What stands around `data`."""
    return {
        "type": kind,
        "timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "schema_version": SCHEMA_VERSION,
    }


def type_of(changes: Sequence[Change]) -> str:
    """`trial.removed`, `trial.merged` and their like where the trial as a whole is concerned, else `trial.changed`."""
    kinds = (change.kind for change in changes)
    return next((kind for kind in kinds if kind.startswith("trial.")), "trial.changed")


def _cut(envelope: Mapping[str, Json], data: Mapping[str, Json]) -> bytes:
    """The same in LARGEST bytes: with as many changes as fit."""
    told = [summarised(change) for change in data["changes"]]
    note = data["subscription"]["note"]
    shortened = {
        **data,
        "title": beginning(data["title"]),
        "lead_sponsor": beginning(data["lead_sponsor"]),
        **{name: _short(data[name]) for name in _facts_as_json(NO_FACTS)},
        "subscription": {**data["subscription"], "note": beginning(note)},
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


def summarised(change: Mapping[str, Json]) -> dict[str, Json]:
    """A change without its values."""
    kept = {key: change[key] for key in ("field", "kind", "topic", "significance")}
    return {**kept, "summary": beginning(change["summary"])}


def _short(value: Json) -> Json:
    """A text's beginning, or the first texts of a list that have LONGEST_TEXT characters in all."""
    if not isinstance(value, list):
        return beginning(value)
    room = LONGEST_TEXT
    kept = []
    for text in value:
        room -= len(text) + 1
        if room < 0:
            break
        kept.append(text)
    return kept


def beginning(text: str | None) -> str | None:
    """As much of a text as there is room for where others are cut, too."""
    return text if text is None or len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
