"""A local ISRCTN."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import ClassVar

from monitor.model import Json
from monitor.sandbox.exchange import Answer, Request, not_found_page
from monitor.sandbox.isrctn.asked import fits
from monitor.sandbox.isrctn.markup import BOMB, EMPTY, alone, listed
from monitor.sandbox.isrctn.trials import EXAMPLE, written_trials
from monitor.sandbox.misbehaviour import Fault, Misbehaviour
from monitor.sandbox.small import SmallRegistry, Trial, WrittenTrial
from monitor.sandbox.small.registry import SMALL_FAULTS

XML = "application/xml"
FEWEST = 10
"""How many trials a query gives that says no limit."""
_ONE = re.compile(r"/api/trial/(ISRCTN[0-9]{8})/format/default")


class Sandbox(SmallRegistry):
    """Answers `/api/query/format/default` and `/api/trial/{id}/format/default`, with XML."""

    key = "isrctn.com"
    imitates = "ISRCTN"
    example = EXAMPLE
    root = "/api/isrctn"
    faults = (*SMALL_FAULTS, Fault.BOMB)
    id_form = r"ISRCTN[0-9]{8}"
    empty = EMPTY
    title = "trial.trialDescription.title"
    long_text = "trial.trialDescription.plainEnglishSummary"
    form: ClassVar[Mapping[str, str]] = {
        "Title": title,
        "Status override": "trial.trialDesign.overallStatusOverride",
        "Why stopped": "trial.trialDesign.reasonAbandoned",
        "Target enrolment": "trial.participants.targetEnrolment",
        "Final enrolment": "trial.participants.totalFinalEnrolment",
        "Recruitment starts": "trial.participants.recruitmentStart",
        "Recruitment ends": "trial.participants.recruitmentEnd",
        "Ends": "trial.trialDesign.overallEndDate",
        "Primary outcome": "trial.trialDescription.primaryOutcome",
    }

    def written(self, today: date) -> Mapping[str, WrittenTrial]:
        """The written trials."""
        return written_trials(today)

    def varied(self, tree: Json, number: int) -> str:
        """Another number and title."""
        digits = f"{90_000_000 + number}"
        tree["trial"]["isrctn"]["#"] = digits
        tree["trial"]["externalRefs"]["eudraCTNumber"] = "Nil known"
        tree["trial"]["trialDescription"]["title"] += f", part {number}"
        return f"ISRCTN{digits}"

    def answer_well(self, request: Request, trials: Mapping[str, Trial]) -> Answer:
        """A list, or one trial."""
        path = request.path.removeprefix(self.root)
        if one := _ONE.fullmatch(path):
            trial = trials.get(one[1])
            return Answer(200, XML, alone(trial)) if trial else Answer(404, XML, EMPTY)
        if path != "/api/query/format/default":
            return not_found_page()
        found = [trial for trial in trials.values() if fits(request.query.get("q", ""), trial)]
        limit = request.query.get("limit", str(FEWEST))
        if not (limit.isascii() and limit.isdigit()):
            return Answer(400, body=b"limit is a number")
        return Answer(200, XML, listed(len(found), found[: int(limit[:9])]))

    def spoil(self, misbehaviour: Misbehaviour, good: Answer) -> Answer:
        """The bomb is of XML."""
        if misbehaviour.kind is Fault.BOMB:
            return replace(good, body=BOMB)
        return super().spoil(misbehaviour, good)
