"""Tools for one trial: how it stands, and its record at any time."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from monitor.mcp import schemas
from monitor.mcp.answers import MOST, MOST_OF_A_VALUE, ROOM_FOR_THE_REST, Answer, within
from monitor.mcp.asking import Asking
from monitor.mcp.records import fitting_record
from monitor.mcp.tool import Arguments, Line, Refused, Tool, TrialId, for_agents, only_text
from monitor.mcp.untrusted import as_json, harmless, marked, parted
from monitor.render.headlines import gist
from monitor.storage.pages import Within
from monitor.text import counted
from monitor.views.json.moments import moment_json
from monitor.views.json.trials import record_json, siblings_json, status_json
from monitor.views.scope import Scope
from monitor.views.siblings import siblings_of
from monitor.views.status import StatusQuery, StatusReader, StatusRow
from monitor.views.trials import history_of, refuse_to_come, snapshot_of

HEADLINE = 200
"""Characters."""
MOST_DAMAGED = 20
"""Reasons why something cannot be read."""
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


def row_form(row: StatusRow) -> dict[str, Any]:
    """How a trial stands."""
    return parted({key: within(value, MOST_OF_A_VALUE) for key, value in status_json(row).items()}, OURS)


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
    query = StatusQuery(
        scope=Scope(within=Within(trials=((registry.key, trial_id),))), names_watches=asking.knows_watches
    )
    reader = StatusReader(query, program.store, {each.key: each for each in program.registries})
    [row] = reader.of([(registry.key, trial_id)])
    complaints: list[str] = []
    history = history_of(trial_id, registry=registry, store=program.store, names_watches=asking.knows_watches)
    record = snapshot_of(
        trial_id, registry=registry, store=program.store, which=None, complain=complaints.append
    ).record
    elsewhere = siblings_of(record, registries=program.registries, store=program.store)
    told = [(taken, changes) for taken, changes in history.rows if changes][-NEWEST:]
    content = {
        **row_form(row),
        "troubles": [for_agents(each, asking, keeps_others=True) for each in row.troubles],
        "snapshots": len(history.rows),
        "newest_changes": [
            {
                "snapshot": taken.number if taken.source is None else None,
                "seen_at": moment_json(taken.taken_at),
                "significance": str(changes[0].significance),
                "changes": len(changes),
                **marked({"headline": gist(changes, HEADLINE)}),
            }
            for taken, changes in reversed(told)
        ],
        "elsewhere": marked(within(siblings_json(elsewhere), MOST // 4)),
        "damaged": [*complaints, *history.damaged.values(), *history.unread.values()][:MOST_DAMAGED],
    }
    return Answer(
        said=f"{trial_id} at {registry.name}, {counted(len(history.rows), 'snapshot')} kept.", content=content
    )


def get_record(asking: Asking, given: OfRecord) -> Answer:
    """A record as it was published, whole or in parts."""
    program = asking.program
    if given.snapshot is not None and given.on is not None:
        raise Refused("snapshot and on each say which record is meant. Next: leave one of them out.")
    refuse_to_come(given.on, now=asking.now)
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


DAMAGED = {**schemas.listed(schemas.TEXT), "description": "What cannot be read, and why; as a rule empty."}

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
            damaged=DAMAGED,
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
            damaged=DAMAGED,
        ),
        run=get_record,
        if_nothing="list_snapshots says what is kept of it, search_trials finds other trials",
    ),
)
