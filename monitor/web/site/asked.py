"""A request as a handler sees it: checked, and without anything of HTTP that is no affair of a page. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from starlette.datastructures import QueryParams

from monitor.errors import ConfigurationInvalid
from monitor.model.access import Permission
from monitor.text import shortened
from monitor.web.site.forms import Form


def values_of(query: QueryParams) -> dict[str, list[str]]:
    """The values of each parameter of an address."""
    return {name: query.getlist(name) for name in query}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and what they may do."""

    name: str | None = None
    """None where nobody signed in."""
    permissions: frozenset[Permission] = frozenset()
    secret: str = field(default="", repr=False)
    """Of the session: forms are made for it. Empty without one."""

    def may(self, permission: Permission) -> bool:
        """Whether they have that right."""
        return permission in self.permissions


NOBODY = Visitor()


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request that was let through."""

    method: str
    path: str
    """Below the path of the public address, as it is written in the table, with its values."""
    params: Mapping[str, str]
    """What stands in the path, by name."""
    query: QueryParams
    form: Form
    """What was sent by POST, from a form of ours; else empty."""
    visitor: Visitor
    network: str
    """The network it came from, to count by."""
    now: datetime
    language: str
    theme: str
    """system, light or dark."""
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    cookies: Mapping[str, str] = field(repr=False)
    make_form_token: Callable[[], str] = field(repr=False)
    new_cookie: str = field(default="", repr=False)
    """The secret of its forms, where the visitor had none."""
    has_form: bool = False
    """Whether the answer has a form that only this visitor may send: nobody else may be shown it."""
    holds_secret: bool = False
    """Whether the answer shows a secret as it is: it is not compressed, so that its size gives away nothing of it."""
    _form_token: str = field(default="", repr=False)

    @property
    def form_token(self) -> str:
        """What a form carries to show that it is of our page: the same in all forms of an answer."""
        self.has_form = True
        self._form_token = self._form_token or self.make_form_token()
        return self._form_token

    def place(self, name: Literal["after", "before"]) -> str:
        """Where a page of a list begins, as the parameter of that *name* says it; empty for the first page.

        ConfigurationInvalid for the other of the two, which this list does not take.
        """
        other = "before" if name == "after" else "after"
        if given := self.query.get(other, ""):
            raise ConfigurationInvalid(
                f"this list takes {name} and not {other}, which is “{shortened(given, 40)}”: go to the first page"
            )
        return self.query.get(name, "").strip()

    def values(self) -> dict[str, list[str]]:
        """The values of each parameter of its address."""
        return values_of(self.query)

    @property
    def holds_nul(self) -> bool:
        """Whether anything of it has a NUL character, which no text here has, and no text on PostgreSQL can have."""
        sent = [*self.params.values(), *(value for _, value in self.query.multi_items())]
        sent += [value for values in self.form.values() for value in values]
        return any("\0" in value for value in sent)

    def may(self, permission: Permission) -> bool:
        """Whether the visitor has that right."""
        return self.visitor.may(permission)

    @property
    def here(self) -> str:
        """The path and the query."""
        query = str(self.query)
        return f"{self.path}?{query}" if query else self.path

    def is_at(self, *paths: str) -> bool:
        """Whether this is one of these pages, or one below it."""
        return any(self.path == path or (path != "/" and self.path.startswith(f"{path}/")) for path in paths)
