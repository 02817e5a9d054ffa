"""Parts of a worker with a log that the test reads and a clock that it moves."""

import io
from datetime import UTC, datetime

from monitor.service.logs import make_log
from monitor.worker.presence import Presence

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Logged:
    def __init__(self) -> None:
        self.elapsed = 0.0
        self.written = io.StringIO()
        self.log = make_log(self.written, as_json=True, clock=lambda: NOW)

    def presence(self, own: str) -> Presence:
        return Presence(own, clock=lambda: NOW, monotonic=lambda: self.elapsed, log=self.log)
