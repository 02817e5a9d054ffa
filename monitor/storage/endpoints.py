"""Where deliveries go. Addresses and secrets are encrypted; only `put`, `get` and `rotate` open them.

Everything else returns an `Endpoint` with an empty address and no secrets: what is never opened cannot be shown by
mistake, and costs nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection, Row, bindparam, select, update

from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt, StoreUnavailable
from monitor.model import Endpoint
from monitor.storage.statements import add_new, chunks, rows_of
from monitor.storage.tables import endpoints
from monitor.vault import Vault

_write_failing_since = (
    update(endpoints)
    .where(endpoints.c.id == bindparam("whole_id"))
    .values(failing_since=bindparam("since", type_=endpoints.c.failing_since.type))
)


@dataclass(frozen=True, slots=True)
class _Secret:
    """A webhook's signing secret; it stops signing at *retires_at*, or never."""

    secret: str
    retires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Contents:
    """What is sealed."""

    address: str
    secrets: tuple[_Secret, ...]

    def seal(self, vault: Vault) -> bytes:
        secrets = [{"secret": each.secret, "retires_at": each.retires_at} for each in self.secrets]
        return vault.seal(orjson.dumps({"address": self.address, "secrets": secrets}).decode())

    @classmethod
    def unseal(cls, vault: Vault, sealed: bytes, *, at: datetime) -> "_Contents":
        """The address, and those secrets that have not retired."""
        try:
            data: Mapping[str, Any] = orjson.loads(vault.unseal(sealed))
            secrets = [
                _Secret(each["secret"], datetime.fromisoformat(each["retires_at"]) if each["retires_at"] else None)
                for each in data["secrets"]
            ]
            address: str = data["address"]
        except (KeyError, TypeError, ValueError) as error:
            raise StoreCorrupt("an address makes no sense once it is opened: restore a backup") from error
        return cls(address, tuple(each for each in secrets if each.retires_at is None or each.retires_at > at))


def put(
    tx: Connection, vault: Vault, *, channel: str, address: str, shown: str, at: datetime, secret: str | None = None
) -> tuple[Endpoint, bool]:
    """The endpoint of that address, and whether it is new, or sealed again because its former seal does not open.

    An existing endpoint keeps its secrets.

    Two processes that put the same address at once get the same endpoint: its digest is unique, and the second one
    finds the row of the first.
    """
    digest = _digest(channel, address)
    contents = _Contents(address, (_Secret(secret, None),) if secret else ())
    by_address = select(endpoints).where(endpoints.c.address_digest == digest)
    row = tx.execute(by_address).one_or_none()
    if row is not None:
        try:
            return _opened(row, vault, at=at), False
        except StoreCorrupt:
            # Who gives the whole address may have it back, with a new secret: the former one is lost.
            _seal_anew(tx, row.id, contents.seal(vault))
            return _opened(tx.execute(by_address).one(), vault, at=at), secret is not None
    new = {
        "id": str(uuid4()),
        "way": channel,
        "address_digest": digest,
        "shown": shown,
        "sealed": contents.seal(vault),
        "created_at": at,
    }
    made = add_new(tx, endpoints, [new], returning=(endpoints.c.id,))
    return _opened(tx.execute(by_address).one(), vault, at=at), bool(made)


def known_id(tx: Connection, channel: str, address: str) -> str | None:
    """The id of the endpoint of that address; None where there is none."""
    return tx.scalar(select(endpoints.c.id).where(endpoints.c.address_digest == _digest(channel, address)))


def put_configured(
    tx: Connection, vault: Vault, *, channel: str, address: str, shown: str, at: datetime, secret: str | None
) -> Endpoint:
    """As `put`, of an address that stands in the configuration and is put again and again.

    One that does not open is sealed anew where nothing but its address is in it. A webhook's secret is more than that:
    it stays as it is until its key is back, or somebody subscribes its address with a command. Without any key nothing
    is done. The endpoint comes without its address.
    """
    digest = _digest(channel, address)
    row = tx.execute(select(endpoints).where(endpoints.c.address_digest == digest)).one_or_none()
    if row is None:
        endpoint, _ = put(tx, vault, channel=channel, address=address, shown=shown, at=at, secret=secret)
        return replace(endpoint, address="", secrets=())
    try:
        _opened(row, vault, at=at)
    except StoreCorrupt:
        if secret is None:
            _seal_anew(tx, row.id, _Contents(address, ()).seal(vault))
    except (StoreUnavailable, ConfigurationInvalid):
        pass  # told by whoever has something to send
    return _closed(row)


def _seal_anew(tx: Connection, endpoint_id: str, sealed: bytes) -> None:
    tx.execute(update(endpoints).where(endpoints.c.id == endpoint_id).values(sealed=sealed))


def get(tx: Connection, vault: Vault, endpoint_id: str, *, at: datetime) -> Endpoint:
    """That endpoint, with its address and the secrets that sign at that time. NothingFound for an unknown id."""
    return _opened(_row(tx, endpoint_id), vault, at=at)


def reader(tx: Connection, vault: Vault, endpoint_ids: Collection[str], *, at: datetime) -> Callable[[str], Endpoint]:
    """Read those endpoints together, and return what gives each as `get` does, or raises what that would raise."""
    damaged: dict[str, StoreCorrupt] = {}
    rows = {row.id: row for row in rows_of(tx, select(endpoints), endpoints.c.id, endpoint_ids, damaged)}

    def read(endpoint_id: str) -> Endpoint:
        if endpoint_id in damaged:
            raise damaged[endpoint_id]
        return _opened(_known(rows.get(endpoint_id), endpoint_id), vault, at=at)

    return read


