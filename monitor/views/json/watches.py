"""Watches and their trials: `watch`, and `import` of lists, with --json. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.model import Json, Search
from monitor.ports import SponsorName
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.storage.watches import Watch
    from monitor.views.watches import WatchedTrial
    from monitor.watching.watches import Added, AddedSearch


def listed_watch_json(watch: "Watch", files: Mapping[str, str | None], groups: Sequence[str] = ()) -> dict[str, Json]:
    """A watch as the list has it: *files* are the days of the last files of registries that files feed."""
    return {**watch_json(watch), "groups": [*groups], "files": dict(files)}


def group_json(name: str, watches: "Sequence[Watch]") -> dict[str, Json]:
    """A group, and the numbers of the watches in it."""
    return {"group": name, "watches": [watch.id for watch in watches]}


def watch_json(watch: "Watch") -> dict[str, Json]:
    """A watch, and what it looks for."""
    search = watch.search or Search()
    return {
        "id": watch.id,
        "origin": watch.origin,
        "name": watch.name,
        "created_at": moment_json(watch.created_at),
        "trials": watch.trials,
        "kind": _kind(watch.search),
        "sponsor": search.sponsor,
        "role": str(search.role) if search.sponsor else None,
        "condition": search.condition,
        "search": search.expression,
        "registry": watch.looks_for.registry if watch.looks_for else None,
        "siblings": watch.siblings,
    }


def _kind(search: Search | None) -> str:
    if search is None:
        return "trials"
    given = {"sponsor": search.sponsor, "condition": search.condition, "search": search.expression}
    return next((kind for kind, value in given.items() if value is not None), "all_trials")


def watched_trial_json(watched: "WatchedTrial") -> dict[str, Json]:
    """A trial that a watch holds; state, title and snapshot are null before its first check.

    `denied_at` is when its registry said last that it knows no trial of this number.
    """
    trial = watched.trial
    return {
        "registry": trial.registry,
        "trial_id": trial.trial_id,
        "state": trial.state and str(trial.state),
        "title": trial.title,
        "snapshot": trial.snapshot,
        "denied_at": moment_json(watched.denial.latest_at) if watched.denial else None,
    }


def added_json(added: "Added | None", *, left: Sequence[str], aside: Sequence[str]) -> dict[str, Json]:
    """The trials of a registry that a watch holds now; null and empty where none were named.

    *left* should name a trial and does not; *aside* only mentions one.
    """
    registry = added.registry if added else None
    return {"watch": added.watch.id if added else None, "registry": registry, **_trials(added, left, aside)}


def imported_list_json(
    file: Path, added: "Added | None", *, left: Sequence[str], aside: Sequence[str]
) -> dict[str, Json]:
    """The same of the trials in a file."""
    return {"file": str(file), "watch": added.watch.id if added else None, **_trials(added, left, aside)}


def _trials(added: "Added | None", left: Sequence[str], aside: Sequence[str]) -> dict[str, Json]:
    return {
        "trial_ids": [*added.trial_ids] if added else [],
        "already_watched": [*added.already] if added else [],
        "left": [*left],
        "aside": [*aside],
    }


def added_search_json(added: "AddedSearch") -> dict[str, Json]:
    """A watch that looks for trials, and how many it finds now."""
    resolved = added.resolved
    found: dict[str, Json] = {
        "registry": resolved.registry,
        "finds": resolved.finds,
        "already_watched": not added.is_new,
    }
    return {**watch_json(added.watch), **found}


def sponsor_json(sponsor: SponsorName) -> dict[str, Json]:
    """A sponsor that a name may mean."""
    return {"sponsor": sponsor.name, "trials": sponsor.trials}
