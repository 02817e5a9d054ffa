"""Write everything as plain JSON files.

Each batch of trials is one short transaction, so that nobody waits for an export, however long it takes.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from urllib.parse import quote, unquote

from msgspec.structs import replace
from sqlalchemy import Connection

from monitor.errors import StoreCorrupt, StoreUnavailable
from monitor.files import make_file, make_folder
from monitor.model import Event
from monitor.model.rhythm import IMMEDIATE
from monitor.operate.transfer.shapes import (
    ArchivedLine,
    EventShape,
    Manifest,
    NoticeLine,
    RhythmShape,
    SearchShape,
    Shape,
    SnapshotFile,
    SubscriptionLine,
    TrialFile,
    WatchLine,
    as_file,
    as_line,
)
from monitor.storage import (
    archived,
    endpoints,
    events,
    gathered,
    groups,
    links,
    notices,
    questions,
    siblings,
    snapshots,
    subscriptions,
    trials,
    watches,
)
from monitor.storage.snapshots import DamagedSnapshot
from monitor.storage.statements import chunks
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.storage.watches import Watch
from monitor.text import counted
from monitor.vault import Vault

MANIFEST = "export.json"
_BATCH = 50
"""Trials a transaction."""
_ALL = 2**31 - 1


@dataclass(slots=True)
class _Export:
    """An export in progress."""

    folder: Path
    store: Store
    counts: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    """What could not be read, a line each."""
    thinned: int = 0
    """Snapshots whose documents are not kept any more."""

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def leave_out(self, reason: str) -> None:
        self.count("damaged")
        self.damaged.append(reason)


def export(
    store: Store,
    folder: Path,
    *,
    secrets: Vault | None,
    now: datetime,
    report_progress: Callable[[int, int], None],
    complain: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Write everything to *folder*, which is new, empty, or an earlier export, which is updated.

    What is damaged in the database is left out, and *complain* is called for each. Addresses and signing secrets are
    written only if *secrets* can open them. Raise StoreUnavailable if the folder contains anything else, or cannot
    be written.
    """
    writing = _Export(folder, store)
    try:
        _begin(folder)
        _trials(writing, report_progress)
        _sweep(writing)
        with store.read() as tx:
            _lines(writing, "watches", map(_watch_in(tx), watches.listing(tx)))
            _lines(writing, "subscriptions", _subscriptions(writing, tx, secrets, now))
            told = reversed(notices.listing(tx, limit=_ALL))
            _lines(writing, "notices", map(NoticeLine.of, told))
            _lines(writing, "archived", _archived(writing, tx))
        manifest = replace(Manifest(), complete=True, **writing.counts)
        (folder / MANIFEST).write_bytes(as_file(manifest))
        for reason in writing.damaged:
            complain(reason)
        if writing.thinned:
            without = f"{counted(writing.thinned, 'snapshot')} without a document, as store.keep says"
            complain(f"{without}: left out, with what each changed")
    except OSError as error:
        raise StoreUnavailable(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    return manifest


def _begin(folder: Path) -> None:
    make_folder(folder)
    if any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise StoreUnavailable(f"{folder} holds something that is not an export: name a new or an empty folder")
    (folder / MANIFEST).write_bytes(as_file(Manifest()))


def _trials(writing: _Export, report_progress: Callable[[int, int], None]) -> None:
    with writing.store.read() as tx:
        total = trials.count(tx)
    done, last = 0, None
    while True:
        with writing.store.read() as tx:
            page = trials.page(tx, after=last, limit=_BATCH)
            for registry, rows in groupby(page, key=lambda trial: trial.registry):
                _write_trials(writing, tx, registry, list(rows))
        if not page:
            return
        last = page[-1].registry, page[-1].trial_id
        done += len(page)
        report_progress(done, max(done, total))


def _write_trials(writing: _Export, tx: Connection, registry: str, rows: list[Trial]) -> None:
    kept = {trial.trial_id: {"trial.json"} for trial in rows}
    damaged: dict[str, list[int]] = {}
    for trial_id in kept:
        make_folder(_place(writing.folder, registry, trial_id))
    for snapshot in snapshots.histories(tx, registry, list(kept)):
        if isinstance(snapshot, DamagedSnapshot):
            damaged.setdefault(snapshot.trial_id, []).append(snapshot.number)
            if snapshot.is_thinned:
                writing.thinned += 1
            else:
                writing.leave_out(snapshot.reason)
            continue
        trial_id, name = snapshot.document.trial_id, f"snapshot-{snapshot.number}.json"
        (_place(writing.folder, registry, trial_id) / name).write_bytes(as_file(SnapshotFile.of(snapshot)))
        kept[trial_id].add(name)
        writing.count("snapshots")
    for trial in rows:
        folder, lost = _place(writing.folder, registry, trial.trial_id), damaged.get(trial.trial_id, [])
        (folder / "trial.json").write_bytes(as_file(TrialFile.of(trial, lost)))
        if told := _events(writing, tx, trial, lost):
            (folder / "events.json").write_bytes(as_file([EventShape.of(event) for event in told]))
            kept[trial.trial_id].add("events.json")
        writing.count("events", len(told))
        for file in folder.iterdir():
            if file.name not in kept[trial.trial_id]:
                file.unlink()
    writing.count("trials", len(rows))


def _events(writing: _Export, tx: Connection, trial: Trial, lost: list[int]) -> list[Event]:
    """The events of a trial that can be read, and whose snapshots can."""
    unreadable: dict[int, StoreCorrupt] = {}
    told = events.of_trial(tx, trial.registry, trial.trial_id, damaged=unreadable)
    for error in unreadable.values():
        writing.leave_out(str(error))
    return [event for event in told if event.snapshot not in lost]


def folder_name(trial_id: str) -> str:
    """The name of a trial's folder: its id, and as in an address where that has a slash, as CTRI's have."""
    return quote(trial_id, safe="")


def _place(folder: Path, registry: str, trial_id: str) -> Path:
    """The folder of a trial. A name that could lead elsewhere is refused."""
    names = registry, folder_name(trial_id)
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._%-]*", name):
            raise StoreUnavailable(f"{name[:60]!r} cannot be the name of a folder: export cannot go on")
    return folder.joinpath("trials", *names)


