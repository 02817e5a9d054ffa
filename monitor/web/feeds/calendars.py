"""The key dates of one trial, and of all trials of a sponsor, a condition or a watch, for calendar programs to fetch.

Those of many trials begin with the year before this one: what is older, calendar programs need not fetch every time.
"""

from datetime import date

from starlette.responses import Response

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import State
from monitor.ports import Registry
from monitor.storage import trial_plans, trials
from monitor.storage.found import TrialFilter
from monitor.storage.trial_plans import PlannedTrial
from monitor.storage.watches import Watch
from monitor.text import shortened
from monitor.views.finding import term_asked
from monitor.views.trial_sets import of_watch, watch_of
from monitor.web.feeds.by_token import by_token
from monitor.web.feeds.calendar import TYPE, CalendarTrial, calendar
from monitor.web.reading.of_trial import of_trial
from monitor.web.reading.terms import FOLDERS, found_term, term_filter
from monitor.web.site.asked import Asked
from monitor.web.site.rendering import SAFETY
from monitor.web.site.route import Handler, Needs, Page
from monitor.web.site.site import Site

MOST_TRIALS = 5_000


def _dates_of_trial(site: Site, _asked: Asked, registry: Registry, trial_id: str) -> Response:
    with site.store.read() as tx:
        found = trial_plans.of_trial(tx, registry.key, trial_id)
        if found is None and trial_id not in trials.known(tx, registry.key, [trial_id]):
            raise NothingFound(f"{trial_id} is not kept here: it is not watched, or was not read yet")
    return _answer(site, f"Key dates of {trial_id}", [found] if found else [])


def _dates_of(kind: str) -> Handler:
    def handler(site: Site, asked: Asked) -> Response:
        term = found_term(site, asked, kind, ".ics")
        if isinstance(term, Response):
            return term
        return _of_many(site, asked, f"Key dates of {term.name}", term_filter(term, kind))

    return handler


def _dates_of_watch(site: Site, asked: Asked) -> Response:
    with site.store.read() as tx:
        watch = watch_of(tx, asked.params["watch_id"])
    return _of_one_watch(site, asked, watch)


def _of_one_watch(site: Site, asked: Asked, watch: Watch) -> Response:
    return _of_many(site, asked, f"Key dates of {watch.name or f'watch {watch.id}'}", of_watch(watch))


def _of_many(site: Site, asked: Asked, name: str, wanted: TrialFilter) -> Response:
    since = date(asked.now.year - 1, 1, 1)
    with site.store.read() as tx:
        found = trial_plans.dated_since(tx, wanted, since.isoformat()[:4], limit=MOST_TRIALS)
    # By the month, so that a day that goes by changes nothing.
    return _answer(site, name, found, since=since, coming=asked.now.date().replace(day=1))


def _answer(
    site: Site, name: str, found: list[PlannedTrial], *, since: date | None = None, coming: date = date.min
) -> Response:
    dated = [
        CalendarTrial(
            registry=each.trial.registry,
            trial_id=each.trial.trial_id,
            title=each.trial.title,
            plan=each.plan,
            is_listed=each.trial.state in (None, State.LISTED),
        )
        for each in found
    ]
    content = calendar(name, dated, public_url=site.address(""), since=since, coming=coming)
    return Response(content, media_type=TYPE, headers=SAFETY)


def _dates_asked(site: Site, asked: Asked) -> Response:
    """Those of the sponsor, condition, watch or trial that the query names."""
    named = [(name, asked.query[name]) for name in (*FOLDERS, "watch", "trial") if asked.query.get(name)]
    if len(named) != 1:
        raise ConfigurationInvalid("name one of sponsor, condition, watch and trial: dates.ics?sponsor=NAME")
    ((name, text),) = named
    if name == "trial":
        return _dates_of_trial(site, asked, *site.identify(text))
    with site.store.read() as tx:
        watch = watch_of(tx, text) if name == "watch" else None
        term = None if watch else term_asked(tx, name, text)
    if watch:
        return _of_one_watch(site, asked, watch)
    if term is None:
        raise NothingFound(f"no trial here has the {name} “{shortened(text, 80)}”")
    return _of_many(site, asked, f"Key dates of {term.name}", term_filter(term, name))


PAGES = (
    Page("/feeds/{token}/dates.ics", by_token(_dates_asked), Needs.NOTHING),
    Page("/trials/{trial_id}/dates.ics", of_trial(_dates_of_trial), Needs.PUBLIC, is_shared=True),
    *(
        Page(f"/{folder}/{{slug}}.ics", _dates_of(kind), Needs.PUBLIC, is_shared=True)
        for kind, folder in FOLDERS.items()
    ),
    Page("/watches/{watch_id}.ics", _dates_of_watch, Needs.READ),
)
