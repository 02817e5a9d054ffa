"""The pages where somebody signs in: name and password, then a code where they have an authenticator; and out again."""

import logging
from urllib.parse import quote

from starlette.responses import Response

from monitor.access import sessions, signing_in
from monitor.access.signing_in import Browser, SignedIn
from monitor.errors import ConfigurationInvalid, MonitorError, SignInRefused, TriedTooOften
from monitor.model.access import Session
from monitor.text import one_line
from monitor.web.access import authenticator
from monitor.web.access.authenticator import Place
from monitor.web.access.visiting import give_session, session_cookie, take_session
from monitor.web.site.asked import Asked
from monitor.web.site.basics import own_path
from monitor.web.site.forms import one
from monitor.web.site.rates import Rate
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

LONGEST_NAME = 200
_log = logging.getLogger("monitor.web.access")
_unseen = Rate(1, 60.0)
"""Of those that are not looked at, one a minute is worth a line."""


def login_page(site: Site, asked: Asked) -> Response:
    """The form for name and password."""
    return _form(site, asked, goes_on=asked.query.get("next", ""))


def login(site: Site, asked: Asked) -> Response:
    """Sign in, or say that it was not right."""
    name, goes_on = one(asked.form, "name"), own_path(one(asked.form, "next"))
    former = _session(site, asked)
    try:
        begun = signing_in.sign_in(name, one(asked.form, "password"), _browser(asked), site.access, now=asked.now)
    except SignInRefused as error:
        if not isinstance(error, TriedTooOften):
            _log.warning("sign-in refused: %s, from %s", _known(name, site), asked.network)
        elif _unseen.allows(""):
            _log.warning("sign-ins are not looked at: too many go wrong, now from %s", asked.network)
        return _refused(error, _form(site, asked, goes_on=goes_on, error=error))
    if former is not None:
        sessions.end(former, site.access)
    if not begun.session.awaits_code:
        _log.info("signed in: %s, from %s", begun.session.user.name, asked.network)
    return _begun(site, begun, goes_on)


def code_page(site: Site, asked: Asked) -> Response:
    """The form for a code."""
    if _waiting(site, asked) is None:
        return site.see_other("/login")
    return _code_form(site, asked, goes_on=asked.query.get("next", ""))


def code(site: Site, asked: Asked) -> Response:
    """End signing in with a code."""
    goes_on = own_path(one(asked.form, "next"))
    waiting = _waiting(site, asked)
    if waiting is None:
        return site.see_other("/login")
    try:
        begun = signing_in.give_code(one(asked.form, "code"), waiting, _browser(asked), site.access, now=asked.now)
    except SignInRefused as error:
        _log.warning("code refused: %s, from %s", waiting.user.name, asked.network)
        return _refused(error, _code_form(site, asked, goes_on=goes_on, error=error))
    _log.info("signed in with a code: %s, from %s", waiting.user.name, asked.network)
    return _begun(site, begun, goes_on)


def password_page(site: Site, asked: Asked) -> Response:
    """The form for a password of one's own, in place of one that was made."""
    if _with_a_made_password(site, asked) is None:
        return site.see_other("/login")
    return _password_form(site, asked, goes_on=asked.query.get("next", ""))


def password(site: Site, asked: Asked) -> Response:
    """End signing in with a password of one's own."""
    goes_on = own_path(one(asked.form, "next"))
    session = _with_a_made_password(site, asked)
    if session is None:
        return site.see_other("/login")
    try:
        if one(asked.form, "new") != one(asked.form, "again"):
            raise ConfigurationInvalid("the two passwords differ: type the same twice")
        begun = signing_in.own_password(one(asked.form, "new"), session, _browser(asked), site.access, now=asked.now)
    except ConfigurationInvalid as error:
        page = _password_form(site, asked, goes_on=goes_on, error=error)
        page.status_code = 400
        return page
    _log.info("password chosen: %s, from %s", session.user.name, asked.network)
    return _begun(site, begun, goes_on)


def app_page(site: Site, asked: Asked) -> Response:
    """The picture that sets up an authenticator, where everybody needs one."""
    session = _without_an_app(site, asked)
    if session is None:
        return site.see_other("/login")
    return authenticator.set_up(site, asked, session.user, _place(asked.query.get("next", "")))


