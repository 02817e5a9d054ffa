"""Rows of a search, and which of them a search finds. Pure.

A key of `searchCriteria` that the real one does not know is passed over, so that a search with nothing else finds all.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter

from monitor.model import Json
from monitor.sandbox.ctis.trials import IDENTIFIERS, countries_of
from monitor.sandbox.edits import value_at
from monitor.sandbox.small.trees import Trial, copied

MOST_ROWS = 10_000
"""The real one gives no more of one search."""
DAY = "%d/%m/%Y"
PHASE = "Therapeutic confirmatory  (Phase III)"
"""Of all trials; the real one has two blanks in it, too."""
_PART_ONE = "authorizedApplication.authorizedPartI"


def record_of(trial: Trial) -> Json:
    """The record as `retrieve` gives it, with its moment of publication."""
    return {**copied(trial.tree), "publishDate": f"{trial.edited_at:%Y-%m-%dT%H:%M:%S}.000000001"}


def row_of(trial: Trial) -> Json:
    """The record as a row of a search."""
    tree = trial.tree
    day = trial.edited_at.strftime(DAY)
    sponsors = value_at(tree, f"{_PART_ONE}.sponsors.0.organisation")
    rows = {
        "ctNumber": tree.get("ctNumber"),
        "ctStatus": tree.get("ctPublicStatusCode"),
        "ctTitle": value_at(tree, f"{IDENTIFIERS}.fullTitle"),
        "shortTitle": value_at(tree, f"{IDENTIFIERS}.shortTitle"),
        "startDateEU": tree.get("startDateEU"),
        "endDateEU": tree.get("endDateEU"),
        "conditions": ", ".join(conditions_of(tree)),
        "trialCountries": [f"{name}:{code}" for name, code in countries_of(tree)],
        "sponsor": sponsors.get("name") if isinstance(sponsors, dict) else "",
        "trialPhase": PHASE,
        "totalNumberEnrolled": str(enrolled_in(tree)),
        "resultsFirstReceived": tree.get("resultsFirstReceived"),
        "lastUpdated": day,
        "lastPublicationUpdate": day,
    }
    return {name: value for name, value in rows.items() if value is not None}


def conditions_of(tree: Mapping[str, Json]) -> list[str]:
    """What the trial is about."""
    path = f"{_PART_ONE}.trialDetails.trialInformation.medicalCondition.partIMedicalConditions"
    found = value_at(tree, path)
    return [str(one.get("medicalCondition")) for one in found or [] if isinstance(one, dict)]


def enrolled_in(tree: Mapping[str, Json]) -> int:
    """How many people are planned, in all parts."""
    parts = value_at(tree, "authorizedApplication.authorizedPartsII") or []
    counts = [value_at(part, "recruitmentSubjectCount") for part in parts]
    counts.append(value_at(tree, f"{_PART_ONE}.rowSubjectCount"))
    return sum(count for count in counts if isinstance(count, int))


def has_all(row: Mapping[str, Json], wanted: Json) -> bool:
    """Whether every word is somewhere in the row."""
    text = f"{row.get('ctNumber')} {row.get('ctTitle')} {row.get('conditions')} {row.get('sponsor')}".casefold()
    return all(word in text for word in str(wanted).casefold().split())


def _holds(member: str) -> Callable[[Mapping[str, Json], Json], bool]:
    return lambda row, wanted: str(wanted).casefold() in str(row.get(member, "")).casefold()


CRITERIA: dict[str, Callable[[Mapping[str, Json], Json], bool]] = {
    "number": lambda row, wanted: row.get("ctNumber") == wanted,
    "containAll": has_all,
    "containAny": lambda row, wanted: any(has_all(row, word) for word in str(wanted).split()),
    "containNot": lambda row, wanted: not has_all(row, wanted),
    "title": _holds("ctTitle"),
    "sponsor": _holds("sponsor"),
    "medicalCondition": _holds("conditions"),
    "status": lambda row, wanted: row.get("ctStatus") in (wanted if isinstance(wanted, list) else [wanted]),
}
"""The keys that are known, each with whether a row fits."""


def found_by(trials: Iterable[Trial], criteria: Mapping[str, Json], *, newest_first: bool) -> list[Json]:
    """The rows of the trials that fit, in the order of their last edit."""
    ordered = sorted(trials, key=attrgetter("edited_at", "trial_id"), reverse=newest_first)
    known = {key: value for key, value in criteria.items() if key in CRITERIA and value not in (None, "", [])}
    rows = map(row_of, ordered)
    return [row for row in rows if all(CRITERIA[key](row, wanted) for key, wanted in known.items())]


def page_of(rows: list[Json], *, number: int, size: int) -> Json:
    """One page of the rows, as the search answers. Page 0 is empty, and so is all behind the last row that is given."""
    start = (number - 1) * size
    given = rows[start : min(start + size, MOST_ROWS)] if number > 0 else []
    pages = -(-len(rows) // size) if size else 0
    return {
        "showWarning": False,
        "pagination": {
            "totalRecords": len(rows),
            "currentPage": number,
            "totalPages": pages,
            "nextPage": 0 < number < pages,
            "prevPage": number > 1,
        },
        "data": given,
    }
