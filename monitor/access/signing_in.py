"""Signing in: a name and a password, then a code where the user has an authenticator.

Whether there is a user of that name shows neither in the answer nor in how long it takes.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.access import codes, sessions
from monitor.access.context import AccessContext
from monitor.access.tries import Key
from monitor.access.users import set_password
from monitor.errors import ConfigurationInvalid, SignInRefused, StoreError
from monitor.model.access import Session
from monitor.storage import sessions as session_rows
from monitor.storage import users
from monitor.storage.users import Authenticator
from monitor.text import fold_name

REFUSED = "the name or the password is not right: type both again"
WRONG_CODE = "the code is not right, or was used already: type the one that the app shows now"
NO_CODES = (
    "codes of apps cannot be checked here, because the key of this site is another one than when yours was set up: use "
    "a recovery code, or have the operator turn codes off for you"
)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in."""

    network: str
    agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was begun."""

    token: str
    """What the cookie is to hold."""
    session: Session


def is_anybody_there(context: AccessContext) -> bool:
    """Whether there is any user who could sign in."""
    with context.store.read() as tx:
        return users.is_there_any(tx)


def known_name(name: str, context: AccessContext) -> str | None:
    """The name of the user who is meant; None where there is none of that name."""
    with context.store.read() as tx:
        user = users.find(tx, name[:_LONGEST_NAME])
    return user.name if user else None


def sign_in(name: str, password: str, browser: Browser, context: AccessContext, *, now: datetime) -> SignedIn:
    """Begin a session for who gives the right password; it opens nothing yet where a code is needed.

    Raise SignInRefused, or TriedTooOften where nothing was looked at.
    """
    with context.store.read() as tx:
        user = users.find(tx, name[:_LONGEST_NAME])
        hashed = users.password(tx, user.id) if user else None
        is_known = session_rows.was_seen_from(tx, user.id if user else 0, browser.network)
    keys = _keys(fold_name(name[:_LONGEST_NAME]), browser.network, is_known=is_known)
    context.tries.check(keys, now)
    if not context.hashing.verify(hashed, password) or user is None or hashed is None:
        context.tries.wrong(keys, now)
        raise SignInRefused(REFUSED)
    context.tries.right(keys[:1])
    if user.password_until is not None and user.password_until <= now:
        raise SignInRefused("this password was made for you and was not used in time: have the operator make another")
    renewed = context.hashing.hash(password) if context.hashing.is_outdated(hashed) else None
    with context.store.begin() as tx:
        if renewed:
            users.renew_hash(tx, user.id, renewed)
        if not user.has_codes:
            users.note_signed_in(tx, user.id, at=now)
        return SignedIn(
            *sessions.begin(tx, user, network=browser.network, agent=browser.agent, awaits_code=user.has_codes, now=now)
        )


def give_code(code: str, waiting: Session, browser: Browser, context: AccessContext, *, now: datetime) -> SignedIn:
    """End a sign-in whose password was right with a code of the authenticator, or a recovery code; each counts once.

    Raise as `sign_in` does.
    """
    user = waiting.user
    keys = [("code", str(user.id)), ("network", browser.network)]
    context.tries.check(keys, now)
    with context.store.read() as tx:
        kept = users.authenticator(tx, user.id)
    secret = _secret_of(kept, context) if kept else None
    step = codes.step_of(secret, code, now) if secret else None
    with context.store.begin() as tx:
        if kept is None:
            is_right = True  # it was turned off meanwhile
        elif step is not None:
            is_right = users.use_step(tx, user.id, step)
        else:
            is_right = users.use_recovery_code(tx, user.id, codes.recovery_digest(code))
        if is_right:
            session_rows.remove(tx, waiting.digest)
            users.note_signed_in(tx, user.id, at=now)
            begun = sessions.begin(tx, user, network=browser.network, agent=browser.agent, awaits_code=False, now=now)
    if not is_right:
        context.tries.wrong(keys, now)
        raise SignInRefused(WRONG_CODE if secret else NO_CODES)
    context.tries.right(keys[:1])
    return SignedIn(*begun)


def own_password(password: str, begun: Session, browser: Browser, context: AccessContext, *, now: datetime) -> SignedIn:
    """End a sign-in with a password that was made for somebody: this one takes its place.

    ConfigurationInvalid where it is refused, or is the same.
    """
    with context.store.read() as tx:
        former = users.password(tx, begun.user.id)
    if context.hashing.verify(former, password):
        raise ConfigurationInvalid("that is the password that was made for you: choose one of your own")
    set_password(begun.user, password, context)
    user = replace(begun.user, password_until=None)
    with context.store.begin() as tx:
        return SignedIn(
            *sessions.begin(tx, user, network=browser.network, agent=browser.agent, awaits_code=False, now=now)
        )


def _secret_of(kept: Authenticator, context: AccessContext) -> str | None:
    """What makes somebody's codes; None where the key does not open it: recovery codes count all the same."""
    try:
        return context.vault.unseal(kept.sealed)
    except StoreError:
        return None


def _keys(name: str, network: str, *, is_known: bool) -> list[Key]:
    """What a try is counted by; of who has a session in that network, by that alone."""
    return [("known name", f"{name}\n{network}")] if is_known else [("name", name), ("network", network)]
