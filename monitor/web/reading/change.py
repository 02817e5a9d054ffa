"""The page of one event: what a snapshot told that the one before did not, when it was seen, and who was told."""

from starlette.responses import Response

from monitor.errors import NothingFound
from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.render.change_rows import change_rows, in_short
from monitor.render.headlines import gist
from monitor.text import safe_cut, stamp
from monitor.views.moments import which_of
from monitor.views.one_change import one_change
from monitor.views.parameters import check_names
from monitor.web.reading.comparing import set_changes_side_by_side
from monitor.web.reading.of_trial import of_trial, version_of_trial
from monitor.web.reading.trial import MOST_DESCRIPTION, MOST_SHARED, MOST_TITLE
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site


def change_page(site: Site, asked: Asked, registry: Registry, trial_id: str) -> Response:
    """One event. Operators see who was told; where it is damaged, that stands in its place."""
    check_names(asked.values(), ())
    number = which_of(asked.params["snapshot"])
    if not isinstance(number, int):
        raise NothingFound("a change is named by the number of its snapshot")
    found = one_change(
        trial_id,
        number,
        registry=registry,
        store=site.store,
        all_registries=site.registries,
        wants_receivers=asked.may(Permission.OPERATE),
        names_watches=asked.may(Permission.READ),
    )
    changes = sorted(found.event.changes, key=lambda change: -change.significance) if found.event else []
    values = {
        "registry": registry,
        "trial_id": trial_id,
        "path": trial_path(trial_id),
        "address": site.address(trial_path(trial_id, "changes", number)),
        "change": found,
        "title": safe_cut(found.title or trial_id, MOST_TITLE),
        "headline": gist(changes, MOST_SHARED) if changes else "",
        "shared_more": in_short(change_rows(changes), MOST_DESCRIPTION),
        "compared": set_changes_side_by_side(changes),
        "data_of": stamp(found.registry_version) if found.registry_version else "",
    }
    return site.page(asked, "reading/change", values)


PAGES = (
    Page(
        "/trials/{trial_id}/changes/{snapshot}",
        of_trial(change_page),
        Needs.PUBLIC,
        is_shared=True,
        own_version=version_of_trial,
    ),
)
