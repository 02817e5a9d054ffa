"""A local EU Clinical Trials Register."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

from monitor.model import Json
from monitor.sandbox.euctr.texts import country_text, feed, search_page, summary_text
from monitor.sandbox.euctr.trials import EXAMPLE, written_trials
from monitor.sandbox.exchange import HTML, TEXT, Answer, Request, not_found_page
from monitor.sandbox.small import SmallRegistry, Trial, WrittenTrial
from monitor.sandbox.spoiling import ERROR_PAGE

DAYS_FED = timedelta(days=7)
SUMMARIES = 20
"""A page of them."""
_COUNTRY = re.compile(r"/rest/download/trial/([0-9]{4}-[0-9]{6}-[0-9]{2})/([A-Za-z]{2}|3rd)")


class Sandbox(SmallRegistry):
    """Answers the feed, a search as a page and as a summary, and each country's record in text form."""

    key = "clinicaltrialsregister.eu"
    imitates = "EUCTR"
    example = EXAMPLE
    root = "/api/euctr"
    id_form = r"20[0-9]{2}-0[0-9]{5}-[0-9]{2}"
    empty = b""
    title = "title"
    long_text = "objective"
    form: ClassVar[Mapping[str, str]] = {
        "Title": "title",
        "Sponsor": "sponsor",
        "Participants": "participants",
        "Primary end point": "primary",
        "Inclusion criteria": "inclusion",
        "Exclusion criteria": "exclusion",
    }

    def written(self, today: date) -> Mapping[str, WrittenTrial]:
        """The written trials."""
        return written_trials(today)

    def varied(self, tree: Json, number: int) -> str:
        """Another number and title."""
        trial_id = f"2019-0{number // 100:05}-{number % 100:02}"
        tree["eudract"] = trial_id
        tree["title"] += f", part {number}"
        return trial_id

    def answer_well(self, request: Request, trials: Mapping[str, Trial]) -> Answer:
        """The feed, summaries, or the record of one country."""
        path = request.path.removeprefix(self.root)
        if path == "/rest/feed/bydates":
            since = self.now - DAYS_FED
            edited = [trial for trial in trials.values() if trial.edited_at >= since]
            return Answer(200, "application/rss+xml", feed(edited))
        if path == "/rest/download/summary":
            return Answer(200, TEXT, summary_text(page_of(found_by(request, trials), request)))
        if path == "/search":
            return Answer(200, f"{HTML};charset=UTF-8", search_page(len(found_by(request, trials))))
        if one := _COUNTRY.fullmatch(path):
            trial, code = trials.get(one[1]), one[2].upper()
            if trial is None or code not in trial.tree["countries"]:
                return Answer(404, HTML, ERROR_PAGE)
            return Answer(200, TEXT, country_text(trial.tree, code))
        return not_found_page()


def found_by(request: Request, trials: Mapping[str, Trial]) -> list[Trial]:
    """The trials that a search finds: by `eudract_number:`, or by a word of the title."""
    query = request.query.get("query", "").strip()
    number = query.removeprefix("eudract_number:") if query.startswith("eudract_number:") else None
    if number is not None:
        return [trials[number]] if number in trials else []
    return [trial for trial in trials.values() if query.casefold() in str(trial.tree["title"]).casefold()]


def page_of(found: list[Trial], request: Request) -> list[Trial]:
    """Those of a page, of twenty a page."""
    page = request.query.get("page", "1")
    first = (max(int(page[:6]), 1) - 1) * SUMMARIES if page.isascii() and page.isdigit() else 0
    return found[first : first + SUMMARIES]
