"""Mirror a whole registry: read it from end to end, and in between only what was updated.

    watched for the first time    ->  a sweep: every page is taken in, and all of it is a silent baseline
    new data since                ->  what was updated or registered since is checked; what is unknown is a newcomer
    once every full_check_every   ->  a sweep again, for what the registry changes without dating it
                                      known trials that did not come in it are asked for by id, and may be gone

A page and the token for the next one are two commits, so a process that dies between them takes a page in twice, which
changes nothing. While the registry's version stays the same, the next pass goes on with the token. A token is good for
one version only: with new data the sweep begins again, which costs nothing but reading.

Memory holds one page, and the changes that are still to be settled. Those wait for the end, because a part of a
registry does not show whether so many trials changed alike that it is the registry's doing (see
`monitor.alerts.settling`). Only where more changed than the guard lets pass are they settled earlier: what is alike
among them is held then, and later ones join that hold. An update comes first, and leaves few such changes to a sweep.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.alike import AT_LEAST, MOST_ALIKE
from monitor.alerts.notices import registry_shrank
from monitor.alerts.settling import settle
from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable, StoreUnavailable
from monitor.model import Checked, Document, Result, Search, Unlisted
from monitor.ports import Answer, RegistryVersion, Searching, SweepPage, sweeping
from monitor.storage import newcomers, notices, searches, sweeps, trials
from monitor.storage.isolation import in_words
from monitor.storage.locks import lock_registry
from monitor.storage.newcomers import Newcomer
from monitor.storage.searches import WatchedSearch
from monitor.storage.sweeps import Sweep
from monitor.storage.trials import Trial
from monitor.watching.builds import ROLLED_OUT_AFTER, delay_in_words, is_behind
from monitor.watching.check import ROUNDS, check
from monitor.watching.context import IntakeContext, PassContext
from monitor.watching.intake import take_in
from monitor.watching.listings import listed_since, unlisted

OVERLAP = timedelta(days=1)
"""The registry's days begin in another zone than ours, and what was posted late on a day is asked for again."""
TRIALS_A_QUESTION = 10_000
"""So many are taken in before the registry is asked whether its data are still the same."""
SETTLED_EARLY = 1.2
"""Times what the guard lets pass: changes of other kinds among them must not hide what is alike."""
MOST_UPDATED = 20_000
"""An update of more trials than this, after weeks without one, is a sweep: it needs no list of them."""
MOST_ABSENT = 0.01
"""A sweep that lacks a larger share of what is known, and at least AT_LEAST trials, shows a fault and no removals."""

SweepResults = Generator[Checked | Unlisted, None, RegistryVersion]
"""What came of each trial, and at the end the version of the data that was reached."""
Progress = Callable[[int, int | None], object]
"""Hears after each page how many trials a sweep has seen, and of how many; None before the registry has said that."""


@dataclass(frozen=True, slots=True)
class _Mirror:
    """What is known of a registry that is watched as a whole: *watched* is the watch of it that knows most."""

    watched: WatchedSearch
    context: PassContext
    progress: Progress

    @property
    def is_first(self) -> bool:
        """Whether nothing was read from end to end before, so that nothing in it is news."""
        return self.watched.listed_in_full_at is None

    @property
    def is_due(self) -> bool:
        """Whether the last sweep is too long ago; or ahead, because the clock was set back since."""
        at = self.watched.listed_in_full_at
        return at is None or not timedelta(0) <= self.context.clock() - at < self.context.full_check_every


def no_progress(_seen: int, _total: int | None) -> None:
    """Report progress to nobody."""


def sweep(context: PassContext, version: RegistryVersion, *, progress: Progress = no_progress) -> SweepResults:
    """Bring what is kept of a registry that is watched as a whole to *version*, and say what came of each trial.

    Give the version that was reached: a later one where the data were refreshed meanwhile. Nothing is asked where no
    watch wants all trials, nor while all is known up to *version* and nothing is in doubt. What a pass cannot finish
    is reported as Unlisted, and the next pass goes on.
    """
    whole = _whole(context)
    if not whole:
        return version
    mirror = _Mirror(max(whole, key=_known_up_to), context, progress)
    try:
        is_current = not mirror.is_first and (yield from _update(mirror, version))
        if mirror.is_due or not is_current:
            version = yield from _read_until_it_stands(mirror, version)
    except StoreUnavailable:
        raise
    except Exception as error:  # whatever it is, what is watched by its id is checked
        if isinstance(error, _PageBehind) and not _is_late(context):
            return version
        yield unlisted(mirror.watched, in_words(error))
        return version
    with context.store.read() as tx:
        in_doubt = sweeps.in_doubt(tx, context.registry.key)
    if in_doubt:
        yield from check(in_doubt, context, version=version)
    return version


class _PageBehind(RegistryUnreachable):
    """A page of a sweep comes from older data than there are."""


