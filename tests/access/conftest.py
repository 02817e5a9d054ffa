"""Users and their sessions on a real database."""

from pathlib import Path

import pytest

from monitor.access.context import AccessContext
from monitor.access.hashing import Hashing
from monitor.storage.store import Store
from monitor.vault import Vault


@pytest.fixture
def access(quick_store: Store, tmp_path: Path) -> AccessContext:
    """With hashes that take hardly any time."""
    vault = Vault.open(key=None, file=tmp_path / "secret.key")
    return AccessContext(quick_store, vault, hashing=Hashing(64), token_hashing=Hashing(64, waits=3))
