"""What the store knows of the trials in a batch of answers: what each answer is compared with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from monitor.changes.events import TAKEN_BACK_WITHIN
from monitor.changes.membership import MAY_BE_WHY, Membership
from monitor.errors import StoreCorrupt
from monitor.model import Document, Event, Snapshot, State
from monitor.ports import Answer
from monitor.storage import denials, events, memberships, quarantine, snapshots, trials
from monitor.storage.denials import Denial
from monitor.storage.locks import lock_registry
from monitor.storage.quarantine import Quarantined
from monitor.storage.trials import Trial
from monitor.watching.calendar import DayCame, is_due
from monitor.watching.context import IntakeContext
from monitor.watching.damage import DamagedTrial, damaged_trials, missing_snapshots

RECALLED = max(TAKEN_BACK_WITHIN, MAY_BE_WHY) + timedelta(days=1)
"""How long ago an event may be that a change is told with; a day more, as one of them counts by dates."""


@dataclass(frozen=True, slots=True)
class StoredTrials:
    """What the store knew of the trials in a batch when the transaction began."""

    trials: Mapping[str, Trial]
    latest: Mapping[str, Snapshot]
    """The last LISTED snapshot of each trial; the last readable one of those that are damaged."""
    damaged: Mapping[str, DamagedTrial]
    """Those whose last LISTED snapshot is damaged."""
    told: Mapping[str, Event]
    """The last event of each trial that had one of late."""
    newcomers: Mapping[str, Membership]
    """Those whose baseline is news, and which watch found each."""
    denied: Mapping[str, Denial]
    """Those that were never read and that the registry did not know until now."""
    leaving: Mapping[str, Sequence[Membership]]
    """Those that watches no longer find, of which nobody was told yet, and which watches these are."""
    bases: snapshots.Bases = field(repr=False)
    """What the next snapshots are stored as a difference to, as far as it was read."""
    first: Callable[[str], Snapshot | None] = field(repr=False)
    """The first snapshot of a trial; None where it cannot be read."""
    refused: Callable[[Document, datetime | None], Quarantined | None] = field(repr=False)
    """The same record, as it was refused since then."""

    def trial(self, registry: str, trial_id: str) -> Trial:
        """The row, or a blank one for a trial that is new."""
        return self.trials.get(trial_id) or Trial(registry, trial_id)


def stored_trials(tx: Connection, answers: Sequence[Answer | DayCame], intake: IntakeContext) -> StoredTrials:
    """What the store knows of the trials that were answered for. It holds the registry's lock from here on."""
    key = intake.registry.key
    lock_registry(tx, key)
    known = trials.known(tx, key, [answer.trial_id for answer in answers])
    moved = [
        answer.trial_id
        for answer in answers
        if not isinstance(answer, Document) or differs_from(answer, known.get(answer.trial_id), intake.now)
    ]
    leaving = memberships.lost(tx, key, [answer.trial_id for answer in answers if isinstance(answer, Document)])
    asked = dict.fromkeys((*moved, *leaving))
    seen_before = [trial_id for trial_id in asked if trial_id in known and known[trial_id].snapshot]
    errors: dict[str, StoreCorrupt] = {}
    bases: snapshots.Bases = {}
    latest = snapshots.latest_of(tx, key, seen_before, state=State.LISTED, damaged=errors, bases=bases)
    errors |= missing_snapshots(latest, known.values())
    damaged = damaged_trials(tx, key, errors)
    latest |= {trial_id: each.readable for trial_id, each in damaged.items() if each.readable}
    return StoredTrials(
        known,
        latest,
        damaged,
        events.latest_of(tx, key, latest, since=intake.now - RECALLED),
        memberships.found(
            tx, key, [trial_id for trial_id in moved if trial_id not in latest and trial_id not in damaged]
        ),
        denials.known(tx, key, [each for each in moved if each not in known or not known[each].snapshot]),
        leaving,
        bases,
        snapshots.first_of(tx, key, latest),
        lambda document, since: quarantine.latest_of(
            tx, key, document.trial_id, sha256(document.content).digest(), since=since
        ),
    )


def differs_from(document: Document, trial: Trial | None, now: datetime) -> bool:
    """Whether the registry says something else than before of a trial, or says it again after the trial was gone.

    By a day on which the calendar changes what the document says, the same document says something else.
    """
    return trial is None or trial.digest != document.digest or trial.state is not State.LISTED or is_due(trial, now)
