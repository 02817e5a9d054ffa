"""Two texts, word by word: what was removed, what was added, and a little of the text around it. Pure.

Lines are matched first, and words only within lines that resemble each other: that is how criteria are edited, and it
keeps 20 kB texts fast. Beyond `MOST_WORDS` or `MOST_LINE_PAIRS` a whole stretch counts as replaced, which is correct,
if coarse. White space within a line is not compared.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum

from monitor.text import plain, readable

MOST_WORDS = 5_000
MOST_LINE_PAIRS = 10_000
RESEMBLES = 0.5
"""Lines resemble each other when they share this part of their words."""

CONTEXT = 60
"""How many characters of what stayed are shown on each side of a change."""

_TOKENS = re.compile(r"(\w+(?:[.,'\u2019-]\w+)*|\S|^(?=\s))(\s*)")
_WORDS = re.compile(r"\w+")
_BETWEEN_WORDS = re.compile(r"[^\w\n]*")


class DiffOp(Enum):
    """What became of a stretch of text."""

    KEPT = " "
    REMOVED = "-"
    ADDED = "+"


Stretch = tuple[DiffOp, str]


def compare(before: str, after: str) -> list[Stretch]:
    """The stretches of both texts in order; without the ADDED ones they are *before*, without the REMOVED *after*.

    White space within a line aside; and both then end with a line feed, for a last line is as good as any other.
    """
    old, new = ((text.removesuffix("\n") + "\n").splitlines(keepends=True) for text in (before, after))
    stretches: list[Stretch] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            stretches.append((DiffOp.KEPT, "".join(old[i:j])))
        else:
            stretches += _by_line(old[i:j], new[k:m])
    return list(_joined(stretches))


def _by_line(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    """Compare each line with the one it resembles; what resembles none was removed, or is new."""
    i = k = 0
    for at, to in [*_resembling(old, new), (len(old), len(new))]:
        yield from ((DiffOp.REMOVED, "".join(old[i:at])), (DiffOp.ADDED, "".join(new[k:to])))
        if at < len(old):
            yield from _by_word(old[at].removesuffix("\n"), new[to].removesuffix("\n"))
            yield DiffOp.KEPT, "\n"
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
    """Compare words and signs. White space goes along with the word before it.

    Where only one text has it, it is kept, unless a change follows: then it is part of that change.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if not old or not new or len(old) + len(new) > 2 * MOST_WORDS:
        yield from ((DiffOp.REMOVED, before), (DiffOp.ADDED, after))
        return
    matcher = SequenceMatcher(None, [word for word, _ in old], [word for word, _ in new])
    opcodes = matcher.get_opcodes()
    before_change = ("", "")
    for tag, i, j, k, m in opcodes:
        if tag == "equal":
            both = zip(old[i:j], new[k:m], strict=True)
            kept = "".join(word + max(space, other) for (word, space), (_, other) in both)
            spaces = old[j - 1][1], new[m - 1][1]
            before_change = spaces if spaces[0] != spaces[1] and (tag, i, j, k, m) != opcodes[-1] else ("", "")
            yield DiffOp.KEPT, kept.removesuffix(max(before_change))
        else:
            went = before_change[0] + "".join(word + space for word, space in old[i:j])
            came = before_change[1] + "".join(word + space for word, space in new[k:m])
            yield from _replaced(went, came)


def _replaced(went: str, came: str) -> Iterator[Stretch]:
    """One by the other: white space that ends both, where one of them is nothing else, was there all along."""
    space = next((text for text in (went, came) if not text.strip()), "")
    if not (went.endswith(space) and came.endswith(space)):
        space = ""
    yield from (
        (DiffOp.REMOVED, went.removesuffix(space)),
        (DiffOp.ADDED, came.removesuffix(space)),
        (DiffOp.KEPT, space),
    )


def _joined(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Changes that only white space or a sign parts are one change, and each change is what went, then what came.

    A change that ends a line stays apart from those in the next one.
    """
    removed = added = gap = ""
    for op, text in filter(lambda stretch: stretch[1], stretches):
        line_ended = removed.endswith("\n") or added.endswith("\n")
        if op is DiffOp.KEPT and (removed or added) and not gap and not line_ended and _BETWEEN_WORDS.fullmatch(text):
            gap = text
            continue
        if op is DiffOp.KEPT or (op is DiffOp.REMOVED and line_ended):
            yield from _change(removed, added)
            removed = added = ""
        if op is DiffOp.KEPT:
            yield DiffOp.KEPT, gap + text
        else:
            removed += gap + (text if op is DiffOp.REMOVED else "")
            added += gap + (text if op is DiffOp.ADDED else "")
        gap = ""
    yield from _change(removed, added)
    if gap:
        yield DiffOp.KEPT, gap


def _change(removed: str, added: str) -> Iterator[Stretch]:
    if removed:
        yield DiffOp.REMOVED, removed
    if added:
        yield DiffOp.ADDED, added


def compare_readable(before: str, after: str) -> list[Stretch]:
    """`compare` of what people read; where only Markdown's own signs differ, they are what there is to show."""
    old, new = readable(before), readable(after)
    return compare(old, new) if old != new else compare(plain(before), plain(after))


def split_lines(stretches: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """The stretches cut where a line ends that both texts have, or one that only one of them has."""
    line: list[Stretch] = []
    for op, text in stretches:
        pieces = text.split("\n") if op is DiffOp.KEPT else text.removesuffix("\n").split("\n")
        for number, piece in enumerate(pieces):
            if number:
                yield line
                line = []
            if piece or op is not DiffOp.KEPT:
                line.append((op, piece))
        if op is not DiffOp.KEPT and text.endswith("\n"):
            yield line
            line = []
    if line:
        yield line


def excerpt(stretches: Sequence[Stretch], *, context: int = CONTEXT) -> list[Stretch]:
    """The changes whole, and of what stayed only the *context* around them, with an … for the rest.

    What replaces something is set apart from it by a space, or "3" replaced by "6" would read as 36.
    """
    last = len(stretches) - 1
    shown: list[Stretch] = []
    for place, (op, words) in enumerate(stretches):
        if op is DiffOp.KEPT and last:
            parts = kept_near(words, context, after_change=place > 0, before_change=place < last)
            shown.append((op, "".join(parts)))
            continue
        replaces = op is DiffOp.ADDED and shown and shown[-1][0] is DiffOp.REMOVED
        if replaces and not shown[-1][1][-1:].isspace():
            shown.append((DiffOp.KEPT, " "))
        shown.append((op, words))
    return [stretch for stretch in shown if stretch[1]]


def kept_near(words: str, context: int, *, after_change: bool, before_change: bool) -> tuple[str, str, str]:
    """What stayed between two changes: its beginning near the one before it, an …, and its end near the one after.

    Where that leaves out nothing, the beginning is all of it, and the others are empty.
    """
    begin = _beginning(words, context) if after_change else ""
    end = _beginning(words[::-1], context)[::-1] if before_change else ""
    if len(begin) + len(end) + 2 >= len(words):
        return words, "", ""
    opening = "…" if begin.endswith("\n") or not begin else " …"
    closing = "" if end.startswith("\n") or not end else " "
    return begin, opening + closing, end


def _beginning(words: str, context: int) -> str:
    """About the first *context* characters: to the end of that line if it is near, else to the end of a word."""
    line_end = words.find("\n", context)
    if 0 <= line_end <= 2 * context:
        return words[: line_end + 1]
    return words if len(words) <= context else words[:context].rsplit(None, 1)[0]
