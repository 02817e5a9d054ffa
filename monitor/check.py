"""Check trials once: what is new, and what that causes.

    has anything been refreshed?  ->  who moved?  ->  what do they say now?  ->  was it refreshed meanwhile?
         one request                 a few requests     documents of those        one request, where anything was read

A trial counts as verified at a version of the registry's data. While that version stands still nobody needs asking,
so a pass that is killed goes on where it stopped: what was committed is verified, the rest is not.

The network always comes before the transaction, and every batch is one commit: see `monitor.intake`. What a pass over
many trials found is told at its end, when it is clear that it is the trials that changed and not the registry: see
`monitor.settling`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.alike import AT_LEAST, MOST_ALIKE
from monitor.errors import RegistryError
from monitor.intake import Intake, take_in
from monitor.model import Checked, Result, State
from monitor.notices import implausible, trials_failing
from monitor.ports import Registry, RegistryVersion, Unanswered
from monitor.schedule import full_check_due
from monitor.settling import Settling, settle
from monitor.storage import notices, quarantine, registries, trials
from monitor.storage.isolation import in_words, isolated
from monitor.storage.store import Store
from monitor.storage.trials import Standing, Trial

ROUNDS = 3
"""How often a pass is repeated when the registry refreshes its data under it."""

STANDING = {
    None: Result.UNCHANGED,
    State.LISTED: Result.UNCHANGED,
    State.REMOVED: Result.REMOVED,
    State.MERGED: Result.MERGED,
}
"""What is said of a trial that stands as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one look at one registry needs."""

    registry: Registry
    store: Store
    clock: Callable[[], datetime]
    full_check_every: timedelta
    settle: timedelta = timedelta(0)
    """How long a change waits before it is told."""

    @property
    def settling(self) -> Settling:
        """What settling what it finds needs."""
        return Settling(registry=self.registry, store=self.store, window=self.settle)


def check(trial_ids: Sequence[str], look: Pass, *, version: RegistryVersion | None = None) -> Iterator[Checked]:
    """Check *trial_ids*, watched or not, and say what came of each as soon as it is committed.

    *version* is the registry's, where it was asked for just now.

    Every id is answered once, in the order in which answers come, those with changes last; a trial is told a second
    time only where the registry refreshed its data during the pass and the second look found more than the first.
    """
    began_at = look.clock()
    try:
        version = version or look.registry.version(_last_version(look))
    except RegistryError as error:
        yield from _failed(trial_ids, str(error), look)
        return
    wanted = list(dict.fromkeys(trial_ids))
    changed = []
    for one in _rounds(wanted, version, look):
        if one.changes:
            changed.append(one)
        else:
            yield one
    held = settle(look.settling, now=look.clock(), covered=len(wanted))
    _tell_of_mass_failure(version, began_at, len(wanted), look)
    for one in changed:
        yield one.settled(held)


def _tell_of_mass_failure(version: RegistryVersion, began_at: datetime, covered: int, look: Pass) -> None:
    """Tell the operator where so many answers could not be believed that it is the registry."""
    key = look.registry.key
    with look.store.read() as tx:
        refused = quarantine.count_since(tx, key, began_at)
        covered = max(covered, trials.watched_count(tx, key)) if refused >= AT_LEAST else covered
    if refused >= AT_LEAST and refused > MOST_ALIKE * covered:
        with look.store.begin() as tx:
            notices.tell(tx, implausible(key, version.stamp, trials=refused, covered=covered, now=look.clock()))


def _rounds(wanted: Sequence[str], version: RegistryVersion, look: Pass) -> Iterator[Checked]:
    """What came of each trial, with another round over those that were read where the data were refreshed meanwhile."""
    for round_number in range(ROUNDS):
        parts, bad = isolated(wanted, partial(_split_by_verified, version=version, look=look))
        open_trials = [trial for _, part in parts for trial in part]
        yield from _failed_alone(bad, look)
        if round_number == 0:
            yield from _unmoved((trial for part, _ in parts for trial in part), version, look)
        if open_trials:
            told = _read(open_trials, version, look)
            yield from (one for one in told if round_number == 0 or one.result is not Result.UNCHANGED)
        latest = _version_now(version, look) if open_trials else version
        if latest is None:
            return
        with look.store.begin() as tx:
            registries.remember(tx, look.registry.key, latest, look.clock())
        if latest.stamp == version.stamp:
            return
        wanted, version = [trial.trial_id for trial in open_trials], latest


def _last_version(look: Pass) -> RegistryVersion | None:
    with look.store.read() as tx:
        return registries.version(tx, look.registry.key)


def _version_now(version: RegistryVersion, look: Pass) -> RegistryVersion | None:
    """The version after reading; None where the registry does not say.

    Then nothing is lost: what was read is verified at the version before, and the next pass compares anew.
    """
    try:
        return look.registry.version(version)
    except RegistryError:
        return None


def _split_by_verified(
    trial_ids: Sequence[str], version: RegistryVersion, look: Pass
) -> tuple[list[Standing], list[Trial]]:
    """Those that are known to stand as they are in *version*, and those to be looked at."""
    key = look.registry.key
    with look.store.read() as tx:
        standing = trials.standing(tx, key, trial_ids, version=version.stamp)
        rest = [trial_id for trial_id in trial_ids if trial_id not in standing]
        known = trials.known(tx, key, rest)
    return list(standing.values()), [known.get(trial_id) or Trial(key, trial_id) for trial_id in rest]


def _read(open_trials: Sequence[Trial], version: RegistryVersion, look: Pass) -> Iterator[Checked]:
    """Find out who moved, and take in the documents of those."""
    now = look.clock()
    to_probe = [trial for trial in open_trials if _probing_is_enough(trial, now, look)]
    to_fetch = {trial.trial_id for trial in open_trials} - {trial.trial_id for trial in to_probe}
    at_once = len(open_trials) < AT_LEAST and not look.settle
    moved: dict[str, bytes] = {}
    yield from _probe(to_probe, version, look, moved=moved)
    wanted = [trial.trial_id for trial in open_trials if trial.trial_id in to_fetch or trial.trial_id in moved]
    for answers in look.registry.fetch(wanted):
        intake = Intake(
            registry=look.registry,
            store=look.store,
            version=version,
            now=look.clock(),
            probed=moved,
            tells_at_once=at_once,
        )
        yield from take_in(answers, intake)


def _probing_is_enough(trial: Trial, now: datetime, look: Pass) -> bool:
    """A trial in good standing that was read in full not too long ago."""
    well = trial.state is State.LISTED and trial.snapshot is not None and not trial.misses
    return well and not full_check_due(
        trial.trial_id, read_at=trial.read_in_full_at, now=now, every=look.full_check_every
    )


def _probe(
    to_probe: Sequence[Trial], version: RegistryVersion, look: Pass, *, moved: dict[str, bytes]
) -> Iterator[Checked]:
    """Verify those that did not move, and collect in *moved* the others with the digest that the probe saw.

    A trial that the probe did not see at all has moved too: with no digest to remember.
    """
    unseen = {trial.trial_id: trial for trial in to_probe}
    for batch in look.registry.probe(list(unseen)):
        unmoved = []
        for seen in batch:
            trial = unseen.pop(seen.trial_id)
            if isinstance(seen, Unanswered):
                yield from _failed([seen.trial_id], seen.reason, look, known={seen.trial_id: trial})
            elif seen.digest == trial.probe_digest:
                unmoved.append(trial)
            else:
                moved[seen.trial_id] = seen.digest
        with look.store.begin() as tx:
            trials.verified(
                tx, look.registry.key, [t.trial_id for t in unmoved], version=version.stamp, at=look.clock()
            )
        yield from _unmoved(unmoved, version, look)
    moved.update(dict.fromkeys(unseen, b""))


def _unmoved(unmoved: Iterable[Trial | Standing], version: RegistryVersion, look: Pass) -> Iterator[Checked]:
    now = look.clock()
    for trial in unmoved:
        yield Checked(
            registry=look.registry.key,
            trial_id=trial.trial_id,
            result=STANDING[trial.state],
            checked_at=now,
            snapshot=trial.snapshot,
            registry_version=version.stamp,
            title=trial.title,
        )


def _failed_alone(bad: Sequence[tuple[str, Exception]], look: Pass) -> Iterator[Checked]:
    """Trials of which it cannot even be read what is known of them."""
    if not bad:
        return
    reasons = {trial_id: in_words(error) for trial_id, error in bad}
    with look.store.begin() as tx:
        notices.tell(tx, trials_failing(look.registry.key, reasons, now=look.clock()))
    for trial_id, reason in reasons.items():
        yield from _failed([trial_id], reason, look)


def _failed(
    trial_ids: Sequence[str], reason: str, look: Pass, *, known: dict[str, Trial] | None = None
) -> Iterator[Checked]:
    for trial_id in trial_ids:
        trial = (known or {}).get(trial_id)
        yield Checked(
            registry=look.registry.key,
            trial_id=trial_id,
            result=Result.FAILED,
            checked_at=look.clock(),
            snapshot=trial.snapshot if trial else None,
            title=trial.title if trial else None,
            error=reason,
        )
