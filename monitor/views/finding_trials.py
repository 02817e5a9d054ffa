"""Which trials somebody asks for, as pages, feeds, calendars, the API and agents name the filters, and as an address.

status      a code, or several;  phase: a code
sponsor     as the address of its page names it, or by name; so do condition, country and registry
trial       an id, or several;  watch: a number or a name;  group: the name of a group of watches
q           words
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlencode

from sqlalchemy import Connection

from monitor.errors import ConfigurationInvalid, NothingFound, TrialIdInvalid
from monitor.ports import Registry, find_registry
from monitor.render.words import code_label
from monitor.storage import terms, trial_lists
from monitor.storage.facets import Counts
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Key, Within
from monitor.storage.terms import Term
from monitor.storage.trial_index import CONDITION, COUNTRY, PHASE, SPONSOR, IndexedTrial
from monitor.storage.trial_lists import Place
from monitor.storage.words import asked_for
from monitor.text import first_few, shortened
from monitor.views.cursors import cursor, parts_of
from monitor.views.denied import refuse_unknown
from monitor.views.parameters import (
    Query,
    check_names,
    registry_asked,
    term_asked,
    text_asked,
    value_of,
    values_of,
)
from monitor.views.scope import scope_of
from monitor.views.statuses import statuses_of

MOST_STATUSES = 20
MOST_PHASES = 12
MOST_TRIALS = 100
"""Trials that an address may name."""
NAMING_TRIALS = ("trial", "watch", "group")
"""Filters of which an address has one at most."""
FILTERS = frozenset({"status", "phase", "registry", "sponsor", "condition", "country", "q", *NAMING_TRIALS})
"""The parameters that say which trials are meant."""
Translate = Callable[[str], str]
PHASES = ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA")
"""Codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialsAsked:
    """Which trials, by the filters of an address."""

    statuses: tuple[str, ...] = ()
    phase: Term | None = None
    registry: Registry | None = None
    sponsor: Term | None = None
    condition: Term | None = None
    country: Term | None = None
    text: str = ""
    """What was typed to search for."""
    trials: tuple[Key, ...] = ()
    """Those alone."""
    watch: str = ""
    group: str = ""
    within: Within = field(default_factory=Within)
    """Of what these three say."""

    @property
    def wanted_trials(self) -> TrialFilter:
        """The trials, for the index."""
        return TrialFilter(
            statuses=self.statuses,
            phase=self.phase.key if self.phase else None,
            registry=self.registry.key if self.registry else None,
            sponsor=self.sponsor.key if self.sponsor else None,
            condition=self.condition.key if self.condition else None,
            country=self.country.key if self.country else None,
            words=asked_for(self.text),
            within=self.within,
        )

    def but(self, **changed: object) -> Self:
        """The same with other filters."""
        return replace(self, **changed)  # type: ignore[arg-type]

    @property
    def about(self) -> str:
        """The condition, sponsor, country or words that it is about, for people; empty without any."""
        term = self.condition or self.sponsor or self.country
        return term.name if term else f"“{self.text}”" if self.text else ""

    def filters_said(self, _: Translate = str) -> list[tuple[str, dict[str, object]]]:
        """The filters but those of status and phase, each in words, and what takes it away."""
        nowhere = Within()
        said: list[tuple[str, dict[str, object]] | None] = [
            (f"“{self.text}”", {"text": ""}) if self.text else None,
            (self.condition.name, {"condition": None}) if self.condition else None,
            (self.sponsor.name, {"sponsor": None}) if self.sponsor else None,
            (self.country.name, {"country": None}) if self.country else None,
            (self.registry.name, {"registry": None}) if self.registry else None,
            (self._named, {"trials": (), "within": nowhere}) if self.trials else None,
            (_("watch") + f" {self.watch}", {"watch": "", "within": nowhere}) if self.watch else None,
            (_("group") + f" {self.group}", {"group": "", "within": nowhere}) if self.group else None,
        ]
        return [each for each in said if each]

    def facets_said(self, _: Translate = str) -> list[tuple[str, dict[str, object]]]:
        """The same of statuses and phase."""
        said: list[tuple[str, dict[str, object]]] = [
            (_(code_label(code)), {"statuses": tuple(each for each in self.statuses if each != code)})
            for code in self.statuses
        ]
        return [*said, (self.phase.name, {"phase": None})] if self.phase else said

    @property
    def _named(self) -> str:
        return first_few([trial_id for _, trial_id in self.trials], 3)

    @property
    def trial_pairs(self) -> list[tuple[str, str]]:
        """The same as parameters, in one order, without what says nothing."""
        said = [
            *(("status", code) for code in sorted(self.statuses)),
            ("phase", self.phase.key if self.phase else ""),
            ("registry", self.registry.key if self.registry else ""),
            ("sponsor", self.sponsor.slug if self.sponsor else ""),
            ("condition", self.condition.slug if self.condition else ""),
            ("country", self.country.slug if self.country else ""),
            *(("trial", trial_id) for _, trial_id in self.trials),
            ("watch", self.watch),
            ("group", self.group),
            ("q", self.text),
        ]
        return [(name, value) for name, value in said if value]

    @property
    def query(self) -> str:
        """The same as the query of an address; with its question mark."""
        return query_of(self.trial_pairs)


