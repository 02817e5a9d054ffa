"""The comparison with other programs sees what it is there to see: what is told wrongly, and what nobody is told."""

import json
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.peers import alarms, killed, page, speed
from bench.peers.edits import CHANGES
from bench.peers.program import Look, Place, Program
from bench.peers.programs import OURS, PROGRAMS
from bench.peers.reported import look_of
from bench.peers.results import Results, Row
from bench.process import KILLED, Ran, run
from bench.registry import served

RAN = Ran(cpu=0.2, wall=0.5, peak_mb=50, output="")
SPEED = {
    "cpu": 1.0, "wall": 2.0, "peak_mb": 40.0, "requests": 3, "not_modified": 1, "bytes": 5_000, "changed": 0,
    "found": 0, "false": 0, "failed": 0, "is_complete": True, "status": 0, "measured_on": "2026-11-28",
}  # fmt: skip


class Comparing(Program):
    """Tells of each trial whose text is not what it was, also where that is an error page."""

    name = "comparing"
    home = "https://comparing.example"
    used = "Here."

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def prepare(self, place: Place) -> None:
        assert list(place.folder.iterdir()) == []

    def look(self, place: Place, *, limit: float = 0) -> Look:
        texts = _texts(place)
        told = [each for each in place.trial_ids if self.known.get(each, texts[each]) != texts[each]]
        self.known = texts
        return Look(RAN, told)

    def version(self) -> str:
        return "1"


class Mute(Comparing):
    """Tells nothing."""

    name = "mute"

    def look(self, place: Place, *, limit: float = 0) -> Look:
        return Look(RAN)


def _texts(place: Place) -> dict[str, str]:
    with urllib.request.urlopen(f"{place.registry.base_url}/studies?pageSize=1000&fields=protocolSection") as answer:
        body = answer.read()
    try:
        studies = json.loads(body)["studies"]
    except ValueError:
        return dict.fromkeys(place.trial_ids, body.decode())
    return {each["protocolSection"]["identificationModule"]["nctId"]: json.dumps(each) for each in studies}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results.read(tmp_path / "benchmarks.json")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Row]]:
    """What a program that compares texts and one that says nothing told, by case."""
    results = Results.read(tmp_path_factory.mktemp("told") / "benchmarks.json")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(alarms, "APART", 0)
        alarms.measure([Comparing(), Mute()], results, say=lambda _: None)
    return {
        case.name: {name: results.get("alarms", case.name, name) or {} for name in ("comparing", "mute")}
        for case in alarms.CASES
    }


def test_each_kind_of_change_happens_and_is_missed_where_nothing_is_told(told: dict[str, dict[str, Row]]) -> None:
    every = list(range(len(CHANGES)))

    assert told["changes"]["comparing"] == {"due": 10, "told": 10, "false": 0, "failed": 0, "missed": []}
    assert told["changes"]["mute"] == {"due": 10, "told": 0, "false": 0, "failed": 0, "missed": every}


@pytest.mark.parametrize(
    ("case", "false"),
    [
        ("version holder moved", 0),
        ("outcomes reordered", alarms.SEVERAL),
        ("city respelled", alarms.SEVERAL),
        ("verified again", alarms.SEVERAL),
        ("error page with 200", 2 * alarms.TRIALS),
        ("A→B→A between two looks", 0),
    ],
)
def test_what_is_no_change_is_a_false_alarm_where_texts_are_compared(
    told: dict[str, dict[str, Row]], case: str, false: int
) -> None:
    assert told[case]["comparing"]["false"] == false
    assert told[case]["comparing"]["due"] == told[case]["mute"]["false"] == 0


def test_a_change_and_its_return_are_due_both(told: dict[str, dict[str, Row]]) -> None:
    assert told["A→B→A, both seen"]["comparing"] | {"missed": []} == {
        "due": 2, "told": 2, "false": 0, "failed": 0, "missed": [],
    }  # fmt: skip
    assert told["A→B→A, both seen"]["mute"]["told"] == 0


def test_of_a_killed_run_each_change_is_soon_late_lost_or_twice() -> None:
    row: Row = {"kills": 0, "due": 0, "late": 0, "lost": 0, "doubled": 0}

    killed.count(row, {"soon", "twice", "late", "lost"}, ["soon", "twice", "twice", "other"], later=["late"])

    assert row == {"kills": 1, "due": 4, "late": 1, "lost": 1, "doubled": 1}


