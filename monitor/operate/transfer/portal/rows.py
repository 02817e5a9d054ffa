"""The rows of an export, a trial each, by the folded names of their columns: XML and CSV alike.

XML is cut into trials by its tags alone: no entity is expanded but those of HTML, and a document type is refused. What
is not UTF-8 is read as Windows-1252, byte by byte. All is bounded: a trial, a name, a file.
"""

import codecs
import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from monitor.errors import ConfigurationInvalid
from monitor.operate.transfer.lists.opening import FALLBACK, Source, encoding_of
from monitor.operate.transfer.lists.tables import heading_of, rows_of

ROOT = "Trials_downloaded_from_ICTRP"
_PIECE = 256 * 1024
LONGEST_TRIAL = 4 * 1024 * 1024
"""Characters of one trial; those of real ones are some ten thousand."""
_TITLES = {"publictitle", "scientifictitle"}
_OF_AN_EXPORT = {"sourceregister", "recruitmentstatus", "lastrefreshedon", "exportdate"}
_DECLARES = re.compile(r"<!\s*(?:doctype|entity)", re.IGNORECASE)
_TAG = re.compile(r"<([^<>]*)>")
_TRIAL_ENDS = re.compile(r"</\s*Trial\s*>", re.IGNORECASE)
_TRIAL_BEGINS = re.compile(r"<\s*Trial\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: *place* is where it stands, *cells* are by folded names. *fault* is why it cannot be read; else empty."""

    place: str
    cells: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    done: int = 0
    """How much of the file is read with it: bytes, or about."""


def folded(name: str) -> str:
    """A column's name, whatever its case, its blanks and its underscores."""
    return re.sub(r"[\W_]+", "", name[:200]).lower()


def reader_of(source: Source) -> Callable[[], Iterator[Row]] | None:
    """What reads the rows of a file from its beginning, again and again; None for one that is no export.

    Raise ConfigurationInvalid for XML that declares a document type, by which entities could be defined.
    """
    if ROOT.lower() in source.beginning[:4096].lower():
        if _DECLARES.search(source.beginning):
            raise ConfigurationInvalid(
                f"{source.name} declares a document type, as no export of the portal does: download it once more"
            )
        return lambda: _of_xml(source)
    if source.beginning.startswith(("<", "{", "[")) or not (heading := heading_of(source)):
        return None
    names = [folded(name) for name in heading.names]
    if "trialid" not in names or not _TITLES.intersection(names) or not _OF_AN_EXPORT.intersection(names):
        return None
    return lambda: _of_table(source, heading.delimiter, heading.row, names)


def _of_table(source: Source, delimiter: str, heading: int, names: list[str]) -> Iterator[Row]:
    read = 0
    for count, row in enumerate(rows_of(source.lines(), delimiter)):
        read += sum(map(len, row.cells)) + len(row.cells)
        if count <= heading or not any(cell.strip() for cell in row.cells):
            continue
        place = f"{source.name}:{row.line}"
        cells = row.cells
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if row.is_open:
            yield Row(place, fault="a quotation mark there is not closed, and what follows it was not read: close it")
        elif len(cells) != len(names):
            words = f"it has {len(cells)} cells where the heading has {len(names)}"
            yield Row(place, fault=f"{words}: a separator or line break in a cell without quotation marks, maybe")
        else:
            yield Row(place, _first_of_each(zip(names, cells, strict=True)), done=read)


def _first_of_each(cells: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The cells by name; of several columns of one name the first that says anything."""
    found: dict[str, str] = {}
    for name, text in cells:
        if name and not found.get(name, "").strip():
            found[name] = text
    return found


def _of_xml(source: Source) -> Iterator[Row]:
    for number, (text, done) in enumerate(_trials(source), start=1):
        place = f"{source.name}, trial {number:,}"
        cells = _first_of_each(_elements(text))
        yield Row(place, cells, done=done) if cells else Row(place, fault="nothing stands in it")


def _trials(source: Source) -> Iterator[tuple[str, int]]:
    """The text of each trial, and how many bytes are read with it."""
    source.stream.seek(0)
    encoding = encoding_of(source.head)
    decoder = codecs.getincrementaldecoder(encoding)(FALLBACK if encoding.startswith("utf-8") else "replace")
    text, done = "", 0
    while piece := source.stream.read(_PIECE):
        done += len(piece)
        text += decoder.decode(piece)
        *ended, text = _TRIAL_ENDS.split(text)
        for each in ended:
            yield _TRIAL_BEGINS.split(each)[-1], done
        if len(text) > LONGEST_TRIAL:
            raise ConfigurationInvalid(f"{source.name}: no trial has more than {LONGEST_TRIAL // 2**20} MB: is it cut?")
    if _TRIAL_BEGINS.search(text):
        raise ConfigurationInvalid(f"{source.name} ends within a trial: download it once more")


def _elements(text: str) -> Iterator[tuple[str, str]]:
    """The elements right below the trial, by their folded names; what stands in them is text, tags included."""
    text = text.replace("<![CDATA[", "").replace("]]>", "").replace("\0", " ")
    name, end = "", 0
    kept: list[str] = []
    for tag in _TAG.finditer(text):
        said, before = tag[1].strip(), text[end : tag.start()]
        end = tag.end()
        if not name:
            if said and said[0] not in "/!?":
                opened = folded(said.split()[0].rstrip("/"))
                if said.endswith("/"):
                    yield opened, ""
                else:
                    name, kept = opened, []
            continue
        kept.append(before)
        if said.startswith("/") and folded(said[1:]) == name:
            yield name, html.unescape("".join(kept))
            name = ""
        else:
            kept.append(tag[0])
