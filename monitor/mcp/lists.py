"""Tools for finding: trials by words and filters, and the sponsors and conditions of the watched trials."""

from typing import Annotated, Any

from pydantic import Field

from monitor.errors import NothingFound
from monitor.mcp import schemas
from monitor.mcp.answers import Answer, fitting, shorter, within
from monitor.mcp.asking import Asking
from monitor.mcp.cursors import Cursor, cursor_of, place_in
from monitor.mcp.names import unknown_names
from monitor.mcp.tool import FOR_SUBSCRIBERS, Arguments, Line, Refused, Tool
from monitor.mcp.untrusted import marked, parted
from monitor.ports import find_registry
from monitor.storage import terms, trial_lists
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Within
from monitor.storage.terms import Term
from monitor.storage.trial_index import CONDITION, COUNTRY, SPONSOR, IndexedTrial
from monitor.storage.words import asked_for
from monitor.text import counted
from monitor.views.finding_trials import phase_asked, statuses_asked
from monitor.views.json.trials import indexed_trial_json
from monitor.views.parameters import key_asked, words_asked
from monitor.views.scope import scope_of
from monitor.views.trial_sets import DueDate, SetFigures, of_condition, of_sponsor, trial_set

MOST_OF_A_VALUE = 600
MOST_OF_A_NAME = 200
"""Bytes."""
OURS = frozenset({"registry", "trial_id", "url", "state", "snapshot"})
"""Of a trial in a list, what no registry wrote."""
OF_A_SPONSOR = 20
"""Trials that get_sponsor gives."""


class Finding(Arguments):
    """Which trials."""

    words: Line | None = Field(
        default=None, description="All of these in its title, sponsor, conditions, interventions, keywords or ids."
    )
    sponsor: Line | None = Field(default=None, description="Led by a sponsor of this whole name; see list_sponsors.")
    condition: Line | None = Field(
        default=None, description="On this condition, by its whole name; see list_conditions."
    )
    country: Line | None = Field(default=None, description="With sites in this country, in English.")
    phase: Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,20}$")] | None = Field(
        default=None, description="A code, such as PHASE3."
    )
    statuses: list[Line] = Field(
        default=[], max_length=14, description="recruiting, terminated, withdrawn, completed …, or stopped for several."
    )
    registry: Line | None = Field(default=None, description="Of this registry: clinicaltrials.gov.")
    watch: Line | None = Field(default=None, description="Of this watch, by its number or name.")
    group: Line | None = Field(default=None, description="Of this group of watches.")
    limit: int = Field(default=25, ge=1, le=100)
    cursor: Cursor


class OfTerms(Arguments):
    """Which names."""

    words: Line | None = Field(default=None, description="Only names with all these words.")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: Cursor


class Named(Arguments):
    """One name."""

    name: Line = Field(
        description="Its whole name, in any case, or its slug; list_sponsors and list_conditions have those there are."
    )
    limit: int = Field(default=OF_A_SPONSOR, ge=1, le=100)
    cursor: Cursor


def search_trials(asking: Asking, given: Finding) -> Answer:
    """Watched trials, by registry and trial id: an update moves none while an agent reads on."""
    program = asking.program
    if given.watch and given.group:
        raise Refused("watch and group each say which trials are meant. Next: leave one of them out.")
    is_alone = given.model_fields_set <= {"words", "limit", "cursor"}
    if given.words and is_alone and (found := find_registry(program.registries, given.words)):
        wanted = TrialFilter(within=Within(trials=((found[0].key, found[1]),)))
    else:
        wanted = _wanted(asking, given)
    return _page(asking, "search_trials", wanted, given)


