"""Whole checks, as processes, against a registry in a process of its own, in turn with a bare script.

A round is a data build of the registry: both look at it, and then both look again, when nothing is new. Each has a
database of its own, and writes down what it saw. `bench.peers` has other programs beside ours.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.figures import FLOOR, OURS, Figure, processor_figure
from bench.installed import Installed, installed, summary
from bench.process import Ran, in_turn, run
from bench.registry import Registry, served
from bench.wanted import Wanted

SCRIPT = Path(__file__).with_name("floor.py")
REFRESHED, QUIET = "refreshed, nothing moved", "nothing refreshed"
FEW, MANY, VERY_MANY = 100, 1_000, 10_000
QUIET_BARS = {MANY: 0.25}
REQUEST_BARS = {(MANY, REFRESHED): 5, (VERY_MANY, REFRESHED): 30}
CHANGED = 1_000
ALL_BUT_A_FEW = 0.95
"""Some changes are such that a trial counts as it was."""


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Watched trials of which none moved; and some that all did."""
    for trials in (FEW, MANY, VERY_MANY):
        yield from _unmoved(trials, wanted)
    yield _changed(wanted)


def _unmoved(trials: int, wanted: Wanted) -> Iterator[Figure]:
    say = partial(_say, wanted, f"{trials:,} trials")
    say("first check")
    with served(trials) as registry, installed(registry) as ours:
        asked = _asked(trials, ours, registry)
        programs = {
            (REFRESHED, OURS): ours.check,
            (REFRESHED, FLOOR): _bare("refreshed", asked, ours.folder),
            (QUIET, OURS): ours.check,
            (QUIET, FLOOR): _bare("quiet", [f"{registry.base_url}/version"], ours.folder),
        }
        ran = in_turn(programs, runs=wanted.runs, say=say, before_each_round=registry.refresh)
    for state in (QUIET, REFRESHED):
        name = f"check: {trials:,} watched, {state}"
        runs = {program: each for (during, program), each in ran.items() if during == state}
        yield processor_figure(name, runs, QUIET_BARS.get(trials) if state == QUIET else None)
        requests = max(summary(each)["requests"] for each in runs[OURS])
        yield Figure(f"{name}: requests", requests, "", 1 if state == QUIET else REQUEST_BARS.get((trials, state)))


def _changed(wanted: Wanted) -> Figure:
    say = partial(_say, wanted, f"{CHANGED:,} trials that change")
    say("first check")
    with served(CHANGED) as registry, installed(registry) as ours:
        ours.watch(CHANGED)
        ours.check()
        registry.evolve(CHANGED)
        asked = registry.asked(summary(ours.check())["requests"])
        programs = {OURS: ours.check, FLOOR: _bare("changed", asked, ours.folder)}
        ran = in_turn(programs, runs=wanted.runs, say=say, before_each_round=partial(registry.evolve, CHANGED))
    assert all(summary(each)["changed"] >= CHANGED * ALL_BUT_A_FEW for each in ran[OURS]), ran[OURS][0].output[-500:]
    return processor_figure(f"check: {CHANGED:,} watched, all of them changed", ran, 2)


def _asked(trials: int, ours: Installed, registry: Registry) -> Sequence[str]:
    """What is asked for in a check of a refreshed registry, after a first one."""
    ours.watch(trials)
    ours.check()
    registry.refresh()
    return registry.asked(summary(ours.check())["requests"])


def _bare(what: str, addresses: Sequence[str], folder: Path) -> Callable[[], Ran]:
    """The bare script; a single address is given as it is, and several in a file."""
    source = addresses[0]
    if what != "quiet":
        listed = folder / f"{what}.txt"
        listed.write_text("\n".join(addresses), encoding="utf-8")
        source = str(listed)
    return partial(run, [sys.executable, "-P", str(SCRIPT), what, source, f"{what}.sqlite3"], folder=folder)


def _say(wanted: Wanted, of_what: str, what: str) -> None:
    wanted.say(f"{of_what}: {what}")
