import pytest

from monitor.model import Enrollment
from tests.changes.diff.records import changes, differences, record


def enrolled(count, type_="ESTIMATED"):
    return Enrollment(count, type_)


CASES = {
    "a target cut to half is major": (
        (enrolled(120), enrolled(61)),
        ("enrollment.target", "major", {"percent": -49.2}),
        "Enrollment target was cut from 120 to 61 participants, 49.2% fewer, while the trial was under way.",
    ),
    "a target raised by less than a fifth is minor": (
        (enrolled(1000), enrolled(1190)),
        ("enrollment.target", "minor", {"percent": 19.0}),
        "Enrollment target was raised from 1,000 to 1,190 participants, 19% more, while the trial was under way.",
    ),
    "a fifth is major": (
        (enrolled(100), enrolled(120)),
        ("enrollment.target", "major", {"percent": 20.0}),
        "Enrollment target was raised from 100 to 120 participants, 20% more, while the trial was under way.",
    ),
    "a target of nothing is critical": (
        (enrolled(40), enrolled(0)),
        ("enrollment.target", "critical", {"percent": -100.0}),
        "Enrollment target was cut from 40 to 0 participants, while the trial was under way.",
    ),
    "from nothing there is no percent": (
        (enrolled(0), enrolled(40)),
        ("enrollment.target", "major", None),
        "Enrollment target was raised from 0 to 40 participants, while the trial was under way.",
    ),
    "the actual count is measured against the target": (
        (enrolled(80), enrolled(38, "ACTUAL")),
        ("enrollment.actual", "major", {"percent": -52.5, "of_target": 47.5}),
        "Actual enrollment is 38 participants, 47.5% of the target of 80, while the trial was under way.",
    ),
    "nobody came": (
        (enrolled(80), enrolled(0, "ACTUAL")),
        ("enrollment.actual", "critical", {"percent": -100.0, "of_target": 0.0}),
        "Actual enrollment is 0 participants; the target was 80, while the trial was under way.",
    ),
    "the target was met": (
        (enrolled(80), enrolled(80, "ACTUAL")),
        ("enrollment.actual", "major", {"percent": 0.0, "of_target": 100.0}),
        "Actual enrollment is 80 participants, as planned, while the trial was under way.",
    ),
    "an actual count is corrected": (
        (enrolled(38, "ACTUAL"), enrolled(1, "ACTUAL")),
        ("enrollment.corrected", "major", {"percent": -97.4}),
        "Actual enrollment was corrected from 38 to 1 participant, 97.4% fewer, while the trial was under way.",
    ),
    "an actual count is taken back": (
        (enrolled(38, "ACTUAL"), enrolled(38)),
        ("enrollment.corrected", "major", {"percent": 0.0}),
        "Enrollment of 38 participants is no longer marked as actual, while the trial was under way.",
    ),
    "a first target is minor": (
        (None, enrolled(40)),
        ("enrollment.target", "minor", None),
        "Enrollment target was added: 40 participants, while the trial was under way.",
    ),
    "a target goes": (
        (enrolled(40), None),
        ("enrollment.target", "minor", None),
        "Enrollment target of 40 participants was removed, while the trial was under way.",
    ),
    "an old record gains a type": (
        (enrolled(40, None), enrolled(40)),
        ("enrollment.target", "minor", {"percent": 0.0}),
        "Enrollment of 40 participants is now marked otherwise, with the same count, while the trial was under way.",
    ),
    "the count for not known is no count": (
        (enrolled(99_999_999), enrolled(40)),
        ("enrollment.target", "minor", None),
        "Enrollment target was added: 40 participants, while the trial was under way.",
    ),
    "a target that nobody knows any more may be any": (
        (enrolled(40), enrolled(99_999_999)),
        ("enrollment.target", "major", None),
        (
            "Enrollment target of 40 participants is now given as 99,999,999, which stands for no number, "
            "while the trial was under way."
        ),
    ),
    "a number below zero is none": (
        (enrolled(40), enrolled(-1)),
        ("enrollment.target", "major", None),
        (
            "Enrollment target of 40 participants is now given as -1, which stands for no number, while the trial was"
            " under way."
        ),
    ),
}


@pytest.mark.parametrize(("sides", "expected", "summary"), CASES.values(), ids=CASES)
def test_enrollment(sides, expected, summary):
    before, after = sides

    (found,) = changes(record(enrollment=before), record(enrollment=after))

    assert (found.kind, str(found.significance), found.measure) == expected
    assert found.summary == summary


@pytest.mark.parametrize("nothing", [None, enrolled(None), enrolled(99_999_999)])
def test_no_count_is_no_count_however_it_is_written(nothing):
    assert differences(record(enrollment=nothing), record(enrollment=enrolled(None, None))) == ()
