"""docs/benchmarks.md, from what was measured: every row, also where ours is not the first. Pure but for `write`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from bench import report
from bench.peers.alarms import CASES, CHANGED
from bench.peers.edits import CHANGES
from bench.peers.program import Program
from bench.peers.programs import OURS
from bench.peers.results import Results, Row
from bench.peers.speed import CHANGES as TWENTY
from bench.peers.speed import DELAY, LIMIT, QUIET, REFRESHED, SIZES, SLOW, STATES
from monitor.text import natural_list

FILE = Path(__file__).parent.parent.parent / "docs" / "benchmarks.md"
MEASURES = {"cpu": "processor time", "wall": "time", "peak_mb": "memory", "requests": "requests", "bytes": "bytes"}
EXPLAINED = {
    "first": "the first look, into an empty folder",
    "not refreshed": "the registry has nothing that was not seen before",
    "refreshed": "the registry has newer data, in which no watched trial changed",
    "20 changed": f"newer data, in which {TWENTY} watched trials changed, each in one of ten ways",
    "late": f"as *refreshed*, and every answer comes {DELAY:g} s later",
}

Cells = Sequence[str]


def write(programs: Mapping[str, Program], results: Results) -> None:
    """Write the page anew."""
    FILE.write_text(f"{page(programs, results)}\n", encoding="utf-8")


def page(programs: Mapping[str, Program], results: Results) -> str:
    """The page, as Markdown."""
    parts = [HEAD, _measured_on(results), _programs(programs, results), "## What a look costs", _about_speed()]
    for size in SIZES:
        if rows := list(_speed_rows(programs, results, size)):
            parts += [f"### {size:,} trials", _table(SPEED_HEADS, rows)]
    parts += ["### Where another program needs less", _goal(programs, results), _lost(programs, results), ABOUT_LOST]
    parts += ["## What is told", ABOUT_ALARMS, _alarms(programs, results)]
    parts += ["## Killed in the middle", ABOUT_KILLS, _kills(programs, results)]
    return "\n\n".join(part for part in parts if part)


HEAD = """# Beside other programs

What people use today to hear of changes to trials, and `monitor`, in turn with each other on the same machine,
against the same registry (`monitor sandbox` on loopback, as of some years ago, a day further with each data build).
`make bench-peers` measures it and writes this page; all single runs are in [benchmarks.json](benchmarks.json). Rows
in which another program does better stay. Figures of `monitor` alone are in [performance.md](performance.md)."""

ABOUT_ALARMS = """\
Sixty trials; each program looks after each step. *Told* is what arrives at a person: a webhook of `monitor`, with the
defaults of a subscription, and of changedetection.io; the report that the others print. Nothing here is timed."""

ABOUT_KILLS = f"""\
A hundred trials, of which {TWENTY} changed since the last look. Each program tells of them once undisturbed; then,
from the same state, it is ended by SIGKILL, with all that it started, after 5, 10, … 95 % of the time which that
took, and started once more. *Lost* is a change that neither run tells of, *twice* one that both do. *Late* are those
that `monitor` was about to send as it was killed: another run sends them once the claim of the killed one is over,
after five minutes. A program that prints its report at its end has told nothing when it is killed before."""

ABOUT_LOST = """\
BioCatalystFeed reads 25 fields of a thousand trials a page, compares 15 of them, and keeps no record. `monitor` keeps
each record as it was served, proves whose it is, compares all of it, weighs and explains what changed, and owes the
alerts in the same transaction. What that needs takes half a second to load: with one changed trial of a hundred a look
takes 0.6 s of processor time, with twenty 0.65 s. So where nothing changed it loads none of it. The rows for pages and
searches are made after looks in which something was read, for up to 2,000 trials each time: over 10,000 trials, looks
after the first one carry some of what that left."""

SPEED_HEADS = (
    "Look", "Program", "Processor time", "Start to exit", "Memory", "Requests", "of them 304", "Received", "Found",
    "Runs",
)  # fmt: skip


def _measured_on(results: Results) -> str:
    on = results.get("machine")
    return f"*{report.machine_in_words(on)}*" if on else ""


def _programs(programs: Mapping[str, Program], results: Results) -> str:
    lines = []
    for program in programs.values():
        version = (results.get("versions") or {}).get(program.name, "not measured")
        lines.append(f"* **[{program.name}]({program.home})** {version}: {program.used}")
    return (
        "Each is used as its documentation has it, in its fastest settings that still tell of each trial by itself:\n\n"
        + ("\n".join(lines))
    )


def _about_speed() -> str:
    looks = "\n".join(f"* *{state}*: {words}" for state, words in EXPLAINED.items())
    return f"""{looks}

