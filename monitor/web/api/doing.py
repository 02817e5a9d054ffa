"""What this process is doing under keys at the moment: the same is not begun twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from monitor.storage.once import Asked
from monitor.web.api.problems import KEY_IN_USE, Problem


class Doing:
    """What this process is doing under keys at the moment."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()
        self._lock = Lock()

    @contextmanager
    def alone(self, asked: Asked) -> Iterator[None]:
        """Do it; Problem where it is being done already."""
        key = (asked.whose, asked.key)
        with self._lock:
            if key in self._keys:
                words = "The request with this Idempotency-Key is still in progress: try again in a moment."
                raise Problem(KEY_IN_USE, words, headers={"Retry-After": "1"})
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)
