"""Two texts, word by word: what went, what came, and a little of what stayed around it. Pure.

Lines are matched first, words only within lines that differ: that is how criteria are edited, and it keeps 20 kB texts
fast. Words beyond `MOST_WORDS` are not compared: such a stretch counts as replaced, which is true, if coarse.
White space and signs are never what a match hangs on, so texts are not tied together by their commas.

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
from monitor.cli.render.text import plain

MOST_WORDS = 4_000
CONTEXT = 60
"""How many characters of what stayed are shown on each side of a change."""

_TOKENS = re.compile(r"\w+(?:[.'\u2019-]\w+)*|\n|[^\S\n]+|.")


class Fate(Enum):
    """What became of a stretch of text."""

    KEPT = " "
    REMOVED = "-"
    ADDED = "+"


Stretch = tuple[Fate, str]


def compare(before: str, after: str) -> list[Stretch]:
    """The stretches of both texts in order; without the ADDED ones they are *before*, without the REMOVED *after*."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    stretches: list[Stretch] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            stretches.append((Fate.KEPT, "".join(old[i:j])))
        else:
            stretches += _by_word("".join(old[i:j]), "".join(new[k:m]))
    return list(_joined(stretches))


def _by_word(before: str, after: str) -> Iterator[Stretch]:
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if not old or not new or len(old) + len(new) > 2 * MOST_WORDS:
        yield from ((Fate.REMOVED, before), (Fate.ADDED, after))
        return
    matcher = SequenceMatcher(lambda token: not token[0].isalnum(), old, new)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Fate.KEPT, "".join(old[i:j])
        else:
            yield from ((Fate.REMOVED, "".join(old[i:j])), (Fate.ADDED, "".join(new[k:m])))


def _joined(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Changes that only white space or a sign parts are one change, and each change is what went, then what came."""
    removed = added = gap = ""
    for fate, text in stretches:
        if fate is Fate.KEPT and (removed or added) and not gap and not any(char.isalnum() for char in text):
            gap = text
        elif fate is Fate.KEPT:
            yield from _change(removed, added)
            yield Fate.KEPT, gap + text
            removed = added = gap = ""
        elif text:
            removed, added, gap = removed + gap, added + gap, ""
            removed += text if fate is Fate.REMOVED else ""
            added += text if fate is Fate.ADDED else ""
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
            if fate is Fate.KEPT:
                text.append_text(_kept(words, self.context, after_change=place > 0, before_change=place < last))
            elif fate in self.shown:
                opening, closing = {Fate.REMOVED: ("[-", "-]"), Fate.ADDED: ("{+", "+}")}[fate] if marked else ("", "")
                style = REMOVED_WORDS if fate is Fate.REMOVED else ADDED_WORDS
                body = words.rstrip("\n")  # a mark that closes on the next line is hard to see
                text.append(f"{opening}{body}{closing}", style=style).append(words[len(body) :])
        text.rstrip()
        return text


def word_diff(before: str, after: str, *, context: int = CONTEXT) -> WordDiff:
    """Both texts in one."""
    return WordDiff(compare(plain(before), plain(after)), context=context)


def both_sides(before: str, after: str, *, context: int = CONTEXT) -> tuple[WordDiff, WordDiff]:
    """The text before, showing what went, and the text after, showing what came."""
    stretches = compare(plain(before), plain(after))
    return (
        WordDiff(stretches, frozenset({Fate.REMOVED}), context),
        WordDiff(stretches, frozenset({Fate.ADDED}), context),
    )


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
        return words[:line_end]
    return words if len(words) <= context else words[:context].rsplit(None, 1)[0]
