"""The strip of a back-test: how it is drawn."""

import re
from xml.etree import ElementTree

from monitor.model import Significance
from monitor.web.charts.strip import HIGHEST, MOST_RINGS, Strip, StripMonth, strip

CRITICAL, MAJOR, MINOR, ADMINISTRATIVE = sorted(Significance, reverse=True)


def drawn(*months: StripMonth) -> Strip:
    return strip(months, label="7 mails & <more>")


def shapes(found: Strip) -> list[str]:
    return re.findall(r'<(?:polygon|circle) class="([\w-]+)"', found.svg)


def test_a_month_has_a_shape_for_each_message_and_a_ring_for_what_is_not_told() -> None:
    found = drawn(
        StripMonth("Jan 2026", (MINOR, CRITICAL), 1), StripMonth("Feb 2026", (), 2), StripMonth("Mar 2026", (MAJOR,), 0)
    )

    assert shapes(found) == ["c-critical", "c-minor", "not", "not", "not", "c-major"]
    assert (found.messages_each, found.changes_each) == (1, 1)


def test_many_are_drawn_as_few_shapes_that_stand_for_several() -> None:
    found = drawn(StripMonth("Jan 2026", (MAJOR,) * 30, 900), StripMonth("Feb 2026", (ADMINISTRATIVE,), 1))

    assert shapes(found).count("c-major") <= HIGHEST
    assert shapes(found).count("not") <= MOST_RINGS + 1
    assert found.messages_each * shapes(found).count("c-major") >= 30
    assert "c-admin" in shapes(found), "one is not lost among many"


def test_it_is_whole_xml_without_style_and_says_what_it_shows() -> None:
    for months in ([], [StripMonth("Jan 2026", (), 0)], [StripMonth(f"M{n}", (MINOR,), n) for n in range(200)]):
        root = ElementTree.fromstring(str(drawn(*months).svg))
        assert (root.get("aria-label"), root.get("role")) == ("7 mails & <more>", "img")
        assert not any("style" in each.attrib for each in root.iter())
        top = float((root.get("viewBox") or "").split()[3])
        assert all(0 <= float(each.get("cy", "0")) <= top for each in root.iter())
