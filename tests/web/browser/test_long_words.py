"""A registry that says everything in words of 300 letters: nothing is moved sideways by it on the narrowest screen."""

from collections.abc import Iterator
from typing import Any

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.watching.indexing import index_missing
from tests.program import WITHDRAWN_LATER
from tests.sample_sizes import sizes
from tests.studies import Edit, Study
from tests.web.browser.full_site import FullSite, full_site
from tests.web.trial_world import published

LETTERS = 300
CODED = ("Date", "type", "Type", "Status", "Id", "Code", "Phase", "phases", "Age", "Ages", "sex", "date", "country")
"""What ends so is no free text."""


def in_one_word(node: Any, letter: str, name: str = "") -> Any:
    """The same with one word for every free text: its field's name, and that letter."""
    if isinstance(node, dict):
        return {key: in_one_word(value, letter, key) for key, value in node.items()}
    if isinstance(node, list):
        return [in_one_word(each, letter, name) for each in node]
    if not isinstance(node, str) or name.endswith(CODED) or node.isupper() or node[:4].isdigit():
        return node
    return name.ljust(LETTERS, letter)


def saying(letter: str) -> Edit:
    def edit(study: Study) -> None:
        section = study["protocolSection"]
        section.update(in_one_word(section, letter))

    return edit


def say_long_words(sandbox: Sandbox) -> None:
    for trial_id in sandbox.trial_ids():
        sandbox.edit(trial_id, saying("m"), refresh=False)
    sandbox.refresh()


@pytest.fixture(scope="module")
def long_worded(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullSite]:
    """One trial says its words once more, and others."""
    with full_site(tmp_path_factory.mktemp("long"), say_long_words) as running:
        outbox = running.site.outbox
        published(outbox, WITHDRAWN_LATER, saying("w"))
        index_missing(outbox.store, [outbox.registry])
        running.site.forget()
        yield running


@pytest.mark.parametrize("one_in", sizes(4, 1))
def test_no_word_of_a_registry_makes_a_page_wider(browser: Any, long_worded: FullSite, one_in: int) -> None:
    """On one page in so many."""
    trial = f"/trials/{WITHDRAWN_LATER}"
    others = [f"{trial}{each}" for each in ("/changes/6", "/snapshots/6", "/compare/5..6", "/compare/5..6?in=sides")]
    word = "name".ljust(LETTERS, "m")
    asked = [
        f"/?since=all&sponsor={word}",
        f"/trials?sponsor={word}",
        f"/search?q={word[:200]}",
        f"/trials?q={word[:200]}",
    ]
    wide, said = {}, 0
    with browser.new_context(viewport={"width": 320, "height": 900}) as context:
        page = context.new_page()
        for address in [*long_worded.addresses, *others, *asked, f"{trial}/compare/5..6?view=all"][::one_in]:
            page.goto(long_worded.site.url + address)
            page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
            wide[address] = page.evaluate("document.documentElement.scrollWidth")
            said += ("m" * 60 if address not in others else "w" * 60) in page.content()

    assert {address: width for address, width in wide.items() if width > 320} == {}
    assert said > 15 / one_in
