"""A change as tools give it. Pure."""

from collections.abc import Mapping
from typing import Any

from monitor.mcp import schemas
from monitor.mcp.answers import within
from monitor.mcp.untrusted import parted

_MEANING = ("kind", "field", "topic", "significance", "measure", "timing", "takes_back", "adds_up", "origin")
_PLACE = ("id", "registry", "trial_id", "url", "snapshot", "seen_at", "not_told", "hold", "error")
OURS = frozenset({*_MEANING, *_PLACE})
"""Of a change, and of an update with changes, what no registry wrote."""

CHANGE = schemas.marked_form(
    kind=schemas.TEXT,
    field=schemas.TEXT,
    topic=schemas.TEXT,
    significance={"type": "string", "enum": ["administrative", "minor", "major", "critical"]},
)
"""Under its mark stand `summary`, `before` and `after`."""


def change_form(change: Mapping[str, Any], most: int) -> dict[str, Any]:
    """A change from its JSON; what a record says in it is marked, each part in so many bytes at most."""
    form = parted({key: within(value, most) for key, value in change.items()}, OURS)
    if total := form.pop("adds_up", None):
        form["adds_up"] = {key: value for key, value in total.items() if key != "before"}
    return form
