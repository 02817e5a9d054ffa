"""`monitor token`: with what programs use the API."""

from typing import Annotated

import typer

from monitor.cli.commands import Commands
from monitor.cli.formats import JsonOption
from monitor.cli.session import Settings, console, write_json
from monitor.errors import ConfigurationInvalid
from monitor.model.access import Permission
from monitor.text import moment
from monitor.views.json.access import made_token_json, token_json

app = Commands(
    help="Make and revoke tokens, with which programs use the API.\n\n"
    "[dim]$[/dim] monitor token add dashboard --scope read",
    no_args_is_help=True,
)


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for, such as dashboard.", metavar="NAME")],
    scope: Annotated[
        Permission,
        typer.Option(
            help="What it allows: read; subscribe, too; operate, which is everything.",
            metavar="read|subscribe|operate",
        ),
    ] = Permission.READ,
    user: Annotated[
        str | None,
        typer.Option(help="Whose it is: it allows no more than they may do, and goes with them.", metavar="NAME"),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="In how long it expires, such as 90d or 52w; else never.", metavar="SPAN")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token, and show it this once: what is kept is a hash of it.

    Programs send it in a header: Authorization: Bearer rmt_…

    [dim]$[/dim] monitor token add dashboard --scope read --expires 90d
    """
    from monitor.access import tokens, users  # SQLAlchemy and argon2 are not needed to show --help
    from monitor.access.context import AccessContext
    from monitor.clock import utc_now
    from monitor.settings import values

    try:
        expires_in = values.span(tokens.SHORTEST_EXPIRY, tokens.LONGEST_EXPIRY)(expires) if expires else None
    except ValueError:
        raise ConfigurationInvalid("--expires is a span from 1h to 520w, such as 90d or 52w") from None
    settings: Settings = context.obj
    with settings.open() as program:
        access = AccessContext(program.store, program.vault)
        owner = users.find(user, access) if user is not None else None
        made = tokens.add(name, scope, access, now=utc_now(), expires_in=expires_in, owner=owner)
    if as_json:
        write_json(made_token_json(made.token, made.text))
        return
    until = f" until {moment(made.token.expires_at)}" if made.token.expires_at else ""
    console().print(f"Token “{made.token.name}” may {made.token.scope}{until}. It is shown this once:", markup=False)
    console().print(made.text, markup=False, soft_wrap=True)


@app.command(name="list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the tokens: what each allows, when it was last used, and when it expires.

    [dim]$[/dim] monitor token list
    """
    from monitor.access import tokens  # SQLAlchemy is not needed to show --help
    from monitor.access.context import AccessContext
    from monitor.clock import utc_now

    settings: Settings = context.obj
    with settings.open() as program:
        found = tokens.listing(AccessContext(program.store, program.vault))
    if as_json:
        for token in found:
            write_json(token_json(token))
        return
    from monitor.cli.render.access import token_table  # rich is of no use to --json

    console().print(token_table(found, now=utc_now()))


@app.command()
def remove(
    context: typer.Context,
    which: Annotated[str, typer.Argument(help="A token, by its name or id.", metavar="TOKEN")],
    as_json: JsonOption = False,
) -> None:
    """Revoke a token, from the next request on.

    [dim]$[/dim] monitor token remove dashboard
    """
    from monitor.access import tokens  # SQLAlchemy is not needed to show --help
    from monitor.access.context import AccessContext

    settings: Settings = context.obj
    with settings.open() as program:
        token = tokens.remove(which, AccessContext(program.store, program.vault))
    if as_json:
        write_json(token_json(token))
        return
    console().print(f"Token “{token.name}” is revoked.", markup=False)
