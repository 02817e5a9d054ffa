"""Users: which there are; add and remove them, say what they may do, and help who cannot sign in.

What they sign in with, they set on their own page: here a password is made, which lets them in to replace it.
"""

import logging
from typing import Annotated

import orjson
from fastapi import Body, Path
from pydantic import Field
from starlette.responses import Response

from monitor.access import sessions, users
from monitor.access.passwords import generated_password
from monitor.errors import NothingFound
from monitor.model import Json
from monitor.model.access import Permission, User
from monitor.storage import users as kept
from monitor.views.json.access import user_json
from monitor.web.api import operating_examples as shown_as
from monitor.web.api.call import Call, Caller
from monitor.web.api.once import once_apart
from monitor.web.api.problems import CHANGED_MEANWHILE, CONFLICT, NOT_FOUND, Problem
from monitor.web.api.routing import Operations
from monitor.web.api.sent_rules import Line, pointed
from monitor.web.api.shapes import ONLY_DIGITS, Code, Sent
from monitor.web.api.shapes import access as shapes
from monitor.web.api.tags import is_named, tag_of
from monitor.web.site.route import Needs

operations = Operations("Users")

UserId = Annotated[int, Path(ge=1, le=2**31 - 1, description="Their number.", examples=[2]), ONLY_DIGITS]
_log = logging.getLogger("monitor.web.api")


class UserSent(Sent):
    """A user who is to be added."""

    name: Line = Field(description="What they sign in with.", examples=["grace@example.org"])
    role: Code[Permission] = Field(
        default=Permission.READ, description="What they may do; each role includes those before."
    )


class UserEdit(Sent):
    """What is to be changed of a user."""

    role: Code[Permission]


@operations.reads("/users", shape=shapes.UserList, example={"data": [shown_as.USER]}, needs=Needs.OPERATE, kinds=[])
def list_users(call: Caller) -> Response:
    """List who may sign in, by name."""
    return call.json({"data": [_form(each) for each in users.listing(call.site.access)]})


def _form(user: User) -> dict[str, Json]:
    return {"id": user.id, **user_json(user)}


@operations.reads("/users/{number}", shape=shapes.User, example=shown_as.USER, needs=Needs.OPERATE)
def get_user(call: Caller, number: UserId) -> Response:
    """Give a user."""
    return call.json(_form(_user(call, number)))


def _user(call: Call, number: int) -> User:
    with call.site.store.read() as tx:
        found = kept.get(tx, number)
    if found is None:
        raise NothingFound(f"there is no user {number}: GET /users lists those there are")
    return found


def _other_user(call: Call, number: int) -> User:
    """The user, who is not the one whose token asks: an operator who shuts themselves out helps nobody."""
    found = _user(call, number)
    if found.name == call.owner:
        words = "That is the user whose token this is: use another operator's token, or the page of the own account."
        raise Problem(CONFLICT, words)
    return found


@operations.writes(
    "POST",
    "/users",
    shape=shapes.NewUser,
    example={**shown_as.USER, "codes": False, "signed_in_at": None, "password": "vivid-otter-lamp-seven-9"},
    needs=Needs.OPERATE,
    status=201,
    kinds=[],
)
def add_user(
    call: Caller, sent: Annotated[UserSent, Body(examples=[{"name": "grace@example.org", "role": "subscribe"}])]
) -> Response:
    """Add a user with a password that is made for them.

    It is answered this once, and lets them in within seven days, to replace it by one of their own.
    """

    def add() -> Response:
        password = generated_password()
        with pointed("#/name"):
            made = users.add(sent.name, password, sent.role, call.site.access, now=call.now, is_made=True)
        _log.info("user added: %s may %s, by token %s", made.name, made.role, call.visitor.name)
        return call.created({**_form(made), "password": password}, f"/users/{made.id}")

    return once_apart(call, add)


@operations.writes(
    "PATCH", "/users/{number}", shape=shapes.User, example=shown_as.USER, needs=Needs.OPERATE, takes_match=True
)
def change_user(
    call: Caller, number: UserId, sent: Annotated[UserEdit, Body(examples=[{"role": "operate"}])]
) -> Response:
    """Say what a user may do, from their next request on."""
    user = _other_user(call, number)
    if not is_named(call.headers["if-match"], tag_of(orjson.dumps(_form(user)))):
        raise Problem(CHANGED_MEANWHILE, "It has changed in the meantime: get it again, and send its new ETag.")
    users.set_role(user, sent.role, call.site.access)
    _log.info("user changed: %s may %s, by token %s", user.name, sent.role, call.visitor.name)
    form = _form(_user(call, number))
    return call.json(form, headers={"ETag": tag_of(orjson.dumps(form))})


@operations.writes(
    "POST",
    "/users/{number}/password",
    shape=shapes.NewPassword,
    example={"password": "vivid-otter-lamp-seven-9", "sessions": 1},
    needs=Needs.OPERATE,
)
def make_password(call: Caller, number: UserId) -> Response:
    """Make another password for a user, which ends their sessions.

    It is answered this once, and lets them in within seven days, to replace it by one of their own.
    """
    user = _other_user(call, number)

    def make() -> Response:
        password, ended = users.make_password(user, call.site.access, now=call.now)
        _log.info("password given: to %s, by token %s", user.name, call.visitor.name)
        return call.json({"password": password, "sessions": ended})

    return once_apart(call, make)


@operations.writes(
    "DELETE",
    "/users/{number}/codes",
    shape=shapes.User,
    example={**shown_as.USER, "codes": False},
    needs=Needs.OPERATE,
)
def turn_codes_off(call: Caller, number: UserId) -> Response:
    """Let a user who lost their authenticator sign in with the password alone, which ends their sessions."""
    users.turn_codes_off(_other_user(call, number), call.site.access)
    found = _user(call, number)
    _log.info("codes turned off: %s, by token %s", found.name, call.visitor.name)
    return call.json(_form(found))


@operations.writes("DELETE", "/users/{number}/sessions", shape=shapes.User, example=shown_as.USER, needs=Needs.OPERATE)
def sign_out_user(call: Caller, number: UserId) -> Response:
    """End all sessions of a user. Their tokens stay."""
    user = _other_user(call, number)
    sessions.end_all(user, call.site.access)
    _log.info("signed out: %s, by token %s", user.name, call.visitor.name)
    return call.json(_form(user))


@operations.writes(
    "DELETE",
    "/users/{number}",
    shape=shapes.User,
    example=shown_as.USER,
    needs=Needs.OPERATE,
    kinds=[NOT_FOUND],
)
def remove_user(call: Caller, number: UserId) -> Response:
    """Remove a user, and with them their sessions and tokens. What they made stays."""
    user = _other_user(call, number)
    users.remove(user, call.site.access)
    _log.info("user removed: %s, by token %s", user.name, call.visitor.name)
    return call.json(_form(user))
