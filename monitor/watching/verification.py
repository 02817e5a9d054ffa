"""What is known of a trial after an answer: its row, and whether the answer verifies it. Pure.

An answer may come from older data than the registry has, or not show what a probe saw move. News in it is kept and told
all the same; but it verifies nothing, and the trial is asked for again: see `monitor.watching.builds`.
"""

from dataclasses import dataclass, replace

from monitor.model import Document, State
from monitor.ports import ProbeResult
from monitor.storage.trials import Trial
from monitor.text import fold_organisation
from monitor.watching.builds import delay_in_words, is_behind, is_rolled_out
from monitor.watching.context import AnswerContext
from monitor.watching.plausibility import build_is_older


@dataclass(frozen=True, slots=True)
class Unverified:
    """Why an answer verifies nothing, in words; *contradicts* says that something is new that it does not show."""

    reason: str
    contradicts: bool = False


def row_after(trial: Trial, document: Document, context: AnswerContext) -> tuple[Trial, Unverified | None]:
    """The trial's row after the registry gave *document* for it; and why that does not verify it, if so.

    What the operator accepted is what there is to compare with, and is yet to be verified.
    """
    probe_result = context.probed.get(trial.trial_id)
    unverified = _why_unverified(trial, document, probe_result, context)
    is_accepted = trial.trial_id in context.accepted
    is_verified = not (is_accepted or unverified)
    # Old data for good are read no more often than others.
    is_read = unverified is None or (context.needed.is_late and not unverified.contradicts)
    version = None if is_accepted else trial.verified_version
    row = replace(
        trial,
        state=document.state,
        merged_into=None,
        digest=document.digest,
        probe_digest=_probe_digest(document, None if unverified else probe_result),
        title=document.title or trial.title,
        lead_sponsor=fold_organisation(document.lead_sponsor) or trial.lead_sponsor,
        build=_build(trial, document, context),
        verified_version=context.version.stamp if is_verified else version,
        verified_at=context.now if is_verified else trial.verified_at,
        read_in_full_at=context.now if is_read else trial.read_in_full_at,
        misses=0,
        first_missed_at=None,
    )
    return row, unverified


def _probe_digest(document: Document, probe_result: ProbeResult | None) -> bytes | None:
    """What a probe sees of a trial that is as *document* says."""
    if document.state is not State.LISTED:
        return None
    is_older = probe_result is not None and is_behind(probe_result.build, document.build)
    return document.probe_digest if probe_result is None or is_older else probe_result.digest


def _build(trial: Trial, document: Document, context: AnswerContext) -> str | None:
    is_older = build_is_older(document.build, trial.build, latest=context.latest)
    return trial.build if is_older and trial.trial_id not in context.accepted else document.build or trial.build


def _why_unverified(
    trial: Trial, document: Document, probe_result: ProbeResult | None, context: AnswerContext
) -> Unverified | None:
    """Why a document does not show how the trial stands at this version; None where it does.

    A registry whose probes differ from its documents for good is believed once all its machines must have the version.
    """
    build = document.build
    if trial.trial_id in context.accepted:
        return None
    moved = probe_result is not None and probe_result.digest not in (trial.probe_digest, document.probe_digest)
    for needed in (probe_result.build if probe_result else None, context.needed.build):
        if is_behind(build, needed):
            return Unverified(delay_in_words(trial.registry, build, needed), contradicts=moved)
    is_newer = probe_result is not None and is_behind(probe_result.build, build)
    shows_nothing = moved and document.probe_digest == trial.probe_digest and not is_newer
    if shows_nothing and not is_rolled_out(context.version.stamp, context.now):
        words = (
            f"{trial.registry} lists this record as changed, and still gives it as it was: the next check asks again"
        )
        return Unverified(words, contradicts=True)
    return None
