"""Put the parts together: the only module that knows every adapter, and the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor import __version__
from monitor.check import Pass, check
from monitor.config import Config
from monitor.errors import ConfigurationInvalid, TrialIdInvalid
from monitor.http import PoliteSession
from monitor.model import Checked
from monitor.ports import Registry, find_registry
from monitor.registries.clinicaltrials_gov import ClinicalTrialsGov
from monitor.storage import trials, watches
from monitor.storage.store import Store


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

    def check(self, trial_ids: Sequence[str], registry: Registry) -> Iterator[Checked]:
        """Check trials of one registry now: see `monitor.check`."""
        return check(
            trial_ids,
            Pass(
                registry=registry,
                store=self.store,
                clock=utc_now,
                full_check_every=self.config.schedule.full_check_every,
            ),
        )

    def apply_configured_watches(self) -> None:
        """Make the watches of the configuration be what it says: new ones begin, vanished ones end."""
        with self.store.read() as tx:
            if not self.config.watch and not watches.listing(tx, origin="config"):
                return
        wanted = [
            (watch.name or f"config.toml, watch {number}", key, ids)
            for number, watch in enumerate(self.config.watch, start=1)
            for key, ids in self._by_registry(watch.trials).items()
        ]
        with self.store.begin() as tx:
            watches.apply_config(tx, wanted, at=utc_now())

    def _by_registry(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """The trial ids that *texts* mean, by registry. TrialIdInvalid where one means none."""
        found: dict[str, list[str]] = {}
        for text in texts:
            registry, trial_id = self.identify(text)
            found.setdefault(registry.key, []).append(trial_id)
        return found


def open_app(config: Config) -> App:
    """Open the database, making or migrating it where needed, and set up the registries."""
    return App(config, Store.open(config.store.url), (_clinicaltrials_gov(config),))


def _clinicaltrials_gov(config: Config) -> ClinicalTrialsGov:
    settings = config.registries[ClinicalTrialsGov.key]
    contact = f"; {settings.contact}" if settings.contact else ""
    session = PoliteSession(
        requests_per_second=settings.requests_per_second,
        user_agent=f"registry-monitor/{__version__} (watches clinical trials{contact})",
    )
    return ClinicalTrialsGov(base_url=settings.base_url, session=session)
