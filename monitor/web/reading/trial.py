"""The page of one trial: how it stands, what changed last, how its plan moved, and every snapshot of it."""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from monitor.alerts.denied import denied_of
from monitor.errors import NothingFound
from monitor.language.catalogues import translations
from monitor.language.texts import texts_of
from monitor.model import State
from monitor.model.access import Permission
from monitor.model.ids import event_id
from monitor.ports import FetchedRegistry, Registry
from monitor.render.change_rows import change_rows, in_short
from monitor.render.headlines import gist
from monitor.storage import silence, told, trials
from monitor.storage.told import ToldCounts
from monitor.text import one_line, safe_cut
from monitor.views.parameters import check_names
from monitor.views.plan import Planned
from monitor.views.trial_page import WholeTrial, whole_trial
from monitor.views.trials import compared
from monitor.web.charts.plan import plan_charts
from monitor.web.charts.plan_words import count_words, date_words, status_words
from monitor.web.reading.comparing import Compared, set_side_by_side
from monitor.web.reading.of_trial import of_trial, version_of_trial
from monitor.web.reading.standing import Say, Standing, facts_of, standing_of
from monitor.web.reading.timeline import timeline
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site
from monitor.web.subscribing.ideas import may_save

MOST_MOMENTS = 40
"""Snapshots that are shown; those before them are folded."""
MOST_TITLE = 300
MOST_SHARED = 110
"""Characters of what is shown where a link to the page is shared."""
MOST_DESCRIPTION = 300


def trial_page(site: Site, asked: Asked, registry: Registry, trial_id: str) -> Response:
    """One trial. One that was merged is found at the other; one that is gone keeps its page, which says so."""
    check_names(asked.values(), ())
    try:
        trial = whole_trial(
            trial_id,
            registry=registry,
            store=site.store,
            all_registries=site.registries,
            names_watches=asked.may(Permission.READ),
        )
    except NothingFound:
        return _unread(site, asked, registry, trial_id)
    if trial.state is State.MERGED and trial.merged_into:
        return site.moved(trial_path(trial.merged_into), status=301)
    say = translations(asked.language).gettext
    moments = timeline(trial, say)
    standing = standing_of(trial, say)
    latest = trial.latest
    as_of = (trial.watching.verified_at or trial.taken[-1].taken_at).date() if trial.taken else asked.now.date()
    latest_rows = change_rows(latest.changes) if latest else []
    values = {
        "trial": trial,
        "registry": registry,
        "can_be_asked": isinstance(registry, FetchedRegistry),
        "path": trial_path(trial_id),
        "address": site.address(trial_path(trial_id)),
        "title": safe_cut(trial.title or trial_id, MOST_TITLE),
        "shared": shared_title(trial, standing),
        "standing": standing,
        "facts": facts_of(trial, say),
        "latest": latest,
        "latest_rows": latest_rows,
        "shared_more": in_short(latest_rows, MOST_DESCRIPTION),
        "background": trial.background,
        "told": _told(site, trial) if asked.may(Permission.OPERATE) else None,
        "chart": plan_charts(trial.plans, as_of=as_of, say=say) if len(trial.plans) > 1 else "",
        "figures": [figures_of(each, say) for each in reversed(trial.plans)],
        "moments": moments[:MOST_MOMENTS],
        "former": moments[MOST_MOMENTS:],
        "oldest": moments[-1].key if moments else "",
        "newest": moments[0].key if moments else "",
        "compared": _first_and_last(trial),
    }
    return site.page(asked, "reading/trial", values)


def _unread(site: Site, asked: Asked, registry: Registry, trial_id: str) -> Response:
    """What to do about a trial of which nothing is kept; or where it went, if it merged before it was read."""
    with site.store.read() as tx:
        known = trials.known(tx, registry.key, [trial_id]).get(trial_id)
        is_watched = silence.is_watched(tx, registry.key, trial_id)
        denied = denied_of(tx, registry.key, trial_id)
    if known and known.merged_into:
        return site.moved(trial_path(known.merged_into), status=301)
    values = {
        "registry": registry,
        "trial_id": trial_id,
        "path": trial_path(trial_id),
        "can_be_asked": isinstance(registry, FetchedRegistry),
        "can_have_it_watched": may_save(asked) or (site.has_self_service and registry.key == site.registries[0].key),
        "is_watched": is_watched,
        "denied": texts_of(asked.language).said(denied) if denied else "",
    }
    return site.page(asked, "reading/unread", values, status=404)


def shared_title(trial: WholeTrial, standing: Standing) -> str:
    """What a link to the page says where it is shared: as a mail's subject, without its mark."""
    latest = trial.latest
    told = gist(sorted(latest.changes, key=lambda change: -change.significance), MOST_SHARED) if latest else ""
    return f"{trial.trial_id}: {told or standing.words}"


def _told(site: Site, trial: WholeTrial) -> ToldCounts | None:
    """To how many the latest change was told."""
    if trial.latest is None:
        return None
    with site.store.read() as tx:
        return told.counts(tx, event_id(trial.registry.key, trial.trial_id, trial.latest.number))


def _first_and_last(trial: WholeTrial) -> Compared | None:
    """The first record beside the last; None where that is no more than the latest change."""
    if trial.first is None or trial.snapshot is None or trial.record is None or len(trial.plans) < 3:
        return None
    return set_side_by_side(compared(*trial.first, trial.snapshot, trial.record), whole=False)


@dataclass(frozen=True, slots=True)
class Figures:
    """The plan at one moment, as a row of a table."""

    name: str
    on: date
    posted_on: str
    status: str
    dates: tuple[str, str, str]
    enrollment: str


def figures_of(plan: Planned, say: Say) -> Figures:
    """A row of the chart's table."""
    middle = plan.primary_completion_date or plan.recruitment_end_date
    return Figures(
        name=str(plan.number) if plan.number > 0 else "·",
        on=plan.on,
        posted_on=one_line(plan.posted_on or ""),
        status=status_words(plan, say),
        dates=(
            date_words(plan.start_date, say) if plan.start_date else "",
            date_words(middle, say) if middle else "",
            date_words(plan.completion_date, say) if plan.completion_date else "",
        ),
        enrollment=count_words(plan, say),
    )


PAGES = (Page("/trials/{trial_id}", of_trial(trial_page), Needs.PUBLIC, is_shared=True, own_version=version_of_trial),)
