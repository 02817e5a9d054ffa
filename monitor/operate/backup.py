"""Back a database up while others write to it, and restore it, proved before anything is replaced.

A backup is one SQLite file whichever the store, so it can be restored to either. It never holds the key that opens the
addresses and secrets in it (`monitor.vault`): a backup that is stolen tells none of them, and whoever loses the key
loses them. A draft becomes a backup, or the database, by being renamed: there is never half a one under that name.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from time import monotonic, sleep

from monitor.errors import MonitorError, StoreCorrupt, StoreError, StoreUnavailable
from monitor.files import make_file, make_folder
from monitor.storage import copying, endpoints, leases
from monitor.storage.copying import Contents, ReportProgress
from monitor.storage.holders import in_words, is_running
from monitor.storage.leases import Lease
from monitor.storage.store import Store
from monitor.vault import Vault

SUFFIX = ".sqlite3"
_LOOKS_EVERY = 0.5
_BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite may keep beside a database, and would take for a part of whatever has the database's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup, proved."""

    file: Path
    size: int
    """Bytes."""
    contents: Contents
    damaged: tuple[str, ...]
    """Snapshots that are not what was once kept, a line each: the backup has them as the database does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and where that lies now which was there before; None where there was nothing."""

    contents: Contents
    damaged: tuple[str, ...]
    aside: Path | None
    locked: str | None
    """Why nothing can be sent: the key does not open the addresses; None where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the person who restores agrees to: that something is *replaced*, and that the key is *lost*."""

    replaced: bool = False
    lost: bool = False


def back_up(url: str, file: Path, *, now: datetime, report_progress: ReportProgress) -> Backup:
    """Write everything in the database at *url* into *file*, or into a new file where that is a folder.

    Raise StoreUnavailable for a file that is there already or cannot be written, StoreCorrupt for a database whose
    copy SQLite finds damaged.
    """
    if file.is_dir():
        file = _unused(file, f"monitor-{now:%Y%m%dT%H%M%SZ}", SUFFIX)
    if file.exists():
        raise StoreUnavailable(f"{file} is there already: name another file, or a folder to have one named in it")
    with _draft(file, shown=file) as draft:
        copying.copy_out(url, draft, report_progress)
        copying.prove(draft)
        contents, damaged = _looked_through(draft, report_progress)
        size = draft.stat().st_size
        _put(draft, file)
    return Backup(file=file, size=size, contents=contents, damaged=damaged)


def restore(
    file: Path,
    url: str,
    *,
    vault: Vault,
    consent: Consent,
    now: datetime,
    report_progress: ReportProgress,
    silence: float = leases.TAKEN_AFTER,
) -> Restored:
    """Make the database at *url* what the backup *file* holds, in today's schema. *file* stays as it is.

    Everything is proved before anything is replaced. Raise StoreUnavailable where a service is at work in the database,
    which takes *silence* seconds to find out of one on another machine; where the database holds something or the key
    does not fit and there is no consent; StoreCorrupt where the backup is damaged.
    """
    target = copying.sqlite_file(url)
    _refuse_while_serving(url, target, silence)
    full = _holds_anything(url, target)
    if full and not consent.replaced:
        raise StoreUnavailable("the database holds something already: --force replaces it, and keeps it aside")
    with _draft(target or Path(tempfile.gettempdir()) / "restore", shown=file) as draft:
        copying.copy_pages(file, draft, report_progress)
        Store.as_it_is(f"sqlite:///{draft}").close()  # which refuses what is empty, and would otherwise become ours
        with closing(Store.open(f"sqlite:///{draft}")) as store, store.begin() as tx:  # which migrates it
            leases.clear(tx)  # who was active when it was backed up is not any more
        copying.prove(draft)
        contents, damaged = _looked_through(draft, report_progress)
        if damaged and not consent.replaced:
            raise StoreCorrupt(f"{damaged[0]} ({len(damaged):,} such snapshots; --force restores the others)")
        locked = _locked(draft, vault)
        if locked and not consent.lost:
            raise StoreUnavailable(f"{locked}; --without-key restores without them")
        _refuse_while_serving(url, target, silence)  # one may have begun meanwhile
        if target is None:
            aside = _aside(Path("snapshots") / f"monitor{SUFFIX}", now) if full else None
            if aside:
                back_up(url, aside, now=now, report_progress=report_progress)
            copying.copy_in(draft, url, report_progress)
        else:
            aside = _replace(target, draft, now=now, keeps=full)
    return Restored(contents=contents, damaged=damaged, aside=aside, locked=locked)


