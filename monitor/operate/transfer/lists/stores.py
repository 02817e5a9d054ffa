"""changedetection.io's watches: its data folder, a file of it, or a backup of it.

Facts (from its source of 2026): since early 2026, settings are in `changedetection.json` and each watch in
`<uuid>/watch.json` beside it. Where that file is, the former `url-watches.json` is not read any more and stays as it
was on the day of the change. Copies named `changedetection-<version>.json` are of settings alone.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from monitor.errors import ConfigurationInvalid
from monitor.operate.transfer.lists.naming import shown as printable
from monitor.operate.transfer.lists.opening import LARGEST_TREE
from monitor.operate.transfer.lists.sorting import Sorter

PRESENT = "changedetection.json"
STALE = "url-watches.json"
WATCH = "watch.json"


class Files(Protocol):
    """A folder, on the disk or in an archive. Names are paths within it, with slashes."""

    def names(self) -> Sequence[str]:
        """The files that may be of a store, in their order."""

    def read(self, name: str) -> bytes:
        """What a file holds. Raise ConfigurationInvalid where it cannot be had, or is too large."""


class Folder:
    """A folder on the disk. Links are not followed, as they may lead anywhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Sequence[str]:
        """See `Files`."""
        found = [*self._folder.glob("*.json"), *self._folder.glob(f"*/{WATCH}")]
        return sorted(str(each.relative_to(self._folder)) for each in found if each.is_file() and not each.is_symlink())

    def read(self, name: str) -> bytes:
        """See `Files`."""
        file = self._folder / name
        try:
            with file.open("rb") as stream:
                content = stream.read(LARGEST_TREE + 1)
        except OSError as error:
            raise ConfigurationInvalid(f"{file} cannot be read: {error.strerror}") from error
        if len(content) > LARGEST_TREE:
            raise ConfigurationInvalid(f"{file} is larger than any list of watches")
        return content


def is_store(folder: Path) -> bool:
    """Whether a folder is, by its files, one of changedetection.io."""
    return any((folder / name).is_file() for name in (PRESENT, STALE)) or any(folder.glob(f"*/{WATCH}"))


def folder_of(file: Path) -> Path | None:
    """The store that a path means: a folder itself, or what its main file or its stale one lies in.

    None for any other file, and for a former store that has no present one beside it. ConfigurationInvalid for a
    folder of something else.
    """
    if file.is_dir():
        if not is_store(file):
            raise ConfigurationInvalid(
                f"{file} is neither the folder of an export nor one of changedetection.io: name a file in it"
            )
        return file
    is_main = file.name == PRESENT or (file.name == STALE and (file.parent / PRESENT).is_file())
    return file.parent if is_main and file.is_file() else None


def read(files: Files, sorter: Sorter, *, shown: str) -> None:
    """Take the watches of a store: those of the present form, and of the former one only where there is no other."""
    names = files.names()
    watches = [name for name in names if name.rpartition("/")[2] == WATCH]
    main = next((name for name in names if name.rpartition("/")[2] == PRESENT), None)
    stale = next((name for name in names if name.rpartition("/")[2] == STALE), None)
    if stale and (main or watches):
        _say_stale(sorter, f"{shown}/{stale}")
    paused = 0
    for name in watches or ([stale] if stale and not main else []):
        try:
            tree = json.loads(files.read(name))
        except (ValueError, RecursionError, ConfigurationInvalid):
            sorter.leave(shown, f"{name} in {shown} cannot be read as a watch")
            continue
        place = f"{shown}: {name}"
        known = tree.get("watching") if isinstance(tree, dict) and name == stale else {name.partition("/")[0]: tree}
        paused += read_watches(place, known if isinstance(known, dict) else {}, sorter, report_paused=False)
    _say_paused(sorter, shown, paused)
    if main and not watches:
        sorter.leave(shown, f"{shown} has no {WATCH}: name the folder that has one in a folder for each watch")


def read_watches(place: str, watches: Mapping[str, Any], sorter: Sorter, *, report_paused: bool = True) -> int:
    """Take watches by their keys; give how many of those with a trial are paused there."""
    paused = 0
    for key, watch in watches.items():
        url = watch.get("url") if isinstance(watch, dict) else None
        where = f"{place}: {printable(key)}" if key and key not in place else place
        if not isinstance(url, str) or not url.strip():
            sorter.leave(where, f"a watch without url ({printable(key) or place})")
            continue
        sorter.decided(where, url)
        paused += watch.get("paused") is True and bool(sorter.names.trials_in(url))
    if report_paused:
        _say_paused(sorter, place, paused)
    return paused


def _say_stale(sorter: Sorter, name: str) -> None:
    """Say that a former file is not read, and why."""
    sorter.set_aside(
        f"{name} is not read: it is what an earlier changedetection.io left, and its watches are in "
        f"{PRESENT} and */{WATCH} beside it now"
    )


def _say_paused(sorter: Sorter, place: str, paused: int) -> None:
    if paused:
        verb = "is" if paused == 1 else "are"
        sorter.set_aside(f"{place}: {paused:,} of them {verb} paused there, and watched here")
