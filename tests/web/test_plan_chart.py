"""The chart of how a plan moved: what it shows of dates that are partial, absurd or missing, and of many snapshots."""

import gzip
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from monitor.model import Coded, Enrollment, PartialDate, State
from monitor.views.plan import Planned, drift_of
from monitor.web.charts.plan import plan_charts
from monitor.web.charts.plan_words import PassedStart, passed_start
from monitor.web.charts.svg import count_ticks, short_count, spread, year_ticks

AWAITED = Coded("NOT_YET_RECRUITING", "Not yet recruiting")
RECRUITING = Coded("RECRUITING", "Recruiting")
WITHDRAWN = Coded("WITHDRAWN", "Withdrawn")


def plan(
    number: int,
    on: str,
    status: Coded | None = RECRUITING,
    *,
    start: str | None = None,
    primary: str | None = None,
    completion: str | None = None,
    count: int | None = None,
    kind: str = "ESTIMATED",
    state: State = State.LISTED,
) -> Planned:
    return Planned(
        number=number,
        on=date.fromisoformat(on),
        state=state,
        overall_status=status,
        start_date=PartialDate(start) if start else None,
        primary_completion_date=PartialDate(primary, kind) if primary else None,
        completion_date=PartialDate(completion, kind) if completion else None,
        enrollment=None if count is None else Enrollment(count, kind),
    )


WITHDRAWN_IN_2016 = [
    plan(1, "2014-04-17", AWAITED, start="2014-09", primary="2016-05", completion="2016-09", count=30),
    plan(2, "2014-11-03", AWAITED, start="2015-05", primary="2016-12", completion="2017-05", count=30),
    plan(3, "2015-08-06", AWAITED, start="2015-05", primary="2017-05", completion="2017-05", count=20),
    plan(4, "2016-01-14", WITHDRAWN, start="2015-05", primary="2017-05", completion="2017-05", count=0, kind="ACTUAL"),
]


class Drawn:
    """The wide copy, as elements."""

    def __init__(self, plans: Sequence[Planned], as_of: str) -> None:
        self.markup = str(plan_charts(plans, as_of=date.fromisoformat(as_of)))
        self.copies = list(ElementTree.fromstring(f"<both>{self.markup}</both>"))
        self.wide = self.copies[0]

    def texts(self, kind: str | None = None) -> list[str]:
        return [each.text or "" for each in self.wide.iter("text") if kind in (None, each.get("class"))]

    def of(self, kind: str) -> list[ElementTree.Element]:
        return [each for each in self.wide.iter() if kind in (each.get("class") or "").split()]

    def is_inside(self) -> bool:
        """Whether all that is drawn lies within the picture."""
        _, _, width, height = map(float, (self.wide.get("viewBox") or "").split())
        numbers = {
            name: width if name.startswith(("x", "cx")) else height for name in ("x1", "x2", "cx", "cy", "y1", "y2")
        }
        return all(
            -1 <= float(each.get(name, 0)) <= most + 1 for each in self.wide.iter() for name, most in numbers.items()
        )


def test_the_lines_say_their_dates_and_how_far_they_came() -> None:
    chart = Drawn(WITHDRAWN_IN_2016, "2016-01-20")

    assert [each.get("class") for each in chart.copies] == ["chart wide", "chart narrow"]
    assert {"2017-05 · +365 d", "2017-05 · +242 d", "2015-05 · +242 d"} <= set(chart.texts())
    assert chart.texts("t1") == ["Primary completion"]
    assert {"Not yet recruiting", "Withdrawn", "0 actual"} <= set(chart.texts("strong"))
    assert "30 at first" in chart.texts()
    assert "Start 2014-09 → 2015-05." in (chart.wide.get("aria-label") or "")


def test_a_start_that_passed_while_nobody_was_recruited_is_marked() -> None:
    assert Drawn(WITHDRAWN_IN_2016, "2016-01-20").texts("flag") == ["start date passed, not recruiting"]
    assert passed_start(WITHDRAWN_IN_2016, date(2016, 1, 20)) == PassedStart(date(2015, 5, 1), 1, date(2015, 5, 1))
    in_time = [plan(1, "2015-01-01", AWAITED, start="2015-05"), plan(2, "2015-05-20", start="2015-05")]
    assert not Drawn(in_time, "2016-01-20").texts("flag")


def test_labels_of_lines_that_end_together_keep_apart() -> None:
    chart = Drawn(WITHDRAWN_IN_2016, "2016-01-20")

    names = [each for each in chart.wide.iter("text") if (each.get("class") or "") in ("t1", "t2", "t3")]
    heights = sorted(float(each.get("y", 0)) for each in names)
    assert all(below - above >= 34 for above, below in pairwise(heights))


def test_lines_that_share_a_date_are_both_seen() -> None:
    chart = Drawn(WITHDRAWN_IN_2016, "2016-01-20")

    ends = {
        each.get("class"): (each.get("d") or "").rsplit("H", 1)[0].rsplit("V", 1)[1]
        for each in chart.of("l")
        if "V" in (each.get("d") or "")
    }
    assert ends["l l1"] != ends["l l2"]


