"""`python -m bench.peers [PART…]`: measure what is missing in docs/benchmarks.json, and write docs/benchmarks.md.

What is there of the same version stays; an interrupted run goes on where it ended. Exit status 1 where another program
takes less processor time than ours though nothing changed.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from bench import report
from bench.peers import alarms, killed, page, speed
from bench.peers.program import Program
from bench.peers.programs import OURS, PROGRAMS
from bench.peers.results import Results
from bench.wanted import Wanted

PARTS = {
    "alarms": "what is told of changes, and of what is none: five minutes",
    "killed": "what is left of a look that is killed in the middle: a quarter of an hour",
    "speed": "what looks cost, over 100, 1,000 and 10,000 trials: about two hours",
}


def main() -> None:
    """Measure, and write the page after each part."""
    asked = _arguments()
    programs = [PROGRAMS[name] for name in asked.programs]
    if missing := [each.name for each in programs if not each.version()]:
        sys.exit(f"Not installed: {', '.join(missing)}. Run `make bench-peers`, which installs all of them.")
    wanted, results = Wanted(runs=asked.runs), Results.read()
    parts = asked.parts or list(PARTS)
    if asked.page:
        parts = []
    else:
        _forget(results, programs, parts, asked.trials, again=asked.again)
        results.put(report.machine(wanted), "machine")
    for part in parts:
        if part == "speed":
            speed.measure(programs, results, sizes=asked.trials, runs=asked.runs, say=wanted.say)
        else:
            {"alarms": alarms, "killed": killed}[part].measure(programs, results, say=wanted.say)
        page.write(PROGRAMS, results)
    page.write(PROGRAMS, results)
    missed = page.missed(PROGRAMS, results)
    sys.exit("\n".join(missed) or None)


def _forget(
    results: Results, programs: Sequence[Program], parts: Sequence[str], sizes: Sequence[int], *, again: bool
) -> None:
    """Drop the rows of programs that were of another version, and those that are to be measured again."""
    known = dict(results.get("versions") or {})
    for program in programs:
        if known.get(program.name) != program.version():
            _drop(results, program, PARTS, speed.SIZES)
        elif again:
            _drop(results, program, parts, sizes)
        known[program.name] = str(program.version())
    results.put(known, "versions")


def _drop(results: Results, program: Program, parts: Sequence[str] | Mapping[str, str], sizes: Sequence[int]) -> None:
    if "speed" in parts:
        for size in sizes:
            for state in speed.STATES:
                results.forget("speed", size, state, program.name)
    if "alarms" in parts:
        for case in alarms.CASES:
            results.forget("alarms", case.name, program.name)
    if "killed" in parts:
        results.forget("killed", program.name)


def _arguments() -> argparse.Namespace:
    listed = "\n".join(f"  {name:<8} {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench.peers",
        description=__doc__,
        epilog=f"parts:\n{listed}\n\nexample:\n  python -m bench.peers speed --trials 100 --programs {OURS} --again",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="what to measure; all if none")
    parser.add_argument(
        "--programs", nargs="+", choices=PROGRAMS, default=list(PROGRAMS), metavar="NAME", help="only these"
    )
    parser.add_argument(
        "--trials", nargs="+", type=int, choices=speed.SIZES, default=speed.SIZES, metavar="N", help="only so many"
    )
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="rounds, of which the median counts (5)")
    parser.add_argument("--again", action="store_true", help="measure anew what is there")
    parser.add_argument("--page", action="store_true", help="measure nothing: only write the page")
    asked = parser.parse_args()
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    return asked


if __name__ == "__main__":
    main()
