"""What a reader's language makes of texts, numbers and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from gettext import NullTranslations

from monitor.language.catalogues import translations
from monitor.language.worded import Worded
from monitor.model.language import ENGLISH
from monitor.text import natural_list

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
        template = self.gettext(text.template)
        if not text.values:
            return template
        return template.format(**{name: self._filled_in(value) for name, value in text.values.items()})

    def number(self, value: int) -> str:
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
        return self.number(value) if isinstance(value, int) else str(value)


@lru_cache(maxsize=8)
def texts_of(language: str) -> Texts:
    """The texts of a language; those of English for one that there is not."""
    return Texts(language, translations(language))


IN_ENGLISH = Texts(ENGLISH, NullTranslations())
