"""Whether everything is seen: each registry, the latest looks at it, how old full reads are, and what wants attention.

It goes through all watched trials, so whoever shows it to many keeps it for a while.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.notices import CONFIGURATION_BAD
from monitor.errors import StoreCorrupt
from monitor.model.stamps import built_at, data_are_old
from monitor.model.unseen import UnseenReason
from monitor.operate.doctor import Finding, Level, guarded, note, problem
from monitor.operate.doctor.alerting import outbox, receivers
from monitor.operate.doctor.findings import ReadingContext
from monitor.operate.doctor.watching import looks as looks_missed
from monitor.operate.doctor.watching import outage
from monitor.ports import FetchedRegistry, Registry, old_after
from monitor.storage import condition, coverage, drift, health, left_alone, looks, notices, quarantine, trials
from monitor.storage import registries as versions
from monitor.storage.coverage import Unseen
from monitor.storage.health import Health
from monitor.storage.looks import Look
from monitor.storage.store import Store
from monitor.storage.unread import Unread
from monitor.text import counted, moment, one_line
from monitor.views.addresses import without_addresses

LOOKS = 24
DAYS = 8
"""Of which it is counted apart how many trials were read in full."""
RECENT = timedelta(days=7)
MOST_NOTICES = 5
MOST_COUNTED = 1000
MOST_FINDINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryHealth:
    """How a registry of which something is watched can be read."""

    key: str
    name: str
    watched: int
    seen: int
    """Of these, how many, as `monitor.storage.coverage` decides."""
    unseen: Sequence[Unseen]
    """Why the others are not, the commonest reason first."""
    version: str | None
    """Its own stamp of its data."""
    data_of: datetime | None
    """The same as a time, where it is one."""
    confirmed_at: datetime | None
    """When it named that version last."""
    is_asked: bool
    """Whether it is looked at; others are fed by files."""
    is_old: bool
    """Whether its data are older than they should ever be."""
    next_at: datetime | None
    behind_since: datetime | None
    """Since when answers have come from older data than it has."""
    failing_since: datetime | None
    reason: str
    left_alone_until: datetime | None
    """Until when it asked to be asked nothing."""
    looks: Sequence[Look]
    """The latest, the oldest first; one more than LOOKS where there are, to compare the others with."""
    damage: str | None = None
    """Why what is kept of it cannot be read, if so."""

    @property
    def is_whole(self) -> bool:
        """Whether all of it that is watched is seen."""
        return self.failing_since is None and self.damage is None and self.seen + self.denied >= self.watched

    @property
    def denied(self) -> int:
        """Of the watched, numbers that the registry does not know."""
        return sum(each.count for each in self.unseen if each.reason is UnseenReason.DENIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAges:
    """How long ago watched trials were read in full."""

    by_day: Sequence[int]
    """Today's first."""
    before: int
    """How many before those days."""
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Attention:
    """A finding, and the page where something can be done about it; an empty path where there is none."""

    name: str
    finding: Finding
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthWhole:
    """All of it, as of one moment."""

    registries: Sequence[RegistryHealth]
    ages: ReadAges
    looks: int
    """How many there were within a day, and what they took."""
    requests: int
    bytes: int


def health_whole(registries: Sequence[Registry], store: Store, *, since: datetime, now: datetime) -> HealthWhole:
    """How everything that is watched is seen, by what was checked *since* then."""
    with store.read() as tx:
        watched = dict.fromkeys(trials.watched_registries(tx), 0) | coverage.watched_by_registry(tx)
        unseen = coverage.unseen(tx, since=since)
        by_day, before, oldest = coverage.read_ages(tx, now=now, days=DAYS)
        count, requests, size = looks.traffic_since(tx, now - timedelta(days=1))
        known = {each.key: each for each in registries}
        return HealthWhole(
            registries=[
                _registry(
                    tx,
                    key,
                    known.get(key),
                    watched=watched[key],
                    seen=watched[key] - sum(each.count for each in unseen if each.registry == key),
                    unseen=[each for each in unseen if each.registry == key],
                    now=now,
                )
                for key in sorted(watched)
            ],
            ages=ReadAges(by_day=by_day, before=before, oldest=oldest),
            looks=count,
            requests=requests,
            bytes=size,
        )


