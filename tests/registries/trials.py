"""Invented trials, as ClinicalTrials.gov would serve them."""

import json
from pathlib import Path
from typing import Any

import orjson

from tests.studies import edited

GOLDEN = Path(__file__).parent / "golden"
_FULL = (GOLDEN / "clinicaltrials_gov.json").read_bytes()
FULL: dict[str, Any] = orjson.loads(_FULL)
"""A trial with nearly everything that a record can have."""

WITHHELD: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT05550307", "briefTitle": "[Withheld: device under review]"},
        "statusModule": {"overallStatus": "WITHHELD", "statusVerifiedDate": "2026-04"},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "[Redacted]"}},
    },
    "hasResults": False,
}
"""A trial of a device that is not approved yet: the registry shows hardly anything."""


def trial(trial_id: str, **changes: Any) -> dict[str, Any]:
    """The full trial under another id, with changes as `tests.studies.edited` takes them."""
    study: dict[str, Any] = orjson.loads(_FULL)
    study["protocolSection"]["identificationModule"]["nctId"] = trial_id
    study["protocolSection"]["identificationModule"].pop("nctIdAliases")
    edited(**changes)(study)
    return study


def page(*studies: Any, **more: Any) -> bytes:
    """A page of studies, each on a line of its own."""
    lines = ",\n".join(json.dumps(study, separators=(",", ":")) for study in studies)
    rest = "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in more.items())
    return f'{{"studies":[ {lines} ]{rest}}}'.encode()
