"""Who asks, and what of the program a tool may use."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.alerts.subscribe import SubscribeContext
from monitor.config import Config
from monitor.mcp.pace import Pace
from monitor.model import Checked, Search
from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.storage.store import Store
from monitor.watching.subscribing import SubscribeRequest, SubscribeResult


class Program(Protocol):
    """`monitor.app.App`, or what stands in for it in tests."""

    @property
    def config(self) -> Config:
        """The configuration."""

    @property
    def store(self) -> Store:
        """The database."""

    @property
    def registries(self) -> Sequence[Registry]:
        """Every registry that is known."""

    def registry(self, key: str | None) -> Registry:
        """The registry of that key, or the default one."""

    def identify(self, text: str) -> tuple[Registry, str]:
        """The registry and the trial id that *text* means. TrialIdInvalid where it means none."""

    def to_search(self, search: Search, key: str | None = None) -> Registry:
        """The registry of that key, or the first one, that can be asked for a search."""

    def subscribe_context(self) -> SubscribeContext:
        """What subscribing needs."""

    def subscribe(self, request: SubscribeRequest) -> SubscribeResult:
        """Subscribe somebody, and take the baselines that this needs."""

    def index(self, *, stopping: Callable[[], bool]) -> object:
        """Make the rows of the index that are missing, until *stopping* says so."""

    def check(self, trial_ids: Sequence[str], registry: Registry) -> Iterable[Checked]:
        """Check trials of one registry now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request of an agent."""

    program: Program
    permissions: frozenset[Permission]
    now: datetime
    who: str
    """Who asks, so that what they change is counted together: a token's name, or empty over stdio."""
    pace: Pace
    committed: Callable[[], None] = lambda: None
    """Called when something was changed, so that what is owed need not wait."""

    def may(self, permission: Permission) -> bool:
        """Whether who asks may do this."""
        return permission in self.permissions

    @property
    def knows_watches(self) -> bool:
        """Whether who asks may know what watches are called: whoever may only read may be anybody."""
        return self.may(Permission.SUBSCRIBE)
