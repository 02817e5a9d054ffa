"""Changes as rows of a page, and texts as paragraphs that say what became of each."""

from typing import Any

from monitor.model import Change, Significance
from monitor.render.change_rows import beside_delta, change_rows, count_by_weight, in_short
from monitor.render.paragraphs import Fate, paragraph_runs, summary_of
from monitor.render.worddiff import compare_readable


def change(field: str, before: Any, after: Any, **more: Any) -> Change:
    values = {"kind": "other", "topic": "other", "summary": "It changed.", "significance": Significance.MAJOR} | more
    return Change(field=field, path=field, before=before, after=after, **values)


SLIP = change(
    "start_date",
    {"date": "2026-01", "type": "ESTIMATED"},
    {"date": "2026-05", "type": "ESTIMATED"},
    kind="date.slipped",
    topic="dates",
    summary="Start date slipped from 2026-01 to 2026-05, 4 months later.",
    measure={"days": 120},
)
STOPPED = change(
    "overall_status",
    "RECRUITING",
    "WITHDRAWN",
    kind="status.stopped",
    topic="status",
    summary="Overall status went from Recruiting to Withdrawn: “No money”.",
    significance=Significance.CRITICAL,
)
REASON = change(
    "why_stopped", None, "No money", kind="why_stopped.added", topic="status", summary="Reason: “No money”."
)


def test_the_most_significant_comes_first_and_a_reason_is_not_said_twice() -> None:
    rows = change_rows([SLIP, REASON, STOPPED])

    assert [row.label for row in rows] == ["Overall status", "Start date", "Why stopped"]
    assert [row.sentence for row in rows] == ["", "", ""]
    assert [row.is_verbatim for row in rows] == [False, False, True]
    assert [row.label for row in change_rows([SLIP, REASON, STOPPED], limit=1)] == ["Overall status"]


def test_how_far_something_moved_is_a_number_with_its_sign() -> None:
    (later,) = change_rows([SLIP])
    fewer = change("enrollment", {"count": 40}, {"count": 20}, kind="enrollment.target", measure={"percent": -50.0})

    assert later.delta == "+120 d"
    assert change_rows([fewer])[0].delta == "\N{MINUS SIGN}50 %"
    assert change_rows([STOPPED])[0].delta == ""


def test_how_far_something_moved_is_not_said_beside_the_number() -> None:
    said = "183 days (6 months) later; 545 days (18 months) later than in the first version on file."

    assert beside_delta(said, "+183 d") == "545 days (18 months) later than in the first version on file."
    assert beside_delta("40% fewer, before the trial's start.", "\N{MINUS SIGN}40 %") == "Before the trial's start."
    assert beside_delta(said, "") == said


def test_what_a_link_is_shared_with_is_old_and_new_on_one_line() -> None:
    assert in_short(change_rows([SLIP, STOPPED]), 200) == (
        "Overall status: Recruiting → Withdrawn; Start date: 2026-01 (estimated) → 2026-05 (estimated)"
    )
    assert len(in_short(change_rows([SLIP, STOPPED]), 30)) <= 30
    assert in_short([], 30) == ""


def test_changes_are_counted_by_significance_the_heaviest_first() -> None:
    assert count_by_weight([SLIP, STOPPED, REASON]) == [(Significance.CRITICAL, 1), (Significance.MAJOR, 2)]


BEFORE = "One\nTwo\nThree 3\nFour\nFive\nSix\nSeven\nEight"
AFTER = "One\nTwo\nThree 6\nFour\nFive\nSix\nSeven\nEight\nNine words that are new here"


def test_each_paragraph_says_what_became_of_it() -> None:
    runs = paragraph_runs(compare_readable(BEFORE, AFTER))

    fates = [each.fate for run in runs for each in run.paragraphs]
    assert fates.count(Fate.CHANGED) == 1
    assert fates[-1] is Fate.ADDED
    assert summary_of(runs) == {Fate.KEPT: 7, Fate.CHANGED: 1, Fate.ADDED: 1, Fate.REMOVED: 0}


def test_paragraphs_that_stayed_far_from_any_change_are_folded() -> None:
    runs = paragraph_runs(compare_readable(BEFORE, AFTER))

    folded = [run for run in runs if run.is_folded]
    assert ["".join(text for _, text in each.stretches) for run in folded for each in run.paragraphs] == [
        "Five",
        "Six",
        "Seven",
    ]


def test_what_replaces_something_is_set_apart_from_it() -> None:
    (run,) = paragraph_runs(compare_readable("at least 50% of it", "at least 60% of it"))

    assert "".join(words for _, words in run.paragraphs[0].stretches) == "at least 50 60% of it"


def test_empty_texts_have_no_paragraphs() -> None:
    assert paragraph_runs(compare_readable("", "")) == []
