"""Where the time goes: the shares of packages in a command's time, by Python's own profiler.

A function's time without that of those it calls counts for the package that it lies in, and that of C functions for
whoever calls them. The profiler slows Python code more than C, so shares tell where to look, and not how long it takes.
"""

import os
import pstats
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench.figures import Figure
from bench.installed import Installed, installed
from bench.owing import Owed, database, settings
from bench.process import run
from bench.registry import Registry, served
from bench.sinks import sink
from bench.wanted import Wanted

TRIALS = 1_000
DELIVERED = 20
SCRIPT = Path(__file__).with_name("profiled.py")
LEAST = 3.0
"""Per cent: less is put together."""
OTHERS = "all others"
IMPORTING = "importing"
LIBRARY = Path(os.__file__).parent.name

Place = tuple[str, int, str]
"""File, line and function, as pstats has it."""


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Of checks in which more and more is to do, and of sending, the share of each package."""
    states: Mapping[str, Callable[[Registry], object]] = {
        "nothing refreshed": lambda _: None,
        "refreshed, nothing moved": Registry.refresh,
        "all of them changed": lambda registry: registry.evolve(TRIALS),
    }
    with served(TRIALS) as registry, installed(registry) as ours:
        ours.watch(TRIALS)
        ours.check()
        for state, bring_about in states.items():
            wanted.say(state)
            bring_about(registry)
            yield from _figures(f"check: {TRIALS:,} watched, {state}", _profile(ours, "check", "--json"))
    with sink("webhook") as [port]:
        wanted.say("deliveries")
        hooks = Owed("webhook", [f"http://127.0.0.1:{port}/{number}" for number in range(DELIVERED)], DELIVERED)
        with database(hooks) as owing, installed(environment=settings()) as ours:
            url = f"sqlite:///{owing}"
            yield from _figures(f"deliver: {hooks.count:,} webhooks", _profile(ours, "deliver", MONITOR_STORE__URL=url))


def _profile(ours: Installed, *arguments: str, **variables: str) -> Mapping[str, float]:
    """Processor seconds by package."""
    file = ours.folder / "profile"
    command = [sys.executable, "-P", str(SCRIPT), str(file), *arguments]
    run(command, folder=ours.folder, environment={**ours.environment, **variables, "PYTHONPATH": _path(ours)})
    return _by_package(pstats.Stats(str(file)))


def _path(ours: Installed) -> str:
    """A script is found by its own folder, and the package by this one's."""
    return f"{SCRIPT.parent.parent}:{ours.environment.get('PYTHONPATH', '')}".rstrip(":")


def _by_package(stats: pstats.Stats) -> Mapping[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for place, (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if place[0] == "~" and callers:
            for caller, (_, _, own_from_there, _) in callers.items():
                found[_package(caller)] += own_from_there
        else:
            found[_package(place)] += own
    # A thread that still waits when all is over seems to have waited on the time of the thread that asks.
    found.pop("Python's threading", None)
    return found


def _package(place: Place) -> str:
    """`sqlalchemy`, `monitor.storage`, `Python's re`, or importing."""
    file = Path(place[0])
    if "importlib" in place[0]:
        return IMPORTING
    for above, named in (("site-packages", "{}"), ("monitor", "monitor.{}"), (LIBRARY, "Python's {}")):
        if above in file.parts[:-1]:
            below = file.parts[len(file.parts) - file.parts[::-1].index(above)]
            return named.format(below.removesuffix(".py"))
    return "Python"


def _figures(name: str, by_package: Mapping[str, float]) -> Iterator[Figure]:
    whole = sum(by_package.values())
    shares = {package: 100 * own / whole for package, own in by_package.items()}
    shown = {package: share for package, share in shares.items() if share >= LEAST}
    for package, share in sorted(shown.items(), key=lambda item: -item[1]):
        yield Figure(f"{name}: {package}", share, "%")
    yield Figure(f"{name}: {OTHERS}", 100 - sum(shown.values()), "%")
