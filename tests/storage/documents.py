"""The trials of these tests: made up, of the size and shape of real ones, and the same in every run."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import orjson

from monitor.model import Change, Document, Event, Significance, Snapshot, State

REGISTRY = "clinicaltrials.gov"
HIP, KNEE, SHOULDER = "NCT91000001", "NCT91000002", "NCT91000003"
"""Three trials on joint replacement."""
VERSION = "2026-11-20T09:00:04"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)

_TOWNS = ("Aarhus", "Bergen", "Coimbra", "Dresden", "Évora", "Ferrara", "Göteborg", "Łódź", "Maribor", "Trondheim")
_WORDS = ("pain", "gait", "function", "range of motion", "implant", "cement", "baseline", "adverse event", "loosening")


def content(trial_id: str, *, edition: int = 1, sites: int = 40) -> bytes:
    """A record of about 8 kB; two editions differ in its status, a date and one site."""
    rng = Random(trial_id)
    places = [
        {"facility": f"{town} Hospital {number}", "city": town, "zip": str(rng.randrange(10_000, 99_999))}
        for number in range(1, sites)
        for town in [rng.choice(_TOWNS)]
    ]
    record = {
        "id": trial_id,
        "title": f"Robotic or manual technique in joint replacement, part {trial_id[-2:]}",
        "status": ["RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED"][edition % 3],
        "updated": f"2026-{edition % 12 + 1:02d}-01",
        "outcomes": [" ".join(rng.choices(_WORDS, k=30)) for _ in range(15)],
        "sites": [*places, {"facility": f"Ward {edition}", "city": "Évora", "zip": str(7000 + edition)}],
    }
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def document(trial_id: str, *, edition: int = 1, sites: int = 40) -> Document:
    return Document(REGISTRY, trial_id, content(trial_id, edition=edition, sites=sites), build="2026-11-20")


def snapshot(trial_id: str, number: int = 1, *, sites: int = 40) -> Snapshot:
    taken_at = NOON + timedelta(days=number)
    return Snapshot(number, document(trial_id, edition=number, sites=sites), taken_at, VERSION)


def history(trial_id: str, length: int, *, sites: int = 40) -> list[Snapshot]:
    return [snapshot(trial_id, number, sites=sites) for number in range(1, length + 1)]


def tombstone(trial_id: str, number: int, words: str, state: State = State.REMOVED) -> Snapshot:
    return Snapshot(number, Document(REGISTRY, trial_id, words.encode(), state), NOON, VERSION)


def event(trial_id: str, number: int = 2) -> Event:
    return Event(registry=REGISTRY, trial_id=trial_id, snapshot=number, occurred_at=LATER, changes=tuple(_changes()))


def _changes() -> Iterator[Change]:
    yield Change(
        field="overall_status",
        path="status",
        kind="status.closed",
        topic="status",
        significance=Significance.MAJOR,
        before="RECRUITING",
        after="ACTIVE_NOT_RECRUITING",
        summary="Overall status went from Recruiting to Active, not recruiting.",
    )
    yield Change(
        field="sites",
        path="sites",
        kind="site.added",
        topic="sites",
        significance=Significance.MINOR,
        before=None,
        after=[{"facility": "Ward 2", "city": "Évora"}],
        measure={"sites": 1},
        summary="A site was added in Évora.",
    )
