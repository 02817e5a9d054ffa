"""The registry of the benchmarks: a sandbox in a process of its own, a day further with every data build.

`python -m bench.registry TRIALS` serves it until it is ended, and prints its address.
"""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.clinicaltrials_gov.synthetic import evolve
from monitor.sandbox.control_request import ControlRequest
from monitor.sandbox.registry import run

FIRST = 90_000_001
"""The number of the first synthetic trial."""
DAYS = 2_000
"""How long ago it begins, so that no data build is of a day that is still to come."""
DAYS_TO_EVOLVE = 60

Study = dict[str, Any]


class BenchRegistry(Sandbox):
    """A sandbox that begins some years ago, and can change all its trials at once."""

    def __init__(self, trials: int) -> None:
        super().__init__(trials=trials, day=(datetime.now(UTC) - timedelta(days=DAYS)).date())

    def trial_controls(self) -> Mapping[str, Callable[[ControlRequest], str]]:
        """Those of every sandbox, and `evolve`."""
        return {**super().trial_controls(), "evolve": self._asked_to_evolve}

    def _asked_to_evolve(self, request: ControlRequest) -> str:
        trials = int(request.arguments["trials"])
        self.evolve(trials)
        return f"Changed {trials} trials"

    def evolve(self, trials: int) -> None:
        """Publish a new version of so many trials, each with one more person enrolled and a change of its own.

        The updates are of the last two months. Were they all of one day, or undated, the program would take them for
        the registry's own doing.
        """
        for _ in range(DAYS_TO_EVOLVE):
            self.refresh()
        for number in range(FIRST, FIRST + trials):
            chance = Random(f"{self.build.date} {number}")
            study = evolve(self.study(f"NCT{number}"), chance).study
            _enrol_and_date(study, self.build.at.date() - timedelta(days=chance.randrange(DAYS_TO_EVOLVE)))
            self.publish(study, refresh=False)
        self.refresh()


def _enrol_and_date(study: Study, day: date) -> None:
    if enrolled := study["protocolSection"].get("designModule", {}).get("enrollmentInfo"):
        enrolled["count"] += 1
    study["protocolSection"]["statusModule"] |= {
        "statusVerifiedDate": day.isoformat()[:7],
        "lastUpdateSubmitDate": day.isoformat(),
        "lastUpdatePostDateStruct": {"date": day.isoformat(), "type": "ACTUAL"},
    }


class Registry:
    """The registry, seen from the process that measures."""

    def __init__(self, process: subprocess.Popen[str], base_url: str) -> None:
        self.pid = process.pid
        self.base_url = base_url

    def control(self, what: str, **arguments: object) -> Any:
        """Use one of the sandbox's controls, or read its state."""
        address = self.base_url.replace("/api/v2", f"/sandbox/{what}")
        data = json.dumps(arguments).encode() if what != "state" else None
        request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def refresh(self) -> None:
        """Make the next day's data build live, in which nothing changed but its day."""
        self.control("refresh")

    def evolve(self, trials: int) -> None:
        """Make the next day's data build live, in which so many trials changed."""
        self.control("evolve", trials=trials)

    def asked(self, count: int) -> list[str]:
        """The addresses of the last *count* requests; the sandbox remembers fifty."""
        server = self.base_url.removesuffix("/api/v2")
        return [server + request["target"] for request in self.control("state")["requests"][-count:]]


@contextmanager
def served(trials: int) -> Iterator[Registry]:
    """A registry with so many synthetic trials, in a process of its own."""
    command = [sys.executable, "-m", "bench.registry", str(trials)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield Registry(process, process.stdout.readline().strip())
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    run(BenchRegistry(int(sys.argv[1])), on_ready=lambda registry: print(registry.base_url, flush=True))
