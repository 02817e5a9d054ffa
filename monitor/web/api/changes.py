"""What changed: across all watched trials, of one trial, and one event."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from monitor.errors import NothingFound
from monitor.model import Filters, Json, Significance
from monitor.model.access import Permission
from monitor.model.ids import event_id
from monitor.storage import changed, trial_index
from monitor.storage.changed import FoundEvent, Place
from monitor.storage.pages import Span, Within
from monitor.views.changes import ChangesQuery, TrialChanges, changes_of
from monitor.views.denied import refuse_unknown
from monitor.views.json.trials import event_json
from monitor.views.scope import Scope
from monitor.web.api import examples
from monitor.web.api.call import Call, Caller
from monitor.web.api.paging import PageAsked, page_of, place_of
from monitor.web.api.problems import BAD_CURSOR, NOT_FOUND, Wrongs
from monitor.web.api.routing import Operations
from monitor.web.api.shapes import SignificanceName
from monitor.web.api.shapes import trials as shapes
from monitor.web.api.trials import Number, TrialId
from monitor.web.api.wanted import EVER, ChangesAsked, changes_wanted, filters_wanted, span_wanted, trials_wanted

operations = Operations("Changes")


class ChangesOfOne(PageAsked):
    """Which changes of a trial."""

    least: SignificanceName = Field(
        default="administrative", alias="min", description="Changes that matter less are left out."
    )


EVERYTHING = Filters(min_significance=Significance.ADMINISTRATIVE)


@operations.reads("/changes", shape=shapes.EventPage, example=examples.page(examples.EVENT), kinds=[BAD_CURSOR])
def list_changes(call: Caller, asked: Annotated[ChangesAsked, Query()]) -> Response:
    """List what changed across all watched trials.

    An entry is what one look told of one trial: the newest day first, and within a day the most significant first.
    Administrative changes are left out unless they are asked for. Days are in UTC.
    """
    return _listed(call, asked)


@operations.reads(
    "/trials/{trial_id}/changes",
    shape=shapes.EventPage,
    example=examples.page(examples.EVENT),
    kinds=[BAD_CURSOR, NOT_FOUND],
)
def list_changes_of_trial(call: Caller, trial_id: TrialId, asked: Annotated[ChangesOfOne, Query()]) -> Response:
    """List what changed in a trial, the newest day first."""
    registry, found_id = call.site.identify(trial_id)
    with call.site.store.read() as tx:
        refuse_unknown(tx, registry, found_id)
    return _listed(call, ChangesAsked(min=asked.least, limit=asked.limit, cursor=asked.cursor), [found_id])


def _listed(call: Call, asked: ChangesAsked, trials: Sequence[str] = ()) -> Response:
    wrong = Wrongs("parameter")
    trial_filter = trials_wanted(asked, call, wrong, trials=trials)
    filters, span = filters_wanted(asked), span_wanted(asked, call, wrong)
    wrong.refuse()
    place = place_of(call, asked)
    after = Place(place.after[0], tuple(place.after[1])) if place.after else None
    with call.site.store.read() as tx:
        found = changed.page(tx, changes_wanted(filters, span, trial_filter), after=after, limit=asked.limit + 1)
    events, has_more = page_of(found, asked.limit)
    query = ChangesQuery(
        scope=Scope(within=Within()), span=span, filters=filters, names_watches=call.may(Permission.READ)
    )
    seen = _seen([each.event_id for each in events], query, call)
    return place.answer(event_forms(call, seen), _key(events[-1]) if has_more else None)


def event_forms(call: Call, seen: Sequence[TrialChanges]) -> list[dict[str, Json]]:
    """Events in a list, with who leads their trials now, as the index has it: no record is read."""
    with call.site.store.read() as tx:
        known = trial_index.known(tx, {(each.registry, each.trial_id) for each in seen})
    rows = [(each, known.get((each.registry, each.trial_id))) for each in seen]
    return [{**event_json(each), "lead_sponsor": row.sponsor if row else None} for each, row in rows]


def _key(event: FoundEvent) -> list[object]:
    return [event.day, [int(event.significance), event.registry, event.trial_id, event.snapshot]]


def _seen(ids: list[str], query: ChangesQuery, call: Call) -> list[TrialChanges]:
    return changes_of(ids, query, store=call.site.store, registries=call.site.registries)


@operations.reads("/trials/{trial_id}/changes/{number}", shape=shapes.Event, example=examples.EVENT)
def get_event(call: Caller, trial_id: TrialId, number: Number) -> Response:
    """Say what one snapshot of a trial told that the one before did not."""
    registry, found_id = call.site.identify(trial_id)
    query = ChangesQuery(scope=Scope(within=Within()), span=Span(EVER), filters=EVERYTHING, wants_sponsor=True)
    found = _seen([event_id(registry.key, found_id, number)], query, call)
    if not found:
        raise NothingFound(f"snapshot {number} of {found_id} changed nothing that is known here")
    return call.json(event_json(found[0]))
