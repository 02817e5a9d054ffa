"""The operator's page of users and tokens."""

import logging

from starlette.responses import Response

from monitor.access import sessions, tokens, users
from monitor.access.passwords import generated_password
from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound
from monitor.model.access import Permission, User
from monitor.storage import tokens as token_rows
from monitor.storage import users as user_rows
from monitor.storage.unread import Unread
from monitor.views.cursors import cursor, parts_of
from monitor.web.access.account import made_token
from monitor.web.access.showing import shown, status_of
from monitor.web.site.asked import Asked
from monitor.web.site.forms import one
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

SHOWN = 100
"""Users and tokens on a page."""
_log = logging.getLogger("monitor.web.access")


def users_page(site: Site, asked: Asked) -> Response:
    """All users and tokens."""
    return _page(site, asked)


def add_user(site: Site, asked: Asked) -> Response:
    """Add a user with a password that is shown once."""
    name, password = one(asked.form, "name").strip(), generated_password()
    try:
        user = users.add(name, password, _role(asked), site.access, now=asked.now, is_made=True)
    except MonitorError as error:
        return _page(site, asked, error)
    _log.info("user added: %s may %s, by %s", user.name, user.role, asked.visitor.name)
    return _password_shown(site, asked, user, password)


def user_page(site: Site, asked: Asked) -> Response:
    """One user."""
    return _user_page(site, asked, _other_user(site, asked))


def change_user(site: Site, asked: Asked) -> Response:
    """Do with a user what the button says."""
    user = _other_user(site, asked)
    action = one(asked.form, "do")
    try:
        if action == "password":
            password, _ = users.make_password(user, site.access, now=asked.now)
            _log.info("password given: to %s, by %s", user.name, asked.visitor.name)
            return _password_shown(site, asked, user, password)
        done = _changed(site, asked, user, action)
    except MonitorError as error:
        return _user_page(site, asked, user, error)
    _log.info("user changed (%s): %s, by %s", done, user.name, asked.visitor.name)
    return site.see_other(f"/users?done={done}" if done == "removed" else f"/users/{user.id}?done={done}")


def all_tokens(site: Site, asked: Asked) -> Response:
    """Make a token of nobody in particular, or revoke anybody's."""
    if one(asked.form, "do") == "revoke":
        token = tokens.remove(one(asked.form, "token"), site.access)
        _log.info("token revoked: %s, by %s", token.id, asked.visitor.name)
        return site.see_other("/users?done=token")
    try:
        made = made_token(site, asked, owner=None)
    except MonitorError as error:
        return _page(site, asked, error)
    return shown(site, asked, "token", [made], back="/users")


def _changed(site: Site, asked: Asked, user: User, action: str) -> str:
    """Do it, and give the code by which the page says so."""
    match action:
        case "role":
            users.set_role(user, _role(asked), site.access)
            return "role"
        case "codes":
            users.turn_codes_off(user, site.access)
            return "codes"
        case "out":
            sessions.end_all(user, site.access)
            return "out"
        case "remove":
            users.remove(user, site.access)
            return "removed"
    raise ConfigurationInvalid("use one of the buttons of this page")


def _page(site: Site, asked: Asked, error: MonitorError | None = None) -> Response:
    users_after, tokens_after = _after(asked.place("after")), _after(asked.query.get("tokens_after", ""))
    bad_users: list[Unread] = []
    bad_tokens: list[Unread] = []
    with site.store.read() as tx:
        found = user_rows.listing(tx, after=users_after, limit=SHOWN + 1, damaged=bad_users)
        made = token_rows.listing(tx, after=tokens_after, limit=SHOWN + 1, damaged=bad_tokens)
        count = user_rows.count(tx)
    values = {
        "count": count,
        "users": found[:SHOWN],
        "more_users": cursor(found[:SHOWN][-1].name) if found and len(found) + len(bad_users) > SHOWN else "",
        "tokens": made[:SHOWN],
        "more_tokens": cursor(made[:SHOWN][-1].name) if made and len(made) + len(bad_tokens) > SHOWN else "",
        "damaged": [*bad_users, *bad_tokens],
        "is_further": bool(users_after or tokens_after),
        "roles": [*Permission],
        "name": one(asked.form, "name")[: users.LONGEST_NAME] if asked.path == "/users" else "",
        "done": asked.query.get("done", ""),
        "error": error,
    }
    return site.page(asked, "access/users", values, status=status_of(error))


def _after(text: str) -> str:
    """The name that a cursor says; empty for none."""
    return parts_of(text, 1)[0] if text else ""


def _user_page(site: Site, asked: Asked, user: User, error: MonitorError | None = None) -> Response:
    values = {
        "user": user,
        "roles": [*Permission],
        "sessions": len(sessions.of_user(user, site.access, now=asked.now)),
        "tokens": tokens.listing(site.access, owner=user),
        "done": asked.query.get("done", ""),
        "error": error,
    }
    return site.page(asked, "access/user", values, status=status_of(error))


def _other_user(site: Site, asked: Asked) -> User:
    """The user of the path, who is not the one that asks: an operator who shuts themselves out helps nobody."""
    number = asked.params["user_id"]
    with site.store.read() as tx:
        found = user_rows.get(tx, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if found is None:
        raise NothingFound("there is no such user")
    if found.name == asked.visitor.name:
        raise ConfigurationInvalid("that is you: change it on the page of your account, or have another operator do so")
    return found


def _role(asked: Asked) -> Permission:
    try:
        return Permission(one(asked.form, "role"))
    except ValueError:
        raise ConfigurationInvalid("a role is read, subscribe or operate") from None


def _password_shown(site: Site, asked: Asked, user: User, password: str) -> Response:
    return shown(site, asked, "password", [password], back="/users", name=user.name)


PAGES = (
    Page("/users", users_page, Needs.OPERATE),
    Page("/users", add_user, Needs.OPERATE, methods=("POST",)),
    Page("/users/tokens", all_tokens, Needs.OPERATE, methods=("POST",)),
    Page("/users/{user_id}", user_page, Needs.OPERATE),
    Page("/users/{user_id}", change_user, Needs.OPERATE, methods=("POST",)),
)
