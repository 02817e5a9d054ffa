"""How much a rule would have sent, and of which time anything is kept: the same words in a terminal, on pages, by API.

Pure. A rate is said only where enough is kept (`Backtest.a_month`): a day with a mail is no month with thirty.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.language.texts import IN_ENGLISH, Texts
from monitor.text import sentence

if TYPE_CHECKING:
    from monitor.views.backtest import Backtest

_SOME = 2
"""Messages: one by itself says nothing of how often they come."""
_MONTHS_NOT_WEEKS = 2


def in_words(found: "Backtest", texts: Texts = IN_ENGLISH) -> str:
    """All of it, in whole sentences."""
    return " ".join(sentence(each) for each in (total(found, texts), *rate(found, texts)))


def total(found: "Backtest", texts: Texts = IN_ENGLISH) -> str:
    """Such as “7 mails in 24 months”."""
    if found.begins is None:
        return texts.gettext("Nothing is kept of these trials yet, so there is nothing to test against")
    count = mails(found, len(found.sent), texts)
    return texts.gettext("{mails} in {time}").format(mails=count, time=time_kept(found, texts))


def mails(found: "Backtest", count: int, texts: Texts = IN_ENGLISH) -> str:
    """So many of what a message is called where it goes."""
    if found.rule.subscription.endpoint.channel == "email":
        words = texts.ngettext("%(num)d mail", "%(num)d mails", count)
    else:
        words = texts.ngettext("%(num)d message", "%(num)d messages", count)
    return words.replace("%(num)d", texts.number(count))


def pace(found: "Backtest", texts: Texts = IN_ENGLISH) -> str:
    """Such as “about one in 5 weeks”; empty where too little was sent, or is kept, to say so."""
    if len(found.sent) < _SOME or found.a_month is None:
        return ""
    if found.a_month >= 1:
        often = round(found.a_month)
        return texts.ngettext("about %(num)d a month", "about %(num)d a month", often) % {"num": often}
    if (months := round(found.months / len(found.sent))) > _MONTHS_NOT_WEEKS:
        return texts.ngettext("about one in %(num)d month", "about one in %(num)d months", months) % {"num": months}
    weeks = round(found.kept_for / timedelta(weeks=1) / len(found.sent))
    return texts.ngettext("about one in %(num)d week", "about one in %(num)d weeks", weeks) % {"num": weeks}


def history(found: "Backtest", texts: Texts = IN_ENGLISH) -> str:
    """Since when anything is kept, where that is not all of the time asked for, and what cannot be said for it."""
    if found.begins is None or (found.begins <= found.since and found.a_month is not None):
        return ""
    _ = texts.gettext
    begins = max(found.begins, found.since).date()
    if found.a_month is not None:
        return _("history since {day}").format(day=texts.day(begins))
    if begins == found.until.date():
        return _("history since today: too short to say how many come in a month")
    return _("history since {day}: too short to say how many come in a month").format(day=texts.day(begins))


def new_trials(found: "Backtest", texts: Texts = IN_ENGLISH) -> str:
    """How many of the trials have so little history that there may be more to tell; empty where none has."""
    if not found.new_trials:
        return ""
    words = texts.ngettext(
        "%(num)d of {trials} trials has been watched for less than four weeks, so more may come",
        "%(num)d of {trials} trials have been watched for less than four weeks, so more may come",
        found.new_trials,
    )
    return words.format(trials=texts.number(found.trials)).replace("%(num)d", texts.number(found.new_trials))


def rate(found: "Backtest", texts: Texts = IN_ENGLISH) -> list[str]:
    """How often they come, since when anything is kept, and when the next one comes: what there is of it."""
    said = (words(found, texts) for words in (pace, history, new_trials, coming))
    return [words for words in said if words]


def coming(found: "Backtest", texts: Texts = IN_ENGLISH) -> str:
    """When the digest comes that is counted already; empty where there is none."""
    at = next((each.at for each in found.sent if each.is_coming), None)
    if at is None:
        return ""
    if not found.waiting:
        words = texts.gettext("the latest of them is still to come, on {moment}")
        return words.format(moment=_moment(at, texts))
    words = texts.ngettext(
        "the latest of them is still to come, on {moment}, with %(num)d change so far",
        "the latest of them is still to come, on {moment}, with %(num)d changes so far",
        found.waiting,
    )
    return words.format(moment=_moment(at, texts)).replace("%(num)d", texts.number(found.waiting))


def time_kept(found: "Backtest", texts: Texts = IN_ENGLISH) -> str:
    """Such as “24 months”: how long the part of the time asked for is of which anything is kept."""
    if found.kept_for < timedelta(days=1):
        return texts.gettext("less than a day")
    if found.months >= 2:
        count = round(found.months)
        return texts.ngettext("%(num)d month", "%(num)d months", count) % {"num": count}
    count = round(found.kept_for / timedelta(days=1))
    return texts.ngettext("%(num)d day", "%(num)d days", count) % {"num": count}


def _moment(at: datetime, texts: Texts) -> str:
    return f"{texts.day(at.date())}, {at:%H:%M} UTC"
