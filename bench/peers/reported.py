"""What urlwatch and its fork webchanges have in common: a list of jobs, and a report in which each has a verb. Pure."""

import re
from collections.abc import Sequence

from bench.peers.program import Look, Place
from bench.process import Ran

JOB = "url: {address}\n{more}filter:\n  - format-json\n"
_HEAD = re.compile(r"^-{3,}\n(CHANGED|ERROR|NEW)\b[^\n]*?/studies/(NCT\d{8})", re.MULTILINE)


def jobs(place: Place, *, more: str = "") -> str:
    """A job for each trial; *more* are further lines of each."""
    return "---\n".join(JOB.format(address=place.address_of(each), more=more) for each in place.trial_ids)


def look_of(ran: Ran) -> Look:
    """What the report says, which is printed at the end or not at all."""
    found: Sequence[tuple[str, str]] = _HEAD.findall(ran.output)
    told = [trial_id for verb, trial_id in found if verb == "CHANGED"]
    return Look(ran, told, failed=sum(verb == "ERROR" for verb, _ in found))
