"""The filters of lists, as parameters: which trials, and which changes. Their names are those of the pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from monitor.alerts.filters import checked_filters
from monitor.changes.topics import Topic
from monitor.model import Filters
from monitor.model.access import Permission
from monitor.storage.changed import ChangeFilter, of_span
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Key, Span, Within
from monitor.storage.trial_index import CONDITION, COUNTRY, SPONSOR
from monitor.views.denied import refuse_unknown
from monitor.views.finding import ALL, kinds_beginning
from monitor.views.finding_trials import phase_asked, statuses_asked
from monitor.views.parameters import key_asked, words_asked
from monitor.views.scope import scope_of
from monitor.views.spans import span_of
from monitor.web.api.call import Call
from monitor.web.api.paging import PageAsked
from monitor.web.api.problems import Wrongs, listed
from monitor.web.api.sent_rules import Kind, known_registries
from monitor.web.api.shapes import SignificanceName

EVER = datetime.min.replace(tzinfo=UTC)
WHEN = "today, monday, 12h, 7d, 2w, 6m, 2026-11-20 or 2026-11-20T08:00, in UTC. 7d are whole days, today is one."


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("It is blank: leave it out, or give a value")
    return text


Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_not_blank)]


class TrialsAsked(PageAsked):
    """Which trials."""

    registry: Words | None = Field(
        default=None, description="Trials of this registry.", examples=["clinicaltrials.gov"]
    )
    sponsor: Words | None = Field(default=None, description="Trials that a sponsor of this name or slug leads.")
    condition: Words | None = Field(default=None, description="Trials on this condition, by its whole name or slug.")
    country: Words | None = Field(default=None, description="Trials with sites in this country, in English.")
    phase: Words | None = Field(default=None, description="A code, in any case.", examples=["PHASE3"])
    status: list[Words] = Field(
        default_factory=list, max_length=20, description="A code; repeat for more.", examples=[["RECRUITING"]]
    )
    q: Words | None = Field(
        default=None, description="Words in the title, sponsor, conditions, interventions, keywords or ids."
    )
    watch: Words | None = Field(default=None, description="Trials of this watch, by its number or name.")
    group: Words | None = Field(default=None, description="Trials of this group of watches, by its name.")
    trial: list[Words] = Field(default_factory=list, max_length=100, description="This trial; repeat for more.")


class ChangesAsked(TrialsAsked):
    """Which changes."""

    least: SignificanceName = Field(default="minor", alias="min", description="Changes that matter less are left out.")
    topic: list[Topic] = Field(
        default_factory=list, max_length=len(Topic), description="Changes on this topic; repeat for more."
    )
    kind: list[Kind] = Field(
        default_factory=list, max_length=100, description="Changes of kinds that begin so; repeat for more."
    )
    since: Words | None = Field(default=None, description=f"{WHEN} Or all.", examples=["14d"])
    until: Words | None = Field(default=None, description=f"{WHEN} A day is counted in.")


class TermsAsked(PageAsked):
    """Which names."""

    q: Words | None = Field(default=None, description="Names with all these words.")


def trials_wanted(asked: TrialsAsked, call: Call, wrong: Wrongs, *, trials: Sequence[str] = ()) -> TrialFilter:
    """Which trials are meant. Every parameter that means none is noted by its name; the answer is of no use then."""
    named: list[Key] = []
    for text in trials or asked.trial:
        with wrong.at("trial"):
            registry, trial_id = call.site.identify(text)
            with call.site.store.read() as tx:
                refuse_unknown(tx, registry, trial_id)
            named.append((registry.key, trial_id))
    within = Within()
    given = [name for name in ("trial", "watch", "group") if getattr(asked, name, None)]
    if len(given) > 1:
        wrong.note(f"One of {listed(given)} says which trials are meant: leave out the others.", *given)
    elif given and given != ["trial"] and not call.may(Permission.READ):
        wrong.note("Which watches and groups there are is told to tokens that may read.", *given)
    elif given:
        with wrong.at(*given), call.site.store.read() as tx:
            within = scope_of(tx, trials=named, watch=asked.watch, group=asked.group, sponsor=None).within
    elif named:
        within = Within(trials=tuple(named))
    wanted = TrialFilter(within=within)
    with wrong.at("registry"):
        key = known_registries(call).of_key(asked.registry).key if asked.registry else None
        wanted = replace(wanted, registry=key)
    with call.site.store.read() as tx:
        with wrong.at("sponsor"):
            wanted = replace(wanted, sponsor=key_asked(tx, SPONSOR, asked.sponsor))
        with wrong.at("condition"):
            wanted = replace(wanted, condition=key_asked(tx, CONDITION, asked.condition))
        with wrong.at("country"):
            wanted = replace(wanted, country=key_asked(tx, COUNTRY, asked.country))
        with wrong.at("phase"):
            phase = phase_asked(tx, asked.phase)
            wanted = replace(wanted, phase=phase.key if phase else None)
        with wrong.at("status"):
            wanted = replace(wanted, statuses=statuses_asked(tx, asked.status))
    words: tuple[str, ...] = ()
    with wrong.at("q"):
        words = words_asked(asked.q)
    return replace(wanted, words=words)


def filters_wanted(asked: ChangesAsked) -> Filters:
    """What of a change counts."""
    return checked_filters(topics=asked.topic, kinds=asked.kind, min_significance=asked.least)


def span_wanted(asked: ChangesAsked, call: Call, wrong: Wrongs) -> Span:
    """Within what time; what is none is noted."""
    span, since = Span(EVER), "0001-01-01"
    with wrong.at("since"):
        if asked.since and asked.since != ALL:
            span, since = span_of(asked.since, None, now=call.now), asked.since
    with wrong.at("until"):
        if asked.until:
            span = Span(span.since, span_of(since, asked.until, now=call.now).until)
    return span


def changes_wanted(filters: Filters, span: Span, trials: TrialFilter) -> ChangeFilter:
    """What the index is asked for."""
    wanted = ChangeFilter(
        least=filters.min_significance,
        topics=tuple(sorted(filters.topics)),
        kinds=kinds_beginning(filters.kinds),
        trials=trials,
    )
    return of_span(wanted, span)
