"""Put the parts together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self, TypeVar

from monitor.alerts.notices import configuration_bad
from monitor.clock import utc_now
from monitor.config import Config
from monitor.errors import ConfigurationInvalid, MonitorError, StoreError, TrialIdInvalid
from monitor.http.asking import DEADLINE
from monitor.http.network import Network
from monitor.http.pacing import LONGEST_LEFT_ALONE, Pace
from monitor.http.response import AskedBefore
from monitor.model import Checked, Document, Search, Unlisted
from monitor.operate.applied import noted_if_nothing_changes
from monitor.operate.configured import apply_subscriptions, apply_watches
from monitor.ports import (
    FedRegistry,
    FetchedRegistry,
    HistoryReading,
    Registry,
    fetched,
    find_registry,
    registry_to_search,
)
from monitor.registries.connecting import connect
from monitor.storage import left_alone, notices, searches, siblings, trials
from monitor.storage import registries as registry_rows
from monitor.storage.shared_pace import SharedPace
from monitor.storage.store import Store
from monitor.text import file_in_words
from monitor.trace import new_trace
from monitor.vault import VARIABLE, Vault, key_file

if TYPE_CHECKING:
    from monitor.alerts.outbox import DeliveryResult, Outbox
    from monitor.alerts.subscribe import SubscribeContext
    from monitor.operate.doctor import DoctorContext
    from monitor.watching.accept import NotAccepted
    from monitor.watching.backfill import Backfilled
    from monitor.watching.context import PassContext
    from monitor.watching.fed import Outdated
    from monitor.watching.indexing import Indexed
    from monitor.watching.subscribing import SubscribeRequest, SubscribeResult
    from monitor.watching.sweep import Progress

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class App:
    """The program, put together for one configuration. Use as a context manager."""

    config: Config
    store: Store
    registries: tuple[Registry, ...]
    recalled: set[str] = field(default_factory=set, compare=False)
    """Registries of which this process knows what they asked of an earlier one."""
    complaints: list[str] = field(default_factory=list)
    """What of the configuration could not be used so far, while everything else went on."""
    fetched_registries: tuple[FetchedRegistry, ...] = field(init=False, repr=False, compare=False)
    """Those that can be asked."""

    def __post_init__(self) -> None:
        asked = tuple(registry for registry in self.registries if isinstance(registry, FetchedRegistry))
        object.__setattr__(self, "fetched_registries", asked)

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        for registry in self.fetched_registries:
            registry.close()
        self.store.close()

    def registry(self, key: str | None) -> Registry:
        """The registry of that host, or with that name, such as CTIS; or the default one."""
        for registry in self.registries:
            if key is None or key.casefold() in (registry.key, registry.name.casefold()):
                return registry
        known = ", ".join(registry.key for registry in self.fetched_registries)
        fed = len(self.registries) - len(self.fetched_registries)
        raise ConfigurationInvalid(
            f"“{key}” is not a registry known here; known: {known}" + (f", and {fed} that files feed" if fed else "")
        )

    def identify(self, text: str, *, registry: str | None = None) -> tuple[Registry, str]:
        """The registry and the trial id that *text* means. TrialIdInvalid where it means none."""
        candidates = [self.registry(registry)] if registry else self.registries
        if found := find_registry(candidates, text):
            return found
        if registry and (elsewhere := find_registry(self.registries, text)):
            raise TrialIdInvalid(f"{elsewhere[1]} is a trial of {elsewhere[0].key}, not of {candidates[0].key}")
        # Those that are asked, unless there is none among them: there are some twenty more, which files feed.
        shown = [each for each in candidates if isinstance(each, FetchedRegistry)] or candidates
        examples = " or ".join(candidate.example_id for candidate in shown)
        raise TrialIdInvalid(
            f"“{text[:80]}” is not a trial id known here; one looks like {examples} "
            "(or paste the address of the trial's page)"
        )

    def to_search(self, search: Search, key: str | None = None) -> Registry:
        """The registry named *key*, or the first one, that can be asked for a search. ConfigurationInvalid for none."""
        return registry_to_search(self.registries, search, self.registry(key) if key else None)

    def connected_apart(self) -> tuple[Registry, ...]:
        """Registries on connections that nobody else uses, for somebody who waits; whoever takes them closes them."""
        from monitor.watching.asking import LONGEST_ASKED  # only pages ask so

        return _connect(self.config, pace=SharedPace(self.store), deadline=LONGEST_ASKED)

    def knows(self, text: str) -> bool:
        """Whether *text* means a trial."""
        return find_registry(self.registries, text) is not None

    def watched(self) -> dict[str, list[str]]:
        """The ids of all trials that some watch holds, by registry, those of the configuration included.

        A registry that is only searched stands there, with none.
        """
        self._take_up(self._configured_watches())
        with self.store.read() as tx:
            return {key: trials.watched_ids(tx, key) for key in trials.watched_registries(tx)}

    def unchecked_siblings(self) -> dict[str, list[str]]:
        """The ids of trials that joined watches as siblings, and have no baseline yet, by registry."""
        with self.store.read() as tx:
            return siblings.unchecked(tx)

    def names(self) -> dict[str, str]:
        """What the registries are called, by key; nothing where trials of the default one alone are known."""
        with self.store.read() as tx:
            several = siblings.are_of_use(tx) or siblings.are_elsewhere(tx, self.registry(None).key)
        return {registry.key: registry.name for registry in self.registries} if several else {}

    def apply_configured_watches(self) -> None:
        """Make the watches of the configuration be what it says. ConfigurationInvalid where one cannot be."""
        _refuse(self._configured_watches())

    def apply_configured_subscriptions(self) -> None:
        """Make the subscriptions of the configuration, and the operator, be what it says; as above."""
        _refuse(self._configured_subscriptions())

    def _configured_watches(self) -> list[MonitorError]:
        return apply_watches(self.config, self.store, self.identify, to_search=self.to_search, now=utc_now())

    def _configured_subscriptions(self) -> list[MonitorError]:
        return apply_subscriptions(self.config, self.store, self.identify, context=self.subscribe_context)

    def _take_up(self, refused: Sequence[MonitorError]) -> None:
        """Go on without those blocks of the configuration that cannot be used, and have them told."""
        for words in dict.fromkeys(map(str, refused)):
            if words not in self.complaints:
                self.complaints.append(words)
                with self.store.begin() as tx:
                    notices.notify_operator(tx, configuration_bad(words, now=utc_now()))

    def reconfigured(self, config: Config) -> Self:
        """The same program with another configuration, on the store that is open: it and the pages take a new start.

        Registries whose settings are the same stay as they are, with their pace.
        """
        same = (config.registries, config.network) == (self.config.registries, self.config.network)
        registries = self.registries if same else _connect(config, pace=SharedPace(self.store))
        return replace(
            self,
            config=config.replace(store=self.config.store, web=self.config.web),
            registries=registries,
            complaints=[],
        )

    @property
    def vault(self) -> Vault:
        """What seals secrets: with the configured key, or with one in a file beside the database."""
        return vault_for(self.config)

    def subscribe_context(self) -> "SubscribeContext":
        """What subscribing needs."""
        from monitor.alerts.subscribe import SubscribeContext  # a check that tells nobody needs no channels

        return SubscribeContext(store=self.store, vault=self.vault, clock=utc_now, config=self.config)

    def outbox(self) -> "Outbox":
        """What delivering needs: the channels, and what stands on every message."""
        from monitor.alerts.links import Links  # a check that tells nobody needs no channels
        from monitor.alerts.wiring import outbox_for

        web = self.config.web
        return outbox_for(
            self.config,
            settle=self.config.schedule.settle,
            store=self.store,
            vault=self.vault,
            registries=self.registries,
            clock=utc_now,
            links=Links(self.vault, web.public_url) if web.self_service else None,
            public_url=web.public_url if web.public else "",
        )

    def subscribe(self, request: "SubscribeRequest") -> "SubscribeResult":
        """Subscribe somebody, and take the baselines that this needs: see `monitor.watching.subscribing`."""
        from monitor.watching.subscribing import KnownRegistries, subscribe  # nor does it subscribe

        context = self.subscribe_context()
        known = KnownRegistries(self.identify, self.registry, self.to_search)
        return subscribe(request, context=context, known=known, check=self.check)

    def deliver(self, *, stopping: Callable[[], bool] = lambda: False) -> Iterator["DeliveryResult"]:
        """Send what is due, and say what came of each attempt: see `monitor.alerts.deliver`.

        Once *stopping* says so, what is being sent is finished, and nothing more begins.
        """
        from monitor.alerts.due import is_anything_due  # a check that tells nobody needs none of this

        self._take_up(self._configured_subscriptions())
        if not is_anything_due(self.store, (registry.key for registry in self.registries), now=utc_now()):
            return
        from monitor.alerts.deliver import deliver  # where nothing is due, nothing that sends is loaded

        outbox = replace(self.outbox(), stopping=stopping)
        try:
            yield from deliver(outbox)
        finally:
            for transport in outbox.transports.values():
                transport.close()

    def check(self, trial_ids: Sequence[str], registry: Registry) -> Iterator[Checked]:
        """Check trials of one registry now: see `monitor.watching.check`."""
        from monitor.watching.check import check  # most commands only read what is kept

        context = self._pass_context(registry)
        self._take_up(self._configured_subscriptions())
        return self._as_asked(context.registry, check(trial_ids, context))

    def patrol(
        self, registry: Registry, *, progress: "Progress | None" = None, reports_verified: bool = True, trace: str = ""
    ) -> Iterator[Checked | Unlisted]:
        """A whole pass, with that trace or a new one, over what is watched of one registry: see `watching.patrol`."""
        from monitor.watching.patrol import patrol  # most commands only read what is kept
        from monitor.watching.sweep import no_progress

        context = self._pass_context(registry, trace=trace)
        with noted_if_nothing_changes(self.store, self.config, self.vault) as refused:
            refused += [*self._configured_watches(), *self._configured_subscriptions()]
        self._take_up(refused)
        reported = patrol(context, progress=progress or no_progress, reports_verified=reports_verified)
        return self._as_asked(context.registry, reported)

    def index(self, *, most: int | None = None, stopping: Callable[[], bool] = lambda: False) -> "Indexed":
        """Make the rows of the index that are missing, of *most* trials: see `monitor.watching.indexing`."""
        from monitor.watching.indexing import index_missing  # most commands only read what is kept

        return index_missing(self.store, self.registries, most=most, stopping=stopping)

    def backfill(
        self,
        registry: Registry,
        trial_ids: Sequence[str] | None = None,
        *,
        most: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Iterator["Backfilled"]:
        """Fetch former versions of these trials, or of a few that are due: see `monitor.watching.backfill`.

        Nothing is asked of a registry that gives none, or where the configuration does not let it be asked.
        """
        from monitor.watching.backfill import Backfilling, backfill, backfill_due  # most commands ask for none

        if not isinstance(registry, HistoryReading) or not registry.asks_history:
            return
        context = Backfilling(registry=registry, store=self.store, clock=utc_now, most=most, stopping=stopping)
        done = backfill_due(context) if trial_ids is None else backfill(trial_ids, context)
        yield from self._as_asked(fetched(registry), done)

    def _as_asked(self, registry: FetchedRegistry, reported: Iterator[T]) -> Iterator[T]:
        """What a pass reports. A registry that asked to be left alone is left alone by later processes, too."""
        if registry.key not in self.recalled:
            self.recalled.add(registry.key)
            with self.store.read() as tx:
                until = left_alone.until(tx, registry.key, registry.address)
            seconds = (until - utc_now()).total_seconds() if until else 0
            # What is further ahead than any server may ask for was noted before the clock was set back.
            if 0 < seconds <= LONGEST_LEFT_ALONE:
                registry.leave_alone(seconds)
        before = registry.left_alone_for
        try:
            yield from reported
        finally:
            if (seconds := registry.left_alone_for) > before:
                with self.store.begin() as tx:
                    until = utc_now() + timedelta(seconds=seconds)
                    left_alone.leave(tx, registry.key, registry.address, until)

    def accept(self, numbers: Sequence[int], *, alike: bool = False) -> Iterator["Checked | NotAccepted"]:
        """Take answers from the quarantine for their trials' records: see `monitor.watching.accept`."""
        from monitor.watching.accept import accept  # only one command needs it

        self._take_up(self._configured_subscriptions())
        return accept(numbers, store=self.store, known=self.registries, now=utc_now(), alike=alike)

    def feed(
        self, documents: Iterable[tuple[FedRegistry, Document]], *, day: date, alerts: bool
    ) -> Iterator["Checked | Outdated"]:
        """Take in what a file of that day brought of registries that are not asked: see `monitor.watching.fed`."""
        from monitor.watching.fed import Feeding, feed  # only one command needs it

        self._take_up(self._configured_subscriptions())
        return feed(documents, Feeding(store=self.store, day=day, now=utc_now(), alerts=alerts))

    def last_file(self, registry: Registry) -> str:
        """Of what day the last file of a registry is that is not asked, in words."""
        with self.store.read() as tx:
            last = registry_rows.version(tx, registry.key)
        return file_in_words(last.stamp if last else None, today=utc_now().date())

    def unseen(self, registry: Registry, reason: str) -> Iterator[Checked | Unlisted]:
        """Report everything watched as not checked, and why."""
        from monitor.watching.patrol import unseen  # a registry is seldom out of reach

        return unseen(self._pass_context(registry), reason)

    def searches(self, registry: Registry) -> bool:
        """Whether any watch finds its trials itself."""
        with self.store.read() as tx:
            return bool(searches.of_registry(tx, registry.key))

    def _pass_context(self, registry: Registry, *, trace: str = "") -> "PassContext":
        from monitor.watching.context import PassContext  # most commands only read what is kept

        return PassContext(
            registry=fetched(registry),
            store=self.store,
            clock=utc_now,
            full_check_every=self.config.schedule.full_check_every,
            settle=self.config.schedule.settle,
            others=[other for other in self.registries if other is not registry],
            trace=trace or new_trace(),
        )


