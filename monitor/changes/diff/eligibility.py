"""Who may take part: age, sex, healthy volunteers, and the criteria in full. Pure."""

import re
from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.design import coded_difference
from monitor.changes.diff.wording import change_sentence, respelling_sentence, text_change_sentence
from monitor.changes.edit import edit
from monitor.changes.fields import FIELDS
from monitor.changes.spelling import respelled
from monitor.model import Difference
from monitor.text import fold

_DECISIVE = re.compile(
    r"[\d<>=≤≥±]|\A\W*(no|not|non|none|never|without|except|excluding|unless|only|or|least|most|more|less|"
    r"fewer|greater|above|below|exceed(s|ing)?|must|may|allowed|permitted|excluded|ineligible|eligible|any|all)\W*\Z",
    re.IGNORECASE,
)
"""Words of which a single one can change who may take part: numbers, comparisons, negations and conditions."""

_VOLUNTEERS = {True: "accepted", False: "not accepted"}


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell the limits one by one, then the criteria."""
    for field in ("minimum_age", "maximum_age"):
        yield from _age(pair, field)
    yield from coded_difference(pair, "sex")
    yield from _healthy_volunteers(pair)
    yield from _criteria(pair)


def _age(pair: Comparison, field: str) -> Iterator[Difference]:
    before: str | None = getattr(pair.before, field)
    after: str | None = getattr(pair.after, field)
    old, new = fold(before), fold(after)
    if old.casefold() != new.casefold():
        summary = change_sentence(FIELDS[field].label, old or None, new or None)
        yield pair.difference(field, before=before, after=after, summary=summary)


def _healthy_volunteers(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.healthy_volunteers, pair.after.healthy_volunteers
    if before is after:
        return
    if after is None:
        summary = f"The statement on healthy volunteers was removed; they were {_VOLUNTEERS[bool(before)]}."
    else:
        summary = f"Healthy volunteers are now {_VOLUNTEERS[after]}."
    yield pair.difference("healthy_volunteers", before=before, after=after, summary=summary)


def _criteria(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.eligibility_criteria, pair.after.eligibility_criteria
    if before == after or fold(before) == fold(after):
        return
    same = respelled(before, after)
    yield pair.difference(
        "eligibility_criteria",
        "eligibility.respelled" if same else "eligibility.criteria",
        before=before,
        after=after,
        summary=(respelling_sentence if same else text_change_sentence)("Eligibility criteria", before, after),
        measure=_measure(before, after),
    )


def _measure(before: str | None, after: str | None) -> dict[str, int | float]:
    """How many words came and went, and how many of them are decisive."""
    change = edit(before, after)
    decisive = sum(abs(number) for word, number in change.moved.items() if _DECISIVE.search(word))
    return change.measure | {"decisive_words": decisive}
