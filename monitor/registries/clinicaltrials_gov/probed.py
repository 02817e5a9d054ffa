"""What a probe asks for, and what it sees of each trial. Pure, and light: most passes over new data ask no more."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import AnswerUnreadable
from monitor.registries.clinicaltrials_gov.trees import at, text_at, written

if TYPE_CHECKING:
    from monitor.model import Json

PROBED_AT_ONCE = 400
TRIAL_ID = "protocolSection.identificationModule.nctId"
BUILD = "derivedSection.miscInfoModule.versionHolder"
"""The day of the data build: it tells which machine's data an answer comes from, and is no part of what moves."""
_MOVING = (
    TRIAL_ID,
    "protocolSection.identificationModule.nctIdAliases",
    "protocolSection.statusModule",
    "protocolSection.sponsorCollaboratorsModule",
    "protocolSection.designModule.enrollmentInfo",
    "protocolSection.designModule.phases",
    "hasResults",
    "annotationSection",
    "derivedSection.miscInfoModule.submissionTracking",
)
PROBED = (*_MOVING, BUILD)
"""What a probe asks for: over real transitions it moved in all that mattered, in a twentieth of the bytes."""


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
    trial_id = text_at(study, TRIAL_ID)
    if trial_id is None:
        return None
    shares = {path: share for path in _MOVING if (share := at(study, path)) is not None}
    try:
        moving = written(shares)
    except AnswerUnreadable:
        return None
    return Seen(trial_id, sha256(moving).digest(), build_of(study))


def build_of(study: "Json") -> str | None:
    """The day of the data build that a record or a share of one comes from; None where it does not say."""
    build = text_at(study, BUILD)
    return build if build and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", build) else None
