"""Who may do what with the pages and the API: users, what they may do, their sessions, and tokens of programs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """What somebody may do. Each includes those before it."""

    READ = "read"
    """See what is kept."""
    SUBSCRIBE = "subscribe"
    """Make and change subscriptions."""
    OPERATE = "operate"
    """Change what is watched, decide about what is held, send again, and manage users."""

    def includes(self, other: "Permission") -> bool:
        """Whether who may do this may do *other*."""
        return other in permissions_up_to(self)


def permissions_up_to(most: Permission) -> frozenset[Permission]:
    """*most*, and what it includes."""
    known = list(Permission)
    return frozenset(known[: known.index(most) + 1])


def lesser(one: Permission, other: Permission) -> Permission:
    """The one of two that the other includes."""
    return other if one.includes(other) else one


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who signs in with a name and a password."""

    id: int
    name: str
    role: Permission
    """The most that they may do."""
    has_codes: bool
    """Whether signing in needs a code of an authenticator as well."""
    created_at: datetime
    signed_in_at: datetime | None = None
    """When they last did."""
    password_until: datetime | None = None
    """Until when a password that was made for them can be replaced by their own; None: it is their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which somebody signed in."""

    digest: bytes
    """SHA-256 of what its cookie holds."""
    user: User
    created_at: datetime
    seen_at: datetime
    """To a minute or so."""
    awaits_code: bool
    """Whether the password was right, and the code is still to come: it opens nothing yet."""
    network: str
    """Where it was opened from."""
    agent: str
    """What the browser said that it is."""

    @property
    def is_open(self) -> bool:
        """Whether signing in came to its end: no code and no password of their own is still to come."""
        return not self.awaits_code and self.user.password_until is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program shows to use the API. The token itself is kept nowhere."""

    id: str
    name: str
    scope: Permission
    """The most that it allows; of a user's token, never more than they may do."""
    owner: User | None
    """None for one that belongs to nobody in particular."""
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None
    """To a minute or so."""

    @property
    def allows(self) -> frozenset[Permission]:
        """What may be done with it."""
        most = self.scope if self.owner is None else lesser(self.scope, self.owner.role)
        return permissions_up_to(most)
