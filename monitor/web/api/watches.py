"""Watches: which there are and what they hold; watch trials or what a search finds, rename and end a watch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import orjson
from fastapi import Body, Path, Query
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import Response

from monitor.model import Json, Search
from monitor.ports import FetchedRegistry
from monitor.storage import groups, pages
from monitor.storage import watches as kept
from monitor.storage.pages import Within
from monitor.storage.watches import Watch
from monitor.views.json.watches import listed_watch_json, watched_trial_json
from monitor.views.watches import groups_of_watches, last_files, watched_trials, watches_page
from monitor.watching.looking import look_soon
from monitor.watching.watches import check_name, remove_trial, remove_watch
from monitor.web.api import examples
from monitor.web.api import operating_examples as shown_as
from monitor.web.api.call import Call, Caller
from monitor.web.api.once import once, once_apart
from monitor.web.api.paging import PageAsked, page_of, place_of, unreadable
from monitor.web.api.problems import (
    BAD_CURSOR,
    CHANGED_MEANWHILE,
    CONFLICT,
    NOT_FOUND,
    REGISTRY_SILENT,
    Problem,
    Wrongs,
    conflicts,
)
from monitor.web.api.routing import Operations
from monitor.web.api.sent_rules import Line, SearchSent, pointed, refuse_in_vain, resolved
from monitor.web.api.shapes import ONLY_DIGITS, Sent
from monitor.web.api.shapes import operating as shapes
from monitor.web.api.tags import is_named, tag_of
from monitor.web.api.trials import TrialId
from monitor.web.site.route import Needs

operations = Operations("Watches")

WatchNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Its number.", examples=[1]), ONLY_DIGITS]


WHAT = ("trials", "sponsor", "condition", "search", "all_trials")
"""What is watched: one of these fields."""


class WatchSent(SearchSent):
    """What is to be watched: trials, or one of sponsor, condition, search and all_trials."""

    trials: list[Line] = Field(default_factory=list, max_length=1000, examples=[["NCT02116634"]])
    all_trials: bool = Field(default=False, description="All trials of the registry: a mirror.")
    siblings: bool = Field(default=False, description="Whether its trials are followed into other registries.")
    name: Line | None = None
    groups: list[Line] = Field(default_factory=list, max_length=20, description="Groups of watches to put it into.")


class WatchEdit(Sent):
    """What is to be changed of a watch."""

    name: Line


@operations.reads(
    "/watches",
    shape=shapes.WatchPage,
    example={**examples.page(shown_as.WATCH), "unreadable": []},
    needs=Needs.READ,
    kinds=[BAD_CURSOR],
)
def list_watches(call: Caller, asked: Annotated[PageAsked, Query()]) -> Response:
    """List the watches, the oldest first."""
    place = place_of(call, asked)
    after = int(place.after[0]) if place.after else 0
    page = watches_page(call.site.store, after=after, limit=asked.limit)
    last = None if page.next is None else [page.next]
    return place.answer(_forms(call, page.watches), last, unreadable(page.damaged))


def _forms(call: Call, shown: Sequence[Watch]) -> list[dict[str, Json]]:
    store, only = call.site.store, [each.id for each in shown]
    fed = [each.key for each in call.site.registries if not isinstance(each, FetchedRegistry)]
    in_groups, files = groups_of_watches(store, only=only), last_files(store, fed, only=only)
    return [listed_watch_json(each, files.get(each.id, {}), in_groups.get(each.id, ())) for each in shown]


@operations.reads("/watches/{number}", shape=shapes.Watch, example=shown_as.WATCH, needs=Needs.READ)
def get_watch(call: Caller, number: WatchNumber) -> Response:
    """Give a watch."""
    with call.site.store.read() as tx:
        found = kept.get(tx, number)
    return call.json(_forms(call, [found])[0])


@operations.reads(
    "/watches/{number}/trials",
    shape=shapes.WatchedTrialPage,
    example=examples.page(shown_as.WATCHED_TRIAL),
    needs=Needs.READ,
    kinds=[BAD_CURSOR, NOT_FOUND],
)
def list_watched_trials(call: Caller, number: WatchNumber, asked: Annotated[PageAsked, Query()]) -> Response:
    """List the trials that a watch holds, by registry and trial id. Those that were not read yet have no title."""
    place = place_of(call, asked)
    after = (str(place.after[0]), str(place.after[1])) if place.after else None
    with call.site.store.read() as tx:
        watch = kept.get(tx, number)
        mirrors = watch.looks_for.registry if watch.looks_for and watch.looks_for.search.is_everything else None
        found = pages.watched(tx, Within(watches=(number,), registry=mirrors), after=after, limit=asked.limit + 1)
        shown, has_more = page_of(found, asked.limit)
        rows = watched_trials(tx, shown)
    return place.answer([watched_trial_json(row) for row in rows], [*shown[-1]] if has_more else None)


@operations.writes(
    "POST",
    "/watches",
    shape=shapes.NewWatches,
    example={"watches": [{**shown_as.WATCH, "trial_ids": ["NCT02116634"], "already_watched": [], "finds": None}]},
    needs=Needs.OPERATE,
    status=201,
    kinds=[REGISTRY_SILENT],
)
def create_watch(call: Caller, sent: Annotated[WatchSent, Body(examples=[shown_as.WATCH_SENT])]) -> Response:
    """Watch trials, or what a search finds.

    A look that is due at once takes their baseline, which is told to nobody. A sponsor, a condition or a search is
    asked of its registry first, and looked for again whenever that has new data. Trials of several registries are a
    watch each.
    """
    search = Search() if sent.all_trials else sent.looked_for
    by_registry = _named(call, sent)
    return _of_trials(call, sent, by_registry) if search is None else _of_search(call, sent, search)


def _named(call: Call, sent: WatchSent) -> dict[str, list[str]]:
    """The trials that are to be watched, by registry. Problem for what cannot be used, all of it."""
    wrong, by_registry = Wrongs(), dict[str, list[str]]()
    given = [name for name in WHAT if getattr(sent, name) not in ([], None, False)]
    wrong.only_one(WHAT, given, "Say what to watch")
    refuse_in_vain(sent, wrong, is_everything=sent.all_trials)
    if sent.siblings and not sent.trials:
        wrong.note("Trials that are named are followed: give “trials”, or leave it out.", "#/siblings")
    if sent.groups and sent.all_trials:
        wrong.note("A watch of all trials is in no group: leave it out.", "#/groups")
    with wrong.at("#/name"):
        check_name(sent.name)
    for number, name in enumerate(sent.groups):
        with wrong.at(f"#/groups/{number}"):
            check_name(name, "group")
    for number, text in enumerate(sent.trials):
        with wrong.at(f"#/trials/{number}"):
            registry, trial_id = call.site.identify(text)
            by_registry.setdefault(registry.key, []).append(trial_id)
    wrong.refuse()
    return by_registry


def _of_trials(call: Call, sent: WatchSent, by_registry: Mapping[str, Sequence[str]]) -> Response:

    def make(tx: Connection) -> Response:
        made = []
        for registry, ids in by_registry.items():
            with pointed("#/name"):
                watch, already = kept.add(
                    tx,
                    registry=registry,
                    trial_ids=ids,
                    origin="command",
                    name=sent.name,
                    at=call.now,
                    with_siblings=sent.siblings,
                )
            more: dict[str, Json] = {"trial_ids": [*ids], "already_watched": [*already], "finds": None}
            made.append(_made(tx, call, sent, watch, more))
        look_soon(tx, by_registry, now=call.now)
        return call.created({"watches": made}, f"/watches/{made[0]['id']}")

    return _looked_for_soon(call, make)


def _of_search(call: Call, sent: WatchSent, search: Search) -> Response:
    found = resolved(search, sent.registry, call)

    def make(tx: Connection) -> Response:
        with pointed("#/name"):
            watch, _ = kept.add_search(
                tx, registry=found.registry, search=found.search, origin="command", name=sent.name, at=call.now
            )
        more: dict[str, Json] = {"trial_ids": [], "already_watched": [], "finds": found.finds}
        look_soon(tx, [found.registry], now=call.now)
        return call.created({"watches": [_made(tx, call, sent, watch, more)]}, f"/watches/{watch.id}")

    return _looked_for_soon(call, make)


def _looked_for_soon(call: Call, make: Callable[[Connection], Response]) -> Response:
    answer = once(call, make)
    call.site.due()
    return answer


def _made(tx: Connection, call: Call, sent: WatchSent, watch: Watch, more: dict[str, Json]) -> dict[str, Json]:
    for name in sent.groups:
        groups.put(tx, name, [watch.id], origin="command", at=call.now)
    names = groups.names_by_watch(tx, only=[watch.id]).get(watch.id, ())
    return {**listed_watch_json(watch, {}, names), **more}


@operations.writes(
    "PATCH",
    "/watches/{number}",
    shape=shapes.Watch,
    example=shown_as.WATCH,
    needs=Needs.OPERATE,
    takes_match=True,
)
def rename_watch(
    call: Caller, number: WatchNumber, sent: Annotated[WatchEdit, Body(examples=[{"name": "oncology"}])]
) -> Response:
    """Give a watch another name."""
    with pointed("#/name"):
        check_name(sent.name)
    with call.site.store.read() as tx:
        before = kept.get(tx, number)
    is_same = is_named(call.headers["if-match"], tag_of(orjson.dumps(_forms(call, [before])[0])))
    with call.site.store.begin_alone() as tx:
        if not is_same or kept.get(tx, number) != before:
            raise Problem(CHANGED_MEANWHILE, "It has changed in the meantime: get it again, and send its new ETag.")
        if before.origin == "config":
            raise Problem(CONFLICT, f"Watch {number} is made by the configuration: name it there.")
        with pointed("#/name"):
            kept.rename(tx, number, sent.name)
    form = _forms(call, [replace(before, name=sent.name)])[0]
    return call.json(form, headers={"ETag": tag_of(orjson.dumps(form))})


@operations.writes(
    "DELETE",
    "/watches/{number}",
    shape=shapes.Removed,
    example={"watch": 1, "trials": 12, "silenced": ["oncology"]},
    needs=Needs.OPERATE,
)
def remove_one_watch(call: Caller, number: WatchNumber) -> Response:
    """End a watch, and the subscriptions to it. Snapshots and history stay."""

    def do() -> Response:
        removed = remove_watch(str(number), store=call.site.store)
        return call.json({"watch": removed.watch.id, "trials": removed.watch.trials, "silenced": [*removed.silenced]})

    with conflicts():
        return once_apart(call, do)


@operations.writes(
    "DELETE",
    "/watches/trials/{trial_id}",
    shape=shapes.RemovedTrial,
    example={"trial_id": "NCT02116634", "silenced": []},
    needs=Needs.OPERATE,
)
def stop_watching_trial(call: Caller, trial_id: TrialId) -> Response:
    """Take a trial out of all watches that hold it by its name. Snapshots and history stay."""
    registry, found = call.site.identify(trial_id)

    def do() -> Response:
        silenced = remove_trial(registry.key, found, store=call.site.store)
        return call.json({"trial_id": found, "silenced": silenced})

    with conflicts():
        return once_apart(call, do)
