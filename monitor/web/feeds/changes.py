"""Changes as feeds and as a table, with the filters of the first page: of everything, one trial, a sponsor and more.

A feed has the newest AT_ONCE events of any time, unless it is asked for a time; `next` leads to those before them. Like
alerts, it tells nothing that is held back or was discarded; the table has that too, and says so. What was held back and
released since is new by the moment of its release, and comes first on the first page however old it is.

Readers of feeds cannot sign in. So where the site is not public, a token that may read stands in the address:
/feeds/rmt_…/changes.atom. Whoever has the address has the token: it is revoked like any other.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC
from email.utils import format_datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from starlette.responses import Response

from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.storage.changed import Place
from monitor.storage.pages import Within
from monitor.views.changed import changes_page, told_page
from monitor.views.changes import TrialChanges
from monitor.views.columns import CHANGES, change_cells
from monitor.views.denied import refuse_unknown
from monitor.views.finding import ALL, FILTERS, ChangesAsked, changes_asked, place_asked, place_in_words
from monitor.views.finding_trials import NAMING_TRIALS
from monitor.views.seen_events import SeenEvent
from monitor.views.sheets import csv_lines
from monitor.views.trial_sets import of_watch, watch_of
from monitor.web.feeds.by_token import by_token
from monitor.web.feeds.entries import Feed, entry_of
from monitor.web.feeds.forms import ATOM, JSON_FEED, atom, json_feed
from monitor.web.reading.changes import title_of
from monitor.web.reading.of_trial import of_trial, version_of_trial
from monitor.web.reading.terms import FOLDERS, found_term
from monitor.web.reading.trial_sets import slug_path
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Handler, Needs, Page
from monitor.web.site.site import Site

AT_ONCE = 100
"""Events of a feed."""
MOST_ROWS = 2000
"""Events of a table."""

NOTHING_ASKED = ChangesAsked()
_FORMS: dict[str, tuple[Callable[[Feed], bytes], str]] = {"atom": (atom, ATOM), "json": (json_feed, JSON_FEED)}


class About(NamedTuple):
    """What a feed is about, whatever is asked for, and where."""

    title: str
    """Empty: the filters say it."""
    page: str
    """The path of the page that shows it."""
    path: str
    """Its own without the form, as it is known to the world."""
    says: Mapping[str, object] = {}
    """What of `ChangesAsked` it says itself."""
    without: Collection[str] = ()
    """The filters that it does not take, because it says that itself."""


EVERYTHING = About("", "/", "/changes")


def feed_of(site: Site, asked: Asked, form: str, about: About, *, path: str = "") -> Response:
    """A feed of what is asked for, as `atom` or as `json`; at another *path* than its own where that has a token."""
    wanted, seen, behind = _found(site, asked, about, limit=AT_ONCE, told=True)
    own, root = f"{path or about.path}.{form}", site.address("")
    host = urlsplit(root).hostname or "localhost"
    filters = wanted.but(**{name: getattr(NOTHING_ASKED, name) for name in about.says})
    feed = Feed(
        id=site.address(f"{about.path}.{form}{filters.query_where(ALL)}"),
        title=_title(about, filters),
        url=site.address(about.page + ("" if about.page != "/" else wanted.query)),
        own_url=site.address(own + _query(asked)),
        next_url=site.address(own + _query(asked, before=place_in_words(behind))) if behind else None,
        entries=[entry_of(each, root, host) for each in seen],
        looked_at=site.proof.read(asked.now).looked_at or asked.now.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    write, kind = _FORMS[form]
    made = Response(write(feed), media_type=kind)
    if feed.entries:
        made.headers["Last-Modified"] = format_datetime(feed.updated_at.astimezone(UTC), usegmt=True)
    return _safely(made)


def _title(about: About, filters: ChangesAsked) -> str:
    if not about.title:
        return title_of(filters)
    return f"{about.title}: {filters.said}" if filters.said else about.title


def everything(site: Site, asked: Asked, *, form: str) -> Response:
    """All changes, as filters say."""
    return feed_of(site, asked, form, EVERYTHING)


def table(site: Site, asked: Asked) -> Response:
    """The same as CSV; of more than MOST_ROWS events the newest, and a Link header to the others."""
    _, seen, behind = _found(site, asked, EVERYTHING, limit=MOST_ROWS)
    rows = (cells for each in seen for cells in change_cells(_row(each)))
    made = Response("".join(csv_lines(CHANGES, rows)), media_type="text/csv")
    made.headers["Content-Disposition"] = 'attachment; filename="changes.csv"'
    if behind:
        address = site.address("/changes.csv" + _query(asked, before=place_in_words(behind)))
        made.headers["Link"] = f'<{address}>; rel="next"'
    return _safely(made)


def of_one_trial(site: Site, asked: Asked, registry: Registry, trial_id: str, *, form: str) -> Response:
    """The changes of a trial."""
    with site.store.read() as tx:
        refuse_unknown(tx, registry, trial_id)
    says = {"within": Within(trials=((registry.key, trial_id),))}
    path, own = trial_path(trial_id), trial_path(trial_id, "changes")
    return feed_of(site, asked, form, About(f"Changes of {trial_id}", path, own, says, NAMING_TRIALS))


def _of_term(kind: str, form: str) -> Handler:
    """The changes of the trials that a sponsor leads, or that have a condition."""

    def handler(site: Site, asked: Asked) -> Response:
        term = found_term(site, asked, kind, f".{form}")
        if isinstance(term, Response):
            return term
        path = slug_path(FOLDERS[kind], term.slug)
        return feed_of(site, asked, form, About(f"Changes: {term.name}", path, path, {kind: term}, (kind,)))

    return handler


def _of_watch(site: Site, asked: Asked, *, form: str) -> Response:
    """The changes of the trials that a watch holds."""
    with site.store.read() as tx:
        watch = watch_of(tx, asked.params["watch_id"])
    path, says = f"/watches/{watch.id}", {"within": of_watch(watch).within}
    title = f"Changes of {watch.name or f'watch {watch.id}'}"
    return feed_of(site, asked, form, About(title, path, path, says, NAMING_TRIALS))


def _private(site: Site, asked: Asked, *, form: str) -> Response:
    """All changes, as filters say, at an address with a token."""
    return feed_of(site, asked, form, EVERYTHING, path=f"/feeds/{asked.params['token']}/changes")


def _found(
    site: Site, asked: Asked, about: About, *, limit: int, told: bool = False
) -> tuple[ChangesAsked, Sequence[SeenEvent], Place | None]:
    """What is asked for, the newest first by the moment when it was seen, and behind which event there is more."""
    names = FILTERS.difference(about.without)
    after = place_asked(asked.place("before"))
    with site.store.read() as tx:
        found = changes_asked(
            tx,
            asked.values(),
            site.registries,
            usual=ALL,
            names=names,
            knows_watches=asked.may(Permission.READ),
        )
        wanted = found.but(**about.says)
        names_watches = asked.may(Permission.READ)
        if told:
            page = told_page(
                tx, wanted, site.registries, now=asked.now, after=after, limit=limit, names_watches=names_watches
            )
        else:
            today = asked.now.astimezone(UTC).date()
            page = changes_page(
                tx,
                wanted,
                site.registries,
                today=today,
                after=after,
                limit=limit,
                names_watches=names_watches,
                by_time=True,
            )
    return wanted, page.events, page.next


def _query(asked: Asked, *, before: str = "") -> str:
    """The query of this address; with another place to begin at, where one is given."""
    pairs = [(name, value) for name, value in asked.query.multi_items() if not (before and name == "before")]
    pairs += [("before", before)] if before else []
    return f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""


def _row(seen: SeenEvent) -> TrialChanges:
    found = seen.found
    posted = (each.after for each in (*seen.changes, *seen.others) if each.field == "last_update_post_date")
    return TrialChanges(
        registry=found.registry,
        trial_id=found.trial_id,
        url=seen.url,
        snapshot=found.snapshot,
        title=seen.title,
        lead_sponsor=seen.sponsor,
        seen_at=seen.seen_at,
        changes=seen.changes,
        posted_on=next((day for day in posted if isinstance(day, str)), None),
        settled=seen.settled,
        error=seen.error,
    )


def _safely(made: Response) -> Response:
    """No browser takes it for a page, and nobody keeps it without asking whether it still stands."""
    made.headers["X-Content-Type-Options"] = "nosniff"
    made.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    made.headers["X-Robots-Tag"] = "noindex"
    made.headers["Cache-Control"] = "private, no-cache"
    return made


PAGES = (
    *(
        Page(f"/changes.{form}", partial(everything, form=form), Needs.PUBLIC, is_fetched=True, is_shared=True)
        for form in _FORMS
    ),
    *(
        Page(f"/feeds/{{token}}/changes.{form}", by_token(partial(_private, form=form)), Needs.NOTHING)
        for form in _FORMS
    ),
    Page("/changes.csv", table, Needs.PUBLIC, is_fetched=True, is_shared=True),
    *(
        Page(
            f"/trials/{{trial_id}}/changes.{form}",
            of_trial(partial(of_one_trial, form=form)),
            Needs.PUBLIC,
            is_fetched=True,
            is_shared=True,
            own_version=version_of_trial,
        )
        for form in _FORMS
    ),
    *(
        Page(f"/{folder}/{{slug}}.{form}", _of_term(kind, form), Needs.PUBLIC, is_fetched=True, is_shared=True)
        for kind, folder in FOLDERS.items()
        for form in _FORMS
    ),
    *(
        Page(f"/watches/{{watch_id}}.{form}", partial(_of_watch, form=form), Needs.READ, is_fetched=True)
        for form in _FORMS
    ),
)