def app(site: Site, asked: Asked) -> Response:
    """End signing in with the first code of an authenticator."""
    session = _without_an_app(site, asked)
    if session is None:
        return site.see_other("/login")
    return authenticator.confirm(site, asked, session, _place(one(asked.form, "next")))


def logout_page(site: Site, asked: Asked) -> Response:
    """The button for signing out: opening a page changes nothing."""
    return site.page(asked, "access/logout")


def logout(site: Site, asked: Asked) -> Response:
    """Sign out in this browser."""
    session = _session(site, asked)
    if session is not None:
        sessions.end(session, site.access)
        _log.info("signed out: %s, from %s", session.user.name, asked.network)
    answer = site.see_other("/login?done=out")
    take_session(answer, site.cookies)
    return answer


def _form(site: Site, asked: Asked, *, goes_on: str, error: MonitorError | None = None) -> Response:
    values = {
        "next": own_path(goes_on),
        "name": one(asked.form, "name")[:LONGEST_NAME],
        "error": error,
        "is_anybody_there": signing_in.is_anybody_there(site.access),
    }
    return site.page(asked, "access/login", values)


def _code_form(site: Site, asked: Asked, *, goes_on: str, error: MonitorError | None = None) -> Response:
    return site.page(asked, "access/code", {"next": own_path(goes_on), "error": error})


def _password_form(site: Site, asked: Asked, *, goes_on: str, error: MonitorError | None = None) -> Response:
    return site.page(asked, "access/password", {"next": own_path(goes_on), "error": error})


def _refused(error: SignInRefused, page: Response) -> Response:
    page.status_code = 403
    if isinstance(error, TriedTooOften):
        page.status_code = 429
        page.headers["Retry-After"] = str(int(error.wait) + 1)
    return page


def _begun(site: Site, begun: SignedIn, goes_on: str) -> Response:
    """On to what is still missing, else to where they wanted to go."""
    if begun.session.awaits_code:
        goes_on = f"/login/code?next={quote(goes_on, safe='')}"
    elif not begun.session.is_open:
        goes_on = f"/login/password?next={quote(goes_on, safe='')}"
    elif not sessions.is_let_in(begun.session, site.access):
        goes_on = f"/login/app?next={quote(goes_on, safe='')}"
    answer = site.see_other(goes_on)
    give_session(answer, begun.token, site.cookies)
    return answer


def _session(site: Site, asked: Asked) -> Session | None:
    token = asked.cookies.get(session_cookie(site.cookies), "")
    return sessions.of_token(token, site.access, now=asked.now) if token else None


def _waiting(site: Site, asked: Asked) -> Session | None:
    session = _session(site, asked)
    return session if session is not None and session.awaits_code else None


def _place(goes_on: str) -> Place:
    return Place("/login/app", leave="/logout", goes_on=own_path(goes_on))


def _without_an_app(site: Site, asked: Asked) -> Session | None:
    session = _session(site, asked)
    is_there = session is not None and session.is_open and not sessions.is_let_in(session, site.access)
    return session if is_there else None


def _with_a_made_password(site: Site, asked: Asked) -> Session | None:
    session = _session(site, asked)
    is_there = session is not None and not session.awaits_code and not session.is_open
    return session if is_there else None


def _browser(asked: Asked) -> Browser:
    return Browser(asked.network, one_line(asked.headers.get("user-agent", "")))


def _known(name: str, site: Site) -> str:
    """The name as the log may have it: what is no user's may be a password that was typed in the wrong place."""
    return signing_in.known_name(name, site.access) or "an unknown name"


PAGES = (
    Page("/login", login_page, Needs.NOTHING),
    Page("/login", login, Needs.NOTHING, methods=("POST",)),
    Page("/login/code", code_page, Needs.NOTHING),
    Page("/login/code", code, Needs.NOTHING, methods=("POST",)),
    Page("/login/password", password_page, Needs.NOTHING),
    Page("/login/password", password, Needs.NOTHING, methods=("POST",)),
    Page("/login/app", app_page, Needs.NOTHING),
    Page("/login/app", app, Needs.NOTHING, methods=("POST",)),
    Page("/logout", logout_page, Needs.NOTHING),
    Page("/logout", logout, Needs.NOTHING, methods=("POST",)),
)