def _wanted(asking: Asking, given: Finding) -> TrialFilter:
    program = asking.program
    if (given.watch or given.group) and not asking.knows_watches:
        raise Refused(FOR_SUBSCRIBERS)
    with program.store.read() as tx:
        scope = scope_of(tx, trials=(), watch=given.watch, group=given.group, sponsor=None)
        phase = phase_asked(tx, given.phase)
        return TrialFilter(
            registry=program.registry(given.registry).key if given.registry else None,
            sponsor=key_asked(tx, SPONSOR, given.sponsor),
            condition=key_asked(tx, CONDITION, given.condition),
            country=key_asked(tx, COUNTRY, given.country),
            phase=phase.key if phase else None,
            statuses=statuses_asked(tx, given.statuses),
            words=words_asked(given.words),
            within=scope.within,
        )


def _page(
    asking: Asking, tool: str, wanted: TrialFilter, given: Finding | Named, more: dict[str, Any] | None = None
) -> Answer:
    cursor, limit = given.cursor, given.limit
    after = place_in(tool, given, cursor, 2) if cursor is not None else None
    with asking.program.store.read() as tx:
        found = trial_lists.in_order(tx, wanted, after=(after[0], after[1]) if after else None, limit=limit + 1)
        unknown = "" if found else unknown_names(tx, wanted)
    forms = [_trial(asking, each) for each in found[:limit]]
    forms = forms[: fitting(forms)]
    has_more = len(found) > len(forms)
    last = found[len(forms) - 1] if forms else None
    following = cursor_of(tool, given, last.registry, last.trial_id) if has_more and last else None
    said = f"{counted(len(forms), 'trial')}" + ("; there are more" if has_more else "") + "."
    if not forms and cursor is None:
        hint = " Fewer words, or list_sponsors and list_conditions, name those there are."
        said = "No watched trial fits." + (unknown or hint)
    return Answer(said=said, content={**(more or {}), "trials": forms, "next_cursor": following})


def _trial(asking: Asking, trial: IndexedTrial) -> dict[str, Any]:
    url = asking.program.registry(trial.registry).page(trial.trial_id)
    return parted(shorter(indexed_trial_json(trial, url), MOST_OF_A_VALUE), OURS)


def list_sponsors(asking: Asking, given: OfTerms) -> Answer:
    """Who leads watched trials, by name."""
    return _terms(asking, "list_sponsors", SPONSOR, given)


def list_conditions(asking: Asking, given: OfTerms) -> Answer:
    """What watched trials are on, by name."""
    return _terms(asking, "list_conditions", CONDITION, given)


def _terms(asking: Asking, tool: str, kind: str, given: OfTerms) -> Answer:
    after = place_in(tool, given, given.cursor, 1)[0] if given.cursor is not None else None
    words = words_asked(given.words)
    with asking.program.store.read() as tx:
        found = terms.listing(tx, kind, after=after, words=words, limit=given.limit + 1)
    shown = found[: given.limit]
    following = cursor_of(tool, given, shown[-1].key) if len(found) > len(shown) else None
    names = [
        {"trials": each.trials, **marked({"name": within(each.name, MOST_OF_A_NAME), "slug": each.slug})}
        for each in shown
    ]
    said = f"{counted(len(names), 'name')}" + ("; there are more" if following else "") + "."
    return Answer(said=said, content={"names": names, "next_cursor": following})


def get_sponsor(asking: Asking, given: Named) -> Answer:
    """The trials that a sponsor leads, and how they stand."""
    return _named(asking, "get_sponsor", SPONSOR, given)


def get_condition(asking: Asking, given: Named) -> Answer:
    """The trials on a condition, and how they stand."""
    return _named(asking, "get_condition", CONDITION, given)


def _named(asking: Asking, tool: str, kind: str, given: Named) -> Answer:
    with asking.program.store.read() as tx:
        key = key_asked(tx, kind, given.name)
        found = terms.by_key(tx, kind, key) if key else None
        if found is None:
            words = asked_for(given.name)[:1]
            near = terms.most_frequent(tx, kind, words=words, limit=10) if words else []
            raise _unknown(kind, near)
        wanted = of_sponsor(found) if kind == SPONSOR else of_condition(found)
        whole = trial_set(tx, wanted, now=asking.now, names_watches=asking.knows_watches)
    figures = whole.figures
    more = {
        "trials_watched": found.trials,
        "recruiting": figures.recruiting,
        "stopped_early": figures.stopped,
        "median_slip_days": figures.median_slip,
        "changes_in_90_days": figures.changes_lately,
        "due_next": [_due(each) for each in whole.due],
        **marked({"name": found.name, "statuses": _statuses(figures)}),
    }
    return _page(asking, tool, wanted, given, more)


