"""Why a watched trial does not count as seen. Pure."""

from enum import StrEnum


class UnseenReason(StrEnum):
    """The reasons; of several that a trial has, the first one counts."""

    DENIED = "denied"
    """Its registry answered that it knows no trial of this number."""
    NEVER_READ = "never_read"
    """No answer for it came yet that could be read."""
    NOT_BELIEVED = "not_believed"
    """The latest answer is in quarantine."""
    MISSING = "missing"
    """The registry said that it has no such trial, not often enough to be believed."""
    SILENT = "registry_silent"
    """Its registry was not read of late."""
    NOT_CONFIRMED = "not_confirmed"
    """Its registry was, and no answer showed how the trial stands."""
