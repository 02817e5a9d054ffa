"""What each program tells: of changes that people want to hear of, and of what is no change.

All cases follow one another in one registry, and every program looks after each step of one. Nothing here is timed.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from bench.installed import trial_ids
from bench.peers.edits import CHANGES, Edit, change_enrollment, date_of, date_update, reorder_outcomes, respell_city
from bench.peers.program import Look, Place, Program
from bench.peers.publishing import publish
from bench.peers.results import Results, Row
from bench.registry import Registry, Study, served

TRIALS = 60
SEVERAL = 5
"""Trials that a case of what is no change concerns."""
CHANGED = "changes"
APART = 10.5
"""Seconds from one look of a program to its next at least, so that ours reads everything again."""

Step = Callable[[Registry, Iterator[str]], Sequence[str]]
"""Does something to the registry, and lists the trials of which something is to be told."""


@dataclass(frozen=True, slots=True)
class Case:
    """What happens, before one look or several."""

    name: str
    steps: Sequence[Step]


def measure(programs: Sequence[Program], results: Results, *, say: Callable[[str], None]) -> None:
    """Go through all cases with the programs that have not."""
    missing = [each for each in programs if not all(results.get("alarms", case.name, each.name) for case in CASES)]
    if not missing:
        return
    with served(TRIALS) as registry, tempfile.TemporaryDirectory() as folder:
        places = {each.name: _place(each, Path(folder), registry) for each in missing}
        for program in missing:
            program.look(places[program.name])
        fresh = iter(trial_ids(TRIALS))
        for case in CASES:
            say(f"alarms: {case.name}")
            for name, row in _gone_through(case, missing, places, registry, fresh).items():
                results.put(row, "alarms", case.name, name)


def _place(program: Program, folder: Path, registry: Registry) -> Place:
    own = folder / program.name
    own.mkdir()
    place = Place(own, registry, trial_ids(TRIALS), tells=True)
    program.prepare(place)
    return place


def _gone_through(
    case: Case, programs: Sequence[Program], places: Mapping[str, Place], registry: Registry, fresh: Iterator[str]
) -> dict[str, Row]:
    rows = {each.name: Row(due=0, told=0, false=0, failed=0, missed=[]) for each in programs}
    for step in case.steps:
        sleep(APART)
        due = step(registry, fresh)
        for program in programs:
            add(rows[program.name], program.look(places[program.name]), due)
    return rows


def add(row: Row, look: Look, due: Sequence[str]) -> None:
    """Count what a look told of what was *due*, in the order of that: once each, and whatever else as false."""
    told = Counter(look.told)
    row["due"] += len(due)
    row["told"] += sum(bool(told[each]) for each in due)
    row["false"] += sum((told - Counter(due)).values())
    row["failed"] += look.failed
    row["missed"] += [place for place, each in enumerate(due) if not told[each]]


def _changes(registry: Registry, fresh: Iterator[str]) -> Sequence[str]:
    due = [publish(registry, fresh, edit, number=1, dated=True) for edit in CHANGES.values()]
    registry.refresh()
    return due


def _nothing(registry: Registry, _: Iterator[str]) -> Sequence[str]:
    registry.refresh()
    return ()


def _to_several(edit: Edit, *, dated: bool = False) -> Step:
    def step(registry: Registry, fresh: Iterator[str]) -> Sequence[str]:
        for _ in range(SEVERAL):
            publish(registry, fresh, edit, dated=dated)
        registry.refresh()
        return ()

    return step


def _verify_again(study: Study, _: int) -> bool:
    return bool(study)


def _error_page(registry: Registry, _: Iterator[str]) -> Sequence[str]:
    registry.refresh()
    registry.control("misbehave", kind="html")
    return ()


def _recover(registry: Registry, _: Iterator[str]) -> Sequence[str]:
    registry.control("behave")
    registry.refresh()
    return ()


class _ThereAndBack:
    """Changes a trial, and later changes it back."""

    def __init__(self) -> None:
        self._former: Study = {}

    def there(self, registry: Registry, fresh: Iterator[str]) -> Sequence[str]:
        """Change it."""
        trial_id = next(fresh)
        self._former = registry.study(trial_id)
        publish(registry, iter([trial_id]), change_enrollment, number=1, dated=True)
        registry.refresh()
        return [trial_id]

    def back(self, registry: Registry, _: Iterator[str]) -> Sequence[str]:
        """Publish what it was before, as an update of its own."""
        date_update(self._former, date_of(registry.control("state")["dataTimestamp"]))
        registry.control("publish", **self._former, refresh=True)
        return [str(self._former["protocolSection"]["identificationModule"]["nctId"])]

    def both(self, registry: Registry, fresh: Iterator[str]) -> Sequence[str]:
        """Change it and change it back before anybody looks."""
        self.there(registry, fresh)
        registry.control("publish", **self._former, refresh=True)
        return ()


_SEEN, _UNSEEN = _ThereAndBack(), _ThereAndBack()
CASES = (
    Case(CHANGED, (_changes,)),
    Case("version holder moved", (_nothing,)),
    Case("outcomes reordered", (_to_several(reorder_outcomes),)),
    Case("city respelled", (_to_several(respell_city),)),
    Case("verified again", (_to_several(_verify_again, dated=True),)),
    Case("error page with 200", (_error_page, _recover)),
    Case("A→B→A, both seen", (_SEEN.there, _SEEN.back)),
    Case("A→B→A between two looks", (_UNSEEN.both,)),
)
