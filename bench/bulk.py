"""A look at trials of a registry that gives all of them in one file: DRKS, with as many as it has.

`python -m bench.bulk TRIALS FOLDER` makes the file there, serves it as that of the day named in `FOLDER/day` until it
is ended, and prints its address.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from bench.figures import OURS, Figure, processor_figure
from bench.installed import Installed, installed, summary
from bench.process import Ran, in_turn
from bench.wanted import Wanted
from monitor.sandbox.clinicaltrials_gov.synthetic import vocabulary
from monitor.sandbox.drks.trials import record

TRIALS = 37_000
WATCHED = 1_000
FIRST = 10_000_000
SENTENCES = 40
"""In each record, so that it has some 8 kB."""
_REGISTRY = "MONITOR_REGISTRIES__DRKS_DE__"


def measure(wanted: Wanted) -> Iterator[Figure]:
    """The first look, and looks at the files of the days after it, in which nothing moved."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        with _served(folder) as address, installed(environment={f"{_REGISTRY}BASE_URL": address}) as ours:
            ours.run("watch", "add", *(f"DRKS{FIRST + number}" for number in range(WATCHED)))
            first = ours.check()
            ran = in_turn(
                {OURS: ours.check}, runs=wanted.runs, say=wanted.say, before_each_round=lambda: _a_day_on(folder, ours)
            )
        size = (folder / "all.zip").stat().st_size
    assert summary(first)["baseline"] == WATCHED, summary(first)
    assert all(summary(each)["unchanged"] == WATCHED for each in ran[OURS]), summary(ran[OURS][0])
    name = f"bulk: {WATCHED:,} of {TRIALS:,} trials in a file of {size / 1e6:.0f} MB"
    yield _slowest(f"{name}, the first look", [first])
    yield _slowest(f"{name}, the day after, nothing moved", ran[OURS])
    yield processor_figure("bulk: the same, processor time", ran)
    yield Figure("bulk: the same, memory", max(each.peak_mb for each in (first, *ran[OURS])), "MB", 150)
    yield Figure("bulk: the same, requests", max(summary(each)["requests"] for each in ran[OURS]), "", 1)


def _slowest(name: str, ran: list[Ran]) -> Figure:
    return Figure(name, max(each.wall for each in ran), "s", 60)


def _a_day_on(folder: Path, ours: Installed) -> None:
    """Name the file after the next day, and make the program believe that it had the last one long ago."""
    file = folder / "day"
    file.write_text((date.fromisoformat(file.read_text()) + timedelta(days=1)).isoformat())
    with closing(sqlite3.connect(ours.database)) as database, database:
        database.execute("UPDATE registries SET version_etag = '2020-01-01T00:00:00' || substr(version_etag, 20)")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of the file, made anew and served by a process of its own."""
    (folder / "day").write_text((datetime.now(UTC).date() - timedelta(days=200)).isoformat())
    command = [sys.executable, "-m", "bench.bulk", str(TRIALS), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


def pack(file: Path, trials: int) -> None:
    """Write a zip of one list of so many records, each with texts of its own."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as packed, packed.open("DRKS_all.json", "w") as into:
        for number in range(trials):
            into.write(b"," if number else b"[")
            into.write(_record(number))
        into.write(b"]")


def _record(number: int) -> bytes:
    chance, day = Random(number), date(2026, 1, 1) - timedelta(days=number % 3000)
    title = f"{chance.choice(vocabulary.MEASURES)} {number}"
    made = record(f"DRKS{FIRST + number}", day, (f"{title} (de)", title), "RECRUITING")
    for text in made["trialDescriptions"]:
        words = (f"{chance.choice(vocabulary.MEASURES)} {chance.randrange(10_000)}." for _ in range(SENTENCES))
        text["scientificSummary"] = " ".join(words)
    return json.dumps({**made, "lastUpdate": day.isoformat()}, ensure_ascii=False).encode()


def _serve(folder: Path) -> None:
    body = (folder / "all.zip").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The file, whatever is asked for."""
            name = f"DRKS_all_{(folder / 'day').read_text().replace('-', '')}.zip"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Disposition", f'attachment; filename="{name}"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: standard error is for the one who measures."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    pack(Path(sys.argv[2]) / "all.zip", int(sys.argv[1]))
    _serve(Path(sys.argv[2]))
