"""Look at everything that is watched at one registry: one pass, from the question for its version to what is told.

    version?  ->  discover  ->  sweep, where all trials are watched  ->  check
              ->  discover again, where the data were refreshed meanwhile
              ->  let go of the leavers whose last change is told

Who joins a watch joins before its trials are checked and what they changed is told: so the subscribers of the sponsor
that gave up a trial and those of the one that took it over both hear of it.

Every step takes up what a pass that died left behind. While the registry's version stands still there is nothing to do
but ask for it.
"""

from collections.abc import Iterator

from monitor.model import Checked, Result, Unlisted
from monitor.ports import RegistryVersion
from monitor.storage import leavers, registries, searches, trials
from monitor.storage.locks import lock_registry
from monitor.storage.trials import MergedDue
from monitor.watching.check import check
from monitor.watching.context import PassContext
from monitor.watching.discover import discover_all, unlisted
from monitor.watching.sweep import Progress, no_progress, sweep


def patrol(
    context: PassContext, *, progress: Progress = no_progress, reports_verified: bool = True
) -> Iterator[Checked | Unlisted]:
    """Find what the watches cover, check it all, and say what came of each trial as `monitor.watching.check` does.

    A watch whose trials could not be listed is told as Unlisted, and what it holds is checked all the same.

    *progress* hears how far a sweep is. Without *reports_verified*, nothing is said of trials that need no asking,
    because it is known how they stand in this version of the data: then a quiet pass costs nothing beside its request.

    Raise RegistryError where the registry's version cannot be had: then nothing was looked at (see `unseen`).
    """
    known = _last_version(context)
    version = context.version_now(known)
    yield from discover_all(version, context)
    swept = yield from sweep(context, version, progress=progress)
    yield from check(_watched(context, swept, unverified_alone=not reports_verified), context, version=swept)
    checked = _last_version(context)
    latest = checked if checked and checked != known else swept
    if latest.stamp != version.stamp:
        yield from discover_all(latest, context)
    _let_go(latest, context)


def _let_go(version: RegistryVersion, context: PassContext) -> None:
    key = context.registry.key
    with context.store.read() as tx:
        if not leavers.are_there(tx, key):
            return
    with context.store.begin() as tx:
        lock_registry(tx, key)
        leavers.drop_leavers(tx, key, version.stamp)


def unseen(context: PassContext, reason: str) -> Iterator[Checked | Unlisted]:
    """Tell of everything watched, and of every search, that nothing was looked at, and why."""
    with context.store.read() as tx:
        looking = searches.of_registry(tx, context.registry.key)
    for each in looking:
        yield unlisted(each, reason)
    for trial_id in _watched(context):
        yield Checked(
            registry=context.registry.key,
            trial_id=trial_id,
            result=Result.FAILED,
            checked_at=context.clock(),
            error=reason,
        )


def _watched(
    context: PassContext, version: RegistryVersion | None = None, *, unverified_alone: bool = False
) -> list[str]:
    """The trials to look at: at a version, those that merged and are due, too, for a registry takes mergers back."""
    merged_due = None
    if version is not None:
        now = context.clock()
        merged_due = MergedDue(version.stamp, read_before=now - context.full_check_every, now=now)
    is_known = version is not None and not version.is_in_doubt
    unverified_at = version.stamp if version is not None and is_known and unverified_alone else None
    with context.store.read() as tx:
        return trials.watched_ids(tx, context.registry.key, unverified_at=unverified_at, merged_due=merged_due)


def _last_version(context: PassContext) -> RegistryVersion | None:
    with context.store.read() as tx:
        return registries.version(tx, context.registry.key)
