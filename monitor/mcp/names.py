"""What to say where a tool was asked for the trials of a name that none has."""

from sqlalchemy import Connection

from monitor.storage import terms
from monitor.storage.found import TrialFilter
from monitor.storage.trial_index import CONDITION, COUNTRY, SPONSOR

_NEXT = {SPONSOR: "; list_sponsors has those there are", CONDITION: "; list_conditions has those there are"}


def unknown_names(tx: Connection, wanted: TrialFilter) -> str:
    """A sentence for each name that no trial has, each behind a space; empty where all are known."""
    named = ((SPONSOR, wanted.sponsor), (CONDITION, wanted.condition), (COUNTRY, wanted.country))
    unknown = [kind for kind, key in named if key and terms.by_key(tx, kind, key) is None]
    return "".join(f" No trial has a {kind} of that name{_NEXT.get(kind, '')}." for kind in unknown)
