"""A local CTIS."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

import orjson

from monitor.model import Json
from monitor.sandbox.ctis.rows import found_by, page_of, record_of
from monitor.sandbox.ctis.trials import EXAMPLE, IDENTIFIERS, written_trials
from monitor.sandbox.exchange import HTML, JSON, Answer, Request
from monitor.sandbox.small import SmallRegistry, Trial, WrittenTrial

SHELL = b"<!DOCTYPE html>\n<html><head><title>Clinical trials</title></head><body><app-root></app-root></body></html>\n"
"""What the real one answers to every path that leads nowhere, with status 200."""
LARGEST_PAGE = 100


class Sandbox(SmallRegistry):
    """Answers `POST /search` and `GET /retrieve/{id}`: an id that it does not know with `{}`, and always 200."""

    key = "euclinicaltrials.eu"
    imitates = "CTIS"
    example = EXAMPLE
    root = "/api/ctis"
    id_form = r"20[0-9]{2}-5[0-9]{5}-[0-9]{2}-[0-9]{2}"
    title = f"{IDENTIFIERS}.publicTitle"
    long_text = f"{IDENTIFIERS}.fullTitle"
    form: ClassVar[Mapping[str, str]] = {
        "Title": title,
        "Status code": "ctPublicStatusCode",
        "Status code in the first country": "authorizedApplication.memberStatesConcerned.0.mscPublicStatusCode",
        "Participants, all countries": "authorizedApplication.authorizedPartI.rowSubjectCount",
        "Participants in the first country": "authorizedApplication.authorizedPartsII.0.recruitmentSubjectCount",
        "Started": "startDateEU",
        "Ended": "endDateEU",
        "Results received": "resultsFirstReceived",
    }

    def written(self, today: date) -> Mapping[str, WrittenTrial]:
        """The written trials."""
        return written_trials(today)

    def varied(self, tree: Json, number: int) -> str:
        """Another number and title."""
        trial_id = f"2025-5{number // 100:05}-{number % 100:02}-00"
        tree["ctNumber"] = trial_id
        names = tree["authorizedApplication"]["authorizedPartI"]["trialDetails"]["clinicalTrialIdentifiers"]
        names["publicTitle"] += f", part {number}"
        names["secondaryIdentifyingNumbers"] = {"additionalRegistries": []}
        return trial_id

    def answer_well(self, request: Request, trials: Mapping[str, Trial]) -> Answer:
        """Rows, or one record."""
        path = request.path.removeprefix(self.root)
        if path == "/search":
            return search(request, trials) if request.method == "POST" else Answer(403, HTML, SHELL)
        if not path.startswith("/retrieve/"):
            return Answer(200, HTML, SHELL)
        trial = trials.get(path.removeprefix("/retrieve/"))
        return Answer(200, JSON, orjson.dumps(record_of(trial) if trial else {}))


def search(request: Request, trials: Mapping[str, Trial]) -> Answer:
    """The rows that a posted search finds, a page of them."""
    try:
        asked = orjson.loads(request.body)
        pagination, order = asked.get("pagination", {}), asked.get("sort", {})
        number, size = int(pagination.get("page", 1)), min(int(pagination.get("size", 20)), LARGEST_PAGE)
        criteria = dict(asked.get("searchCriteria", {}))
        newest_first = order.get("direction", "DESC") != "ASC"
    except (ValueError, TypeError, AttributeError):
        return Answer(400, JSON, b'{"message": "Bad Request"}')
    rows = found_by(trials.values(), criteria, newest_first=newest_first)
    return Answer(200, JSON, orjson.dumps(page_of(rows, number=number, size=size)))
