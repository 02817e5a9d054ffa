"""Somebody who signs in, for tests: from where, and with what."""

from datetime import UTC, datetime

from monitor.access import users
from monitor.access.context import AccessContext
from monitor.access.signing_in import Browser, SignedIn, sign_in
from monitor.model.access import Permission, User

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
PASSWORD = "tangled otter brass lamp"
AT_HOME = Browser("192.0.2.0/24", "Mozilla/5.0 (X11; Linux x86_64)")
AT_WORK = Browser("198.51.100.0/24", "curl/8.5.0")


def added(context: AccessContext, name: str = "ada", role: Permission = Permission.OPERATE) -> User:
    return users.add(name, PASSWORD, role, context, now=NOW)


def signed_in(
    context: AccessContext, name: str = "ada", *, at: datetime = NOW, where: Browser = AT_HOME, password: str = PASSWORD
) -> SignedIn:
    return sign_in(name, password, where, context, now=at)
