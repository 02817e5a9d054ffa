"""What the steps of a pass are given: for a pass over a registry, and for each batch of its answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.alerts.settling import Settling
from monitor.model.stamps import day_of
from monitor.ports import FetchedRegistry, ProbeResult, Registry, RegistryVersion
from monitor.storage import registries, trials
from monitor.storage.store import Store
from monitor.trace import new_trace
from monitor.watching.builds import KEPT_STEP_WITHIN, PROVING_NOTHING, ROLLED_OUT_AFTER, Needed, latest_believable
from monitor.watching.versions import current_version


@dataclass(frozen=True, slots=True, kw_only=True)
class PassContext:
    """What a pass over one registry needs."""

    registry: FetchedRegistry
    store: Store
    clock: Callable[[], datetime]
    full_check_every: timedelta
    settle: timedelta = timedelta(0)
    """How long a change waits before it is told."""
    others: Sequence[Registry] = ()
    """The other registries known here, for what a record says of them."""
    trace: str = field(default_factory=new_trace)
    """See `monitor.trace`."""

    @property
    def settling(self) -> Settling:
        """What settling what it finds needs."""
        return Settling(registry=self.registry, store=self.store, window=self.settle)

    def version_now(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of the registry's data, as far as it can be believed: see `monitor.watching.versions`."""
        return current_version(self.registry, known, store=self.store, now=self.clock())

    def needed(self, version: RegistryVersion) -> Needed:
        """What answers are measured by at *version*: its build, where builds have kept step with the versions."""
        with self.store.read() as tx:
            in_step = trials.names_builds(tx, self.registry.key, since=self.clock() - KEPT_STEP_WITHIN)
            since = registries.behind_since(tx, self.registry.key)
        is_late = since is not None and self.clock() - since >= ROLLED_OUT_AFTER
        return Needed(day_of(version.stamp) if in_step else None, is_late=is_late)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerContext:
    """When answers came, and what they are to be measured by."""

    version: RegistryVersion
    now: datetime
    probed: Mapping[str, ProbeResult]
    """What the probe of this pass saw, by trial id: it is remembered rather than what the document would give, so
    that a registry whose projections differ from its documents is not read in full for ever."""
    needed: Needed = PROVING_NOTHING
    accepted: Mapping[str, int] = field(default_factory=dict)
    """By trial id, the number in quarantine of an answer that the operator takes for the record: it is believed."""

    @property
    def latest(self) -> str:
        """The last day that an answer can be believed to bear."""
        return latest_believable(self.version.stamp, self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeContext(AnswerContext):
    """What deciding about answers needs to know beside them."""

    registry: Registry
    store: Store
    tells_at_once: bool = True
    """Whether events are told in the commit that makes them; else they are pending until somebody settles them."""
    tells_nobody: bool = False
    """Whether they are discarded in that commit: history that nobody is to be alerted of."""
    trace: str | None = None
    """Of the pass, see `monitor.trace`."""
