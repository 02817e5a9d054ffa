"""One change's before and after as a terminal shows them. Pure.

`monitor.render.values` says what to show; here it is laid out and coloured.
"""

from rich.console import Group, RenderableType
from rich.text import Text

from monitor.cli.render.styles import ADDED, DIM, REMOVED
from monitor.cli.render.text import styled
from monitor.cli.render.worddiff import WordDiff, word_diff
from monitor.model import Change
from monitor.render.values import Line, lines
from monitor.render.worddiff import DiffOp
from monitor.text import plain, readable, shortened

LONG = 40
"""A text beyond this many characters wants the full width, and is compared word by word."""

MOST_TEXT = 400

_SIGNS = {DiffOp.REMOVED: ("- ", REMOVED), DiffOp.ADDED: ("+ ", ADDED), DiffOp.KEPT: ("", "")}


def is_long_text(change: Change) -> bool:
    """Whether the change is one of running text, which needs the full width."""
    texts = [value for value in (change.before, change.after) if value is not None]
    return all(isinstance(text, str) for text in texts) and any(len(text) > LONG or "\n" in text for text in texts)


def long_text(change: Change) -> RenderableType:
    """A word diff; if there is only one side, the beginning of its text."""
    if change.before and change.after:
        return word_diff(change.before, change.after)
    op, text = (DiffOp.ADDED, change.after) if change.after else (DiffOp.REMOVED, change.before)
    return _signed(op, shortened(readable(text or ""), MOST_TEXT))


def short_value(change: Change) -> RenderableType:
    """Everything but running text, in as many lines as it has items."""
    draw = _site if change.field == "sites" else _drawn
    drawn = [draw(line) for line in lines(change, whole=True)]
    return drawn[0] if len(drawn) == 1 else Group(*drawn)


def _site(line: Line) -> RenderableType:
    """Statuses come first, for what they have in common is easier to see below each other than sites are."""
    return _drawn(line) if line.stretches else _arrow(line).append(f"  {plain(line.label)}")


def _drawn(line: Line) -> RenderableType:
    if len(line.stretches) == 1 and not line.label:
        return _signed(*line.stretches[0])
    label = styled(f"{line.label}: ", DIM) if line.label else Text()
    if not line.stretches:
        return label.append_text(_arrow(line))
    if line.label and len(line.stretches) == 1 and line.stretches[0][0] is DiffOp.KEPT:
        return label.append(plain(line.stretches[0][1]))
    return Group(label, WordDiff(line.stretches)) if line.label else WordDiff(line.stretches)


def _signed(op: DiffOp, words: str) -> Text:
    sign, style = _SIGNS[op]
    return styled(sign + words, style)


def _arrow(line: Line) -> Text:
    """Old → new: the old one fades, the new one stands out."""
    return styled(line.before, DIM).append(" → ", style=DIM).append(plain(line.after), style="bold")
