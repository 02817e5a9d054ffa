"""The page of one's own account: password, codes, sessions and tokens. What signs in is changed with the password."""

import logging
from datetime import timedelta

from starlette.responses import Response

from monitor.access import sessions, tokens, users
from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound, SignInRefused
from monitor.model.access import Permission, Session, User, permissions_up_to
from monitor.storage import users as user_rows
from monitor.web.access import authenticator
from monitor.web.access.authenticator import Place
from monitor.web.access.showing import shown, status_of
from monitor.web.access.visiting import session_cookie
from monitor.web.site.asked import Asked
from monitor.web.site.forms import FormRefused, one
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

DAYS = {"30": 30, "90": 90, "365": 365}
"""In how long a token expires that is made on a page; never, with anything else."""
PLACE = Place("/account/codes", leave="/account", goes_on="/account?done=codes")
"""Where an authenticator is set up on this page."""
_log = logging.getLogger("monitor.web.access")


def account_page(site: Site, asked: Asked) -> Response:
    """What somebody can change of their own account."""
    return _page(site, asked)


def password(site: Site, asked: Asked) -> Response:
    """Change the password, which ends all other sessions."""
    session = _session(site, asked)
    new = one(asked.form, "new")
    try:
        users.confirm_password(session.user, one(asked.form, "password"), site.access, now=asked.now)
        if new != one(asked.form, "again"):
            raise ConfigurationInvalid("the two new passwords differ: type the same twice")
        users.set_password(session.user, new, site.access, keeping=session.digest)
    except MonitorError as error:
        return _page(site, asked, error)
    _log.info("password changed: %s, from %s", session.user.name, asked.network)
    return site.see_other("/account?done=password")


def use_codes(site: Site, asked: Asked) -> Response:
    """Begin with an authenticator, confirm it by a code of it, or do without."""
    session = _session(site, asked)
    if one(asked.form, "do") == "confirm":
        return authenticator.confirm(site, asked, session, PLACE)
    try:
        users.confirm_password(session.user, one(asked.form, "password"), site.access, now=asked.now)
        if one(asked.form, "do") == "off" and site.access.requires_codes:
            raise ConfigurationInvalid("this site asks everybody for codes: set up another app instead")
    except MonitorError as error:
        return _page(site, asked, error)
    if one(asked.form, "do") == "off":
        users.turn_codes_off(session.user, site.access, keeping=session.digest)
        _log.info("codes turned off: %s, from %s", session.user.name, asked.network)
        return site.see_other("/account?done=no-codes")
    return authenticator.set_up(site, asked, session.user, PLACE)


def end_sessions(site: Site, asked: Asked) -> Response:
    """Sign out in another browser, or in all others."""
    session = _session(site, asked)
    which = one(asked.form, "session")
    try:
        users.confirm_password(session.user, one(asked.form, "password"), site.access, now=asked.now)
    except SignInRefused as error:
        return _page(site, asked, error)
    if which == "others":
        sessions.end_all(session.user, site.access, keeping=session)
    for each in sessions.of_user(session.user, site.access, now=asked.now):
        if each.digest.hex() == which:
            sessions.end(each, site.access)
    return site.see_other("/account?done=sessions")


def own_tokens(site: Site, asked: Asked) -> Response:
    """Make a token of one's own, or revoke one."""
    user = _user(site, asked)
    if user is None:
        raise FormRefused(403, "Only a user of this site has tokens: ask its operator to add you.")
    if one(asked.form, "do") == "revoke":
        if one(asked.form, "token") not in [each.id for each in tokens.listing(site.access, owner=user)]:
            raise NothingFound("you have no such token")
        tokens.remove(one(asked.form, "token"), site.access)
        _log.info("token revoked: %s, by %s", one(asked.form, "token"), user.name)
        return site.see_other("/account?done=token")
    try:
        made = made_token(site, asked, owner=user)
    except MonitorError as error:
        return _page(site, asked, error)
    return shown(site, asked, "token", [made], back="/account")


def made_token(site: Site, asked: Asked, *, owner: User | None) -> str:
    """The token that a form asks for. ConfigurationInvalid where it cannot be."""
    try:
        scope = Permission(one(asked.form, "scope"))
    except ValueError:
        raise ConfigurationInvalid("a token's scope is read, subscribe or operate") from None
    days = DAYS.get(one(asked.form, "days"))
    expires_in = timedelta(days=days) if days else None
    name = one(asked.form, "name").strip()
    made = tokens.add(name, scope, site.access, now=asked.now, expires_in=expires_in, owner=owner)
    _log.info("token made: %s may %s, by %s", made.token.id, scope, asked.visitor.name)
    return made.text


def _page(site: Site, asked: Asked, error: MonitorError | None = None) -> Response:
    user = _user(site, asked)
    found = _session_or_none(site, asked)
    with site.store.read() as tx:
        recovery_left = user_rows.recovery_codes_left(tx, user.id) if user else 0
    values = {
        "user": user,
        "session": found,
        "sessions": sessions.of_user(user, site.access, now=asked.now) if user and found else [],
        "tokens": tokens.listing(site.access, owner=user) if user else [],
        "scopes": sorted(permissions_up_to(user.role), key=list(Permission).index) if user else [],
        "recovery_left": recovery_left,
        "requires_codes": site.access.requires_codes,
        "done": asked.query.get("done", ""),
        "error": error,
    }
    return site.page(asked, "access/account", values, status=status_of(error))


def _session_or_none(site: Site, asked: Asked) -> Session | None:
    token = asked.cookies.get(session_cookie(site.cookies), "")
    found = sessions.of_token(token, site.access, now=asked.now) if token == asked.visitor.secret else None
    return found if found is not None and sessions.is_let_in(found, site.access) else None


def _session(site: Site, asked: Asked) -> Session:
    found = _session_or_none(site, asked)
    if found is None:
        raise FormRefused(403, "You are not signed in here with a password: there is nothing to change.")
    return found


def _user(site: Site, asked: Asked) -> User | None:
    """The user who asks; None where a proxy names somebody who is none."""
    with site.store.read() as tx:
        return user_rows.find(tx, asked.visitor.name or "")


PAGES = (
    Page("/account", account_page, Needs.READ),
    Page("/account/password", password, Needs.READ, methods=("POST",)),
    Page("/account/codes", use_codes, Needs.READ, methods=("POST",)),
    Page("/account/sessions", end_sessions, Needs.READ, methods=("POST",)),
    Page("/account/tokens", own_tokens, Needs.READ, methods=("POST",)),
)
