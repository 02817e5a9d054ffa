"""What is left of a look that is killed in the middle: which changes nobody ever hears of, and which twice.

A hundred trials, of which twenty changed. Each program tells of them once undisturbed; then, from the same state, it is
killed with SIGKILL, with all its processes, after a part of the time that this took, and started again as its user
would. Where it says that it takes up later what a killed run had in hand, it is started a third time then.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from time import sleep

from bench.installed import trial_ids
from bench.peers.program import Place, Program
from bench.peers.publishing import publish_changes
from bench.peers.results import Results, Row
from bench.registry import Registry, served

TRIALS, CHANGES = 100, 20
PARTS = tuple(number / 20 for number in range(1, 20))
"""Of the time that an undisturbed run takes."""


def measure(programs: Sequence[Program], results: Results, *, say: Callable[[str], None]) -> None:
    """Kill the programs that have not been."""
    missing = [each for each in programs if not results.get("killed", each.name)]
    if not missing:
        return
    with served(TRIALS) as registry, tempfile.TemporaryDirectory() as folder:
        places = [_looked(each, Path(folder, each.name), registry) for each in missing]
        publish_changes(registry, trial_ids(TRIALS), count=CHANGES, number=0)
        for program, place in zip(missing, places, strict=True):
            results.put(_killed(program, place, say), "killed", program.name)


def _looked(program: Program, folder: Path, registry: Registry) -> Place:
    folder.mkdir()
    place = Place(folder, registry, trial_ids(TRIALS), tells=True)
    program.prepare(place)
    program.look(place)
    return place


def _killed(program: Program, place: Place, say: Callable[[str], None]) -> Row:
    whole = program.look(_copy(place, "whole"))
    due = set(whole.told)
    row = Row(kills=0, due=0, late=0, lost=0, doubled=0, broken=0, each=len(due))
    unfinished: list[tuple[Place, list[str]]] = []
    for part in PARTS:
        copy = _copy(place, f"{part:.0%}")
        first = program.look(copy, limit=whole.ran.wall * part)
        second = program.look(copy)
        row["broken"] += second.failed > 0
        unfinished.append((copy, [*first.told, *second.told]))
        say(f"killed: {program.name} after {part:.0%} of {whole.ran.wall:.1f} s: {len(first.told)}, {len(second.told)}")
    if program.takes_up_after and any(due - set(told) for _, told in unfinished):
        say(f"killed: {program.name} goes on after {program.takes_up_after:.0f} s")
        sleep(program.takes_up_after)
    for copy, told in unfinished:
        is_late = program.takes_up_after and due - set(told)
        count(row, due, told, later=program.look(copy).told if is_late else ())
    return row


def count(row: Row, due: Collection[str], told: Sequence[str], *, later: Sequence[str] = ()) -> None:
    """Count one kill: of what was *due*, what was only told *later*, what nobody was told, and what more than once."""
    soon, times = set(told), Counter([*told, *later])
    row["kills"] += 1
    row["due"] += len(due)
    row["late"] += sum(each not in soon and times[each] > 0 for each in due)
    row["lost"] += sum(not times[each] for each in due)
    row["doubled"] += sum(times[each] > 1 for each in due)


def _copy(place: Place, name: str) -> Place:
    """The same state in another folder, as no program keeps the name of its own."""
    folder = place.folder.with_name(f"{place.folder.name} {name}")
    shutil.copytree(place.folder, folder)
    return replace(place, folder=folder)
