"""The next version of a study: one realistic change, as a sponsor or the registry makes it. Pure.

How often each step is drawn follows 66 real transitions (2026): a third touch contacts or sites only, a tenth only
verify the record again, and one in seven leaves the last-update dates alone, because the registry itself made the
change.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from monitor.model import Json

Step = Callable[[Json, Random], "tuple[str, ...] | None"]
"""Changes a study in place and names the paths; None, and no change, where the step does not fit the study."""

OPEN = ("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING")
PROTOCOL = "protocolSection"
STATUS = f"{PROTOCOL}.statusModule"
SITES = f"{PROTOCOL}.contactsLocationsModule.locations"


@dataclass(frozen=True, slots=True)
class Evolution:
    """A study's next version."""

    study: Json
    kind: str | None
    """The main kind of change, in the words of the product; None for noise that is no change at all."""
    paths: tuple[str, ...]
    """What differs, the last-update dates and the verification date aside."""


def evolve(study: Json, rng: Random) -> Evolution:
    """Make one change that fits the study; the study given is left as it is."""
    made = deepcopy(study)
    while True:
        step, kind, silent = rng.choices(STEPS, WEIGHTS)[0]
        paths = step(made, rng)
        if paths is not None:
            if not silent:
                move_update_dates(made, rng)
            return Evolution(made, kind, paths)


def move_update_dates(study: Json, rng: Random) -> None:
    """Submit an update some weeks after the last one, and post it some days later."""
    status = study[PROTOCOL]["statusModule"]
    former = status.get("lastUpdatePostDateStruct", {}).get("date", "2020-01-01")
    submitted = date.fromisoformat(former) + timedelta(days=rng.randint(5, 60))
    posted = submitted + timedelta(days=rng.randint(1, 9))
    status["statusVerifiedDate"] = submitted.isoformat()[:7]
    status["lastUpdateSubmitDate"] = submitted.isoformat()
    status["lastUpdatePostDateStruct"] = {"date": posted.isoformat(), "type": "ACTUAL"}


def moved(text: str, days: int) -> str:
    """A date moved by some days, as precise as it was; by a month at least where only the month is known."""
    if len(text) == 10:
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    year, month = int(text[:4]), int(text[5:7] or 1)
    months = year * 12 + month - 1 + max(round(days / 30), 1)
    return f"{months // 12:04}-{months % 12 + 1:02}"[: max(len(text), 7)]


def sites_of(study: Json) -> list[Json]:
    """The study's own list of sites; empty where it has none."""
    sites: list[Json] = study[PROTOCOL].get("contactsLocationsModule", {}).get("locations", [])
    return sites


# What sponsors do


def verify_again(_: Json, __: Random) -> tuple[str, ...]:
    """Say that all is as it was."""
    return ()


def change_contact(study: Json, rng: Random) -> tuple[str, ...]:
    """Name somebody else to write to."""
    module = study[PROTOCOL].setdefault("contactsLocationsModule", {})
    number = rng.randint(1000, 9999)
    contact = {"name": f"Trial Office {number}", "role": "CONTACT", "email": f"office{number}@trials.example"}
    study[PROTOCOL]["contactsLocationsModule"] = {**module, "centralContacts": [contact]}
    return (f"{PROTOCOL}.contactsLocationsModule.centralContacts",)


def add_site(study: Json, rng: Random) -> tuple[str, ...]:
    """Open one more site, in a country that is there already."""
    module = study[PROTOCOL].setdefault("contactsLocationsModule", {})
    sites = module.setdefault("locations", [])
    like = sites[0] if sites else {"city": "Vienna", "country": "Austria"}
    kept = {key: like[key] for key in ("status", "city", "state", "zip", "country") if key in like}
    sites.append({"facility": f"Added Clinic {rng.randint(10_000, 99_999)}", **kept})
    return (SITES,)


