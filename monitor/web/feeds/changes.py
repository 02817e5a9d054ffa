"""Changes as feeds and as a table, with the filters of the first page: of everything, one trial, a sponsor and more.

A feed has the newest AT_ONCE events of any time, unless it is asked for a time; `next` leads to those before them.

Readers of feeds cannot sign in. So where the site is not public, a token that may read stands in the address:
/feeds/rmt_…/changes.atom. Whoever has the address has the token: it is revoked like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
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
from monitor.views.changed import changes_page
from monitor.views.changes import TrialChanges
from monitor.views.columns import CHANGES, change_cells
from monitor.views.finding import ALL, ChangesAsked, changes_asked, place_asked, place_in_words
from monitor.views.seen_events import SeenEvent
from monitor.views.sheets import csv_lines
from monitor.views.trial_sets import of_watch, watch_of
from monitor.web.feeds.by_token import by_token
from monitor.web.feeds.entries import EPOCH, Feed, entry_of
from monitor.web.feeds.forms import ATOM, JSON_FEED, atom, json_feed
from monitor.web.reading.changes import values_of
from monitor.web.reading.of_trial import of_trial
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

_FORMS: dict[str, tuple[Callable[[Feed], bytes], str]] = {"atom": (atom, ATOM), "json": (json_feed, JSON_FEED)}


class Told(NamedTuple):
    """What a feed is about: its title, the path of the page that shows it, and its own without the form."""

    title: str
    page: str
    path: str


def feed_of(
    site: Site, asked: Asked, form: str, told: Told, narrowed: Callable[[ChangesAsked], ChangesAsked]
) -> Response:
    """A feed of what is asked for, *narrowed* to what it is about, as `atom` or as `json`."""
    wanted, seen, behind = _found(site, asked, narrowed, limit=AT_ONCE)
    own, root = f"{told.path}.{form}", site.address("")
    host = urlsplit(root).hostname or "localhost"
    feed = Feed(
        title=f"{told.title}: {wanted.about}" if wanted.about and told.title != wanted.about else told.title,
        url=site.address(told.page + ("" if told.page != "/" else wanted.query)),
        own_url=site.address(own + _query(asked)),
        next_url=site.address(own + _query(asked, before=place_in_words(behind))) if behind else None,
        entries=[entry_of(each, root, host) for each in seen],
    )
    write, kind = _FORMS[form]
    made = Response(write(feed), media_type=kind)
    if feed.updated_at != EPOCH:
        made.headers["Last-Modified"] = format_datetime(feed.updated_at.astimezone(UTC), usegmt=True)
    return _safely(made)


def everything(site: Site, asked: Asked, *, form: str) -> Response:
    """All changes, as filters say."""
    return feed_of(site, asked, form, Told("Changes of registered trials", "/", "/changes"), lambda wanted: wanted)


def table(site: Site, asked: Asked) -> Response:
    """The same as CSV; of more than MOST_ROWS events the newest, and a Link header to the others."""
    _, seen, behind = _found(site, asked, lambda wanted: wanted, limit=MOST_ROWS)
    rows = (cells for each in seen for cells in change_cells(_row(each)))
    made = Response("".join(csv_lines(CHANGES, rows)), media_type="text/csv")
    made.headers["Content-Disposition"] = 'attachment; filename="changes.csv"'
    if behind:
        address = site.address("/changes.csv" + _query(asked, before=place_in_words(behind)))
        made.headers["Link"] = f'<{address}>; rel="next"'
    return _safely(made)


def of_one_trial(site: Site, asked: Asked, registry: Registry, trial_id: str, *, form: str) -> Response:
    """The changes of a trial."""
    within = Within(trials=((registry.key, trial_id),))
    told = Told(f"Changes of {trial_id}", trial_path(trial_id), trial_path(trial_id, "changes"))
    return feed_of(site, asked, form, told, lambda wanted: replace(wanted, within=within))


def _of_term(kind: str, form: str) -> Handler:
    """The changes of the trials that a sponsor leads, or that have a condition."""

    def handler(site: Site, asked: Asked) -> Response:
        term = found_term(site, asked, kind, f".{form}")
        if isinstance(term, Response):
            return term
        path = slug_path(FOLDERS[kind], term.slug)
        return feed_of(site, asked, form, Told(term.name, path, path), lambda wanted: wanted.but(**{kind: term}))

    return handler


def _of_watch(site: Site, asked: Asked, *, form: str) -> Response:
    """The changes of the trials that a watch holds."""
    with site.store.read() as tx:
        watch = watch_of(tx, asked.params["watch_id"])
    path, within = f"/watches/{watch.id}", of_watch(watch).within
    told = Told(f"Changes of {watch.name or f'watch {watch.id}'}", path, path)
    return feed_of(site, asked, form, told, lambda wanted: replace(wanted, within=within))


def _private(site: Site, asked: Asked, *, form: str) -> Response:
    """All changes, as filters say, at an address with a token."""
    told = Told("Changes of registered trials", "/", f"/feeds/{asked.params['token']}/changes")
    return feed_of(site, asked, form, told, lambda wanted: wanted)


def _found(
    site: Site, asked: Asked, narrowed: Callable[[ChangesAsked], ChangesAsked], *, limit: int
) -> tuple[ChangesAsked, Sequence[SeenEvent], Place | None]:
    """What is asked for, the newest first by the moment when it was seen, and behind which event there is more."""
    values = {"since": [ALL], **values_of(asked.query)}
    after = place_asked(asked.place("before"))
    with site.store.read() as tx:
        wanted = narrowed(changes_asked(tx, values, site.registries, knows_watches=asked.may(Permission.READ)))
        page = changes_page(
            tx,
            wanted,
            site.registries,
            today=asked.now.astimezone(UTC).date(),
            after=after,
            limit=limit,
            names_watches=asked.may(Permission.READ),
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
    *(Page(f"/changes.{form}", partial(everything, form=form), Needs.PUBLIC, is_shared=True) for form in _FORMS),
    *(
        Page(f"/feeds/{{token}}/changes.{form}", by_token(partial(_private, form=form)), Needs.NOTHING)
        for form in _FORMS
    ),
    Page("/changes.csv", table, Needs.PUBLIC, is_shared=True),
    *(
        Page(
            f"/trials/{{trial_id}}/changes.{form}",
            of_trial(partial(of_one_trial, form=form)),
            Needs.PUBLIC,
            is_shared=True,
        )
        for form in _FORMS
    ),
    *(
        Page(f"/{folder}/{{slug}}.{form}", _of_term(kind, form), Needs.PUBLIC, is_shared=True)
        for kind, folder in FOLDERS.items()
        for form in _FORMS
    ),
    *(Page(f"/watches/{{watch_id}}.{form}", partial(_of_watch, form=form), Needs.READ) for form in _FORMS),
)
