"""What a query means, as far as the real API knows it: conditions joined by AND. Pure.

`lastEdited GE 2026-01-01T00:00:00.000Z` with GT, GE, LT or LE; `condition:"stiff joints"`, `sponsor:…`, `phase:…`;
anything else is looked for in the whole text. `trialStatus:`, `recruitmentStatus:` and `isrctn:` find nothing, and
`overallStartDate` is passed over, as on the real one.
"""

import operator
import re
from collections.abc import Callable
from datetime import datetime

import orjson

from monitor.sandbox.edits import value_at
from monitor.sandbox.small.trees import Trial

_EDITED = re.compile(r"lastEdited\s+(G[TE]|L[TE])\s+(\S+)")
_FIELD = re.compile(r'(\w+):\s*"?([^"]*)"?')
_COMPARED: dict[str, Callable[[datetime, datetime], bool]] = {
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}
_PATHS = {
    "condition": "trial.conditions",
    "sponsor": "sponsor",
    "phase": "trial.interventions",
    "title": "trial.trialDescription",
}


def fits(query: str, trial: Trial) -> bool:
    """Whether a trial is among those that a query finds."""
    return all(_fits(clause.strip(), trial) for clause in re.split(r"\s+AND\s+", query) if clause.strip())


def _fits(clause: str, trial: Trial) -> bool:
    if edited := _EDITED.fullmatch(clause):
        try:
            moment = datetime.fromisoformat(edited[2])
            return _COMPARED[edited[1]](trial.edited_at, moment)
        except (TypeError, ValueError):
            return False
    if clause.startswith("overallStartDate"):
        return True
    if field := _FIELD.fullmatch(clause):
        path = _PATHS.get(field[1])
        return path is not None and field[2].strip().casefold() in text_of(value_at(trial.tree, path))
    whole = f"{trial.trial_id} {text_of(trial.tree)}".casefold()
    return all(word in whole for word in clause.strip('"() ').casefold().split())


def text_of(value: object) -> str:
    """All that a tree says, in small letters."""
    return orjson.dumps(value).decode().casefold()
