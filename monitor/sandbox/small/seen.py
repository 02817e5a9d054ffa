"""The trials as one request sees them, honest or tampered with. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from monitor.sandbox.edits import edit_of, value_at
from monitor.sandbox.misbehaviour import Fault, Misbehaviour
from monitor.sandbox.small.trees import Trial, copied

TAMPERING = (Fault.STALE, Fault.WRONG_ID, Fault.UNKNOWN, Fault.HUGE)
"""The kinds that alter single trials; a listing or a file that names none can be altered, too."""
HUGE = 3_600_000


def seen(live: Mapping[str, Trial], tampering: Misbehaviour | None, *, long_text: str) -> Mapping[str, Trial]:
    """The trials by the id under which they are found; *long_text* is the path of a text that can grow."""
    if tampering is None:
        return live
    found = {
        trial_id: _tampered(tampering.kind, trial, live, long_text) if tampering.concerns(trial_id) else trial
        for trial_id, trial in live.items()
    }
    return {trial_id: trial for trial_id, trial in found.items() if trial is not None}


def _tampered(kind: Fault, trial: Trial, live: Mapping[str, Trial], long_text: str) -> Trial | None:
    if kind is Fault.UNKNOWN:
        return None
    if kind is Fault.STALE:
        return trial.former or trial
    if kind is Fault.WRONG_ID:
        return next((other for other in live.values() if other.trial_id != trial.trial_id), trial)
    tree = copied(trial.tree)
    text = f"{value_at(tree, long_text) or ''}{' and so on' * (HUGE // 10)}"
    edit_of({long_text: text})(tree)
    return replace(trial, tree=tree)