def _is_late(context: PassContext) -> bool:
    """Whether a sweep waits for longer than it takes a registry to renew all its machines."""
    with context.store.read() as tx:
        at = sweeps.get(tx, context.registry.key)
    return at is not None and context.clock() - at.started_at >= ROLLED_OUT_AFTER


def _whole(context: PassContext) -> list[WatchedSearch]:
    with context.store.read() as tx:
        return _all_trials(tx, context)


def _all_trials(tx: Connection, context: PassContext) -> list[WatchedSearch]:
    return [each for each in searches.of_registry(tx, context.registry.key) if each.search.is_everything]


def _known_up_to(watched: WatchedSearch) -> tuple[bool, datetime | None]:
    at = watched.listed_in_full_at
    return (at is not None, at)


def _update(mirror: _Mirror, version: RegistryVersion) -> Generator[Checked, None, bool]:
    """Check what was updated since the last version; give whether all is known now up to this one.

    That it is known is noted last, so a process that dies before repeats the listing, and its newcomers are new still.
    """
    watched, context = mirror.watched, mirror.context
    if watched.listed_version == version.stamp:
        return True
    needed = context.needed(version).build
    since = listed_since(watched.listed_version, version, overlap=OVERLAP)
    newcomer = Newcomer(watched.watch_id, watched.listed_version)
    found = _updated(since, newcomer, context) if since else None
    if found is None:
        return False
    trial_ids, build = found
    failed = []
    for checked in check(trial_ids, context, version=version):
        if checked.result is Result.FAILED:
            failed.append(checked.trial_id)
        yield checked
    with context.store.begin() as tx:
        _note_unread(tx, failed, context)
        if not is_behind(build, needed):
            _note_listed(tx, context, version.stamp, in_full_at=watched.listed_in_full_at)
    return True


def _updated(since: date, newcomer: Newcomer, context: PassContext) -> tuple[list[str], str | None] | None:
    """The trials that were updated or registered since then, newcomers noted; None where these are too many.

    So it is where they cannot be searched for: then the whole is read again.

    With them comes the oldest data build that a page of the listing came from, where they say so: it may lack some.
    """
    found: dict[str, None] = {}
    builds: set[str] = set()
    if not isinstance(context.registry, Searching):
        return None
    for page in context.registry.find(Search(), updated_since=since):
        if (page.total or 0) > MOST_UPDATED:
            return None
        _welcome(page.trial_ids, newcomer, context)
        found.update(dict.fromkeys(page.trial_ids))
        builds.update(filter(None, [page.build]))
    return list(found), min(builds, default=None)


def _welcome(trial_ids: Sequence[str], newcomer: Newcomer, context: PassContext) -> None:
    """Note as newcomers those that nothing is known of here: their baseline is news."""
    key = context.registry.key
    with context.store.read() as tx:
        known = trials.known(tx, key, trial_ids)
    if unknown := [trial_id for trial_id in trial_ids if trial_id not in known]:
        with context.store.begin() as tx:
            newcomers.add(tx, key, unknown, newcomer)


def _read_until_it_stands(mirror: _Mirror, version: RegistryVersion) -> SweepResults:
    """Sweep, and again from the start where the data were refreshed meanwhile; give the version that was read last."""
    for _ in range(ROUNDS):
        latest = yield from _read(mirror, version)
        if latest.stamp == version.stamp:
            return version
        version = latest
    raise RegistryUnreachable(f"the data were refreshed in each of {ROUNDS} sweeps: the next pass tries again")


def _read(mirror: _Mirror, version: RegistryVersion) -> SweepResults:
    """Take in all pages that are left; give the version of the data after that. Where it is the same, all is known."""
    context = mirror.context
    at = began = _begin(mirror, version)
    changed: list[Checked] = []
    try:
        for at, checked in _taken(began, version, mirror):
            changed += [one for one in checked if one.changes]
            yield from (one for one in checked if not one.changes)
            if len(changed) > SETTLED_EARLY * max(MOST_ALIKE * (at.total or at.seen), AT_LEAST):
                yield from _settled(changed, at, context)
                changed = []
        latest = context.version_now(version)
    except RegistryError:
        yield from _settled(changed, at, context)
        raise
    yield from _settled(changed, at, context)
    if latest.stamp == version.stamp and at.token is None:
        _conclude(at, context)
    return latest


def _taken(at: Sweep, version: RegistryVersion, mirror: _Mirror) -> Iterator[tuple[Sweep, list[Checked]]]:
    """How far the sweep is after each page, and what came of its trials.

    It ends early where the data were refreshed, or nobody wants them any more; and before a page of older data than
    there are, with _PageBehind, for the next pass to ask for it again.
    """
    next_question = at.seen + TRIALS_A_QUESTION
    needed = mirror.context.needed(version).build
    for page in _pages(at, mirror.context):
        if is_behind(build := _build_of(page.answers), needed):
            raise _PageBehind(delay_in_words(at.registry, build, needed))
        checked = _take(page.answers, version, mirror)
        at = replace(at, token=page.token, seen=at.seen + len(page.answers), total=page.total or at.total)
        del page
        is_wanted = _keep(at, checked, mirror)
        yield at, checked
        if not is_wanted:
            return
        if at.token and at.seen >= next_question:
            next_question += TRIALS_A_QUESTION
            if mirror.context.version_now(version).stamp != version.stamp:
                return


