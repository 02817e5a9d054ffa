"""Invented trials, as ISRCTN would serve them, and a server that does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.loopback import Loopback, Request, http

NAMESPACE = 'xmlns="http://www.67bricks.com/isrctn"'
HIP, KNEE, WRIST = "ISRCTN55500201", "ISRCTN55500202", "ISRCTN55500203"

Tree = dict[str, Any]


def trial(trial_id: str = HIP, **changes: Any) -> Tree:
    """A trial that recruits from May 2024 to October 2026 and ends in June 2027.

    *changes* are by section and name, joined by two underscores: `participants__gender="Male"`.
    """
    made: Tree = {
        "@lastUpdated": "2026-10-01T09:00:00.000000001Z",
        "@version": "1",
        "isrctn": trial_id.removeprefix("ISRCTN"),
        "trialDescription": {
            "title": f"Walking after surgery, {trial_id[-3:]}",
            "scientificTitle": "A trial of walking",
            "primaryOutcome": "1. Pain\n2. Walking speed",
            "plainEnglishSummary": "Who can take part?\nAnybody.",
        },
        "externalRefs": {"clinicalTrialsGovNumber": "Nil known"},
        "trialDesign": {"primaryStudyDesign": "Interventional", "overallEndDate": "2027-06-30T00:00:00.000Z"},
        "participants": {
            "recruitmentCountries": {"country": ["United Kingdom"]},
            "participantTypes": {"participantType": "Patient"},
            "inclusion": "Aged 65 or over",
            "gender": "All",
            "targetEnrolment": "400",
            "totalFinalEnrolment": "0",
            "recruitmentStart": "2024-05-01T00:00:00.000Z",
            "recruitmentEnd": "2026-10-31T00:00:00.000Z",
        },
        "conditions": {"condition": {"description": "Hip fracture"}},
        "interventions": {"intervention": {"interventionType": "Behavioural", "phase": "Not Applicable"}},
        "results": {"publicationStage": "Protocol"},
        "parties": {"sponsorId": "Sponsor1"},
        "miscellaneous": {"ipdSharingPlan": "No"},
    }
    for name, value in changes.items():
        section, _, member = name.partition("__")
        if member:
            made[section] = {**made.get(section, {}), member: value}
        else:
            made[section] = value
    return made


SPONSOR = '<sponsor id="Sponsor1"><organisation>Riverside Trust</organisation></sponsor>'


def listed(*trials: Tree, total: int | None = None, beside: str = SPONSOR) -> bytes:
    """The answer that lists these trials."""
    records = "".join(f"<fullTrial>{_trial(each)}{beside}</fullTrial>" for each in trials)
    count = len(trials) if total is None else total
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{declaration}<allTrials {NAMESPACE} totalCount="{count}">{records}</allTrials>'.encode()


def _trial(tree: Tree) -> str:
    attributes = "".join(f' {name[1:]}="{escape(str(value))}"' for name, value in tree.items() if name[0] == "@")
    inside = "".join(_elements(name, value) for name, value in tree.items() if name[0] != "@")
    return f"<trial{attributes}>{inside}</trial>"


def _elements(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_elements(name, each) for each in value) or f"<{name}/>"
    if isinstance(value, dict):
        return f"<{name}>{''.join(_elements(each, inner) for each, inner in value.items())}</{name}>"
    return f"<{name}/>" if value is None else f"<{name}>{escape(str(value))}</{name}>"


@dataclass
class Served:
    """What the server has: trials by id. *asked* are the queries and the ids that it was asked for."""

    trials: dict[str, Tree] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def put(self, trial_id: str, at: datetime, **changes: Any) -> None:
        """Edit a trial, or register it."""
        before = self.trials.get(trial_id)
        version = int(before["@version"]) + 1 if before else 1
        stamp = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000000001Z"
        self.trials[trial_id] = trial(trial_id, **changes) | {"@lastUpdated": stamp, "@version": str(version)}

    def asked_since(self) -> list[str]:
        """What was asked since the last call."""
        asked, self.asked = self.asked, []
        return asked

    def answer(self, request: Request) -> bytes:
        """A list or one trial."""
        if found := re.fullmatch(r"/api/trial/(ISRCTN[0-9]{8})/format/default", request.path):
            self.asked.append(found[1])
            known = self.trials.get(found[1])
            return http(listed(known) if known else b"", 200 if known else 404)
        query, limit = request.query["q"], int(request.query["limit"])
        self.asked.append(query)
        matching = [each for each in self.trials.values() if _fits(query, each)]
        return http(listed(*matching[:limit], total=len(matching)))


def _fits(query: str, tree: Tree) -> bool:
    """Whether a trial is found: by the time of its last edit, and by words anywhere in it."""
    for clause in query.split(" AND "):
        if edited := re.fullmatch(r"lastEdited (GE|LT) (\S+)", clause):
            is_later = tree["@lastUpdated"] >= edited[2]
            if is_later is not (edited[1] == "GE"):
                return False
        elif clause.partition('"')[2].rstrip('"').lower() not in (_trial(tree) + SPONSOR).lower():
            return False
    return True


@contextmanager
def serving(*trial_ids: str) -> Iterator[Served]:
    """A registry with these trials."""
    served = Served({each: trial(each) for each in trial_ids})
    with Loopback(served.answer) as server:
        served.url = server.url
        yield served
