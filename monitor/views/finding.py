"""Which changes somebody asks for, as pages, feeds, the API and agents name the filters, and the same as an address.

min       critical, major, minor or administrative
topic     one, or several
since     14d, a day, or all;  until: the last day
sponsor   as the address of its page names it, or by name; so do condition, registry and watch
q         words
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection

from monitor.changes.topics import Topic
from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import Significance
from monitor.ports import Registry
from monitor.storage import terms
from monitor.storage.changed import ChangeFilter, Place
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Within
from monitor.storage.terms import Term
from monitor.storage.trial_index import CONDITION, SPONSOR
from monitor.storage.words import asked_for
from monitor.text import fold_name, fold_organisation, shortened
from monitor.views.scope import scope_of

PERIOD = "14d"
"""Where nobody says since when."""
ALL = "all"
_LONGEST_PERIOD = 3660
_MOST_TEXT = 200

Query = Mapping[str, Sequence[str]]
"""The values of each parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesAsked:
    """Which changes, by the filters of an address. Fields are as they are said there."""

    least: Significance = Significance.MINOR
    topics: tuple[Topic, ...] = ()
    since: str = PERIOD
    """A number of days, such as 14d, a day, or all."""
    until: date | None = None
    """The last day."""
    registry: Registry | None = None
    sponsor: Term | None = None
    condition: Term | None = None
    text: str = ""
    """What was typed to search for."""
    watch: str = ""
    within: Within = field(default_factory=Within)
    """Of the watch."""

    def first_day(self, today: date) -> date | None:
        """The day from which on; None for all. One day is yesterday and today."""
        if self.since == ALL:
            return None
        if self.since.endswith("d"):
            return today - timedelta(days=max(int(self.since[:-1]) - 1, 1))
        return date.fromisoformat(self.since)

    def filter(self, today: date) -> ChangeFilter:
        """The same for the index."""
        return ChangeFilter(
            least=self.least,
            topics=self.topics,
            since=self.first_day(today),
            until=self.until + timedelta(days=1) if self.until else None,
            trials=TrialFilter(
                registry=self.registry.key if self.registry else None,
                sponsor=self.sponsor.key if self.sponsor else None,
                condition=self.condition.key if self.condition else None,
                words=asked_for(self.text),
                within=self.within,
            ),
        )

    def but(self, **changed: object) -> "ChangesAsked":
        """The same with other filters."""
        return replace(self, **changed)  # type: ignore[arg-type]

    @property
    def about(self) -> str:
        """The sponsor, condition or words that it is about, for people; empty without any."""
        term = self.condition or self.sponsor
        return term.name if term else f"“{self.text}”" if self.text else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether it is not about all changes of a time."""
        return bool(self.about or self.registry or self.watch or self.topics or self.until)

    @property
    def query(self) -> str:
        """The same as the query of an address, in one order, without what is usual; with its question mark."""
        said = [
            ("min", "" if self.least is Significance.MINOR else str(self.least)),
            *(("topic", str(topic)) for topic in sorted(self.topics)),
            ("since", "" if self.since == PERIOD else self.since),
            ("until", self.until.isoformat() if self.until else ""),
            ("registry", self.registry.key if self.registry else ""),
            ("sponsor", self.sponsor.slug if self.sponsor else ""),
            ("condition", self.condition.slug if self.condition else ""),
            ("watch", self.watch),
            ("q", self.text),
        ]
        query = urlencode([(name, value) for name, value in said if value])
        return f"?{query}" if query else ""


def changes_asked(
    tx: Connection, query: Query, registries: Sequence[Registry], *, knows_watches: bool = True
) -> ChangesAsked:
    """What a query asks for. Without *knows_watches*, which watches there are cannot be found out.

    ConfigurationInvalid names the parameter that makes no sense, NothingFound what is not there.
    """
    watch = value_of(query, "watch")
    if watch and not knows_watches:
        raise NothingFound(FOR_READERS)
    return ChangesAsked(
        least=_least(value_of(query, "min")),
        topics=_topics([each for value in query.get("topic", ()) for each in value.split(",") if each]),
        since=_since(value_of(query, "since")),
        until=_day("until", value_of(query, "until")),
        registry=registry_asked(registries, value_of(query, "registry")),
        sponsor=term_asked(tx, SPONSOR, value_of(query, "sponsor")),
        condition=term_asked(tx, CONDITION, value_of(query, "condition")),
        text=text_asked(value_of(query, "q")),
        watch=watch,
        within=scope_of(tx, trials=(), watch=watch, sponsor=None).within if watch else Within(),
    )


FOR_READERS = "watches are shown to those who may read here alone: sign in, or leave the watch out"
"""What anybody else is told, whether there is such a watch or not."""


def text_asked(text: str) -> str:
    """What was typed, with at least one word to search for."""
    text = " ".join(text.split())
    if len(text) > _MOST_TEXT:
        raise ConfigurationInvalid(f"q is longer than {_MOST_TEXT} characters: search for fewer words")
    words_asked(text)
    return text


def words_asked(text: str | None) -> tuple[str, ...]:
    """The words to search for; none without a text. ConfigurationInvalid where there is no word in it."""
    words = asked_for(text or "")
    if text and not words:
        shown = shortened(text, 40)
        raise ConfigurationInvalid(f"“{shown}” is in nearly every title, or no word: search for another word")
    return words


def key_asked(tx: Connection, kind: str, text: str | None) -> str | None:
    """The key of the term of that address or that name; where no trial has it, one by which nothing is found."""
    if text is None:
        return None
    if not (folded := _folded(kind, text)):
        raise ConfigurationInvalid(f"{kind} takes a name, and this is a blank one")
    found = _known(tx, kind, text, folded)
    return found.key if found else folded


def _known(tx: Connection, kind: str, text: str, folded: str) -> Term | None:
    return terms.by_slug(tx, kind, text) or terms.by_key(tx, kind, folded)


def _folded(kind: str, text: str) -> str:
    return (fold_organisation if kind == SPONSOR else fold_name)(text)


def term_asked(tx: Connection, kind: str, text: str) -> Term | None:
    """The sponsor or condition of that address or that name.

    NothingFound where no trial has it.
    """
    if not text:
        return None
    found = _known(tx, kind, text, _folded(kind, text))
    if found is None:
        raise NothingFound(f"no trial here has the {kind} “{shortened(text, 80)}”: search for a part of its name")
    return found


def registry_asked(registries: Sequence[Registry], text: str) -> Registry | None:
    """The registry of that key or name."""
    if not text:
        return None
    for registry in registries:
        if text.casefold() in (registry.key, registry.name.casefold()):
            return registry
    raise ConfigurationInvalid(f"“{shortened(text, 40)}” is not a registry known here: one is {registries[0].key}")


_PLACE = re.compile(r"(\d{4}-\d\d-\d\d)(?:~([0-3])~([\w.-]{1,80})/([^/\s]{1,80})/(\d{1,9}))?")


def place_asked(text: str) -> Place | None:
    """Behind which day or event a page begins, as `place_in_words` wrote it."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None or _day("before", found[1]) is None:
        raise ConfigurationInvalid(f"before takes a day, such as 2026-11-20, and not “{shortened(text, 40)}”")
    if found[2] is None:
        return Place(found[1])
    return Place(found[1], (int(found[2]), found[3], found[4], int(found[5])))


