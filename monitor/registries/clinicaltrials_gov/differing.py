"""What two documents of one trial say, read only where they differ. Pure.

A document consists of sections, the first of them of modules, and most changes lie in one or two of twenty modules. A
module with the same bytes in both documents says the same, so it is not even parsed: both records are without it. Where
the module of contacts and locations differs, neither are most of the sites that both have.

The rule to keep: whatever is told of a change in one module may depend on that module, and on ALWAYS_READ; on no other.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
import orjson

from monitor.model import Document, Record
from monitor.registries.clinicaltrials_gov.differing_sites import read_differing_sites
from monitor.registries.clinicaltrials_gov.record import parse, record_of
from monitor.registries.taking import Node

ALWAYS_READ = frozenset({"statusModule", "hasResults", "annotationSection", "derivedSection"})
"""Sections and modules that tell when in the life of a trial a change happened, whatever changed."""

_PROTOCOL = "protocolSection"
_SITES = "contactsLocationsModule"
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_Members = dict[str, msgspec.Raw]


def parse_differing(before: Document, after: Document) -> tuple[Record, Record]:
    """What two LISTED documents of one trial say, without the modules that are the same in both and not ALWAYS_READ.

    The differences of these records are those of the documents.
    """
    trees = differing_trees(before.content, after.content)
    if trees is None:
        return parse(before), parse(after)
    records = record_of(before, trees[0]), record_of(after, trees[1])
    if (_PROTOCOL in records[0].rest) is not (_PROTOCOL in records[1].rest):
        # Whether all that is left is new depends on what is left of the modules that were not read.
        return parse(before), parse(after)
    return records


def differing_trees(before: bytes, after: bytes) -> tuple[Node, Node] | None:
    """Two studies as trees, without the modules that are passed over.

    None where their sections are something else than objects: no document of today is like that.
    """
    try:
        sections = _members(before), _members(after)
        modules = tuple(_members(each.get(_PROTOCOL, b"{}")) for each in sections)
    except msgspec.DecodeError:
        return None
    differing = _differing(*sections) - {_PROTOCOL}
    old, new = (
        {**_read(all_sections, differing), _PROTOCOL: read}
        for all_sections, read in zip(sections, _read_modules(*modules), strict=True)
    )
    return old, new


def sections_in(study: bytes) -> frozenset[str]:
    """The names of a study's sections."""
    return frozenset(_members(study))


def _read_modules(before: _Members, after: _Members) -> tuple[Node, Node]:
    differing = _differing(before, after)
    old: Node = {}
    new: Node = {}
    if _SITES in differing and _SITES in before and _SITES in after:
        old[_SITES], new[_SITES] = read_differing_sites(before[_SITES], after[_SITES])
    return _read(before, differing, old), _read(after, differing, new)


def _differing(before: _Members, after: _Members) -> frozenset[str]:
    """The names of what is to be read of both."""
    return ALWAYS_READ.union(name for name in before | after if before.get(name) != after.get(name))


def _read(members: _Members, names: frozenset[str], known: Mapping[str, Node] = MappingProxyType({})) -> Node:
    """The members of these names in the order in which they stand, those that are *known* as they are."""
    return {
        name: known[name] if name in known else orjson.loads(memoryview(raw))
        for name, raw in members.items()
        if name in names
    }
