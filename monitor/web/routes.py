"""The table of all pages: where each is, what makes it, who may see it. The first whose path fits answers."""

from monitor.web.operating import deliveries
from monitor.web.reading import trial
from monitor.web.site import basics
from monitor.web.site.route import Page

PAGES: tuple[Page, ...] = (
    *basics.PAGES,
    *deliveries.PAGES,
    *trial.PAGES,
)
