"""The table of all pages: where each is, what makes it, who may see it. The first whose path fits answers."""

from monitor.web.access import account, signing_in, users
from monitor.web.api import loading as api
from monitor.web.feeds import calendars
from monitor.web.feeds import changes as change_feeds
from monitor.web.operating import table as operating
from monitor.web.reading import change, changes, compare, sitemap, snapshot, terms, trial, trials, watches
from monitor.web.site import basics
from monitor.web.site.route import Page
from monitor.web.subscribing import building, listing, own

PAGES: tuple[Page, ...] = (
    *basics.PAGES,
    *signing_in.PAGES,
    *account.PAGES,
    *users.PAGES,
    *operating.PAGES,
    *changes.PAGES,
    *change_feeds.PAGES,
    *trials.PAGES,
    *trial.PAGES,
    *snapshot.PAGES,
    *compare.PAGES,
    *change.PAGES,
    *calendars.PAGES,
    *terms.PAGES,
    *watches.PAGES,
    *sitemap.PAGES,
    *building.PAGES,
    *listing.PAGES,
    *own.PAGES,
    *api.PAGES,
)
