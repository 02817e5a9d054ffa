"""What a document holds that the registry was not known to have: statuses, phases and members of the record. Pure."""

from collections.abc import Iterator, Sequence

import orjson

from monitor.model import Json
from monitor.ports import Oddity
from monitor.registries.ctis import codes
from monitor.registries.ctis.trees import at, leaves, object_at, objects_at
from monitor.registries.oddities import told

_APPLICATION = "authorizedApplication"
_MEMBERS = {
    "": "ctNumber ctPublicStatus ctPublicStatusCode startDateEU endDateEU endDate publishDate lastUpdated trialPhase "
    "trialRegion trialRegionCode totalNumberEnrolled resultsFirstReceived authorizedApplication events results "
    "documents correctiveMeasures formerForm",
    _APPLICATION: "applicationInfo authorizedPartI authorizedPartsII eudraCt memberStatesConcerned trialGlobalEnd",
    "events": "temporaryHaltList trialEvents unexpectedEvents seriousBreaches urgentSafetyMeasures",
}
"""Known members of the objects that hold all others."""


def unknown(content: bytes) -> Sequence[Oddity]:
    """What is unknown in the content of a LISTED document."""
    tree = orjson.loads(content)
    return told((*_members(tree), *_statuses(tree), *_phases(tree)))


def _members(tree: Json) -> Iterator[Oddity]:
    for path, names in _MEMBERS.items():
        known = set(names.split())
        for name in object_at(tree, path) if path else tree:
            if name not in known:
                yield Oddity(f"{path}.{name}" if path else name)


def _statuses(tree: Json) -> Iterator[Oddity]:
    states = objects_at(tree, f"{_APPLICATION}.memberStatesConcerned")
    given = [("ctPublicStatusCode", tree.get("ctPublicStatusCode"))]
    given += [(f"{_APPLICATION}.memberStatesConcerned.mscPublicStatusCode", each) for each in _of(states)]
    for path, value in given:
        code = codes.code_in(value)
        if code is None or not codes.is_known_status(code):
            yield Oddity(path, str(value))


def _of(states: Json) -> list[Json]:
    return list(leaves(states, "mscPublicStatusCode"))


def _phases(tree: Json) -> Iterator[Oddity]:
    path = f"{_APPLICATION}.authorizedPartI.trialDetails.trialInformation.trialCategory.trialPhase"
    value = at(tree, path)
    if value is not None and codes.phases(value) is None:
        yield Oddity(path, str(value))
