"""Which changes somebody asks for, as pages, feeds, the API and agents name the filters, and the same as an address.

min       critical, major, minor or administrative
topic     one, or several;  kind: how kinds begin, such as status.stopped
since     14d, a day, or all;  until: the last day

and the filters of `finding_trials`, which say of which trials.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from monitor.alerts.filters import checked_filters
from monitor.changes.kinds import KINDS
from monitor.changes.topics import Topic
from monitor.errors import ConfigurationInvalid
from monitor.model import Significance
from monitor.ports import Registry
from monitor.storage.changed import ChangeFilter, Place
from monitor.text import shortened
from monitor.views import finding_trials
from monitor.views.finding_trials import TrialsAsked, query_of, trial_filters
from monitor.views.parameters import Query, check_names, day_asked, value_of, values_of
from monitor.views.spans import first_day

PERIOD = "14d"
"""Where nobody says since when."""
ALL = "all"
FILTERS = finding_trials.FILTERS | {"min", "topic", "kind", "since", "until"}
"""The parameters that say which changes are meant."""
_LONGEST_PERIOD = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesAsked(TrialsAsked):
    """Which changes, by the filters of an address. Fields are as they are said there."""

    least: Significance = Significance.MINOR
    topics: tuple[Topic, ...] = ()
    kinds: tuple[str, ...] = ()
    """How they begin."""
    since: str = PERIOD
    """A number of days, such as 14d, a day, or all."""
    until: date | None = None
    """The last day."""

    def first_day(self, today: date) -> date | None:
        """The day from which on; None for all."""
        if self.since == ALL:
            return None
        if self.since.endswith("d"):
            return first_day(int(self.since[:-1]), today=today)
        return date.fromisoformat(self.since)

    def is_of_one_day(self, today: date) -> bool:
        """Whether it is about the changes of a single day."""
        return self.first_day(today) == (self.until or today)

    def filter(self, today: date) -> ChangeFilter:
        """The same for the index."""
        return ChangeFilter(
            least=self.least,
            topics=self.topics,
            kinds=kinds_beginning(self.kinds),
            since=self.first_day(today),
            until=self.until + timedelta(days=1) if self.until else None,
            trials=self.wanted_trials,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether it is not about all changes of a time."""
        return bool(self.trial_pairs or self.topics or self.kinds or self.until)

    @property
    def said(self) -> str:
        """All filters but those of time, in words; empty without any."""
        return ", ".join(
            [
                *(words for words, _ in (*self.filters_said(), *self.facets_said())),
                *(str(topic).replace("_", " ") for topic in self.topics),
                *self.kinds,
                *([] if self.least is Significance.MINOR else [_WEIGHTS[self.least]]),
            ]
        )

    @property
    def query(self) -> str:
        """The same as the query of an address, in one order, without what is usual; with its question mark."""
        return self.query_where(PERIOD)

    def query_where(self, usual: str) -> str:
        """The same for an address that has that period where it names none."""
        said = [
            ("min", "" if self.least is Significance.MINOR else str(self.least)),
            *(("topic", str(topic)) for topic in sorted(self.topics)),
            *(("kind", kind) for kind in self.kinds),
            ("since", "" if self.since == usual else self.since),
            ("until", self.until.isoformat() if self.until else ""),
        ]
        return query_of([*((name, value) for name, value in said if value), *self.trial_pairs])


_WEIGHTS = {
    Significance.CRITICAL: "critical",
    Significance.MAJOR: "major and critical",
    Significance.ADMINISTRATIVE: "with administrative ones",
}


def changes_asked(
    tx: Connection,
    query: Query,
    registries: Sequence[Registry],
    *,
    usual: str = PERIOD,
    names: Collection[str] = FILTERS,
    knows_watches: bool = True,
) -> ChangesAsked:
    """What a query asks for, which has no filters but those of these *names*; of the *usual* time where it names none.

    Without *knows_watches*, which watches there are cannot be found out.

    ConfigurationInvalid names the parameter that makes no sense, NothingFound what is not there.
    """
    check_names(query, names)
    return ChangesAsked(
        **trial_filters(tx, query, registries, knows_watches=knows_watches),
        least=_least(value_of(query, "min")),
        topics=_topics(values_of(query, "topic")),
        kinds=_kinds(values_of(query, "kind")),
        since=_since(value_of(query, "since")) or usual,
        until=day_asked("until", value_of(query, "until")),
    )


def kinds_beginning(beginnings: Collection[str]) -> tuple[str, ...]:
    """The whole names of the kinds that begin so: status.stopped, but not status.stop."""
    return tuple(kind for kind in KINDS if any(f"{kind}.".startswith(f"{each}.") for each in beginnings))


_PLACE = re.compile(r"(\d{4}-\d\d-\d\d)(?:~([0-3])~([\w.-]{1,80})/([^/\s]{1,80})/(\d{1,9}))?")


def place_asked(text: str) -> Place | None:
    """Behind which day or event a page begins, as `place_in_words` wrote it."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None or day_asked("before", found[1]) is None:
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


def _kinds(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(checked_filters(topics=(), kinds=texts, min_significance="minor").kinds)) if texts else ()


def _since(text: str) -> str:
    if not text or text == ALL:
        return text
    if re.fullmatch(r"[1-9]\d{0,3}d", text) and int(text[:-1]) <= _LONGEST_PERIOD:
        return text
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and day_asked("since", text):
        return text
    raise ConfigurationInvalid(f"since takes 14d, a day such as 2026-11-20, or all, and not “{shortened(text, 40)}”")
