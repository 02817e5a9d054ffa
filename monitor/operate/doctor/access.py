"""Checks of who may use the pages and the API."""

from collections.abc import Iterator

from monitor.model.access import Permission
from monitor.operate.doctor.findings import DatabaseContext, Finding, fine, note, problem
from monitor.settings.values import is_confidential
from monitor.storage import tokens, users
from monitor.text import counted, natural_list


def access(context: DatabaseContext) -> Iterator[Finding]:
    """Whether passwords and tokens are read by nobody on the way, and somebody may operate the pages."""
    web = context.config.web
    found, shown = users.listing(context.tx), tokens.listing(context.tx)
    if (found or shown) and not is_confidential(web.public_url):
        yield problem(
            f"passwords and tokens for {web.public_url} can be read on the way",
            "give [web] public_url an https address, and have a proxy with a certificate answer there",
        )
    if found and not any(user.role is Permission.OPERATE for user in found):
        yield note("no user may operate the pages", "`monitor user role NAME operate` lets one")
    if over := [token.name for token in shown if token.expires_at is not None and token.expires_at <= context.now]:
        yield note(f"expired: {natural_list(over, noun='token')}", "`monitor token remove NAME` removes one")
    if web.trust_user_header:
        yield note(
            f"whom {web.trust_user_header} names is let in as that, from {natural_list(web.trusted_proxies)}",
            "see that the proxy there sets or removes that header in every request, and that nothing else runs there",
        )
    yield fine(f"{counted(len(found), 'user')} and {counted(len(shown), 'token')}")
