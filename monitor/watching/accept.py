"""Take quarantined answers for their trials' records, because the operator says that the registry meant them.

    kept as it came  ->  proved to be the trial's record  ->  a snapshot, its event and its alerts, in one commit

Whether a record is plausible is up to the operator; whose record it is has to be proven as always. The next check
compares with what was accepted. Where that came from older data than we had, its build counts as the newest known.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.alike import AT_LEAST
from monitor.alerts.settling import Settling, settle
from monitor.errors import AnswerUnreadable, NothingFound
from monitor.model import Checked, Document
from monitor.ports import Registry, RegistryVersion
from monitor.storage import quarantine, registries, trials
from monitor.storage.locks import lock_registry
from monitor.storage.quarantine import Quarantined
from monitor.storage.store import Store
from monitor.text import moment
from monitor.watching.context import IntakeContext
from monitor.watching.intake import take_in
from monitor.watching.plausibility import Implausibility


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """An answer that cannot be taken for the record, and why, in one line."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Proven:
    """An answer that is a trial's record."""

    kept: Quarantined
    document: Document


def accept(
    numbers: Sequence[int], *, store: Store, known: Iterable[Registry], now: datetime, alike: bool = False
) -> Iterator[Checked | NotAccepted]:
    """Take these answers for their trials' records, and say what came of each. One that cannot be harms no other.

    *alike* takes those with them that were refused for the same reason in the same version of the data, one a trial.
    """
    by_key = {registry.key: registry for registry in known}
    proven: dict[tuple[str, str], _Proven] = {}
    for number in _with_alike(numbers, store) if alike else sorted(set(numbers), reverse=True):
        found = _proven(number, store, by_key)
        if isinstance(found, NotAccepted):
            if number in numbers:
                yield found
        elif former := proven.get((found.kept.registry, found.kept.trial_id)):
            yield NotAccepted(number, f"{former.kept.id} is a later answer for the same trial, and is accepted instead")
        else:
            proven[found.kept.registry, found.kept.trial_id] = found
    by_registry: defaultdict[str, list[_Proven]] = defaultdict(list)
    for each in proven.values():
        by_registry[each.kept.registry].append(each)
    for key, every in by_registry.items():
        yield from _taken(every, by_key[key], store, now)


def _with_alike(numbers: Sequence[int], store: Store) -> list[int]:
    """The numbers and those of the answers that are alike, the latest first."""
    found = set(numbers)
    with store.read() as tx:
        for number in numbers:
            one = _get(tx, number)
            if one is not None and one.doubt is not None:
                found.update(quarantine.alike(tx, one))
    return sorted(found, reverse=True)


def _get(tx: Connection, number: int) -> Quarantined | None:
    try:
        return quarantine.get(tx, number)
    except NothingFound:
        return None


def _proven(number: int, store: Store, by_key: dict[str, Registry]) -> _Proven | NotAccepted:
    """An answer as the document that it proves to be, or why it cannot be accepted."""
    with store.read() as tx:
        try:
            kept = quarantine.get(tx, number)
        except NothingFound as error:
            return NotAccepted(number, str(error))
        trial = trials.known(tx, kept.registry, [kept.trial_id]).get(kept.trial_id)
    raw = kept.raw or b""
    if kept.accepted_at is not None:
        return NotAccepted(number, f"{number} was accepted at {moment(kept.accepted_at)}")
    if trial and trial.verified_at and trial.verified_at > kept.latest_at:
        since = f"the registry has given a record of {kept.trial_id} since that could be believed"
        return NotAccepted(number, f"{number} is out of date: {since}, at {moment(trial.verified_at)}")
    if kept.registry not in by_key:
        return NotAccepted(number, f"{number} came from {kept.registry}, which is not a registry known here")
    if len(raw) < kept.size:
        words = f"only {len(raw):,} of its {kept.size:,} bytes were kept; `monitor check` asks for it again"
        return NotAccepted(number, f"{number} cannot be accepted: {words}")
    try:
        document = by_key[kept.registry].prove(kept.trial_id, raw)
    except AnswerUnreadable as error:
        words = f"it is not a record of {kept.trial_id}: {error}"
        return NotAccepted(number, f"{number} cannot be accepted, because {words}")
    return _Proven(kept, replace(document, build=kept.latest_build or document.build))


def _taken(every: Sequence[_Proven], registry: Registry, store: Store, now: datetime) -> Iterator[Checked]:
    """Take them in as a check of so many trials, whose changes are held where they seem to be the registry's doing."""
    with store.begin() as tx:
        version = registries.version(tx, registry.key)
        _go_back(tx, registry.key, every)
    stamp = next((each.kept.version for each in every if each.kept.version), version.stamp if version else "")
    intake = IntakeContext(
        registry=registry,
        store=store,
        version=RegistryVersion(stamp),
        now=now,
        probed={},
        accepted={each.kept.trial_id: each.kept.id for each in every},
        tells_at_once=len(every) < AT_LEAST,
    )
    checked = take_in([each.document for each in every], intake)
    held: frozenset[str] = frozenset()
    if not intake.tells_at_once:
        settling = Settling(registry=registry, store=store, window=timedelta(0))
        held = settle(settling, now=now, covered=len(every))
    yield from (one.settled(held) for one in checked)


def _go_back(tx: Connection, registry: str, every: Sequence[_Proven]) -> None:
    """Where the operator says that the registry went back, measure it by what it went back to.

    The version that it names next counts, though it is older than the last one. Should the process die before anything
    is accepted, that costs requests and nothing else.
    """
    builds = [each.document.build for each in every if each.kept.doubt == Implausibility.OLDER and each.document.build]
    if builds:
        lock_registry(tx, registry)
        trials.go_back(tx, registry, min(builds))
        registries.forget(tx, registry)