def attention(
    problems: Sequence[str], registries: Sequence[Registry], store: Store, *, now: datetime
) -> list[Attention]:
    """What wants somebody's attention, the worst first; *problems* are those of the process that serves.

    It is a part of what `monitor doctor` finds, in its words: what can be said without asking anybody outside.
    """
    found = [Attention("service", problem(one_line(each), "")) for each in problems]
    with store.read() as tx:
        context = ReadingContext(registries, now, tx)
        for name, check, path in (
            ("receivers", receivers, "/deliveries?state=failing"),
            ("deliveries", outbox, "/deliveries?state=owed"),
            ("looks", looks_missed, ""),
            ("outage", outage, ""),
        ):
            found += [_without_addresses(name, each, path) for _, each in guarded(name, lambda c=check: c(context))]  # type: ignore[misc]
        found += _undecided(tx)
        found += _recent(tx, now)
    order = {Level.PROBLEM: 0, Level.NOTE: 1, Level.FINE: 2}
    return sorted(found, key=lambda each: order[each.finding.level])[:MOST_FINDINGS]


def _registry(
    tx: Connection,
    key: str,
    registry: Registry | None,
    *,
    watched: int,
    seen: int,
    unseen: Sequence[Unseen],
    now: datetime,
) -> RegistryHealth:
    said, (known, damage) = versions.last_said(tx, key), _known(tx, key)
    stamp = said.stamp
    is_asked = isinstance(registry, FetchedRegistry)
    until = left_alone.until(tx, key, registry.address) if isinstance(registry, FetchedRegistry) else None
    return RegistryHealth(
        key=key,
        name=registry.name if registry else key,
        watched=watched,
        seen=seen,
        unseen=sorted(unseen, key=lambda each: -each.count),
        version=stamp,
        data_of=built_at(stamp) if stamp else None,
        confirmed_at=said.named_at,
        is_asked=is_asked,
        is_old=bool(is_asked and stamp and data_are_old(stamp, now=now, after=old_after(registry))),
        next_at=known.next_check_at if known else None,
        behind_since=said.behind_since,
        failing_since=known.failing_since if known else None,
        reason=one_line(known.reason or "") if known and known.failing_since else "",
        left_alone_until=until if until and until > now else None,
        looks=list(reversed(looks.latest(tx, LOOKS + 1, registries=[key]))),
        damage=said.damage or damage,
    )


def _known(tx: Connection, key: str) -> tuple[Health | None, str | None]:
    """Whether a registry can be read, and when it is looked at next; or why that is not known."""
    try:
        return health.get(tx, key), None
    except StoreCorrupt as error:
        return None, str(error)


def _undecided(tx: Connection) -> Iterator[Attention]:
    """What waits for a decision, and what nobody knows yet."""
    held, behind = condition.held(tx)
    if held:
        also = f", and {counted(behind, 'later one')} of the same trials behind them" if behind else ""
        words = (
            f"{counted(held, 'event')} held back{also}: so many trials changed alike that it looks like the registry"
        )
        yield Attention("held", problem(words, "release or discard them"), "/held")
    if kept := quarantine.count(tx, most=MOST_COUNTED):
        yield Attention("quarantine", note(f"{_up_to(kept, 'answer')} not believed", "see why"), "/quarantine")
    if unknown := drift.count(tx, most=MOST_COUNTED):
        words = f"{_up_to(unknown, 'field or value', 'fields or values')} that this version does not know"
        yield Attention("drift", note(words, "they are kept, and compared as they are"), "/drift")


def _recent(tx: Connection, now: datetime) -> Iterator[Attention]:
    """The latest notices to the operator, but for those that are found anew above."""
    for each in notices.page(tx, limit=MOST_NOTICES):
        if isinstance(each, Unread):
            yield Attention("notice", problem(f"a notice cannot be read: {one_line(each.why)}", ""), "/notices")
        elif now - each.occurred_at < RECENT and each.kind != CONFIGURATION_BAD:
            words = f"{moment(each.occurred_at)}: {without_addresses(one_line(each.subject))}"
            yield Attention("notice", note(words, ""), "/notices")


def _up_to(count: int, noun: str, plural: str | None = None) -> str:
    words = counted(count, noun, plural)
    return f"more than {words}" if count >= MOST_COUNTED else words


def _without_addresses(name: str, finding: Finding, path: str) -> Attention:
    told = Finding(finding.level, without_addresses(finding.text), without_addresses(finding.remedy))
    return Attention(name, told, path if finding.level is not Level.FINE else "")
