"""`python -m bench [PART…]`: measure, print a table or JSON. Exit status 1 where a bar is missed."""

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console

from bench import report
from bench.figures import Figure
from bench.wanted import Wanted

PARTS = {
    "startup": "commands that do little, from start to exit",
    "checks": "checks of watched trials, beside a bare script",
    "intake": "taking in documents, and what a snapshot weighs",
    "bulk": "a look at 1,000 trials of a registry that gives its 37,000 in one file",
    "pages": "reading a saved classic page",
    "diffs": "comparing two versions of a record",
    "deliveries": "mails and webhooks, to many receivers and slow ones",
    "workers": "several processes that send from one PostgreSQL database; takes minutes, so only where it is named",
    "matching": "an event among a million subscriptions",
    "telling": "an event that --subscriptions hear of, on both stores; takes minutes: it runs only where it is named",
    "backtest": "trying a rule on the history that is kept",
    "digests": "a day of digests, from a change to the mails that tell it",
    "sponsors": "how often the registry is asked where many sponsors are watched",
    "serving": "the memory of a service",
    "reading": "pages, searches and feeds over 100,000 trials; takes minutes, so it runs only where it is named",
    "profiling": "where the time goes: the share of each package",
    "mirror": "a whole registry of 100,000 trials; takes minutes, so it runs only where it is named",
    "move": "all of a database to PostgreSQL and back, of --trials; takes minutes, so it runs only where it is named",
    "rows": "ways to write many rows to PostgreSQL",
    "scale": "a whole registry on PostgreSQL, of --trials; takes minutes or hours, so it runs only where it is named",
}
LONG = {"mirror", "move", "reading", "scale", "telling", "workers"}


def main() -> None:
    """Measure what was asked for, one part after the other."""
    asked = _arguments()
    wanted = Wanted(runs=asked.runs, records=asked.records, trials=asked.trials, subscriptions=asked.subscriptions)
    on = report.machine(wanted)
    measured: dict[str, list[Figure]] = {}
    for part in asked.parts or [name for name in PARTS if name not in LONG]:
        wanted.say(f"{part}: {PARTS[part]}")
        measured[part] = list(import_module(f"bench.{part}").measure(wanted))
    if asked.json:
        print(json.dumps(report.as_json(measured, on)))
    else:
        Console(width=None if sys.stdout.isatty() else 180).print(report.table(measured))
    if asked.write_docs:
        report.write_page(measured, on)
    sys.exit(not all(figure.holds for figures in measured.values() for figure in figures))


def _arguments() -> argparse.Namespace:
    listed = "\n".join(f"  {name:<11} {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog=f"parts:\n{listed}\n\nexample:\n  python -m bench checks --runs 3",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="what to measure; all but the long ones if none")
    parser.add_argument("--runs", type=_count, default=5, metavar="N", help="rounds, of which the median counts (5)")
    parser.add_argument(
        "--trials", type=_count, default=20_000, metavar="N", help="trials of the parts scale and move (20,000)"
    )
    parser.add_argument(
        "--subscriptions", type=_count, default=100_000, metavar="N", help="of the part telling (100,000)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object in place of the table")
    parser.add_argument(
        "--records", type=Path, metavar="FOLDER",
        help="real records in place of synthetic ones: a folder for each trial, in it 0.json, 1.json … as versions",
    )  # fmt: skip
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    asked = parser.parse_args()
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    if asked.records and not asked.records.is_dir():
        parser.error(f"{asked.records} is not a folder")
    return asked


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 1")
    return int(text)


if __name__ == "__main__":
    main()
