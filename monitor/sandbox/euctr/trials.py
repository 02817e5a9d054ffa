"""The trials of the sandbox, all invented. Pure.

A tree has what is the same in all countries, and under `countries` what each says for itself: its status, the day on
which its record was entered, how many people it wants, and the day on which the trial ended.
"""

from datetime import date, timedelta

from monitor.model import Json
from monitor.sandbox.small.trees import State, WrittenTrial

EXAMPLE = "2014-002606-20"
NAMES = {
    "AT": "Austria - BASG",
    "DE": "Germany - BfArM",
    "ES": "Spain - AEMPS",
    "FR": "France - ANSM",
    "SE": "Sweden - MPA",
    "3RD": "Outside EU/EEA",
}


def written_trials(today: date) -> dict[str, WrittenTrial]:
    """By id: one that ends in one country and then in all, one that moves to CTIS, one that reports."""
    stopped = State("Prematurely ended in Germany", {"countries.DE.status": "Prematurely Ended"})
    ended = State(
        "Ended everywhere",
        {
            **{f"countries.{code}.status": "Completed" for code in ("AT", "3RD")},
            **{f"countries.{code}.ended": today.isoformat() for code in ("AT", "DE", "3RD")},
        },
    )
    reported = State("Results posted", {"results": True})
    moved = State("Transitioned to CTIS", {"countries.SE.status": "Trial now transitioned"})
    return {
        EXAMPLE: WrittenTrial(
            record(EXAMPLE, today, "Lozenges for singers", {"AT": "Ongoing", "DE": "Ongoing", "3RD": "Ongoing"}),
            (stopped, ended),
        ),
        "2016-000111-22": WrittenTrial(
            record("2016-000111-22", today, "Cream for gardeners", {"SE": "Ongoing", "ES": "Completed"}), (moved,)
        ),
        "2012-000333-44": WrittenTrial(
            record("2012-000333-44", today, "Drops for divers", {"FR": "Completed"}), (reported,)
        ),
    }


def record(trial_id: str, today: date, title: str, countries: dict[str, str]) -> Json:
    """A trial with these countries and their statuses; its days are years before *today*."""
    entered = (today - timedelta(days=3000)).isoformat()
    return {
        "eudract": trial_id,
        "title": title,
        "protocol_code": f"SANDBOX-{trial_id[5:11]}",
        "sponsor": "Sandbox Pharma GmbH",
        "sponsor_country": "Austria",
        "condition": "Invented condition",
        "objective": "To see whether it helps.",
        "inclusion": "1. Aged 18 years or over\n2. Has it",
        "exclusion": "1. Allergic to it",
        "primary": "Days without it",
        "primary_when": "Week 12",
        "secondary": "Nights slept through",
        "secondary_when": "Week 12",
        "participants": "120",
        "product": "Sandboxine",
        "results": False,
        "countries": {
            code: {"status": status, "entered": entered, "participants": "40", "ended": ""}
            for code, status in countries.items()
        },
    }
