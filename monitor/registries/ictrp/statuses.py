"""What the portal's words for the status mean. Pure.

It knows but a few: whether a trial that is not recruiting has yet to begin, was ended or is over is lost on the way.
So those words stand for themselves, with the shared code for what is unknown. Where it has no words at all, nothing is
known, and nothing became otherwise.
"""

import re

from monitor.model import Coded

_SHARED = {
    "recruiting": "RECRUITING",
    "open to recruitment": "RECRUITING",
    "open public recruiting": "RECRUITING",
    "pending": "NOT_YET_RECRUITING",
    "not yet recruiting": "NOT_YET_RECRUITING",
    "enrolling by invitation": "ENROLLING_BY_INVITATION",
    "active not recruiting": "ACTIVE_NOT_RECRUITING",
    "no longer recruiting": "ACTIVE_NOT_RECRUITING",
    "closed to recruitment of participants": "ACTIVE_NOT_RECRUITING",
    "complete": "ACTIVE_NOT_RECRUITING",
    "recruitment completed": "ACTIVE_NOT_RECRUITING",
    "completed": "COMPLETED",
    "suspended": "SUSPENDED",
    "temporary halt": "SUSPENDED",
    "temporarily halted": "SUSPENDED",
    "terminated": "TERMINATED",
    "stopped early": "TERMINATED",
    "prematurely ended": "TERMINATED",
    "withdrawn": "WITHDRAWN",
}
_LOSSY = {
    "not recruiting",
    "authorised",
    "authorised recruitment may be ongoing or finished",
    "deleted from source registry",
    "other",
    "not applicable",
}
_LOST = {"", "not available", "none", "null", "n/a"}

_CALLED_OFF = (
    re.compile(r"\s*((?:cancell?ed|retracted) (?:by|due to|because of) [^\n]{2,120}?)\s{3,}", re.IGNORECASE),
    re.compile(r"\s*(cancell?ed by (?:the )?(?:investigator|sponsor|applicant)s?)\b", re.IGNORECASE),
)
"""What ChiCTR writes before the title of a trial that will not be, mostly with many spaces behind it."""
_REASON = re.compile(r"(?:due to|because of) (.+)", re.IGNORECASE)


def status(words: str) -> Coded | None:
    """The status that *words* mean; None where they mean that nobody knows."""
    said = _folded(words)
    return None if said in _LOST else Coded(_SHARED.get(said, "UNKNOWN"), words)


def is_known(words: str) -> bool:
    """Whether the portal is known to say so."""
    return _folded(words) in _SHARED.keys() | _LOSSY | _LOST


def _folded(words: str) -> str:
    return " ".join(re.sub(r"[\s,:;-]+", " ", words).split()).lower()


def called_off(title: str) -> str | None:
    """What stands before a title, as it came, of a trial that was called off; None for any other."""
    found = next((found for form in _CALLED_OFF if (found := form.match(title))), None)
    return " ".join(found[1].split()) if found else None


def why(cancelled: str) -> str | None:
    """The reason in what stands before the title of a trial that was called off, where it gives one."""
    found = _REASON.search(cancelled)
    return found[1] if found else None
