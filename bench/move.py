"""All of a database to PostgreSQL and back, by `monitor move`: trials with five snapshots each, and their index."""

import json
from collections.abc import Iterator
from pathlib import Path

from bench import readable
from bench.figures import Figure
from bench.installed import Installed, installed
from bench.postgres import server
from bench.readable import LIVE
from bench.registry import served
from bench.wanted import Wanted

A_MEGABYTE = 1e6


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Fill a database, move it there and back, and see that nothing was lost on the way."""
    with served(LIVE) as registry, installed(registry) as ours, server() as there:
        wanted.say(f"keeping {wanted.trials:,} trials")
        readable.fill(ours, registry, count_of_trials=wanted.trials)
        readable.index(ours, registry)
        size = Path(ours.database).stat().st_size / A_MEGABYTE
        before = _checksums(ours)
        wanted.say(f"moving {size:,.0f} MB to PostgreSQL")
        worked = there.processor_seconds()
        moved = ours.run("move", "--to", there.address, "--json")
        worked = there.processor_seconds() - worked
        wanted.say("moving it back")
        back = ours.run("move", "--to", "sqlite:///back.sqlite3", "--json", MONITOR_STORE__URL=there.address)
        assert _checksums(ours, "sqlite:///back.sqlite3") == before, "something was lost"
    rows = json.loads(moved.output)["rows"]
    name = f"move: {wanted.trials:,} trials, {rows:,} rows, {size:,.0f} MB"
    yield Figure(f"{name}, to PostgreSQL: a row", moved.cpu * 1e6 / rows, "µs", wall=moved.wall, peak_mb=moved.peak_mb)
    yield Figure("move: the same, the server's own work: a row", worked * 1e6 / rows, "µs")
    yield Figure(
        "move: the same, back to SQLite: a row", back.cpu * 1e6 / rows, "µs", wall=back.wall, peak_mb=back.peak_mb
    )
    yield Figure("move: the same, memory", max(moved.peak_mb, back.peak_mb), "MB", 250)


def _checksums(ours: Installed, store: str = "") -> str:
    return ours.run("checksums", MONITOR_STORE__URL=store or f"sqlite:///{ours.database}").output
