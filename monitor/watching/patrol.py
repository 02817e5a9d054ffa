"""Make one pass over everything that is watched at one registry.

    version?  ->  discover  ->  sweep, where all trials are watched  ->  check
              ->  discover again, where the data were refreshed meanwhile
              ->  drop the leavers whose last change is told
              ->  follow trials into other registries

Trials join a watch before they are checked and their changes are told. So when a trial changes hands, the
subscribers of both sponsors hear of it.

Every step resumes what a pass that died left unfinished. While the registry's version stays the same, a pass costs one
request.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.model import Checked, Result, Unlisted
from monitor.ports import ByCalendar, RegistryVersion
from monitor.storage import leavers, registries, searches, trials
from monitor.storage.locks import lock_registry
from monitor.storage.trials import MergedDue
from monitor.watching.check import check
from monitor.watching.context import PassContext
from monitor.watching.discover import discover_all
from monitor.watching.listings import unlisted
from monitor.watching.siblings import follow_siblings
from monitor.watching.sweep import Progress, no_progress, sweep


def patrol(
    context: PassContext, *, progress: Progress = no_progress, reports_verified: bool = True
) -> Iterator[Checked | Unlisted]:
    """Find what the watches cover, check it all, and report on each trial as `monitor.watching.check` does.

    A watch whose trials could not be listed is reported as Unlisted, and the trials that it holds are checked.

    A number that the registry does not know is reported once, and asked for again ever less often.

    *progress* hears how far a sweep is. Without *reports_verified*, trials that are verified at this version of the
    data are not reported: then a pass in which nothing is new costs its one request.

    Raise RegistryError where the registry gives no version: then nothing was checked (see `unseen`).
    """
    known = _last_version(context)
    version = context.version_now(known)
    yield from discover_all(version, context)
    swept = yield from sweep(context, version, progress=progress)
    wanted = _watched(context, swept, unverified_alone=not reports_verified)
    yield from _told_once(check(wanted, context, version=swept))
    checked = _last_version(context)
    latest = checked if checked and checked != known else swept
    if latest.stamp != version.stamp:
        yield from discover_all(latest, context)
    _drop_leavers(latest, context)
    follow_siblings(context)


def _told_once(checked: Iterable[Checked]) -> Iterator[Checked]:
    """What came of each trial, but for numbers that the registry denies again; the first time with what to do."""
    for one in checked:
        if not one.is_unknown:
            yield one
        elif not one.is_denied_again:
            remedy = f"`monitor watch remove {one.trial_id}` ends asking for it; else it is asked for ever less often"
            yield replace(one, error=f"{one.error}; {remedy}")


def _drop_leavers(version: RegistryVersion, context: PassContext) -> None:
    key = context.registry.key
    with context.store.read() as tx:
        if not leavers.are_there(tx, key):
            return
    with context.store.begin() as tx:
        lock_registry(tx, key)
        leavers.drop_leavers(tx, key, version.stamp)


def unseen(context: PassContext, reason: str) -> Iterator[Checked | Unlisted]:
    """Report everything watched, and every search, as not checked, and why."""
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
    """The trials to check; at a version, also those that merged and are due, as a registry takes mergers back."""
    merged_due = None
    if version is not None:
        now = context.clock()
        merged_due = MergedDue(version.stamp, read_before=now - context.full_check_every, now=now)
    is_known = version is not None and not version.is_in_doubt
    unverified_at = version.stamp if version is not None and is_known and unverified_alone else None
    day = context.clock().date() if isinstance(context.registry, ByCalendar) else None
    with context.store.read() as tx:
        return trials.watched_ids(
            tx,
            context.registry.key,
            unverified_at=unverified_at,
            day=day,
            merged_due=merged_due,
            now=context.clock(),
        )


def _last_version(context: PassContext) -> RegistryVersion | None:
    with context.store.read() as tx:
        return registries.version(tx, context.registry.key)
