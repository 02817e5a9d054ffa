"""Whether two texts are the same text in two spellings: re-encoded, repaired, with or without accents. Pure.

Registries and sponsors' tools damage and repair letters: HÃ´pital, H?pital, Hopital and H&ocirc;pital are all Hôpital,
and none of that changes what a text says. Only letters are treated so: ≠ is not =, and 10² is not 102.
"""

# ruff: noqa: RUF001, RUF002 (signs that look like others are what this is about)

import re
from difflib import SequenceMatcher
from functools import lru_cache
from html import unescape
from itertools import accumulate
from unicodedata import normalize

from monitor.changes.edit import edit, parted
from monitor.text import fold, fold_wording

_ROUNDS = 3
"""How often a text may have been damaged over again: Ã\x83Â´ is Ã´ is ô."""

_CONTINUING = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MOJIBAKE = re.compile(
    "[\xc2-\xf4]"  # alone in front: so a text without one is passed through faster
    f"(?:(?<=[\xc2-\xdf])[{_CONTINUING}]|(?<=[\xe0-\xef])[{_CONTINUING}]{{2}}|(?<=[\xf0-\xf4])[{_CONTINUING}]{{3}})"
)
"""UTF-8 that was read as Windows-1252 or Latin-1, character by character."""

_ACCENTS = re.compile(r"(?<=[^\W\d_])[\u0300-\u036f]+")
"""Of letters alone."""
_MARKS = re.compile("[\u0300-\u036f]+")

_BARE = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′ʼ´`", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        "…": "...",
        "≤": "<=",
        "≥": ">=",
        "×": "x",
        "µ": "μ",
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "ı": "i",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "þ": "th",
        "Þ": "Th",
        "ﬁ": "fi",
        "ﬂ": "fl",
    }
)

_LOST = re.compile("[?\ufffd]+")
_ANY_LOST = r"""(?:[^\x00-\x7f]{1,4}|['"-]|[?\ufffd]+)"""
"""What may stand where letters were lost: never a letter or digit of ASCII, for these are not."""
_DROPPED = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
_SHORTEST_LEFT = 3

_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")
_NO_LETTER = re.compile("[^a-z0-9]+")
_TELLING = re.compile(r"\d|^[a-z]$|^[ivx]+$")
"""Words that tell names apart that are otherwise alike: Site 3, Ward B, Clinic II."""
_LIKE_WORDS = 0.8
"""Likeness from which one word is another spelling of the other: Centre and Center; not Mary and Mark."""
_MOST_WORDS = 3
"""So many words may be spelled otherwise side by side."""
_IDLE = "inc ltd llc llp plc co corp gmbh ag sa sas srl spa bv nv the of de la el le and und et y"
_IDLE_WORDS = frozenset(_IDLE.split())


def repaired(text: str | None) -> str:
    """`fold`, with entities and what was decoded in a wrong way put right."""
    text = text or ""
    for _ in range(_ROUNDS):
        if text.isascii() and "&" not in text:
            break
        better = unescape(text) if "&" in text else text
        better = better if better.isascii() else _MOJIBAKE.sub(_decoded, better)
        if better == text:
            break
        text = better
    return fold(text)


def _decoded(found: re.Match[str]) -> str:
    try:
        return b"".join(map(_byte, found[0])).decode()
    except UnicodeError:
        return found[0]


def _byte(character: str) -> bytes:
    return bytes([ord(character)]) if ord(character) < 0x100 else character.encode("cp1252")


def fold_spelling(text: str | None) -> str:
    """`repaired`, without accents and typography: equal for two spellings of which no letter was lost."""
    text = repaired(text)
    if text.isascii():
        return text
    # Most words are of ASCII, and a grave accent is all that a spelling changes in these.
    return " ".join(word if word.isascii() and "`" not in word else _bare(word) for word in text.split(" "))


def _bare(word: str) -> str:
    return normalize("NFC", _ACCENTS.sub("", normalize("NFD", word.translate(_BARE))))


def respelled(before: str | None, after: str | None) -> bool:
    """Whether two texts that differ are one in two spellings; that only case differs is none."""
    if before and after and len(before) != len(after) and before[0] == after[0] and _breaks_otherwise(before, after):
        return True
    if _is_plain(before) and _is_plain(after):
        return False
    if not before or not after or not fold(before) or not fold(after):
        return False
    if "`" not in before and "`" not in after:  # of which it depends on the rest of the text what it stands for
        _, before, after, _ = parted(before, after)  # no other letter, and no damage to one, depends on other words
        if _is_plain(before) and _is_plain(after):
            return False
    old, new = repaired(before).casefold(), repaired(after).casefold()
    if fold(before).casefold() == fold(after).casefold():
        return False
    if spells_the_same(old, new):
        return True
    if not (_may_have_lost(old) or _may_have_lost(new)):
        return False
    former, present = old.split(), new.split()
    return len(former) == len(present) and all(map(_same_word, former, present))


