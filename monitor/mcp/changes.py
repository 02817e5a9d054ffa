"""The tool for what changed across all trials, by the index."""

from typing import Annotated, Any

from pydantic import Field

from monitor.alerts.filters import checked_filters
from monitor.changes.topics import Topic
from monitor.mcp import schemas
from monitor.mcp.answers import MOST, ROOM_FOR_THE_REST, Answer, fitting, within
from monitor.mcp.asking import Asking
from monitor.mcp.changed import CHANGE, OURS, change_form
from monitor.mcp.cursors import Cursor, cursor_of, moment_in, number_in, place_in
from monitor.mcp.names import unknown_names
from monitor.mcp.tool import FOR_SUBSCRIBERS, Arguments, Line, Refused, Significance, Tool, TrialId
from monitor.mcp.untrusted import parted
from monitor.model import Filters
from monitor.storage import changed
from monitor.storage.changed import ChangeFilter, FoundEvent, Place, of_span
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Span
from monitor.storage.trial_index import CONDITION, SPONSOR
from monitor.text import counted, natural_list
from monitor.views.changes import ChangesQuery, TrialChanges, changes_of
from monitor.views.denied import refuse_unknown
from monitor.views.finding import kinds_beginning
from monitor.views.json.trials import event_json
from monitor.views.parameters import key_asked, words_asked
from monitor.views.scope import scope_of
from monitor.views.spans import span_of

NAME = "list_changes"
MOST_OF_A_SIDE = 600
"""Bytes of an old or new value in this list; compare_snapshots gives more."""

MOST_OF_AN_UPDATE = 25
"""Changes, the most significant."""

When = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z:+. -]+$")]
WHEN = "today, yesterday, monday, 12h, 7d (whole days, with today), 2w, 6m, 2026-11-20"


class OfChanges(Arguments):
    """Which changes."""

    since: When = Field(default="7d", description=f"From when on: {WHEN}.")
    until: When | None = Field(default=None, description="Up to when, in the same forms; else up to now.")
    trial_ids: list[TrialId] | None = Field(
        default=None, min_length=1, max_length=100, description="Only of these trials."
    )
    watch: Line | None = Field(default=None, description="Only of the trials of this watch, by its number or name.")
    group: Line | None = Field(default=None, description="Only of the trials of this group of watches.")
    registry: Line | None = Field(default=None, description="Only of this registry: clinicaltrials.gov.")
    sponsor: Line | None = Field(default=None, description="Only of trials that a sponsor of this name leads.")
    condition: Line | None = Field(default=None, description="Only of trials on this condition, by its whole name.")
    words: Line | None = Field(default=None, description="Only of trials with all these words; see search_trials.")
    topics: list[Topic] = Field(default=[], max_length=20)
    kinds: list[Line] = Field(
        default=[], max_length=20, description="Kinds, or how they begin: status.stopped, outcome, dates."
    )
    min_significance: Significance = "minor"
    limit: int = Field(default=30, ge=1, le=100, description="Updates of trials at most; each may have many changes.")
    cursor: Cursor


def list_changes(asking: Asking, given: OfChanges) -> Answer:
    """What was seen, the newest day first, and within a day the most significant first."""
    program = asking.program
    scopes = [name for name in ("trial_ids", "watch", "group") if getattr(given, name)]
    if len(scopes) > 1:
        raise Refused(f"{natural_list(scopes)} each say which trials are meant. Next: leave out all but one.")
    if (given.watch or given.group) and not asking.knows_watches:
        raise Refused(FOR_SUBSCRIBERS)
    span = span_of(given.since, given.until, now=asking.now)
    filters = checked_filters(topics=given.topics, kinds=given.kinds, min_significance=given.min_significance)
    identified = [program.identify(each) for each in given.trial_ids or ()]
    named = [(registry.key, trial_id) for registry, trial_id in identified]
    with program.store.read() as tx:
        for registry, trial_id in identified:
            refuse_unknown(tx, registry, trial_id)
        scope = scope_of(tx, trials=named, watch=given.watch, group=given.group, sponsor=None)
        trials = TrialFilter(
            registry=program.registry(given.registry).key if given.registry else None,
            sponsor=key_asked(tx, SPONSOR, given.sponsor),
            condition=key_asked(tx, CONDITION, given.condition),
            words=words_asked(given.words),
            within=scope.within,
        )
        unknown = unknown_names(tx, trials)
        found = changed.page(tx, _wanted(filters, span, trials), after=_place(given), limit=given.limit + 1)
    query = ChangesQuery(
        scope=scope, span=span, filters=filters, wants_sponsor=True, names_watches=asking.knows_watches
    )
    events = found[: given.limit]
    seen = changes_of([each.event_id for each in events], query, store=program.store, registries=program.registries)
    return _answer(given, events, seen, has_more=len(found) > given.limit, unknown=unknown)


