"""Tools for one trial: how it stands, its record at any time, its snapshots, and what changed between two of them."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from monitor.mcp import schemas
from monitor.mcp.answers import MOST, ROOM_FOR_THE_REST, Answer, fitting, shorter
from monitor.mcp.asking import Asking
from monitor.mcp.changed import CHANGE, change_form
from monitor.mcp.records import fitting_record
from monitor.mcp.tool import Arguments, Line, Tool, TrialId, only_text
from monitor.mcp.untrusted import as_json, harmless, marked, parted
from monitor.model import Change
from monitor.render.headlines import gist
from monitor.storage.pages import Within
from monitor.text import counted
from monitor.views.json.trials import history_json, record_json, siblings_json, status_json
from monitor.views.scope import Scope
from monitor.views.siblings import siblings_of
from monitor.views.status import StatusQuery, StatusReader, StatusRow
from monitor.views.trials import comparison_of, history_of, snapshot_of

HEADLINE = 200
"""Characters."""
NEWEST = 5
"""Events that `get_trial` tells."""
OURS = frozenset({"registry", "trial_id", "url", "state", "snapshot", "troubles"})
"""Of a row of status, what no registry wrote."""

SnapshotNumber = Annotated[int, Field(ge=1, le=999_999_999)]
Day = Annotated[date, BeforeValidator(only_text)]
"""Written as 2016-06-30: a number is no day."""


class OfTrial(Arguments):
    """Of a tool for a trial."""

    trial_id: TrialId = Field(description="A registration number, such as NCT02116634, or the address of its page.")


class OfRecord(OfTrial):
    """Which record, and what of it."""

    snapshot: SnapshotNumber | None = Field(
        default=None, description="A snapshot's number, from list_snapshots; the first is 1."
    )
    on: Day | None = Field(default=None, description="Instead of a number: the record as it stood on this day.")
    fields: list[Line] = Field(
        default=[],
        max_length=60,
        description="Only these fields, such as primary_outcomes; a path such as results.outcomeMeasuresModule or "
        "sites.12 goes further down. Empty for everything that fits but results.",
    )
    start: int = Field(
        default=0, ge=0, le=10_000_000, description="Where the list or text goes on that fields names, from left_out."
    )


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


def row_form(row: StatusRow) -> dict[str, Any]:
    """How a trial stands."""
    return parted(status_json(row), OURS)


ROW = schemas.marked_form(
    registry=schemas.TEXT,
    trial_id=schemas.TEXT,
    url=schemas.TEXT,
    state=schemas.maybe(schemas.TEXT),
    snapshot=schemas.maybe(schemas.NUMBER),
    troubles=schemas.listed(schemas.TEXT),
)


def get_trial(asking: Asking, given: OfTrial) -> Answer:
    """How a trial stands, where else it is registered, and what changed last."""
    program = asking.program
    registry, trial_id = program.identify(given.trial_id)
    query = StatusQuery(scope=Scope(within=Within(trials=((registry.key, trial_id),))))
    reader = StatusReader(query, program.store, {each.key: each for each in program.registries})
    [row] = reader.of([(registry.key, trial_id)])
    complaints: list[str] = []
    history = history_of(trial_id, registry=registry, store=program.store)
    record = snapshot_of(
        trial_id, registry=registry, store=program.store, which=None, complain=complaints.append
    ).record
    elsewhere = siblings_of(record, registries=program.registries, store=program.store)
    told = [(taken, changes) for taken, changes in history.rows if changes][-NEWEST:]
    content = {
        **row_form(row),
        "snapshots": len(history.rows),
        "newest_changes": [
            {
                "snapshot": taken.number if taken.source is None else None,
                "seen_at": f"{taken.taken_at:%Y-%m-%dT%H:%M:%SZ}",
                "significance": str(changes[0].significance),
                "changes": len(changes),
                **marked({"headline": gist(changes, HEADLINE)}),
            }
            for taken, changes in reversed(told)
        ],
        "elsewhere": marked(siblings_json(elsewhere)),
        "damaged": [*complaints, *history.damaged.values(), *history.unread.values()],
    }
    return Answer(
        said=f"{trial_id} at {registry.name}, {counted(len(history.rows), 'snapshot')} kept.", content=content
    )


def get_record(asking: Asking, given: OfRecord) -> Answer:
    """A record as it was published, whole or in parts."""
    program = asking.program
    registry, trial_id = program.identify(given.trial_id)
    complaints: list[str] = []
    found = snapshot_of(
        trial_id,
        registry=registry,
        store=program.store,
        which=given.snapshot or given.on,
        complain=complaints.append,
    )
    form = as_json(record_json(found.snapshot, found.record))
    record = form.pop("record")
    room = MOST - ROOM_FOR_THE_REST
    fitted, left_out = fitting_record(harmless(record), given.fields, start=given.start, room=room)
    content = {
        **harmless(form),
        "url": registry.page(trial_id),
        **marked(fitted),
        "left_out": left_out,
        "damaged": complaints,
    }
    parts = f"; {counted(len(left_out), 'field')} left out, wholly or in part" if left_out else ""
    said = f"The record of {trial_id}, as it was on {found.snapshot.taken_at:%Y-%m-%d}{parts}."
    return Answer(said=said, content=content)


def list_snapshots(asking: Asking, given: OfSnapshots) -> Answer:
    """Every snapshot, the newest first, with what each changed in a line."""
    registry, trial_id = asking.program.identify(given.trial_id)
    history = history_of(trial_id, registry=registry, store=asking.program.store)
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
        "damaged": [*history.damaged.values(), *history.unread.values()],
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
    forms = [change_form(shorter(change.as_json())) for change in compared.changes[given.start :]]
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
        "taken_at": f"{snapshot.taken_at:%Y-%m-%dT%H:%M:%SZ}",
    }


_NUMBERED = schemas.form(snapshot=schemas.maybe(schemas.NUMBER), taken_at=schemas.MOMENT)
_NEXT = schemas.maybe({"type": "string", "description": "The call that gives more; null where this is all."})
_DAMAGED = {**schemas.listed(schemas.TEXT), "description": "What cannot be read, and why; as a rule empty."}

TOOLS = (
    Tool(
        name="get_trial",
        title="How a trial stands",
        description="How one trial stands by its latest record: status, dates, enrollment, lead sponsor; what changed "
        "last, where else it is registered, and whether the registries disagree. Begin here for a trial.",
        takes=OfTrial,
        gives=schemas.form(
            **ROW["properties"],
            snapshots=schemas.NUMBER,
            newest_changes=schemas.listed(
                schemas.marked_form(
                    snapshot=schemas.maybe(schemas.NUMBER),
                    seen_at=schemas.MOMENT,
                    significance=schemas.TEXT,
                    changes=schemas.NUMBER,
                )
            ),
            elsewhere=schemas.marked_form(),
            damaged=_DAMAGED,
        ),
        run=get_trial,
    ),
    Tool(
        name="get_record",
        title="A record at any time",
        description="The registry's record of a trial, field by field: the latest, one snapshot, or as it stood on a "
        "day. Long fields are left out, and left_out says how to get them.",
        takes=OfRecord,
        gives=schemas.marked_form(
            registry=schemas.TEXT,
            trial_id=schemas.TEXT,
            url=schemas.TEXT,
            snapshot=schemas.maybe(schemas.NUMBER),
            taken_at=schemas.MOMENT,
            left_out=schemas.listed(
                schemas.form(field=schemas.TEXT, given=schemas.NUMBER, of=schemas.NUMBER, next=schemas.TEXT)
            ),
            damaged=_DAMAGED,
        ),
        run=get_record,
    ),
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
            damaged=_DAMAGED,
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
            damaged=_DAMAGED,
        ),
        run=compare_snapshots,
        if_nothing="list_snapshots says which snapshots there are",
    ),
)
