"""The queries of `monitor doctor`. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, text

from monitor.model import SubscriptionState
from monitor.storage.searches import is_everything
from monitor.storage.service_tables import health
from monitor.storage.settling_tables import settlements
from monitor.storage.tables import (
    deliveries,
    endpoints,
    registries,
    searches,
    snapshots,
    subscriptions,
    trials,
    watched_trials,
    watches,
)


def revision(tx: Connection) -> str | None:
    """The schema's, as the migrations name it."""
    found: str | None = tx.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def disorder(tx: Connection) -> str | None:
    """What SQLite finds wrong with its pages and indexes; None if nothing is, or if the store is PostgreSQL."""
    if tx.dialect.name != "sqlite":
        return None
    found = tx.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    return None if found == "ok" else str(found)


def journal_mode(tx: Connection) -> str | None:
    """That of SQLite; None for another store."""
    return str(tx.exec_driver_sql("PRAGMA journal_mode").scalar_one()) if tx.dialect.name == "sqlite" else None


def newest_moment(tx: Connection) -> datetime | None:
    """The latest time that our clock has written to the database."""
    columns = (snapshots.c.taken_at, registries.c.checked_at, trials.c.verified_at, deliveries.c.created_at)
    return max((at for each in columns if (at := tx.scalar(select(func.max(each, type_=each.type))))), default=None)


def channels_in_use(tx: Connection) -> set[str]:
    """The channels of active subscriptions."""
    active = subscriptions.c.state == SubscriptionState.ACTIVE
    query = select(endpoints.c.way).join(subscriptions, subscriptions.c.endpoint_id == endpoints.c.id).where(active)
    return {str(name) for name in tx.scalars(query.distinct())}


@dataclass(frozen=True, slots=True)
class OperatorsOwn:
    """A subscription by which the operator hears of trouble."""

    id: str
    channel: str
    state: SubscriptionState
    disabled_at: datetime | None

    @property
    def is_heard(self) -> bool:
        """Whether what is owed to it is sent."""
        return self.state is SubscriptionState.ACTIVE and self.disabled_at is None


def operators(tx: Connection) -> list[OperatorsOwn]:
    """Those that the configuration has, whatever became of them; one that was taken out of it has no name."""
    query = (
        select(subscriptions.c.id, endpoints.c.way, subscriptions.c.state, endpoints.c.disabled_at)
        .join(endpoints, endpoints.c.id == subscriptions.c.endpoint_id)
        .where(subscriptions.c.origin == "operator", subscriptions.c.name.is_not(None))
    )
    return [
        OperatorsOwn(row.id, str(row.way), SubscriptionState(row.state), row.disabled_at) for row in tx.execute(query)
    ]


def overdue(tx: Connection, before: datetime) -> int:
    """How many deliveries should have been tried before then, and may be: paused and disabled ones aside.

    One that was never tried is among them however often it was claimed or put off since.
    """
    late = (deliveries.c.next_attempt_at < before) | ((deliveries.c.attempts == 0) & (deliveries.c.owed_at < before))
    query = (
        select(func.count())
        .select_from(deliveries)
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription_id)
        .join(endpoints, endpoints.c.id == subscriptions.c.endpoint_id)
        .where(deliveries.c.standing == text("'owed'"), late)
        .where(subscriptions.c.state == SubscriptionState.ACTIVE, endpoints.c.disabled_at.is_(None))
    )
    return tx.scalar(query) or 0


def looks_missed(tx: Connection, before: datetime) -> dict[str, datetime]:
    """The registries that were due to be checked before then and have not been since, each with its due time."""
    asked_at = func.coalesce(registries.c.checked_at, health.c.next_check_at, type_=health.c.next_check_at.type)
    query = (
        select(health.c.registry, health.c.next_check_at)
        .join(registries, registries.c.registry == health.c.registry, isouter=True)
        .where(health.c.next_check_at < before, asked_at < before)
    )
    return {row.registry: row.next_check_at for row in tx.execute(query)}


def held(tx: Connection) -> tuple[int, int]:
    """How many events wait for the operator's decision, and how many later ones wait behind them."""
    count = select(func.count()).select_from(settlements)
    held_back, behind = (tx.scalar(count.where(settlements.c.settlement == each)) for each in ("held", "waiting"))
    return held_back or 0, behind or 0


def empty_watches(tx: Connection) -> list[int]:
    """The numbers of the watches that hold no trial, but for searches never listed yet, and those for everything."""
    holds = exists().where(watched_trials.c.watch_id == watches.c.id)
    unlisted = exists().where(
        searches.c.watch_id == watches.c.id,
        searches.c.listed_version.is_(None) | is_everything,
    )
    return list(tx.scalars(select(watches.c.id).where(~holds, ~unlisted).order_by(watches.c.id)))
