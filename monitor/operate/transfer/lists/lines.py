"""Plain text, a line at a time: ids, addresses, notes, tables without a heading, and RIS.

Blank lines say nothing, nor does what follows a `#`, nor a first line without a trial and without a digit, which is a
heading. RIS is the form that literature programs exchange: records of lines such as `AN  - NCT02116634`.
"""

import csv
import re
from collections.abc import Sequence

from monitor.operate.transfer.lists.opening import Source
from monitor.operate.transfer.lists.sorting import Sorter, chosen_by_rank
from monitor.operate.transfer.lists.tables import DELIMITERS, separator_in

_COMMENT = re.compile(r"(?:^|\s)#.*")
_RIS = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)")
_RIS_RANKS = {"AN": 0, "ID": 0, "UR": 1, "L1": 1, "L2": 1, "LK": 1}


def read(source: Source, sorter: Sorter) -> None:
    """Take every whole id and every address of a trial's page, in each line."""
    if _RIS.match(source.beginning) and source.beginning.startswith("TY"):
        _read_ris(source, sorter)
        return
    delimiter, is_first = None, True
    for number, line in enumerate(source.lines(), start=1):
        text = line.strip("\ufeff \t\r\n\f\v")
        if number == 1 and (stated := separator_in([text])):
            delimiter = stated
        elif not text.isspace() and any(map(str.isalnum, text)):
            _read_line(f"{source.name}:{number}", text, sorter, delimiter=delimiter, is_first=is_first)
            is_first = False


def _read_line(place: str, text: str, sorter: Sorter, *, delimiter: str | None, is_first: bool) -> None:
    if "#" in text:
        text = _without_comment(place, text, sorter)
    if not text:
        return
    cells = _cells(text, delimiter or max(DELIMITERS, key=text.count))
    if not (is_first and _is_heading(text, cells, sorter)):
        sorter.weighed(place, cells)


def _without_comment(place: str, text: str, sorter: Sorter) -> str:
    """What stands before a comment, whose trials are noted. Behind a text that names no trial, `#` begins none."""
    said = _COMMENT.sub("", text)
    if said.strip() and not sorter.names.trials_in(said):
        return text
    sorter.mentioned(place, text[len(said) :], where="a comment")
    return said


def _is_heading(text: str, cells: Sequence[str], sorter: Sorter) -> bool:
    named = [sorter.names.of(cell) for cell in cells]
    return not any(each.trials or each.others for each in named) and (len(cells) > 1 or not any(map(str.isdigit, text)))


def _cells(text: str, delimiter: str) -> list[str]:
    if delimiter not in text:
        return [text]
    try:
        return next(csv.reader([text], delimiter=delimiter), [text])
    except csv.Error:
        return [text]


def _read_ris(source: Source, sorter: Sorter) -> None:
    """A record at a time: from its accession number, else from its addresses, else from whatever mentions a trial."""
    record: list[tuple[int, str]] = []
    begins = 1
    for number, line in enumerate(source.lines(), start=1):
        found = _RIS.match(line.strip("\ufeff\r\n"))
        if found and found[1] != "ER":
            record.append((_RIS_RANKS.get(found[1], 2), found[2]))
        elif found:
            _take_record(f"{source.name}:{begins}", record, sorter)
            record, begins = [], number + 1
    if record:
        _take_record(f"{source.name}:{begins}", record, sorter)


def _take_record(place: str, record: Sequence[tuple[int, str]], sorter: Sorter) -> None:
    best = chosen_by_rank(record, sorter.names)
    if best is None:
        sorter.leave(place, f"the record that begins in {place} names no trial")
    for rank, text in record:
        if rank == best:
            for trial in [text] if best < 2 or sorter.names.trials_in(text) else []:
                sorter.decided(place, trial)
        else:
            sorter.mentioned(place, text)