def query_of(pairs: Sequence[tuple[str, str]]) -> str:
    """Parameters as the query of an address, with its question mark; empty without any."""
    return f"?{urlencode(pairs)}" if pairs else ""


def trials_asked(
    tx: Connection,
    query: Query,
    registries: Sequence[Registry],
    *,
    names: Collection[str] = FILTERS,
    knows_watches: bool = True,
) -> TrialsAsked:
    """What a query asks for, which has no filters but those of these *names*.

    Without *knows_watches*, which watches there are cannot be found out.

    ConfigurationInvalid names the parameter that makes no sense, NothingFound what is not there.
    """
    check_names(query, names)
    return TrialsAsked(**trial_filters(tx, query, registries, knows_watches=knows_watches))


FOR_READERS = "watches are shown to those who may read here alone: sign in, or leave the watch out"
"""What anybody else is told, whether there is such a watch or not."""


def trial_filters(
    tx: Connection, query: Query, registries: Sequence[Registry], *, knows_watches: bool
) -> dict[str, Any]:
    """What a query says of trials, as the fields of `TrialsAsked`."""
    watch, group = value_of(query, "watch"), value_of(query, "group")
    if (watch or group) and not knows_watches:
        raise NothingFound(FOR_READERS)
    named = _trials(tx, values_of(query, "trial"), registries)
    if len(given := [name for name, value in zip(NAMING_TRIALS, (named, watch, group), strict=True) if value]) > 1:
        raise ConfigurationInvalid(f"{' and '.join(given)} each say which trials are meant: leave out all but one")
    return {
        "statuses": statuses_asked(tx, [each for each in query.get("status", ()) if each]),
        "phase": phase_asked(tx, value_of(query, "phase")),
        "registry": registry_asked(registries, value_of(query, "registry")),
        "sponsor": term_asked(tx, SPONSOR, value_of(query, "sponsor")),
        "condition": term_asked(tx, CONDITION, value_of(query, "condition")),
        "country": term_asked(tx, COUNTRY, value_of(query, "country")),
        "text": text_asked(value_of(query, "q")),
        "trials": named,
        "watch": watch,
        "group": group,
        "within": scope_of(tx, trials=named, watch=watch or None, group=group or None, sponsor=None).within,
    }


def _trials(tx: Connection, texts: Sequence[str], registries: Sequence[Registry]) -> tuple[Key, ...]:
    """The trials of these ids. NothingFound for one that is not watched, and never was."""
    if len(texts) > MOST_TRIALS:
        raise ConfigurationInvalid(f"trial takes {MOST_TRIALS} ids at most: watch these trials, and give the watch")
    found: list[Key] = []
    for text in texts:
        known = find_registry(registries, text)
        if known is None:
            raise TrialIdInvalid(f"“{shortened(text, 40)}” names no trial of a registry that is known here")
        registry, trial_id = known
        refuse_unknown(tx, registry, trial_id)
        found.append((registry.key, trial_id))
    return tuple(dict.fromkeys(found))


