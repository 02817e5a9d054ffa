"""Mirroring a whole registry, as processes: ours, and a sandbox that makes its trials while they are asked for.

The two share this machine, so the processor time of each is shown beside what the clock says.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.installed import Installed, installed, summary
from bench.process import Ran
from bench.registry import FIRST, Registry, served
from bench.wanted import Wanted

TRIALS = 100_000
UPDATED = 2_000


def measure(wanted: Wanted) -> Iterator[Figure]:
    """The first sweep, the update of the day after, and a look when nothing is new; once each, as it takes minutes."""
    with served(TRIALS) as registry, installed(registry) as ours:
        ours.run("watch", "add", "--all-trials")
        wanted.say("first sweep")
        first, meanwhile = _run(ours, registry)
        update(registry, UPDATED, TRIALS)
        wanted.say("a day's update")
        daily, meanwhile_daily = _run(ours, registry)
        idle = ours.check()
        database = ours.database.stat().st_size
    assert summary(first)["baseline"] > TRIALS, summary(first)
    assert summary(daily)["changed"] >= UPDATED * 0.99, summary(daily)
    name, update_ = f"mirror: {TRIALS:,} trials", f"mirror: a day's update of {UPDATED:,}"
    rate = summary(first)["checked"] / first.wall
    yield Figure(f"{name}, first sweep", rate, "a second", 500, at_least=True, wall=first.wall)
    yield Figure("mirror: the same, our processor time", first.cpu, "s")
    yield Figure("mirror: the same, the registry's processor time on the same machine", meanwhile, "s")
    yield Figure(f"{name}, peak memory", max(first.peak_mb, daily.peak_mb), "MB", 170)
    yield Figure(f"{name}, database", database / 1e6, "MB")
    yield Figure(update_, daily.wall, "s", 30)
    yield Figure(f"{update_}: our processor time", daily.cpu, "s")
    yield Figure(f"{update_}: the registry's processor time", meanwhile_daily, "s")
    yield Figure(f"{update_}: requests", summary(daily)["requests"], "")
    yield Figure("mirror: nothing new, processor time", idle.cpu, "s", wall=idle.wall, peak_mb=idle.peak_mb)
    yield Figure("mirror: nothing new, requests", summary(idle)["requests"], "", 1)


def _run(ours: Installed, registry: Registry) -> tuple[Ran, float]:
    """A check, and the processor seconds of the registry meanwhile."""
    before = processor_seconds(registry.pid)
    ran = ours.check()
    return ran, processor_seconds(registry.pid) - before


def update(registry: Registry, updated: int, trials: int) -> None:
    """Publish a day's updates of so many of its *trials*, spread over them, with the next data build."""
    day = registry.control("state")["dataTimestamp"][:10]
    for place in range(updated):
        values = {
            "EnrollmentCount": 10_000 + place,
            "LastUpdateSubmitDate": day,
            "LastUpdatePostDate": day,
            "LastUpdatePostDateType": "ACTUAL",
        }
        trial_id = f"NCT{FIRST + place * trials // updated}"
        registry.control("edit", nct_id=trial_id, set=values, refresh=False)
    registry.refresh()


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
