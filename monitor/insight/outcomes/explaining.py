"""Two lists of outcomes as an object that says what changed: `monitor explain outcomes`. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from monitor.insight import Unexplainable
from monitor.insight.outcomes.comparing import OutcomeChange, listed, outcome_changes
from monitor.insight.outcomes.matching import ROLES, Listed
from monitor.insight.outcomes.timing import Placed, placed
from monitor.model import Json
from monitor.model.record import Outcome, PartialDate


def explained(said: Mapping[str, Any]) -> dict[str, Json]:
    """What changed from `before` to `after`, each an object of lists by role; placed in time by `dates` and `on`.

    Raise Unexplainable where a side is missing.
    """
    changes = outcome_changes(_side(said, "before"), _side(said, "after"), timing=_timing(said))
    return {
        **({"id": said["id"]} if isinstance(said.get("id"), str | int) else {}),
        "changes": [change_json(each) for each in changes],
        "switch": any(each.is_substantive for each in changes),
    }


def change_json(change: OutcomeChange) -> dict[str, Json]:
    """One change, in the notation of the explained object."""
    told: dict[str, Json] = {"kind": change.kind}
    if change.is_move:
        told |= {"from": change.before[0].role, "to": change.after[0].role}
    else:
        told["role"] = next(iter([*change.after, *change.before])).role
    told |= {"before": [each.ref for each in change.before], "after": [each.ref for each in change.after]}
    optional = {"aspect": change.aspect, "component": change.component, "timing": change.timing and str(change.timing)}
    told |= {name: value for name, value in optional.items() if value}
    return {**told, "substantive": change.is_substantive, "why": change.why}


def _side(said: Mapping[str, Any], name: str) -> Sequence[Listed]:
    side = said.get(name)
    if not isinstance(side, Mapping):
        raise Unexplainable(f'no "{name}": give the outcomes of both records, by primary, secondary and other')
    return listed(*(_outcomes(side.get(role), f"{name}.{role}") for role in ROLES))


def _outcomes(said: object, name: str) -> Sequence[Outcome]:
    if said is None:
        return []
    if not isinstance(said, list):
        raise Unexplainable(f"{name} is to be a list")
    return [_outcome(each, f"{name}[{place}]") for place, each in enumerate(said)]


def _outcome(said: object, name: str) -> Outcome:
    if not isinstance(said, Mapping) or not isinstance(said.get("measure"), str):
        raise Unexplainable(f'{name} is to be an object with a "measure"')
    frame = said.get("time_frame", said.get("timeFrame"))
    return Outcome(said["measure"], _text(frame), _text(said.get("description")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _timing(said: Mapping[str, Any]) -> Placed | None:
    dates = said.get("dates")
    if not isinstance(dates, Mapping):
        return None
    day = _day(said.get("on", dates.get("on", dates.get("as_of"))))
    if day is None:
        return None
    return placed(
        day,
        start=_date(dates.get("start")),
        primary_completion=_date(dates.get("primary_completion")),
        results=_date(dates.get("results", dates.get("results_submitted"))),
    )


def _day(value: object) -> date | None:
    found = _date(value)
    return found.earliest if found else None


def _date(value: object) -> PartialDate | None:
    return PartialDate(value) if isinstance(value, str) and value.strip() else None
