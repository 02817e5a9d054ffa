"""Hashes of secrets by argon2id, one at a time: each takes 19 MiB and some 40 ms, whoever asks for it.

Who has to wait behind too many others is refused instead, so that strangers who try passwords take up neither the
memory nor the threads that readers need. The parameters are those of OWASP's Password Storage Cheat Sheet.

Fact: glibc keeps what each thread has freed for that thread. Hashing in the threads of those who ask took 200 MB after
some thousand tries; in a thread of its own it takes 40.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from monitor.errors import TriedTooOften

MOST_WAITING = 3
"""Those that may wait for the one that is at work."""
MEMORY = 19 * 1024
"""KiB that a hash takes."""
_BUSY_FOR = 2.0


T = TypeVar("T")


class Hashing:
    """Makes and verifies hashes."""

    def __init__(self, memory: int = MEMORY, *, waits: float = 0) -> None:
        """*waits*: how many seconds somebody may wait for a place behind others before being refused."""
        self._waits = waits
        self._hasher = PasswordHasher(time_cost=2, memory_cost=memory, parallelism=1)
        self._places = BoundedSemaphore(1 + MOST_WAITING)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="hashing")
        self._of_nothing: str | None = None

    def hash(self, secret: str) -> str:
        """The hash of a secret, with a new salt. Raise TriedTooOften where too many wait."""
        return self._in_turn(lambda: self._hasher.hash(_bytes(secret)))

    def verify(self, hashed: str | None, secret: str) -> bool:
        """Whether the hash is of that secret. It takes as long where there is none; raise as `hash` does."""
        return self._in_turn(lambda: self._verify(hashed, secret))

    def is_outdated(self, hashed: str) -> bool:
        """Whether the hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str | None, secret: str) -> bool:
        if self._of_nothing is None:
            self._of_nothing = self._hasher.hash("")
        try:
            return self._hasher.verify(hashed or self._of_nothing, _bytes(secret)) and hashed is not None
        except (Argon2Error, InvalidHashError):
            return False

    def _in_turn(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(timeout=self._waits):
            raise TriedTooOften("too many sign in at this moment: try again in a few seconds", wait=_BUSY_FOR)
        try:
            return self._worker.submit(work).result()
        finally:
            self._places.release()


def _bytes(secret: str) -> bytes:
    # However a keyboard composes an accent, it is the same password: NIST SP 800-63B, 3.1.1.2.
    return normalize("NFC", secret).encode("utf-8", "surrogatepass")
