"""The file of all trials: gone through record by record, never held in memory, not believed where it is not whole.

It is a zip with one list of all records or a file a record, or such a list itself. What a zip says of itself is
believed only within bounds: how many files it has, how large they become, and by how much they grow.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import msgspec

from monitor.errors import AnswerUnreadable
from monitor.registries.drks.splitting import objects

MOST_FILES = 65_000
"""The registry has 38,000 trials; with more files than 65,534, a zip is of another form."""
MOST_UNPACKED = 4 * 1024**3
"""Bytes of all files in it."""
MOST_GROWTH = 200
"""Times that they may be larger than in the zip. JSON grows ten times, and a bomb a thousand times."""
GROWS_FREELY = 1024**2
"""Bytes up to which a file may grow by any factor: a small one says little."""
SAMPLE = 4 * 1024
_LARGEST_DIRECTORY = MOST_FILES * 128
_END_OF_DIRECTORY = b"PK\x05\x06"
_DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, OSError, ValueError)


class _Head(msgspec.Struct):
    """What every record is looked at for; the rest of it is only found to be proper JSON."""

    drks_id: Any = msgspec.field(default=None, name="drksId")
    last_update: Any = msgspec.field(default=None, name="lastUpdate")


_head = msgspec.json.Decoder(_Head).decode


@dataclass(slots=True)
class Contents:
    """What a file holds, as one look at all of it found."""

    digests: dict[str, bytes] = field(default_factory=dict)
    """Of each trial by its id, SHA-256 of the record as it came."""
    twice: set[str] = field(default_factory=set)
    """Trials of which there are two records that differ."""
    unreadable: int = 0
    """Records that are no proper JSON, or name no trial."""
    newest: str = ""
    """The last day on which one of them was updated."""

    @property
    def digest(self) -> str:
        """Of all of it, whatever the order of records; 16 characters."""
        every = sha256()
        for trial_id in sorted(self.digests):
            every.update(self.digests[trial_id])
        return every.hexdigest()[:16]


def contents(file: BinaryIO) -> Contents:
    """What a file holds. Raise AnswerUnreadable where it is none, is damaged, or holds no trial."""
    found = Contents()
    for trial_id, day, record in _heads(file):
        if not trial_id:
            found.unreadable += 1
            continue
        digest = sha256(record).digest()
        if found.digests.setdefault(trial_id, digest) != digest:
            found.twice.add(trial_id)
        if len(day) == len("2026-11-27") and day > found.newest:
            found.newest = day
    if not found.digests:
        raise AnswerUnreadable("it holds no trial", raw=beginning(file))
    return found


def records(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """The id and the bytes of each record. What names no trial is left out. Raises as `contents`."""
    return ((trial_id, record) for trial_id, _, record in _heads(file) if trial_id)


def beginning(file: BinaryIO) -> bytes:
    """The first bytes of a file, for people to see."""
    file.seek(0)
    return file.read(SAMPLE)


def _heads(file: BinaryIO) -> Iterator[tuple[str, str, bytes]]:
    for record in _objects(file):
        try:
            head = _head(record)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield "", "", record
        else:
            trial_id, day = head.drks_id, head.last_update
            yield trial_id if isinstance(trial_id, str) else "", day if isinstance(day, str) else "", record


def _objects(file: BinaryIO) -> Iterator[bytes]:
    """Every object in a file, or in the files of a zip."""
    start = beginning(file).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"PK"):
        yield from _in_zip(file)
    elif start[:1] in (b"[", b"{"):
        file.seek(0)
        yield from objects(file.read)
    else:
        what = "an HTML page" if start[:1] == b"<" else "neither a zip nor JSON" if start else "empty"
        raise AnswerUnreadable(f"it is {what}", raw=beginning(file))


def _in_zip(file: BinaryIO) -> Iterator[bytes]:
    _bound_directory(file)
    try:
        with ZipFile(file) as packed:
            infos = [info for info in packed.infolist() if info.filename.lower().endswith(".json")]
            _bound(infos)
            for info in infos:
                with packed.open(info) as one:
                    yield from objects(one.read)
    except _DAMAGED as error:
        raise AnswerUnreadable("it is a damaged zip, or one cut short", raw=beginning(file)) from error


def _bound_directory(file: BinaryIO) -> None:
    """Refuse a zip that lists too many files before the list is read."""
    size = file.seek(0, 2)
    file.seek(max(size - 66_000, 0))
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 22:
        raise AnswerUnreadable("it is a damaged zip, or one cut short", raw=beginning(file))
    files, directory = struct.unpack_from("<HI", tail, at + 10)
    if files > MOST_FILES or directory > _LARGEST_DIRECTORY:
        raise AnswerUnreadable("it is a zip of too many files to be believed", raw=beginning(file))


def _bound(infos: list[ZipInfo]) -> None:
    """Refuse a zip whose files would become too large, or are packed in a way that DRKS does not use."""
    size, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if size > MOST_UNPACKED or (size > GROWS_FREELY and size > packed * MOST_GROWTH):
        raise AnswerUnreadable(f"it is a zip of {packed:,} bytes that would become {size:,}")
    if any(info.flag_bits & 1 or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in infos):
        raise AnswerUnreadable("it is a zip that is encrypted, or packed in an unknown way")
