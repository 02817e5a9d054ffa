"""How long something has not worked, and the notice that tells the operator once.

| a step of a worker           | what it reports | what becomes of its trouble                                        |
|------------------------------|-----------------|--------------------------------------------------------------------|
| did its work                 | `Turn.WORKED`   | it is over                                                         |
| looked, and nothing was due  | `Turn.WORKED`   | it is over, unless claims hide what is due (see below)             |
| was skipped                  | `Turn.SKIPPED`  | it stands                                                          |
| failed                       | raises          | it begins, or goes on                                              |
| hangs, or its thread is gone | nothing         | the watchdog finds it                                              |

Three steps count as skipped: that of a standby; one in the pause after a pass that broke off; and, after sending broke
off, one that finds nothing due while the claims made then still hide what is owed. A registry's trouble ends with a
whole pass over that registry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

TOLD_AFTER = 10.0
"""Seconds: what is over by the next tick is no news."""
TOLD_AGAIN_AFTER = 60.0
"""Seconds between two tries to write the notice, where the database is what fails."""


@dataclass(slots=True)
class _Trouble:
    since: float
    is_notified: bool = False
    tried_at: float | None = None


class Troubles:
    """What does not work now. *notify* writes the notice of a trouble, given its name and words, if it can."""

    def __init__(self, notify: Callable[[str, str], bool], *, monotonic: Callable[[], float]) -> None:
        self._notify = notify
        self._monotonic = monotonic
        self._standing: dict[str, _Trouble] = {}

    def watch(self, problems: Mapping[str, str]) -> None:
        """Take up what does not work now, by name, and tell of what has lasted."""
        now = self._monotonic()
        self._standing = {name: self._standing.get(name) or _Trouble(now) for name in problems}
        for name, trouble in self._standing.items():
            is_due = trouble.tried_at is None or now - trouble.tried_at >= TOLD_AGAIN_AFTER
            if not trouble.is_notified and now - trouble.since >= TOLD_AFTER and is_due:
                trouble.tried_at = now
                trouble.is_notified = self._notify(name, problems[name])
