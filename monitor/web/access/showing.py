"""How pages of access answer: with a secret that is shown once, or with what was wrong about a form."""

from starlette.responses import Response

from monitor.errors import MonitorError, SignInRefused, StoreError, TriedTooOften
from monitor.web.site.asked import Asked
from monitor.web.site.site import Site


def shown(site: Site, asked: Asked, kind: str, secrets: list[str], *, back: str, name: str = "") -> Response:
    """The page that shows secrets this once: a token, a password of the user of that *name*, or recovery codes."""
    asked.has_form = asked.holds_secret = True  # so that nothing is kept of it, nor compressed
    values = {"kind": kind, "secrets": secrets, "back": back, "name": name}
    return site.page(asked, "access/shown", values)


def status_of(error: MonitorError | None) -> int:
    """HTTP's status for a page that says what was wrong with a form."""
    if error is None:
        return 200
    if isinstance(error, StoreError):
        raise error
    if isinstance(error, TriedTooOften):
        return 429
    return 403 if isinstance(error, SignInRefused) else 400
