"""Users and tokens, as the schema has them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from monitor.web.api.shapes import Shape, Whole


class User(Shape):
    """Somebody who signs in."""

    id: int
    name: str
    role: Literal["read", "subscribe", "operate"]
    codes: bool = Field(description="Whether signing in needs a code of an authenticator as well.")
    created_at: datetime
    signed_in_at: datetime | None


class UserList(Whole[User]):
    """Users."""


class NewUser(User):
    """A user who was added; the password is shown this once."""

    password: str


class NewPassword(Shape):
    """A password that was made for a user; it is shown this once."""

    password: str
    sessions: int = Field(description="How many sessions of theirs this ended.")


class Token(Shape):
    """What a program shows; the token itself is kept nowhere."""

    id: str
    name: str
    scope: Literal["read", "subscribe", "operate"]
    user: str | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class TokenList(Whole[Token]):
    """Tokens."""


class NewToken(Token):
    """A token that was made; “token” is shown this once."""

    token: str
