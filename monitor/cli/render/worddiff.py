"""Two texts, word by word: what went, what came, and a little of what stayed around it. Pure.

Lines are matched first, words only within lines that resemble each other: that is how criteria are edited, and it
keeps 20 kB texts fast. Beyond `MOST_WORDS` or `MOST_LINE_PAIRS` a stretch counts as replaced without a closer look,
which is true, if coarse. White space within a line is not compared.

Colours alone don't tell what went and came: where there are none, it is marked as git does, [-so-] and {+so+}.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from monitor.cli.render.styles import ADDED_WORDS, DIM, REMOVED_WORDS
from monitor.cli.render.text import plain, readable

MOST_WORDS = 5_000
MOST_LINE_PAIRS = 10_000
RESEMBLES = 0.5
"""Lines resemble each other when they share this part of their words."""

NEAR = 2
"""Where texts stand side by side, so many lines are shown around a line with a change."""

CONTEXT = 60
"""How many characters of what stayed are shown on each side of a change."""

_TOKENS = re.compile(r"(\w+(?:[.,'\u2019-]\w+)*|\S|^(?=\s))(\s*)")
_WORDS = re.compile(r"\w+")
_BETWEEN_WORDS = re.compile(r"[^\w\n]*")


class Fate(Enum):
    """What became of a stretch of text."""

    KEPT = " "
    REMOVED = "-"
    ADDED = "+"


Stretch = tuple[Fate, str]

_GAP = [(Fate.KEPT, "…")]


def compare(before: str, after: str) -> list[Stretch]:
    """The stretches of both texts in order; without the ADDED ones they are *before*, without the REMOVED *after*.

    White space within a line aside; and both then end with a line feed, for a last line is as good as any other.
    """
    old, new = ((text.removesuffix("\n") + "\n").splitlines(keepends=True) for text in (before, after))
    stretches: list[Stretch] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            stretches.append((Fate.KEPT, "".join(old[i:j])))
        else:
            stretches += _by_line(old[i:j], new[k:m])
    return list(_joined(stretches))


def _by_line(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    """Compare each line with the one it resembles; what resembles none was removed, or is new."""
    i = k = 0
    for at, to in [*_resembling(old, new), (len(old), len(new))]:
        yield from ((Fate.REMOVED, "".join(old[i:at])), (Fate.ADDED, "".join(new[k:to])))
        if at < len(old):
            yield from _by_word(old[at].removesuffix("\n"), new[to].removesuffix("\n"))
            yield Fate.KEPT, "\n"
        i, k = at + 1, to + 1


def _resembling(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of lines that resemble each other, in order: those that share most, taken together."""
    if len(old) == len(new) == 1:
        return [(0, 0)]
    if len(old) * len(new) > MOST_LINE_PAIRS:
        return []
    words = [[set(_WORDS.findall(line)) for line in lines] for lines in (old, new)]
    # best[i][k]: how much old[i:] and new[k:] share, and whether old[i] and new[k] are a pair in that.
    best = [[(0.0, False)] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for k in range(len(new) - 1, -1, -1):
            share = _share(words[0][i], words[1][k])
            paired = (share + best[i + 1][k + 1][0], True) if share >= RESEMBLES else (0.0, False)
            best[i][k] = max(paired, (max(best[i + 1][k][0], best[i][k + 1][0]), False))
    return list(_pairs(best))


def _share(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _pairs(best: list[list[tuple[float, bool]]]) -> Iterator[tuple[int, int]]:
    i = k = 0
    while i < len(best) - 1 and k < len(best[0]) - 1:
        if best[i][k][1]:
            yield i, k
            i, k = i + 1, k + 1
        elif best[i + 1][k][0] >= best[i][k + 1][0]:
            i += 1
        else:
            k += 1


def _by_word(before: str, after: str) -> Iterator[Stretch]:
    """Compare words and signs. White space goes along with the word before it, and is kept if one text has it."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if not old or not new or len(old) + len(new) > 2 * MOST_WORDS:
        yield from ((Fate.REMOVED, before), (Fate.ADDED, after))
        return
    matcher = SequenceMatcher(None, [word for word, _ in old], [word for word, _ in new])
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            both = zip(old[i:j], new[k:m], strict=True)
            yield Fate.KEPT, "".join(word + max(space, other) for (word, space), (_, other) in both)
        else:
            yield Fate.REMOVED, "".join(word + space for word, space in old[i:j])
            yield Fate.ADDED, "".join(word + space for word, space in new[k:m])


def _joined(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Changes that only white space or a sign parts are one change, and each change is what went, then what came.

    A change that ends a line stays apart from those in the next one.
    """
    removed = added = gap = ""
    for fate, text in filter(lambda stretch: stretch[1], stretches):
        line_ended = removed.endswith("\n") or added.endswith("\n")
        if fate is Fate.KEPT and (removed or added) and not gap and not line_ended and _BETWEEN_WORDS.fullmatch(text):
            gap = text
            continue
        if fate is Fate.KEPT or (fate is Fate.REMOVED and line_ended):
            yield from _change(removed, added)
            removed = added = ""
        if fate is Fate.KEPT:
            yield Fate.KEPT, gap + text
        else:
            removed += gap + (text if fate is Fate.REMOVED else "")
            added += gap + (text if fate is Fate.ADDED else "")
        gap = ""
    yield from _change(removed, added)
    if gap:
        yield Fate.KEPT, gap


def _change(removed: str, added: str) -> Iterator[Stretch]:
    if removed:
        yield Fate.REMOVED, removed
    if added:
        yield Fate.ADDED, added


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Stretches as people read them: those whose fate is in *shown*, and of what stayed only the *context*."""

    stretches: Sequence[Stretch]
    shown: frozenset[Fate] = frozenset(Fate)
    context: int = CONTEXT

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One text; whether it is coloured or marked is for the console to say."""
        yield self.text(marked=console.color_system is None or console.no_color)

    def text(self, *, marked: bool) -> Text:
        """The stretches in one text, *marked* where colours would be lost."""
        text = Text(overflow="fold")
        last = len(self.stretches) - 1
        for place, (fate, words) in enumerate(self.stretches):
            if fate is Fate.KEPT and not last:
                text.append(words)
            elif fate is Fate.KEPT:
                text.append_text(_kept(words, self.context, after_change=place > 0, before_change=place < last))
            elif fate in self.shown:
                replaces = fate is Fate.ADDED and place and self.stretches[place - 1][0] is Fate.REMOVED
                if replaces and Fate.REMOVED in self.shown and not text.plain[-1:].isspace():
                    text.append(" ")  # or "3" replaced by "6" would read as 36
                text.append_text(_changed(fate, words, marked=marked))
        text.rstrip()
        return text


def _changed(fate: Fate, words: str, *, marked: bool) -> Text:
    """White space at the end stays outside: a mark that closes on the next line is hard to see."""
    opening, closing = {Fate.REMOVED: ("[-", "-]"), Fate.ADDED: ("{+", "+}")}[fate] if marked else ("", "")
    body = words.rstrip()
    style = REMOVED_WORDS if fate is Fate.REMOVED else ADDED_WORDS
    return Text().append(f"{opening}{body}{closing}" if body else "", style=style).append(words[len(body) :])


def word_diff(before: str, after: str, *, context: int = CONTEXT) -> WordDiff:
    """Both texts in one."""
    return WordDiff(_compare_readable(before, after), context=context)


def both_sides(before: str, after: str, *, context: int = CONTEXT) -> Iterator[tuple[WordDiff, WordDiff]]:
    """The text before, showing what went, beside the text after, showing what came; a pair a line.

    Lines far from any change are left out, with an … in their place.
    """
    lines = list(_lines(_compare_readable(before, after)))
    changed = [number for number, line in enumerate(lines) if any(fate is not Fate.KEPT for fate, _ in line)]
    near = {number + step for number in changed for step in range(-NEAR, NEAR + 1)}
    for number, line in enumerate(lines):
        if number in near:
            yield (
                WordDiff(line, frozenset({Fate.REMOVED}), context),
                WordDiff(line, frozenset({Fate.ADDED}), context),
            )
        elif number - 1 in near or number == 0:
            yield WordDiff(_GAP), WordDiff(_GAP)


def _lines(stretches: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """The stretches cut where a line ends that both texts have, or one that only one of them has."""
    line: list[Stretch] = []
    for fate, text in stretches:
        pieces = text.split("\n") if fate is Fate.KEPT else text.removesuffix("\n").split("\n")
        for number, piece in enumerate(pieces):
            if number:
                yield line
                line = []
            if piece or fate is not Fate.KEPT:
                line.append((fate, piece))
        if fate is not Fate.KEPT and text.endswith("\n"):
            yield line
            line = []
    if line:
        yield line


def _compare_readable(before: str, after: str) -> list[Stretch]:
    old, new = readable(before), readable(after)
    # Where only Markdown's own signs differ, they are what there is to show.
    return compare(old, new) if old != new else compare(plain(before), plain(after))


def _kept(words: str, context: int, *, after_change: bool, before_change: bool) -> Text:
    """What stayed between two changes: its end near the one before it, its beginning near the one after."""
    head = _beginning(words, context) if after_change else ""
    tail = _beginning(words[::-1], context)[::-1] if before_change else ""
    if len(head) + len(tail) + 2 >= len(words):
        return Text(words)
    text = Text(head)
    text.append("…" if head.endswith("\n") or not head else " …", style=DIM)
    return text.append("" if tail.startswith("\n") or not tail else " ").append(tail)


def _beginning(words: str, context: int) -> str:
    """About the first *context* characters: to the end of that line if it is near, else to the end of a word."""
    line_end = words.find("\n", context)
    if 0 <= line_end <= 2 * context:
        return words[: line_end + 1]
    return words if len(words) <= context else words[:context].rsplit(None, 1)[0]