def _begin(mirror: _Mirror, version: RegistryVersion) -> Sweep:
    """The sweep to go on with, or a new one."""
    context = mirror.context
    with context.store.begin() as tx:
        at = sweeps.get(tx, context.registry.key)
        if at is None or at.finished_at or at.version != version.stamp:
            at = Sweep(context.registry.key, version.stamp, None, context.clock())
            sweeps.record(tx, at)
    mirror.progress(at.seen, at.total)
    return at


def _pages(at: Sweep, context: PassContext) -> Iterator[SweepPage]:
    """The pages that are left; none where only the conclusion is.

    Where a token leads nowhere, or the pages do not add up, the next pass begins anew.
    """
    if at.seen and at.token is None:
        return
    came, seen, total = False, at.seen, at.total
    try:
        for page in sweeping(context.registry).sweep(token=at.token):
            seen, total = seen + len(page.answers), page.total or total
            if page.token is None and total and total - seen > MOST_ABSENT * total:
                came = False
                raise AnswerUnreadable(f"{at.registry} gave {seen:,} trials of {total:,}: the next pass tries again")
            yield page
            came = True
            del page  # or there would be two in memory
    except RegistryError as error:
        if not came and not isinstance(error, RegistryUnreachable):
            with context.store.begin() as tx:
                sweeps.record(tx, replace(at, token=None, seen=0, total=None))
        raise


def _build_of(answers: Sequence[Answer]) -> str | None:
    """The build that a page comes from, whatever a single record on it says; None where none says anything."""
    builds = sorted(each.build for each in answers if isinstance(each, Document) and each.build)
    return builds[len(builds) // 2] if builds else None


def _take(answers: Sequence[Answer], version: RegistryVersion, mirror: _Mirror) -> list[Checked]:
    context = mirror.context
    if not mirror.is_first:
        newcomer = Newcomer(mirror.watched.watch_id, mirror.watched.listed_version)
        _welcome([answer.trial_id for answer in answers], newcomer, context)
    intake = IntakeContext(
        registry=context.registry,
        store=context.store,
        version=version,
        now=context.clock(),
        probed={},
        tells_at_once=False,
        trace=context.trace,
    )
    return take_in(answers, intake)


def _keep(at: Sweep, checked: Sequence[Checked], mirror: _Mirror) -> bool:
    """Note how far the sweep is, and what could not be read; give whether anybody still wants it."""
    mirror.progress(at.seen, at.total)
    failed = [one.trial_id for one in checked if one.result is Result.FAILED]
    with mirror.context.store.begin() as tx:
        _note_unread(tx, failed, mirror.context)
        sweeps.record(tx, at)
        return bool(_all_trials(tx, mirror.context))


def _note_unread(tx: Connection, trial_ids: Sequence[str], context: PassContext) -> None:
    """Have the next passes ask for these until they can be read: a trial without a baseline has no row but this."""
    if not trial_ids:
        return
    key = context.registry.key
    lock_registry(tx, key)
    known = trials.known(tx, key, trial_ids)
    read = {trial_id for trial_id, trial in known.items() if trial.snapshot}
    trials.read_again(tx, key, sorted(read))
    unread = (trial_id for trial_id in trial_ids if trial_id not in read)
    trials.record(tx, [Trial(key, trial_id, read_in_full_at=context.clock()) for trial_id in unread])


def _settled(changed: Sequence[Checked], at: Sweep, context: PassContext) -> Iterator[Checked]:
    """Tell what changed, or hold it."""
    held = settle(context.settling, now=context.clock(), covered=at.total or at.seen)
    yield from (one.settled(held) for one in changed)


def _conclude(at: Sweep, context: PassContext) -> None:
    """Note that all is known, and have those asked for by id that were known before and did not come."""
    key, now = context.registry.key, context.clock()
    with context.store.begin() as tx:
        lock_registry(tx, key)
        absent = sweeps.absent_count(tx, key, at.version)
        known = at.seen + absent
        if absent >= AT_LEAST and absent > MOST_ABSENT * known:
            notices.notify_operator(tx, registry_shrank(key, at.version, known=known, absent=absent, now=now))
        else:
            trials.read_again(tx, key, sweeps.absent(tx, key, at.version))
        sweeps.drop_unread(tx, key, before=at.started_at)
        sweeps.record(tx, replace(at, finished_at=now))
        _note_listed(tx, context, at.version, in_full_at=now)


def _note_listed(tx: Connection, context: PassContext, version: str, *, in_full_at: datetime | None) -> None:
    """All watches of everything know the same, one that was added meanwhile too."""
    searches.listed(tx, [each.watch_id for each in _all_trials(tx, context)], version, in_full_at=in_full_at)
