"""A saved page, as it came, to the document that it is. Pure.

bytes -> text -> which page -> its header and its view, or its lines -> canonical JSON
"""

from monitor.errors import ConfigurationInvalid
from monitor.model import PartialDate
from monitor.ports import SavedPage
from monitor.registries.clinicaltrials_gov.classic import pages
from monitor.registries.clinicaltrials_gov.classic.content import document_of
from monitor.registries.clinicaltrials_gov.classic.details import Page, details, header, view_of
from monitor.registries.clinicaltrials_gov.classic.markup import main_of
from monitor.registries.clinicaltrials_gov.classic.tabular import tabular
from monitor.registries.clinicaltrials_gov.classic.texts import page_in

_VIEWS = {"details": "Study Details", "tabular": "Tabular View"}


def read_page(raw: bytes) -> SavedPage:
    """The page. Raise ConfigurationInvalid for anything else: what it is, and what to save instead."""
    if len(raw) > pages.LARGEST:
        raise ConfigurationInvalid(f"it has more than {pages.LARGEST // 2**20} MB, which no page of a study has")
    whole = pages.decoded(raw)
    text = pages.without_toolbar(whole)
    if reason := pages.refusal(text):
        raise ConfigurationInvalid(reason)
    page = _marked_up(text) if pages.is_markup(text) else page_in(text)
    page["generation"] = "2011" if "firstReceived" in page and "firstPosted" not in page else "2017"
    posted = PartialDate(str(page.get("lastUpdatePosted") or page.get("lastUpdated") or ""))
    return SavedPage(
        document=document_of(page),
        view=_VIEWS[page["view"]],
        posted_on=posted.earliest if posted.precision == "day" else None,
        archived_on=pages.archived_on(whole),
    )


def _marked_up(text: str) -> Page:
    main = main_of(text)
    view = view_of(main)
    pages.refuse_view(view)
    if view == "tabular":
        return {**tabular(main), **header(main), "view": "tabular"}
    return {**details(main), **header(main), "view": "details"}
