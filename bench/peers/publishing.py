"""Publishes edits at the registry: with the next data build, or one that begins with it."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from bench.peers.edits import CHANGES, Edit, date_of, date_update
from bench.registry import Registry


def publish_changes(registry: Registry, trial_ids: Sequence[str], *, count: int, number: int) -> list[str]:
    """Make a data build live in which *count* trials changed, each by one of the kinds in turn; list them.

    *number* makes the changes differ from those of another number. They are dated as of that data build.
    """
    rest = iter([*trial_ids[number * count % len(trial_ids) :], *trial_ids])
    edits = islice(cycle(CHANGES.values()), count)
    changed = [publish(registry, rest, edit, number=number, dated=True) for edit in edits]
    registry.refresh()
    return changed


def publish(registry: Registry, trial_ids: Iterator[str], edit: Edit, *, number: int = 0, dated: bool) -> str:
    """Have the next data build hold this edit of the first trial that it can be made of, and say of which.

    Where *dated*, the study is as updated on the day of the live data build.
    """
    for trial_id in trial_ids:
        study = registry.study(trial_id)
        if edit(study, number):
            if dated:
                date_update(study, date_of(registry.control("state")["dataTimestamp"]))
            registry.control("publish", **study, refresh=False)
            return trial_id
    raise LookupError("no trial is left that can be edited so")
