"""The same of what operators look after. Pure."""

from monitor.web.api.examples import ABOUT, CHANGE, ID, TITLE, Example

BARE_DELIVERY: Example = {
    "id": "7c1e4b2a-5d3f-5a6b-9c8d-0e1f2a3b4c5d",
    "event": "clinicaltrials.gov/NCT02116634/4",
    "trial": "NCT02116634",
    "notice": None,
    "digest": None,
    "subscription": ID,
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
    "decided_at": None,
    "decided_by": None,
    "waiting": 2,
}
RELEASED: Example = {
    **HOLD,
    "decision": "released",
    "decided_at": "2026-11-20T10:12:00Z",
    "decided_by": "ada",
    "waiting": 0,
}
QUARANTINED: Example = {
    "id": 3,
    **ABOUT,
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
    **ABOUT,
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
    "sight": "late",
    "seen": 213,
    "watched": 214,
    "unseen": [
        {
            "registry": "clinicaltrials.gov",
            "reason": "not_believed",
            "words": "the latest answer was not believed, and is in quarantine",
            "count": 1,
            "trials": ["NCT02116634"],
        }
    ],
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
    "denied": 0,
    "checked": 3,
    "changed": 1,
    "failed": 0,
    "requests": 5,
    "bytes": 182044,
    "seconds": 4.2,
    "is_whole": True,
    "reason": None,
}
ASKED_LOOK: Example = {"registry": "clinicaltrials.gov", "is_due": True, "left_alone_until": None}
NOTICE: Example = {
    "id": "outage/clinicaltrials.gov/2026-11-20",
    "kind": "registry.unreachable",
    "registry": "clinicaltrials.gov",
    "occurred_at": "2026-11-20T09:00:00Z",
    "subject": "ClinicalTrials.gov has not answered for 6 hours",
    "text": "No trial was checked since 03:00 UTC.",
}
BOUNCE: Example = {
    "delivery": "7c1e4b2a-5d3f-5a6b-9c8d-0e1f2a3b4c5d",
    "to": "a…@example.org",
    "kind": "hard",
    "status": "5.1.1",
    "diagnostic": "smtp; 550 5.1.1 No such user",
    "read_at": "2026-11-20T09:00:00Z",
    "effect": None,
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
WATCHED_TRIAL: Example = {**ABOUT, "state": "listed", "title": TITLE, "snapshot": 4, "denied_at": None}
WATCH_SENT: Example = {"sponsor": "Nordlys AB", "name": "oncology", "groups": ["competitors"]}

USER: Example = {
    "id": 2,
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
