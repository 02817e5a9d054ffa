"""The key dates of one trial, and of all trials of a sponsor, a condition or a watch, for calendar programs to fetch.

A date that moved by what is held back stands where it was until that is decided: nobody is told of it, here neither.

Those of many trials begin with the year before this one: what is older, calendar programs need not fetch every time.
"""

from datetime import date

from starlette.responses import Response

from monitor.errors import ConfigurationInvalid
from monitor.model import State
from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.storage import settlements, trial_plans
from monitor.storage.found import TrialFilter
from monitor.storage.trial_plans import PlannedTrial
from monitor.views.denied import refuse_unknown
from monitor.views.finding_trials import trials_asked
from monitor.views.parameters import check_names
from monitor.views.trial_sets import of_watch, watch_of
from monitor.web.feeds.by_token import by_token
from monitor.web.feeds.calendar import TYPE, CalendarTrial, calendar
from monitor.web.reading.of_trial import of_trial, version_of_trial
from monitor.web.reading.terms import FOLDERS, found_term, term_filter
from monitor.web.site.asked import Asked
from monitor.web.site.rendering import SAFETY
from monitor.web.site.route import Handler, Needs, Page
from monitor.web.site.site import Site

MOST_TRIALS = 5_000


def _dates_of_one(site: Site, asked: Asked, registry: Registry, trial_id: str) -> Response:
    check_names(asked.values(), ())
    return _dates_of_trial(site, registry, trial_id)


def _dates_of_trial(site: Site, registry: Registry, trial_id: str) -> Response:
    with site.store.read() as tx:
        found = trial_plans.of_trial(tx, registry.key, trial_id)
        if found is None:
            refuse_unknown(tx, registry, trial_id)
    return _answer(site, f"Key dates of {trial_id}", [found] if found else [])


def _dates_of(kind: str) -> Handler:
    def handler(site: Site, asked: Asked) -> Response:
        check_names(asked.values(), ())
        term = found_term(site, asked, kind, ".ics")
        if isinstance(term, Response):
            return term
        return _of_many(site, asked, f"Key dates of {term.name}", term_filter(term, kind))

    return handler


def _dates_of_watch(site: Site, asked: Asked) -> Response:
    check_names(asked.values(), ())
    with site.store.read() as tx:
        watch = watch_of(tx, asked.params["watch_id"])
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
    with site.store.read() as tx:
        untold = settlements.unsettled_moments(tx, ((each.trial.registry, each.trial.trial_id) for each in found))
    dated = [
        CalendarTrial(
            registry=each.trial.registry,
            trial_id=each.trial.trial_id,
            title=each.trial.title,
            plan=each.plan.without(untold.get((each.trial.registry, each.trial.trial_id), ())),
            is_listed=each.trial.state in (None, State.LISTED),
        )
        for each in found
    ]
    content = calendar(name, dated, public_url=site.address(""), since=since, coming=coming)
    return Response(content, media_type=TYPE, headers=SAFETY)


def _dates_asked(site: Site, asked: Asked) -> Response:
    """Those of the trials that the query is about, which are not all."""
    with site.store.read() as tx:
        wanted = trials_asked(tx, asked.values(), site.registries, knows_watches=asked.may(Permission.READ))
    if not wanted.trial_pairs:
        raise ConfigurationInvalid("say which trials, such as dates.ics?sponsor=NAME, ?watch=NAME or ?trial=ID")
    if wanted.trials and len(wanted.trial_pairs) == 1:
        ((_, trial_id),) = wanted.trials
        return _dates_of_trial(site, *site.identify(trial_id))
    name = ", ".join(words for words, _ in (*wanted.filters_said(), *wanted.facets_said()))
    return _of_many(site, asked, f"Key dates of {name}", wanted.wanted_trials)


PAGES = (
    Page("/feeds/{token}/dates.ics", by_token(_dates_asked), Needs.NOTHING),
    Page(
        "/trials/{trial_id}/dates.ics",
        of_trial(_dates_of_one),
        Needs.PUBLIC,
        is_fetched=True,
        is_shared=True,
        own_version=version_of_trial,
    ),
    *(
        Page(f"/{folder}/{{slug}}.ics", _dates_of(kind), Needs.PUBLIC, is_fetched=True, is_shared=True)
        for kind, folder in FOLDERS.items()
    ),
    Page("/watches/{watch_id}.ics", _dates_of_watch, Needs.READ, is_fetched=True),
)