def place_in_words(place: Place) -> str:
    """A place as an address has it."""
    if place.event is None:
        return place.day
    weight, registry, trial_id, snapshot = place.event
    return f"{place.day}~{weight}~{registry}/{trial_id}/{snapshot}"


def value_of(query: Query, name: str) -> str:
    """The value of a parameter; empty where there is none. Of several, the last one counts."""
    values = query.get(name) or ("",)
    return values[-1].strip()


def _least(text: str) -> Significance:
    if not text:
        return Significance.MINOR
    try:
        return Significance[text.upper()]
    except KeyError:
        known = ", ".join(str(each) for each in reversed(Significance))
        raise ConfigurationInvalid(f"min is one of {known}, and not “{shortened(text, 40)}”") from None


def _topics(texts: Sequence[str]) -> tuple[Topic, ...]:
    known = {str(topic) for topic in Topic}
    for text in texts:
        if text not in known:
            raise ConfigurationInvalid(
                f"“{shortened(text, 40)}” is not a topic: the topics are {', '.join(sorted(known))}"
            )
    return tuple(sorted({Topic(text) for text in texts}))


def _since(text: str) -> str:
    if not text or text == ALL:
        return text or PERIOD
    if re.fullmatch(r"[1-9]\d{0,3}d", text) and int(text[:-1]) <= _LONGEST_PERIOD:
        return text
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and _day("since", text):
        return text
    raise ConfigurationInvalid(f"since takes 14d, a day such as 2026-11-20, or all, and not “{shortened(text, 40)}”")


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-20") else _no_day(name, text)
    except ValueError:
        return _no_day(name, text)


def _no_day(name: str, text: str) -> date:
    raise ConfigurationInvalid(f"{name} takes a day, such as 2026-11-20, and not “{shortened(text, 40)}”")
