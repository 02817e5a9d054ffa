"""Texts: made safe to show, compared, cut, quoted, counted and listed; and moments and sizes in words. Pure.

    plain, one_line, readable, harmless_json      safe to show
    fold and its kin                              equal for texts that say the same
    cut, safe_cut, shortened, abridged, quote     no longer than there is space for
    slug                                          a name as a part of an address
    counted, natural_list, first_few, comma_list  numbers and lists in English
    moment, stamp, size                           times and bytes

Registry text is written by strangers, and a terminal, a header and a mail obey some of what they show: an escape code,
a line break in a subject, a bidirectional override that shows a sentence backwards (CVE-2021-42574). All become
visible marks. What nobody sees goes: marks of direction, and characters without width, by which different texts look
alike. Right-to-left text needs none of them to be read; only the joiners that spell words in some scripts, and make
one picture of several, stay between those.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar
from unicodedata import category, normalize

T = TypeVar("T")

# Everything that steers a terminal or turns text round, and half characters that cannot be encoded at all.
_STEERING = "\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
_DANGEROUS = re.compile(f"[\x00-\x08\x0b-\x1f{_STEERING}]")
_UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u3164\ufeff\uffa0"
_UNSEEN += "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0100-\U000e01ef"
_SPELLING = "\u0600-\u0604\u0610-\u061a\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17b3\ufb50-\ufdff"
_PICTURES = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_INVISIBLE = re.compile(
    f"(?<=[{_SPELLING}])([\u200c\u200d])(?=[{_SPELLING}])|(?<=[{_PICTURES}])(\u200d)(?=[{_PICTURES}])|[{_UNSEEN}]"
)
_ESCAPED_IN_JSON = re.compile(f"[{_STEERING}{_UNSEEN}]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+.!~|-])")
_CONTROL_PICTURES = 0x2400

_NARROW = "\N{NARROW NO-BREAK SPACE}"
_FOLDED_SPACE = re.compile(rf"[^\S{_NARROW}]+")

_WITHOUT_MEANING = "\u200b\u2060\ufeff\u00ad"

_IN_NUMBERS = r".,:/\-\u2010-\u2015\u2212"
_NEVER_IN_NUMBERS = r"'\"`\u00b4\u2018-\u201f()\[\]{};!?*_\u2026\u2022\u00b7#&@\\|"
_IDLE_PUNCTUATION = re.compile(rf"[{_IN_NUMBERS}{_NEVER_IN_NUMBERS}](?!(?<=[{_IN_NUMBERS}])\d)")
"""Signs without which a phrase means the same. A sign before a digit stays, for 1.5 is not 15 and day -1 is not day 1;
so do % and the signs of comparison."""

_SIGNS = str.maketrans(
    dict.fromkeys("\u00b4\u02bc\u2018\u2019\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


# Safe to show


def plain(text: str) -> str:
    """The text with nothing in it that what shows it would obey; line feeds stay, other line breaks become one."""
    if text.isascii() and text.isprintable():  # as nearly all are: three regular expressions would find nothing in it
        return text
    seen = text if text.isascii() else _INVISIBLE.sub(r"\1\2", text)
    return _DANGEROUS.sub(_visible, _BREAKS.sub("\n", seen).replace("\t", " "))


def harmless_json(line: str) -> str:
    """The same JSON, in which what steers a terminal or is not seen stands as an escape."""
    return line if line.isascii() and "\x7f" not in line else _ESCAPED_IN_JSON.sub(_as_escape, line)


def _as_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[start : start + 2].hex()}" for start in range(0, len(units), 2))


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(_CONTROL_PICTURES + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"


def readable(text: str) -> str:
    """Running text, safe to show, without the backslashes that Markdown needs and people don't."""
    return plain(_ESCAPED.sub(r"\1", text) if "\\" in text else text).strip()


