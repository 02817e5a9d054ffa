"""Locks between transactions. SQLite has only one write transaction at a time, so it needs none of these."""

from zlib import crc32

from sqlalchemy import Connection, text

_NAMESPACE = 0x6D6F6E
"""Sets our locks apart from those of other programs in the same PostgreSQL database."""


def lock_registry(tx: Connection, registry: str) -> None:
    """Let one transaction at a time decide about a registry's trials; the lock ends with the transaction.

    What is read after that stays true until the commit.
    """
    _lock(tx, f"registry {registry}")


def lock_confirmations(tx: Connection) -> None:
    """Let one transaction at a time ask for a confirmation or give one, so that what it counted stays true."""
    _lock(tx, "confirmations")


def lock_bounces(tx: Connection) -> None:
    """Let one transaction at a time decide what a report of a mail means, so that what it counted stays true."""
    _lock(tx, "bounces")


def lock_subscriptions(tx: Connection) -> None:
    """Let one transaction at a time change subscriptions and watches, so that what it read first stays true."""
    _lock(tx, "subscriptions")


def lock_schema(tx: Connection) -> None:
    """Let one transaction at a time migrate the database."""
    _lock(tx, "schema")


def _lock(tx: Connection, what: str) -> None:
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:namespace, :key)"), _number(what))


def _number(what: str) -> dict[str, int]:
    return {"namespace": _NAMESPACE, "key": crc32(what.encode()) - 2**31}


def try_lock_dispatching(tx: Connection) -> bool:
    """Let one transaction at a time look for what is due and no job carries; False where another one does."""
    return _try_lock(tx, "dispatching")


def _try_lock(tx: Connection, what: str) -> bool:
    statement = text("SELECT pg_try_advisory_xact_lock(:namespace, :key)")
    return tx.dialect.name != "postgresql" or bool(tx.scalar(statement, _number(what)))