def listing(tx: Connection) -> list[Endpoint]:
    """Every endpoint, the oldest first, without addresses and secrets."""
    return [_closed(row) for row in tx.execute(select(endpoints).order_by(endpoints.c.created_at, endpoints.c.id))]


def locked(tx: Connection, vault: Vault) -> list[Endpoint]:
    """Those that the vault's keys do not open, without their addresses. Raise what `Vault.unseal` does for no key."""
    closed = []
    for row in tx.execute(select(endpoints).order_by(endpoints.c.created_at, endpoints.c.id)):
        try:
            vault.unseal(row.sealed)
        except StoreCorrupt:
            closed.append(_closed(row))
    return closed


def rotate(
    tx: Connection, vault: Vault, endpoint_id: str, *, secret: str, overlap: timedelta, at: datetime
) -> Endpoint:
    """Sign with *secret* from now on, and with the current ones as well until *overlap* is over.

    The row is locked while it is read and written, so of two rotations at once neither loses the other's secret.
    """
    row = _row(tx, endpoint_id, locked=True)
    contents = _Contents.unseal(vault, row.sealed, at=at)
    retires_at = at + overlap
    present = (replace(each, retires_at=min(each.retires_at or retires_at, retires_at)) for each in contents.secrets)
    contents = replace(contents, secrets=(_Secret(secret, None), *present))
    tx.execute(update(endpoints).where(endpoints.c.id == endpoint_id).values(sealed=contents.seal(vault)))
    return get(tx, vault, endpoint_id, at=at)


def update_failures(
    tx: Connection, *, succeeded: Iterable[str], failed: Iterable[str], at: datetime
) -> dict[str, datetime]:
    """End the runs of failures of those that *succeeded*, and return when those of the ones that *failed* began.

    One that did both has succeeded first. Where nothing failed, before or now, nothing is written or locked; else the
    rows are locked in one order for everyone.
    """
    ending, failing = set(succeeded), set(failed)
    locked: dict[str, datetime | None] = {}
    for chunk in chunks(sorted(ending | failing)):
        concerned = endpoints.c.failing_since.is_not(None) | endpoints.c.id.in_(sorted(failing.intersection(chunk)))
        query = select(endpoints.c.id, endpoints.c.failing_since).where(endpoints.c.id.in_(chunk), concerned)
        locked |= {row.id: row.failing_since for row in tx.execute(query.order_by(endpoints.c.id).with_for_update())}
    unbroken = {key: None if key in ending else began for key, began in locked.items()}
    since = {key: (began or at) if key in failing else began for key, began in unbroken.items()}
    changed = [{"whole_id": key, "since": moment} for key, moment in since.items() if moment != locked[key]]
    for rows in chunks(changed):
        tx.execute(_write_failing_since, rows)
    return {key: moment for key, moment in since.items() if key in failing and moment is not None}


def in_trouble(tx: Connection, *, limit: int) -> list[Endpoint]:
    """Up to *limit* of those that are disabled or fail, without their addresses, the longest failing first."""
    of_failing, of_disabled = endpoints.c.failing_since.is_not(None), endpoints.c.disabled_at.is_not(None)
    failing = select(endpoints).where(of_failing).order_by(endpoints.c.failing_since, endpoints.c.id).limit(limit)
    disabled = select(endpoints).where(of_disabled).order_by(endpoints.c.disabled_at, endpoints.c.id).limit(limit)
    found = {row.id: _closed(row) for query in (disabled, failing) for row in tx.execute(query)}
    return sorted(found.values(), key=lambda each: min(filter(None, (each.failing_since, each.disabled_at))))[:limit]


def disable(tx: Connection, endpoint_id: str, at: datetime) -> bool:
    """Send nothing there until it is enabled again, and return whether that is new. What is owed to it stays owed."""
    enabled = endpoints.c.disabled_at.is_(None)
    statement = update(endpoints).where(endpoints.c.id == endpoint_id, enabled).values(disabled_at=at)
    return tx.execute(statement).rowcount == 1


def enable(tx: Connection, endpoint_id: str) -> None:
    """Send there again, and forget its failures."""
    statement = update(endpoints).where(endpoints.c.id == endpoint_id)
    tx.execute(statement.values(disabled_at=None, failing_since=None))


def _digest(channel: str, address: str) -> bytes:
    return sha256(f"{channel}\n{address}".encode()).digest()


def _closed(row: Row[Any]) -> Endpoint:
    """The endpoint of a row, without its address and secrets."""
    return Endpoint(
        id=row.id,
        channel=row.way,
        shown=row.shown,
        address="",
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
    )


def _opened(row: Row[Any], vault: Vault, *, at: datetime) -> Endpoint:
    contents = _Contents.unseal(vault, row.sealed, at=at)
    return replace(_closed(row), address=contents.address, secrets=tuple(each.secret for each in contents.secrets))


def _row(tx: Connection, endpoint_id: str, *, locked: bool = False) -> Row[Any]:
    query = select(endpoints).where(endpoints.c.id == endpoint_id)
    return _known(tx.execute(query.with_for_update() if locked else query).one_or_none(), endpoint_id)


def _known(row: Row[Any] | None, endpoint_id: str) -> Row[Any]:
    if row is None:
        raise NothingFound(f"there is no endpoint {endpoint_id}: `monitor subscriptions list` shows those there are")
    return row