def _breaks_otherwise(before: str, after: str) -> bool:
    """Whether texts differ in blanks alone, as where line breaks were lost: `end.2. Next` is `end. 2. Next`.

    Not where most blanks part digits, or small letters: 1 0 is not 10, and not able is not notable.
    """
    old, new = before.split(), after.split()
    letters = "".join(old)
    if letters != "".join(new) or old == new:
        return False
    moved = set(accumulate(map(len, old))) ^ set(accumulate(map(len, new)))
    parted_words = sum(
        (one.isdigit() and other.isdigit()) or (one.islower() and other.islower())
        for one, other in ((letters[at - 1], letters[at]) for at in moved)
    )
    return not parted_words or (len(moved) > 1 and 2 * parted_words <= len(moved))


def spells_the_same(before: str, after: str) -> bool:
    """Whether `fold_spelling` gives the same for two texts that are `repaired`; only where they part is looked at."""
    if "`" in before or "`" in after:  # of which it depends on the rest of the text what it stands for
        return fold_spelling(before) == fold_spelling(after)
    apart = edit(before, after)
    return fold_spelling(" ".join(apart.removed)) == fold_spelling(" ".join(apart.added))


def says_the_same(before: str | None, after: str | None) -> bool:
    """Whether two texts differ in no more than case, punctuation and spelling."""
    apart = edit(before, after)  # a word's case and punctuation depend on no other word
    same = fold_wording(" ".join(apart.removed)) == fold_wording(" ".join(apart.added))
    return same or respelled(before, after)


def _is_plain(text: str | None) -> bool:
    """Whether nothing in a text can be the trace of an encoding."""
    return not text or (text.isascii() and "?" not in text and "&" not in text)


def _may_have_lost(text: str) -> bool:
    return not text.isascii() or bool(_LOST.search(text))


def _same_word(before: str, after: str) -> bool:
    if before == after or fold_spelling(before) == fold_spelling(after):
        return True
    return _fits(before, after) or _fits(after, before)


def _fits(damaged: str, whole: str) -> bool:
    """Whether *damaged* is *whole* with letters replaced by question marks, or dropped."""
    if _LOST.search(damaged):
        pattern = _ANY_LOST.join(map(re.escape, _LOST.split(damaged)))
        return re.fullmatch(pattern, whole) is not None
    return len(damaged) >= _SHORTEST_LEFT and damaged != whole and damaged == _DROPPED.sub("", whole)


@lru_cache(maxsize=4096)
def fold_place(text: str | None) -> str:
    """What is equal for a place's name in any spelling of which no letter was lost; ö may be written oe."""
    text = repaired(text).casefold()
    if not text.isascii():
        text = _MARKS.sub("", normalize("NFD", text))
        text = text if text.isascii() else normalize("NFC", text.translate(_BARE))
    text = " ".join(_LETTERS_AND_DIGITS.findall(text))
    return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def fold_lossy(text: str | None) -> str | None:
    """What is equal for a name with letters lost and the same name without; None where too little would be left."""
    text = repaired(text).casefold()
    left = _NO_LETTER.sub("", text)
    return left if 2 * len(left) > len(text) else None


def alike(before: str, after: str) -> bool:
    """Whether two folded names differ in the spelling of single words, or in words that say nothing."""
    apart = edit(before, after)
    old, new = ([word for word in words if word not in _IDLE_WORDS] for words in (apart.removed, apart.added))
    if any(map(_TELLING.search, (*old, *new))):
        return False
    if len(old) != len(new):
        old, new = ["".join(old)], ["".join(new)]
    return len(old) <= _MOST_WORDS and all(map(_alike, old, new))


def _alike(before: str, after: str) -> bool:
    likeness = SequenceMatcher(None, before, after, autojunk=False)
    at_most = likeness.real_quick_ratio, likeness.quick_ratio  # by their lengths, by their letters
    return all(bound() >= _LIKE_WORDS for bound in at_most) and likeness.ratio() >= _LIKE_WORDS
