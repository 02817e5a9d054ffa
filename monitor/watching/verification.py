"""What is known of a trial after an answer: its row, and whether the answer verifies it. Pure.

An answer may come from older data than the registry has, or not show what a probe saw move. What it says is kept and
told all the same where it is news; but it verifies nothing, and the trial is asked for again: see
`monitor.watching.builds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.model import Document, State
from monitor.ports import RegistryVersion, Sighting
from monitor.storage.trials import Trial
from monitor.watching.builds import PROVING_NOTHING, Needed, delay_in_words, is_behind, is_rolled_out, latest_believable
from monitor.watching.plausibility import build_is_older


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """When answers came, and what they are to be measured by."""

    version: RegistryVersion
    now: datetime
    probed: Mapping[str, Sighting]
    """What the probe of this pass saw, by trial id: it is remembered rather than what the document would give, so
    that a registry whose projections differ from its documents is not read in full for ever."""
    needed: Needed = PROVING_NOTHING
    accepted: Mapping[str, int] = field(default_factory=dict)
    """By trial id, the number in quarantine of an answer that the operator takes for the record: it is believed."""

    @property
    def latest(self) -> str:
        """The last day that an answer can be believed to bear."""
        return latest_believable(self.version.stamp, self.now)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Why an answer verifies nothing, in words; *contradicts* says that something is new that it does not show."""

    reason: str
    contradicts: bool = False


def row_after(trial: Trial, document: Document, asking: Asking) -> tuple[Trial, Doubtful | None]:
    """The trial's row after the registry gave *document* for it; and why that does not verify it, if so.

    What the operator accepted is what there is to compare with, and is yet to be verified.
    """
    sighting = asking.probed.get(trial.trial_id)
    doubt = _doubt(trial, document, sighting, asking)
    is_accepted = trial.trial_id in asking.accepted
    row = replace(
        trial,
        state=document.state,
        merged_into=None,
        digest=document.digest,
        probe_digest=_probe_digest(document, None if doubt else sighting),
        title=document.title or trial.title,
        build=_build(trial, document, asking),
        verified_version=None if is_accepted else trial.verified_version,
        misses=0,
        first_missed_at=None,
    )
    now = asking.now
    if is_accepted or (doubt and asking.needed.is_late and not doubt.contradicts):
        # Old data for good are read no more often than others.
        return replace(row, read_in_full_at=now), doubt
    if doubt:
        return row, doubt
    return replace(row, verified_version=asking.version.stamp, verified_at=now, read_in_full_at=now), None


def _probe_digest(document: Document, sighting: Sighting | None) -> bytes | None:
    """What a probe sees of a trial that is as *document* says."""
    if document.state is not State.LISTED:
        return None
    is_older = sighting is not None and is_behind(sighting.build, document.build)
    return document.probe_digest if sighting is None or is_older else sighting.digest


def _build(trial: Trial, document: Document, asking: Asking) -> str | None:
    is_older = build_is_older(document.build, trial.build, latest=asking.latest)
    return trial.build if is_older and trial.trial_id not in asking.accepted else document.build or trial.build


def _doubt(trial: Trial, document: Document, sighting: Sighting | None, asking: Asking) -> Doubtful | None:
    """Why a document does not show how the trial stands at this version; None where it does.

    A registry whose probes differ from its documents for good is believed once all its machines must have the version.
    """
    build = document.build
    if trial.trial_id in asking.accepted:
        return None
    moved = sighting is not None and sighting.digest not in (trial.probe_digest, document.probe_digest)
    for needed in (sighting.build if sighting else None, asking.needed.build):
        if is_behind(build, needed):
            return Doubtful(delay_in_words(trial.registry, build, needed), contradicts=moved)
    is_newer = sighting is not None and is_behind(sighting.build, build)
    shows_nothing = moved and document.probe_digest == trial.probe_digest and not is_newer
    if shows_nothing and not is_rolled_out(asking.version.stamp, asking.now):
        words = (
            f"{trial.registry} lists this record as changed, and still gives it as it was: the next check asks again"
        )
        return Doubtful(words, contradicts=True)
    return None
