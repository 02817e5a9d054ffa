"""What changed: the first page. Every filter is a link, and all of them stand in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from itertools import groupby, pairwise
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from monitor.changes.topics import Topic
from monitor.language.catalogues import translations
from monitor.model import Significance
from monitor.model.access import Permission
from monitor.storage.changed import Place
from monitor.storage.terms import Term
from monitor.views.changed import (
    PERIODS,
    ChangeCounts,
    ChangesPage,
    SponsorCounts,
    Stretch,
    change_counts,
    change_rhythm,
    changes_by_day,
    changes_page,
    sponsor_counts,
)
from monitor.views.finding import ALL, ChangesAsked, changes_asked, place_asked, place_in_words
from monitor.web.charts.days import Bar, bars
from monitor.web.reading.event_rows import EventRow, event_row
from monitor.web.site.asked import Asked
from monitor.web.site.formats import day as day_in_words
from monitor.web.site.formats import level
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

Translate = Callable[[str], str]

AT_ONCE = 40
"""Events of a page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a filter."""

    words: str
    address: str
    count: int
    is_chosen: bool
    level: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The events of a day."""

    on: date
    rows: Sequence[EventRow]
    more: int
    """How many events it has beside these."""
    address: str
    """Of the day alone."""


def what_changed(site: Site, asked: Asked) -> Response:
    """The page."""
    today = asked.now.astimezone(UTC).date()
    after = place_asked(asked.place("before"))
    with site.store.read() as tx:
        wanted = changes_asked(tx, asked.values(), site.registries, knows_watches=asked.may(Permission.READ))
        is_within_a_day = wanted.is_of_one_day(today) or (after is not None and after.event is not None)
        page = (changes_page if is_within_a_day else changes_by_day)(
            tx,
            wanted,
            site.registries,
            today=today,
            after=after,
            limit=AT_ONCE,
            counts_told=asked.may(Permission.OPERATE),
            names_watches=asked.may(Permission.READ),
        )
    counts, rhythm, leads = counted(site, asked, wanted)
    _ = translations(asked.language).gettext
    values = {
        "wanted": wanted,
        "counts": counts,
        "said": {level(weight): counts.asked_for[weight] for weight in Significance},
        "address": site.address("/" + wanted.query),
        "feed_title": title_of(wanted),
        "table": wanted.query_where(ALL),
        "filters_said": _said(wanted, _),
        "everything": wanted.but(least=Significance.ADMINISTRATIVE).query,
        "since": wanted.first_day(today),
        "today": today,
        "days": _days(page, wanted),
        "charts": _charts(rhythm, counts, asked.language),
        "weights": _weights(wanted, counts, _),
        "topics": _topics(wanted, counts, _),
        "periods": _periods(wanted, counts, _),
        "sponsors": _sponsors(wanted, leads),
        "all_sponsors": leads.all,
        "is_first_page": after is None,
        "older": _older(wanted, page.next),
        "wider": wanted.but(since=_wider(wanted)).query,
    }
    return site.page(asked, "reading/changes", values)


def counted(site: Site, asked: Asked, wanted: ChangesAsked) -> tuple[ChangeCounts, Sequence[Stretch], SponsorCounts]:
    """The counts beside the changes, which are of any page of them; how many there were when; and of which sponsors.

    The last are the same whichever sponsor is chosen, and take the longest: they are counted once a minute, whatever
    changes meanwhile.
    """
    today = asked.now.astimezone(UTC).date()

    def count() -> tuple[ChangeCounts, Sequence[Stretch]]:
        with site.store.read() as tx:
            return change_counts(tx, wanted, today=today), change_rhythm(tx, wanted, today=today)

    def count_sponsors() -> SponsorCounts:
        with site.store.read() as tx:
            return sponsor_counts(tx, wanted, today=today)

    version = site.proof.read(asked.now).news
    leads = site.counted.get(("sponsors", wanted.but(sponsor=None).query, today), "", count_sponsors)
    return *site.counted.get(("changes", wanted.query, today), version, count), leads


def title_of(wanted: ChangesAsked) -> str:
    """What a feed of these is called: one of another filter is called otherwise."""
    return f"Changes: {wanted.said}" if wanted.said else "Changes of registered trials"


def _days(page: ChangesPage, wanted: ChangesAsked) -> list[Day]:
    return [
        Day(
            date.fromisoformat(on),
            [event_row(seen) for seen in group],
            page.more.get(on, 0),
            wanted.but(since=on, until=date.fromisoformat(on)).query,
        )
        for on, group in groupby(page.events, key=lambda seen: seen.found.day)
    ]


