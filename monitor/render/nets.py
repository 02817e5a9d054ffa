"""What several changes came to, in words: "Overall status went to Suspended and back to Recruiting". Pure."""

from monitor.changes.netting import Net
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model import Change, Json
from monitor.render.headlines import heading
from monitor.render.values import LONG, label
from monitor.render.words import value_words
from monitor.text import one_line


def sentence(net: Net, texts: Texts = IN_ENGLISH) -> str:
    """What it came to, as a heading: without a full stop; and by which steps, where these were several."""
    if net.is_folded:
        return _folded(net, texts)
    steps = steps_in_words(net, texts)
    return f"{heading(net.change, texts)}, {steps}" if steps else heading(net.change, texts)


def steps_in_words(net: Net, texts: Texts = IN_ENGLISH) -> str:
    """By which steps it came to that; empty where there was one."""
    if net.left_out:
        return _how_many_back(net, texts)
    if len(net.steps) == 1:
        return ""
    if net.change.field == "overall_status":
        stations = texts.gettext(" and ").join(_value(step.change, step.change.after, texts) for step in net.steps[:-1])
        return texts.gettext("by way of {stations}").format(stations=stations)
    words = texts.ngettext("in {count} step", "in {count} steps", len(net.steps))
    return words.format(count=texts.number(len(net.steps)))


def _how_many_back(net: Net, texts: Texts) -> str:
    """How many of several items were taken back."""
    if net.steps[0].change.before is None:
        words = texts.ngettext("{count} of them was removed again", "{count} of them were removed again", net.left_out)
    else:
        words = texts.ngettext("{count} of them was added again", "{count} of them were added again", net.left_out)
    return words.format(count=texts.number(net.left_out))


def _folded(net: Net, texts: Texts) -> str:
    first, last = net.steps[0].change, net.steps[-1].change
    values = [_value(step.change, step.change.after, texts) for step in net.steps]
    if not _is_short(first.before) or not all(_is_short(step.change.after) for step in net.steps):
        return f"{heading(first, texts)}, {_changed_back(net, texts)}"
    words = texts.gettext("{field} went to {stations} and back to {value}")
    stations = texts.gettext(", then ").join(values[:-1])
    return words.format(field=label(last, texts), stations=stations, value=values[-1])


def _is_short(value: Json) -> bool:
    """Whether it can be named: a code, a number, a date, a short text."""
    if isinstance(value, dict):
        return value.keys() <= {"date", "count", "type"}
    return isinstance(value, int | float | str) and len(one_line(str(value))) <= LONG


def _value(change: Change, value: Json, texts: Texts) -> str:
    return value_words(value, change.field, change.words, texts)


def _changed_back(net: Net, texts: Texts) -> str:
    """How what came was taken back, or what went came back, or another thing was put back."""
    first = net.steps[0].change
    if first.before is None and first.after is not None:
        return texts.gettext("and removed again since")
    if first.after is None and first.before is not None:
        return texts.gettext("and added again since")
    return texts.gettext("and changed back since")
