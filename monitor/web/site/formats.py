"""How pages write numbers and moments: absolute and in UTC, so that the same page is the same bytes. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from monitor.model import Significance
from monitor.render.tongues import tongue
from monitor.render.worddiff import Stretch
from monitor.text import sentence
from monitor.web.site.paths import trial_path

_DATE = re.compile(r"\b(\d{4}-\d\d(?:-\d\d)?)\b", re.ASCII)


@lru_cache(maxsize=2048)
def number(value: float, language: str = "en") -> str:
    """2,914."""
    return format_decimal(value, locale=language)


@lru_cache(maxsize=2048)
def day(value: date, language: str = "en") -> str:
    """14 Jan 2016."""
    return format_date(value, "d MMM y", locale=language)


@lru_cache(maxsize=2048)
def month(value: date, language: str = "en") -> str:
    """Jan 2016."""
    return format_date(value, "MMM y", locale=language)


@lru_cache(maxsize=2048)
def long_day(value: date, language: str = "en") -> str:
    """Thursday 14 January 2016."""
    return format_date(value, "EEEE d MMMM y", locale=language)


def clock(value: datetime) -> str:
    """14:54."""
    return f"{value.astimezone(UTC):%H:%M}"


def moment(value: datetime, language: str = "en") -> str:
    """14 Jan 2016, 09:00 UTC."""
    return f"{day(value.astimezone(UTC).date(), language)}, {clock(value)} UTC"


def machine(value: datetime) -> str:
    """What a `time` element says to programs: 2016-01-14T09:00Z."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def level(significance: Significance) -> str:
    """The class of a significance: critical, major, minor, admin."""
    return "admin" if significance is Significance.ADMINISTRATIVE else str(significance)


def coded(words: str) -> Markup:
    """A sentence in which what stands between backticks is what somebody types."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return escape(words)
    return _between(parts, Markup("<code>{}</code>"))


def _between(parts: Sequence[str], mark: Markup) -> Markup:
    """The parts in a row, each second one marked."""
    marked = (escape(each) if place % 2 == 0 else mark.format(each) for place, each in enumerate(parts))
    return Markup("").join(marked)


def unbroken(words: str) -> Markup:
    """A sentence whose dates stay on one line: a browser breaks them at their hyphens."""
    return _between(_DATE.split(words), Markup('<span class="nowrap">{}</span>'))


def language_of(said: str | Sequence[Stretch] | None) -> Markup:
    """The attribute `lang` of a registry's text that is not in English, as a text or in stretches; else nothing."""
    found = tongue(said or "")
    return Markup(' lang="{}"').format(found) if found else Markup("")


FILTERS = {
    "coded": coded,
    "sentence": sentence,
    "number": number,
    "day": day,
    "month": month,
    "long_day": long_day,
    "clock": clock,
    "moment": moment,
    "machine": machine,
    "trial_path": trial_path,
    "unbroken": unbroken,
    "tongue": language_of,
    "level": level,
}
"""As templates call them."""
