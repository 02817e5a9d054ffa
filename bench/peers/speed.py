"""What a look costs: each program in turn, in each state of the registry, over more and more trials.

    first          the folder is empty
    not refreshed  the registry has nothing that was not seen before
    refreshed      a newer data build, in which no watched trial changed
    20 changed     a newer data build, in which twenty did, each in one way
    late           as refreshed, and every answer takes 200 ms longer

A round is all of that, with a new folder for each program; the programs are in another order in each. One that needs
more than a minute for its first look has one round, and one that needs more than ten minutes for any is ended there.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.installed import trial_ids
from bench.peers.program import Look, Place, Program
from bench.peers.publishing import publish_changes
from bench.peers.results import Results, Row
from bench.registry import Registry, Traffic, served

SIZES = (100, 1_000, 10_000)
FIRST, QUIET, REFRESHED, CHANGED, LATE = "first", "not refreshed", "refreshed", "20 changed", "late"
STATES = (FIRST, QUIET, REFRESHED, CHANGED, LATE)
CHANGES = 20
DELAY = 0.2
LIMIT, SLOW = 600.0, 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """One size, and where its rows go."""

    size: int
    registry: Registry
    results: Results
    say: Callable[[str], None]

    def key(self, program: Program, round_: int, state: str) -> tuple[str | int, ...]:
        """Of the row of one look."""
        return "speed", self.size, state, program.name, round_


def measure(
    programs: Sequence[Program], results: Results, *, sizes: Sequence[int], runs: int, say: Callable[[str], None]
) -> None:
    """Measure what is missing of so many rounds."""
    for size in sizes:
        rounds = [number for number in range(runs) if missing(programs, results, size, number)]
        if not rounds:
            continue
        say(f"speed: {size:,} trials: starting the registry")
        with served(size) as registry:
            measuring = Measuring(size, registry, results, say)
            _warm_up(programs, measuring)
            for number in rounds:
                _round(missing(programs, results, size, number), number, measuring)


def missing(programs: Sequence[Program], results: Results, size: int, number: int) -> list[Program]:
    """The programs of which a round is not there, in its own order."""
    turned = [*programs[number % len(programs) :], *programs[: number % len(programs)]]
    return [each for each in turned if _is_wanted(each, results, size, number)]


def _is_wanted(program: Program, results: Results, size: int, number: int) -> bool:
    first = results.get("speed", size, FIRST, program.name, 0)
    if number and first and (first["wall"] > SLOW or not first["is_complete"]):
        return False
    rows = [results.get("speed", size, state, program.name, number) for state in STATES]
    is_ended = any(row and not row["is_complete"] for row in rows)
    return not (all(rows) or is_ended)


@contextmanager
def _place(measuring: Measuring, trials: Sequence[str]) -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        yield Place(Path(folder), measuring.registry, trials)


def _warm_up(programs: Sequence[Program], measuring: Measuring) -> None:
    """Have the registry make its trials, and the machine read the programs, before anybody's time counts."""
    few = trial_ids(min(measuring.size, 20))
    for program in programs:
        with _place(measuring, few) as place:
            program.prepare(place)
            program.look(place)
    for trial_id in trial_ids(measuring.size):
        measuring.registry.study(trial_id)


def _round(programs: Sequence[Program], number: int, measuring: Measuring) -> None:
    """All states in turn; a program that cannot finish one is left out of those that follow."""
    with tempfile.TemporaryDirectory() as folder:
        places = {each.name: _prepared(each, Path(folder), measuring) for each in programs}
        going = list(programs)
        for state in STATES:
            changed = BECOMES[state](measuring, number)
            for program in list(going):
                before = measuring.registry.traffic()
                look = program.look(places[program.name], limit=LIMIT)
                row = _row(look, measuring.registry.traffic().since(before), changed, measuring.size)
                measuring.say(f"{measuring.size:,} trials, round {number + 1}, {state}: {program.name} {_words(row)}")
                measuring.results.put(row, *measuring.key(program, number, state))
                if not row["is_complete"]:
                    going.remove(program)
        measuring.registry.control("behave")


def _stays(_: Measuring, __: int) -> Sequence[str]:
    return ()


def _refresh(measuring: Measuring, _: int) -> Sequence[str]:
    measuring.registry.refresh()
    return ()


def _change(measuring: Measuring, number: int) -> Sequence[str]:
    return publish_changes(measuring.registry, trial_ids(measuring.size), count=CHANGES, number=number)


def _delay(measuring: Measuring, _: int) -> Sequence[str]:
    measuring.registry.refresh()
    measuring.registry.control("misbehave", kind="slow", seconds=DELAY)
    return ()


BECOMES: Mapping[str, Callable[[Measuring, int], Sequence[str]]] = {
    FIRST: _stays,
    QUIET: _stays,
    REFRESHED: _refresh,
    CHANGED: _change,
    LATE: _delay,
}
"""Brings the registry into a state, and lists the trials that changed."""


def _prepared(program: Program, folder: Path, measuring: Measuring) -> Place:
    own = folder / program.name
    own.mkdir()
    place = Place(own, measuring.registry, trial_ids(measuring.size))
    program.prepare(place)
    return place


def _row(look: Look, traffic: Traffic, changed: Sequence[str], size: int) -> Row:
    ran = look.ran
    return {
        "cpu": round(ran.cpu, 3),
        "wall": round(ran.wall, 3),
        "peak_mb": round(ran.peak_mb, 1),
        "requests": traffic.requests,
        "not_modified": traffic.not_modified,
        "bytes": traffic.sent,
        "changed": len(changed),
        "found": len(set(look.told) & set(changed)),
        "false": len(set(look.told) - set(changed)),
        "failed": look.failed,
        "is_complete": not look.was_killed and look.failed == 0 and (look.read or size) >= size,
        "status": ran.status,
        "measured_on": datetime.now(UTC).date().isoformat(),
    }


def _words(row: Row) -> str:
    complete = "" if row["is_complete"] else " (did not finish)"
    return f"{row['cpu']:.2f} s of processor time, {row['wall']:.1f} s, {row['requests']:,} requests{complete}"
