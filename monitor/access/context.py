"""What the steps of this folder need."""

from dataclasses import dataclass, field

from monitor.access.hashing import Hashing
from monitor.access.tries import Tries
from monitor.access.verified import VerifiedTokens
from monitor.storage.store import Store
from monitor.vault import Vault

PROGRAMS_WAIT = 3.0
"""Seconds for a token to be verified behind others, the first time that it is shown."""


@dataclass(frozen=True, slots=True)
class AccessContext:
    """One for a process: what it counts and remembers counts for all its pages."""

    store: Store
    vault: Vault
    """Seals the secrets of authenticators."""
    requires_codes: bool = False
    """Whether everybody who signs in with a password needs a code as well."""
    hashing: Hashing = field(default_factory=Hashing)
    """Of passwords."""
    token_hashing: Hashing = field(default_factory=lambda: Hashing(waits=PROGRAMS_WAIT))
    """Of tokens: those who try passwords keep no program waiting. A program asks with many requests at once."""
    verified: VerifiedTokens = field(default_factory=VerifiedTokens)
    tries: Tries = field(default_factory=Tries)
