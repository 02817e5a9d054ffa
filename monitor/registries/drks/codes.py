"""DRKS' codes as those that records share, each with the registry's own words. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from monitor.model import Coded
from monitor.model.vocabulary import CodeWords

WORDS: Mapping[str, CodeWords] = MappingProxyType({"BLINDED": CodeWords("Blinded")})
"""The words of codes that only it has."""

STATUSES: Mapping[str, Coded] = MappingProxyType(
    {
        "PENDING": Coded("NOT_YET_RECRUITING", "Recruiting planned"),
        "RECRUITING": Coded("RECRUITING", "Recruiting ongoing"),
        "INVITE_ONLY": Coded("ENROLLING_BY_INVITATION", "Invite only"),
        "SUSPENDED": Coded("SUSPENDED", "Recruiting suspended on temporary hold"),
        "COMPLETE_FOLLOW_UP_CONTINUING": Coded("ACTIVE_NOT_RECRUITING", "Recruiting complete, follow-up continuing"),
        "COMPLETE_FOLLOW_UP_COMPLETE": Coded("COMPLETED", "Recruiting complete, study complete"),
        # Spelled so in its schema.
        "DISCONTINIUED": Coded("TERMINATED", "Recruiting stopped after recruiting started"),
        "DISCONTINUED": Coded("TERMINATED", "Recruiting stopped after recruiting started"),
        "WITHDRAWN": Coded("WITHDRAWN", "Recruiting withdrawn before recruiting started"),
    }
)
PHASES: Mapping[str, tuple[Coded, ...]] = MappingProxyType(
    {
        "N_A": (Coded("NA", "N/A"),),
        "PHASE_0": (Coded("EARLY_PHASE1", "Phase 0"),),
        "PHASE_I": (Coded("PHASE1", "Phase 1"),),
        "PHASE_I_II": (Coded("PHASE1", "Phase 1"), Coded("PHASE2", "Phase 2")),
        "PHASE_II": (Coded("PHASE2", "Phase 2"),),
        "PHASE_II_III": (Coded("PHASE2", "Phase 2"), Coded("PHASE3", "Phase 3")),
        "PHASE_III": (Coded("PHASE3", "Phase 3"),),
        "PHASE_IV": (Coded("PHASE4", "Phase 4"),),
    }
)
TYPES: Mapping[str, Coded] = MappingProxyType(
    {
        "INTERVENTIONAL": Coded("INTERVENTIONAL", "Interventional"),
        "NON_INTERVENTIONAL": Coded("OBSERVATIONAL", "Non-interventional"),
    }
)
ALLOCATIONS: Mapping[str, Coded] = MappingProxyType(
    {
        "SINGLE_ARM_STUDY": Coded("NA", "Single arm study"),
        "NON_RANDOMIZED_CONTROLLED_TRIAL": Coded("NON_RANDOMIZED", "Non-randomized controlled trial"),
        "RANDOMIZED_CONTROLLED_TRIAL": Coded("RANDOMIZED", "Randomized controlled trial"),
    }
)
ASSIGNMENTS: Mapping[str, Coded] = MappingProxyType(
    {
        "SINGLE": Coded("SINGLE_GROUP", "Single"),
        "PARALLEL": Coded("PARALLEL", "Parallel"),
        "CROSSOVER": Coded("CROSSOVER", "Crossover"),
        "FACTORIAL": Coded("FACTORIAL", "Factorial"),
        "OTHER": Coded("OTHER", "Other"),
    }
)
BLINDINGS: Mapping[str, Coded] = MappingProxyType(
    {"OPEN": Coded("NONE", "Open"), "BLINDED": Coded("BLINDED", "Blinded")}
)
BLINDED: Mapping[str, str] = MappingProxyType(
    {
        "PATIENT_SUBJECT": "PARTICIPANT",
        "INVESTIGATOR_THERAPIST": "INVESTIGATOR",
        "CAREGIVER": "CARE_PROVIDER",
        "ASSESSOR": "OUTCOMES_ASSESSOR",
        "DATA_ANALYST": "DATA_ANALYST",
    }
)
PURPOSES: Mapping[str, Coded] = MappingProxyType(
    {
        "TREATMENT": Coded("TREATMENT", "Treatment"),
        "PREVENTION": Coded("PREVENTION", "Prevention"),
        "DIAGNOSTIC": Coded("DIAGNOSTIC", "Diagnostic"),
        "PROGNOSIS": Coded("PROGNOSIS", "Prognosis"),
        "SUPPORTIVE_CARE": Coded("SUPPORTIVE_CARE", "Supportive care"),
        "SCREENING": Coded("SCREENING", "Screening"),
        "HEALTH_CARE_SYSTEM": Coded("HEALTH_SERVICES_RESEARCH", "Health care system"),
        "BASIC_RESEARCH_PHYSIOLOGICAL_STUDY": Coded("BASIC_SCIENCE", "Basic research/physiological study"),
        "PHARMACOGENETICS": Coded("PHARMACOGENETICS", "Pharmacogenetics"),
        "PHARMACOGENOMICS": Coded("PHARMACOGENOMICS", "Pharmacogenomics"),
        "HEALTH_ECONOMICS": Coded("HEALTH_ECONOMICS", "Health economics"),
        "OTHER": Coded("OTHER", "Other"),
    }
)
SEXES: Mapping[str, Coded] = MappingProxyType(
    {"MALE": Coded("MALE", "Male"), "FEMALE": Coded("FEMALE", "Female"), "ALL": Coded("ALL", "All")}
)
AGE_UNITS: Mapping[str, str] = MappingProxyType(
    {"DAYS": "Days", "WEEKS": "Weeks", "MONTHS": "Months", "YEARS": "Years", "WEEK_OF_PREGNANCY": "Weeks of pregnancy"}
)
NO_AGE = frozenset({"NO_MIN_AGE", "NO_MAX_AGE"})


def in_words(code: str) -> str:
    """A code that the registry has no words for: `NOT_SEEN_YET` is "Not seen yet"."""
    return code.replace("_", " ").strip().capitalize() or code


def coded(code: str, known: Mapping[str, Coded]) -> Coded:
    """The shared code of one of the registry's; one that is not known stays what it is."""
    return known.get(code) or Coded(code, in_words(code))


def status_of(code: str) -> Coded:
    """The shared status; UNKNOWN, in the registry's words, for one that is not known."""
    return STATUSES.get(code) or Coded("UNKNOWN", in_words(code))
