"""What one answer of a registry comes to: everything that is written because of it, in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Checked, Event, Snapshot
from monitor.ports import Oddity
from monitor.storage.trials import Trial
from monitor.watching.plausibility import Implausibility


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer for the quarantine. *doubt* is why it is no news; None where it is no record at all."""

    reason: str
    raw: bytes
    doubt: Implausibility | None = None
    build: str | None = None


@dataclass(slots=True)
class AnswerEffect:
    """What one answer means: the trial's row as it will stand, what to tell, and what else is to be written."""

    trial: Trial
    checked: Checked
    snapshot: Snapshot | None = None
    event: Event | None = None
    quarantined: Refusal | None = None
    follow: str | None = None
    """The id that watches of this trial are to hold as well."""
    oddities: Sequence[Oddity] = ()
