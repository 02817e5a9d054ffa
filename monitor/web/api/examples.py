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


_ABOUT = {"registry": "clinicaltrials.gov", "trial_id": "NCT02116634"}
_URL = "https://clinicaltrials.gov/study/NCT02116634"
_TITLE = "Effect of Vitamin D on Recovery After Knee Surgery"

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
    **_ABOUT,
    "url": _URL,
    "title": _TITLE,
    "state": "listed",
    "overall_status": "WITHDRAWN",
    "why_stopped": "No funding",
    "phases": ["PHASE3"],
    "enrollment": {"count": 0, "type": "ACTUAL"},
    "start_date": {"date": "2026-03", "type": "ESTIMATED"},
    "primary_completion_date": {"date": "2027-09", "type": "ESTIMATED"},
    "completion_date": {"date": "2027-12", "type": "ESTIMATED"},
    "lead_sponsor": {"name": "Nordlys AB", "class": "INDUSTRY"},
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
_TAKEN = {**_ABOUT, "snapshot": 4, "taken_at": "2026-11-20T09:00:00Z", "registry_version": "2026-11-20T09:00:05"}
HISTORY: Example = {
    **_ABOUT,
    "title": _TITLE,
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
    url=_URL,
    paths={},
    brief_title=_TITLE,
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

_ID = "3f2a8c1e-9d4b-4f6a-8e21-5b7c0d9e1f23"
SUBSCRIPTION: Example = {
    "id": _ID,
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
    "state": "active",
    "origin": "command",
    "created_at": "2026-11-22T17:00:00Z",
    "paused_at": None,
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
    "rhythm": "daily",
    "since": "2024-11-28T00:00:00Z",
    "until": "2026-11-28T08:00:00Z",
    "kept_since": "2025-01-14T09:00:00Z",
    "months": 22.46,
    "trials": 1,
    "unread": [],
    "events": 4,
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
            "events": [
                {
                    **_ABOUT,
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
    **_ABOUT,
    "url": _URL,
    "title": _TITLE,
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
    **_ABOUT,
    "snapshot": 4,
    "url": _URL,
    "title": _TITLE,
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

BARE_DELIVERY: Example = {
    "id": "7c1e4b2a-5d3f-5a6b-9c8d-0e1f2a3b4c5d",
    "event": "clinicaltrials.gov/NCT02116634/4",
    "trial": "NCT02116634",
    "notice": None,
    "digest": None,
    "subscription": _ID,
    "sequence": 7,
    "standing": "owed",
    "attempts_made": 1,
    "outcome": "451 try again later",
    "created_at": "2026-11-20T09:00:01Z",
    "next_attempt_at": "2026-11-20T09:05:00Z",
    "finished_at": None,
}
DELIVERY: Example = {
    **BARE_DELIVERY,
    "to": "mail a…@example.org",
    "name": "oncology",
    "tells": "NCT02116634: Withdrawn – “No funding”",
    "significance": "critical",
}
WHOLE_DELIVERY: Example = {
    **DELIVERY,
    "about": "NCT02116634",
    "attempts": [
        {
            "number": 1,
            "at": "2026-11-20T09:00:02Z",
            "status": 451,
            "seconds": 0.214,
            "outcome": "451 try again later",
            "answer": "4.7.1 greylisted",
        }
    ],
    "reports": [],
    "notice_text": None,
    "damage": None,
}
SENT_BODY: Example = {
    "headers": [{"name": "Subject", "value": "[critical] NCT02116634: Withdrawn – “No funding”"}],
    "text": "Overall status: Recruiting → Withdrawn.",
    "html": None,
    "is_json": False,
    "is_cut": False,
}
HOLD: Example = {
    "hold": 1,
    "registry": "clinicaltrials.gov",
    "registry_version": "2026-11-20T09:00:05",
    "fields": ["sites"],
    "trials": 120,
    "checked": 214,
    "held_at": "2026-11-20T09:04:00Z",
    "decision": None,
    "waiting": 2,
}
QUARANTINED: Example = {
    "id": 3,
    **_ABOUT,
    "received_at": "2026-11-20T09:00:00Z",
    "latest_at": "2026-11-21T09:00:00Z",
    "times": 2,
    "doubt": "older_build",
    "reason": "it came from older data than what is kept",
    "registry_version": "2026-11-19T09:00:05",
    "build": None,
    "size": 48213,
    "accepted_at": None,
}
CHECKED: Example = {
    **_ABOUT,
    "result": "changed",
    "snapshot": 5,
    "checked_at": "2026-11-28T08:00:00Z",
    "registry_version": "2026-11-19T09:00:05",
    "changes": [CHANGE],
    "error": None,
}
HEALTH: Example = {
    "status": "ok",
    "standing": "leader",
    "reasons": [],
    "sight": "whole",
    "seen": 214,
    "watched": 214,
    "data_of": "2026-11-27T09:00:05Z",
    "looked_at": "2026-11-28T08:00:00Z",
    "next_at": "2026-11-28T09:00:00Z",
}
LOOK: Example = {
    "registry": "clinicaltrials.gov",
    "ended_at": "2026-11-28T08:00:00Z",
    "registry_version": "2026-11-27T09:00:05",
    "watched": 214,
    "verified": 214,
    "checked": 3,
    "changed": 1,
    "failed": 0,
    "requests": 5,
    "bytes": 182044,
    "seconds": 4.2,
    "is_whole": True,
    "reason": None,
}
NOTICE: Example = {
    "id": "outage/clinicaltrials.gov/2026-11-20",
    "kind": "registry.unreachable",
    "registry": "clinicaltrials.gov",
    "occurred_at": "2026-11-20T09:00:00Z",
    "subject": "ClinicalTrials.gov has not answered for 6 hours",
    "text": "No trial was checked since 03:00 UTC.",
}
DRIFT: Example = {
    "registry": "clinicaltrials.gov",
    "path": "protocolSection.designModule.newField",
    "value": None,
    "trial_id": "NCT02116634",
    "first_seen_at": "2026-11-20T09:00:00Z",
}
WATCH: Example = {
    "id": 1,
    "origin": "command",
    "name": "oncology",
    "created_at": "2026-11-01T08:00:00Z",
    "trials": 12,
    "kind": "sponsor",
    "sponsor": "Nordlys AB",
    "role": "lead",
    "condition": None,
    "search": None,
    "registry": "clinicaltrials.gov",
    "siblings": False,
    "groups": ["competitors"],
    "files": {},
}
WATCHED_TRIAL: Example = {**_ABOUT, "state": "listed", "title": _TITLE, "snapshot": 4}
WATCH_SENT: Example = {"sponsor": "Nordlys AB", "name": "oncology", "groups": ["competitors"]}

USER: Example = {
    "name": "grace@example.org",
    "role": "operate",
    "codes": True,
    "created_at": "2026-11-01T08:00:00Z",
    "signed_in_at": "2026-11-28T08:00:00Z",
}
TOKEN: Example = {
    "id": "f41073179960df68",
    "name": "dashboard",
    "scope": "read",
    "user": None,
    "created_at": "2026-11-28T08:00:00Z",
    "expires_at": "2027-02-26T08:00:00Z",
    "used_at": None,
}
