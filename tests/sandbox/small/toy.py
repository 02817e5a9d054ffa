"""A registry of toys, as small as one can be."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

import orjson

from monitor.sandbox.exchange import JSON, Answer, Request, not_found_page
from monitor.sandbox.small import SmallRegistry, State, Trial, WrittenTrial

FIRST, SECOND = "TOY0001", "TOY0002"


class Toys(SmallRegistry):
    """Lists when its trials were edited, and gives one by its id."""

    key = "toys.example.org"
    imitates = "Registry of Toys"
    example = FIRST
    root = "/api/toys"
    id_form = r"TOY\d{4}"
    title = "names.title"
    long_text = "summary"
    form: ClassVar[Mapping[str, str]] = {
        "Title": "names.title",
        "Enrollment": "enrollment",
        "Open": "open",
        "Note": "note",
    }

    def written(self, today: date) -> Mapping[str, WrittenTrial]:
        """Two trials, one with states to come."""
        ends = (today + timedelta(days=30)).isoformat()
        first = {"names": {"title": "Bears for children"}, "enrollment": 12, "open": True, "note": "soft", "ends": ends}
        states = (State("Closed", {"open": False}), State("Abandoned", {"why": "No bears"}, unset=("note",)))
        return {
            FIRST: WrittenTrial(first, states),
            SECOND: WrittenTrial({"names": {"title": "Dolls"}, "enrollment": 3}),
        }

    def varied(self, tree: dict, number: int) -> str:
        """Other titles."""
        tree["names"]["title"] += f", series {number}"
        return f"TOY{9000 + number}"

    def answer_well(self, request: Request, trials: Mapping[str, Trial]) -> Answer:
        """`/trials` lists, `/trials/{id}` gives one."""
        path = request.path.removeprefix(self.root)
        if path == "/trials":
            return answered({trial_id: trial.edited_at.isoformat() for trial_id, trial in trials.items()})
        trial = trials.get(path.removeprefix("/trials/"))
        return answered({"id": trial.trial_id, **trial.tree}) if trial else not_found_page()


def answered(value: object) -> Answer:
    """A good answer."""
    return Answer(200, JSON, orjson.dumps(value))
