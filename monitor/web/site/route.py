"""A row of the table of pages: where it is, what makes it, and who may see it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from starlette.responses import Response

from monitor.model.access import Permission
from monitor.web.site.asked import Asked, Visitor
from monitor.web.site.site import Site

Handler = Callable[[Site, Asked], Response]
"""Makes the answer. Runs in a thread of the readers' own, and may wait for the database."""
VersionOf = Callable[[Site, Asked], str]
"""Gives a text that changes with what a page shows; an empty one where that is not known."""


class Needs(StrEnum):
    """What a visitor needs to be let in."""

    NOTHING = "nothing"
    """The page itself decides, or has nothing to hide."""
    PUBLIC = "public"
    """Nothing where the site is public, else to be allowed to read."""
    READ = Permission.READ.value
    SUBSCRIBE = Permission.SUBSCRIBE.value
    OPERATE = Permission.OPERATE.value

    def are_met(self, visitor: Visitor, *, is_public: bool) -> bool:
        """Whether this visitor is let in."""
        if self is Needs.NOTHING or (self is Needs.PUBLIC and is_public):
            return True
        return visitor.may(Permission.READ if self is Needs.PUBLIC else Permission(self.value))


@dataclass(frozen=True, slots=True)
class Page:
    """A page, a feed, a file, or what a form is sent to."""

    path: str
    """As Starlette writes it: /trials/{trial_id}."""
    handler: Handler
    needs: Needs
    methods: Sequence[str] = ("GET",)
    """With GET there is HEAD too. What POST sends has been checked to be a form of ours."""
    checks_form: bool = True
    """Whether what is sent has to carry the token of the visitor's forms; what checks it otherwise says False."""
    is_secret: bool = False
    """Whether its path holds what nobody else may learn: no other page is told where the reader was, nothing is
    compressed beside the secret, and no cookie is set."""
    takes_from_anywhere: bool = False
    """Whether programs and other sites may send its form, because the secret in its path is enough: RFC 8058."""
    is_translated: bool = False
    """Whether it is there in all our languages, and not in English alone."""
    is_fetched: bool = False
    """Whether programs fetch it, as feeds and tables: they are told 401 where a browser is led to sign in, and may show
    a token."""
    is_shared: bool = False
    """Whether all who may see it see the same until data change: it is then kept for a few seconds."""
    own_version: VersionOf | None = None
    """The version of what a shared page shows, of one that shows little: it stays when something else changes."""
    shows_looks: bool = False
    """Whether a shared page shows more of each look at a registry than the line under the frame does."""
