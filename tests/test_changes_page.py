"""docs/changes.md has every kind once, with what `monitor.changes.significance` makes of it."""

import re
from pathlib import Path

import pytest

from monitor.changes.kinds import KINDS
from monitor.changes.significance import weigh
from monitor.model import Difference, Significance, Timing

PAGE = (Path(__file__).parent.parent / "docs" / "changes.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("## Kinds")[1].split("## When")[0].splitlines()
    if line.startswith("|") and "`" in line
]
SIGNIFICANCE = {
    kind: significance for _, kinds, _, significance, _ in ROWS for kind in re.findall(r"`([a-z_.]+)`", kinds)
}


def test_every_kind_is_in_the_table_once():
    listed = [kind for _, kinds, *_ in ROWS for kind in re.findall(r"`([a-z_.]+)`", kinds)]

    assert sorted(listed) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_significance_of_a_kind_by_itself_is_the_last_that_the_table_gives(kind: str):
    difference = Difference(
        field="anything",
        path="",
        kind=kind,
        topic=KINDS[kind].topic,
        before=None,
        after=None,
        summary="Something changed.",
    )

    named = re.findall(r"critical|major|minor|administrative", SIGNIFICANCE[kind])
    usual = named[0] if kind in ("status.changed", "sponsor.lead") else named[-1]
    assert str(weigh(difference).significance) == usual


def test_every_timing_and_significance_is_explained():
    for word in (*map(str, Timing), *map(str, Significance)):
        assert word in PAGE
