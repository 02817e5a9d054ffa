"""When a subscriber is told, in words. Pure."""

from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model.rhythm import Every, Rhythm


def rhythm_words(rhythm: Rhythm, texts: Texts = IN_ENGLISH) -> str:
    """Such as “daily at 08:00, Europe/Paris; critical changes at once”."""
    _ = texts.gettext
    often = {
        Every.DAILY: _("daily at {time}, {zone}"),
        Every.WEEKLY: _("on Mondays at {time}, {zone}"),
        Every.MONTHLY: _("on the 1st of the month at {time}, {zone}"),
    }
    if rhythm.every is not Every.IMMEDIATE:
        words = often[rhythm.every].format(time=f"{rhythm.at:%H:%M}", zone=rhythm.zone)
    elif rhythm.quiet_hours:
        begin, end = (f"{at:%H:%M}" for at in rhythm.quiet_hours)
        words = _("at once, except from {begin} to {end}, {zone}").format(begin=begin, end=end, zone=rhythm.zone)
    else:
        return _("at once")
    more = [_("critical changes at once")] if rhythm.breaks_through else []
    more += [_("also when all is quiet")] if rhythm.all_quiet else []
    return "; ".join([words, *more])