def _due(due: DueDate) -> dict[str, Any]:
    place = {"registry": due.trial.registry, "trial_id": due.trial.trial_id, "field": due.field}
    return {**place, "day": due.day.isoformat(), **marked({"title": due.trial.title, "type": due.written.type})}


def _statuses(figures: SetFigures) -> list[dict[str, Any]]:
    """How many trials have each status, the most frequent first; none where there are too many to count."""
    return [{"code": code, "trials": number} for (code, _), number in figures.by_status.items()]


def _unknown(kind: str, near: list[Term]) -> NothingFound:
    hint = f"; {counted(len(near), 'name')} like it: list_{kind}s with words" if near else ""
    return NothingFound(f"no watched trial has a {kind} of that whole name{hint}")


_TRIAL = schemas.marked_form(
    registry=schemas.TEXT,
    trial_id=schemas.TEXT,
    url=schemas.TEXT,
    snapshot=schemas.maybe(schemas.NUMBER),
    state=schemas.maybe(schemas.TEXT),
)
_CURSOR = schemas.maybe({"type": "string", "description": "For what follows; null where this is all."})
_PAGE = schemas.form(trials=schemas.listed(_TRIAL), next_cursor=_CURSOR)
_NAMES = schemas.form(names=schemas.listed(schemas.marked_form(trials=schemas.NUMBER)), next_cursor=_CURSOR)
_OF_NAME = schemas.marked_form(
    **_PAGE["properties"],
    trials_watched=schemas.NUMBER,
    recruiting={
        **schemas.maybe(schemas.NUMBER),
        "description": "Null where there are too many to count.",
    },
    stopped_early=schemas.maybe(schemas.NUMBER),
    median_slip_days={**schemas.maybe(schemas.NUMBER), "description": "Of their primary completion dates."},
    changes_in_90_days=schemas.NUMBER,
    due_next=schemas.listed(schemas.marked_form(trial_id=schemas.TEXT, field=schemas.TEXT, day=schemas.TEXT)),
)

TOOLS = (
    Tool(
        name="search_trials",
        title="Find trials",
        description="Find watched trials by words, sponsor, condition, country, phase or status, in the order of their "
        "registration numbers, with their key dates as they were at first and are now. Only what is watched here is "
        "found; watch_trial watches more. What was updated last: list_changes.",
        takes=Finding,
        gives=_PAGE,
        run=search_trials,
        if_nothing="leave out watch or group",
    ),
    Tool(
        name="list_sponsors",
        title="Sponsors",
        description="Who leads the watched trials, in the order of their names, with how many trials each has.",
        takes=OfTerms,
        gives=_NAMES,
        run=list_sponsors,
    ),
    Tool(
        name="get_sponsor",
        title="A sponsor and its trials",
        description="How the trials stand that a sponsor leads, how far they slipped, what is due next, and a page of "
        "them. What changed in them lately: list_changes with sponsor.",
        takes=Named,
        gives=_OF_NAME,
        run=get_sponsor,
        if_nothing="list_sponsors has the names there are",
    ),
    Tool(
        name="list_conditions",
        title="Conditions",
        description="What the watched trials are on, in the order of the names, with how many trials each has.",
        takes=OfTerms,
        gives=_NAMES,
        run=list_conditions,
    ),
    Tool(
        name="get_condition",
        title="A condition and its trials",
        description="How the watched trials on a condition stand, how far they slipped, what is due next, and a page "
        "of them. What changed in them lately: list_changes with condition.",
        takes=Named,
        gives=_OF_NAME,
        run=get_condition,
        if_nothing="list_conditions has the names there are",
    ),
)
