"""What a registry tells of the versions that a record had before."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from monitor.model import Document


@dataclass(frozen=True, slots=True)
class FormerVersion:
    """A version of a record, by the registry's own number, which rises with time."""

    number: int
    submitted_on: date
    """The day on which the sponsor submitted it; the registry posted it then or later."""


@runtime_checkable
class HistoryReading(Protocol):
    """It gives the versions that a record had before, one at a time. A request each."""

    asks_history: bool
    """Whether the configuration lets it be asked for them."""

    def former_versions(self, trial_id: str) -> list[FormerVersion]:
        """All versions of a record, that of today included, in the order of their numbers.

        Raise HistoryUnavailable where no history can be had at all, another RegistryError where that of this trial
        cannot, and ConfigurationInvalid where the registry is not asked where it keeps them.
        """

    def former_version(self, trial_id: str, number: int) -> Document:
        """A version as a document. Errors are as above."""
