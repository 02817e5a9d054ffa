"""`monitor backfill` with --json: a trial, and what fetching takes. Pure."""

from typing import TYPE_CHECKING

from monitor.model import Json

if TYPE_CHECKING:
    from monitor.watching.backfill import Backfilled, Forecast


def backfilled_json(done: "Backfilled") -> dict[str, Json]:
    """What came of a trial; `waiting` is how many versions are known and not there yet."""
    return {
        "registry": done.registry,
        "trial_id": done.trial_id,
        "result": str(done.result),
        "versions": done.versions,
        "added": done.added,
        "waiting": done.waiting,
        "begins_on": done.begins_on.isoformat() if done.begins_on else None,
        "error": done.error,
    }


def forecast_json(registry: str, found: "Forecast") -> dict[str, Json]:
    """How many requests it takes; `unlisted` trials take one more for each version that their lists name."""
    return {
        "registry": registry,
        "trials": found.trials,
        "complete": found.finished,
        "requests": found.requests,
        "unlisted": found.unlisted,
    }
