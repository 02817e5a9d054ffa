"""Know that applying the configuration would write nothing, without applying it.

    basis: the configuration, the vault's keys, what is installed  --+
                                                                     +-->  digest
    rows:  all that applying it reads (`monitor.storage.applied`)  --+

Where applying it refused no block and left the digest as it was, the digest is noted. What applying it writes depends
on nothing but what the digest is made of, and on the time, which stands only in rows that are new or changed: so as
long as the digest is the same, it would write nothing again, and refuse nothing. Whatever a command, a merger or a
receiver changes of it, a key that is lost or found, or another version makes another digest: it is applied as ever.

Of SQLite alone: with PostgreSQL there is no quiet pass, which alone asks for it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.config import Config
from monitor.errors import MonitorError, StoreError
from monitor.settings import Section
from monitor.storage import applied
from monitor.vault import Vault

if TYPE_CHECKING:
    from monitor.storage.store import Store


@contextmanager
def noted_if_nothing_changes(store: "Store", config: Config, vault: Vault) -> Iterator[list[MonitorError]]:
    """Apply the configuration in the block, and add what is refused to the list; note where that changed nothing."""
    basis = basis_of(config, vault)
    before = None
    with suppress(StoreError):
        before = _unnoted(store, basis) if basis else None
    refused: list[MonitorError] = []
    yield refused
    if basis and before and not refused:
        with suppress(StoreError), store.begin() as tx:
            if applied.digest(tx.exec_driver_sql, basis) == before:
                applied.note(tx.exec_driver_sql, before)


def _unnoted(store: "Store", basis: bytes) -> bytes | None:
    """The digest as it is; None where it is noted already."""
    with store.read() as tx:
        if tx.dialect.name != "sqlite":
            return None
        found = applied.digest(tx.exec_driver_sql, basis)
        return None if applied.is_noted(tx.exec_driver_sql, found) else found


def basis_of(config: Config, vault: Vault) -> bytes | None:
    """What decides, beside rows, what applying this writes. None where it watches, subscribes and tells nobody."""
    if not (config.watch or config.subscription or config.operator.addresses):
        return None
    parts = (_in_full(config), vault.fingerprint(), __version__, sys.version, _installed())
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()


def _in_full(value: object) -> object:
    """All that it says, also what is never shown. Secrets that only a variable may give decide nothing here."""
    if isinstance(value, Section):
        every = value.settings.items()
        return [(name, _in_full(value.__dict__[name])) for name, each in every if not each.only_by_variable]
    return [_in_full(each) for each in value] if isinstance(value, tuple) else repr(value)


def _installed() -> list[tuple[str, int]]:
    """The folders that packages are installed in, and when something was in each, or went, last.

    Others' packages say which addresses are good.
    """
    folders = [Path(each) for each in sys.path if each.endswith("-packages")]
    return [(str(each), each.stat().st_mtime_ns) for each in folders if each.is_dir()]
