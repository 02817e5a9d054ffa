"""Setting up an authenticator: the picture of a new secret, and the code that proves that the app has it.

The page carries the secret sealed, for this user: nothing is kept of it before it is confirmed.
"""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from markupsafe import Markup
from starlette.responses import Response

from monitor.access import codes, users
from monitor.errors import MonitorError, SignInRefused, StoreError
from monitor.model.access import Session, User
from monitor.web.access.showing import shown, status_of
from monitor.web.site.asked import Asked
from monitor.web.site.forms import FormRefused, one
from monitor.web.site.site import Site

_log = logging.getLogger("monitor.web.access")


@dataclass(frozen=True, slots=True)
class Place:
    """Paths of ours."""

    sent_to: str
    """What takes the form."""
    leave: str
    """For who changes their mind."""
    goes_on: str
    """Once it is done."""


def set_up(
    site: Site, asked: Asked, user: User, place: Place, *, secret: str = "", error: MonitorError | None = None
) -> Response:
    """The page with the picture of a *secret*, or of a new one."""
    asked.holds_secret = True
    secret = secret or codes.new_secret()
    address = codes.address(secret, user.name, urlsplit(site.links.public_url).hostname or "")
    picture = segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff")
    values = {
        "place": place,
        "picture": Markup(picture),  # noqa: S704 - squares, and no text of anybody's
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "sealed": site.vault.seal(f"{user.id} {secret}").decode(),
        "error": error,
    }
    return site.page(asked, "access/codes", values, status=status_of(error))


def confirm(site: Site, asked: Asked, session: Session, place: Place) -> Response:
    """Turn codes on where the code is right, and show the recovery codes; else the same picture again."""
    user = session.user
    try:
        whose, _, secret = site.vault.unseal(one(asked.form, "sealed").encode()).partition(" ")
    except StoreError:
        whose, secret = "", ""
    if whose != str(user.id):
        raise FormRefused(403, "This form is not of your page: begin again.")
    try:
        recovery = users.turn_codes_on(
            user, secret, one(asked.form, "code"), site.access, now=asked.now, keeping=session.digest
        )
    except SignInRefused as error:
        return set_up(site, asked, user, place, secret=secret, error=error)
    _log.info("codes turned on: %s, from %s", user.name, asked.network)
    return shown(site, asked, "codes", ["\n".join(recovery)], back=place.goes_on)
