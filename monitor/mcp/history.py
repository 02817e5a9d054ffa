"""Tools for the history of a trial: its snapshots, and what changed between two of them."""

from typing import Any

from pydantic import Field

from monitor.mcp import schemas
from monitor.mcp.answers import Answer, fitting
from monitor.mcp.asking import Asking
from monitor.mcp.changed import CHANGE, change_form
from monitor.mcp.tool import Tool
from monitor.mcp.trials import DAMAGED, HEADLINE, MOST_DAMAGED, Day, OfTrial, SnapshotNumber
from monitor.mcp.untrusted import marked
from monitor.model import Change
from monitor.render.headlines import gist
from monitor.text import counted
from monitor.views.json.moments import moment_json
from monitor.views.json.trials import history_json
from monitor.views.trials import comparison_of, history_of, refuse_to_come

MOST_OF_A_SIDE = 8_000
"""Bytes of an old or new value; get_record has the whole."""


class OfSnapshots(OfTrial):
    """Which snapshots of it."""

    before: int | None = Field(default=None, ge=2, le=999_999_999, description="Only snapshots before this number.")
    limit: int = Field(default=50, ge=1, le=200)


class Pair(OfTrial):
    """Two snapshots."""

    earlier: SnapshotNumber | Day | None = Field(
        default=None,
        description="A snapshot's number, or a day, such as 2016-06-30; else the snapshot before the later one.",
    )
    later: SnapshotNumber | Day | None = Field(default=None, description="The same of the later one; else the latest.")
    start: int = Field(default=0, ge=0, le=10_000, description="Leave out so many changes: from `next`.")


def list_snapshots(asking: Asking, given: OfSnapshots) -> Answer:
    """Every snapshot, the newest first, with what each changed in a line."""
    registry, trial_id = asking.program.identify(given.trial_id)
    history = history_of(trial_id, registry=registry, store=asking.program.store, names_watches=asking.knows_watches)
    rows = [*reversed(history.rows)]
    if given.before is not None:
        rows = [(taken, changes) for taken, changes in rows if taken.number < given.before]
    forms = [_snapshot_form(trial_id, taken, changes) for taken, changes in rows[: given.limit]]
    forms = forms[: fitting(forms)]
    numbered = [each["snapshot"] for each in forms if each["snapshot"] is not None]
    more = len(rows) > len(forms)
    content = {
        "trial_id": trial_id,
        "registry": registry.key,
        "snapshots": forms,
        "next": f"list_snapshots with before={numbered[-1]}" if more and numbered else None,
        "damaged": [*history.damaged.values(), *history.unread.values()][:MOST_DAMAGED],
    }
    return Answer(said=f"{len(forms):,} of {counted(len(history.rows), 'snapshot')} of {trial_id}.", content=content)


def _snapshot_form(trial_id: str, taken: Any, changes: Any) -> dict[str, Any]:
    form = history_json(trial_id, taken, ())
    weighed: list[Change] = [*changes]
    return {
        "snapshot": form["snapshot"],
        "state": form["state"],
        "taken_at": form["taken_at"],
        "is_imported": taken.source is not None,
        "significance": str(weighed[0].significance) if weighed else None,
        "changes": len(weighed),
        **marked(
            {"headline": gist(weighed, HEADLINE) if weighed else None, "registry_version": form["registry_version"]}
        ),
    }


def compare_snapshots(asking: Asking, given: Pair) -> Answer:
    """What changed between two snapshots."""
    program = asking.program
    for each in (given.earlier, given.later):
        refuse_to_come(each, now=asking.now)
    registry, trial_id = program.identify(given.trial_id)
    complaints: list[str] = []
    compared = comparison_of(
        trial_id,
        given.earlier,
        given.later,
        registry=registry,
        store=program.store,
        complain=complaints.append,
    )
    forms = [change_form(change.as_json(), MOST_OF_A_SIDE) for change in compared.changes[given.start :]]
    forms = forms[: fitting(forms)]
    after = given.start + len(forms)
    content = {
        "trial_id": trial_id,
        "registry": registry.key,
        "url": registry.page(trial_id),
        "earlier": _taken(compared.before),
        "later": _taken(compared.after),
        "changes": forms,
        "next": f"compare_snapshots with start={after}" if after < len(compared.changes) else None,
        "damaged": complaints,
    }
    return Answer(said=f"{counted(len(compared.changes), 'change')} between these two.", content=content)


def _taken(snapshot: Any) -> dict[str, Any]:
    return {
        "snapshot": snapshot.number if snapshot.source is None else None,
        "taken_at": moment_json(snapshot.taken_at),
    }


_NUMBERED = schemas.form(snapshot=schemas.maybe(schemas.NUMBER), taken_at=schemas.MOMENT)
_NEXT = schemas.maybe({"type": "string", "description": "The call that gives more; null where this is all."})

TOOLS = (
    Tool(
        name="list_snapshots",
        title="Snapshots of a trial",
        description="Every snapshot that is kept of a trial, the newest first, with what it changed in one line. "
        "Snapshots without a number were imported from the time before the first one.",
        takes=OfSnapshots,
        gives=schemas.form(
            trial_id=schemas.TEXT,
            registry=schemas.TEXT,
            snapshots=schemas.listed(
                schemas.marked_form(
                    snapshot=schemas.maybe(schemas.NUMBER),
                    state=schemas.TEXT,
                    taken_at=schemas.MOMENT,
                    is_imported=schemas.YES_OR_NO,
                    significance=schemas.maybe(schemas.TEXT),
                    changes=schemas.NUMBER,
                )
            ),
            next=_NEXT,
            damaged=DAMAGED,
        ),
        run=list_snapshots,
    ),
    Tool(
        name="compare_snapshots",
        title="What changed between two snapshots",
        description="Field by field what changed between two snapshots of a trial, the most significant first: old and "
        "new value, and how much it matters. Outcomes that were switched, dates that slipped, and sites that left "
        "stand here.",
        takes=Pair,
        gives=schemas.form(
            trial_id=schemas.TEXT,
            registry=schemas.TEXT,
            url=schemas.TEXT,
            earlier=_NUMBERED,
            later=_NUMBERED,
            changes=schemas.listed(CHANGE),
            next=_NEXT,
            damaged=DAMAGED,
        ),
        run=compare_snapshots,
        if_nothing="list_snapshots says which snapshots there are",
    ),
)