Processor time is that of the program and its children, user and system, from start to exit; memory is the peak of its
largest process; requests and bytes (heads and bodies, compressed where a client takes that) are counted at the
registry. The registry shares the machine, so *start to exit* includes its work for the one who asks. Caches are warm:
each program ran before, and the registry has made its trials. Each figure is a median of the rounds, in each of which
the programs are in another order. A program that needs more than {SLOW:g} s for its first look has one round; one
that needs more than {LIMIT:g} s for any look is ended there, and left out of those that follow."""


def runs_of(results: Results, size: int, state: str, name: str) -> list[Row]:
    """All rounds of a program in a state."""
    return results.below("speed", size, state, name)


def middle(rows: Sequence[Row], what: str) -> float:
    """The median of a measure."""
    return float(median(row[what] for row in rows))


def _speed_rows(programs: Mapping[str, Program], results: Results, size: int) -> Iterator[Cells]:
    for state in STATES:
        for name in programs:
            if rows := runs_of(results, size, state, name):
                yield _speed_row(state, name, rows)


def _speed_row(state: str, name: str, rows: Sequence[Row]) -> Cells:
    is_complete = all(row["is_complete"] for row in rows)
    found = f"{middle(rows, 'found'):g} of {rows[0]['changed']}" if rows[0]["changed"] else ""
    if wrong := max(row["false"] for row in rows):
        found = f"{found} and {wrong} others".strip()
    return (
        state,
        f"**{name}**" if name == OURS else name,
        f"{middle(rows, 'cpu'):.2f} s",
        f"{middle(rows, 'wall'):.1f} s" + ("" if is_complete else ", did not finish"),
        f"{middle(rows, 'peak_mb'):.0f} MB",
        f"{middle(rows, 'requests'):,.0f}",
        f"{middle(rows, 'not_modified'):,.0f}",
        f"{middle(rows, 'bytes') / 1000:,.0f} kB",
        found,
        str(len(rows)),
    )


def _lost(programs: Mapping[str, Program], results: Results) -> str:
    rows = [
        (f"{size:,}, {state}", words, _amount(what, ours), f"{name}: {_amount(what, theirs)}")
        for size in SIZES
        for state in STATES
        for what, words in MEASURES.items()
        for name in programs
        for ours, theirs in _pairs(results, size, state, name, what)
        if theirs < ours
    ]
    return _table(("Look", "Measure", OURS, "Another"), rows) if rows else "Nowhere, of what was measured."


def _pairs(results: Results, size: int, state: str, name: str, what: str) -> Iterator[tuple[float, float]]:
    """Ours and theirs, where both finished."""
    ours, theirs = runs_of(results, size, state, OURS), runs_of(results, size, state, name)
    if name != OURS and ours and theirs and all(row["is_complete"] for row in [*ours, *theirs]):
        yield middle(ours, what), middle(theirs, what)


def _amount(what: str, value: float) -> str:
    if what in ("cpu", "wall"):
        return f"{value:.2f} s"
    if what == "peak_mb":
        return f"{value:.0f} MB"
    return f"{value / 1000:,.0f} kB" if what == "bytes" else f"{value:,.0f}"


def missed(programs: Mapping[str, Program], results: Results) -> list[str]:
    """Where another program takes less processor time than ours though nothing changed: nowhere, by the goal."""
    return [
        f"{size:,} trials, {state}: {theirs / ours:.2f} × ours for {name}"
        for size in SIZES
        for state in (QUIET, REFRESHED)
        for name in programs
        for ours, theirs in _pairs(results, size, state, name, "cpu")
        if theirs < ours
    ]


def _goal(programs: Mapping[str, Program], results: Results) -> str:
    """Whether ours takes the least processor time where nothing changed."""
    compared = [
        size for size in SIZES if any([*_pairs(results, size, QUIET, name, "cpu")] for name in programs if name != OURS)
    ]
    if not compared:
        return ""
    others = missed(programs, results)
    sizes = natural_list([f"{size:,}" for size in compared])
    goal = f"The goal, the least processor time where nothing changed, process start included, over {sizes} trials,"
    return f"{goal} is missed: {'; '.join(others)}." if others else f"{goal} is met."


def _alarms(programs: Mapping[str, Program], results: Results) -> str:
    names = [name for name in programs if results.get("alarms", CHANGED, name)]
    if not names:
        return "Not measured yet."
    rows = [
        (
            f"changed: {kind}",
            "1",
            *("1" if place not in _alarm(results, CHANGED, name)["missed"] else "**0**" for name in names),
        )
        for place, kind in enumerate(CHANGES)
    ]
    for case in CASES:
        if case.name != CHANGED:
            of = [_alarm(results, case.name, name) for name in names]
            rows.append((case.name, str(of[0]["due"]), *(_told(row) for row in of)))
    return _table(("What happens", "Due", *names), rows)


def _alarm(results: Results, case: str, name: str) -> Row:
    return results.get("alarms", case, name) or Row(due=0, told=0, false=0, failed=0, missed=[])


def _told(row: Row) -> str:
    right = str(row["told"]) if row["told"] == row["due"] else f"**{row['told']}**"
    wrong = f"**{row['false']} false**" if row["false"] else ""
    failed = f"{row['failed']} said to be unreadable" if row["failed"] else ""
    return ", ".join(each for each in (right if row["due"] or not wrong else "", wrong, failed) if each)


def _kills(programs: Mapping[str, Program], results: Results) -> str:
    rows = [_kills_row(name, row) for name in programs if (row := results.get("killed", name))]
    heads = ("Program", "Kills", "Changes it tells of undisturbed", "Lost", "Late", "Twice", "Could not go on")
    return _table(heads, rows) if rows else "Not measured yet."


def _kills_row(name: str, row: Row) -> Cells:
    late, doubled, broken = (str(row[what]) for what in ("late", "doubled", "broken"))
    return name, str(row["kills"]), str(row["each"]), f"{row['lost']} of {row['due']}", late, doubled, broken


def _table(heads: Cells, rows: Sequence[Cells]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