def remove_site(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Close a site for good."""
    sites = sites_of(study)
    if len(sites) < 2:
        return None
    del sites[rng.randrange(len(sites))]
    return (SITES,)


def change_site_status(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Let one site stop or start recruiting."""
    sites = [site for site in sites_of(study) if "status" in site]
    if not sites:
        return None
    site = rng.choice(sites)
    site["status"] = "COMPLETED" if site["status"] != "COMPLETED" else "RECRUITING"
    return (SITES,)


def slip(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Put off the estimated primary completion, and the completion with it."""
    status = study[PROTOCOL]["statusModule"]
    days = rng.randint(31, 400)
    paths = []
    for name in ("primaryCompletionDateStruct", "completionDateStruct"):
        if status.get(name, {}).get("type") == "ESTIMATED":
            status[name]["date"] = moved(status[name]["date"], days)
            paths.append(f"{STATUS}.{name}.date")
    return tuple(paths) or None


def change_target(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Aim at another number of participants."""
    enrollment = study[PROTOCOL].get("designModule", {}).get("enrollmentInfo", {})
    if enrollment.get("type") != "ESTIMATED":
        return None
    enrollment["count"] += rng.choice((-1, 1)) * max(1, enrollment["count"] * rng.randint(5, 60) // 100)
    return (f"{PROTOCOL}.designModule.enrollmentInfo.count",)


def start_recruiting(study: Json, _: Random) -> tuple[str, ...] | None:
    """Begin, on the day that was planned."""
    return change_status(study, "NOT_YET_RECRUITING", "RECRUITING", dates=("startDateStruct",))


def close(study: Json, _: Random) -> tuple[str, ...] | None:
    """Stop taking in people as planned."""
    return change_status(study, "RECRUITING", "ACTIVE_NOT_RECRUITING")


def complete(study: Json, _: Random) -> tuple[str, ...] | None:
    """Come to the planned end."""
    ended = ("primaryCompletionDateStruct", "completionDateStruct")
    return change_status(study, "ACTIVE_NOT_RECRUITING", "COMPLETED", dates=ended)


def change_status(study: Json, former: str, new: str, *, dates: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """Go from one overall status to the next, and let the estimated *dates* have come."""
    status = study[PROTOCOL]["statusModule"]
    if status["overallStatus"] != former:
        return None
    status["overallStatus"] = new
    paths = [f"{STATUS}.overallStatus"]
    for name in dates:
        if status.get(name, {}).get("type") == "ESTIMATED":
            status[name]["type"] = "ACTUAL"
            paths.append(f"{STATUS}.{name}.type")
    return tuple(paths)


def stop(study: Json, rng: Random) -> tuple[str, ...] | None:
    """End early, and say why."""
    status = study[PROTOCOL]["statusModule"]
    if status["overallStatus"] not in OPEN:
        return None
    withdrawn = status["overallStatus"] == "NOT_YET_RECRUITING"
    status["overallStatus"] = "WITHDRAWN" if withdrawn else rng.choice(("TERMINATED", "SUSPENDED"))
    status["whyStopped"] = rng.choice(("Slow recruitment", "Lack of funding", "Sponsor decision"))
    paths = [f"{STATUS}.overallStatus", f"{STATUS}.whyStopped"]
    if withdrawn and "enrollmentInfo" in study[PROTOCOL].get("designModule", {}):
        study[PROTOCOL]["designModule"]["enrollmentInfo"] = {"count": 0, "type": "ACTUAL"}
        paths.append(f"{PROTOCOL}.designModule.enrollmentInfo")
    return tuple(paths)


def add_outcome(study: Json, rng: Random) -> tuple[str, ...]:
    """Plan one more secondary outcome."""
    outcomes = study[PROTOCOL].setdefault("outcomesModule", {}).setdefault("secondaryOutcomes", [])
    outcomes.append({"measure": f"Added questionnaire {rng.randint(10_000, 99_999)}", "timeFrame": "12 weeks"})
    return (f"{PROTOCOL}.outcomesModule.secondaryOutcomes",)


def change_time_frame(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Measure a primary outcome at another time."""
    outcomes = study[PROTOCOL].get("outcomesModule", {}).get("primaryOutcomes", [])
    if not outcomes:
        return None
    rng.choice(outcomes)["timeFrame"] = f"{rng.randint(200, 999)} weeks"
    return (f"{PROTOCOL}.outcomesModule.primaryOutcomes",)


def change_criteria(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Add a criterion."""
    module = study[PROTOCOL].get("eligibilityModule", {})
    if "eligibilityCriteria" not in module:
        return None
    module["eligibilityCriteria"] += f"\n* No vaccination within {rng.randint(2, 90)} days before enrollment"
    return (f"{PROTOCOL}.eligibilityModule.eligibilityCriteria",)


def change_arm(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Describe an arm in other words."""
    arms = study[PROTOCOL].get("armsInterventionsModule", {}).get("armGroups", [])
    if not arms:
        return None
    rng.choice(arms)["description"] = f"Treatment for {rng.randint(200, 999)} weeks, then follow-up"
    return (f"{PROTOCOL}.armsInterventionsModule.armGroups",)


# What the registry does by itself


def lose_sight(study: Json, _: Random) -> tuple[str, ...] | None:
    """Call an open trial UNKNOWN, because nobody verified it for two years."""
    status = study[PROTOCOL]["statusModule"]
    former = status["overallStatus"]
    if former not in OPEN:
        return None
    ordered = {
        "statusVerifiedDate": status.get("statusVerifiedDate", "2020-01"),
        "overallStatus": "UNKNOWN",
        "lastKnownStatus": former,
    }
    study[PROTOCOL]["statusModule"] = ordered | {key: value for key, value in status.items() if key not in ordered}
    return f"{STATUS}.overallStatus", f"{STATUS}.lastKnownStatus"


def find_place_again(study: Json, rng: Random) -> tuple[str, ...] | None:
    """Put a site elsewhere on the map."""
    sites = [site for site in sites_of(study) if "geoPoint" in site]
    if not sites:
        return None
    site = rng.choice(sites)
    site["geoPoint"] = {**site["geoPoint"], "lat": round(site["geoPoint"]["lat"] + 0.25, 5)}
    return (f"{SITES}.geoPoint",)


WEIGHTED_STEPS: tuple[tuple[int, Step, str | None, bool], ...] = (
    (7, verify_again, "verified", False),
    (8, change_contact, "contacts", False),
    (8, add_site, "site.added", False),
    (4, remove_site, "site.removed", False),
    (5, change_site_status, "site.status", False),
    (10, slip, "date.slipped", False),
    (7, change_target, "enrollment.target", False),
    (3, start_recruiting, "status.recruiting", False),
    (2, close, "status.closed", False),
    (2, complete, "status.completed", False),
    (2, stop, "status.stopped", False),
    (2, add_outcome, "outcome.secondary.added", False),
    (1, change_time_frame, "outcome.primary.time_frame", False),
    (4, change_criteria, "eligibility.criteria", False),
    (4, change_arm, "arm.changed", False),
    (2, lose_sight, "status.unknown", True),
    (6, find_place_again, None, True),
)
"""How often out of so many, the step, its kind, and whether it leaves the last-update dates alone."""
WEIGHTS = tuple(weight for weight, *_ in WEIGHTED_STEPS)
STEPS = tuple((step, kind, silent) for _, step, kind, silent in WEIGHTED_STEPS)
