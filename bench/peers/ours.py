"""registry-monitor itself."""

import json
import os
from collections.abc import Mapping
from importlib.metadata import version

from bench.installed import command, of_registry
from bench.owing import settings
from bench.peers.program import Look, Place, Program, arrived_during
from bench.process import Ran, run
from monitor.alerts.outbox import CLAIMED_FOR

READS_ALL = "10s"


class Ours(Program):
    """`monitor check`."""

    name = "monitor"
    package = "registry-monitor"
    environment = ".venv"
    takes_up_after = CLAIMED_FOR.total_seconds() + 5
    home = "index.md"
    used = (
        "`monitor check --json` over a list of trials (`watch add --file`), without the pause between two "
        "requests. Where somebody is told, a webhook is subscribed to everything with the defaults, the command is "
        "`monitor check --deliver`, and every look reads every record in full (`full_check_every = 10s`), so that "
        "nothing is right by not having looked."
    )

    def prepare(self, place: Place) -> None:
        """Watch the trials, and subscribe the registry's webhook receiver."""
        ids = place.folder / "ids.csv"
        ids.write_text("\n".join(place.trial_ids), encoding="utf-8")
        self._run(place, "watch", "add", "--file", str(ids))
        if place.tells:
            self._run(place, "subscribe", "webhook", place.registry.hooks(), "--all", "--json")

    def look(self, place: Place, *, limit: float = 0) -> Look:
        """Check, and deliver where somebody is told."""
        if place.tells:
            ran, told = arrived_during(
                place, "monitor", lambda: self._run(place, "check", "--json", "--deliver", status=None, limit=limit)
            )
            return Look(ran, told, *_counts(ran))
        ran = self._run(place, "check", "--json", status=None, limit=limit)
        lines = [json.loads(line) for line in ran.output.splitlines() if line.endswith("}")]
        told = [each["trial_id"] for each in lines if each.get("result") == "changed"]
        return Look(ran, told, *_counts(ran))

    def version(self) -> str | None:
        """Of the environment that measures."""
        return version(self.package)

    def _run(self, place: Place, *arguments: str, status: int | None = 0, limit: float = 0) -> Ran:
        environment = {**os.environ, **of_registry(place.registry.base_url), **_telling(place)}
        return run(command(*arguments), folder=place.folder, environment=environment, status=status, limit=limit)


def _telling(place: Place) -> Mapping[str, str]:
    return {**settings(), "MONITOR_SCHEDULE__FULL_CHECK_EVERY": READS_ALL} if place.tells else {}


def _counts(ran: Ran) -> tuple[int, int]:
    """How many trials failed, and how many were looked at."""
    last = ran.output.splitlines()[-1:]
    summary = json.loads(last[0]).get("summary", {}) if last and last[0].endswith("}") else {}
    return summary.get("failed", 0), summary.get("checked", 0)
