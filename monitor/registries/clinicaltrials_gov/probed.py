"""What a probe asks for, and what it sees of each trial. Pure, and light: most passes over new data ask no more."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import AnswerUnreadable
from monitor.registries.clinicaltrials_gov.trees import at, written

if TYPE_CHECKING:
    from monitor.model import Json

PROBED_AT_ONCE = 400
FETCHED_AT_ONCE = 100
"""Full records on a page."""
TRIAL_ID = "protocolSection.identificationModule.nctId"
BUILD = "derivedSection.miscInfoModule.versionHolder"
"""The day of the data build: it tells which machine's data an answer comes from, and is no part of what moves."""
PROBED = (
    TRIAL_ID,
    "protocolSection.identificationModule.nctIdAliases",
    "protocolSection.statusModule",
    "protocolSection.sponsorCollaboratorsModule",
    "protocolSection.designModule.enrollmentInfo",
    "protocolSection.designModule.phases",
    "hasResults",
    "annotationSection",
    "derivedSection.miscInfoModule.submissionTracking",
    BUILD,
)
"""What a probe asks for: over real transitions it moved in all that mattered, in a twentieth of the bytes."""
_OBJECTS = {
    above: [(path.rpartition(".")[2], path) for path in PROBED if path.rpartition(".")[0] == above]
    for above in dict.fromkeys(path.rpartition(".")[0] for path in PROBED)
}
"""By the path of an object, the names in it that are asked for, with their paths: each object is walked to once."""
_BUILD_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Seen(NamedTuple):
    """A trial as a probe saw it: see `monitor.ports.ProbeResult`."""

    trial_id: str
    digest: bytes
    build: str | None


def batch_address(base_url: str, trial_ids: Sequence[str], fields: Sequence[str]) -> str:
    """Where the records of these trials are, on one page; of each record only *fields*, if any are given."""
    wanted = f"&fields={','.join(fields)}" if fields else ""
    # Commas stay as they are: in percent code a batch would be a sixth longer.
    return f"{base_url}/studies?filter.ids={','.join(trial_ids)}{wanted}&pageSize={len(trial_ids)}"


def seen_in(study: "Json") -> Seen | None:
    """What tells that a record moved, of a full record or of a probe's share of it; None where it names no trial."""
    shares = _shares_of(study)
    trial_id, build = shares.get(TRIAL_ID), _day(shares.pop(BUILD, None))
    if not isinstance(trial_id, str):
        return None
    try:
        moving = written(shares)
    except AnswerUnreadable:
        return None
    return Seen(trial_id, sha256(moving).digest(), build)


def _shares_of(study: "Json") -> "dict[str, Json]":
    """By its path, each value that a probe asks for and that is there."""
    shares = {}
    for above, names in _OBJECTS.items():
        found = at(study, above) if above else study
        if isinstance(found, dict):
            for name, path in names:
                if (value := found.get(name)) is not None:
                    shares[path] = value
    return shares


def build_of(study: "Json") -> str | None:
    """The day of the data build that a record or a share of one comes from; None where it does not say."""
    return _day(at(study, BUILD))


def _day(build: "Json") -> str | None:
    return build if isinstance(build, str) and _BUILD_DAY.fullmatch(build) else None
