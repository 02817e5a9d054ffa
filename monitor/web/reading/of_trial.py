"""Pages of one trial: they know it by whatever people paste, and are found at one address."""

from collections.abc import Callable

from starlette.responses import Response

from monitor.errors import NothingFound, TrialIdInvalid
from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Handler
from monitor.web.site.site import Site

OfTrial = Callable[[Site, Asked, Registry, str], Response]
"""Makes a page of a trial: of its registry, by its id."""


def of_trial(make: OfTrial) -> Handler:
    """The handler of a page whose path has a `trial_id`: another spelling of it leads to the same page."""

    def handler(site: Site, asked: Asked) -> Response:
        written = asked.params["trial_id"]
        try:
            registry, trial_id = site.identify(written)
        except TrialIdInvalid as error:
            raise NothingFound(str(error)) from error
        own = trial_path(trial_id)
        if f"/trials/{written}" != own:
            below = asked.path.removeprefix(f"/trials/{written}")
            query = f"?{asked.query}" if str(asked.query) else ""
            return site.moved(own + below + query)
        return make(site, asked, registry, trial_id)

    return handler


def version_of_trial(site: Site, asked: Asked) -> str:
    """The version of what a page of one trial shows; none for operators, who are shown to whom it was told, too."""
    return "" if asked.may(Permission.OPERATE) else site.version_of_trial(asked.params["trial_id"])
