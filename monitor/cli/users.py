"""`monitor user`: who may sign in to the pages."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from monitor.cli.commands import Commands
from monitor.cli.formats import JsonOption
from monitor.cli.session import Settings, console, write_json
from monitor.cli.typing_in import new_password, secret_line
from monitor.model.access import Permission
from monitor.text import counted, one_line
from monitor.views.json.access import authenticator_json, made_user_json, user_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.access.context import AccessContext
    from monitor.app import App
    from monitor.model.access import User

app = Commands(
    help="Say who may sign in to the pages, and what they may do there.\n\n"
    "[dim]$[/dim] monitor user add ada --role operate",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="The user's name.", metavar="NAME")]
RoleOption = Annotated[
    Permission,
    typer.Option(
        help="What they may do: read; subscribe, too; operate, which is everything.", metavar="read|subscribe|operate"
    ),
]
GenerateOption = Annotated[bool, typer.Option("--generate", help="Make a password, and show it this once.")]


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What they sign in as, such as ada.", metavar="NAME")],
    role: RoleOption = Permission.READ,
    generate: GenerateOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a user. The password is typed twice, or comes as one line on standard input; --generate makes one.

    It has 12 characters or more, and is not made of names, common words and rows of keys alone. One that is made has to
    be replaced by one of their own when they first sign in, within a week.

    [dim]$[/dim] monitor user add ada --role operate
    [dim]$[/dim] monitor user add grace --generate
    """
    from monitor.access import users  # SQLAlchemy and argon2 are not needed to show --help
    from monitor.access.passwords import generated_password
    from monitor.clock import utc_now

    password = generated_password() if generate else new_password()
    settings: Settings = context.obj
    with settings.open() as program:
        user = users.add(name, password, role, _access(program), now=utc_now(), is_made=generate)
    if as_json:
        write_json(made_user_json(user, password if generate else None))
        return
    console().print(f"{user.name} may sign in now, to {_in_words(user.role)}.", markup=False)
    _show_password(password if generate else None)


@app.command(name="list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List who may sign in.

    [dim]$[/dim] monitor user list
    """
    from monitor.access import users  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        found = users.listing(_access(program))
    if as_json:
        for user in found:
            write_json(user_json(user))
        return
    from monitor.cli.render.access import user_table  # rich is of no use to --json

    console().print(user_table(found))


@app.command()
def password(context: typer.Context, name: Name, generate: GenerateOption = False, as_json: JsonOption = False) -> None:
    """Give a user another password, which signs them out everywhere.

    [dim]$[/dim] monitor user password ada
    [dim]$[/dim] monitor user password ada --generate
    """
    from monitor.access import users  # SQLAlchemy and argon2 are not needed to show --help
    from monitor.clock import utc_now

    settings: Settings = context.obj
    made = None
    with settings.open() as program:
        access = _access(program)
        user = users.find(name, access)
        if generate:
            made, ended = users.make_password(user, access, now=utc_now())
        else:
            ended = users.set_password(user, new_password(), access)
    if as_json:
        write_json(made_user_json(user, made))
        return
    out = f"{user.name} has another password now."
    console().print(f"{out} This ended {counted(ended, 'session')}." if ended else out, markup=False)
    _show_password(made)


@app.command()
def role(
    context: typer.Context,
    name: Name,
    which: Annotated[
        Permission, typer.Argument(help="read, subscribe or operate.", metavar="ROLE", show_default=False)
    ],
    as_json: JsonOption = False,
) -> None:
    """Say what a user may do, from their next page on.

    [dim]$[/dim] monitor user role grace operate
    """
    from monitor.access import users  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        access = _access(program)
        users.set_role(users.find(name, access), which, access)
        user = users.find(name, access)
    if as_json:
        write_json(user_json(user))
        return
    console().print(f"{user.name} may {_in_words(user.role)} now.", markup=False)


@app.command()
def remove(context: typer.Context, name: Name, as_json: JsonOption = False) -> None:
    """Remove a user, and with them their sessions and tokens.

    [dim]$[/dim] monitor user remove grace
    """
    from monitor.access import users  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        access = _access(program)
        user = users.find(name, access)
        users.remove(user, access)
    if as_json:
        write_json(user_json(user))
        return
    console().print(f"{user.name} was removed, with all sessions and tokens of theirs.", markup=False)


class Switch(StrEnum):
    """Whether something is done from now on."""

    ON = "on"
    OFF = "off"


@app.command()
def totp(
    context: typer.Context,
    switch: Annotated[Switch, typer.Argument(help="on or off.", metavar="on|off", show_default=False)],
    name: Name,
    as_json: JsonOption = False,
) -> None:
    """Have a user sign in with a code of an authenticator app as well, or with the password alone.

    Turning it on shows what sets the app up. At a terminal the app's first code is asked for; without it nothing
    changes. The recovery codes, shown this once, are for when the app is lost: each works once in place of a code.
    Users can do this on their account's page, too; one who has lost both app and recovery codes needs it turned off.

    [dim]$[/dim] monitor user totp on ada
    [dim]$[/dim] monitor user totp off ada
    """
    from monitor.access import users  # SQLAlchemy and pyotp are not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        access = _access(program)
        user = users.find(name, access)
        if switch is Switch.ON:
            _turn_on(user, program, as_json=as_json)
            return
        users.turn_codes_off(user, access)
        user = users.find(name, access)
    if as_json:
        write_json(user_json(user))
        return
    console().print(f"{user.name} signs in with the password alone now.", markup=False)


def _turn_on(user: "User", program: "App", *, as_json: bool) -> None:
    from monitor.access import codes, users  # as above
    from monitor.clock import utc_now

    secret = codes.new_secret()
    address = codes.address(secret, user.name, urlsplit(program.config.web.public_url).hostname or "")
    code = None
    if not as_json:
        _show_picture(address)
        if sys.stdin.isatty():
            code = secret_line("code", "The code that the app shows: ")
    recovery = users.turn_codes_on(user, secret, code, _access(program), now=utc_now())
    if as_json:
        write_json(authenticator_json(user, address, recovery))
        return
    _show_recovery(user, recovery)


def _access(program: "App") -> "AccessContext":
    from monitor.access.context import AccessContext  # as above

    return AccessContext(program.store, program.vault)


def _in_words(role: Permission) -> str:
    return {
        Permission.READ: "read",
        Permission.SUBSCRIBE: "read and subscribe",
        Permission.OPERATE: "read, subscribe and operate",
    }[role]


def _show_password(password: str | None) -> None:
    if password is not None:
        console().print("The password, shown this once. It lets them in for a week, to choose one of their own:")
        console().print(password, markup=False, soft_wrap=True)


def _show_picture(address: str) -> None:
    import segno  # few commands draw

    from monitor.cli.render.access import qr_picture

    out = console()
    out.print("Scan this with an authenticator app, or give it this address:")
    out.print(address, markup=False, soft_wrap=True)
    if (sys.stdout.encoding or "").lower().startswith("utf"):
        out.print(qr_picture(segno.make(address, error="m").matrix_iter(border=2)), soft_wrap=True)


def _show_recovery(user: "User", recovery: "Sequence[str]") -> None:
    out = console()
    out.print(f"{one_line(user.name)} signs in with a code as well now.", markup=False)
    out.print("The recovery codes, shown this once; each works once in place of a code:")
    for each in recovery:
        out.print(each, markup=False)
