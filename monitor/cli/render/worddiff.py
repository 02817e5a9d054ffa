"""A word diff as a terminal shows it: in one text, or side by side. Pure. What differs, `monitor.render.worddiff` says.

Without colours, what went and what came is marked as git does, [-so-] and {+so+}.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from monitor.cli.render.styles import ADDED_WORDS, DIM, REMOVED_WORDS
from monitor.render.worddiff import CONTEXT, DiffOp, Stretch, compare_readable, kept_near, split_lines

NEAR = 2
"""Where texts stand side by side, so many lines are shown around a line with a change."""

_GAP = [(DiffOp.KEPT, "…")]


@dataclass(frozen=True, slots=True)
class WordDiff:
    """The stretches to read: those whose op is in *shown*, and only the *context* of unchanged text."""

    stretches: Sequence[Stretch]
    shown: frozenset[DiffOp] = frozenset(DiffOp)
    context: int = CONTEXT

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One text; whether it is coloured or marked is for the console to say."""
        yield self.text(marked=console.color_system is None or console.no_color)

    def text(self, *, marked: bool) -> Text:
        """The stretches in one text, *marked* where colours would be lost."""
        text = Text(overflow="fold")
        last = len(self.stretches) - 1
        for place, (op, words) in enumerate(self.stretches):
            if op is DiffOp.KEPT and not last:
                text.append(words)
            elif op is DiffOp.KEPT:
                begin, gap, end = kept_near(words, self.context, after_change=place > 0, before_change=place < last)
                text.append(begin).append(gap, style=DIM).append(end)
            elif op in self.shown:
                replaces = op is DiffOp.ADDED and place and self.stretches[place - 1][0] is DiffOp.REMOVED
                if replaces and DiffOp.REMOVED in self.shown and not text.plain[-1:].isspace():
                    text.append(" ")  # or "3" replaced by "6" would read as 36
                text.append_text(_changed(op, words, marked=marked))
        text.rstrip()
        return text


def _changed(op: DiffOp, words: str, *, marked: bool) -> Text:
    """White space at the end stays outside: a mark that closes on the next line is hard to see."""
    opening, closing = {DiffOp.REMOVED: ("[-", "-]"), DiffOp.ADDED: ("{+", "+}")}[op] if marked else ("", "")
    body = words.rstrip()
    style = REMOVED_WORDS if op is DiffOp.REMOVED else ADDED_WORDS
    return Text().append(f"{opening}{body}{closing}" if body else "", style=style).append(words[len(body) :])


def word_diff(before: str, after: str, *, context: int = CONTEXT) -> WordDiff:
    """Both texts in one."""
    return WordDiff(compare_readable(before, after), context=context)


def both_sides(before: str, after: str, *, context: int = CONTEXT) -> Iterator[tuple[WordDiff, WordDiff]]:
    """The text before, showing what went, beside the text after, showing what came; a pair a line.

    Lines far from any change are left out, with an … in their place.
    """
    lines = list(split_lines(compare_readable(before, after)))
    changed = [number for number, line in enumerate(lines) if any(op is not DiffOp.KEPT for op, _ in line)]
    near = {number + step for number in changed for step in range(-NEAR, NEAR + 1)}
    for number, line in enumerate(lines):
        if number in near:
            yield (
                WordDiff(line, frozenset({DiffOp.REMOVED}), context),
                WordDiff(line, frozenset({DiffOp.ADDED}), context),
            )
        elif number - 1 in near or number == 0:
            yield WordDiff(_GAP), WordDiff(_GAP)
