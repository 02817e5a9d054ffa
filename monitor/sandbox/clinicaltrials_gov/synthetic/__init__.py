"""Synthetic trials: any number of them, realistic in shape, size and status, and the same in every process. Pure.

They stand as they would on a given day, to which all their dates are relative.

A trial is written from its *plan*, module by module, each with a source of chance of its own: so a list that asks for
the status of a thousand trials writes a thousand status modules and nothing else. Ids begin at NCT90000001 and obsolete
ids at NCT80000001, far above those that the registry has given so far. `evolve` makes the next version of any study,
and `past` those before it.

Sizes of 6,000 trials, compact JSON: median 11 kB, p90 31 kB, p99 137 kB, largest 877 kB, mean 18 kB; of real records
(2026): 12, 35, 148, 1,120 and 20 kB.
"""

from collections.abc import Callable, Collection
from datetime import date
from random import Random

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.synthetic import conduct, protocol, registry_sections
from monitor.sandbox.clinicaltrials_gov.synthetic.evolution import Evolution, evolve
from monitor.sandbox.clinicaltrials_gov.synthetic.plan import Plan, plan_trial
from monitor.sandbox.clinicaltrials_gov.synthetic.results import results_modules

__all__ = ["Evolution", "evolve", "index_of", "resolve", "study", "trial_id"]

FIRST, FIRST_ALIAS = 90_000_001, 80_000_001
ALIAS_EVERY, ALIAS_AT = 200, 17

SECTIONS: dict[str, dict[str, Callable[[Plan, Random], Json]]] = {
    "protocolSection": {
        "identificationModule": protocol.identification,
        "statusModule": protocol.status,
        "sponsorCollaboratorsModule": protocol.sponsor,
        "oversightModule": protocol.oversight,
        "descriptionModule": protocol.description,
        "conditionsModule": protocol.conditions,
        "designModule": protocol.design,
        "armsInterventionsModule": conduct.arms,
        "outcomesModule": conduct.outcomes,
        "eligibilityModule": conduct.eligibility,
        "contactsLocationsModule": conduct.contacts,
        "referencesModule": conduct.references,
        "ipdSharingStatementModule": conduct.sharing,
    },
    "annotationSection": {"annotationModule": registry_sections.annotation},
    "documentSection": {"largeDocumentModule": registry_sections.documents},
    "derivedSection": {
        "miscInfoModule": registry_sections.misc_info,
        "conditionBrowseModule": registry_sections.condition_browse,
        "interventionBrowseModule": registry_sections.intervention_browse,
    },
}
REDACTED = ("identificationModule", "statusModule", "sponsorCollaboratorsModule", "designModule", "miscInfoModule")
"""What is shown of a trial whose posting is delayed."""


def trial_id(index: int) -> str:
    """The id of the synthetic trial with this number, counted from 0."""
    return f"NCT{FIRST + index:08}"


def index_of(trial_id: str) -> int:
    """The number behind an id; negative for an id that is none of ours."""
    digits = trial_id.removeprefix("NCT")
    return int(digits) - FIRST if digits.isascii() and digits.isdigit() else -1


def resolve(alias: str) -> str:
    """The current id behind an obsolete one; any other id as it is."""
    index = index_of(alias) + FIRST - FIRST_ALIAS
    return trial_id(index) if 0 <= index < FIRST - FIRST_ALIAS and has_alias(index) else alias


def has_alias(index: int) -> bool:
    """Whether this trial was once registered twice."""
    return index % ALIAS_EVERY == ALIAS_AT


def study(seed: int, index: int, modules: Collection[str] | None = None, *, today: date) -> Json:
    """The study with this number as it stands *today*; with *modules*, only these of it."""
    alias = f"NCT{FIRST_ALIAS + index:08}" if has_alias(index) else None
    plan = plan_trial(seed, index, trial_id(index), alias=alias, today=today)
    written = {
        section: {
            name: module
            for name, write in writers.items()
            if is_wanted(name, plan, modules) and (module := write(plan, plan.random(name)))
        }
        for section, writers in SECTIONS.items()
    }
    if plan.has_results and (modules is None or any(name in RESULTS for name in modules)):
        written["resultsSection"] = results_modules(plan, plan.random("results"))
    ordered = ("protocolSection", "resultsSection", "annotationSection", "documentSection", "derivedSection")
    return {
        **{section: written[section] for section in ordered if written.get(section)},
        "hasResults": plan.has_results,
    }


RESULTS = (
    "participantFlowModule",
    "baselineCharacteristicsModule",
    "outcomeMeasuresModule",
    "adverseEventsModule",
    "moreInfoModule",
)


def is_wanted(name: str, plan: Plan, modules: Collection[str] | None) -> bool:
    """Whether this module of a trial is asked for, and shown at all."""
    if plan.status == "WITHHELD" and name not in REDACTED:
        return False
    return modules is None or name in modules
