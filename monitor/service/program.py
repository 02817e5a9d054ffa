"""What the service asks of the program that it runs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, Self

from monitor.alerts.outbox import DeliveryResult, Outbox
from monitor.alerts.subscribe import SubscribeContext
from monitor.config import Config
from monitor.model import Checked, Unlisted
from monitor.ports import FetchedRegistry, Registry
from monitor.storage.store import Store
from monitor.watching.backfill import Backfilled
from monitor.watching.indexing import Indexed


class Program(Protocol):
    """`monitor.app.App`, or what stands in for it in tests with a clock of their own."""

    @property
    def config(self) -> Config:
        """The configuration."""

    @property
    def store(self) -> Store:
        """The database."""

    @property
    def registries(self) -> Sequence[Registry]:
        """All registries that are known."""

    @property
    def fetched_registries(self) -> Sequence[FetchedRegistry]:
        """The registries that are checked."""

    def reconfigured(self, config: Config) -> Self:
        """The same on the same database, with another configuration."""

    def apply_configured_watches(self) -> None:
        """Make watches be what the configuration says; ConfigurationInvalid or TrialIdInvalid where it cannot be."""

    def apply_configured_subscriptions(self) -> None:
        """Make subscriptions be what the configuration says; as above."""

    def patrol(self, registry: FetchedRegistry, *, reports_verified: bool, trace: str) -> Iterator[Checked | Unlisted]:
        """A whole pass over what is watched of one registry, with that trace. It may be closed between two items.

        Raise RegistryError where the registry does not even say what version its data have.
        """

    def backfill(self, registry: FetchedRegistry, *, stopping: Callable[[], bool]) -> Iterator[Backfilled]:
        """Fetch a few former versions of its watched trials, where it gives them and may be asked for them."""

    def index(self, *, stopping: Callable[[], bool]) -> Indexed:
        """Make the rows of the index that are missing, until *stopping* says so."""

    def registry(self, key: str | None) -> Registry:
        """The registry of that key, or the default one."""

    def connected_apart(self) -> Sequence[Registry]:
        """Registries on connections that nobody else uses; whoever takes them closes them."""

    def identify(self, text: str) -> tuple[Registry, str]:
        """The registry and the trial id that *text* means. TrialIdInvalid where it means none."""

    def subscribe_context(self) -> SubscribeContext:
        """What subscribing needs."""

    def outbox(self) -> Outbox:
        """What delivering needs; whoever takes it closes its transports."""

    def deliver(self, *, stopping: Callable[[], bool]) -> Iterator[DeliveryResult]:
        """Send what is due; once *stopping* says so, finish what is being sent and end."""
