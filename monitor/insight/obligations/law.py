"""Whether a trial owes results to ClinicalTrials.gov: 42 CFR 11.10 and 11.22, as far as public fields tell. Pure.

The rules are tried in the order of `RULES`; the first that says something decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.insight.obligations.dates import FINAL_RULE, last_day
from monitor.insight.obligations.facts import Facts
from monitor.insight.obligations.verdict import Confidence, Step


class Applies(StrEnum):
    """What a trial is by the law."""

    ACT = "ACT"
    """An applicable clinical trial."""
    PROBABLE = "pACT"
    """Probably one: it began before the Final Rule and was completed under it."""
    ACT_IF_IND = "ACT_if_IND"
    """One if it is done under an IND or IDE, which is not public."""
    NOT_ACT = "not_act"
    NOTHING_TO_REPORT = "no_results_required"
    WAIVED = "waived"
    UNDETERMINED = "undetermined"


OWING = frozenset({Applies.ACT, Applies.PROBABLE, Applies.ACT_IF_IND})
"""Those for which a day can be counted on which results are due."""
COVERED_INTERVENTIONS = frozenset(
    {"DRUG", "BIOLOGICAL", "DEVICE", "GENETIC", "RADIATION", "COMBINATION_PRODUCT", "DIAGNOSTIC_TEST"}
)
_PHASE_1 = frozenset({"PHASE1", "EARLY_PHASE1"})


@dataclass(frozen=True, slots=True)
class Applicability:
    """What a trial is, how sure that is, the rules up to the one that decided, and a word about it."""

    applies: Applies
    confidence: Confidence
    trace: Sequence[Step]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    applies: Applies
    result: str
    confidence: Confidence = Confidence.HIGH
    note: str | None = None


def applicability(facts: Facts) -> Applicability:
    """What the trial is, by the first rule that says so."""
    trace: list[Step] = []
    for rule, fields, decide in RULES:
        said = decide(facts)
        result = said.result if said else "does not decide"
        trace.append(Step(rule, {name: _shown(facts, name) for name in fields}, result))
        if said:
            found = Applicability(said.applies, said.confidence, tuple(trace), said.note)
            return _waived(found) if facts.results_waived and said.applies in OWING else found
    return Applicability(Applies.UNDETERMINED, Confidence.LOW, tuple(trace))


def _waived(found: Applicability) -> Applicability:
    step = Step("42 CFR 11.54: waiver", {"results_waived": "true"}, "waived: nothing is due")
    return replace(found, applies=Applies.WAIVED, trace=(*found.trace, step))


def _shown(facts: Facts, name: str) -> str | None:
    value = getattr(facts, name)
    if isinstance(value, tuple):
        return ", ".join(map(str, dict.fromkeys(value))) or None
    if isinstance(value, bool):
        return str(value).lower()
    text = getattr(value, "text", value)
    return None if text is None else str(text)


def _started_under_the_rule(facts: Facts) -> bool | None:
    start = last_day(facts.start)
    return None if start is None else start >= FINAL_RULE


def _paediatric_surveillance(facts: Facts) -> _Said | None:
    if facts.is_ppsd:
        note = "results are due 30 days after the final report goes to the FDA, which is not public"
        return _Said(Applies.ACT, "paediatric postmarket surveillance of a device", note=note)
    return None


def _not_interventional(facts: Facts) -> _Said | None:
    if facts.study_type is None:
        return _Said(Applies.UNDETERMINED, "the record does not say what kind of study it is", Confidence.LOW)
    return None if facts.study_type == "INTERVENTIONAL" else _Said(Applies.NOT_ACT, "not interventional")


def _withdrawn(facts: Facts) -> _Said | None:
    if facts.status == "WITHDRAWN":
        return _Said(Applies.NOTHING_TO_REPORT, "withdrawn: nobody took part, so there is nothing to report")
    return None


def _phase_1(facts: Facts) -> _Said | None:
    if facts.phases and _PHASE_1.issuperset(facts.phases):
        return _Said(Applies.NOT_ACT, "phase 1 alone is not covered")
    return None


def _feasibility(facts: Facts) -> _Said | None:
    if facts.primary_purpose == "DEVICE_FEASIBILITY":
        return _Said(Applies.NOT_ACT, "a feasibility study of a device is not covered")
    return None


def _without_start(facts: Facts) -> _Said | None:
    if _started_under_the_rule(facts) is None:
        return _Said(Applies.UNDETERMINED, "no start date: it cannot be told which rule applies", Confidence.LOW)
    return None


def _not_regulated(facts: Facts) -> _Said | None:
    if _started_under_the_rule(facts) and not facts.is_regulated:
        return _Said(Applies.NOT_ACT, "neither flag says that the FDA regulates the product")
    return None


def _with_us_link(facts: Facts) -> _Said | None:
    if _started_under_the_rule(facts) and (facts.has_us_location or facts.is_us_export):
        link = "a place in the United States" if facts.has_us_location else "a product exported from the United States"
        return _Said(Applies.ACT, f"regulated by the FDA, and {link}")
    return None


def _without_us_link(facts: Facts) -> _Said | None:
    if _started_under_the_rule(facts):
        return _Said(Applies.ACT_IF_IND, "one if it is under an IND or IDE, which is not public", Confidence.LOW)
    return None


def _completed_before(facts: Facts) -> _Said | None:
    completed = last_day(facts.completed)
    if completed is None:
        return _Said(Applies.UNDETERMINED, "no date of completion", Confidence.LOW)
    if completed < FINAL_RULE:
        note = "due if the product was or became approved (court decision of 2020-02-24)"
        return _Said(Applies.UNDETERMINED, "completed before the Final Rule", Confidence.LOW, note)
    return None


def _probable_by_flag(facts: Facts) -> _Said | None:
    return _Said(Applies.PROBABLE, "begun before the Final Rule, completed under it") if facts.is_regulated else None


def _probable_by_type(facts: Facts) -> _Said:
    if facts.regulated_drug is False and facts.regulated_device is False:
        return _Said(Applies.NOT_ACT, "neither flag says that the FDA regulates the product")
    if facts.regulated_in_2017 is False:
        return _Said(Applies.NOT_ACT, "said in January 2017 not to be regulated by the FDA", Confidence.MEDIUM)
    if COVERED_INTERVENTIONS.isdisjoint(facts.intervention_types) or not facts.has_us_location:
        return _Said(Applies.NOT_ACT, "no covered intervention with a place in the United States", Confidence.MEDIUM)
    return _Said(Applies.PROBABLE, "a covered intervention with a place in the United States", Confidence.MEDIUM)


RULES: Sequence[tuple[str, Sequence[str], Callable[[Facts], _Said | None]]] = (
    ("42 CFR 11.22(a)(2): paediatric surveillance", ["is_ppsd"], _paediatric_surveillance),
    ("42 CFR 11.22(b): interventional", ["study_type"], _not_interventional),
    ("42 CFR 11.42: nobody enrolled", ["status", "enrollment"], _withdrawn),
    ("42 CFR 11.22(b): phase", ["phases"], _phase_1),
    ("42 CFR 11.22(b): device feasibility", ["primary_purpose"], _feasibility),
    ("42 CFR 11.22: date of the start", ["start"], _without_start),
    ("42 CFR 11.22(b): regulated product", ["start", "regulated_drug", "regulated_device"], _not_regulated),
    ("42 CFR 11.22(b): link to the United States", ["countries", "is_us_export"], _with_us_link),
    ("42 CFR 11.22(b): IND or IDE", ["countries", "is_us_export"], _without_us_link),
    ("42 USC 282(j): completed before 2017-01-18", ["primary_completion", "completion"], _completed_before),
    ("42 CFR 11.22: begun before, regulated", ["regulated_drug", "regulated_device"], _probable_by_flag),
    (
        "42 CFR 11.22: begun before, by type of intervention",
        ["regulated_in_2017", "intervention_types", "countries"],
        _probable_by_type,
    ),
)
