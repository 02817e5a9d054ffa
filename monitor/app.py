"""Put the parts together: the only module that knows every adapter, and the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.check import Pass, check
from monitor.config import Config
from monitor.configured import apply_subscriptions, apply_watches
from monitor.errors import ConfigurationInvalid, TrialIdInvalid
from monitor.http import PoliteSession
from monitor.model import Checked
from monitor.ports import Registry, find_registry
from monitor.registries.clinicaltrials_gov import ClinicalTrialsGov
from monitor.storage import trials
from monitor.storage.store import Store
from monitor.vault import Vault

if TYPE_CHECKING:
    from monitor.deliver import Paid, Post
    from monitor.subscribe import Office


def utc_now() -> datetime:
    """The one place where the program looks at the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """The program, put together for one configuration. Use as a context manager."""

    config: Config
    store: Store
    registries: tuple[Registry, ...]

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        for registry in self.registries:
            registry.close()
        self.store.close()

    def registry(self, key: str | None) -> Registry:
        """The registry named *key*, or the default one."""
        for registry in self.registries:
            if key in (None, registry.key):
                return registry
        known = ", ".join(registry.key for registry in self.registries)
        raise ConfigurationInvalid(f"“{key}” is not a registry known here; known: {known}")

    def identify(self, text: str, *, registry: str | None = None) -> tuple[Registry, str]:
        """The registry and the trial id that *text* means. TrialIdInvalid where it means none."""
        candidates = [self.registry(registry)] if registry else self.registries
        if found := find_registry(candidates, text):
            return found
        raise TrialIdInvalid(
            f"“{text[:80]}” is not a trial id known here; one looks like NCT02116634 "
            "(or paste the address of the trial's page)"
        )

    def watched(self, registry: Registry) -> list[str]:
        """The ids of all trials that some watch holds, those of the configuration included."""
        self.apply_configured_watches()
        with self.store.read() as tx:
            return trials.watched_ids(tx, registry.key)

    def apply_configured_watches(self) -> None:
        """Make the watches of the configuration be what it says."""
        apply_watches(self.config, self.store, self.identify, now=utc_now())

    def apply_configured_subscriptions(self) -> None:
        """Make the subscriptions of the configuration, and the operator, be what it says."""
        apply_subscriptions(self.config, self.store, self.identify, office=self.office)

    @property
    def vault(self) -> Vault:
        """What seals secrets: with the configured key, or with one in a file beside the database."""
        return Vault.open(key=self.config.secret_key or None, file=_key_file(self.config.store.url))

    def office(self) -> "Office":
        """What subscribing needs."""
        from monitor.subscribe import Office  # a check that tells nobody needs no channels

        return Office(store=self.store, vault=self.vault, clock=utc_now, chat_schemas=self.config.chat.schemas)

    def post(self) -> "Post":
        """What delivering needs: the channels, and what stands on every message."""
        from monitor.posting import post_for  # a check that tells nobody needs no channels

        return post_for(self.config, store=self.store, vault=self.vault, registries=self.registries, clock=utc_now)

    def deliver(self) -> Iterator["Paid"]:
        """Send what is due, and say what came of each attempt: see `monitor.deliver`."""
        from monitor.deliver import deliver  # a check that tells nobody needs no channels

        self.apply_configured_subscriptions()
        post = self.post()
        try:
            yield from deliver(post)
        finally:
            for channel in post.channels.values():
                channel.close()

    def check(self, trial_ids: Sequence[str], registry: Registry) -> Iterator[Checked]:
        """Check trials of one registry now: see `monitor.check`."""
        self.apply_configured_subscriptions()
        return check(
            trial_ids,
            Pass(
                registry=registry,
                store=self.store,
                clock=utc_now,
                full_check_every=self.config.schedule.full_check_every,
            ),
        )


def open_app(config: Config) -> App:
    """Open the database, making or migrating it where needed, and set up the registries."""
    return App(config, Store.open(config.store.url), (_clinicaltrials_gov(config),))


def _key_file(store_url: str) -> Path:
    """Beside an SQLite database; in the data directory for another one."""
    _, is_file, path = store_url.partition("sqlite:///")
    return (Path(path).parent if is_file else Path("snapshots")) / "secret.key"


def _clinicaltrials_gov(config: Config) -> ClinicalTrialsGov:
    settings = config.registries[ClinicalTrialsGov.key]
    contact = f"; {settings.contact}" if settings.contact else ""
    session = PoliteSession(
        requests_per_second=settings.requests_per_second,
        user_agent=f"registry-monitor/{__version__} (watches clinical trials{contact})",
    )
    return ClinicalTrialsGov(base_url=settings.base_url, session=session)
