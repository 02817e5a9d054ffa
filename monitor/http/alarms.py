"""One thread that calls what is due at a moment: hundreds of requests under way need no thread each for their ends.

The rule to keep: what is called neither waits nor raises, because whatever else is due waits for it.
"""

import time
from collections.abc import Callable
from math import inf
from threading import Condition, Thread


class _Alarms:
    """What is to be called when, by whose alarm it is; each has one at most."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._looks_at = inf
        self._thread: Thread | None = None

    def set(self, owner: object, at: float, call: Callable[[], None]) -> None:
        with self._changed:
            self._due[owner] = at, call
            # A process that was forked has the object, and not the thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="alarms", daemon=True)
                self._thread.start()
            if at < self._looks_at:
                self._changed.notify()

    def cancel(self, owner: object) -> None:
        with self._changed:
            self._due.pop(owner, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for owner in [owner for owner, (at, _) in self._due.items() if at <= now]:
                    _, call = self._due.pop(owner)
                    call()
                self._looks_at = min((at for at, _ in self._due.values()), default=inf)
                self._changed.wait(None if self._looks_at == inf else max(self._looks_at - now, 0))


_alarms = _Alarms()


def set_alarm(owner: object, at: float, call: Callable[[], None]) -> None:
    """Call *call* at that monotonic time, in place of what was to be called for *owner* before."""
    _alarms.set(owner, at, call)


def cancel(owner: object) -> None:
    """Call nothing more for *owner*; what is being called for it has ended when this returns."""
    _alarms.cancel(owner)
