"""What looks like a trial's number and cannot be watched. Pure.

It is always reported: a list may name a trial that only another registry has, or one whose number lost a digit. The
forms are those that the registries document, with the separators that people use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DASH = r"\s?[-\u2010-\u2015]\s?"
_FORMS = {
    "ISRCTN": r"ISRCTN[\s:#-]{0,3}\d{6,10}",
    "the EU's registers": (
        rf"(?:EUCTR|EU\s?CT[\s:]{{0,2}})?(?:19|20)\d\d{_DASH}\d{{6}}{_DASH}\d\d(?:{_DASH}\w\w(?!\w))?"
    ),
    "DRKS": r"DRKS[\s:#-]{0,3}(?:ID\s?)?\d{8}",
    "ANZCTR": r"(?:ACTRN|ANZCTR)[\s:#-]{0,3}\d{14}p?",
    "ChiCTR": r"ChiCTR(?:-?[A-Z]{2,5})?[\s:#-]{0,3}\d{8,10}",
    "CTRI": r"CTRI\s?/\s?\d{4}\s?/\s?\d\d{1,2}\s?/\s?\d{6}",
    "CRIS": r"KCT[\s:#-]{0,3}\d{7}",
    "IRCT": r"IRCT[\s:#-]{0,3}\d{8,14}N\d{1,3}",
    "ReBEC": r"RBR-[0-9][0-9a-z]{5,7}",
    "PACTR": r"PACTR[\s:#-]{0,3}\d{15,16}",
    "SLCTR": r"SLCTR/\d{4}/\d{3}",
    "TCTR": r"TCTR[\s:#-]{0,3}\d{11}",
    "RPCEC": r"RPCEC[\s:#-]{0,3}\d{8}",
    "LBCTR": r"LBCTR[\s:#-]{0,3}\d{10}",
    "ITMCTR": r"ITMCTR[\s:#-]{0,3}\d{10}",
    "REPEC": r"PER-\d{3}-\d\d",
    "the Dutch register": r"(?:NL-?OMON\d{1,6}|NTR[\s:#-]{0,3}\d{1,5})",
    "jRCT": r"jRCT[\s:#-]{0,3}[a-z]?\d{9,10}",
    "UMIN": r"(?:JPRN-)?UMIN(?:-CTR)?[\s:#-]{0,3}\d{9}",
    "JapicCTI": r"Japic-?CTI[\s:#-]{0,3}\d{6}",
    "JMACCT": r"JMA-?IIA\d{5}",
}
_BROKEN = (
    r"NCT[\s:#_\u2010-\u2015-]{0,3}[0-9][0-9O]{0,30}[0-9a-z]{0,10}"
    r"|[0-9a-z]{1,10}NCT[0-9O]{5,30}[0-9a-z]{0,10}"  # glued to what stands before it
)
_ANY = re.compile(
    "(?<![0-9a-z])(?:"
    + "|".join(f"(?P<f{number}>{form})" for number, form in enumerate(_FORMS.values()))
    + f"|(?P<broken>{_BROKEN}))(?![0-9a-z])",
    re.IGNORECASE | re.ASCII,
)
_DIGITS = re.compile(r"\d\d", re.ASCII)
_NAMES = tuple(_FORMS)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A number as it was written, and why it is not taken."""

    text: str
    reason: str


def lookalikes_in(text: str) -> Iterator[Lookalike]:
    """Those in a text from which everything that is a trial's id was taken out."""
    if not _DIGITS.search(text):
        return
    for found in _ANY.finditer(text):
        kind = found.lastgroup or "broken"
        if kind == "broken":
            reason = "is not a trial id: NCT and eight digits are expected"
        else:
            reason = f"is a number of {_NAMES[int(kind[1:])]}, which is not of a registry that this version knows"
        yield Lookalike(" ".join(found[0].split()), reason)
