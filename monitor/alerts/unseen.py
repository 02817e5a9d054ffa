"""Why watched trials are not seen, in words. Pure."""

from monitor.language.worded import Worded, worded
from monitor.model.unseen import UnseenReason


def unseen_words(reason: UnseenReason, *, is_fed: bool = False) -> Worded:
    """The reason, as it stands behind the trials; *is_fed* says that files feed their registry."""
    match reason:
        case UnseenReason.DENIED:
            return worded("the registry knows no trial of this number")
        case UnseenReason.NEVER_READ if is_fed:
            return worded("in no imported file yet")
        case UnseenReason.NEVER_READ:
            return worded("not read yet")
        case UnseenReason.NOT_BELIEVED:
            return worded("the latest answer was not believed, and is in quarantine")
        case UnseenReason.MISSING:
            return worded("the registry said that it has no such trial; that is believed after three times in 24 hours")
        case UnseenReason.SILENT if is_fed:
            return worded("no file was imported of late")
        case UnseenReason.SILENT:
            return worded("the registry was not read of late")
        case UnseenReason.NOT_CONFIRMED:
            return worded("the registry was read, and its answers do not show yet how these trials stand")