def _sweep(writing: _Export) -> None:
    """Remove the trials of an earlier export that the database does not know."""
    for registry in sorted((writing.folder / "trials").glob("*")):
        for names in chunks(entry.name for entry in os.scandir(registry)):
            with writing.store.read() as tx:
                known = trials.known(tx, registry.name, map(unquote, names))
            for name in set(names) - set(map(folder_name, known)):
                shutil.rmtree(registry / name)


def _lines(writing: _Export, name: str, shapes: Iterable[Shape]) -> None:
    """Write a file that only its owner may read, as it may contain addresses."""
    file = writing.folder / f"{name}.jsonl"
    file.unlink(missing_ok=True)
    make_file(file)
    with file.open("wb") as stream:
        for shape in shapes:
            stream.write(as_line(shape))
            writing.count(name)


def _archived(writing: _Export, tx: Connection) -> Iterator[ArchivedLine]:
    """The pages that were imported; of one that is damaged, only that it is."""
    for each in archived.every(tx):
        if isinstance(each, str):
            writing.leave_out(each)
        else:
            yield ArchivedLine.of(each)


def _watch_in(tx: Connection) -> Callable[[Watch], WatchLine]:
    grouped = groups.names_by_watch(tx)

    def line(watch: Watch) -> WatchLine:
        looks_for = watch.looks_for
        joined = siblings.joined_of(tx, watch.id)
        return WatchLine(
            id=watch.id,
            origin=watch.origin,
            name=watch.name,
            created_at=watch.created_at,
            search=None
            if looks_for is None
            else SearchShape(
                registry=looks_for.registry,
                sponsor=looks_for.search.sponsor,
                role=looks_for.search.role,
                condition=looks_for.search.condition,
                expression=looks_for.search.expression,
            ),
            trials=[each for each in watches.trials_of(tx, watch.id) if each not in joined],
            siblings=watch.siblings,
            groups=grouped.get(watch.id, []),
        )

    return line


def _subscriptions(
    writing: _Export, tx: Connection, secrets: Vault | None, now: datetime
) -> Iterator[SubscriptionLine]:
    numbers = subscriptions.last_sequences(tx)
    listed = subscriptions.listing(tx)
    versions = links.versions(tx, [each.id for each in listed])
    asked = questions.known(tx, [each.id for each in listed])
    waiting = gathered.every_waiting(tx)
    for each in listed:
        endpoint = each.endpoint
        if secrets:
            try:
                endpoint = endpoints.get(tx, secrets, each.endpoint.id, at=now)
            except StoreCorrupt as error:
                writing.leave_out(f"the address of subscription {each.id}: {error}")
        yield SubscriptionLine(
            id=each.id,
            way=endpoint.channel,
            name=None if each.is_configured else each.name,
            address=endpoint.address or None,
            secret=endpoint.secrets[0] if endpoint.secrets else None,
            trials=sorted(each.trials),
            watch=each.watch_id,
            group=each.group.name if each.group else None,
            team=None if each.is_configured else each.team,
            everything=each.everything,
            topics=sorted(each.filters.topics),
            kinds=sorted(each.filters.kinds),
            without=sorted(each.filters.without),
            min_significance=str(each.filters.min_significance),
            min_percent=each.filters.min_percent,
            min_days=each.filters.min_days,
            rhythm=None if each.rhythm == IMMEDIATE else RhythmShape.of(each.rhythm),
            note=each.note,
            language=each.language,
            state=each.state,
            origin=each.origin,
            created_at=each.created_at,
            last_sequence=numbers[each.id],
            link_version=versions.get(each.id, 0),
            asked_at=asked[each.id].asked_at,
            answered_at=asked[each.id].answered_at,
            finished=finished.hex() if (finished := asked[each.id].finished) else None,
            waiting=waiting.get(each.id, []),
        )
