"""Tokens of programs: which there are; make and revoke them."""

from typing import Annotated

from fastapi import Body, Path
from pydantic import Field
from starlette.responses import Response

from monitor.access import tokens, users
from monitor.errors import ConfigurationInvalid
from monitor.model.access import Permission
from monitor.settings import values
from monitor.views.json.access import made_token_json, token_json
from monitor.web.api import operating_examples as shown_as
from monitor.web.api.call import Caller
from monitor.web.api.once import once_apart
from monitor.web.api.problems import NOT_FOUND
from monitor.web.api.routing import Operations
from monitor.web.api.sent_rules import Line, pointed
from monitor.web.api.shapes import Code, Sent
from monitor.web.api.shapes import access as shapes
from monitor.web.site.route import Needs

operations = Operations("Tokens")

TokenId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Its id.", examples=["f41073179960df68"])]


class TokenSent(Sent):
    """A token that is to be made."""

    name: Line = Field(description="What it is for.", examples=["dashboard"])
    scope: Code[Permission] = Field(
        default=Permission.READ, description="What it allows; each scope includes those before."
    )
    expires: Annotated[str, Field(pattern="^[0-9]{1,4}[hdw]$")] | None = Field(
        default=None, description="In how long it expires; null: never.", examples=["90d"]
    )
    user: Line | None = Field(
        default=None, description="Whose it is: it allows no more than they may do, and goes with them."
    )


@operations.reads("/tokens", shape=shapes.TokenList, example={"data": [shown_as.TOKEN]}, needs=Needs.OPERATE, kinds=[])
def list_tokens(call: Caller) -> Response:
    """List the tokens, by name, with when each was last used."""
    return call.json({"data": [token_json(each) for each in tokens.listing(call.site.access)]})


@operations.writes(
    "POST",
    "/tokens",
    shape=shapes.NewToken,
    example={**shown_as.TOKEN, "token": "rmt_f41073179960df68_…"},
    needs=Needs.OPERATE,
    status=201,
    kinds=[],
)
def create_token(
    call: Caller, sent: Annotated[TokenSent, Body(examples=[{"name": "dashboard", "scope": "read", "expires": "90d"}])]
) -> Response:
    """Make a token. It is answered this once: what is kept is a hash of it."""
    with pointed("#/expires"):
        try:
            read = values.span(tokens.SHORTEST_EXPIRY, tokens.LONGEST_EXPIRY)
            expires_in = read(sent.expires) if sent.expires else None
        except ValueError:
            raise ConfigurationInvalid("a token expires after 1h to 520w, such as 90d") from None
    with pointed("#/user"):
        owner = users.find(sent.user, call.site.access) if sent.user is not None else None

    def make() -> Response:
        with pointed("#/name"):
            made = tokens.add(sent.name, sent.scope, call.site.access, now=call.now, expires_in=expires_in, owner=owner)
        return call.created(made_token_json(made.token, made.text), f"/tokens/{made.token.id}")

    return once_apart(call, make)


@operations.writes(
    "DELETE",
    "/tokens/{token_id}",
    shape=shapes.Token,
    example=shown_as.TOKEN,
    needs=Needs.OPERATE,
    kinds=[NOT_FOUND],
)
def revoke_token(call: Caller, token_id: TokenId) -> Response:
    """Revoke a token, from the next request on."""
    return call.json(token_json(tokens.remove(token_id, call.site.access)))
