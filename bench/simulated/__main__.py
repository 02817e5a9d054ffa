"""`python -m bench.simulated`: measure, predict what was measured, and say what more machines would do.

Exit status 1 where a prediction of what is sent is further off than a fifth: then nothing is said of more machines.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from bench import report
from bench.wanted import Wanted

if not find_spec("simpy"):
    sys.exit("SimPy is not installed: make a virtual environment from requirements-test.lock, or install simpy 4.1.")

from bench.simulated import scale
from bench.simulated.compared import Compared, lines, sending_compared
from bench.simulated.costs import AskingCosts, SendingCosts
from bench.simulated.other_steps import checks_compared, digests_compared

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
KEPT = Path(__file__).with_name("measured.json")
"""The costs that the page rests on."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Of sending from PostgreSQL, of a check, of a mail with a digest and of a change in it."""

    sending: SendingCosts
    asking: AskingCosts
    mail: float
    change: float

    @classmethod
    def kept(cls) -> "Costs":
        """Those that were measured last."""
        read = json.loads(KEPT.read_text("utf-8"))
        return cls(SendingCosts(**read["sending"]), AskingCosts(**read["asking"]), read["mail"], read["change"])


def main() -> None:
    """Do what was asked for."""
    asked = _arguments()
    wanted = Wanted(runs=asked.runs)
    if asked.kept:
        print("\n".join(_scale(Costs.kept())))
        return
    costs, sent, others = _measured(wanted)
    held = "\n".join([*_COMPARED, *lines([*sent, *others])])
    print(held)
    if not all(each.holds for each in sent):
        sys.exit("A prediction is too far off: nothing is said of more machines.")
    said = "\n".join(_scale(costs))
    print(said)
    if asked.write_docs:
        KEPT.write_text(json.dumps(asdict(costs), indent=2) + "\n", encoding="utf-8")
        on = f"*{report.machine_in_words(report.machine(wanted))}*"
        _write({"costs": f"{on}\n\n{_costs(costs)}", "compared": held, "scale": said})


def _measured(wanted: Wanted) -> tuple[Costs, Sequence[Compared], Sequence[Compared]]:
    """What steps cost; what was sent, on which all that is said of more machines rests; and what else was compared."""
    _, from_sqlite = sending_compared("SQLite", wanted)
    sending, from_postgresql = sending_compared("PostgreSQL", wanted)
    asking, checks = checks_compared(wanted)
    mail, change, digests = digests_compared(wanted)
    return Costs(sending, asking, mail, change), [*from_sqlite, *from_postgresql], [*checks, *digests]


_COMPARED = [
    "| Run | Measured | Simulated | Off by | |",
    "| --- | --- | --- | --- | --- |",
]
_SCALE = [
    "| What happens | A second | Last told after | 99.9 % of those told | Attempts | Given up | Database busy |",
    "| --- | --- | --- | --- | --- | --- | --- |",
]


def _costs(costs: Costs) -> str:
    """A table of what was measured."""
    of, ms = costs.sending, 1000
    rows = [
        ("to claim and render a delivery", of.claim), ("to send it", of.send), ("to record it", of.record),
        ("of PostgreSQL, for it", of.database), ("of a receiver, for it", of.receive),
        ("a request to the registry, with what is done with its answer", costs.asking.request),
        ("to compose and make a mail with a digest", costs.mail), ("and for each change in it", costs.change),
    ]  # fmt: skip
    head = ["| Step | Processor time |", "| --- | --- |"]
    return "\n".join([*head, *(f"| {name} | {seconds * ms:.3g} ms |" for name, seconds in rows if seconds)])


def _scale(costs: Costs) -> list[str]:
    assumed = scale.Assumed()
    rows = list(_SCALE)
    for name, told in scale.scenarios(costs.sending, assumed):
        rows.append(
            f"| {name} | {told.rate:,.0f} | {_span(told.seconds)} | {_span(told.late)} | {told.attempts:.2f} "
            f"| {told.given_up:.1%} | {told.database:.0%} |"
        )
    morning = scale.morning_takes(assumed, costs.asking)
    cores = scale.digest_cores(assumed, mail=costs.mail, change=costs.change)
    rows += [
        "",
        f"* All {assumed.trials:,} trials probed, and {assumed.changes:,} changed ones read, at a request a second:",
        f"  {_span(morning)}, however many processes there are.",
        f"* {assumed.digests:,} digests a day of {assumed.told} changes each, a fifth of them due in one hour:",
        f"  {cores:.1f} cores in that hour.",
    ]
    return rows


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * scale.HOUR else f"{seconds / scale.HOUR:.1f} h"


def _write(parts: dict[str, str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for part, content in parts.items():
        text = report.put(text, part, content, page=PAGE)
    PAGE.write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.simulated", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds, of which the median counts (3)")
    parser.add_argument("--kept", action="store_true", help="measure nothing: use what was measured for docs/scale.md")
    parser.add_argument("--write-docs", action="store_true", help="put what comes of it into docs/scale.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
