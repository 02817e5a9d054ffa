"""Trials: which are watched and how they stand, one with its record, its snapshots, and what is between two of them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from monitor.errors import ConfigurationInvalid
from monitor.model.access import Permission
from monitor.storage import trial_index, trial_lists
from monitor.storage.pages import Within
from monitor.storage.trial_index import IndexedTrial
from monitor.views.denied import refuse_unknown
from monitor.views.json.trials import (
    comparison_json,
    history_json,
    indexed_trial_json,
    record_json,
    siblings_json,
    trial_json,
)
from monitor.views.moments import which_of
from monitor.views.scope import Scope
from monitor.views.siblings import siblings_of
from monitor.views.status import StatusQuery, StatusReader
from monitor.views.trials import TrialSnapshot, comparison_of, history_of, refuse_to_come, snapshot_of
from monitor.web.api import examples
from monitor.web.api.call import Call, Caller
from monitor.web.api.paging import page_of, place_of
from monitor.web.api.problems import BAD_CURSOR, KEPT, Wrongs, in_api_words, invalid, said_to_programs
from monitor.web.api.routing import Operations
from monitor.web.api.shapes import ONLY_DIGITS
from monitor.web.api.shapes import trials as shapes
from monitor.web.api.wanted import TrialsAsked, trials_wanted

operations = Operations("Trials")

TrialId = Annotated[
    str,
    Path(
        max_length=200,
        description="Its registration number, also as people paste it, such as nct 02116634.",
        examples=["NCT02116634"],
    ),
]
Number = Annotated[int, Path(ge=1, le=999_999_999, description="A snapshot, by its number.", examples=[1]), ONLY_DIGITS]
Moment = Annotated[
    str,
    Path(
        pattern=r"^([1-9][0-9]{0,8}|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
        description="A snapshot, by its number; or by a day, the one that stood at its end: what was imported has no "
        "number.",
        examples=["1", "2026-08-24"],
    ),
]


@operations.reads(
    "/trials", shape=shapes.IndexedTrialPage, example=examples.page(examples.INDEXED_TRIAL), kinds=[BAD_CURSOR]
)
def list_trials(call: Caller, asked: Annotated[TrialsAsked, Query()]) -> Response:
    """List the watched trials that were read.

    They come by registry and trial id, so that an update moves none while you read on. Each stands as its latest record
    says, with what the earliest record said of its dates.
    """
    wrong = Wrongs("parameter")
    trials = trials_wanted(asked, call, wrong)
    wrong.refuse()
    place = place_of(call, asked)
    after = (str(place.after[0]), str(place.after[1])) if place.after else None
    with call.site.store.read() as tx:
        found = trial_lists.in_order(tx, trials, after=after, limit=asked.limit + 1)
    shown, has_more = page_of(found, asked.limit)
    last = [shown[-1].registry, shown[-1].trial_id] if has_more else None
    return place.answer([indexed_trial_json(each, _url(call, each)) for each in shown], last)


def _url(call: Call, trial: IndexedTrial) -> str:
    registry = call.known.get(trial.registry)
    return registry.page(trial.trial_id) if registry else ""


@operations.reads("/trials/{trial_id}", shape=shapes.Trial, example=examples.TRIAL)
def get_trial(call: Caller, trial_id: TrialId) -> Response:
    """Say how a trial stands."""
    registry, found = call.site.identify(trial_id)
    with call.site.store.read() as tx:
        refuse_unknown(tx, registry, found)
        indexed = trial_index.known(tx, [(registry.key, found)]).get((registry.key, found))
    row = next(_reader(call).of([(registry.key, found)]))
    form = trial_json(row, indexed)
    return call.json({**form, "troubles": [said_to_programs(each) for each in row.troubles]})


def _reader(call: Call) -> StatusReader:
    return StatusReader(
        StatusQuery(scope=Scope(within=Within()), names_watches=call.may(Permission.READ)), call.site.store, call.known
    )


@operations.reads("/trials/{trial_id}/record", shape=shapes.WholeRecord, example=examples.WHOLE_RECORD, kinds=KEPT)
def get_record(call: Caller, trial_id: TrialId) -> Response:
    """Give the latest record of a trial.

    With where else it is registered. Where the latest snapshot is damaged, it is the latest one that can be read, and
    “notes” says so.
    """
    registry, found = call.site.identify(trial_id)
    notes: list[str] = []
    shown = snapshot_of(found, registry=registry, store=call.site.store, which=None, complain=notes.append)
    elsewhere = siblings_of(shown.record, registries=call.site.registries, store=call.site.store)
    return call.json({**_record(shown, notes), **siblings_json(elsewhere)})


@operations.reads("/trials/{trial_id}/snapshots", shape=shapes.History, example=examples.HISTORY)
def list_snapshots(call: Caller, trial_id: TrialId) -> Response:
    """List every snapshot of a trial, the oldest first, with what it changed.

    What was imported comes first, and has no number.
    """
    registry, found = call.site.identify(trial_id)
    history = history_of(found, registry=registry, store=call.site.store, names_watches=call.may(Permission.READ))
    return call.json(
        {
            "registry": registry.key,
            "trial_id": found,
            "title": history.title,
            "data": [history_json(found, row, changes) for row, changes in history.rows],
            "unreadable": [*history.damaged.values(), *history.unread.values()],
        }
    )


@operations.reads("/trials/{trial_id}/snapshots/{number}", shape=shapes.Record, example=examples.RECORD, kinds=KEPT)
def get_snapshot(call: Caller, trial_id: TrialId, number: Moment) -> Response:
    """Give the record as one snapshot of a trial has it, or as it stood on a day."""
    registry, found = call.site.identify(trial_id)
    which = _which(call, number, "number")
    shown = snapshot_of(found, registry=registry, store=call.site.store, which=which, complain=_nothing)
    return call.json(_record(shown, []))


@operations.reads(
    "/trials/{trial_id}/compare/{before}..{after}", shape=shapes.Comparison, example=examples.COMPARISON, kinds=KEPT
)
def compare_snapshots(call: Caller, trial_id: TrialId, before: Moment, after: Moment) -> Response:
    """Compare two snapshots of a trial field by field, the earlier one first."""
    registry, found = call.site.identify(trial_id)
    pair = _which(call, before, "before"), _which(call, after, "after")
    notes: list[str] = []
    try:
        compared = comparison_of(found, *pair, registry=registry, store=call.site.store, complain=notes.append)
    except ConfigurationInvalid as error:
        raise invalid(in_api_words(error), "before") from None
    return call.json({**comparison_json(compared), "notes": notes})


def _which(call: Call, text: str, name: str) -> int | date:
    """The number or the day that a part of the address is."""
    which = which_of(text)
    try:
        refuse_to_come(which, now=call.now)
    except ConfigurationInvalid as error:
        raise invalid(in_api_words(error), name) from None
    return which


def _record(shown: TrialSnapshot, notes: Sequence[str]) -> dict[str, object]:
    return {**record_json(shown.snapshot, shown.record), "notes": [*notes]}


def _nothing(_words: str) -> None:
    """A snapshot that is named by its number has nothing to be said of it."""
