"""What a reader's language makes of texts, numbers and lists."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations

from monitor.language.catalogues import translations
from monitor.language.worded import Worded
from monitor.model.language import ENGLISH
from monitor.text import cut, moment, natural_list, percent, quote

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
"""A day, a month or a year, as registries and we write them."""
_FIRST = {"fr": ("1 ", "1er ")}
"""What the first of a month is called, in a language of which CLDR has it as any other day."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Texts:
    """A language at work."""

    language: str
    _catalogue: NullTranslations

    def gettext(self, text: str) -> str:
        """The text in this language."""
        return self._catalogue.gettext(text)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The text for so many, in this language; nothing is filled in."""
        return self._catalogue.ngettext(singular, plural, count)

    def said(self, words: object) -> str:
        """What a text, or an error, says in this language; in English, where nobody worded it for others."""
        text = words.args[0] if isinstance(words, Exception) and words.args else words
        if not isinstance(text, Worded):
            return str(words)
        if text.plural is None:
            template = self.gettext(text.template)
        else:
            template = self.ngettext(text.template, text.plural, text.number)
        if not text.values:
            return template
        return template.format(**{name: self._filled_in(value) for name, value in text.values.items()})

    def known(self, words: str) -> str:
        """Words that are not written here, such as those of a code: in this language where the catalogue has them."""
        return self._catalogue.gettext(words) if words else words

    def quoted(self, words: str | None, limit: int = 80) -> str:
        """What others say, cut, between the quotation marks of this language."""
        if self.language == ENGLISH:
            return quote(words, limit)
        return self.gettext("“{words}”").format(words=cut(words or "", limit))

    def written_day(self, text: str) -> str:
        """A day, a month or a year, which `2026-03` is; what is none of these, or does not exist, as it is."""
        found = None if self.language == ENGLISH else _DAY.fullmatch(text)
        if found is None or not found[2]:
            return text
        from babel.dates import format_skeleton  # most mails are in English

        try:
            on = date(int(found[1]), int(found[2]), int(found[3] or 1))
        except ValueError:
            return text
        said = format_skeleton("yMMMMd" if found[3] else "yMMMM", on, locale=self.language)
        usual, first = _FIRST.get(self.language, ("", ""))
        return first + said.removeprefix(usual) if found[3] and usual and said.startswith(usual) else said

    def moment(self, at: datetime) -> str:
        """A moment of ours, which is in UTC."""
        if self.language == ENGLISH:
            return moment(at)
        return self.gettext("{day}, {time} UTC").format(day=self.written_day(f"{at:%Y-%m-%d}"), time=f"{at:%H:%M}")

    def percent(self, share: float) -> str:
        """A share without its sign: 49.2%."""
        if self.language == ENGLISH:
            return percent(share)
        rounded = round(float(abs(share)), 1)
        return self.gettext("{share}%").format(share=self.number(int(rounded) if rounded.is_integer() else rounded))

    def number(self, value: float) -> str:
        """2,914."""
        if self.language == ENGLISH:
            return f"{value:,}"
        from babel.numbers import format_decimal  # most mails are in English

        return format_decimal(value, locale=self.language)

    def day(self, value: date) -> str:
        """14 Jan 2016."""
        if self.language == ENGLISH:
            return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
        from babel.dates import format_date  # as above

        return format_date(value, "d MMM y", locale=self.language)

    def listed(self, names: Sequence[str], limit: int) -> str:
        """The first *limit* of these, then how many more there are."""
        if self.language == ENGLISH:
            return natural_list(names, limit)
        shown = [*names[:limit]]
        if (more := len(names) - limit) > 0:
            shown.append(self.gettext("{count} more").format(count=self.number(more)))
        last = self.gettext("{names} and {last}")
        return last.format(names=", ".join(shown[:-1]), last=shown[-1]) if shown[1:] else "".join(shown)

    def first_few(self, names: Sequence[str], limit: int) -> str:
        """The first *limit* of these with commas alone, then how many more there are."""
        return self.listed(names, limit) if len(names) > limit else ", ".join(names)

    def weight(self, significance: str) -> str:
        """How much a change matters, as a word; one that nobody knows here as it is."""
        words = {
            "critical": self.gettext("critical"),
            "major": self.gettext("major"),
            "minor": self.gettext("minor"),
            "administrative": self.gettext("administrative"),
            "taken back": self.gettext("taken back"),
        }
        return words.get(significance, significance)

    def _filled_in(self, value: object) -> str:
        if isinstance(value, Worded):
            return self.said(value)
        if isinstance(value, date):
            return self.written_day(value.isoformat())
        if isinstance(value, float):
            return self.percent(value)
        return self.number(value) if isinstance(value, int) else str(value)


@lru_cache(maxsize=8)
def texts_of(language: str) -> Texts:
    """The texts of a language; those of English for one that there is not."""
    return Texts(language, translations(language))


IN_ENGLISH = Texts(ENGLISH, NullTranslations())
