"""Small charts of how far the primary completion of trials moved."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from monitor.changes.plans import Plan, Step
from monitor.web.charts.slips import Point, Scale, Slips, chart, days_words, slips_of

BEGAN = datetime(2014, 1, 1, tzinfo=UTC)
NOW = datetime(2016, 1, 14, tzinfo=UTC)


def plan(*dates: tuple[int, str | None]) -> Plan:
    """Each date by the days after which it was seen."""
    steps = [Step(BEGAN + timedelta(days=days), {"date": text} if text else None) for days, text in dates]
    return Plan({"primary_completion_date": tuple(steps)})


def slips(*points: tuple[float, int], months: float = 30) -> Slips:
    return Slips(tuple(Point(*each) for each in points), months)


def drawn(one: Slips, *others: Slips, label: str = "A trial", is_labelled: bool = False) -> Element:
    return fromstring(chart(one, Scale.of([one, *others]), label, is_labelled=is_labelled))


def path(svg: Element) -> str:
    return next(each.attrib["d"] for each in svg if each.tag == "path")


def texts(svg: Element) -> list[str | None]:
    return [each.text for each in svg if each.tag == "text"]


def test_moves_are_counted_from_the_first_date() -> None:
    found = slips_of(plan((0, "2015-01"), (100, "2015-04"), (300, "2015-04-20"), (400, "2014-12")), now=NOW)
    assert found is not None
    assert [point.days for point in found.points] == [90, -31]
    assert round(found.months) == 24


def test_a_trial_without_a_date_has_no_chart() -> None:
    assert slips_of(plan((0, None)), now=NOW) is None
    assert slips_of(plan((0, "soon")), now=NOW) is None
    assert slips_of(Plan({}), now=NOW) is None


def test_a_date_that_went_away_and_came_back_is_no_move() -> None:
    found = slips_of(plan((0, "2015-01"), (100, None), (200, "2015-01")), now=NOW)
    assert found is not None
    assert found.points == ()


def test_all_charts_of_a_page_have_one_scale() -> None:
    small, large = slips((5, 31)), slips((9, 46), (22, 412))
    scale = Scale.of([small, large])
    assert path(fromstring(chart(small, scale, "", is_labelled=False))) != path(drawn(small))
    assert scale.y(412) < scale.y(46) < scale.y(31) < scale.y(0)


@pytest.mark.parametrize(("days", "level"), [(181, "l l2"), (182, "l l1"), (-400, "l l2")])
def test_half_a_year_stands_out(days: int, level: str) -> None:
    svg = drawn(slips((9, days)))
    assert [each.attrib["class"] for each in svg if each.tag == "path"] == [level]


def test_the_whole_move_is_written_beside_the_line() -> None:
    assert texts(drawn(slips((9, 46), (22, 412)))) == ["+412 d"]
    assert texts(drawn(slips((9, -30)))) == ["\u221230 d"]
    assert texts(drawn(slips())) == []


def test_the_scale_is_written_where_it_is_asked_for() -> None:
    assert texts(drawn(slips((9, 412)), is_labelled=True)) == ["½ year", "1 year", "+412 d"]


@pytest.mark.parametrize(
    "points",
    [
        [(0.0, 3_000_000)],
        [(500.0, -900_000)],
        [(n / 10, n * 31) for n in range(200)],
        [(3.0, 0)],
        [(36.0, 400)],
        [(0.5, 1)],
    ],
)
def test_everything_stays_within_the_picture(points: Sequence[tuple[float, int]]) -> None:
    svg = drawn(slips(*points, months=700), is_labelled=True)
    for each in svg:
        places = {
            name: float(value) for name, value in each.attrib.items() if name in ("x", "y", "cx", "cy", "x1", "y1")
        }
        assert all(0 <= value <= (256 if "x" in name else 104) for name, value in places.items())


def test_a_hostile_title_is_no_markup() -> None:
    svg = drawn(slips((9, 46)), label='"><script>alert(1)</script>')
    assert svg.attrib["aria-label"] == '"><script>alert(1)</script>'
    assert "style" not in chart(slips((9, 46)), Scale.of([]), "x", is_labelled=True)


@pytest.mark.parametrize(("days", "only"), [([], True), ([46, 106], True), ([46, 20], False), ([-30], False)])
def test_slips_are_told_from_other_moves(days: list[int], *, only: bool) -> None:
    moved = slips(*((float(n), each) for n, each in enumerate(days)))
    assert (moved.moves, moved.only_slipped) == (len(days), only)


def test_days_have_a_sign() -> None:
    assert [days_words(days) for days in (1412, -30, 0)] == ["+1,412 d", "\u221230 d", "0 d"]


def test_the_scale_is_named_at_the_end_where_the_line_of_the_trial_is_not() -> None:
    def places(svg: Element) -> list[float]:
        return [float(each.attrib["x"]) for each in svg if (each.text or "").endswith("year")]

    assert places(drawn(slips((9, 412)), is_labelled=True)) == [2, 2]
    assert places(drawn(slips((1, 457), months=1), is_labelled=True)) == [254, 254]
