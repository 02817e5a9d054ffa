"""What of a text for who reads French was left in English; what others wrote stays as they wrote it."""

import re

NARROW = "\N{NARROW NO-BREAK SPACE}"
_WRITTEN_BY_OTHERS = re.compile(rf"«[{NARROW} ].*?[{NARROW} ]»", re.DOTALL)
_ENGLISH = re.compile(
    r"\b(the|was|were|is|are|from|and|of|to|with|by|added|removed|changed|now|trials?|days?|later|earlier|more|fewer|"
    r"than|none|yes|no longer|status|outcome|enrollment|results|sponsor|critical|minor|seen|you|your|this|not)\b",
    re.IGNORECASE,
)


def without_quotes(text: str) -> str:
    """What this program says itself."""
    return _WRITTEN_BY_OTHERS.sub("", text)


def left_in_english(text: str, *names: str) -> list[str]:
    """The English words in it, but for those in *names*, which others gave."""
    own = without_quotes(text)
    for name in names:
        own = own.replace(name, "")
    return _ENGLISH.findall(own)
