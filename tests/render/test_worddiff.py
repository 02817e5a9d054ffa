"""A word diff shows every space where its reader expects it, and both texts can be read from it."""

import pytest

from monitor.render.worddiff import DiffOp, compare


def reading(before: str, after: str, *, without: DiffOp) -> str:
    return "".join(words for op, words in compare(before, after) if op is not without).removesuffix("\n")


def marked(before: str, after: str) -> str:
    signs = {DiffOp.KEPT: "{}", DiffOp.REMOVED: "[-{}-]", DiffOp.ADDED: "{{+{}+}}"}
    return "".join(signs[op].format(words) for op, words in compare(before, after)).removesuffix("\n")


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
    assert reading(before, after, without=DiffOp.ADDED) == before
    assert reading(before, after, without=DiffOp.REMOVED) == after


@pytest.mark.parametrize(("before", "after"), [("at > 5 mg", "at >5 mg"), ("5 mg ", "5 mg"), ("5 mg", "5  mg")])
def test_where_only_white_space_differs_nothing_is_marked(before, after):
    assert {op for op, _ in compare(before, after)} == {DiffOp.KEPT}
