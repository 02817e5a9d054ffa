"""The pieces that pages of every form have: a status with its reason, outcomes, arms, interventions, sites. Pure."""

import re

from monitor.model import Json

NOT_PROVIDED = frozenset(("not provided", "[not specified]", "not specified"))

_TIME_FRAME = re.compile(r"\[\s*Time\s*Frame\s*:", re.IGNORECASE)
_SAFETY = re.compile(r"\[\s*Designated\s+as\s+safety\s+issue\s*:[^\]]*\]?", re.IGNORECASE)
_STATUS = re.compile(r"^[\s|]*Recruitment\s+Status\s*[:|]*\s*", re.IGNORECASE)
_STATUS_ENDS = re.compile(
    r"\s*(?:Results )?(?:First Posted|First Received|Last Update Posted|Last Updated)\b.*$", re.DOTALL
)
_LAST_KNOWN = re.compile(r"recruitment status (?:of this study )?was:?\s*([A-Za-z, ]{3,40}?)\.?\s*$", re.IGNORECASE)
_VERIFIED = re.compile(r"\s*\bVerified\s.*$", re.DOTALL)

_SENTENCES = (
    ("is unknown", "Unknown status"),
    ("not yet open", "Not yet recruiting"),
    ("by invitation", "Enrolling by invitation"),
    ("but not recruiting", "Active, not recruiting"),
    ("currently recruiting", "Recruiting"),
    ("completed", "Completed"),
    ("terminated", "Terminated"),
    ("suspended", "Suspended"),
    ("withdrawn", "Withdrawn"),
    ("temporarily not available", "Temporarily not available"),
    ("no longer available", "No longer available"),
    ("approved for marketing", "Approved for marketing"),
    ("available", "Available"),
)
"""Words of the sentence that pages until 2017 have in the place of a status."""

_ARM_TYPES = "Experimental|Active Comparator|Placebo Comparator|Sham Comparator|No Intervention|Other"
_INTERVENTION_TYPES = (
    "Behavioral|Biological|Combination Product|Device|Diagnostic Test|Dietary Supplement|Drug|Genetic|Other|Procedure"
    "|Radiation"
)
_ARM = re.compile(rf"({_ARM_TYPES})\s*:\s*(.+)", re.DOTALL)
_INTERVENTION = re.compile(rf"({_INTERVENTION_TYPES})\s*:\s*(.+)", re.DOTALL)
_WHOLE_NAMES = re.compile(
    r"(?:Republic|States) of|Occupied|Former|Province of China|Republic of the|People's", re.IGNORECASE
)


def status_of(block: str) -> dict[str, Json]:
    """What a status block says: the status, why the trial stopped, and what it was before nobody verified it."""
    text = _STATUS_ENDS.sub("", _STATUS.sub("", block)).strip(" |\u2020")
    found: dict[str, Json] = {}
    if known := _LAST_KNOWN.search(text):
        found["lastKnownStatus"] = known[1].strip()
        text = text[: known.start()]
    status, bracket, why = text.partition("(")
    if not (status := _VERIFIED.sub("", status).strip(" .\u2020|")):
        return {}
    reason = why.rstrip(" .|")
    return {**found, "overallStatus": status, "whyStopped": reason.removesuffix(")").strip() if bracket else ""}


def status_in(sentence: str) -> dict[str, Json]:
    """The same, of a page until 2017, which says it in a sentence."""
    head = sentence.partition("(")[0].casefold()
    status = next((words for mark, words in _SENTENCES if mark in head), None)
    if status is None:
        return {}
    said = {name: each for name, each in status_of(sentence).items() if name != "overallStatus"}
    return {**said, "overallStatus": status}


def outcome_of(text: str, description: str = "") -> dict[str, Json] | None:
    """An outcome; None where there is none. The last bracket with a time frame counts."""
    text = _SAFETY.sub("", text).strip()
    frames = list(_TIME_FRAME.finditer(text))
    measure, frame = text, ""
    if frames:
        measure, frame = text[: frames[-1].start()].strip(), text[frames[-1].end() :].strip()
        frame = frame.removesuffix("]").strip()
    if not measure:
        return None
    found: dict[str, Json] = {"measure": measure}
    if frame:
        found["timeFrame"] = frame
    if description:
        found["description"] = description
    return found


def arm_of(text: str, description: str = "", interventions: tuple[str, ...] = ()) -> dict[str, Json] | None:
    """An arm or group; None where it has no name."""
    typed = _ARM.fullmatch(text)
    label = (typed[2] if typed else text).strip()
    if not label:
        return None
    found: dict[str, Json] = {"label": label}
    if typed:
        found["type"] = typed[1]
    if description:
        found["description"] = description
    if interventions:
        found["interventions"] = list(interventions)
    return found


def intervention_of(text: str) -> dict[str, Json] | None:
    """What is done, and of which type; None where nothing is named."""
    typed = _INTERVENTION.fullmatch(text.strip())
    name = (typed[2] if typed else text).strip()
    if not name or name.casefold() in NOT_PROVIDED:
        return None
    return {"name": name, "type": typed[1]} if typed else {"name": name}


def is_intervention(text: str) -> bool:
    """Whether a line names one, type first."""
    return bool(_INTERVENTION.fullmatch(text))


def country_and_state(heading: str) -> tuple[str, str]:
    """The country that heads a list of sites, and the state behind it: "United States, North Carolina"."""
    country, comma, rest = heading.partition(", ")
    if not comma or _WHOLE_NAMES.search(rest):
        return heading.strip(), ""
    return country.strip(), rest.strip()


def site_of(facility: str, address: str, heading: str, status: str = "") -> dict[str, Json]:
    """A site from its name, its address "city, state, country, zip", and the country above it."""
    country, state = country_and_state(heading)
    before, found, zip_ = address.rpartition(country) if country else (address, "", "")
    city = before.strip(" ,") if found else address.strip(" ,")
    if state and city.endswith(state):
        city = city.removesuffix(state).strip(" ,")
    parts = {
        "facility": facility,
        "city": city,
        "state": state,
        "country": country,
        "zip": zip_.strip(" ,"),
        "status": status,
    }
    return {name: value for name, value in parts.items() if value}
