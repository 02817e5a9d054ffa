"""Private folders and files, and the text of files that others wrote.

Folders and files are made so that their owner alone may use them, whatever the umask. What is there already stays as it
is. The rule: everything that this program makes of its own accord is made here, or with mode 600 where it is made.
Which trials somebody watches is nobody else's business, and in a database are addresses.
"""

import codecs
import os
from pathlib import Path

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Windows editors put one before UTF-8; its PowerShell writes UTF-16 when told to write to a file."""


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing. Raise OSError where that cannot be done."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)  # which says so where it is a file


def make_file(file: Path) -> None:
    """Make an empty file. Raise OSError where that cannot be done."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def identity(file: str) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None where there is none."""
    try:
        found = os.stat(file)  # noqa: PTH116 - at every transaction: a Path costs more than the call
    except OSError:
        return None
    return found.st_dev, found.st_ino


def decoded(raw: bytes) -> str:
    """The text. Raise UnicodeDecodeError where it is neither UTF-8 nor marked as UTF-16."""
    return raw.decode(next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "utf-8"))


def one_value(raw: bytes) -> str:
    """The one value that a file holds: all of its text, but for the ends of lines behind it.

    Raise UnicodeDecodeError as `decoded`, ValueError where there is none.
    """
    value = decoded(raw).rstrip("\r\n")
    if not value.strip():
        raise ValueError("it is empty")
    return value
