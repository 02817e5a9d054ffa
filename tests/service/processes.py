"""Real processes that run `monitor serve`, and what they log and answer."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import urlopen

from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import health
from monitor.storage.health import Health
from monitor.storage.store import Store

LONGEST = 120.0


def eventually(is_so: Callable[[], Any], *, within: float = LONGEST) -> Any:
    """What *is_so* gives once that is true."""
    until = time.monotonic() + within
    while not (found := is_so()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return found


class Served:
    """One process. `lines` is its log so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line) if line.startswith("{") else {"event": line.strip()})

    def says(self, event: str, *, times: int = 1) -> dict[str, Any]:
        """The line with which it says so, once it has."""

        def said() -> list[dict[str, Any]]:
            found = [line for line in self.lines if line["event"].startswith(event)][times - 1 :]
            assert found or self.process.poll() is None, f"it ended, having said {self.lines[-5:]} and not {event!r}"
            return found

        first: dict[str, Any] = eventually(said)[0]
        return first

    @property
    def address(self) -> str:
        """Where it answers, once it does."""
        address: str = self.says("serving")["address"]
        return address

    def asked(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        try:
            with urlopen(f"http://{self.address}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def connected(self) -> socket.socket:
        """A connection to it on which nothing has been said."""
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=20)

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ended(self) -> int:
        """Its exit status."""
        status = self.process.wait(timeout=LONGEST)
        self._reader.join()
        return status


class Serving:
    """A folder with a configuration, where services are started. All that still run are killed in the end."""

    def __init__(self, folder: Path, store_url: str, sandbox: Sandbox) -> None:
        self.folder = folder
        self.store_url = store_url
        self.sandbox = sandbox
        self.store = Store.open(store_url)
        self._running: list[Served] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for served in self._running:
            served.kill()
            served.ended()
            served.process.stderr.close()  # type: ignore[union-attr]
        self.store.close()

    def configure(self, text: str) -> None:
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    def start(self, *options: str, bind: str = "127.0.0.1:0", limit: int | None = None, **variables: str) -> Served:
        """Start a service; *limit*: with so many file descriptors; *variables*: of its environment."""
        return self._start("serve", "--bind", bind, *options, limit=limit, variables=variables)

    def start_worker(self, **variables: str) -> Served:
        """Start a worker; *variables*: of its environment."""
        return self._start("worker", variables=variables)

    def _start(self, *command: str, variables: Mapping[str, str], limit: int | None = None) -> Served:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        environment |= {
            "PYTHONPATH": str(Path(__file__).parent.parent.parent),
            "MONITOR_STORE__URL": self.store_url,
            "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL": self.sandbox.base_url,
            "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__REQUESTS_PER_SECOND": "1000",
            **variables,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", *command],
            cwd=self.folder,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        if limit:
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        self._running.append(Served(process))
        return self._running[-1]

    def make_due(self) -> None:
        """Let the next look be due now, as if an hour had gone by."""
        with self.store.begin() as tx:
            health.record(tx, Health(ClinicalTrialsGov.key, datetime.now(UTC) - timedelta(seconds=1)))

    def look_now(self, served: Served) -> None:
        """SIGHUP wakes it, so that nobody waits for the tick."""
        self.make_due()
        served.signal(signal.SIGHUP)
