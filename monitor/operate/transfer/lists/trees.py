"""JSON: the registry's studies, watch lists of other programs, this program's own lines, and lists of anyone's making.

An object is a row, its keys are the headings (`headings`). What names no trial by any of its keys is searched for
objects and lists within.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from monitor.errors import ConfigurationInvalid
from monitor.operate.transfer.lists import stores
from monitor.operate.transfer.lists.headings import ADDRESS, BY_NAME, rank_of
from monitor.operate.transfer.lists.naming import shown
from monitor.operate.transfer.lists.opening import LARGEST_TREE, Source
from monitor.operate.transfer.lists.sorting import Sorter, chosen_by_rank

_BEGINS = re.compile(r'\{\s*["}]|\[\s*(?:[{\[\]"]|$)')
_BETWEEN = re.compile(r"[\s,]*")
_LIST = re.compile(r'\ufeff?\s*(?:\[|\{[^\[\]{}]*?"studies"\s*:\s*\[)')


def looks_like_it(beginning: str) -> bool:
    """Whether a text may be JSON; a link in Markdown begins with a bracket, too."""
    return bool(_BEGINS.match(beginning))


def read(source: Source, sorter: Sorter) -> None:
    """Take the trials of one document, or of one on each line. Raise ConfigurationInvalid for what is no JSON."""
    if source.size > LARGEST_TREE:
        for number, study in enumerate(_elements(source), start=1):
            _take(f"{source.name}, entry {number}", study, sorter)
        return
    text = source.text().lstrip("\ufeff")
    try:
        _take(source.name, json.loads(text), sorter)
    except RecursionError:
        raise ConfigurationInvalid(f"{source.name}: this is not JSON that can be read: nested too deeply") from None
    except ValueError as error:
        if not _took_lines(source, text, sorter):
            where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise ConfigurationInvalid(
                f"{source.name}: this is not JSON that can be read{where}: correct it, or save the list as text"
            ) from None
    if sorter.is_empty:
        sorter.leave(source.name, f"{source.name} holds no list of trials that is known here")


def _elements(source: Source) -> Iterator[Any]:
    """The elements of a list, or of the `studies` of a page, one at a time: a download may have gigabytes.

    A part is read again until the element is whole, and each time twice as much, so that it takes time in proportion.
    """
    decoder, pieces = json.JSONDecoder(), source.pieces()
    held, wanted = next(pieces, ""), 1
    if not (begins := _LIST.match(held)):
        raise ConfigurationInvalid(f"{source.name} is too large for JSON that is not a list: save the list as text")
    at = begins.end()
    while True:
        at = _BETWEEN.match(held, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if held.startswith("]", at):
            return
        try:
            element, at = decoder.raw_decode(held, at)
        except (ValueError, RecursionError):
            more = "".join(islice(pieces, wanted))
            if not more:
                raise ConfigurationInvalid(f"{source.name}: this is not JSON to its end: save it once more") from None
            held, at, wanted = held[at:] + more, 0, wanted * 2
            continue
        yield element
        wanted = 1


def _took_lines(source: Source, text: str, sorter: Sorter) -> bool:
    """Take the trials of a document on each line; give whether the first is one."""
    is_any = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            tree = json.loads(line)
        except (ValueError, RecursionError):
            if not is_any:
                return False
            sorter.leave(f"{source.name}:{number}", f"line {number} is not JSON that can be read")
            continue
        is_any = True
        _take(f"{source.name}:{number}", tree, sorter)
    return is_any


def _take(place: str, tree: Any, sorter: Sorter) -> None:
    """Take the trials of a tree, from the top down."""
    match tree:
        case {"protocolSection": section}:
            _take_study(place, section, sorter)
        case {"watching": dict() as watching}:
            stores.read_watches(place, watching, sorter)
        case {"settings": {"application": _}}:
            sorter.leave(place, f"{place} has the settings of changedetection.io and no watches: name its folder")
        case {"url": str(), "uuid": _}:
            stores.read_watches(place, {"": tree}, sorter)
        case dict():
            _take_object(place, tree, sorter)
        case list():
            for number, each in enumerate(tree, start=1):
                _take(f"{place}, entry {number}" if "entry" not in place else f"{place}.{number}", each, sorter)
        case str():
            sorter.weighed(place, [tree])


def _take_study(place: str, section: Any, sorter: Sorter) -> None:
    """Take a study of the registry's API, whose record names other trials in many places."""
    identification = section.get("identificationModule") if isinstance(section, dict) else None
    trial_id = identification.get("nctId") if isinstance(identification, dict) else None
    if isinstance(trial_id, str):
        sorter.decided(place, trial_id)
    else:
        sorter.leave(place, f"the study at {place} has no nctId")


def _take_object(place: str, tree: dict[str, Any], sorter: Sorter) -> None:
    ranked = [
        (rank, text) for key, value in tree.items() if (rank := rank_of(key)) is not None for text in _texts(value)
    ]
    best = chosen_by_rank(ranked, sorter.names)
    nested = [value for value in tree.values() if isinstance(value, dict | list)]
    if best is None and not nested:
        _leave(place, tree, ranked, sorter)
        return
    for rank, text in ranked:
        if rank == best:
            sorter.decided(place, text)
    for key, value in tree.items():
        if best is None and isinstance(value, dict | list):
            _take(f"{place}, {shown(key)}", value, sorter)
        elif best is not None and rank_of(key) != best:
            for text in _texts(value):
                sorter.mentioned(place, text, where=f"“{key}”")


def _leave(place: str, tree: dict[str, Any], ranked: list[tuple[int, str]], sorter: Sorter) -> None:
    """Say what an object holds in the place of a trial's id or address, or weigh whatever it says."""
    said = [text for rank, text in ranked if rank in (BY_NAME, ADDRESS, 0)]
    if said:
        sorter.decided(place, said[0])
    elif texts := [text for value in tree.values() for text in _texts(value)]:
        sorter.weighed(place, texts)


def _texts(value: Any) -> Iterator[str]:
    """A text, or the texts of a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))
