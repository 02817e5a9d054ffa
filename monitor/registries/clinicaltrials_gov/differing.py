"""What two documents of one trial say, read only where they differ. Pure.

A document consists of sections, the first of them of modules, and most changes lie in one or two of twenty modules. A
module with the same bytes in both documents says the same, so it is not even parsed: both records are without it.

The rule to keep: whatever is told of a change in one module may depend on that module, and on ALWAYS_READ; on no other.
"""

import msgspec
import orjson

from monitor.model import Document, Record
from monitor.registries.clinicaltrials_gov.record import parse, record_of

ALWAYS_READ = frozenset({"statusModule", "hasResults", "annotationSection", "derivedSection"})
"""Sections and modules that tell when in the life of a trial a change happened, whatever changed."""

_PROTOCOL = "protocolSection"
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_Members = dict[str, msgspec.Raw]


def parse_differing(before: Document, after: Document) -> tuple[Record, Record]:
    """What two LISTED documents of one trial say, without the modules that are the same in both and not ALWAYS_READ.

    The differences of these records are those of the documents.
    """
    try:
        sections = _members(before.content), _members(after.content)
        modules = tuple(_members(each.get(_PROTOCOL, b"{}")) for each in sections)
    except msgspec.DecodeError:  # no document of today: its sections are something else than objects
        return parse(before), parse(after)
    differing = _differing(*sections) - {_PROTOCOL}, _differing(*modules)
    old, new = (
        {**_read(all_sections, differing[0]), _PROTOCOL: _read(all_modules, differing[1])}
        for all_sections, all_modules in zip(sections, modules, strict=True)
    )
    return record_of(before, old), record_of(after, new)


def _differing(before: _Members, after: _Members) -> frozenset[str]:
    """The names of what is to be read of both."""
    return ALWAYS_READ.union(name for name in before | after if before.get(name) != after.get(name))


def _read(members: _Members, names: frozenset[str]) -> dict[str, object]:
    return {name: orjson.loads(memoryview(raw)) for name, raw in members.items() if name in names}
