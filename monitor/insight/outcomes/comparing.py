"""What changed in the outcomes of a record: each change with the words that decided, and whether it matters. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.insight.outcomes import frames, measures
from monitor.insight.outcomes.frames import frame
from monitor.insight.outcomes.matching import ROLES, Listed, Matched, matched
from monitor.insight.outcomes.timing import Placed
from monitor.insight.outcomes.wording import letters, tokens
from monitor.model.record import Outcome


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """One change: its kind, the outcomes on both sides, what of them changed, and whether that is substantive."""

    kind: str
    before: Sequence[Listed]
    after: Sequence[Listed]
    aspect: str | None
    is_substantive: bool
    why: str
    component: str | None = None
    timing: Placed | None = None

    @property
    def is_move(self) -> bool:
        """Whether it went from one role to another."""
        return self.kind in ("promoted", "demoted")


def listed(primary: Sequence[Outcome], secondary: Sequence[Outcome], other: Sequence[Outcome]) -> Sequence[Listed]:
    """All outcomes of a record with their roles and places."""
    lists = zip(ROLES, (primary, secondary, other), strict=True)
    return [Listed(role, place, each) for role, outcomes in lists for place, each in enumerate(outcomes)]


def outcome_changes(
    before: Sequence[Listed], after: Sequence[Listed], *, timing: Placed | None = None
) -> Sequence[OutcomeChange]:
    """Every change from one record to the next, in the order of the present lists."""
    found = matched(before, after)
    changes = [*_of_pairs(found), *_of_splits(found), *_of_merges(found), *_of_lists(found)]
    return [replace(each, timing=timing) for each in changes]


def _of_pairs(found: Matched) -> Iterator[OutcomeChange]:
    for old, new in found.pairs:
        if old.role != new.role:
            kind = "promoted" if new.rank < old.rank else "demoted"
            yield OutcomeChange(kind, [old], [new], None, True, f"{old.role} became {new.role}")
        yield from _edits(old, new)


def _edits(old: Listed, new: Listed) -> Iterator[OutcomeChange]:
    measure = measures.compared(old.outcome.measure, new.outcome.measure)
    time = _time_change(old.outcome, new.outcome)
    is_moved_text = measure and measure.kind == "measure" and not time and _same_altogether(old.outcome, new.outcome)
    if is_moved_text:
        yield OutcomeChange("reworded", [old], [new], "moved_text", False, "text moved between its parts")
        return
    if time:
        yield OutcomeChange("time_frame", [old], [new], time.aspect, time.is_substantive, time.why)
    if measure and (measure.kind == "measure" or not time):
        yield OutcomeChange(measure.kind, [old], [new], measure.aspect, measure.is_substantive, measure.why)
    elif not time and letters(old.outcome.time_frame) != letters(new.outcome.time_frame):
        why = f"“{old.outcome.time_frame}” is “{new.outcome.time_frame}”"
        yield OutcomeChange("reworded", [old], [new], "time_frame_equivalent", False, why)
    one, other = letters(old.outcome.description), letters(new.outcome.description)
    if one != other and not measure and not time:
        is_more = tokens(one) < tokens(other)
        aspect = "specified" if is_more else None
        yield OutcomeChange("description", [old], [new], aspect, False, "only the text below the measure")


def _time_change(old: Outcome, new: Outcome) -> frames.FrameChange | None:
    """What changed in when it is measured: by the time frame, or by the points that the measure itself names."""
    changed = frames.compared(frame(old.time_frame), frame(new.time_frame))
    within = frame(_named_times(old.measure)), frame(_named_times(new.measure))
    if (
        changed
        and changed.aspect == "dropped"
        and within[1].points
        and within[1].points == frame(old.time_frame).points
    ):
        return None
    if changed and changed.aspect == "specified" and within[0].points and not frame(old.time_frame).text:
        same = frames.compared(within[0], frame(new.time_frame)) is None
        return None if same else changed
    if changed or not (within[0].points and within[1].points):
        return changed
    return frames.compared(*within)


def _named_times(measure: str) -> str:
    return re.sub(r"\bsvr ?(\d+)\b", r"sustained virological response at \1 weeks", letters(measure))


def _same_altogether(old: Outcome, new: Outcome) -> bool:
    one, other = (tokens(f"{each.measure} {each.time_frame or ''} {each.description or ''}") for each in (old, new))
    return one == other


def _of_splits(found: Matched) -> Iterator[OutcomeChange]:
    for old, into, lost in found.splits:
        elsewhere = [each for each in into if each.role != old.role]
        yield OutcomeChange(
            "split",
            [old],
            into,
            None,
            bool(elsewhere),
            f"one became {len(into)}: {', '.join(each.ref for each in into)}",
        )
        for each in elsewhere:
            kind = "promoted" if each.rank < old.rank else "demoted"
            yield OutcomeChange(kind, [old], [each], "component", True, f"a part of it is {each.role} now")
        for component in lost:
            why = f"“{component}” was left behind"
            yield OutcomeChange("removed", [old], [], "component", True, why, component=component)


def _of_merges(found: Matched) -> Iterator[OutcomeChange]:
    for merged, new in found.merges:
        is_composite = " or " in letters(new.outcome.measure) or "composite" in letters(new.outcome.measure)
        is_joined = " and " in letters(new.outcome.measure) and "panel" not in letters(new.outcome.measure)
        is_moved = any(each.role != new.role for each in merged)
        kind_of = "a composite" if is_composite or is_joined else "a panel"
        yield OutcomeChange(
            "merged", merged, [new], None, is_composite or is_joined or is_moved, f"{len(merged)} became {kind_of}"
        )


def _of_lists(found: Matched) -> Iterator[OutcomeChange]:
    for old in found.gone:
        yield OutcomeChange("removed", [old], [], None, True, "nothing in the present record is like it")
    for new in found.come:
        yield OutcomeChange("added", [], [new], None, True, "nothing in the former record is like it")
    for kept, new in found.again:
        if new.rank < kept.rank:
            yield OutcomeChange(
                "promoted", [kept], [new], "copied", True, f"it is {new.role}, too, and stays {kept.role}"
            )
        else:
            yield OutcomeChange("added", [], [new], "duplicate", False, "listed twice")
