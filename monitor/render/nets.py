"""What several changes came to, in words: "Overall status went to Suspended and back to Recruiting". Pure."""

from monitor.changes.netting import Net
from monitor.model import Change, Json
from monitor.render.headlines import heading
from monitor.render.values import LONG, label
from monitor.render.words import value_words
from monitor.text import one_line

_BACK = {(True, False): "removed again", (False, True): "added again"}
"""By whether there was nothing before, and nothing in between."""


def sentence(net: Net) -> str:
    """What it came to, as a heading: without a full stop; and by which steps, where these were several."""
    if net.is_folded:
        return _folded(net)
    steps = steps_in_words(net)
    return f"{heading(net.change)}, {steps}" if steps else heading(net.change)


def steps_in_words(net: Net) -> str:
    """By which steps it came to that; empty where there was one."""
    if net.left_out:
        return f"{net.left_out:,} of them {'was' if net.left_out == 1 else 'were'} {_how_back(net)}"
    if len(net.steps) == 1:
        return ""
    if net.change.field == "overall_status":
        return f"by way of {' and '.join(_value(step.change, step.change.after) for step in net.steps[:-1])}"
    return f"in {len(net.steps):,} steps"


def _folded(net: Net) -> str:
    first, last = net.steps[0].change, net.steps[-1].change
    values = [_value(step.change, step.change.after) for step in net.steps]
    if not _is_short(first.before) or not all(_is_short(step.change.after) for step in net.steps):
        return f"{heading(first)}, and {_changed_back(net)}"
    return f"{label(last)} went to {', then '.join(values[:-1])} and back to {values[-1]}"


def _is_short(value: Json) -> bool:
    """Whether it can be named: a code, a number, a date, a short text."""
    if isinstance(value, dict):
        return value.keys() <= {"date", "count", "type"}
    return isinstance(value, int | float | str) and len(one_line(str(value))) <= LONG


def _value(change: Change, value: Json) -> str:
    return value_words(value, change.field, change.words)


def _changed_back(net: Net) -> str:
    back = _how_back(net)
    return f"{back} since" if back else "changed back since"


def _how_back(net: Net) -> str:
    """How what came was taken back, or what went came back; empty where it was there before and after."""
    first = net.steps[0].change
    return _BACK.get((first.before is None, first.after is None), "")
