"""The benchmarks measure what they say: whole processes, in turn, of a registry that behaves as on ordinary days."""

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from bench import report
from bench.__main__ import PARTS
from bench.figures import FLOOR, OURS, Beside, Figure, processor_figure
from bench.process import Ran, in_turn, run
from bench.registry import BenchRegistry
from monitor.model import Result
from monitor.storage.store import Store
from tests.program import Trying

RAN = Ran(cpu=0.2, wall=0.5, peak_mb=50, output="")
ON = {
    "monitor": "0.1.0", "measured_on": "2026-11-22", "runs": 5, "cores": 2, "processor": "a processor", "memory_gb": 4,
    "system": "Linux", "python": "3.11", "sqlite": "3.40", "records": "synthetic",
}  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_measured_and_has_a_place_on_the_page(part: str) -> None:
    page = report.PAGE.read_text(encoding="utf-8")

    assert callable(import_module(f"bench.{part}").measure)
    assert page.count(f"<!-- bench {part} -->") == page.count(f"<!-- end of bench {part} -->") == 1


def test_a_process_counts_from_start_to_exit_and_without_what_its_starter_holds(tmp_path: Path) -> None:
    held = b"x" * 100_000_000

    ran = run([sys.executable, "-c", "sum(range(3_000_000)); print('done')"], folder=tmp_path)

    assert held
    assert ran.output == "done\n"
    assert ran.cpu > 0
    assert ran.wall > 0
    assert 1 < ran.peak_mb < 60


def test_a_process_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)status 3.*no such thing"):
        run([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"], folder=tmp_path)


def test_programs_run_in_turn_and_the_first_round_only_warms_up() -> None:
    order: list[str] = []

    def program(name: str) -> Callable[[], Ran]:
        def once() -> Ran:
            order.append(name)
            return replace(RAN, cpu=len(order))

        return once

    ran = in_turn(
        {OURS: program("A"), FLOOR: program("B")},
        runs=2,
        say=lambda _: None,
        before_each_round=lambda: order.append("new"),
    )

    assert order == ["new", "A", "B"] * 3
    assert [each.cpu for each in ran[OURS]] == [5, 8]


def test_a_ratio_is_the_median_of_those_within_each_round() -> None:
    def of(*seconds: float) -> list[Ran]:
        return [replace(RAN, cpu=each) for each in seconds]

    figure = processor_figure("a check", {OURS: of(1, 2, 9), FLOOR: of(1, 1, 3)}, 1.9)

    assert figure.value == 2
    assert figure.beside == (Beside(FLOOR, 1, 2),)
    assert not figure.holds


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("seconds", 2, "s", 2), True),
        (Figure("seconds", 2.1, "s", 2), False),
        (Figure("a rate", 700, "", 700, at_least=True), True),
        (Figure("a rate", 699, "", 700, at_least=True), False),
        (Figure("beside another", 1, "s", 2, beside=(Beside("another", 2, 0.5, 0.4),)), False),
        (Figure("for information", 1_000, "s", beside=(Beside("another", 1, 1_000),)), True),
    ],
)
def test_a_figure_holds_where_all_its_bars_are_met(figure: Figure, holds: bool) -> None:
    assert figure.holds is holds


def test_the_page_keeps_the_figures_of_parts_that_were_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(
        "# Fast\n<!-- bench a -->old a<!-- end of bench a -->\nText.\n<!-- bench b -->old b<!-- end of bench b -->\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(report, "PAGE", page)

    report.write_page({"a": [Figure("a check", 0.3, "s", 0.25, wall=1, peak_mb=60)]}, ON)

    text = page.read_text(encoding="utf-8")
    assert "| a check | ≤ 0.25 s | 0.3 s (missed) | 1.00 s | 60 MB |  |" in text
    assert "monitor 0.1.0; 2026-11-22" in text
    assert "old a" not in text
    assert "<!-- end of bench a -->\nText.\n<!-- bench b -->old b<!-- end of bench b -->\n" in text


@pytest.fixture
def benched(quick_store: Store) -> Trying:
    with BenchRegistry(30) as registry:
        running = Trying(quick_store, registry)
        running.watch(*(trial_id for trial_id in registry.trial_ids() if trial_id.startswith("NCT9")))
        running.check()
        yield running
        running.registry.close()


def test_a_check_asks_once_where_nothing_was_refreshed(benched: Trying) -> None:
    benched.sandbox.refresh()
    benched.check()
    benched.requests()

    assert set(benched.results().values()) == {Result.UNCHANGED}
    assert benched.requests() == ["/api/v2/version"]


def test_all_trials_change_and_none_is_held_back_for_that(benched: Trying) -> None:
    benched.sandbox.evolve(30)

    assert set(benched.results().values()) == {Result.CHANGED}
