"""A reason as the rules read it: one form of letters, quotation marks and blanks."""

import re
import unicodedata

_MARKS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2013\u2014", "-"),
    }
)
_BLANKS = re.compile(r"\s+")


def folded(text: str) -> str:
    """Lower case in compatible letters (NFKC), with plain quotation marks and dashes, and single blanks."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).translate(_MARKS).lower()).strip()
