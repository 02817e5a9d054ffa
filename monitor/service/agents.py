"""Tools for agents in a running service, at /mcp: the program as they see it, on the pages' own connections.

Nothing here asks a registry, which the checker alone does, one request after the other: what is watched or subscribed
to is looked at in the next pass, and a search has to be watched before somebody subscribes to it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from starlette.routing import BaseRoute

from monitor.access.context import AccessContext
from monitor.alerts.subscribe import SubscribeContext
from monitor.changes.searches import search_words
from monitor.config import Config
from monitor.errors import ConfigurationInvalid
from monitor.mcp.asking import Program as AgentsProgram
from monitor.mcp.http import Endpoint, route
from monitor.model import Checked, Search
from monitor.ports import Registry, registry_to_search
from monitor.service.program import Program
from monitor.storage.store import Store
from monitor.views.rules import watch_that_looks_for
from monitor.watching.subscribing import KnownRegistries, SubscribeRequest, SubscribeResult, subscribe
from monitor.web.forms import network_of


@dataclass(frozen=True, slots=True)
class Served:
    """The program for agents. It has the connections of *subscribing*."""

    program: Program
    subscribing: SubscribeContext

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
        """Subscribe somebody. ConfigurationInvalid for a search that no watch looks for."""
        if request.search is not None:
            request = self._to_watch(request, request.search)
        known = KnownRegistries(self.identify, self.registry, self.to_search)
        return subscribe(request, context=self.subscribing, known=known, check=self.check)

    def _to_watch(self, request: SubscribeRequest, search: Search) -> SubscribeRequest:
        registry = self.to_search(search, request.registry)
        with self.store.read() as tx:
            watch = watch_that_looks_for(tx, registry.key, search)
        if watch is None:
            raise ConfigurationInvalid(
                f"no watch looks for {search_words(search)}: an operator adds one first, with monitor watch add"
            )
        return replace(request, search=None, registry=None, watch=str(watch.id))

    def check(self, trial_ids: Sequence[str], registry: Registry) -> Iterable[Checked]:  # noqa: ARG002 - as a program's
        """Check nothing: the next pass does."""
        return ()

    def index(self, *, stopping: Callable[[], bool]) -> object:
        """Make the rows of the index that are missing: the service does, too."""
        return self.program.index(stopping=stopping)


def agent_route(
    program: Program, subscribing: SubscribeContext, access: AccessContext, *, committed: Callable[[], None]
) -> BaseRoute:
    """The route of their tools."""
    served: AgentsProgram = Served(program, subscribing)
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
