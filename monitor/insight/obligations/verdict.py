"""What a verdict rests on: each rule that was tried, the fields that it read, and what came of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How sure a verdict is by public fields alone."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


def least(*of: Confidence) -> Confidence:
    """The lowest of these."""
    return max(of, key=[*Confidence].index)


@dataclass(frozen=True, slots=True)
class Step:
    """A rule, the fields that it read with their values, and what it says."""

    rule: str
    fields: Mapping[str, str | None]
    result: str