def test_what_is_killed_is_killed_with_its_children_and_costs_what_it_took(tmp_path: Path) -> None:
    grandchild = "import time; time.sleep(60)"
    child = (
        f"import subprocess, sys; print('begun', flush=True); subprocess.run([sys.executable, '-c', {grandchild!r}])"
    )

    ran = run([sys.executable, "-c", child], folder=tmp_path, limit=0.4)

    assert ran.status == KILLED
    assert ran.output == "begun\n"
    assert 0.4 <= ran.wall < 10
    assert not [each for each in Path("/proc").glob("[0-9]*/cmdline") if grandchild.encode() in _read(each)]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def test_the_registry_counts_what_it_was_asked_and_what_it_sent() -> None:
    with served(2) as registry:
        before = registry.traffic()
        study = registry.study("NCT90000001")
        after = registry.traffic().since(before)
        etag = urllib.request.urlopen(f"{registry.base_url}/version").headers["etag"]
        request = urllib.request.Request(f"{registry.base_url}/version", headers={"If-None-Match": etag})
        with pytest.raises(urllib.error.HTTPError, match="304"):
            urllib.request.urlopen(request)

        assert (after.requests, after.not_modified) == (1, 0)
        assert after.sent > len(json.dumps(study, separators=(",", ":")))
        assert registry.traffic().since(before).not_modified == 1


def test_a_report_is_read_with_its_verbs() -> None:
    lines = "-" * 40
    output = f"""{lines}
CHANGED: http://127.0.0.1:1/api/v2/studies/NCT90000005?fields=protocolSection%7ChasResults
{lines}
-     "count": 1
{lines}
ERROR: http://127.0.0.1:1/api/v2/studies/NCT90000006?fields=protocolSection%7ChasResults
{lines}
"""
    look = look_of(Ran(1, 1, 1, output))

    assert (look.told, look.failed) == (["NCT90000005"], 1)


def test_what_was_measured_stays_until_it_is_forgotten(results: Results) -> None:
    results.put({"cpu": 1}, "speed", 100, "first", "urlwatch", 0)
    results.put({"cpu": 2}, "speed", 100, "first", "urlwatch", 1)
    results.put({"cpu": 3}, "speed", 1_000, "first", "urlwatch", 0)

    again = Results.read(results.file)
    again.forget("speed", 100, "first", "urlwatch")

    assert again.below("speed", 100, "first", "urlwatch") == []
    assert Results.read(results.file).below("speed", 1_000, "first", "urlwatch") == [{"cpu": 3}]


def _fill(results: Results, name: str, number: int, **changed: Any) -> None:
    for state in speed.STATES:
        results.put(SPEED | changed, "speed", 100, state, name, number)


def _missing(results: Results, number: int) -> Sequence[str]:
    return [each.name for each in speed.missing([Comparing(), Mute()], results, 100, number)]


def test_a_run_goes_on_where_it_ended_and_the_programs_take_turns_in_being_first(results: Results) -> None:
    assert _missing(results, 0) == ["comparing", "mute"]
    assert _missing(results, 1) == ["mute", "comparing"]

    _fill(results, "mute", 1)

    assert _missing(results, 1) == ["comparing"]


@pytest.mark.parametrize("changed", [{"wall": speed.SLOW + 1}, {"is_complete": False}])
def test_a_program_that_is_slow_or_does_not_finish_has_one_round(results: Results, changed: dict[str, Any]) -> None:
    _fill(results, "mute", 0, **changed)

    assert _missing(results, 0) == ["comparing"]
    assert _missing(results, 1) == ["comparing"]


def test_the_page_has_the_rows_in_which_ours_is_not_the_first(results: Results) -> None:
    programs = {OURS: PROGRAMS[OURS], "mute": Mute()}
    _fill(results, OURS, 0, cpu=1.0)
    _fill(results, "mute", 0, cpu=0.5, peak_mb=90.0)

    text = page.page(programs, results)

    assert "| first | **monitor** | 1.00 s | 2.0 s | 40 MB | 3 | 1 | 5 kB |  | 1 |" in text
    assert "| 100, refreshed | processor time | 1.00 s | mute: 0.50 s |" in text
    assert "| 100, refreshed | memory" not in text
    assert "over 100 trials, is missed: 100 trials, not refreshed: 0.50 × ours for mute;" in text
    assert page.missed(programs, results) == [
        "100 trials, not refreshed: 0.50 × ours for mute",
        "100 trials, refreshed: 0.50 × ours for mute",
    ]


def test_the_page_has_what_was_lost_and_what_came_late(results: Results) -> None:
    row: Row = {"kills": 2, "due": 40, "late": 3, "lost": 4, "doubled": 1, "broken": 0, "each": 20}
    results.put(row, "killed", "mute")

    assert "| mute | 2 | 20 | 4 of 40 | 3 | 1 | 0 |" in page.page({"mute": Mute()}, results)


def test_a_look_that_did_not_finish_is_no_better_than_one_that_did(results: Results) -> None:
    _fill(results, OURS, 0)
    _fill(results, "mute", 0, cpu=0.5, is_complete=False)

    text = page.page({OURS: PROGRAMS[OURS], "mute": Mute()}, results)

    assert "| first | mute | 0.50 s | 2.0 s, did not finish |" in text
    assert "Nowhere, of what was measured." in text
    assert "The goal" not in text
    assert page.missed({OURS: PROGRAMS[OURS], "mute": Mute()}, results) == []
