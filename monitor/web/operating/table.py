"""The operator's pages, as rows of the table of all pages."""

from monitor.web.operating import deliveries, health, held, logs, quarantine, watching
from monitor.web.site.route import Page

PAGES: tuple[Page, ...] = (
    *deliveries.PAGES,
    *health.PAGES,
    *held.PAGES,
    *logs.PAGES,
    *quarantine.PAGES,
    *watching.PAGES,
)
