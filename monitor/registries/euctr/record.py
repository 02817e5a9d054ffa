"""What a document says: canonical JSON in, `Record` out. Pure; it raises for no document that was proven.

Of each line that counts for the trial as a whole, what most countries say is taken; what nobody took, and what one
country says otherwise, is the record's `rest`. PATHS are the codes of the lines.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from monitor.model import Coded, Document, Enrollment, Json, Outcome, PartialDate, Record, Sponsor
from monitor.registries.euctr.agreed import Agreed, code_of
from monitor.registries.euctr.ids import PAGE
from monitor.registries.euctr.products import Item, take_products, take_sponsors, take_supporters, take_terms
from monitor.registries.euctr.statuses import country_name, country_statuses, has_transitioned, overall_status
from monitor.registries.euctr.summary import Summary
from monitor.text import fold_name

CTIS = "CTIS (euclinicaltrials.eu)"

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "trial_id": "A.2",
        "brief_title": "A.3.1",
        "official_title": "A.3",
        "acronym": "A.3.2",
        "overall_status": "P. End of Trial Status",
        "country_statuses": "countries",
        "transferred_to": "P. End of Trial Status",
        "completion_date": "P. Date of the global end of the trial",
        "enrollment": "F.4.2.2",
        "lead_sponsor": "B.1.1",
        "collaborators": "B.4.1",
        "phases": "E.7",
        "allocation": "E.8.1.1",
        "intervention_model": "E.8.1.5",
        "masking": "E.8.1.2",
        "interventions": "D.3.1",
        "primary_outcomes": "E.5.1",
        "secondary_outcomes": "E.5.2",
        "minimum_age": "F.1",
        "maximum_age": "F.1",
        "sex": "F.2",
        "healthy_volunteers": "F.3.1",
        "eligibility_criteria": "E.3",
        "has_results": "Trial results",
        "conditions": "E.1.1",
        "keywords": "E.1.2 Term",
        "brief_summary": "E.2.1",
        "detailed_description": "E.2.2",
        "target_duration": "E.8.9.2",
        "data_monitoring_committee": "E.8.7",
        "org_study_id": "A.4.1",
        "secondary_ids": "A.5",
        "study_first_submit_date": "Date on which this record was first entered in the EudraCT database",
        "reviews": "N",
    }
)

_NOT_HERE = """
why_stopped last_known_status start_date primary_completion_date responsible_party study_type primary_purpose arms
other_outcomes sites contacts results results_first_submit_date submissions documents status_verified_date
last_update_submit_date last_update_post_date aliases
"""
SILENT = frozenset(_NOT_HERE.split())
"""Of these no record of this register says anything."""

_PHASES = (
    ("E.7.1", "PHASE1", "Human pharmacology (Phase I)"),
    ("E.7.2", "PHASE2", "Therapeutic exploratory (Phase II)"),
    ("E.7.3", "PHASE3", "Therapeutic confirmatory (Phase III)"),
    ("E.7.4", "PHASE4", "Therapeutic use (Phase IV)"),
)
_MODELS = (("E.8.1.5", "PARALLEL", "Parallel group"), ("E.8.1.6", "CROSSOVER", "Cross over"))
_MASKING = (
    ("E.8.1.2", "NONE", "Open"),
    ("E.8.1.3", "SINGLE", "Single blind"),
    ("E.8.1.4", "DOUBLE", "Double blind"),
)
_AGES = (
    ("F.1.1.2", "0 Days", "27 Days"),
    ("F.1.1.3", "0 Days", "27 Days"),
    ("F.1.1.4", "28 Days", "23 Months"),
    ("F.1.1.5", "2 Years", "11 Years"),
    ("F.1.1.6", "12 Years", "17 Years"),
    ("F.1.2", "18 Years", "64 Years"),
    ("F.1.3", "65 Years", None),
)
_IDS = (("A.5.1", "ISRCTN"), ("A.5.2", "NCT"), ("A.5.3", "WHO_UTN"), ("A.5.4", "OTHER"))
_SEXES = {
    (True, True): Coded("ALL", "Female and male"),
    (True, False): Coded("FEMALE", "Female"),
    (False, True): Coded("MALE", "Male"),
}
_NUMBER = re.compile("[0-9]{1,9}")


def parse(document: Document) -> Record:
    """What a LISTED document says."""
    tree = orjson.loads(document.content)
    countries = tree["countries"]
    agreed = Agreed(countries)
    groups = _Groups(countries)
    fields = {**_standing(agreed), **_texts(agreed), **_design(agreed), **_population(agreed), **groups.fields()}
    results = tree.get("results")
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=PAGE + document.trial_id,
        paths=PATHS,
        has_results=bool(Summary((), results).has_results),
        details=_details(agreed, fields.pop("said")),
        rest=_rest(agreed, groups),
        silent=SILENT if results else SILENT | {"has_results"},
        parts=_parts(countries),
        **fields,
    )


def _standing(agreed: Agreed) -> dict[str, Any]:
    """Statuses, and the end of the trial. Of the two places for a status, the later one in the record counts."""
    said = agreed.take_each("Trial Status") | agreed.take_each("P", "End of Trial Status")
    end = agreed.take("P", "global end of the trial")
    return {
        "said": said,
        "overall_status": overall_status(said),
        "country_statuses": country_statuses(said),
        "completion_date": PartialDate(end, "ACTUAL") if end else None,
    }


def _texts(agreed: Agreed) -> dict[str, Any]:
    """Titles, condition, end points, criteria. The title for lay people is the one that is called brief."""
    official = agreed.take("A.3")
    inclusion, exclusion = agreed.take("E.3"), agreed.take("E.4")
    criteria = [
        f"{head}:\n\n{text}"
        for head, text in (("Inclusion Criteria", inclusion), ("Exclusion Criteria", exclusion))
        if text
    ]
    condition = agreed.take("E.1.1")
    return {
        "brief_title": agreed.take("A.3.1") or official,
        "official_title": official,
        "acronym": agreed.take("A.3.2"),
        "conditions": (condition,) if condition else (),
        "primary_outcomes": _outcome(agreed, "E.5.1"),
        "secondary_outcomes": _outcome(agreed, "E.5.2"),
        "eligibility_criteria": "\n\n".join(criteria) or None,
    }


def _outcome(agreed: Agreed, code: str) -> tuple[Outcome, ...]:
    """All end points of a kind are one text, and so are their time points."""
    measure = agreed.take(code)
    return (Outcome(measure, agreed.take(f"{code}.1")),) if measure else ()


def _design(agreed: Agreed) -> dict[str, Any]:
    randomised = agreed.take_truth("E.8.1.1")
    allocation = {True: Coded("RANDOMIZED", "Randomised"), False: Coded("NON_RANDOMIZED", "Not randomised")}
    return {
        "phases": _chosen(agreed, _PHASES),
        "allocation": None if randomised is None else allocation[randomised],
        "intervention_model": next(iter(_chosen(agreed, _MODELS)), None),
        "masking": next(reversed(_chosen(agreed, _MASKING)), None),
    }


def _chosen(agreed: Agreed, choices: tuple[tuple[str, str, str], ...]) -> tuple[Coded, ...]:
    """The codes of the lines that say Yes."""
    return tuple([Coded(code, words) for line, code, words in choices if agreed.take_truth(line)])


def _population(agreed: Agreed) -> dict[str, Any]:
    ages = [(low, high) for code, low, high in _AGES if agreed.take_truth(code)]
    sexes = (bool(agreed.take_truth("F.2.1")), bool(agreed.take_truth("F.2.2")))
    return {
        "minimum_age": ages[0][0] if ages else None,
        "maximum_age": ages[-1][1] if ages else None,
        "sex": _SEXES.get(sexes),
        "healthy_volunteers": agreed.take_truth("F.3.1"),
        "enrollment": _enrollment(agreed),
    }


def _enrollment(agreed: Agreed) -> Enrollment | None:
    """How many are planned in all countries; where that is not said, in the European Economic Area."""
    for code in ("F.4.2.2", "F.4.2.1"):
        if _NUMBER.fullmatch(agreed.text(code) or ""):
            return Enrollment(int(agreed.take(code) or 0), "ESTIMATED")
    return None


def _details(agreed: Agreed, said: Mapping[str, str]) -> dict[str, Json]:
    ids = [{"id": text, "type": kind} for code, kind in _IDS if (text := agreed.take(code))]
    entered = agreed.take_each("Date on which this record was first entered in the EudraCT database")
    found = {
        "brief_summary": agreed.take("E.2.1"),
        "detailed_description": agreed.take("E.2.2"),
        "target_duration": _duration(agreed),
        "data_monitoring_committee": agreed.take_truth("E.8.7"),
        "org_study_id": agreed.take("A.4.1"),
        "secondary_ids": ids,
        "study_first_submit_date": min(entered.values(), default=None),
        "reviews": _reviews(agreed),
        "transferred_to": CTIS if has_transitioned(said) else None,
    }
    return {name: value for name, value in found.items() if value is not None and value != []}


def _duration(agreed: Agreed) -> str | None:
    """How long the trial lasts in all countries, as it is estimated."""
    spans = ((agreed.take("E.8.9.2", unit), unit) for unit in ("years", "months", "days"))
    return " ".join(f"{count} {unit}" for count, unit in spans if count and count != "0") or None


def _reviews(agreed: Agreed) -> list[Json]:
    """The decisions of authorities and opinions of ethics committees, a sentence each."""
    found = []
    for who, what, when in (
        ("Competent authority", "Competent Authority Decision", "Date of Competent Authority Decision"),
        ("Ethics committee", "Opinion of the trial application", "Date of Ethics Committee Opinion"),
    ):
        days = agreed.take_each("N", f". {when}")
        decisions = agreed.take_each("N", f". {what}" if what.startswith("Comp") else what)
        for country in sorted(decisions):
            day = f" ({days[country]})" if country in days else ""
            found.append(f"{who}, {country_name(country)}: {decisions[country]}{day}")
    return sorted(found)


class _Groups:
    """What most countries say of sponsors, products, placebos and terms; what nobody took of it is left."""

    def __init__(self, countries: Mapping[str, Mapping[str, Any]]) -> None:
        names = sorted({name for record in countries.values() for name in record["groups"]})
        self._agreed = Agreed(
            {
                country: {"lines": {name: record["groups"][name] for name in names if name in record["groups"]}}
                for country, record in countries.items()
            }
        )
        shared, self.own = self._agreed.left()
        self.shared: dict[str, list[Item]] = orjson.loads(orjson.dumps(shared))

    def fields(self) -> dict[str, Any]:
        """Sponsors, interventions and keywords."""
        sponsors = take_sponsors(self.shared.get("sponsors", []))
        known = {fold_name(one.name) for one in sponsors}
        supporters = take_supporters(self.shared.get("sponsors", []))
        others = [Sponsor(name) for name in supporters if fold_name(name) not in known]
        return {
            "lead_sponsor": sponsors[0] if sponsors else None,
            "collaborators": (*sponsors[1:], *others),
            "interventions": take_products(self.shared.get("products", []), self.shared.get("placebos", [])),
            "keywords": take_terms(self.shared.get("meddra", [])),
        }


def _rest(agreed: Agreed, groups: _Groups) -> dict[str, Json]:
    """What nobody took. In its names codes have hyphens, for a full stop parts the names of a path."""
    shared, own = agreed.left()
    lines = {name: _emptied(items) for name, items in groups.shared.items()}
    countries = {country: {**own.get(country, {}), **groups.own.get(country, {})} for country in {**own, **groups.own}}
    rest = {**shared, **{name: items for name, items in lines.items() if items}}
    if countries:
        rest["countries"] = countries
    named = _named(rest)
    return named if isinstance(named, dict) else {}


def _emptied(items: list[Item]) -> list[Json]:
    """The items that something is left of."""
    kept = []
    for item in items:
        whole = {name: _emptied(value) if name in ("substances", "support") else value for name, value in item.items()}
        kept.append({name: value for name, value in whole.items() if value})
    return [item for item in kept if item]


def _named(tree: Json) -> Json:
    if isinstance(tree, dict):
        return {re.sub(r"\.(?=[0-9 ])", "-", name).replace(".", ""): _named(value) for name, value in tree.items()}
    return [_named(item) for item in tree] if isinstance(tree, list) else tree


def _parts(countries: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The sections that are there."""
    codes = {code_of(key)[:1] for record in countries.values() for key in record["lines"] if "." in key}
    return frozenset(codes & set("AEFNP"))