@pytest.mark.parametrize(
    "plans",
    [
        [plan(1, "2024-01-01", start="2023-05", primary="9999-12-31", completion="0001-01-01", count=99_999_998)],
        [plan(1, "0001-01-01", start="0001"), plan(2, "9999-12-31", start="9999")],
        [plan(1, "2024-01-01", start="2030-02-30", primary="2031-13"), plan(2, "2024-01-01", start="Frühling")],
        [plan(1, "2024-01-01", None, start="nobody knows", completion=" ")],
        [plan(1, "2024-01-01", Coded("SOMETHING_NEW", "")), plan(2, "2025-01-01", None)],
        [plan(1, "2024-01-01", count=0), plan(2, "2024-01-02", count=None), plan(3, "2024-01-03", count=7)],
        [plan(-1, "2019-01-01", primary="2020"), plan(1, "2018-01-01", primary="2020-06-30", state=State.REMOVED)],
    ],
)
def test_whatever_dates_there_are_the_picture_holds_them(plans: Sequence[Planned]) -> None:
    chart = Drawn(plans, "2025-06-01")

    assert chart.is_inside()
    assert len(list(chart.wide.iter())) < 100, "not a line for every year there is"


def test_a_date_that_comes_and_goes_leaves_gaps() -> None:
    chart = Drawn(
        [
            plan(1, "2024-01-01", primary="2025", completion="2026"),
            plan(2, "2024-06-01", completion="2027"),
            plan(3, "2025-01-01", primary="2026", completion=None),
        ],
        "2025-06-01",
    )

    lines = {each.get("class"): each.get("d") or "" for each in chart.of("l") if each.get("d")}
    assert lines["l l1"].count("M") == 2
    assert "no longer given" in chart.texts()


def test_snapshots_of_one_day_stand_beside_each_other() -> None:
    chart = Drawn([plan(1, "2026-11-28", AWAITED, count=20), plan(2, "2026-11-28", WITHDRAWN, count=0)], "2026-11-28")

    lines = sorted(float(each.get("x1", 0)) for each in chart.of("snap"))
    assert len(lines) == 2
    assert lines[1] - lines[0] >= 18
    assert {"1", "2"} <= set(chart.texts())


def test_nothing_known_is_nothing_drawn() -> None:
    assert plan_charts([plan(1, "2024-01-01", None)], as_of=date(2025, 1, 1)) == ""


def test_without_dates_there_are_status_and_enrollment_alone() -> None:
    chart = Drawn([plan(1, "2024-01-01", count=30), plan(2, "2025-01-01", count=44)], "2025-06-01")

    assert "Key dates, as registered" not in chart.texts()
    assert {"Enrollment", "44 expected", "Recruiting"} <= set(chart.texts("strong"))


def test_hundreds_of_snapshots_stay_a_picture_of_few_bytes() -> None:
    first = date(2015, 1, 1)
    many = [
        plan(i + 1, str(first + timedelta(days=9 * i)), primary=f"{2018 + i // 90}-{1 + i % 12:02}", count=100 + i)
        for i in range(400)
    ]

    chart = Drawn(many, "2026-01-01")

    assert len(gzip.compress(chart.markup.encode())) < 30_000
    assert len(chart.texts()) < 80
    assert chart.is_inside()


def test_a_plan_that_never_moved_is_small() -> None:
    same = [plan(i + 1, f"20{10 + i}-01-01", start="2010-02", primary="2030", count=50) for i in range(10)]

    assert len(gzip.compress(str(plan_charts(same, as_of=date(2020, 1, 1))).encode())) < 3_000


def test_what_the_registry_writes_is_text_and_nothing_else() -> None:
    hostile = Coded("X", '"><script>alert(1)</script>')

    markup = str(plan_charts([plan(1, "2024-01-01", hostile, start="2024-01-01<b>")], as_of=date(2025, 1, 1)))

    assert "<script" not in markup
    assert "<b>" not in markup


def test_a_chart_has_no_style_of_its_own() -> None:
    assert "style=" not in Drawn(WITHDRAWN_IN_2016, "2016-01-20").markup


def test_labels_are_pushed_apart_within_their_bounds() -> None:
    assert spread([100, 101, 250], 34, within=(70, 290)) == [83.5, 117.5, 250]
    assert spread([288, 289, 290], 34, within=(70, 290)) == [222, 256, 290]
    assert spread([70, 70, 70], 34, within=(70, 290)) == [70, 104, 138]


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, [0, 1]), (1, [0, 1]), (30, [0, 20, 40]), (100, [0, 50, 100]), (1200, [0, 1000, 2000])]
)
def test_counts_stand_at_round_numbers(most: int, ticks: list[int]) -> None:
    assert count_ticks(most) == ticks


def test_large_numbers_are_short() -> None:
    assert [short_count(each) for each in (950, 1_200, 12_000, 1_500_000)] == ["950", "1,200", "12k", "1.5M"]


def test_drift_is_counted_from_what_was_first_registered() -> None:
    drift = drift_of(WITHDRAWN_IN_2016, "start_date")

    assert drift is not None
    assert (drift.first.text, drift.now.text, drift.days, drift.has_moved) == ("2014-09", "2015-05", 242, True)
    assert drift_of(WITHDRAWN_IN_2016, "recruitment_end_date") is None
    assert drift_of([], "start_date") is None


def test_the_middle_of_a_year_is_named_by_its_month() -> None:
    ticks = year_ticks(date(2026, 3, 1), date(2027, 9, 1), at_most=6)

    assert [tick.text for tick in ticks] == ["Jul", "2027", "Jul"]