def one_line(text: str) -> str:
    """The text, safe to show, its white space folded into single spaces; but for those that French has in a line."""
    if _NARROW in text:
        return " ".join(_FOLDED_SPACE.split(plain(text))).strip()
    if text.isascii() and text.isprintable():  # as in `plain`, which would be half of the time that this takes
        return " ".join(text.split())
    return " ".join(plain(text).split())


# Equal for texts that say the same. Texts are compared folded and shown as the registry has them: white space runs,
# line endings, Unicode form and invisible characters come and go with a registry's tools, and never make a difference.


def fold(text: str | None) -> str:
    """What *text* says, whatever its spacing and Unicode form; nothing said is an empty text."""
    if not text:
        return ""
    if len(text) <= _SHORT:
        return _fold_short(text)
    return _fold_long(text) if len(text) <= _LONGEST_KEPT else _fold(text)


_SHORT, _LONGEST_KEPT = 200, 20_000
"""Characters of texts that are folded once, though several rules of a comparison ask for them one after the other."""


def _fold(text: str) -> str:
    if not text.isascii():
        for sign in _WITHOUT_MEANING:  # hardly any text has one: to look for four takes a tenth of a regular expression
            text = text.replace(sign, "")
        text = normalize("NFC", text)
    return " ".join(text.split())


_fold_short = lru_cache(maxsize=2048)(_fold)
_fold_long = lru_cache(maxsize=256)(_fold)


def fold_name(text: str | None) -> str:
    """`fold` for names: case makes no difference either, and a name is the same as it is shown by `plain`."""
    if text and not (text.isascii() and text.isprintable()):
        text = plain(text)
    return fold(text).casefold()


def fold_organisation(text: str | None) -> str:
    """`fold_name` for names of organisations.

    Forms of a letter, of a quotation mark and of a dash, and a full stop or comma at the end make no difference either.
    """
    name = fold_name(text)
    if not name.isascii():
        name = " ".join(normalize("NFKC", name).translate(_SIGNS).casefold().split())
    return name.rstrip(" .,;:") or name


def fold_wording(text: str | None) -> str:
    """`fold` for phrases, of which case and idle punctuation are not the substance."""
    return " ".join(_IDLE_PUNCTUATION.sub(" ", fold(text).casefold()).split())


# A part of an address


def slug(folded: str) -> str:
    """A folded name as a part of an address: no two names have the same, and a name always has the same one.

    A name of small letters, digits and spaces alone is itself, with hyphens. In any other, something was left out or
    respelled, so that a mark of the whole name follows: "a-b-pharma-1c04fd" for A.B. Pharma. Letters of other scripts
    stay.
    """
    if _PLAIN_NAME.fullmatch(folded) and len(folded) <= _LONGEST_SLUG and not _LIKE_MARKED.search(folded):
        return folded.replace(" ", "-")
    mark = sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    bare = _ACCENTS.sub("", normalize("NFKD", folded.translate(_LATIN)))
    spelled = "".join(
        each if each.isalnum() or category(each) in ("Mn", "Mc") else " " for each in normalize("NFC", bare)
    )
    kept = "-".join(spelled.split())[:_LONGEST_SLUG].strip("-")
    return f"{kept}-{mark}" if kept else mark


_PLAIN_NAME = re.compile("[a-z0-9]+(?: [a-z0-9]+)*")
_LIKE_MARKED = re.compile(r"(?:^| )[0-9a-f]{6}$")
_ACCENTS = re.compile("[\u0300-\u036f]")
_LONGEST_SLUG = 80
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "\u0131": "i"}
)


# No longer than there is space for


def cut(text: str, limit: int = 80) -> str:
    """*text* folded, in at most *limit* characters, ended by … where it went on."""
    return _cut_line(fold(text), limit, " ,;:.-")


def safe_cut(text: str, limit: int) -> str:
    """`cut` of a text that is shown as it comes out: it is made safe first."""
    return _cut_line(one_line(text), limit, " ,;:…")


