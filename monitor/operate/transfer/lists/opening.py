"""Opens a list: refuses what cannot be one, and finds the encoding of its text.

Excel writes UTF-16 as "Unicode text" and the code page of Windows as "CSV"; the WHO's files are UTF-8 with bytes of
that code page in them. So what is not UTF-8 is read as cp1252, byte by byte: a trial id is the same in all of them.
"""

import codecs
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from unicodedata import category

from monitor.errors import ConfigurationInvalid

LARGEST = 512 * 1024 * 1024
"""Bytes of a list that is read line by line: several hundred for each of a million trials."""
LARGEST_TREE = 64 * 1024 * 1024
"""Bytes of one that has to be in memory as a whole."""
LONGEST_LINE = 16 * 1024 * 1024
STANDARD_INPUT = "-"

_BEGINNING = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_THINGS = (
    (b"%PDF", "is a PDF: save its list as text"),
    (b"\x1f\x8b", "is compressed: unpack it before"),
    (b"BZh", "is compressed: unpack it before"),
    (b"\xfd7zXZ", "is compressed: unpack it before"),
    (b"\x28\xb5\x2f\xfd", "is compressed: unpack it before"),
    (b"7z\xbc\xaf", "is compressed: unpack it before"),
    (b"\xd0\xcf\x11\xe0", "is an Office document of before 2007: save it as CSV"),
    (b"{\\rtf", "is a rich-text document: save it as plain text"),
    (b"SQLite format 3\0", "is a database: name a list, or bring a backup back with `monitor restore`"),
)
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")
FALLBACK = "cp1252-where-not-utf-8"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(FALLBACK, _as_cp1252)


@dataclass(frozen=True, slots=True)
class Source:
    """An open list. *name* is how messages call it, *suffix* its name's ending in lower case, *size* in bytes."""

    name: str
    suffix: str
    stream: IO[bytes]
    size: int
    head: bytes

    @property
    def beginning(self) -> str:
        """The first text in it."""
        return self.head.decode(encoding_of(self.head), "replace").lstrip("\ufeff").lstrip()

    @property
    def holds(self) -> str | None:
        """What it is instead of text, and what to do; None for text."""
        for mark, words in _OTHER_THINGS:
            if self.head.startswith(mark):
                return words
        text = self.head.decode(encoding_of(self.head), "replace")[:4096]
        odd = sum(category(each) in _NO_TEXT and not each.isspace() for each in text)
        return "is not text: name a list of trials" if odd > len(text) // 12 else None

    def lines(self) -> Iterator[str]:
        """The lines with their ends, of any kind. ConfigurationInvalid for one that no list has."""
        self.stream.seek(0)
        encoding = encoding_of(self.head)
        errors = FALLBACK if encoding.startswith("utf-8") else "replace"
        text = io.TextIOWrapper(self.stream, encoding, errors, newline="")
        try:
            number = 0
            while line := text.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise ConfigurationInvalid(f"{self.name}:{number}: no list has a line of more than 16 MB")
                yield line.replace("\0", " ") if "\0" in line else line
        finally:
            text.detach()  # or the stream is closed with it

    def pieces(self) -> Iterator[str]:
        """All of it, a part at a time."""
        self.stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding_of(self.head))("replace")
        while content := self.stream.read(_BEGINNING):
            yield decoder.decode(content)

    def text(self) -> str:
        """All of it. ConfigurationInvalid where that is too much to have at once."""
        if self.size > LARGEST_TREE:
            raise ConfigurationInvalid(
                f"{self.name} has more than {LARGEST_TREE // 2**20} MB: split it, or save the list as CSV or text"
            )
        self.stream.seek(0)
        encoding = encoding_of(self.head)
        return self.stream.read().decode(encoding, FALLBACK if encoding.startswith("utf-8") else "replace")


@contextmanager
def opened(file: Path) -> Iterator[Source]:
    """Open a list. Raise ConfigurationInvalid if it cannot be read, is not a plain file, or is too large."""
    if str(file) == STANDARD_INPUT:
        with tempfile.SpooledTemporaryFile(max_size=LONGEST_LINE) as kept:
            while piece := sys.stdin.buffer.read(1024 * 1024):
                kept.write(piece)
                _refuse_larger("standard input", kept.tell(), LARGEST)
            yield source_of(kept, name="standard input")
        return
    try:
        if not file.is_file():
            raise ConfigurationInvalid(
                f"{file} is not a file: name a list of trials, the folder of an export, or - for standard input"
            )
        with file.open("rb") as stream:
            yield source_of(stream, name=str(file), suffix=file.suffix.lower())
    except OSError as error:
        raise ConfigurationInvalid(f"{file} cannot be read: {error.strerror}") from error


def source_of(stream: IO[bytes], *, name: str, suffix: str = "") -> Source:
    """A list in a stream that can be read again."""
    size = stream.seek(0, io.SEEK_END)
    _refuse_larger(name, size, LARGEST)
    stream.seek(0)
    head = stream.read(_BEGINNING)
    stream.seek(0)
    return Source(name, suffix, stream, size, head)


def encoding_of(head: bytes) -> str:
    """The encoding of a text that begins so. Without a mark, zeros in every other byte tell UTF-16."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[:4096]
    zeros = [sample[start::2].count(0) for start in (0, 1)]
    half = max(len(sample) // 2, 1)
    if zeros[1] > half * 0.6 and zeros[0] < half * 0.2:
        return "utf-16-le"
    if zeros[0] > half * 0.6 and zeros[1] < half * 0.2:
        return "utf-16-be"
    return "utf-8"


def _refuse_larger(name: str, size: int, largest: int) -> None:
    if size > largest:
        raise ConfigurationInvalid(f"{name} has more than {largest // 2**20} MB, which no list of trials has")
