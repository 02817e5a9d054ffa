"""A word diff shows every space where its reader expects it, and both texts can be read from it."""

import pytest

from monitor.render.worddiff import Fate, compare


def reading(before: str, after: str, *, without: Fate) -> str:
    return "".join(words for fate, words in compare(before, after) if fate is not without).removesuffix("\n")


def marked(before: str, after: str) -> str:
    signs = {Fate.KEPT: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "{{+{}+}}"}
    return "".join(signs[fate].format(words) for fate, words in compare(before, after)).removesuffix("\n")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("visit two days", "visit, two days", "visit{+,+} two days"),
        ("visit, two days", "visit two days", "visit[-,-] two days"),
        ("healing without drainage, confirmed", "healing, confirmed", "healing[- without drainage-], confirmed"),
        ("healing, confirmed", "healing without drainage, confirmed", "healing{+ without drainage+}, confirmed"),
        ("week 10 or", "week 10, 26 or", "week 10{+, 26+} or"),
        ("visit two", "visit, 2", "visit[- two-]{+, 2+}"),
        ("12 weeks or so", "24 weeks or so", "[-12 -]{+24 +}weeks or so"),
    ],
)
def test_white_space_goes_with_the_side_that_has_it(before, after, shown):
    assert marked(before, after) == shown
    assert reading(before, after, without=Fate.ADDED) == before
    assert reading(before, after, without=Fate.REMOVED) == after


@pytest.mark.parametrize(("before", "after"), [("at > 5 mg", "at >5 mg"), ("5 mg ", "5 mg"), ("5 mg", "5  mg")])
def test_where_only_white_space_differs_nothing_is_marked(before, after):
    assert {fate for fate, _ in compare(before, after)} == {Fate.KEPT}
