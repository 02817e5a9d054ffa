"""What a decision about a registry's answer rests on, and what it comes to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model import Checked, Document, Event, Snapshot
from monitor.plausibility import Doubt
from monitor.ports import Oddity, Registry
from monitor.recovery import Lost
from monitor.storage.quarantine import Quarantined
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.verification import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake(Asking):
    """What deciding about answers needs to know beside them."""

    registry: Registry
    store: Store
    tells_at_once: bool = True
    """Whether events are told in the commit that makes them; else they are pending until somebody settles them."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer for the quarantine. *doubt* is why it is no news; None where it is no record at all."""

    reason: str
    raw: bytes
    doubt: Doubt | None = None
    build: str | None = None


@dataclass(slots=True)
class Decision:
    """What one answer means: the trial's row as it will stand, what to tell, and what else is to be written."""

    trial: Trial
    checked: Checked
    snapshot: Snapshot | None = None
    event: Event | None = None
    quarantined: Refusal | None = None
    follow: str | None = None
    """The id that watches of this trial are to hold as well."""
    oddities: Sequence[Oddity] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What the store knew of the trials in a batch when the transaction began."""

    trials: Mapping[str, Trial]
    latest: Mapping[str, Snapshot]
    """The last LISTED snapshot of each trial; the last readable one of those that are lost."""
    lost: Mapping[str, Lost]
    """Those whose last LISTED snapshot is damaged."""
    told: Mapping[str, Event]
    """The last event of each trial that had one."""
    newcomers: Collection[str]
    """Those whose baseline is news."""
    load: Callable[[str, int], Snapshot] = field(repr=False)
    refused: Callable[[Document, datetime | None], Quarantined | None] = field(repr=False)
    """The same record, as it was refused since then."""

    def trial(self, registry: str, trial_id: str) -> Trial:
        """The row, or a blank one for a trial that is new."""
        return self.trials.get(trial_id) or Trial(registry, trial_id)
