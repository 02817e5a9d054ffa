"""Pages and records of trials that people saved: read from files, and kept in their history as of a day in the past.

A record is JSON as a registry's API gives it. Such a file is a list of one trial, too, so only who gives a day means
the record; a former version is never a list.

Each stands before everything that was fetched, whenever it is imported: it is never newer than the first snapshot, is
compared with nothing when it comes, and nobody is alerted. The same document is kept once.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from monitor.errors import ConfigurationInvalid
from monitor.operate.transfer.lists.opening import STANDARD_INPUT, Source
from monitor.ports import PageReading, Registry, SavedPage
from monitor.storage import archived, snapshots
from monitor.storage.archived import ArchivedDocument
from monitor.storage.locks import lock_registry
from monitor.storage.store import Store
from monitor.text import one_line

LARGEST = 16 * 1024 * 1024
"""Bytes that are read of a file; each registry says for itself how large its pages are."""
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPage:
    """A page in the history of its trial; *is_new* unless it was there before, then with the day that it had."""

    page: SavedPage
    taken_on: date
    dated_by: str
    """What told the day, in words."""
    is_new: bool


def raw_of(file: Path) -> bytes:
    """The contents of a file; `-` is standard input. Raise ConfigurationInvalid where it cannot be read."""
    try:
        if str(file) == STANDARD_INPUT:
            return sys.stdin.buffer.read(LARGEST)
        if not file.is_file():
            raise ConfigurationInvalid(f"{file} is not a file: name a saved page, or - for standard input")
        with file.open("rb") as stream:
            return stream.read(LARGEST)
    except OSError as error:
        raise ConfigurationInvalid(f"{file} cannot be read: {error.strerror}") from error


def name_of(file: Path) -> str:
    """What a file is called where its page is shown."""
    return "standard input" if str(file) == STANDARD_INPUT else one_line(file.name)[:_LONGEST_NAME]


def page_of(raw: bytes, registry: Registry, *, name: str) -> SavedPage:
    """The page of a registry's site that a file is. Raise ConfigurationInvalid for any other, with the file's name."""
    if not isinstance(registry, PageReading):
        raise ConfigurationInvalid(f"{name}: no pages of {registry.key} are read: `monitor check` reads its records")
    try:
        return registry.read_page(raw)
    except ConfigurationInvalid as error:
        raise ConfigurationInvalid(f"{name}: {error}") from None


def reader_of(source: Source, registries: Sequence[Registry]) -> Registry | None:
    """The registry of whose site a file is a page; None for other files, which are lists of trials."""
    readers = [registry for registry in registries if isinstance(registry, PageReading)]
    if not readers or source.size > LARGEST or source.size == 0:
        return None
    raw = contents_of(source)
    return next((registry for registry in readers if registry.may_be_page(raw)), None)


def record_of(source: Source, registries: Sequence[Registry], *, has_day: bool) -> SavedPage | None:
    """The record that a file is; None for other files, and for one that may be meant as a list, without a day."""
    if source.size > LARGEST or source.size == 0:
        return None
    raw = contents_of(source)
    readers = (registry for registry in registries if isinstance(registry, PageReading))
    try:
        page = next((page for registry in readers if (page := registry.saved_record(raw))), None)
    except ConfigurationInvalid as error:
        if has_day:
            raise ConfigurationInvalid(f"{source.name}: {error}") from None
        return None
    return page if page and (has_day or page.version is not None) else None


def contents_of(source: Source) -> bytes:
    """All that a source holds."""
    source.stream.seek(0)
    raw = source.stream.read()
    source.stream.seek(0)
    return raw


def day_of(page: SavedPage) -> tuple[date, str]:
    """The day as of which a page counts, and what told it. Raise ConfigurationInvalid where nothing does."""
    if page.archived_on:
        return page.archived_on, "the day of the archive's copy"
    if page.posted_on:
        return page.posted_on, "its last update"
    raise ConfigurationInvalid("it does not say when it was last updated: give its day with --taken-on 2016-06-30")


def import_page(page: SavedPage, *, taken_on: date | None, name: str, store: Store, now: datetime) -> ImportedPage:
    """Keep a page as of a day. Raise ConfigurationInvalid for a day on which the page cannot have stood there."""
    day, dated_by = (taken_on, "--taken-on") if taken_on else day_of(page)
    document = page.document
    if page.posted_on and day < page.posted_on:
        raise ConfigurationInvalid(f"it was last updated on {page.posted_on}, so it cannot be of {day}")
    if day > now.date():
        raise ConfigurationInvalid(f"{day} is still to come: give the day on which the page was saved")
    with store.begin() as tx:
        lock_registry(tx, document.registry)
        fetched = snapshots.listing(tx, document.registry, document.trial_id)[:1]
        if fetched and day > fetched[0].taken_at.date():
            raise ConfigurationInvalid(
                f"it is of {day}, and {document.trial_id} was first read here on {fetched[0].taken_at:%Y-%m-%d}: what "
                "was read since is in `monitor history`, and only older pages are taken"
            )
        kept = ArchivedDocument(document, day, name, now, page.version)
        is_new = bool(archived.add(tx, [kept]))
        if not is_new:
            day = archived.known(tx, [document])[document.digest]
    return ImportedPage(page=page, taken_on=day, dated_by=dated_by, is_new=is_new)
