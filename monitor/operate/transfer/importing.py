"""Read an export into a database, which need not be empty. Nobody is alerted, and nothing is duplicated.

A trial is one commit, and is imported whole or not at all: if the database has a different snapshot of the same number,
the two histories differ, and are not mixed. Whatever was not imported is reported, one line each.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

from msgspec import DecodeError
from msgspec.json import decode
from sqlalchemy import Connection

from monitor.alerts.catching_up import tell
from monitor.alerts.subscribe import SubscribeContext, checked_endpoint
from monitor.errors import ConfigurationInvalid, MonitorError
from monitor.model import Snapshot, Subscription
from monitor.model.rhythm import IMMEDIATE
from monitor.operate.transfer.exporting import MANIFEST, folder_name
from monitor.operate.transfer.shapes import (
    ArchivedLine,
    EventShape,
    Manifest,
    NoticeLine,
    Shape,
    SnapshotFile,
    SubscriptionLine,
    TrialFile,
    WatchLine,
)
from monitor.ports import Registry
from monitor.storage import (
    archived,
    endpoints,
    events,
    gathered,
    groups,
    links,
    notices,
    questions,
    rhythms,
    snapshots,
    subscriptions,
    trials,
    unindexed,
    watches,
)
from monitor.storage.bodies import LARGEST
from monitor.storage.locks import lock_registry
from monitor.storage.questions import Question
from monitor.storage.statements import chunks
from monitor.text import counted

P = TypeVar("P")
S = TypeVar("S", bound=Shape)

_LARGEST_FILE = 2 * LARGEST
"""Bytes of a file, or of a line: indented, the largest document that is ever kept has fewer."""
_AT_ONCE = 20
"""Snapshots in memory."""


@dataclass(slots=True)
class Imported:
    """The result of an import. *left* is what could not be imported, *aside* what never is; one line each."""

    trials: int = 0
    snapshots: int = 0
    events: int = 0
    watches: int = 0
    subscriptions: int = 0
    notices: int = 0
    archived: int = 0
    left: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def read_export(
    folder: Path,
    registries: Mapping[str, Registry],
    context: SubscribeContext,
    report_progress: Callable[[int, int], None],
) -> Imported:
    """Import everything in an export that is not yet in the database.

    Raise ConfigurationInvalid for a folder that is not a complete export.
    """
    manifest = _parsed(folder / MANIFEST, Manifest)
    if not manifest.complete:
        raise ConfigurationInvalid(f"{folder} was not written to its end: export once more")
    done = Imported()
    for number, place in enumerate(_trial_folders(folder), start=1):
        try:
            _take_trial(place, registries, context, done)
        except (MonitorError, ValueError) as error:
            done.left.append(_one_line(place, error))
        report_progress(number, max(number, manifest.trials))
    numbers = _take_watches(folder, registries, context, done)
    _take_subscriptions(folder, numbers, context, done)
    _take_notices(folder, context, done)
    _take_archived(folder, registries, context, done)
    return done


def _trial_folders(folder: Path) -> Iterator[Path]:
    """The folders of the trials, in order. A link may lead anywhere, so none is followed."""
    if (folder / "trials").is_symlink():
        return
    for registry in _folders(folder / "trials"):
        yield from _folders(registry)


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))


def _take_trial(place: Path, registries: Mapping[str, Registry], context: SubscribeContext, done: Imported) -> None:
    """Add what the database lacks of one trial. ValueError or MonitorError where its files cannot be believed."""
    file = _parsed(place / "trial.json", TrialFile)
    registry, trial_id = _named(file, place, registries)
    last = file.snapshot or 0
    with context.store.begin() as tx:
        lock_registry(tx, registry)
        there = snapshots.digests(tx, registry, trial_id)
        added = 0
        for batch in chunks(_snapshots(place, file, last, there), _AT_ONCE):
            added += len(snapshots.add(tx, batch))
        told = [each.event(registry, trial_id) for each in _events(place, last) if each.snapshot not in file.damaged]
        kept = events.add(tx, told)
        known = trials.known(tx, registry, [trial_id]).get(trial_id)
        if known is None or last > (known.snapshot or 0):
            trials.record(tx, [file.trial])
            done.trials += 1
        unindexed.note(tx, [(registry, trial_id)] if added else [])
    done.snapshots += added
    done.events += len(kept)


def _named(file: TrialFile, place: Path, registries: Mapping[str, Registry]) -> tuple[str, str]:
    """The trial that a file is about, which is also the one that its folders name."""
    registry = registries.get(file.registry)
    if (file.registry, folder_name(file.trial_id)) != (place.parent.name, place.name):
        raise ValueError("trial.json is about another trial than its folder")
    if registry is None or registry.identify(file.trial_id) != file.trial_id:
        raise ValueError("this is not a trial of a registry known here")
    return file.registry, file.trial_id


def _snapshots(place: Path, file: TrialFile, last: int, there: Mapping[int, bytes]) -> Iterator[Snapshot]:
    """Those that the database lacks. ValueError where one is missing, or another than the one that it has."""
    for number in range(1, last + 1):
        if number in file.damaged:
            continue
        kept = _parsed(place / f"snapshot-{number}.json", SnapshotFile)
        if (kept.registry, kept.trial_id, kept.number) != (file.registry, file.trial_id, number):
            raise ValueError(f"snapshot-{number}.json is of something else")
        if number not in there:
            yield kept.snapshot
        elif there[number].hex() != kept.sha256:
            raise ValueError(f"the database has another snapshot {number} of it, so its history there is left as it is")


def _events(place: Path, last: int) -> list[EventShape]:
    file = place / "events.json"
    if not file.exists() and not file.is_symlink():
        return []
    told = _parsed(file, list[EventShape])
    if any(event.snapshot > last for event in told):
        raise ValueError("events.json has an event of a snapshot that is not there")
    return told


def _take_watches(
    folder: Path, registries: Mapping[str, Registry], context: SubscribeContext, done: Imported
) -> dict[int, int]:
    """Make the watches, and give their numbers by those that they had."""
    numbers: dict[int, int] = {}
    for place, line in _lines(folder / "watches.jsonl", WatchLine, done):
        if line.origin == "config":
            done.aside.append(f"{place}: watch {line.name!r} belongs to a config.toml: put it into yours")
            continue
        try:
            numbers[line.id] = _take_watch(line, registries, context)
            _take_groups(line, numbers[line.id], context)
            done.watches += 1
        except (MonitorError, ValueError) as error:
            done.left.append(_one_line(place, error))
    return numbers


def _take_watch(line: WatchLine, registries: Mapping[str, Registry], context: SubscribeContext) -> int:
    by_registry: dict[str, list[str]] = {}
    for registry, trial_id in line.trials:
        if registry not in registries or registries[registry].identify(trial_id) != trial_id:
            raise ValueError(f"{trial_id[:40]!r} is not a trial of a registry known here")
        by_registry.setdefault(registry, []).append(trial_id)
    with context.store.begin() as tx:
        if search := line.search:
            if search.registry not in registries:
                raise ValueError(f"{search.registry[:40]!r} is not a registry known here")
            watch, _ = watches.add_search(
                tx, registry=search.registry, search=search.search, origin="command", name=line.name, at=line.created_at
            )
            return watch.id
        found = 0
        for registry, trial_ids in (by_registry or {next(iter(registries)): []}).items():
            watch, _ = watches.add(
                tx,
                registry=registry,
                trial_ids=trial_ids,
                origin="command",
                name=line.name,
                at=line.created_at,
                with_siblings=line.siblings,
            )
            found = watch.id
        return found


def _take_groups(line: WatchLine, watch_id: int, context: SubscribeContext) -> None:
    with context.store.begin() as tx:
        for name in line.groups:
            groups.put(tx, name, [watch_id], origin="command", at=line.created_at)


def _take_subscriptions(folder: Path, numbers: Mapping[int, int], context: SubscribeContext, done: Imported) -> None:
    for place, line in _lines(folder / "subscriptions.jsonl", SubscriptionLine, done):
        if line.origin in ("config", "operator"):
            done.aside.append(
                f"{place}: subscription {line.id} belongs to a config.toml: put it into yours{_untold(line)}"
            )
        elif line.address is None:
            done.aside.append(
                f"{place}: subscription {line.id} has no address: export with --with-secrets to have it{_untold(line)}"
            )
        else:
            try:
                done.subscriptions += _take_subscription(line, numbers, context, done.left)
            except (MonitorError, ValueError) as error:
                done.left.append(_one_line(place, error))


def _untold(line: SubscriptionLine) -> str:
    """What is lost with a subscription that is not taken."""
    verb = "is" if len(line.waiting) == 1 else "are"
    return f"; {counted(len(line.waiting), 'event')} of its next digest {verb} not told" if line.waiting else ""


def _take_subscription(
    line: SubscriptionLine, numbers: Mapping[int, int], context: SubscribeContext, left: list[str]
) -> bool:
    """Make a subscription, with the id that it had; give whether it is new."""
    if line.watch is not None and line.watch not in numbers:
        raise ValueError(f"subscription {line.id} is to watch {line.watch}, which was not taken")
    address, shown = checked_endpoint(line.way, line.address or "", context)
    with context.store.begin() as tx:
        if subscriptions.known(tx, [line.id]):
            return False
        endpoint, _ = endpoints.put(
            tx, context.vault, channel=line.way, address=address, shown=shown, at=line.created_at, secret=line.secret
        )
        made = Subscription(
            id=line.id,
            endpoint=endpoint,
            trials=frozenset(line.trials),
            watch_id=None if line.watch is None else numbers[line.watch],
            group=None if line.group is None else groups.find(tx, line.group),
            team=None if line.team and subscriptions.named(tx, line.team) else line.team,
            everything=line.everything,
            filters=line.filters,
            rhythm=line.rhythm.rhythm if line.rhythm else IMMEDIATE,
            note=line.note,
            language=line.language,
            name=None if line.name and subscriptions.called(tx, line.name) else line.name,
            state=line.state,
            origin=line.origin,
            created_at=line.created_at,
        )
        subscriptions.add(tx, made)
        subscriptions.number_on(tx, line.id, line.last_sequence)
        if lost := _take_waiting(tx, line, made, context.clock()):
            is_or_are = "is" if lost == 1 else "are"
            left.append(f"subscription {line.id}: {counted(lost, 'event')} of its next digest {is_or_are} not here")
        if line.link_version:
            links.renew(tx, line.id, line.link_version)
        finished = bytes.fromhex(line.finished) if line.finished else None
        questions.restore(tx, Question(line.id, line.asked_at, line.answered_at, finished))
    return True


def _take_waiting(tx: Connection, line: SubscriptionLine, made: Subscription, now: datetime) -> int:
    """Have what waited for the next digest wait for it here; give how many of these events are not here."""
    here = events.existing(tx, line.waiting)
    if here and made.rhythm == IMMEDIATE:
        tell(tx, made, sorted(here), "catch-up", since=made.created_at, now=now)
    elif here:
        gathered.add(tx, ((line.id, event_id) for event_id in here))
        rhythms.change(tx, line.id, made.rhythm, at=now)
    return len(set(line.waiting) - here)


def _take_notices(folder: Path, context: SubscribeContext, done: Imported) -> None:
    for batch in chunks(_lines(folder / "notices.jsonl", NoticeLine, done)):
        with context.store.begin() as tx:
            done.notices += notices.keep(tx, [line.notice for _, line in batch])


def _take_archived(folder: Path, registries: Mapping[str, Registry], context: SubscribeContext, done: Imported) -> None:
    """Take those pages that stand before what is fetched here, and that their registry proves to be pages."""
    for place, line in _lines(folder / "archived.jsonl", ArchivedLine, done):
        try:
            page = line.archived
            registry = registries.get(line.registry)
            if registry is None or registry.identify(line.trial_id) != line.trial_id:
                raise ValueError("this is not a trial of a registry known here")
            registry.prove(line.trial_id, page.document.content)
            with context.store.begin() as tx:
                first = snapshots.listing(tx, line.registry, line.trial_id)[:1]
                if first and line.taken_on > first[0].taken_at.date():
                    raise ValueError(f"it is newer than the first snapshot of {line.trial_id}")
                done.archived += archived.add(tx, [page])
        except (MonitorError, ValueError) as error:
            done.left.append(_one_line(place, error))


def _lines(file: Path, shape: type[S], done: Imported) -> Iterator[tuple[str, S]]:
    """The lines of a file that have the shape, each with its place; the others are left, and said."""
    if not file.exists():
        return
    with _opened(file) as stream:
        number = 0
        while line := stream.readline(_LARGEST_FILE):
            number += 1
            place = f"{file}:{number}"
            try:
                yield place, _decoded(line, shape)
            except ValueError as error:
                done.left.append(_one_line(place, error))


def _parsed(file: Path, shape: type[P]) -> P:
    """What a file holds. ConfigurationInvalid where it cannot be read, or has not the shape."""
    with _opened(file) as stream:
        if os.fstat(stream.fileno()).st_size > _LARGEST_FILE:
            raise ConfigurationInvalid(f"{file} is larger than any file of an export")
        try:
            return _decoded(stream.read(), shape)
        except ValueError as error:
            raise ConfigurationInvalid(_one_line(file, error)) from None


def _decoded(raw: bytes, shape: type[P]) -> P:
    """What JSON holds. ValueError where it has not the shape."""
    try:
        return decode(raw, type=shape)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _opened(file: Path) -> IO[bytes]:
    """Open a file, and no link, device or pipe."""
    try:
        if file.is_symlink() or not file.is_file():
            raise ConfigurationInvalid(f"{file} is missing, or is not a plain file: this export is not complete")
        return file.open("rb")
    except OSError as error:
        raise ConfigurationInvalid(f"{file} cannot be read: {error.strerror}") from error


def _one_line(place: object, error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, DecodeError):  # which may name a key of any length
        return f"{place}: {text}"[:300]
    return text if text.startswith(str(place)) else f"{place}: {text}"
