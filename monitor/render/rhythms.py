"""When a subscriber is told, in words. Pure."""

from monitor.model.rhythm import Every, Rhythm

_OFTEN = {Every.DAILY: "daily", Every.WEEKLY: "on Mondays", Every.MONTHLY: "on the 1st of the month"}


def rhythm_words(rhythm: Rhythm) -> str:
    """Such as “daily at 08:00, Europe/Paris; critical changes at once”."""
    if rhythm.every is not Every.IMMEDIATE:
        words = f"{_OFTEN[rhythm.every]} at {rhythm.at:%H:%M}, {rhythm.zone}"
    elif rhythm.quiet_hours:
        begin, end = rhythm.quiet_hours
        words = f"at once, except from {begin:%H:%M} to {end:%H:%M}, {rhythm.zone}"
    else:
        return "at once"
    more = ["critical changes at once"] if rhythm.breaks_through else []
    more += ["also when all is quiet"] if rhythm.all_quiet else []
    return "; ".join([words, *more])
