"""A CTIS that a test scripts: its records, the rows that follow from them, and what it answers instead."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import orjson

from tests.loopback import Answer, Request, http
from tests.registries.trials import GOLDEN

Tree = dict[str, Any]
CORK = "2023-599903-41-00"
HTML = http(b"<!DOCTYPE html><title>Clinical trials</title>", content_type="text/html")
STATES = "authorizedApplication.memberStatesConcerned"
PART_ONE = "authorizedApplication.authorizedPartI"
_FULL = (GOLDEN / "ctis.json").read_bytes()
DATE = "Fri, 27 Nov 2026 12:00:00 GMT"


def trial(trial_id: str = CORK, **changes: Any) -> Tree:
    """The cork trial under another id, with changes by path, `__` for each dot; None takes out."""
    tree: Tree = orjson.loads(_FULL)
    tree["ctNumber"] = trial_id
    for path, value in changes.items():
        *above, last = path.split("__")
        node: Any = tree
        for step in above:
            node = node[int(step[1:])] if step.startswith("n") and step[1:].isdigit() else node[step]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return tree


class Fake:
    """Answers one request at a time, as `Loopback` asks. *asked* are the kinds of them."""

    def __init__(self, *trees: Tree) -> None:
        self.trees = {tree["ctNumber"]: tree for tree in trees}
        self.days: dict[str, tuple[str, str]] = {}
        """By id, the days of update and of publication in its row, as 2026-11-20."""
        self.others = 300
        """Trials of which nobody asks, all of 2025."""
        self.other_row: Tree = {}
        """What their rows say instead."""
        self.other_sponsors: tuple[str, ...] = ()
        self.instead: Callable[[Request], Answer | None] = lambda request: None
        self.asked: list[str] = []
        self.date = DATE
        self.knows = {"sponsor": "sponsor", "medicalCondition": "conditions", "containAll": "ctTitle"}

    def asked_since(self) -> list[str]:
        """What was asked since the last call: "search" and its criteria, or the id of a record."""
        asked, self.asked = self.asked, []
        return asked

    def __call__(self, request: Request) -> Answer:
        name = request.path.rpartition("/")[2]
        self.asked.append(name)
        if (other := self.instead(request)) is not None:
            return other
        if request.method == "POST":
            return self._found(orjson.loads(request.body))
        return self._json(self.trees.get(name, {}))

    def _json(self, tree: Any) -> bytes:
        return http(json.dumps(tree).encode(), headers={"Date": self.date})

    def _found(self, asked: Tree) -> bytes:
        criteria, size, page = asked["searchCriteria"], asked["pagination"]["size"], asked["pagination"]["page"]
        rows = [row for row in self._rows() if self._fits(row, criteria)]
        member = asked["sort"]["property"]
        rows.sort(key=lambda row: "".join(reversed(row.get(member, "").split("/"))), reverse=True)
        begin = (page - 1) * size
        return self._json(
            {"pagination": {"totalRecords": len(rows), "currentPage": page}, "data": rows[begin : begin + size]}
        )

    def _fits(self, row: Tree, criteria: Tree) -> bool:
        known = {name: wanted for name, wanted in criteria.items() if name in self.knows}
        texts = all(str(wanted).casefold() in str(row[self.knows[name]]).casefold() for name, wanted in known.items())
        return texts and row["ctStatus"] in criteria.get("status", [row["ctStatus"]])

    def _rows(self) -> list[Tree]:
        base = self._row(trial("2020-500000-00-00", ctPublicStatusCode=8)) | self.other_row
        rows = [self._row(tree) for tree in self.trees.values()]
        for number in range(self.others):
            row = base | {"ctNumber": f"2020-5{number:05}-00-00"}
            if self.other_sponsors:
                row["sponsor"] = self.other_sponsors[number % len(self.other_sponsors)]
            rows.append(row | self._days(row["ctNumber"]))
        return rows

    def _days(self, trial_id: str) -> Tree:
        updated, published = self.days.get(trial_id, ("2025-03-01", "2025-03-02"))
        return {
            "lastUpdated": "/".join(reversed(updated.split("-"))),
            "lastPublicationUpdate": "/".join(reversed(published.split("-"))),
        }

    def _row(self, tree: Tree) -> Tree:
        part = tree["authorizedApplication"]["authorizedPartI"]
        sponsor = next(each["organisation"]["name"] for each in part["sponsors"] if each["primary"])
        states = tree["authorizedApplication"]["memberStatesConcerned"]
        return {
            "ctNumber": tree["ctNumber"],
            "ctStatus": tree["ctPublicStatusCode"],
            "ctTitle": part["trialDetails"]["clinicalTrialIdentifiers"]["fullTitle"],
            "conditions": "Recurrent aphthous stomatitis",
            "sponsor": sponsor,
            "trialCountries": [f"{state['mscName']}:{state['mscPublicStatusCode']}" for state in states],
            **self._days(tree["ctNumber"]),
        }


def former(tree: Tree, *, words: str, countries: str) -> Tree:
    """The same trial in the form that the portal had before June 2024."""
    application = deepcopy(tree["authorizedApplication"])
    codes = {"Portugal": "PT", "Denmark": "DK"}
    return {
        "id": 77001,
        "ctNumber": tree["ctNumber"],
        "ctStatus": words,
        "trialCountries": countries,
        "trialPhase": "Therapeutic exploratory  (Phase II)",
        "title": application["authorizedPartI"]["trialDetails"]["clinicalTrialIdentifiers"]["fullTitle"],
        "eeaStartDate": tree["startDateEU"],
        "lastUpdated": "2024-05-02",
        "totalNumberEnrolled": "150",
        "applications": [{"businessKey": "IN", "type": "INITIAL"}],
        "authorizedPartI": application["authorizedPartI"],
        "authorizedPartsII": application["authorizedPartsII"],
        "memberStatesConcerned": [
            {
                "id": 5,
                "mscName": state["mscName"],
                "organisationInfo": {"memberStateCountryCode": codes[state["mscName"]]},
            }
            for state in application["memberStatesConcerned"]
        ],
        "publicEvaluation": [{"id": 12, "partIRfis": []}],
        "mscTrialNotificationsInfoList": [],
        "totalPartIISubjectCount": 0,
    }
