"""Back up a database while others write to it, and restore it, verified before anything is replaced.

A backup is one SQLite file whichever the store, so it can be restored to either. It never holds the key that opens the
addresses and secrets in it (`monitor.vault`): a stolen backup reveals none of them, and if the key is lost, so are
they. A draft becomes a backup, or the database, by being renamed, so there is never an incomplete one of that name.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from monitor.errors import MonitorError, StoreCorrupt, StoreError, StoreUnavailable
from monitor.files import make_file, make_folder
from monitor.operate.in_use import refuse_while_serving
from monitor.storage import copying, endpoints, leases, sessions
from monitor.storage.copying import Contents, ReportProgress
from monitor.storage.store import Store
from monitor.vault import Vault

SUFFIX = ".sqlite3"
_BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite may keep beside a database, and would take for a part of whatever has the database's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A verified backup."""

    file: Path
    size: int
    """Bytes."""
    contents: Contents
    damaged: tuple[str, ...]
    """Snapshots that are not what was once kept, a line each: the backup has them as the database does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and where the former database is now; None if there was none."""

    contents: Contents
    damaged: tuple[str, ...]
    aside: Path | None
    locked: str | None
    """Why nothing can be sent: the key does not open the addresses; None where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the operator agrees to: that a database is *replaced*, and that the key is *lost*."""

    replaced: bool = False
    lost: bool = False


def back_up(url: str, file: Path, *, now: datetime, report_progress: ReportProgress) -> Backup:
    """Write everything in the database at *url* to *file*, or to a new file in it if that is a folder.

    Raise StoreUnavailable if the file exists already or cannot be written, StoreCorrupt if SQLite finds the copy
    damaged.
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

    Everything is verified before anything is replaced. Raise StoreUnavailable if a service is using the database (which
    takes *silence* seconds to find out about another machine), or if the database is not empty or the key does not fit
    and there is no consent. Raise StoreCorrupt if the backup is damaged.
    """
    target = copying.sqlite_file(url)
    refuse_while_serving(url, what="restore", silence=silence)
    full = _holds_anything(url, target)
    if full and not consent.replaced:
        raise StoreUnavailable("the database holds something already: --force replaces it, and keeps it aside")
    with _draft(target or Path(tempfile.gettempdir()) / "restore", shown=file) as draft:
        copying.copy_pages(file, draft, report_progress)
        Store.as_it_is(f"sqlite:///{draft}").close()  # which refuses what is empty, and would otherwise become ours
        with closing(Store.open(f"sqlite:///{draft}")) as store, store.begin() as tx:  # which migrates it
            leases.clear(tx)  # who was active when it was backed up is not any more
            sessions.clear(tx)  # what was signed out of since then would be open again
        copying.prove(draft)
        contents, damaged = _looked_through(draft, report_progress)
        if damaged and not consent.replaced:
            raise StoreCorrupt(f"{damaged[0]} ({len(damaged):,} such snapshots; --force restores the others)")
        locked = _locked(draft, vault)
        if locked and not consent.lost:
            raise StoreUnavailable(f"{locked}; --without-key restores without them")
        refuse_while_serving(url, what="restore", silence=silence)  # one may have begun meanwhile
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
    """Why the key does not open the addresses in a database; None if it does, or if there are none."""
    with closing(Store.as_it_is(f"sqlite:///{file}")) as store, store.read() as tx:
        try:
            closed = endpoints.locked(tx, vault)
        except MonitorError as error:
            return str(error)
    if not closed:
        return None
    return f"the key does not open {len(closed):,} of the addresses in it: put back the secret.key that was used then"


def _holds_anything(url: str, file: Path | None) -> bool:
    """Whether there is something to lose; a database that cannot be read counts."""
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return False
    try:
        if file is None:
            Store.open(url).close()  # which makes the tables
        with closing(Store.as_it_is(url)) as store, store.read() as tx:
            return copying.holds_anything(tx)
    except MonitorError:
        if file is None:
            raise
        return True


def _aside(place: Path, now: datetime) -> Path:
    return _unused(place.parent, f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}", "")


def _unused(folder: Path, stem: str, suffix: str) -> Path:
    """An unused name in a folder: two backups may be made in the same second."""
    numbers = chain([""], (f"-{number}" for number in count(2)))
    return next(file for number in numbers if not os.path.lexists(file := folder / f"{stem}{number}{suffix}"))


def _replace(target: Path, draft: Path, *, now: datetime, keeps: bool) -> Path | None:
    """Give *draft* the name of the database; return where the former one is now, if it *keeps* that.

    Nobody else uses the database meanwhile, and processes that had it open find the new one (`monitor.storage.store`).
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
    """Rename *draft* after it was written to the disk."""
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
    """A temporary file that becomes *file*, readable only by its owner, and removed in any case.

    Errors about it name *shown*.
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