def _wanted(filters: Filters, span: Span, trials: TrialFilter) -> ChangeFilter:
    wanted = ChangeFilter(
        least=filters.min_significance,
        topics=tuple(sorted(filters.topics)),
        kinds=kinds_beginning(filters.kinds),
        trials=trials,
    )
    return of_span(wanted, span)


def _answer(
    given: OfChanges, events: list[FoundEvent], seen: list[TrialChanges], *, has_more: bool, unknown: str
) -> Answer:
    """As much as fits; what follows begins behind the last update that does."""
    forms = [_update(each) for each in seen]
    kept = forms[: fitting(forms, MOST - ROOM_FOR_THE_REST)]
    last = events[-1] if events else None
    if len(kept) < len(forms):
        has_more = True
        last = next(each for each in events if each.event_id == kept[-1]["id"])
    following = cursor_of(NAME, given, last.day, int(last.significance), *_key(last)) if has_more and last else None
    said = counted(len(kept), "update") + ("; there are more." if following else ".") + unknown
    return Answer(said=said, content={"updates": kept, "next_cursor": following})


def _update(seen: TrialChanges) -> dict[str, Any]:
    """What one snapshot told."""
    form: dict[str, Any] = event_json(seen)
    changes = [change_form(change, MOST_OF_A_SIDE) for change in form.pop("changes")]
    kept = changes[: fitting(changes[:MOST_OF_AN_UPDATE], MOST // 2)]
    about = {key: within(value, MOST_OF_A_SIDE) for key, value in form.items()}
    return {**parted(about, OURS), "changes": kept, "changes_left_out": len(changes) - len(kept)}


def _key(event: FoundEvent) -> tuple[str, str, int]:
    return event.registry, event.trial_id, event.snapshot


def _place(given: OfChanges) -> Place | None:
    if given.cursor is None:
        return None
    day, weight, registry, trial_id, snapshot = place_in(NAME, given, given.cursor, 5)
    day = moment_in(NAME, f"{day}T00:00:00+00:00").date().isoformat()
    return Place(day, (number_in(NAME, weight), registry, trial_id, number_in(NAME, snapshot)))


TOOLS = (
    Tool(
        name=NAME,
        title="What changed",
        description="What changed across all watched trials, the newest day first, and within a day the most "
        "significant first: which trial, what kind of change, how significant, old and new value. Administrative "
        "changes are left out unless asked for.",
        takes=OfChanges,
        gives=schemas.form(
            updates=schemas.listed(
                schemas.marked_form(
                    id=schemas.TEXT,
                    registry=schemas.TEXT,
                    trial_id=schemas.TEXT,
                    snapshot=schemas.maybe(schemas.NUMBER),
                    seen_at=schemas.maybe(schemas.MOMENT),
                    significance=schemas.maybe(schemas.TEXT),
                    not_told=schemas.maybe(schemas.TEXT),
                    error=schemas.maybe(schemas.TEXT),
                    changes=schemas.listed(CHANGE),
                    changes_left_out={**schemas.NUMBER, "description": "compare_snapshots has them."},
                )
            ),
            next_cursor=schemas.maybe(schemas.TEXT),
        ),
        run=list_changes,
        if_nothing="leave it out, name another, or ask an operator to have the trial watched",
    ),
)
