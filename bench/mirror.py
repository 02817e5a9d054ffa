"""Mirroring a whole registry, as processes: ours, and a sandbox that makes its trials while they are asked for.

The two share this machine, so the processor time of each is shown beside what the clock says.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.figures import Figure

TRIALS = 100_000
UPDATED = 2_000
FIRST = 90_000_001
"""The number of the first synthetic trial."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run of `monitor`: wall and processor seconds, those of the sandbox meanwhile, peak MB, the summary it gave."""

    seconds: float
    own: float
    sandbox: float
    peak_mb: float
    summary: dict[str, Any]


class Bench:
    """A sandbox, and a database beside it."""

    def __init__(self, folder: str, process: subprocess.Popen[str], base_url: str) -> None:
        self.folder = folder
        self._sandbox = process.pid
        self._base_url = base_url
        registry = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__"
        self._environment = {
            **os.environ,
            f"{registry}BASE_URL": base_url,
            f"{registry}REQUESTS_PER_SECOND": "1000",
        }

    def run(self, *arguments: str) -> Ran:
        """Run `monitor` to its end."""
        before = _processor_seconds(self._sandbox)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as taken:
            started = perf_counter()
            command = [sys.executable, "-m", "monitor", *arguments]
            process = subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=taken)
            _, status, usage = os.wait4(process.pid, 0)
            took = perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, command
            taken.seek(0)
            last = deque(taken, maxlen=1)
        summary = json.loads(last[0])["summary"] if last and "--json" in arguments else {}
        own = usage.ru_utime + usage.ru_stime
        return Ran(took, own, _processor_seconds(self._sandbox) - before, usage.ru_maxrss / 1024, summary)

    def control(self, what: str, **arguments: object) -> Any:
        """Pull one of the sandbox's controls, or read its state."""
        address = self._base_url.replace("/api/v2", f"/sandbox/{what}")
        data = json.dumps(arguments).encode() if what != "state" else None
        request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def update(self, count: int) -> None:
        """Publish a day's updates, spread over the registry, with the next data build."""
        day = self.control("state")["dataTimestamp"][:10]
        for place in range(count):
            values = {
                "EnrollmentCount": 10_000 + place,
                "LastUpdateSubmitDate": day,
                "LastUpdatePostDate": day,
                "LastUpdatePostDateType": "ACTUAL",
            }
            trial_id = f"NCT{FIRST + place * TRIALS // count}"
            self.control("edit", nct_id=trial_id, set=values, refresh=False)
        self.control("refresh")


def measure() -> list[Figure]:
    """The first sweep, the update of the day after, and a look when nothing is new."""
    with _bench() as bench:
        bench.run("watch", "add", "--all-trials")
        first = bench.run("check", "--json")
        bench.update(UPDATED)
        daily = bench.run("check", "--json")
        idle = bench.run("check", "--json")
        database = Path(bench.folder, "snapshots", "monitor.sqlite3").stat().st_size
    assert first.summary["baseline"] > TRIALS, first.summary
    assert daily.summary["changed"] >= UPDATED * 0.99, daily.summary
    name = f"mirror: {TRIALS:,} trials"
    return [
        Figure(f"{name}, first sweep", first.summary["checked"] / first.seconds, "a second", 500, at_least=True),
        Figure("mirror: the same, our processor time", first.own, "s"),
        Figure("mirror: the same, the sandbox's processor time", first.sandbox, "s"),
        Figure(f"{name}, peak memory", max(first.peak_mb, daily.peak_mb), "MB", 300),
        Figure(f"{name}, database", database / 1e6, "MB"),
        Figure(f"mirror: a day's update of {UPDATED:,}", daily.seconds, "s", 30),
        Figure("mirror: the same, our processor time", daily.own, "s"),
        Figure("mirror: the same, the sandbox's processor time", daily.sandbox, "s"),
        Figure("mirror: the same, requests", daily.summary["requests"], "requests"),
        Figure("mirror: nothing new, requests", idle.summary["requests"], "requests", 1),
        Figure("mirror: nothing new, work beyond start-up", 1000 * idle.summary["seconds"], "ms"),
    ]


@contextmanager
def _bench() -> Iterator[Bench]:
    command = [sys.executable, "-m", "monitor", "sandbox", "--port", "0", "--trials", str(TRIALS)]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        try:
            told = next(line for line in process.stderr if "BASE_URL=" in line)
            yield Bench(folder, process, told.split("BASE_URL=")[1].strip())
        finally:
            process.terminate()
            process.communicate()


def _processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
