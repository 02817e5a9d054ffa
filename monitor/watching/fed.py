"""Take in documents that a file brought, of registries that are never asked, by the effects of a check.

    older than what there is?   refused, and told so
    else                        taken in as an answer would be: plausible or not, a baseline, unchanged, or a change

A file has a day: it is the version of the registry's data, and the build of each document. Who is to be alerted is
settled when the whole file is in, so that what changed alike in many trials is held as after a pass; without alerts
each event is discarded in the commit that makes it, and no process that dies leaves one to be told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.alerts.settling import Settling, settle
from monitor.errors import ConfigurationInvalid
from monitor.model import Checked, Document
from monitor.ports import FedRegistry, RegistryVersion
from monitor.storage import registries, trials
from monitor.storage.locks import lock_registry
from monitor.storage.store import Store
from monitor.watching.builds import SLACK
from monitor.watching.context import IntakeContext
from monitor.watching.intake import take_in

_AT_ONCE = 100
"""Documents a commit."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """A trial of which there is a record of a later day than the file's."""

    registry: str
    trial_id: str
    known: str
    """That day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeding:
    """What taking in a file needs: its *day*, and whether it *alerts* those whom its changes concern."""

    store: Store
    day: date
    now: datetime
    alerts: bool = False


def feed(documents: Iterable[tuple[FedRegistry, Document]], feeding: Feeding) -> Iterator[Checked | Outdated]:
    """Take in a file's documents, one a trial, and say what came of each, those with changes last.

    Raise ConfigurationInvalid for a file of a day that is still to come.
    """
    if feeding.day > feeding.now.date() + SLACK:
        raise ConfigurationInvalid(
            f"its data are of {feeding.day}, a day that is still to come: set this machine's clock"
        )
    waiting: defaultdict[str, list[Document]] = defaultdict(list)
    by_key: dict[str, FedRegistry] = {}
    taken: defaultdict[str, int] = defaultdict(int)
    changed: list[Checked] = []
    for registry, document in documents:
        by_key[registry.key] = registry
        taken[registry.key] += 1
        waiting[registry.key].append(document)
        if len(waiting[registry.key]) >= _AT_ONCE:
            yield from _taken(registry, waiting.pop(registry.key), feeding, changed)
    for key, rest in waiting.items():
        yield from _taken(by_key[key], rest, feeding, changed)
    held: frozenset[str] = frozenset()
    for key, registry in by_key.items():
        _remember(key, feeding)
        if feeding.alerts:
            settling = Settling(registry=registry, store=feeding.store, window=timedelta(0))
            held |= settle(settling, now=feeding.now, covered=taken[key])
    yield from (one.settled(held) for one in changed)


def _taken(
    registry: FedRegistry, documents: list[Document], feeding: Feeding, changed: list[Checked]
) -> Iterator[Checked | Outdated]:
    """Take in a batch. What changed is kept for the end."""
    day = feeding.day.isoformat()
    with feeding.store.read() as tx:
        known = trials.known(tx, registry.key, [each.trial_id for each in documents])
    later = {each.trial_id: each.build for each in known.values() if each.build and each.build > day}
    intake = IntakeContext(
        registry=registry,
        store=feeding.store,
        version=RegistryVersion(day),
        now=feeding.now,
        probed={},
        tells_at_once=False,
        tells_nobody=not feeding.alerts,
    )
    yield from (Outdated(registry.key, trial_id, build) for trial_id, build in later.items())
    for one in take_in([each for each in documents if each.trial_id not in later], intake):
        if one.changes:
            changed.append(one)
        else:
            yield one


def _remember(key: str, feeding: Feeding) -> None:
    """Keep the day of the registry's latest file."""
    day = feeding.day.isoformat()
    with feeding.store.begin() as tx:
        lock_registry(tx, key)
        last = registries.version(tx, key)
        if last is None or last.stamp <= day:
            registries.remember(tx, key, RegistryVersion(day), feeding.now)
