"""How long commands that do little take, from start to exit, beside a Python that does nothing."""

import sys
from collections.abc import Callable, Iterator
from functools import partial

from bench.figures import OURS, Figure, processor_figure
from bench.installed import Installed, installed
from bench.process import Ran, in_turn, run
from bench.registry import served
from bench.wanted import Wanted

TRIALS = 100
BARE_PYTHON = "a bare Python"
BARS = {
    ("--version",): 0.1,
    ("--help",): 0.15,
    ("check", "--help"): 0.15,
    ("watch", "list"): 0.5,
    ("status",): 0.5,
    ("changes",): 0.5,
    ("show", "NCT90000001"): 0.5,
    ("history", "NCT90000001"): 0.5,
    ("subscriptions", "list"): 0.5,
    ("deliveries", "list"): 0.5,
    ("deliver",): 0.5,
    ("held", "list"): 0.5,
}
"""Processor seconds."""


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Each command over a hundred trials that were checked once, and the bare Python, in turn."""
    with served(TRIALS) as registry, installed(registry) as ours:
        ours.watch(TRIALS)
        ours.check()
        nothing = partial(run, [sys.executable, "-c", "pass"], folder=ours.folder)
        ran = in_turn({(BARE_PYTHON,): nothing, **_commands(ours)}, runs=wanted.runs, say=wanted.say)
    for words, bar in BARS.items():
        yield processor_figure(f"monitor {' '.join(words)}", {OURS: ran[words], BARE_PYTHON: ran[(BARE_PYTHON,)]}, bar)


def _commands(ours: Installed) -> dict[tuple[str, ...], Callable[[], Ran]]:
    return {words: partial(ours.run, *words) for words in BARS}
