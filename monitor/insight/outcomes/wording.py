"""An outcome's text as it is compared: one form of letters, numbers, spellings, abbreviations and synonyms. Pure.

The table of what is written in more than one way is terms.toml.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from html import unescape
from importlib import resources
from typing import Any
from unicodedata import normalize

FILE = "terms.toml"
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2265\u2a7e", ">="),
        **dict.fromkeys("\u2264\u2a7d", "<="),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
    }
)
_NUMBERING = re.compile(r"^\s*(?:\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]\s+|\d{1,2}\s*[-:]\s+|[-*\u2022]\s*)")
_NAMED_AGAIN = re.compile(r"\(\s*([\w./ -]{2,14})\s*\)")
_WORDS = re.compile(r"[^\W_]+(?:\.\d+)?%?|[<>]=?")
_BRITISH = (
    (re.compile(r"\b(\w+)i[sz](e|es|ed|ing|ation|ations)\b"), r"\1is\2"),
    (re.compile(r"ae?mia\b"), "aemia"),
    (re.compile(r"\bhe(?=mo[rgd]|moglobin|mato)"), "hae"),
    (re.compile(r"\b(an|ch|h|isch|leuk|septic|glyc)emi"), r"\1aemi"),
    (re.compile(r"\b(edema|estrogen|esophag)"), r"o\1"),
    (re.compile(r"\b(tum|col|fav|behavi|lab)or(s?)\b"), r"\1our\2"),
    (re.compile(r"\b(cent|lit|met|fib)er(s?)\b"), r"\1re\2"),
)
_READ = 4000
"""Characters of a measure that are compared word by word; a whole list of outcomes in one text has fewer."""
_IDLE = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "and",
        "or",
        "with",
        "from",
        "as",
        "is",
        "are",
        "be",
        "was",
        "were",
        "will",
        "during",
        "after",
        "before",
        "between",
        "per",
        "each",
        "all",
        "any",
        "its",
        "their",
        "this",
        "that",
        "these",
        "those",
        "which",
        "who",
        "whom",
        "been",
        "has",
        "have",
        "had",
        "than",
        "into",
        "over",
        "under",
        "using",
        "measured",
        "assessed",
        "defined",
        "evaluated",
        "determined",
        "according",
        "based",
        "number",
    ]
)
_PLURALS = re.compile(r"(?<=[a-z]{3})(?<!s)(?<!u)(?<!i)s$")


@cache
def terms() -> Mapping[str, Mapping[str, Any]]:
    """The table of terms: abbreviations, synonyms, instruments, metrics, artefacts."""
    return tomllib.loads((resources.files(__package__) / FILE).read_text(encoding="utf-8"))


def letters(text: str | None) -> str:
    """Compatible letters with plain signs, unescaped, in small letters, with single blanks."""
    plain = normalize("NFKC", unescape(unescape(text or ""))).translate(_SIGNS)
    return " ".join(plain.lower().split())


def without_numbering(text: str) -> str:
    """A text of `letters` without the number of a list before it, and without what registries added by themselves."""
    for artefact in terms()["artefacts"]["texts"]:
        text = text.replace(artefact, " ")
    return _NUMBERING.sub("", " ".join(text.split()))


@lru_cache(maxsize=4096)
def canonical(text: str | None) -> str:
    """The words that a text comes down to; two texts with the same say the same."""
    plain = without_numbering(letters(text)[:_READ])
    for american, british in _BRITISH:
        plain = american.sub(british, plain)
    plain = plain.replace("-", " ").replace("/", " ")
    plain = _expanded(_without_repeated_names(plain))
    patients = _patients()
    plain = " ".join("participants" if each in patients else each for each in _WORDS.findall(plain))
    for phrase, meant in _synonyms():
        plain = phrase.sub(meant, plain)
    return plain


@lru_cache(maxsize=4096)
def tokens(text: str | None) -> frozenset[str]:
    """The telling words of a text, in the singular."""
    return frozenset(telling(canonical(text)))


def telling(text: str) -> Sequence[str]:
    """The telling words of a canonical text, in the singular, in their order."""
    patients = _patients()
    words = (each for each in text.split() if each not in _IDLE)
    return ["participant" if each in patients else _PLURALS.sub("", each) for each in words]


def _without_repeated_names(text: str) -> str:
    """`objective response rate (orr)` is `objective response rate`; what only stands in brackets stays."""
    known = terms()["abbreviations"]

    def kept(found: re.Match[str]) -> str:
        inner, before = found[1].strip(), text[: found.start()]
        meant = known.get(inner)
        initials = "".join(word[0] for word in re.findall(r"[a-z0-9]+", before))
        is_named = (meant and meant.replace("-", " ") in before.replace("-", " ")) or (
            inner.replace(" ", "").isalpha() and len(inner) > 1 and initials.endswith(inner.replace(" ", ""))
        )
        return " " if is_named else f" {inner} "

    return _NAMED_AGAIN.sub(kept, text)


def _expanded(text: str) -> str:
    known = terms()["abbreviations"]
    return re.sub(r"[a-z0-9]+", lambda found: known.get(found[0], found[0]), text)


@cache
def _synonyms() -> Sequence[tuple[re.Pattern[str], str]]:
    longest_first = sorted(terms()["synonyms"].items(), key=lambda pair: -len(pair[0]))
    return [(re.compile(rf"\b{re.escape(phrase)}\b"), meant) for phrase, meant in longest_first]


@cache
def _patients() -> frozenset[str]:
    return frozenset(terms()["patients"]["words"].split())


@lru_cache(maxsize=4096)
def instruments(text: str | None) -> frozenset[str]:
    """The instruments that a text names."""
    plain = f" {' '.join(re.findall(r'[a-z0-9]+', letters(text)))} "
    full = f" {canonical(text)} "
    return frozenset(each for each in terms()["instruments"] if f" {each} " in plain or f" {each} " in full)


def field_of(instrument: str) -> str:
    """What an instrument measures."""
    measured: str = terms()["instruments"][instrument]
    return measured


def is_field_of(general: str, special: str) -> bool:
    """Whether one canonical text is nothing but the field of the other: safety, of adverse events."""
    return any(each in special for each in terms()["generals"].get(general, ()))