def _refuse(refused: Sequence[MonitorError]) -> None:
    """Raise ConfigurationInvalid for what is wrong with the configuration itself, a line each."""
    words = [str(error) for error in refused if not isinstance(error, StoreError)]
    if words:
        raise ConfigurationInvalid("\n".join(dict.fromkeys(words)))


def open_app(config: Config, *, asked: AskedBefore | None = None) -> App:
    """Open the database, making or migrating it where needed, and set up the registries.

    *asked* is what one of them was asked just now.
    """
    _network(config)  # before a database is made for nothing
    store = Store.open(config.store.url)
    try:
        return App(config, store, _connect(config, pace=SharedPace(store), asked=asked))
    except BaseException:
        store.close()
        raise


@contextmanager
def doctor_context(config: Config) -> Iterator["DoctorContext"]:
    """What `monitor.operate.doctor` examines. The database is not opened for it, and is examined as it is."""
    from monitor.operate.doctor import DoctorContext  # only one command needs it

    registries = _connect(config)
    try:
        yield DoctorContext(config, registries, vault_for(config), utc_now())
    finally:
        for registry in registries:
            if isinstance(registry, FetchedRegistry):
                registry.close()


def vault_for(config: Config) -> Vault:
    """The vault of a configuration: see `App.vault`."""
    return Vault.open(key=config.secret_key or None, file=key_file(config.store.url))


def key_place(config: Config) -> str:
    """Where the vault's key is, in words."""
    return VARIABLE if config.secret_key else str(key_file(config.store.url))


def _connect(
    config: Config, *, pace: Pace | None = None, asked: AskedBefore | None = None, deadline: float = DEADLINE
) -> tuple[Registry, ...]:
    """Every registry that there is an adapter for; the first is the default."""
    return connect(config.registries, _network(config), pace=pace, asked=asked, deadline=deadline)


def _network(config: Config) -> Network:
    return Network(config.network.ca_bundle, config.network.proxy).checked()
