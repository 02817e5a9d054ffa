"""Zip archives: a backup of changedetection.io, the registry's download of one file a study, or lists put together.

Nothing is ever unpacked to the disk, so names in an archive cannot lead anywhere; and no more is read than lists have,
whatever sizes an archive claims.
"""

import io
import zipfile
from collections.abc import Callable, Sequence

from monitor.errors import ConfigurationInvalid
from monitor.operate.transfer.lists import stores
from monitor.operate.transfer.lists.opening import LARGEST, LARGEST_TREE, Source, source_of
from monitor.operate.transfer.lists.sorting import Sorter

_MARK = b"PK\x03\x04"
_MOST = 1_000_000
"""Files of an archive."""
_LISTS = (
    ".csv",
    ".tsv",
    ".txt",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xml",
    ".opml",
    ".yaml",
    ".yml",
    ".ris",
    ".md",
    ".html",
)
_DOCUMENTS = (
    ("xl/", "is an Excel workbook: save it as CSV"),
    ("word/", "is a Word document: save it as plain text"),
    ("ppt/", "is a presentation: save its list as text"),
    ("content.xml", "is an OpenDocument file: save it as CSV"),
    ("Index/", "is a Numbers document: export it as CSV"),
)


class Archive:
    """The files of a zip archive. It is `stores.Files`."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._left = LARGEST

    def names(self) -> Sequence[str]:
        """See `stores.Files`."""
        names = [each.filename for each in self._archive.infolist()[:_MOST] if not each.is_dir()]
        return sorted(name for name in names if not name.startswith("__MACOSX/"))

    def read(self, name: str, largest: int = LARGEST_TREE) -> bytes:
        """See `stores.Files`. All that is read of one archive is counted."""
        largest = min(largest, self._left)
        try:
            with self._archive.open(name) as stream:
                content = stream.read(largest + 1)
        except (RuntimeError, NotImplementedError):
            raise ConfigurationInvalid(
                f"{self._name}: {name[:80]!r} is encrypted or packed in a way that is not known here: pack it again"
            ) from None
        except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
            raise ConfigurationInvalid(f"{self._name}: {name[:80]!r} is damaged: pack it again") from error
        if len(content) > largest:
            raise ConfigurationInvalid(f"{self._name}: {name[:80]!r} has more than any list of trials has")
        self._left -= len(content)
        return content


def is_archive(source: Source) -> bool:
    """Whether it is a zip archive, by its contents."""
    return source.head.startswith(_MARK)


def read(source: Source, sorter: Sorter, *, read_one: Callable[[Source, Sorter], None]) -> None:
    """Read the trials of the store or the lists in an archive. ConfigurationInvalid if it has none."""
    try:
        with zipfile.ZipFile(source.stream) as archive:
            _read(Archive(archive, source.name), source.name, sorter, read_one)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise ConfigurationInvalid(f"{source.name} is a damaged archive: pack it again") from None


def _read(files: Archive, shown: str, sorter: Sorter, read_one: Callable[[Source, Sorter], None]) -> None:
    names = files.names()
    for beginning, words in _DOCUMENTS:
        if any(name.startswith(beginning) for name in names):
            raise ConfigurationInvalid(f"{shown} {words}")
    if any(name.rpartition("/")[2] in (stores.PRESENT, stores.STALE, stores.WATCH) for name in names):
        stores.read(files, sorter, shown=shown)
        return
    lists = [name for name in names if name.lower().endswith(_LISTS)]
    for name in lists:
        inner = io.BytesIO(files.read(name))
        read_one(source_of(inner, name=f"{shown}: {name}", suffix="." + name.lower().rpartition(".")[2]), sorter)
    if not lists:
        raise ConfigurationInvalid(f"{shown} is an archive without a list in it: name the list itself")
