"""An example of everything that is answered, for the schema and the page that describes the API. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from monitor.model import Coded, Document, Enrollment, PartialDate, Record, Snapshot, Sponsor
from monitor.model.record import Outcome
from monitor.views.json.trials import record_json

Example = Mapping[str, Any]

NEXT = "kK3v0uOqXJ2m4nq0iJp8S1siY2xpbmljYWx0cmlhbHMuZ292Il0"


def page(entry: Example) -> Example:
    """A page of a list with one entry."""
    return {"data": [entry], "next_cursor": NEXT, "has_more": True}


ABOUT = {"registry": "clinicaltrials.gov", "trial_id": "NCT02116634"}
URL = "https://clinicaltrials.gov/study/NCT02116634"
TITLE = "Effect of Vitamin D on Recovery After Knee Surgery"

CHANGE: Example = {
    "field": "overall_status",
    "path": "protocolSection.statusModule.overallStatus",
    "kind": "status.stopped",
    "topic": "status",
    "significance": "critical",
    "before": "RECRUITING",
    "after": "WITHDRAWN",
    "measure": None,
    "timing": "before_start",
    "summary": "Overall status: Recruiting → Withdrawn.",
}
TRIAL: Example = {
    **ABOUT,
    "url": URL,
    "title": TITLE,
    "state": "listed",
    "overall_status": "WITHDRAWN",
    "why_stopped": "No funding",
    "phases": ["PHASE3"],
    "enrollment": {"count": 0, "type": "ACTUAL"},
    "start_date": {"date": "2026-03", "type": "ESTIMATED", "at_first": "2025-09"},
    "primary_completion_date": {"date": "2027-09", "type": "ESTIMATED", "at_first": "2027-03"},
    "completion_date": {"date": "2027-12", "type": "ESTIMATED", "at_first": "2027-06"},
    "lead_sponsor": {"name": "Nordlys AB", "class": "INDUSTRY"},
    "conditions": ["Knee Osteoarthritis"],
    "last_change": {
        "seen_at": "2026-11-20T09:00:00Z",
        "significance": "critical",
        "summary": "Overall status: Recruiting → Withdrawn.",
        "not_told": None,
    },
    "snapshot": 4,
    "as_of": "2026-11-27T09:00:05",
    "troubles": [],
}
_TAKEN = {**ABOUT, "snapshot": 4, "taken_at": "2026-11-20T09:00:00Z", "registry_version": "2026-11-20T09:00:05"}
HISTORY: Example = {
    **ABOUT,
    "title": TITLE,
    "data": [
        {
            "trial_id": "NCT02116634",
            "snapshot": 4,
            "state": "listed",
            "taken_at": "2026-11-20T09:00:00Z",
            "registry_version": "2026-11-20T09:00:05",
            "changes": [CHANGE],
        }
    ],
    "unreadable": [],
}
COMPARISON: Example = {**_TAKEN, "before": 1, "changes": [CHANGE], "notes": []}
_SNAPSHOT = Snapshot(
    number=4,
    document=Document("clinicaltrials.gov", "NCT02116634", b"{}"),
    taken_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    registry_version="2026-11-20T09:00:05",
)
_RECORD = Record(
    registry="clinicaltrials.gov",
    trial_id="NCT02116634",
    url=URL,
    paths={},
    brief_title=TITLE,
    overall_status=Coded("WITHDRAWN", "Withdrawn"),
    why_stopped="No funding",
    conditions=("Knee Osteoarthritis",),
    start_date=PartialDate("2026-03", "ESTIMATED"),
    enrollment=Enrollment(0, "ACTUAL"),
    lead_sponsor=Sponsor("Nordlys AB", "INDUSTRY"),
    primary_outcomes=(Outcome("Time to full weight bearing", "12 weeks"),),
)
RECORD: Example = {**orjson.loads(orjson.dumps(record_json(_SNAPSHOT, _RECORD))), "notes": []}
WHOLE_RECORD: Example = {**RECORD, "siblings": [], "more_siblings": 0, "disagreement": None}

ID = "3f2a8c1e-9d4b-4f6a-8e21-5b7c0d9e1f23"
SUBSCRIPTION: Example = {
    "id": ID,
    "name": "oncology",
    "team": None,
    "way": "email",
    "to": "a…@example.org",
    "trials": ["NCT02116634"],
    "watch": None,
    "watch_name": None,
    "group": None,
    "all": False,
    "topics": ["dates", "status"],
    "kinds": [],
    "without": [],
    "min_significance": "major",
    "min_percent": None,
    "min_days": 30,
    "rhythm": {
        "digest": "daily",
        "at": "08:00",
        "tz": "Europe/Paris",
        "quiet_hours": None,
        "break_through": True,
        "all_quiet": False,
    },
    "note": "our competitor",
    "language": "en",
    "state": "active",
    "origin": "command",
    "created_at": "2026-11-22T17:00:00Z",
    "paused_at": None,
    "paused_until": None,
}
LISTED_SUBSCRIPTION: Example = {
    **SUBSCRIPTION,
    "about": "NCT02116634",
    "silent": None,
    "came_back": None,
    "taken_of_late": 3,
}
NEW_SUBSCRIPTION: Example = {
    **SUBSCRIPTION,
    "taken_for": None,
    "same_as": None,
    "secret": None,
    "caught_up": 0,
    "watched": ["NCT02116634"],
}
RULE_SENT: Example = {
    "way": "email",
    "to": "anna@example.org",
    "trials": ["NCT02116634"],
    "topics": ["status", "dates"],
    "min_significance": "major",
    "min_days": 30,
    "rhythm": {"digest": "daily", "at": "08:00", "tz": "Europe/Paris", "break_through": True},
}
SUBSCRIPTION_SENT: Example = {**RULE_SENT, "name": "oncology", "note": "our competitor"}
SUBSCRIPTION_EDIT: Example = {"min_significance": "critical", "min_days": None, "rhythm": {"digest": "weekly"}}
BACKTEST: Example = {
    "subscription": SUBSCRIPTION,
    "is_made": True,
    "looked_for": None,
    "in_words": "1 mail in 22 months. History since 14 Jan 2025.",
    "rhythm": "daily",
    "since": "2024-11-28T00:00:00Z",
    "until": "2026-11-28T08:00:00Z",
    "kept_since": "2025-01-14T09:00:00Z",
    "months": 22.46,
    "trials": 1,
    "unread": [],
    "events": 4,
    "changes": 5,
    "unreadable": 0,
    "count": 1,
    "waiting": 0,
    "a_month": 0.04,
    "by_month": [{"month": "2026-11", "messages": 1}],
    "not_told": [{"reason": "below the least significance", "changes": 3}],
    "looser": {"min_significance": "minor", "count": 3},
    "stricter": {"min_significance": "critical", "count": 1},
    "messages": [
        {
            "at": "2026-11-21T07:00:00Z",
            "is_coming": False,
            "events": [
                {
                    **ABOUT,
                    "snapshot": 4,
                    "seen_at": "2026-11-20T09:00:00Z",
                    "significance": "critical",
                    "summary": "Overall status: Recruiting → Withdrawn.",
                    "changes": 2,
                }
            ],
        }
    ],
}

INDEXED_TRIAL: Example = {
    **ABOUT,
    "url": URL,
    "title": TITLE,
    "state": "listed",
    "overall_status": "WITHDRAWN",
    "overall_status_words": "Withdrawn",
    "phases": ["PHASE3"],
    "enrollment": {"count": 0, "type": "ACTUAL"},
    "start_date": {"date": "2026-03", "type": "ESTIMATED", "at_first": "2025-09"},
    "primary_completion_date": {"date": "2027-09", "type": "ESTIMATED", "at_first": "2027-03"},
    "completion_date": {"date": "2027-12", "type": "ESTIMATED", "at_first": "2027-06"},
    "lead_sponsor": "Nordlys AB",
    "conditions": ["Knee Osteoarthritis"],
    "countries": ["Sweden"],
    "updated_on": "2026-11-20",
    "snapshot": 4,
}
EVENT: Example = {
    "id": "clinicaltrials.gov/NCT02116634/4",
    **ABOUT,
    "snapshot": 4,
    "url": URL,
    "title": TITLE,
    "lead_sponsor": "Nordlys AB",
    "seen_at": "2026-11-20T09:00:00Z",
    "posted_on": "2026-11-20",
    "significance": "critical",
    "headline": "Withdrawn – “No funding”",
    "not_told": None,
    "hold": None,
    "error": None,
    "changes": [CHANGE],
}
SPONSOR: Example = {"name": "Nordlys AB", "slug": "nordlys-ab", "trials": 12}
CONDITION: Example = {"name": "Knee Osteoarthritis", "slug": "knee-osteoarthritis", "trials": 3}
FIGURES: Example = {
    "recruiting": 3,
    "stopped_early": 1,
    "median_slip_days": 92,
    "changes_in_90_days": 5,
    "statuses": [{"code": "RECRUITING", "trials": 3}, {"code": "WITHDRAWN", "trials": 1}],
    "due_next": [
        {
            "registry": "clinicaltrials.gov",
            "trial_id": "NCT02116634",
            "title": None,
            "field": "completion_date",
            "day": "2027-03-31",
            "type": "ESTIMATED",
        }
    ],
}
"""Beside the name of a sponsor or a condition."""

EXPLAINED: Example = {
    **ABOUT,
    "to": "a…@example.org",
    "data": [
        "2026-11-20 09:00 UTC, snapshot 4: Overall status went from Recruiting to Withdrawn.",
        "  a…@example.org: taken at 2026-11-20 09:00 UTC after the first try",
    ],
}