def _cut_line(line: str, limit: int, trim: str) -> str:
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    whole_words = head.rpartition(" ")[0] if " " in head[limit // 2 :] else head
    return whole_words.rstrip(trim) + "…"


def quote(text: str | None, limit: int = 80) -> str:
    """*text* between typographic quotes, cut."""
    return f"“{cut(text or '', limit)}”"


def shortened(text: str, length: int) -> str:
    """One line of at most about *length* characters, cut between words; the cut says how much there is."""
    return abridged(one_line(text), length, at=" ")


def abridged(text: str, length: int, *, at: str | None = None) -> str:
    """The first *length* characters or so of a text as it stands, cut *at* a space; the cut says how much there is."""
    if len(text) <= length:
        return text
    return f"{text[:length].rsplit(at, 1)[0]} … ({len(text):,} characters in all)"


# Numbers and lists in English


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun in the right form: 1 site, 1,204 sites, 2 countries; *plural* for an irregular one."""
    return f"{number:,} {noun if number == 1 else plural or plural_of(noun)}"


def plural_of(noun: str) -> str:
    """A regular noun for more than one: sites, countries, days."""
    return re.sub("(?<![aeiou])y$", "ie", noun) + "s"


def sentence(words: object) -> str:
    """Words such as those of an error as a sentence: it ends, and begins with a capital, unless with a host's name."""
    text = str(words).strip()
    end = "" if text[-1:] in (".", "?", "!", "") else "."
    is_host = "." in text.partition(" ")[0].rstrip(".:,;")
    return (text if is_host else text[:1].upper() + text[1:]) + end


def without_commands(words: str) -> str:
    """What a message for people at a terminal says, without the commands that only they can type."""
    kept = [part for part in words.split("; ") if "`monitor " not in part] or [words]
    return re.sub(r"(?:[:,;][^:.;`]*)? `monitor [^`]*`[^.;]*", "", "; ".join(kept)).rstrip(". ")


def natural_list(items: Sequence[T], limit: int = 3, *, noun: str = "", named: Callable[[T], str] = str) -> str:
    """The first *limit* of *items* as English lists them, then how many more there are: of what, *noun* says."""
    shown = [named(item) for item in items[:limit]]
    if (more := len(items) - limit) > 0:
        shown.append(counted(more, f"more {noun}") if noun else f"{more:,} more")
    return ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else "".join(shown)


def first_few(items: Sequence[str], limit: int = 3) -> str:
    """The first *limit* of *items* with commas alone, then how many more there are."""
    return natural_list(items, limit) if len(items) > limit else ", ".join(items)


def comma_list(names: Sequence[str]) -> str:
    """Names one after the other; set apart so that a comma within one does not make it two."""
    return ("; " if any("," in name for name in names) else ", ").join(names)


def percent(share: float) -> str:
    """A share without its sign: 49.2%."""
    return f"{abs(share):,.1f}".removesuffix(".0") + "%"


# Times and bytes


def moment(at: datetime) -> str:
    """A moment of ours, which is in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def stamp(registry_version: str | None) -> str:
    """The registry's stamp of its data, to the minute. It is shown as the registry gives it: its zone is not known."""
    if not registry_version:
        return "an unknown date"
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:.*)?", registry_version)
    return f"{found[1]} {found[2]}" if found else one_line(registry_version)


def size(count: int) -> str:
    """So many bytes, in the unit that people think in."""
    if count < 1_000:
        return counted(count, "byte")
    return f"{count / 1_000:,.0f} kB" if count < 100_000 else f"{count / 1_000_000:,.1f} MB"


def file_in_words(day: str | None, *, today: date) -> str:
    """Of what day the last file of a registry is, and how old it makes its trials; *day* is None where none came."""
    if day is None:
        return "no file of it was imported yet"
    try:
        age = (today - date.fromisoformat(day[:10])).days
    except ValueError:
        return f"its last file is of {day}"
    return f"its last file is of {day[:10]}, " + ("today" if age <= 0 else f"{counted(age, 'day')} old")
