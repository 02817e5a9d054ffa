"""Users and tokens: `user` and `token` with --json. Pure; of passwords and tokens only new ones are ever in it."""

from typing import TYPE_CHECKING

from monitor.model import Json
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model.access import ApiToken, User


def user_json(user: "User") -> dict[str, Json]:
    """A user."""
    return {
        "name": user.name,
        "role": str(user.role),
        "codes": user.has_codes,
        "created_at": moment_json(user.created_at),
        "signed_in_at": moment_json(user.signed_in_at) if user.signed_in_at else None,
    }


def made_user_json(user: "User", password: str | None) -> dict[str, Json]:
    """A user; the password where it was generated, and is shown this once."""
    return {**user_json(user), "password": password}


def authenticator_json(user: "User", address: str, recovery_codes: "Sequence[str]") -> dict[str, Json]:
    """What an authenticator is set up with, and the codes for when it is lost, shown this once."""
    return {"name": user.name, "codes": True, "address": address, "recovery_codes": [*recovery_codes]}


def token_json(token: "ApiToken") -> dict[str, Json]:
    """A token, without what programs show."""
    return {
        "id": token.id,
        "name": token.name,
        "scope": str(token.scope),
        "user": token.owner.name if token.owner else None,
        "created_at": moment_json(token.created_at),
        "expires_at": moment_json(token.expires_at) if token.expires_at else None,
        "used_at": moment_json(token.used_at) if token.used_at else None,
    }


def made_token_json(token: "ApiToken", text: str) -> dict[str, Json]:
    """A token with what programs show, this once."""
    return {**token_json(token), "token": text}
