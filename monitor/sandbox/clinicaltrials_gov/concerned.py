"""Which requests to ClinicalTrials.gov a misbehaviour concerns. Pure."""

import re
from collections.abc import Callable, Iterable

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.clinicaltrials_gov.api import ROOT
from monitor.sandbox.clinicaltrials_gov.essie import terms_in
from monitor.sandbox.clinicaltrials_gov.listing import canonical_id
from monitor.sandbox.exchange import Request
from monitor.sandbox.misbehaviour import Fault, Misbehaviour


def concerns(misbehaviour: Misbehaviour, request: Request) -> bool:
    """Whether a misbehaviour is meant for this request, and can alter the answer."""
    if not misbehaviour.is_meant_for(request, root=ROOT, trial_ids=asked_ids(request)):
        return False
    concerned = CONCERNED.get(misbehaviour.kind)
    return concerned is None or concerned(misbehaviour, request)


def _is_complicated(misbehaviour: Misbehaviour, request: Request) -> bool:
    asked = (text for name, text in request.query.items() if name.startswith("query.") or name == "filter.advanced")
    return any(terms_in(text) > misbehaviour.most for text in asked)


CONCERNED: dict[Fault, Callable[[Misbehaviour, Request], bool]] = {
    Fault.COMPLICATED: _is_complicated,
    Fault.LONG: lambda misbehaviour, request: len(request.target) > misbehaviour.most,
    Fault.FIELDS: lambda _, request: "fields" in request.query,
    Fault.LOCATION: lambda _, request: "/studies/" in request.path,
    Fault.COVERAGE: lambda _, request: "COVERAGE[FullMatch]" in request.query.get("filter.advanced", ""),
}
"""Which requests a kind can spoil at all, where it cannot spoil any."""


def asked_ids(request: Request) -> set[str]:
    """The canonical ids of the trials that a request names."""
    named = request.path.split("/")
    for name, text in request.query.items():
        if name.endswith("ids") or name.startswith("query."):
            named += re.split(r"[\s,|]+", text)
    return {trial_id for trial_id in map(canonical_id, named) if trial_id}


def read_ids(texts: Iterable[str]) -> frozenset[str]:
    """The trials that a misbehaviour is to concern. Raises ConfigurationInvalid for what cannot be a trial id."""
    found = set()
    for text in texts:
        trial_id = canonical_id(text)
        if trial_id is None:
            raise ConfigurationInvalid(f"{text!r} is not a trial id: write NCT and up to eight digits.")
        found.add(trial_id)
    return frozenset(found)
