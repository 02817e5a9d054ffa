"""Who asks with a browser: by the cookie of a session, else by the word of a proxy that signs people in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from monitor.access import sessions
from monitor.access.context import AccessContext
from monitor.access.users import LONGEST_NAME
from monitor.model.access import Permission, permissions_up_to
from monitor.storage import users
from monitor.text import one_line
from monitor.web.server.peers import Network, is_from
from monitor.web.site.asked import NOBODY, Visitor
from monitor.web.site.cookies import Cookies


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Says who asks. It reads the database once for somebody, and not at all for nobody."""

    access: AccessContext
    clock: Callable[[], datetime]
    cookies: Cookies
    header: str = ""
    """In which a proxy says who asks; empty where none does."""
    proxies: Sequence[Network] = ()
    """Whose word counts: the peer's own address is among them."""
    header_role: Permission = Permission.READ
    """What those may do who are no users of ours."""

    def __call__(self, request: Request) -> Visitor:
        """Who asks with a browser."""
        token = request.cookies.get(session_cookie(self.cookies), "")
        session = sessions.of_token(token, self.access, now=self.clock()) if token else None
        if session is not None and sessions.is_let_in(session, self.access):
            return Visitor(session.user.name, permissions_up_to(session.user.role), secret=token)
        return self._by_header(request) if self.header else NOBODY

    def is_nobody(self, request: Request) -> bool:
        """Whether a request says nothing of who asks, so that nobody has to be looked up."""
        says_who = session_cookie(self.cookies) in request.cookies or (self.header and self.header in request.headers)
        return not says_who

    def _by_header(self, request: Request) -> Visitor:
        named = request.headers.getlist(self.header)
        if len(named) != 1 or not is_from(request, self.proxies):
            return NOBODY
        name = named[0].strip()
        if not name or len(name) > LONGEST_NAME or name != one_line(name):
            return NOBODY
        with self.access.store.read() as tx:
            user = users.find(tx, name)
        if user is None:
            return Visitor(name, permissions_up_to(self.header_role))
        return Visitor(user.name, permissions_up_to(user.role))


def session_cookie(cookies: Cookies) -> str:
    """What the cookie of a session is called."""
    return cookies.name("session")


def give_session(response: Response, token: str, cookies: Cookies) -> None:
    """Have the browser show that token from now on."""
    cookies.give(response, session_cookie(cookies), token, max_age=int(sessions.LONGEST.total_seconds()))


def take_session(response: Response, cookies: Cookies) -> None:
    """Have the browser forget its token, and what it kept of our pages."""
    cookies.take(response, session_cookie(cookies))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
