"""Words for the codes of registries: the one vocabulary that everything which shows a code reads.

A record's codes are ClinicalTrials.gov's, and so are the words, as its own pages write them. The adapter of another
registry maps its codes to these wherever they mean the same, and declares words for those that only it has. Where it
has other words for a shared code, the `Coded` value carries them, and so does every change of it. A code without words
here is put into words by a rule, so that one never seen before reads well enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeWords:
    """How a code is shown by itself, and within a sentence; None there where the rule does well enough."""

    label: str
    phrase: str | None = None


WORDS: Mapping[str, CodeWords] = MappingProxyType(
    {
        "ACTIVE_NOT_RECRUITING": CodeWords("Active, not recruiting", "active, not recruiting"),
        "UNKNOWN": CodeWords("Unknown status"),
        "NA": CodeWords("N/A"),
        "EARLY_PHASE1": CodeWords("Early Phase 1"),
        "PHASE1": CodeWords("Phase 1"),
        "PHASE2": CodeWords("Phase 2"),
        "PHASE3": CodeWords("Phase 3"),
        "PHASE4": CodeWords("Phase 4"),
        "NON_RANDOMIZED": CodeWords("Non-randomized"),
        "SINGLE_GROUP": CodeWords("Single group assignment"),
        "PARALLEL": CodeWords("Parallel assignment"),
        "CROSSOVER": CodeWords("Crossover assignment"),
        "FACTORIAL": CodeWords("Factorial assignment"),
        "SEQUENTIAL": CodeWords("Sequential assignment"),
        "NONE": CodeWords("None (Open Label)"),
        "ECT": CodeWords("Educational/counseling/training"),
        "NIH": CodeWords("NIH"),
        "SAP": CodeWords("Statistical analysis plan", "statistical analysis plan"),
        "ICF": CodeWords("Informed consent form", "informed consent form"),
        "CSR": CodeWords("Clinical study report", "clinical study report"),
    }
)
"""The words of the codes that records share."""

_known: dict[str, CodeWords] = dict(WORDS)


def add(words: Mapping[str, CodeWords]) -> None:
    """Add the words of a registry's own codes, once when its adapter is listed.

    Raise ValueError where a code has other words already: the adapter has to map its code to another one then.
    """
    if taken := sorted(code for code in words if _known.get(code, words[code]) != words[code]):
        raise ValueError(f"these codes have other words already: {', '.join(taken)}")
    _known.update(words)


def shared_words(code: str) -> str:
    """How *code* is shown where its registry has no words of its own for it."""
    return label_of(code) or code.replace("_", " ").strip().capitalize() or code


def label_of(code: str) -> str | None:
    """How *code* is shown by itself; None for one that the rule is for."""
    words = _known.get(code)
    return words.label if words else None


def phrase_of(code: str) -> str | None:
    """How *code* reads within a sentence; None for one that the rule is for."""
    words = _known.get(code)
    return words.phrase if words else None
