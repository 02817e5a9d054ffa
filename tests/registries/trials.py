"""Invented trials, as ClinicalTrials.gov would serve them."""

import json
from pathlib import Path
from typing import Any

import orjson

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

DELETED = object()


def trial(trial_id: str, **changes: Any) -> dict[str, Any]:
    """The full trial under another id; `statusModule__overallStatus="COMPLETED"` changes what lies there.

    Paths begin in the protocol section; `top__hasResults` is beside it. DELETED removes.
    """
    study: dict[str, Any] = orjson.loads(_FULL)
    study["protocolSection"]["identificationModule"]["nctId"] = trial_id
    study["protocolSection"]["identificationModule"].pop("nctIdAliases")
    for path, value in changes.items():
        *parents, name = path.split("__")
        node = study if parents[:1] == ["top"] else study["protocolSection"]
        for parent in parents[1:] if parents[:1] == ["top"] else parents:
            node = node[parent]
        if value is DELETED:
            del node[name]
        else:
            node[name] = value
    return study


def page(*studies: Any, **more: Any) -> bytes:
    """A page of studies, each on a line of its own."""
    lines = ",\n".join(json.dumps(study, separators=(",", ":")) for study in studies)
    rest = "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in more.items())
    return f'{{"studies":[ {lines} ]{rest}}}'.encode()