def _charts(rhythm: Sequence[Stretch], counts: ChangeCounts, language: str) -> list[Markup]:
    """The bars, wide and narrow; none where nothing changed."""
    if not any(each.counts for each in rhythm):
        return []
    is_long = (rhythm[-1].last - rhythm[0].first).days > 300
    columns = [Bar(f"{each.first:%Y-%m}" if is_long else _short(each.first, language), each.counts) for each in rhythm]
    label = ", ".join(f"{counts.by_significance[each]:,} {each}" for each in reversed(Significance))
    span = f"{day_in_words(rhythm[0].first, language)} – {day_in_words(rhythm[-1].last, language)}"
    return [bars(columns, label=f"{span}: {label}", width=width) for width in (340,)]


def _short(day: date, language: str) -> str:
    return day_in_words(day, language).rsplit(" ", 1)[0]


def _weights(wanted: ChangesAsked, counts: ChangeCounts, _: Translate) -> list[Choice]:
    words = {
        Significance.CRITICAL: _("Critical"),
        Significance.MAJOR: _("Major and above"),
        Significance.MINOR: _("Minor and above"),
        Significance.ADMINISTRATIVE: _("Everything"),
    }
    return [
        Choice(
            each_words,
            wanted.but(least=weight).query,
            sum(count for of, count in counts.by_significance.items() if of >= weight),
            wanted.least is weight,
            level(weight),
        )
        for weight, each_words in words.items()
    ]


def _topics(wanted: ChangesAsked, counts: ChangeCounts, _: Translate) -> list[Choice]:
    """Those with the most changes first; a choice that is chosen takes itself back."""
    names = {topic: _(str(topic).replace("_", " ").capitalize()) for topic in Topic}
    found = sorted(Topic, key=lambda topic: (-counts.by_topic.get(topic, 0), topic))
    return [
        Choice(names[topic], wanted.but(topics=_turned(wanted.topics, topic)).query, count, topic in wanted.topics)
        for topic in found
        if (count := counts.by_topic.get(topic, 0)) or topic in wanted.topics
    ]


def _turned(topics: tuple[Topic, ...], topic: Topic) -> tuple[Topic, ...]:
    return tuple(each for each in topics if each is not topic) if topic in topics else (*topics, topic)


def _periods(wanted: ChangesAsked, counts: ChangeCounts, _: Translate) -> list[Choice]:
    words = (_("Since yesterday"), _("14 days"), _("90 days"), _("Since watching began"))
    return [
        Choice(each, wanted.but(since=period, until=None).query, counts.by_period[period], wanted.since == period)
        for period, each in zip(PERIODS, words, strict=True)
    ]


def _sponsors(wanted: ChangesAsked, leads: SponsorCounts) -> list[Choice]:
    chosen = wanted.sponsor.key if wanted.sponsor else None
    found = []
    for each in leads.top:
        is_chosen = each.key == chosen
        term = None if is_chosen else Term(each.key, each.name, each.slug, 0)
        found.append(Choice(each.name, wanted.but(sponsor=term).query, each.changes, is_chosen))
    return found


def _said(wanted: ChangesAsked, _: Translate) -> list[tuple[str, str]]:
    """The filters that no list beside the changes shows as chosen, each with the address without it."""
    kinds: list[tuple[str, dict[str, object]]] = [
        (kind, {"kinds": tuple(each for each in wanted.kinds if each != kind)}) for kind in wanted.kinds
    ]
    said = (*wanted.filters_said(_), *wanted.facets_said(_), *kinds)
    return [(words, wanted.but(**without).query) for words, without in said]


def _older(wanted: ChangesAsked, place: Place | None) -> tuple[str, date] | None:
    """The address of the next page, and the day that it begins with."""
    if place is None:
        return None
    query = wanted.query
    day = date.fromisoformat(place.day) - timedelta(days=0 if place.event else 1)
    return f"{query}{'&' if query else '?'}{urlencode({'before': place_in_words(place)})}", day


def _wider(wanted: ChangesAsked) -> str:
    """The next longer period."""
    longer = dict(pairwise(PERIODS))
    return longer.get(wanted.since, PERIODS[-1])


PAGES = (Page("/", what_changed, Needs.PUBLIC, is_shared=True),)
