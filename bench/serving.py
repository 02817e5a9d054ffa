"""The memory of `monitor serve` when it has nothing to do: where trials are watched, some time after its first pass."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

from bench.figures import Figure
from bench.installed import Installed, command, installed
from bench.registry import served
from bench.wanted import Wanted

SIZES = {0: 80, 10_000: 90}
"""Watched trials, and MB."""
STARTED, PASSED = '"event":"serving"', '"registry_version":"'
"""What its log says once it runs, and after a pass; nothing is asked where nothing is watched."""
SETTLES = 10
"""Seconds after that, with some ticks of its clock in them."""
LONGEST = 120


def measure(wanted: Wanted) -> Iterator[Figure]:
    """A service with nothing to watch, and one with many trials that did not move."""
    for trials, bar in SIZES.items():
        wanted.say(f"{trials:,} trials")
        with served(trials) as registry, installed(registry, {"MONITOR_WEB__BIND": "127.0.0.1:0"}) as ours:
            if trials:
                ours.watch(trials)
                ours.check()
                registry.refresh()
            idle, peak = _memory(ours, after=PASSED if trials else STARTED)
        name = f"serve: {trials:,} trials watched" if trials else "serve: nothing watched"
        yield Figure(f"{name}, idle", idle, "MB", bar)
        yield Figure(f"{name}, at its most", peak, "MB")


def _memory(ours: Installed, *, after: str) -> tuple[float, float]:
    """MB resident once it is idle, some time after its log said that, and the most there were."""
    with (ours.folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command("serve"), cwd=ours.folder, env=ours.environment, stderr=log)
        try:
            _wait_for(after, ours.folder / "log", process)
            sleep(SETTLES)
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(LONGEST)
    found = dict(re.findall(r"(VmRSS|VmHWM):\s*(\d+) kB", status))
    return int(found["VmRSS"]) / 1024, int(found["VmHWM"]) / 1024


def _wait_for(words: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    until = monotonic() + LONGEST
    while words not in (said := log.read_text(encoding="utf-8")):
        if monotonic() > until or process.poll() is not None:
            raise RuntimeError(f"monitor serve came to no {words}:\n{said[-2000:]}")
        sleep(0.2)