def _looked_through(file: Path, report_progress: ReportProgress) -> tuple[Contents, tuple[str, ...]]:
    with closing(Store.as_it_is(f"sqlite:///{file}")) as store, store.read() as tx:
        return copying.contents(tx), tuple(copying.damaged_snapshots(tx, report_progress))


def _locked(file: Path, vault: Vault) -> str | None:
    """Why the key does not open the addresses in a database; None where it does, or where there are none."""
    with closing(Store.as_it_is(f"sqlite:///{file}")) as store, store.read() as tx:
        try:
            closed = endpoints.locked(tx, vault)
        except MonitorError as error:
            return str(error)
    if not closed:
        return None
    return f"the key does not open {len(closed):,} of the addresses in it: put back the secret.key that was used then"


def _holds_anything(url: str, file: Path | None) -> bool:
    """Whether there is something to lose. What cannot be read is something too."""
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return False
    try:
        store = Store.as_it_is(url) if file is not None else Store.open(url)
        with closing(store), store.read() as tx:
            return copying.holds_anything(tx)
    except MonitorError:
        if file is None:
            raise
        return True


def _refuse_while_serving(url: str, file: Path | None, silence: float) -> None:
    """Raise StoreUnavailable where a service is active at the database: it would go on with what it knows."""
    lease = _lease(url, file)
    if lease and _is_held(lease, lambda: _lease(url, file), silence):
        raise StoreUnavailable(
            f"`monitor serve` is at work in the database ({in_words(lease.holder)}): stop it, and restore then"
        )


def _is_held(lease: Lease, look: Callable[[], Lease | None], silence: float) -> bool:
    """Whether its holder works: one that cannot be seen from here has to move the lease's number within *silence*."""
    until = monotonic() + silence
    while (running := is_running(lease.holder)) is None:
        if monotonic() >= until:
            return False
        sleep(_LOOKS_EVERY)
        if (now := look()) != lease:
            return now is not None
    return running


def _lease(url: str, file: Path | None) -> Lease | None:
    """The lease of the active service; None where there is none, or no database that can be read."""
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return None
    try:
        with closing(Store.as_it_is(url)) as store, store.read() as tx:
            return leases.get(tx, leases.SCHEDULER)
    except MonitorError:
        return None


def _aside(place: Path, now: datetime) -> Path:
    return _unused(place.parent, f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}", "")


def _unused(folder: Path, stem: str, suffix: str) -> Path:
    """A name in a folder that nothing has: two backups may well be of the same second."""
    numbers = chain([""], (f"-{number}" for number in count(2)))
    return next(file for number in numbers if not os.path.lexists(file := folder / f"{stem}{number}{suffix}"))


def _replace(target: Path, draft: Path, *, now: datetime, keeps: bool) -> Path | None:
    """Give *draft* the name of the database; give where that is now which had it, if it *keeps* that.

    Nobody else is in the database meanwhile, and who opened it before finds the new one (`monitor.storage.store`).
    """
    with _spoken_of(target):
        if not target.exists():
            _put(draft, target)
            return None
        with copying.exclusively(target):
            aside = _aside(target, now) if keeps else None
            if aside:
                for ending in _BESIDE:
                    with suppress(FileNotFoundError):
                        target.with_name(target.name + ending).rename(aside.with_name(aside.name + ending))
                aside.hardlink_to(target)
                aside.chmod(0o600)
            _put(draft, target)
        return aside


def _put(draft: Path, file: Path) -> None:
    """Rename *draft* once it is on the disk."""
    for path in (draft, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            if path == draft:
                draft.rename(file)
        finally:
            os.close(descriptor)


@contextmanager
def _draft(file: Path, *, shown: Path) -> Iterator[Path]:
    """A place for a file that becomes *file*, which its owner alone may read; gone afterwards, whatever happens.

    Who hears of trouble with it hears of *shown*.
    """
    with _spoken_of(file):
        make_folder(file.parent)
        folder = Path(tempfile.mkdtemp(dir=file.parent, prefix=f".{file.name}."))
    try:
        draft = folder / f"draft{SUFFIX}"
        make_file(draft)
        with _spoken_of(file):
            yield draft
    except StoreError as error:
        raise type(error)(str(error).replace(str(draft), str(shown))) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _spoken_of(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"{file} cannot be written: {error.strerror}") from error
