"""The tool for what changed across all trials."""

from typing import Annotated, Any, Literal

from pydantic import Field

from monitor.alerts.filters import checked_filters
from monitor.changes.topics import Topic
from monitor.mcp import schemas
from monitor.mcp.answers import MOST, Answer, length, shorter
from monitor.mcp.asking import Asking
from monitor.mcp.changed import change_form
from monitor.mcp.tool import Arguments, Line, Tool, TrialId
from monitor.text import counted
from monitor.views.changes import ChangesQuery, ChangesSummary
from monitor.views.changes import changes as seen_changes
from monitor.views.json.trials import changes_json
from monitor.views.scope import scope_of
from monitor.views.spans import span_of

MOST_OF_A_SIDE = 600
"""Characters of an old or new value in this list; compare_snapshots gives more."""

Significance = Literal["administrative", "minor", "major", "critical"]
When = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z:+. -]+$")]


class OfChanges(Arguments):
    """Which changes."""

    since: When = Field(
        default="7d", description="From when on: today, yesterday, monday, 12h, 7d, 2w, 6m, 2026-11-20."
    )
    until: When | None = Field(default=None, description="Up to when, in the same forms; else up to now.")
    trial_ids: list[TrialId] = Field(default=[], max_length=100, description="Only of these trials.")
    watch: Line | None = Field(default=None, description="Only of the trials of this watch, by its number or name.")
    group: Line | None = Field(default=None, description="Only of the trials of this group of watches.")
    sponsor: Line | None = Field(default=None, description="Only of trials that a sponsor of this name leads.")
    topics: list[Topic] = Field(default=[], max_length=20)
    kinds: list[Line] = Field(
        default=[], max_length=20, description="Kinds, or how they begin: status.stopped, outcome, dates."
    )
    min_significance: Significance = "minor"
    limit: int = Field(default=50, ge=1, le=200, description="Changes at most.")


def list_changes(asking: Asking, given: OfChanges) -> Answer:
    """What was seen, the newest first."""
    program = asking.program
    span = span_of(given.since, given.until, now=asking.now)
    filters = checked_filters(topics=given.topics, kinds=given.kinds, min_significance=given.min_significance)
    named = [(registry.key, trial_id) for registry, trial_id in map(program.identify, given.trial_ids)]
    with program.store.read() as tx:
        scope = scope_of(tx, trials=named, watch=given.watch, group=given.group, sponsor=given.sponsor)
    query = ChangesQuery(scope=scope, span=span, filters=filters, limit=given.limit, wants_sponsor=True)
    summary = ChangesSummary()
    found: list[dict[str, Any]] = []
    room, is_cut, last = MOST, False, None
    for seen in seen_changes(query, store=program.store, registries=program.registries, summary=summary):
        forms = [change_form(shorter(form, MOST_OF_A_SIDE)) for form in changes_json(seen)]
        room -= sum(map(length, forms))
        if is_cut := room < 0:
            break
        found += forms
        last = seen.seen_at or last
    is_cut |= summary.is_cut
    going_on = f"list_changes with until={last:%Y-%m-%dT%H:%M:%SZ}" if is_cut and last else None
    said = f"{counted(len(found), 'change')}, the newest first" + ("; there are more" if is_cut else "") + "."
    return Answer(said=said, content={"changes": found, "next": going_on, "unreadable": summary.unreadable})


TOOLS = (
    Tool(
        name="list_changes",
        title="What changed",
        description="What changed across all watched trials, the newest first by when it was seen: which trial, what "
        "kind of change, how significant, old and new value. Administrative changes are left out unless asked for.",
        takes=OfChanges,
        gives=schemas.form(
            changes=schemas.listed(
                schemas.marked_form(
                    registry=schemas.TEXT, trial_id=schemas.TEXT, snapshot=schemas.maybe(schemas.NUMBER)
                )
            ),
            next=schemas.maybe(schemas.TEXT),
            unreadable=schemas.NUMBER,
        ),
        run=list_changes,
        if_nothing="leave out watch or group, or name another trial",
    ),
)
