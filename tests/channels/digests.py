"""Digests of trials of our own, to render."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.channels.channel import Coverage, Digest, DigestEntry, EventContext
from monitor.model import Change, Event, Significance
from tests.channels.email.test_mail import change

ENDED = datetime(2026, 11, 27, 8, tzinfo=ZoneInfo("Europe/Paris"))
WHOLE = Coverage(
    trials=214,
    checked=214,
    versions=(("ClinicalTrials.gov", "2026-11-26T09:00:04"), ("CTIS", "2026-11-26T04:10:00")),
)
REOPENED = change(
    "status.reopened",
    "SUSPENDED",
    "RECRUITING",
    field="overall_status",
    significance=Significance.CRITICAL,
    summary="Overall status went back from Suspended to Recruiting.",
)
SLIPPED = change(
    "date.slipped",
    {"date": "2027-03", "type": "ESTIMATED"},
    {"date": "2027-11", "type": "ESTIMATED"},
    field="primary_completion_date",
    summary="Primary completion date slipped from 2027-03 to 2027-11, 8 months later.",
)


def trial_id(number: int) -> str:
    return f"NCT0555{number:04}"


def entry(
    number: int, *changes: Change, hours: float = 5, snapshot: int = 2, title: str = "", **more: object
) -> DigestEntry:
    """What the trial of that number told so many hours before the digest's end."""
    told = Event(
        registry="clinicaltrials.gov",
        trial_id=trial_id(number),
        snapshot=snapshot,
        occurred_at=(ENDED - timedelta(hours=hours)).astimezone(UTC),
        changes=changes,
    )
    facts = {
        "title": title or f"Melatonin in Group {number}",
        "lead_sponsor": "Nordlys Pharma AB",
        "url": f"https://clinicaltrials.gov/study/{trial_id(number)}",
        "registry_name": "ClinicalTrials.gov",
    }
    return DigestEntry(EventContext(event=told, **{**facts, **more}), changes)


def digest(*entries: DigestEntry, **more: object) -> Digest:
    """A daily one, oldest first, of trials that were all checked."""
    told = {"period": "daily", "began_at": ENDED - timedelta(days=1), "ended_at": ENDED, "coverage": WHOLE}
    ordered = sorted(entries, key=lambda each: each.context.event.occurred_at)
    return Digest(entries=tuple(ordered), **{**told, **more})
