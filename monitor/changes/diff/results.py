"""The results of a trial, on their way to publication and after it. Pure.

A sponsor submits (RELEASE), the registry returns (RESET) or the sponsor takes back (UNRELEASE), and in the end the
registry posts. Posting clears the list of steps, so their removal is not told separately.
"""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import cancel
from monitor.changes.diff.rest import by_path, sorted_by_spelling
from monitor.changes.diff.tree import Mismatch, mismatches
from monitor.changes.diff.wording import name_words
from monitor.model import Difference, Submission
from monitor.text import counted, fold, natural_list, quote

_SHOWN = 100
"""Places that a difference carries of a results section, which may hold ten thousand."""

_KINDS = {"RELEASE": "results.submitted", "RESET": "results.returned", "UNRELEASE": "results.returned"}


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell posting or removal, the steps towards it, then what changed in posted results."""
    if pair.before.has_results is not pair.after.has_results:
        yield _posted(pair)
    yield from _first_submitted(pair)
    yield from _steps(pair)
    if pair.before.has_results is pair.after.has_results:
        yield from _content(pair)


def _posted(pair: Comparison) -> Difference:
    posted = pair.after.has_results
    return pair.difference(
        "has_results",
        "results.posted" if posted else "results.removed",
        before=pair.before.has_results,
        after=posted,
        summary="Results were posted." if posted else "The posted results were removed from the registry.",
    )


def _first_submitted(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.results_first_submit_date, pair.after.results_first_submit_date
    if fold(before) == fold(after):
        return
    kind = "results.changed"
    if not after:
        summary = f"The date on which results were first submitted, {before}, was removed."
    elif before:
        summary = f"The date on which results were first submitted was corrected from {before} to {after}."
    else:
        kind = "results.submitted"
        summary = f"Results were first submitted to the registry on {after}."
    yield pair.difference("results_first_submit_date", kind, before=before, after=after, summary=summary)


def _steps(pair: Comparison) -> Iterator[Difference]:
    """One difference a type of step: what is listed now, and what is not any more."""
    posted = pair.after.has_results and not pair.before.has_results
    gone, come = cancel(() if posted else pair.before.submissions, pair.after.submissions, lambda step: step)
    for type_ in dict.fromkeys(step.type for step in (*come, *gone)):
        former = [step for step in gone if step.type == type_]
        present = [step for step in come if step.type == type_]
        kind = _KINDS.get(type_, "results.changed") if present else "results.changed"
        summary = _step_summary(type_, former, present, posted=pair.after.has_results)
        yield pair.difference("submissions", kind, before=former, after=present, summary=summary)


def _step_summary(type_: str, former: list[Submission], present: list[Submission], *, posted: bool) -> str:
    if not present:
        return f"No longer listed among the steps towards posting results: {_shown(former)}."
    dates = sorted(step.date for step in present if step.date)
    on = f" on {natural_list(dates)}" if dates else ""
    if type_ == "RELEASE":
        return f"The sponsor submitted results to the registry{on}{'' if posted else '; they are not posted yet'}."
    if type_ == "RESET":
        return f"The registry returned the submitted results to the sponsor for correction{on}."
    if type_ == "UNRELEASE":
        return f"The sponsor took its submitted results back{on}."
    return f"Newly listed among the steps towards posting results: {_shown(present)}."


def _shown(steps: list[Submission]) -> str:
    return natural_list([" of ".join(filter(None, (step.type.lower(), step.date))) for step in steps])


def _content(pair: Comparison) -> Iterator[Difference]:
    changed, spelled = sorted_by_spelling(mismatches(pair.before.results, pair.after.results))
    for found, kind, told in (
        (changed, "results.changed", "Posted results changed in"),
        (spelled, "results.respelled", "Posted results are only spelled otherwise in"),
    ):
        if found:
            before, after = by_path(found[:_SHOWN])
            yield pair.difference(
                "results",
                kind,
                before=before,
                after=after,
                summary=f"{told} {counted(len(found), 'place')}: {natural_list(_places(found), 4)}.",
                measure={"places": len(found)},
            )


def _places(found: list[Mismatch]) -> list[str]:
    """The outcome measures concerned by name, and the other parts of the section."""
    concerned = dict.fromkeys(_part_and_measure(mismatch.path) for mismatch in found)
    return list(dict.fromkeys(quote(measure, 50) if measure else name_words(part) for part, measure in concerned))


def _part_and_measure(path: str) -> tuple[str, str]:
    part, _, inside = path.partition(".")
    listed, _, rest = inside.partition("[")
    return part or "all", rest.partition("]")[0] if listed == "outcomeMeasures" else ""
