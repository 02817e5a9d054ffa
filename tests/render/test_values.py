"""What a summary adds to the values beside it, and lists of names as their differences."""

import pytest

from monitor.changes.kinds import KINDS
from monitor.model import Change, Significance, Timing
from monitor.render.values import is_compared, lines, not_shown_yet
from monitor.render.worddiff import DiffOp


def change(field, kind, before, after, summary, *, timing=None) -> Change:
    return Change(
        field=field,
        path="",
        kind=kind,
        topic=KINDS[kind].topic,
        before=before,
        after=after,
        summary=summary,
        timing=timing,
        significance=Significance.MAJOR,
    )


MOVED = ("completion_date", "date.slipped", {"date": "2027-09"}, {"date": "2028-05"})
CUT = ("enrollment", "enrollment.target", {"count": 1240}, {"count": 620})
LATER = ("primary_outcomes", "outcome.primary.time_frame", *({"measure": "Sleep", "time_frame": t} for t in ("3", "6")))
OPENED = ("sites", "site.added", None, [{"facility": "Clinic", "city": "Lima", "country": "Peru"}])


@pytest.mark.parametrize(
    ("facts", "summary", "said"),
    [
        (MOVED, "Completion date slipped from 2027-09 to 2028-05, 8 months later.", "8 months later."),
        (MOVED, "Completion date slipped from 2027-09 to 2028-05.", ""),
        (CUT, "Enrollment target was cut from 1,240 to 620 participants, 50% fewer.", "50% fewer."),
        (OPENED, "1 site added in Peru (new): Clinic (Lima).", "1 site added in Peru (new)."),
        (OPENED, "1 site added in Peru: Clinic (Lima), which closed before.", None),
        (LATER, "Time frame of primary outcome “Sleep” changed: from “3” to “6”.", ""),
        (LATER, "Sleep “sleep, half new” measure.", None),
    ],
)
def test_only_what_the_values_do_not_show_is_said_beside_them(facts, summary, said):
    assert not_shown_yet(change(*facts, summary)) == (summary if said is None else said)


@pytest.mark.parametrize(
    ("timing", "words", "said"),
    [
        (Timing.ENROLLING, "while the trial was under way", ""),
        (Timing.AFTER_PRIMARY_COMPLETION, "after the primary completion date", "After the primary completion date."),
        (Timing.AFTER_RESULTS, "after results were posted", "After results were posted."),
    ],
)
def test_the_time_of_a_change_is_news_by_itself_only_where_it_casts_doubt_on_it(timing, words, said):
    summary = f"Time frame of primary outcome “Sleep” changed from “3” to “6”, {words}."

    assert not_shown_yet(change(*LATER, summary, timing=timing)) == said


def test_what_stands_beside_is_not_said_again():
    stopped = change("overall_status", "status.stopped", "RECRUITING", "SUSPENDED", "It is Suspended: “no funds”.")

    assert not_shown_yet(stopped, beside="“no funds”") == ""
    assert not_shown_yet(stopped) == "“no funds”."


def test_a_long_list_of_names_shows_the_name_that_differs():
    arms = ["Melatonin, three milligrams by mouth", "Placebo, one capsule by mouth", "No treatment"]
    before = {"name": "Melatonin", "arms": arms}
    after = {"name": "Melatonin", "arms": [arms[0].replace("three", "five"), *arms[1:]]}
    shown = lines(change("interventions", "intervention.changed", before, after, "Arms changed."))

    changed = [stretch for line in shown for stretch in line.stretches if stretch[0] is not DiffOp.KEPT]
    assert changed == [(DiffOp.REMOVED, "three"), (DiffOp.ADDED, "five")]


LONG_TEXT = "Adults with insomnia after heart surgery who can wear an actigraph for seven nights"


@pytest.mark.parametrize(
    ("before", "after", "is_long"),
    [
        (LONG_TEXT, LONG_TEXT.replace("seven", "five"), True),
        ("Adults", LONG_TEXT, True),
        ("Adults", "Adults and children", False),
        (None, LONG_TEXT, False),
        (LONG_TEXT, LONG_TEXT, False),
        ([LONG_TEXT], ["Adults"], False),
    ],
)
def test_texts_that_are_compared_word_by_word_are_known_before_they_are(before, after, is_long):
    told = change("eligibility_criteria", "eligibility.criteria", before, after, "Eligibility criteria changed.")

    assert is_compared(told) is is_long
    assert not is_long or all(line.stretches for line in lines(told))
