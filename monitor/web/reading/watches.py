"""Watches, for readers: which there are, what each looks for, and how the trials that it holds stand.

    /watches         all of them; ?after= those behind a number
    /watches/{id}    one; ?after= more of its trials

They are added and removed by `monitor.web.operating`.
"""

from starlette.responses import Response

from monitor.alerts.denied import denied_words
from monitor.language.texts import texts_of
from monitor.storage.unread import Unread
from monitor.views.cursors import number_of
from monitor.views.parameters import check_names
from monitor.views.trial_sets import of_watch, watch_of
from monitor.views.watches import denied_in_watch, watches_page
from monitor.web.reading.trial_sets import set_values
from monitor.web.site.asked import Asked
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

SHOWN = 100
LARGEST_NUMBER = 2**31 - 1


def watch_list(site: Site, asked: Asked) -> Response:
    """The watches, the oldest first."""
    check_names(asked.values(), ("done",))
    after = min(number_of(asked.place("after")) or 0, LARGEST_NUMBER)
    page = watches_page(site.store, after=after, limit=SHOWN)
    values = {
        "watches": page.watches,
        "damaged": page.damaged,
        "names": site.registry_names,
        "next": page.next,
        "is_first": not after,
    }
    return site.page(asked, "reading/watches", values)


def watch_page(site: Site, asked: Asked) -> Response:
    """A watch, and its trials."""
    check_names(asked.values(), ("done",))
    with site.store.read() as tx:
        watch = watch_of(tx, asked.params["watch_id"])
    path = f"/watches/{watch.id}"
    denied = denied_in_watch(watch, site.store, limit=SHOWN)
    values = {
        "watch": watch,
        "names": site.registry_names,
        "path": path,
        "calendar": f"{path}.ics",
        "denied": [
            (
                each.name if isinstance(each, Unread) else each.trial_id,
                texts_of(asked.language).said(denied_words(each)),
            )
            for each in denied
        ],
    }
    return site.page(asked, "reading/watch", {**values, **set_values(site, asked, of_watch(watch))})


PAGES = (
    Page("/watches", watch_list, Needs.READ),
    Page("/watches/{watch_id}", watch_page, Needs.READ),
)
