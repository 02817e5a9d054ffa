"""Users: added, changed and removed by an operator, and in part by themselves.

What somebody signs in with ends their sessions when it is changed, but for the one in which they changed it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.access import codes
from monitor.access.context import AccessContext
from monitor.access.passwords import check_password, generated_password
from monitor.errors import ConfigurationInvalid, NameTaken, NothingFound, SignInRefused
from monitor.model.access import Permission, User
from monitor.storage import sessions, users
from monitor.storage.users import Authenticator
from monitor.text import one_line

LONGEST_NAME = 100
MADE_FOR = timedelta(days=7)
"""In which a password that was made for somebody lets them in, to replace it by one of their own."""


def add(
    name: str, password: str, role: Permission, context: AccessContext, *, now: datetime, is_made: bool = False
) -> User:
    """Add a user. ConfigurationInvalid for a name that is taken or none, and a password that is refused.

    *is_made*: the password was made for them, and lets them in only to replace it.
    """
    if not name or name != one_line(name) or len(name) > LONGEST_NAME:
        raise ConfigurationInvalid(
            f"a user's name is one line of up to {LONGEST_NAME} characters, such as ada or ada@example.org"
        )
    check_password(password, name)
    hashed = context.hashing.hash(password)
    with context.store.begin() as tx:
        user = users.add(tx, name, role, hashed, at=now, until=now + MADE_FOR if is_made else None)
    if user is None:
        raise NameTaken(f"there is a user “{name}” already: choose another name")
    return user


def find(name: str, context: AccessContext) -> User:
    """The user of that name. NothingFound where there is none."""
    with context.store.read() as tx:
        user = users.find(tx, name)
    if user is None:
        shown = one_line(name)[:LONGEST_NAME]
        raise NothingFound(f"there is no user “{shown}”: `monitor user list` names those there are")
    return user


def listing(context: AccessContext) -> list[User]:
    """All users, by name."""
    with context.store.read() as tx:
        return users.listing(tx)


def remove(user: User, context: AccessContext) -> None:
    """Remove a user, and with them their sessions and tokens."""
    with context.store.begin() as tx:
        users.remove(tx, user.id)


def set_role(user: User, role: Permission, context: AccessContext) -> None:
    """Say what a user may do, from their next request on."""
    with context.store.begin() as tx:
        users.set_role(tx, user.id, role)


def set_password(user: User, password: str, context: AccessContext, *, keeping: bytes | None = None) -> int:
    """Give a user another password; give how many sessions this ended. *keeping* is the digest of one that goes on.

    ConfigurationInvalid where the password is refused.
    """
    check_password(password, user.name)
    hashed = context.hashing.hash(password)
    with context.store.begin() as tx:
        users.set_password(tx, user.id, hashed)
        return sessions.remove_of_user(tx, user.id, keeping=keeping)


def make_password(user: User, context: AccessContext, *, now: datetime) -> tuple[str, int]:
    """Make a password for a user, which lets them in to replace it; and give how many sessions this ended."""
    made = generated_password()
    hashed = context.hashing.hash(made)
    with context.store.begin() as tx:
        users.set_password(tx, user.id, hashed, until=now + MADE_FOR)
        return made, sessions.remove_of_user(tx, user.id)


def confirm_password(user: User, password: str, context: AccessContext, *, now: datetime) -> None:
    """Raise SignInRefused unless that is the user's password: whoever finds a browser open changes nothing of it."""
    keys = [("password", str(user.id))]
    context.tries.check(keys, now)
    with context.store.read() as tx:
        hashed = users.password(tx, user.id)
    if not context.hashing.verify(hashed, password):
        context.tries.wrong(keys, now)
        raise SignInRefused("the password is not the one that you sign in with: type it again")
    context.tries.right(keys)


def turn_codes_on(
    user: User,
    secret: str,
    code: str | None,
    context: AccessContext,
    *,
    now: datetime,
    keeping: bytes | None = None,
) -> Sequence[str]:
    """Have a user sign in with a code of the authenticator that has this *secret*, too; give the recovery codes.

    *code* is one that it shows, which proves that it has the secret: SignInRefused where it does not; None: an operator
    takes it on themselves. It ends the user's sessions, but for the one *keeping*.
    """
    step = codes.step_of(secret, code, now) if code is not None else 0
    if step is None:
        raise SignInRefused("that is not the code of this moment: scan the picture, and type what the app shows now")
    recovery = codes.recovery_codes()
    wanted = Authenticator(context.vault.seal(secret), step)
    with context.store.begin() as tx:
        users.set_authenticator(tx, user.id, wanted, [codes.recovery_digest(each) for each in recovery])
        sessions.remove_of_user(tx, user.id, keeping=keeping)
    return recovery


def turn_codes_off(user: User, context: AccessContext, *, keeping: bytes | None = None) -> None:
    """Let a user sign in with the password alone; as above, it ends sessions."""
    with context.store.begin() as tx:
        users.remove_authenticator(tx, user.id)
        sessions.remove_of_user(tx, user.id, keeping=keeping)
