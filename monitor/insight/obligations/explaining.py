"""A record, or two, as an object that says what is owed: `monitor explain obligations`. Pure.

The keys are those of a worked case: what applies, when results are due, how that stands; a check of the record; or what
an edit did to the duty.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from monitor.insight import Unexplainable
from monitor.insight.obligations import eu
from monitor.insight.obligations.evasion import shrunk
from monitor.insight.obligations.facts import Facts, facts_of_flat, facts_of_study
from monitor.insight.obligations.results import results_owed
from monitor.insight.obligations.trialstracker import tracked
from monitor.insight.obligations.updates import Check, checks
from monitor.insight.obligations.verdict import Confidence, Step, least
from monitor.model import Json

Rules = Literal["law", "trialstracker"]


def explained(said: Mapping[str, Any], rules: Rules = "law") -> dict[str, Json]:
    """What is owed by the record that *said* holds beside its `today`, or by its `before` and `after`.

    Raise Unexplainable where there is no day or no record.
    """
    today = _today(said.get("today"))
    name = {"id": said["id"]} if isinstance(said.get("id"), str | int) else {}
    if isinstance(before := said.get("before"), Mapping) and isinstance(after := said.get("after"), Mapping):
        return {**name, **_edit(_facts(before), _facts(after), today)}
    record = next((said[key] for key in ("input", "record") if isinstance(said.get(key), Mapping)), said)
    if rules == "trialstracker":
        return {**name, **_tracked(_facts(record), today)}
    if record.get("registry") in ("CTIS", "EUCTR"):
        return {**name, **_european(record, today)}
    return {**name, **_owed(_facts(record), today)}


def _today(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Unexplainable('no day: "today" is to be a date such as 2026-01-31') from None


def _facts(record: Mapping[str, Any]) -> Facts:
    if "protocolSection" in record:
        return facts_of_study(record)
    if not {"studyType", "overallStatus", "startDate", "phases"}.isdisjoint(record):
        return facts_of_flat(record)
    raise Unexplainable("no record: give one of the registry's API, or flat fields such as studyType and startDate")


def _owed(facts: Facts, today: date) -> dict[str, Json]:
    found, kept = results_owed(facts, today), checks(facts, today)
    broken = [each for each in kept if not each.is_kept]
    shown = next(iter([*broken, *kept]), None)
    alerts = [*map(str, found.alerts), *(each.alert for each in broken if each.alert)]
    sure = [found.confidence, shown.confidence] if shown and found.due is None else [found.confidence]
    return _without_none(
        {
            "applies": str(found.applicability.applies),
            "results_due": found.due and str(found.due),
            "status": found.status and str(found.status),
            "days_late": found.days_late,
            "note": found.applicability.note,
            **(_check(shown) if shown else {}),
            "alert": next(iter(alerts), None),
            "confidence": str(least(*sure, *([shown.confidence] if broken and shown else []))),
            "trace": [_step(each) for each in (*found.trace, *(each.step for each in kept))],
            "contradictions": [_without_none({**_check(each), "alert": each.alert}) for each in broken],
            "basis": "by the public record",
        }
    )


def _check(check: Check) -> dict[str, Json]:
    return _without_none(
        {
            "check": check.check,
            "ok": check.is_kept,
            "due": check.due and str(check.due),
            "days_late": check.days_late,
            "icmje_ok": check.is_before_start,
        }
    )


def _edit(before: Facts, after: Facts, today: date) -> dict[str, Json]:
    was, now = results_owed(before, today), results_owed(after, today)
    found = shrunk(before, after, today)
    sure = str(least(was.confidence, now.confidence))
    trace = [_step(each) for each in _turned(was.trace, now.trace)]
    if found is None:
        return {"event": None, "confidence": sure, "trace": trace, "contradictions": []}
    return _without_none(
        {
            "event": str(found.event),
            "cause": found.cause,
            "was": found.was,
            "now": found.now,
            "days": found.days,
            "also": [*found.also] or None,
            "severity": found.significance.name.lower(),
            "confidence": sure,
            "trace": trace,
            "contradictions": [],
            "basis": "by the public record",
        }
    )


def _turned(was: Sequence[Step], now: Sequence[Step]) -> Sequence[Step]:
    """The steps of both verdicts that are not the same: the rule that turned, before and after."""
    return [each for each in (*was, *now) if each not in was or each not in now]


def _tracked(facts: Facts, today: date) -> dict[str, Json]:
    found = tracked(facts, today)
    said: dict[str, Json] = {"flag": found.flag}
    if found.status:
        said["status"] = found.status
    if found.days_late:
        said["days_late"] = found.days_late
    if found.has_late_certificate:
        said["late_cert"] = True
    return said


def _european(record: Mapping[str, Any], today: date) -> dict[str, Json]:
    if record["registry"] == "CTIS" and (told := eu.halt(record, today)):
        return {
            "check": "halt_notification",
            "ok": told.is_kept,
            "due": str(told.due),
            "confidence": str(Confidence.MEDIUM),
            "trace": [_step(told.step)],
            "contradictions": [],
        }
    owed = eu.ctis(record, today) if record["registry"] == "CTIS" else eu.euctr(record, today)
    if owed is None:
        return {"status": "not_due", "confidence": str(Confidence.MEDIUM), "trace": [], "contradictions": []}
    return _without_none(
        {
            "results_due": owed.due and str(owed.due),
            "status": owed.status,
            "days_late": owed.days_late,
            "missing": [*owed.missing] or None,
            "alert": owed.alert,
            "eutrialstracker": owed.tracker,
            "confidence": str(owed.confidence),
            "trace": [_step(each) for each in owed.trace],
            "contradictions": [],
            "basis": "by the public record",
        }
    )


def _step(step: Step) -> dict[str, Json]:
    return {"rule": step.rule, "fields": dict(step.fields), "result": step.result}


def _without_none(values: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value is not None}
