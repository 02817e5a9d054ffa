"""The page of one snapshot: the record as it was, all fields, grouped as a registry's page groups them."""

from starlette.responses import Response

from monitor.errors import StoreCorrupt
from monitor.model import State
from monitor.ports import Registry
from monitor.render.record_rows import record_sections
from monitor.text import one_line, safe_cut
from monitor.views.moments import moments_of, place_of, taken_at, which_of
from monitor.views.parameters import check_names
from monitor.web.reading.of_trial import of_trial, version_of_trial
from monitor.web.reading.trial import MOST_TITLE
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

MOST_SAID = 12
"""Items of a field that are shown; those after them are folded."""
MOST_SITES = 6


def snapshot_page(site: Site, asked: Asked, registry: Registry, trial_id: str) -> Response:
    """The record of a trial as it was. Where it is damaged, that stands in its place."""
    check_names(asked.values(), ())
    named = asked.params["snapshot"]
    which = which_of(named)
    trouble = ""
    with site.store.read() as tx:
        moments = moments_of(tx, registry, trial_id)
        try:
            snapshot = taken_at(tx, registry, trial_id, which)
            place = place_of(moments, snapshot)
        except StoreCorrupt as error:
            snapshot, trouble = None, str(error)
            place = next((place for place, each in enumerate(moments) if each.key == named), 0)
    document = snapshot.document if snapshot else None
    is_record = document is not None and document.state is State.LISTED
    record = registry.parse(document, snapshot.taken_at) if snapshot and document and is_record else None
    values = {
        "registry": registry,
        "trial_id": trial_id,
        "path": trial_path(trial_id),
        "address": site.address(trial_path(trial_id, "snapshots", moments[place].key)),
        "title": safe_cut(record.brief_title if record and record.brief_title else trial_id, MOST_TITLE),
        "moment": moments[place],
        "older": moments[place - 1] if place else None,
        "newer": moments[place + 1] if place + 1 < len(moments) else None,
        "newest": moments[-1],
        "snapshot": snapshot,
        "digest": document.digest.hex() if document else "",
        "words": one_line(document.content.decode(errors="replace")) if document and not is_record else "",
        "trouble": trouble,
        "sections": record_sections(record) if record else (),
        "most": MOST_SAID,
        "most_sites": MOST_SITES,
    }
    return site.page(asked, "reading/snapshot", values)


PAGES = (
    Page(
        "/trials/{trial_id}/snapshots/{snapshot}",
        of_trial(snapshot_page),
        Needs.PUBLIC,
        is_shared=True,
        own_version=version_of_trial,
    ),
)
