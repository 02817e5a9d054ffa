"""Who asks: a program by its token, or a browser by its session."""

from datetime import datetime

from starlette.requests import Request

from monitor.access import tokens
from monitor.access.context import AccessContext
from monitor.errors import TriedTooOften
from monitor.text import sentence
from monitor.web.api import problems
from monitor.web.api.guard import Authenticate, Known
from monitor.web.api.problems import Problem
from monitor.web.site.answering import VisitorOf
from monitor.web.site.asked import Visitor
from monitor.web.site.rates import network_of

CHALLENGE = 'Bearer realm="registry-monitor", error="invalid_token"'


def callers(access: AccessContext, visitor_of: VisitorOf) -> Authenticate:
    """Says who asks, by these tokens, and by what the pages know a browser by."""

    def authenticate(request: Request, now: datetime) -> Known | None:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return _by_token(text.strip(), request, access, now)
        visitor = visitor_of(request)
        return Known(visitor, f"user {visitor.name}", has_token=False) if visitor.name is not None else None

    return authenticate


def _by_token(text: str, request: Request, access: AccessContext, now: datetime) -> Known:
    network = network_of(request.client.host if request.client else "")
    try:
        token = tokens.of_text(text, access, network=network, now=now)
    except TriedTooOften as error:
        headers = {"Retry-After": str(max(round(error.wait), 1))}
        raise Problem(problems.TOO_OFTEN, sentence(error), headers=headers) from None
    if token is None:
        words = "This token is unknown, revoked or expired: create another one."
        raise Problem(problems.UNAUTHENTICATED, words, headers={"WWW-Authenticate": CHALLENGE})
    return Known(
        Visitor(token.name, token.allows),
        f"token {token.id}",
        has_token=True,
        owner=token.owner.name if token.owner else None,
    )
