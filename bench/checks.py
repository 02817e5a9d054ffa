"""Whole checks, as processes, against a sandbox in a process of its own.

The bare script that ours is compared with does the same GETs with requests and parses the answers with orjson, and
nothing else: it knows beforehand what to ask. What is compared is the work, from the first request to the last line;
the start-up, in which ours loads a database library and the other nothing, is shown beside it.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.figures import Figure, ratio_of_pairs

BARE = """
import sys, time, orjson, requests
started = time.perf_counter()
session = requests.Session()
for url in sys.stdin.read().split():
    orjson.loads(session.get(url).content)
print(time.perf_counter() - started)
"""

PAIRS = 5


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process did: wall seconds, peak memory in MB, standard output."""

    seconds: float
    peak_mb: float
    output: str


def measure() -> list[Figure]:
    """A thousand and ten thousand watched trials, refreshed or not."""
    thousand, ten_thousand = _measure(1_000), _measure(10_000)
    per_trial = (ten_thousand["pass"] / 10_000) / (thousand["pass"] / 1_000)
    return [
        Figure("check: 1,000 refreshed, nothing moved, requests", thousand["requests"], "requests", 5),
        Figure("check: 1,000 refreshed, nothing moved, × a bare script", thousand["ratio"], "×", 3),
        Figure("check: the same, with both processes' start-up", thousand["whole"], "×"),
        Figure("check: 10,000 refreshed, nothing moved, requests", ten_thousand["requests"], "requests", 30),
        Figure("check: 10,000 refreshed, nothing moved, × a bare script", ten_thousand["ratio"], "×"),
        Figure("check: 10,000 refreshed, peak memory", ten_thousand["peak"], "MB", 150),
        Figure("check: time a trial at 10,000, × that at 1,000", per_trial, "×", 1),
        Figure("check: 1,000 not refreshed, requests", thousand["idle_requests"], "requests", 1),
        Figure("check: 1,000 not refreshed, work beyond start-up", 1000 * thousand["idle"], "ms", 20),
    ]


def _measure(trials: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, _sandbox(trials) as base_url:
        here = _environment(base_url)
        ids = Path(folder, "ids.csv")
        ids.write_text("\n".join(f"NCT{90_000_001 + index}" for index in range(trials)), encoding="utf-8")
        _monitor(folder, here, "watch", "add", "--file", str(ids))
        _monitor(folder, here, "check", "--json")
        # A second look at everything: the server has written all that it will be asked for.
        _refresh(base_url)
        _monitor(folder, here, "check", "--json")
        asked = _asked_by(base_url, folder, here)
        peaks: list[float] = []
        passes: list[float] = []
        bare_passes: list[float] = []

        def ours() -> float:
            _refresh(base_url)
            ran = _monitor(folder, here, "check", "--json")
            peaks.append(ran.peak_mb)
            passes.append(_summary(ran)["seconds"])
            return ran.seconds

        def bare() -> float:
            ran = _run(folder, here, [sys.executable, "-c", BARE], asked)
            bare_passes.append(float(ran.output))
            return ran.seconds

        whole = ratio_of_pairs(ours, bare, pairs=PAIRS)
        _refresh(base_url)
        refreshed = _summary(_monitor(folder, here, "check", "--json"))
        idle = [_summary(_monitor(folder, here, "check", "--json")) for _ in range(PAIRS)]
        return {
            "requests": refreshed["requests"],
            "whole": whole,
            "ratio": median(ours / theirs for ours, theirs in zip(passes, bare_passes, strict=True)),
            "peak": max(peaks),
            "pass": median(passes),
            "idle_requests": max(each["requests"] for each in idle),
            "idle": median(each["seconds"] for each in idle),
        }


@contextmanager
def _sandbox(trials: int) -> Iterator[str]:
    """A sandbox in a process of its own; its base URL."""
    command = [sys.executable, "-m", "monitor", "sandbox", "--port", "0", "--trials", str(trials)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        for line in process.stderr:
            if "BASE_URL=" in line:
                yield line.split("BASE_URL=")[1].strip()
                break
    finally:
        process.terminate()
        process.communicate()


def _environment(base_url: str) -> dict[str, str]:
    registry = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__"
    return {**os.environ, f"{registry}BASE_URL": base_url, f"{registry}REQUESTS_PER_SECOND": "1000"}


def _monitor(folder: str, environment: dict[str, str], *arguments: str) -> Ran:
    return _run(folder, environment, [sys.executable, "-m", "monitor", *arguments])


def _run(folder: str, environment: dict[str, str], command: list[str], stdin: str = "") -> Ran:
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as given,
        tempfile.TemporaryFile("w+", encoding="utf-8") as taken,
    ):
        given.write(stdin)
        given.seek(0)
        started = perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=given, stdout=taken)
        _, status, usage = os.wait4(process.pid, 0)
        took = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, command
        taken.seek(0)
        return Ran(took, usage.ru_maxrss / 1024, taken.read())


def _summary(ran: Ran) -> dict[str, float]:
    return json.loads(ran.output.splitlines()[-1])["summary"]


def _refresh(base_url: str) -> None:
    _control(base_url, "refresh", b"{}")


def _asked_by(base_url: str, folder: str, environment: dict[str, str]) -> str:
    """The addresses that a check of a refreshed registry asks for, one a line."""
    _refresh(base_url)
    count = int(_summary(_monitor(folder, environment, "check", "--json"))["requests"])
    state = json.loads(_control(base_url, "state"))
    server = base_url.removesuffix("/api/v2")
    return "\n".join(server + request["target"] for request in state["requests"][-count:])


def _control(base_url: str, what: str, body: bytes | None = None) -> bytes:
    address = base_url.replace("/api/v2", f"/sandbox/{what}")
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.read()
