"""Tools for agents in a running service, at /mcp: the program as they see it, on the pages' own connections.

What is watched or subscribed to is looked at by the checker, in the next pass; only what a search comes to is asked at
once, as pages ask it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from monitor.access.context import AccessContext
from monitor.alerts.subscribe import SubscribeContext
from monitor.config import Config
from monitor.mcp.asking import Program as AgentsProgram
from monitor.mcp.http import Endpoint, route
from monitor.model import Checked, Search
from monitor.ports import Registry, registry_to_search
from monitor.service.program import Program
from monitor.storage.store import Store
from monitor.watching.asking import SearchAsker
from monitor.watching.subscribing import KnownRegistries, SubscribeRequest, SubscribeResult, subscribe
from monitor.watching.watches import ResolvedSearch
from monitor.web.site.rates import network_of


@dataclass(frozen=True, slots=True)
class Served:
    """The program for agents. It has the connections of *subscribing*."""

    program: Program
    subscribing: SubscribeContext
    searches: SearchAsker

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.program.config

    @property
    def store(self) -> Store:
        """The database."""
        return self.subscribing.store

    @property
    def registries(self) -> Sequence[Registry]:
        """Every registry that is known."""
        return self.program.registries

    def registry(self, key: str | None) -> Registry:
        """The registry of that key, or the default one."""
        return self.program.registry(key)

    def identify(self, text: str) -> tuple[Registry, str]:
        """The registry and the trial id that *text* means. TrialIdInvalid where it means none."""
        return self.program.identify(text)

    def to_search(self, search: Search, key: str | None = None) -> Registry:
        """The registry of that key, or the first one, that can be asked for a search."""
        return registry_to_search(self.registries, search, self.registry(key) if key else None)

    def subscribe_context(self) -> SubscribeContext:
        """What subscribing needs."""
        return self.subscribing

    def subscribe(self, request: SubscribeRequest) -> SubscribeResult:
        """Subscribe somebody."""
        known = KnownRegistries(self.identify, self.registry, self.to_search, self._resolved)
        return subscribe(request, context=self.subscribing, known=known, check=self.check)

    def _resolved(self, search: Search, key: str | None) -> ResolvedSearch:
        """What a search comes to, asked apart from the checker."""
        named = self.registry(key).key if key else None
        return self.searches.resolve(search, named, now=self.subscribing.clock())

    def check(self, trial_ids: Sequence[str], registry: Registry) -> Iterable[Checked]:  # noqa: ARG002 - as a program's
        """Check nothing: the next pass does."""
        return ()

    def index(self, *, stopping: Callable[[], bool]) -> object:
        """Make the rows of the index that are missing: the service does, too."""
        return self.program.index(stopping=stopping)


def agent_route(
    program: Program,
    subscribing: SubscribeContext,
    *,
    access: AccessContext,
    searches: SearchAsker,
    committed: Callable[[], None],
) -> BaseRoute:
    """The route of their tools."""
    served: AgentsProgram = Served(program, subscribing, searches)
    return route(
        Endpoint(
            program=served,
            access=access,
            public_url=program.config.web.public_url,
            is_public=program.config.web.public,
            network_of=network_of,
            clock=subscribing.clock,
            committed=committed,
        )
    )
