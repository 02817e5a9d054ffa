"""A year of invented trials, for pictures of the pages: plans that slip, a withdrawal, and who was told.

The times are fixed, so the same program makes the same site.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from monitor.errors import DeliveryDeferred, DeliveryRejected
from monitor.model import Rhythm
from monitor.model.rhythm import Every
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from tests.outbox import OutboxHarness
from tests.program import Clock
from tests.studies import Edit, Study, edited, status_becomes, together
from tests.web.reading_site import ReadingSite
from tests.web.trial_world import enrolling, planned

BEGINS = datetime(2025, 11, 14, 10, tzinfo=UTC)
ENDS = datetime(2026, 11, 27, 14, 54, tzinfo=UTC)
SPONSOR = "Halden Biotherapeutics"
LED = (1, 5, 7, 12, 13, 14, 26, 36)
"""The trials of that sponsor, by the numbers of the sandbox."""
REASON = "Business decision: funding of the programme ended"
MAIL, GONE = "anna@example.org", "former@example.org"
HOOK, SLOW = "https://hooks.example.org/trials", "https://slow.example.org/trials"


def trial_id(number: int) -> str:
    """As the sandbox numbers them."""
    return f"NCT9{number:07}"


def ends(primary: str, completion: str) -> Edit:
    """Both completion dates."""
    days = {"primaryCompletionDateStruct": primary, "completionDateStruct": completion}
    return edited(**{f"statusModule__{name}": {"date": day, "type": "ESTIMATED"} for name, day in days.items()})


def led_by_industry(study: Study) -> None:
    """By the sponsor that has a page."""
    study["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"] = {"name": SPONSOR, "class": "INDUSTRY"}


def other_time_frame(study: Study) -> None:
    """The first primary outcome is measured later."""
    outcome = study["protocolSection"]["outcomesModule"]["primaryOutcomes"][0]
    outcome["timeFrame"] = f"{outcome.get('timeFrame', 'Baseline')} and 12 months"


def more_sites(study: Study) -> None:
    """Three in Europe."""
    sites = study["protocolSection"]["contactsLocationsModule"].setdefault("locations", [])
    for city, country in (("Lyon", "France"), ("Nantes", "France"), ("Turin", "Italy")):
        sites.append({"facility": f"{city} University Hospital", "city": city, "country": country})


def other_criteria(study: Study) -> None:
    """One line more."""
    study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] += "\n* Stable dose for at least 8 weeks"


STORY: Sequence[tuple[str, Mapping[int, Edit]]] = (
    ("2026-01-19", {1: planned("2026-06", "2028-01", "2028-06")}),
    ("2026-03-02", {5: ends("2027-04-12", "2027-10")}),
    ("2026-03-24", {12: ends("2026-09", "2026-10-21"), 14: ends("2026-06", "2026-07-11")}),
    ("2026-04-20", {1: enrolling(80), 26: ends("2026-11-07", "2027-02")}),
    ("2026-05-11", {7: ends("2028-09", "2029-05")}),
    ("2026-06-08", {13: ends("2027-05-23", "2027-07-03")}),
    ("2026-07-06", {1: planned("2026-06", "2028-09", "2029-02"), 36: ends("2026-10", "2026-11-17")}),
    ("2026-09-14", {5: ends("2027-12-12", "2028-03"), 14: ends("2026-11", "2026-12-11")}),
    ("2026-10-05", {12: ends("2027-03", "2027-04-21"), 26: ends("2027-04-07", "2027-07")}),
    ("2026-11-16", {35: status_becomes("RECRUITING"), 8: other_criteria}),
    ("2026-11-18", {36: together(status_becomes("ACTIVE_NOT_RECRUITING"), enrolling(31, "ACTUAL"))}),
    ("2026-11-19", {13: enrolling(14)}),
    ("2026-11-23", {26: other_criteria, 29: enrolling(180)}),
    ("2026-11-24", {7: more_sites}),
    ("2026-11-25", {35: enrolling(30), 18: ends("2027-03", "2027-03-25")}),
    ("2026-11-26", {12: other_time_frame, 35: other_criteria}),
    (
        "2026-11-27",
        {
            1: together(status_becomes("WITHDRAWN", REASON), enrolling(0, "ACTUAL")),
            5: ends("2028-06-12", "2028-10"),
            7: enrolling(65),
        },
    ),
)
"""What sponsors change, by the day."""


@contextmanager
def pictured_site(folder: Path) -> Iterator[ReadingSite]:
    """The site at its end, for nobody who is signed in."""
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    clock = Clock(BEGINS - timedelta(days=1))
    with Sandbox(trials=36, clock=clock) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        live_through(outbox, clock)
        with ReadingSite(outbox) as running:
            yield running
        outbox.registry.close()
    store.close()


def live_through(outbox: OutboxHarness, registry_clock: Clock) -> None:
    """Watch all trials but the real one, and let the year go by."""
    sandbox, trials = outbox.sandbox, [trial_id(number) for number in range(1, 37)]
    for number in LED:
        sandbox.edit(trial_id(number), led_by_industry, refresh=False)
    sandbox.edit(trial_id(1), planned("2026-03", "2027-09", "2028-02"), refresh=False)
    subscribe_people(outbox)
    _at(outbox, registry_clock, BEGINS)
    outbox.watch(*trials)
    outbox.check()
    for day, edits in STORY:
        for number, edit in edits.items():
            sandbox.edit(trial_id(number), together(edit, _updated(day)), refresh=False)
        _at(outbox, registry_clock, datetime.combine(datetime.fromisoformat(day), time(10), UTC))
        outbox.check()
        outbox.deliver()
    _at(outbox, registry_clock, ENDS)
    outbox.check()
    outbox.deliver()
    index_missing(outbox.store, [outbox.registry])


def subscribe_people(outbox: OutboxHarness) -> None:
    """Two whom everything reaches, one whose address is gone, and one whose receiver is down."""
    outbox.subscribe(HOOK)
    outbox.subscribe(MAIL, channel="email")
    outbox.subscribe(MAIL, trial_id(1), channel="email", rhythm=Rhythm(every=Every.WEEKLY, at=time(8)))
    outbox.subscribe(GONE, trial_id(18), channel="email")
    outbox.subscribe(SLOW, trial_id(29))
    outbox.refuse(GONE, DeliveryRejected(f"550 5.1.1 <{GONE}> unknown", status=550, ends=False))
    outbox.refuse(SLOW, DeliveryDeferred("503 Service Unavailable", status=503))


def _at(outbox: OutboxHarness, registry_clock: Clock, now: datetime) -> None:
    outbox.clock.now = registry_clock.now = now


def _updated(day: str) -> Edit:
    return edited(
        statusModule__statusVerifiedDate=day[:7],
        statusModule__lastUpdateSubmitDate=day,
        statusModule__lastUpdatePostDateStruct={"date": day, "type": "ACTUAL"},
    )
