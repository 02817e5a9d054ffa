"""What checks came to and what they set aside: `check`, `held`, `quarantine` and `drift` with --json. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitor.model.checked import Checked, CheckSummary, Result, Unlisted
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.model import Event, Json
    from monitor.storage.drift import Drift
    from monitor.storage.held_events import HeldEvent
    from monitor.storage.holds import Hold
    from monitor.storage.quarantine import Quarantined
    from monitor.views.holds import HoldWhole


def checked_json(checked: Checked | Unlisted) -> "dict[str, Json]":
    """A checked trial; or a watch that could not be listed, told apart by its `watch`."""
    if isinstance(checked, Unlisted):
        return {
            "registry": checked.registry,
            "watch": checked.watch_id,
            "result": str(Result.FAILED),
            "error": checked.error,
        }
    return {
        "registry": checked.registry,
        "trial_id": checked.trial_id,
        "result": str(checked.result),
        "snapshot": checked.snapshot,
        "checked_at": moment_json(checked.checked_at),
        "registry_version": checked.registry_version,
        "changes": [change.as_json() for change in checked.changes],
        "error": checked.error,
    }


def summary_json(summary: CheckSummary) -> "dict[str, Json]":
    """The proof that all was looked at: `checked` is how many trials were, failed or not."""
    counts = summary.counts()
    return {
        "summary": {
            "checked": summary.asked,
            **{str(result): counts[result] for result in Result},
            "requests": summary.requests,
            "bytes": summary.bytes,
            "seconds": round(summary.seconds, 3),
            "unlisted": summary.unlisted,
            "behind": summary.behind,
            "denied": summary.denied,
        }
    }


def hold_json(hold: "Hold") -> "dict[str, Json]":
    """What was held back together, and what was decided."""
    return {
        "hold": hold.id,
        "registry": hold.registry,
        "registry_version": hold.version,
        "fields": list(hold.fields),
        "trials": hold.trials,
        "checked": hold.checked,
        "held_at": moment_json(hold.held_at),
        "decision": hold.decision,
        "decided_at": moment_json(hold.decided_at),
        "decided_by": hold.decided_by,
        "waiting": hold.waiting,
    }


def became_json(whole: "HoldWhole") -> "list[Json]":
    """How many events a hold held, by what became of them."""
    return [{"became": str(became), "events": count} for became, count in whole.became.items()]


def held_event_json(held: "HeldEvent", event: "Event") -> "Iterator[dict[str, Json]]":
    """An object for each change of an event that was held back."""
    about = {"trial_id": event.trial_id, "snapshot": event.snapshot, "became": str(held.became), "behind": held.behind}
    for change in event.changes:
        yield {**about, **change.as_json()}


def quarantined_json(row: "Quarantined") -> "dict[str, Json]":
    """An answer that was not believed, and why."""
    return {
        "id": row.id,
        "registry": row.registry,
        "trial_id": row.trial_id,
        "received_at": moment_json(row.received_at),
        "latest_at": moment_json(row.latest_at),
        "times": row.times,
        "doubt": row.doubt,
        "reason": row.reason,
        "registry_version": row.version,
        "build": row.latest_build,
        "size": row.size,
        "accepted_at": moment_json(row.accepted_at),
    }


def drift_json(row: "Drift") -> "dict[str, Json]":
    """A field or a value that was unknown when the trial was seen to have it."""
    return {
        "registry": row.registry,
        "path": row.path,
        "value": row.value,
        "trial_id": row.trial_id,
        "first_seen_at": moment_json(row.first_seen_at),
    }
