"""The registry of the benchmarks: a sandbox in a process of its own, a day further with every data build.

`python -m bench.registry TRIALS` serves it until it is ended, and prints its address.
"""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from io import BufferedIOBase
from random import Random
from threading import Lock
from typing import Any

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.clinicaltrials_gov.synthetic import evolve
from monitor.sandbox.control_request import ControlRequest
from monitor.sandbox.exchange import Answer, Request
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.misbehaviour import Misbehaviour
from monitor.sandbox.receiver import WebhookReceiver
from monitor.sandbox.registry import API, run
from monitor.sandbox.server import Exchange, Server

FIRST = 90_000_001
"""The number of the first synthetic trial."""
DAYS = 2_000
"""How long ago it begins, so that no data build is of a day that is still to come."""
DAYS_TO_EVOLVE = 60

Study = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was asked of the registry so far, and what it sent for that."""

    requests: int = 0
    not_modified: int = 0
    sent: int = 0
    """Bytes, heads and bodies, as they went out."""

    def since(self, former: "Traffic") -> "Traffic":
        """What came to it after *former*."""
        return Traffic(
            self.requests - former.requests, self.not_modified - former.not_modified, self.sent - former.sent
        )


class _Counted(BufferedIOBase):
    """Passes on what is written, and tells how much that was."""

    def __init__(self, to: BufferedIOBase, count: Callable[[int], None]) -> None:
        self._to, self._count = to, count

    def write(self, data: Any) -> int:
        self._count(len(data))
        return self._to.write(data)


class _CountedExchange(Exchange):
    """Counts what the API sends, and not what controls do."""

    def setup(self) -> None:
        super().setup()
        self.wfile = _Counted(self.wfile, self._count)

    def _count(self, size: int) -> None:
        if self.path.startswith(API) and isinstance(self.server, _CountingServer):
            self.server.count(size)


class _CountingServer(Server):
    """Knows how many bytes it sent."""

    def __init__(self, port: int, respond: Callable[[Request], tuple[Answer, Misbehaviour | None]]) -> None:
        self.sent = 0
        self._counting = Lock()
        super().__init__(port, respond)
        self.RequestHandlerClass = _CountedExchange  # before anybody knows the port

    def count(self, size: int) -> None:
        """Add to what was sent."""
        with self._counting:
            self.sent += size


class BenchRegistry(Sandbox):
    """A sandbox that begins some years ago, counts, keeps all webhooks, and can change all its trials at once."""

    def __init__(self, trials: int) -> None:
        inboxes = Inboxes(receiver=WebhookReceiver())
        super().__init__(trials=trials, day=(datetime.now(UTC) - timedelta(days=DAYS)).date(), inboxes=inboxes)
        self._requests_so_far = self._not_modified = 0

    def answer(self, request: Request, misbehaviour: Misbehaviour | None) -> Answer:
        """As every sandbox, and count it."""
        answer = super().answer(request, misbehaviour)
        self._requests_so_far += 1
        self._not_modified += answer.status == HTTPStatus.NOT_MODIFIED
        return answer

    def _listen(self, port: int) -> int:
        self._server = _CountingServer(port, self._respond)
        return self._server.server_port

    @property
    def traffic(self) -> Traffic:
        """So far."""
        sent = self._server.sent if isinstance(self._server, _CountingServer) else 0
        return Traffic(self._requests_so_far, self._not_modified, sent)

    def trial_controls(self) -> Mapping[str, Callable[[ControlRequest], str]]:
        """Those of every sandbox, `evolve`, and two that tell as JSON what was asked and what arrived."""
        return {
            **super().trial_controls(),
            "evolve": self._asked_to_evolve,
            "traffic": lambda _: json.dumps(asdict(self.traffic)),
            "arrivals": lambda _: json.dumps(self.arrivals()),
            "hooks": lambda _: self.inboxes.receiver.url if self.inboxes.receiver else "",
        }

    def arrivals(self) -> list[tuple[str, str]]:
        """The webhooks that came, in their order: who sent it, and the first trial that it names."""
        named = [(each, re.search(rb"NCT\d{8}", each.body)) for each in self.inboxes.webhooks]
        return [(each.headers.get("user-agent", ""), found[0].decode()) for each, found in named if found]

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

    def traffic(self) -> Traffic:
        """What was asked of it so far."""
        return Traffic(**json.loads(self.control("traffic")["done"]))

    def hooks(self) -> str:
        """The address of its webhook receiver."""
        return str(self.control("hooks")["done"])

    def arrivals(self) -> list[tuple[str, str]]:
        """The webhooks that came, in their order: the sender's User-Agent, and the first trial that it names."""
        return [(sender, trial_id) for sender, trial_id in json.loads(self.control("arrivals")["done"])]

    def study(self, trial_id: str) -> Study:
        """A trial's live version."""
        with urllib.request.urlopen(f"{self.base_url}/studies/{trial_id}") as answer:
            return dict(json.loads(answer.read()))

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
