"""The bars beside the changes: how they are drawn."""

import re
from xml.etree import ElementTree

import pytest

from monitor.model import Significance
from monitor.web.charts.days import Bar, bars

CRITICAL, MAJOR, MINOR = Significance.CRITICAL, Significance.MAJOR, Significance.MINOR


def heights(svg: str, kind: str) -> list[float]:
    return [float(each) for each in re.findall(rf'class="{kind}"[^>]* height="([\d.]+)"', svg)]


def test_a_day_is_as_tall_as_it_has_changes_and_its_critical_ones_are_counted() -> None:
    svg = bars(
        [Bar("1 Jan", {MINOR: 4}), Bar("2 Jan", {}), Bar("3 Jan", {MINOR: 2, CRITICAL: 6})], label="x", width=380
    )

    tall, low = heights(svg, "c-minor")
    assert tall > low
    assert len(heights(svg, "c-critical")) == 1
    assert re.findall(r'class="strong"[^>]*>(\d+)<', svg) == ["6"]
    assert re.findall(r"<text x[^>]*>([^<]+)<", svg) == ["1 Jan", "2 Jan", "3 Jan"]


@pytest.mark.parametrize("count", [0, 1, 2, 14, 400])
def test_however_many_it_is_whole_xml_within_its_width_and_without_style(count: int) -> None:
    svg = bars([Bar(f"{n} <Jan>", {MAJOR: n, MINOR: 1}) for n in range(count)], label="a & <b>", width=340)
    root = ElementTree.fromstring(str(svg))

    assert root.get("aria-label") == "a & <b>"
    assert "style" not in svg
    for box in root.iter("rect"):
        assert 0 <= float(box.get("x", "")) <= 340
        assert float(box.get("y", "")) >= 0
