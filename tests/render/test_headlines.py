"""A trial that is new in a watch, in the few words of a digest's line."""

import pytest

from monitor.model import Json
from monitor.render.headlines import new_trial
from tests.channels.email.test_mail import change

CARD = {
    "trial_id": "NCT05550001",
    "title": "Melatonin in Insomnia",
    "overall_status": "NOT_YET_RECRUITING",
    "phases": ["PHASE2", "PHASE3"],
    "lead_sponsor": "Nordlys\nPharma AB",
    "countries": ["Norway", "Sweden"],
    "newly_registered": True,
}


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (CARD, "Newly registered: Not yet recruiting, Phase 2/Phase 3, Nordlys Pharma AB, Norway and Sweden"),
        ({"overall_status": "RECRUITING", "phases": ["NA"]}, "Newly found: Recruiting"),
        ({"title": "Melatonin in Insomnia"}, "Newly found"),
        (
            {"found_by": {"sibling_of": "ISRCTN10000018"}, "countries": ["Norway"]},
            "The same trial in another registry: Norway",
        ),
        (None, "Newly found"),
    ],
)
def test_a_new_trial_is_told_by_how_it_stands_and_whose_it_is(card: Json, words: str):
    assert new_trial(change("trial.new", None, card, field="trial_id")) == words