def statuses_asked(tx: Connection, texts: Sequence[str]) -> tuple[str, ...]:
    """The codes of statuses, as `statuses_of` reads them. ConfigurationInvalid for one that neither we nor a trial has.

    A registry may have others than we know: what a trial has can be asked for.
    """
    if sum(text.count(",") + 1 for text in texts) > MOST_STATUSES:
        raise ConfigurationInvalid(f"status takes {MOST_STATUSES} codes at most")
    codes: set[str] = set()
    for text in texts:
        try:
            codes |= statuses_of([text])
        except ConfigurationInvalid:
            if not trial_lists.has_status(tx, text):
                raise
            codes.add(text)
    return tuple(sorted(codes))


def phase_asked(tx: Connection, text: str | None) -> Term | None:
    """The phase of that code. ConfigurationInvalid for one that neither we nor a trial has."""
    if not text:
        return None
    code = text.upper()
    if found := terms.by_key(tx, PHASE, code):
        return found
    if code not in PHASES:
        raise ConfigurationInvalid(f"“{shortened(text, 40)}” is not a known phase; known: {', '.join(PHASES)}")
    return Term(code, code_label(code), "", 0)


@dataclass(frozen=True, slots=True)
class TrialsPage:
    """Trials, the one whose last update was posted last first, and the cursor of the next page; empty without one."""

    trials: Sequence[IndexedTrial]
    next: str


def trials_page(tx: Connection, asked: TrialsAsked, *, after: str = "", limit: int) -> TrialsPage:
    """Up to *limit* of the trials, behind the cursor *after*. ConfigurationInvalid where that is none."""
    found = trial_lists.page(tx, asked.wanted_trials, after=_place(after), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return TrialsPage(found[:limit], cursor(last.updated_on, last.registry, last.trial_id) if last else "")


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """How many trials there are. Those by status are of what the other filters leave, as are those by phase."""

    trials: int
    by_status: Sequence[tuple[str, str, int]]
    """Code, words and number, the most frequent first."""
    by_phase: Sequence[Term]


def trial_counts(tx: Connection, asked: TrialsAsked) -> TrialCounts:
    """The counts beside a list."""
    every = trial_lists.by_facet(tx, asked.but(statuses=(), phase=None).wanted_trials)
    phase = asked.phase.key if asked.phase else None
    of_phase = {facet: count for facet, count in every.items() if phase is None or phase in facet.phases}
    of_status = {facet: count for facet, count in every.items() if not asked.statuses or facet.status in asked.statuses}
    return TrialCounts(
        sum(count for facet, count in of_phase.items() if facet in of_status),
        [(code, words, count) for (code, words), count in counts_by_status(of_phase).items()],
        _by_phase(tx, of_status),
    )


def counts_by_status(counts: Counts) -> dict[tuple[str, str], int]:
    """How many trials there are by the code of the status and the words for it, the most frequent first.

    Where registries have other words for the same code, they are ours.
    """
    own: defaultdict[str, set[str]] = defaultdict(set)
    found: Counter[str] = Counter()
    for facet, count in counts.items():
        if facet.status:
            found[facet.status] += count
            own[facet.status].add(facet.status_words or code_label(facet.status))
    words = {code: next(iter(said)) if len(said) == 1 else code_label(code) for code, said in own.items()}
    return {(code, words[code]): found[code] for code in sorted(found, key=lambda code: (-found[code], code))}


def _by_phase(tx: Connection, counts: Counts) -> list[Term]:
    found: Counter[str] = Counter()
    for facet, count in counts.items():
        for phase in facet.phases:
            found[phase] += count
    known = {each.key: each for each in terms.listing(tx, PHASE, limit=MOST_PHASES)}
    return [replace(known[phase], trials=count) for phase, count in found.most_common() if phase in known]


def _place(text: str) -> Place | None:
    if not text:
        return None
    updated_on, registry, trial_id = parts_of(text, 3)
    return Place(updated_on, (registry, trial_id))
