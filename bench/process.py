"""Runs programs to their end, in turn with each other, and says what each cost."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

LAUNCH = Path(__file__).with_name("launch.py")


KILLED = -9


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process took from start to exit, and its standard output."""

    cpu: float
    """Seconds of processor time, user and system, with those of its own children."""
    wall: float
    peak_mb: float
    """Of the largest of its processes."""
    output: str
    status: int = 0
    """What it ended with; KILLED where its time was over."""


Runs = Mapping[str, Sequence[Ran]]
"""Of each program by its name, a run for each round."""
Name = TypeVar("Name", bound=Hashable)


def run(
    command: Sequence[str],
    *,
    folder: Path | str,
    environment: Mapping[str, str] | None = None,
    status: int | None = 0,
    limit: float = 0,
) -> Ran:
    """Run a command to its end, or kill it and what it started after *limit* seconds, unless that is 0.

    Raise RuntimeError, with what it said, where it ends by itself with another *status*; None stands for any.
    """
    with tempfile.NamedTemporaryFile() as output:
        launched = [sys.executable, "-I", "-S", str(LAUNCH), output.name, str(limit), *command]
        ended = subprocess.run(
            launched, cwd=folder, env=_kept(environment or os.environ), capture_output=True, text=True, check=False
        )
        said = Path(output.name).read_text(encoding="utf-8", errors="replace")
    cpu, wall, peak_kb, found = ended.stdout.split() or ("", "", "", "not started")
    is_killed = bool(limit) and found == str(KILLED)
    if not cpu or not (is_killed or status is None or found == str(status)):
        raise RuntimeError(f"{' '.join(command)[:300]}: status {found}\n{ended.stderr[-2000:]}{said[-500:]}")
    return Ran(float(cpu), float(wall), float(peak_kb) / 1024, said, int(found))


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    """With bytecode, as an installed program has it."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


def in_turn(
    programs: Mapping[Name, Callable[[], Ran]],
    *,
    runs: int,
    say: Callable[[str], None],
    before_each_round: Callable[[], object] = lambda: None,
) -> dict[Name, list[Ran]]:
    """Run each once after the other, *runs* times (A B C A B C …), after a round that only warms up."""
    ran: dict[Name, list[Ran]] = {name: [] for name in programs}
    for number in range(runs + 1):
        say(f"round {number} of {runs}" if number else "warming up")
        before_each_round()
        for name, program in programs.items():
            one = program()
            if number:
                ran[name].append(one)
    return ran
