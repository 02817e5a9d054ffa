"""What a rule that somebody thinks of would have sent, beside what is a step away from it."""

from dataclasses import replace

import pytest

from monitor.language.texts import IN_ENGLISH, Texts, texts_of
from monitor.model import Filters, Rhythm, Significance
from monitor.model.rhythm import Every
from monitor.storage import subscriptions
from monitor.views.previews import LATEST, Preview, preview
from monitor.views.rules import rule_of
from tests.program import WITHDRAWN_LATER, Trying
from tests.storage.subscribers import mailbox, subscription
from tests.studies import titled
from tests.views.asking import publish


@pytest.fixture
def ids(quick: Trying) -> list[str]:
    """Trials with a baseline; since then a title changed and a trial was withdrawn."""
    quick.watch(*quick.sandbox.trial_ids())
    quick.check()
    found = sorted(each for each in quick.sandbox.trial_ids() if each != WITHDRAWN_LATER)
    publish(quick, found[0], titled("Another"))
    quick.clock.advance(days=1)
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.check()
    quick.clock.advance(days=40)
    return found


def previewed(
    program: Trying, filters: Filters | None = None, rhythm: Rhythm | None = None, texts: Texts = IN_ENGLISH
) -> Preview:
    with program.store.begin() as tx:
        made = subscription(mailbox(tx), everything=True)
        subscriptions.add(tx, made)
    rule = rule_of(made.id, program.store)
    asked = replace(rule.subscription, filters=filters or Filters(), rhythm=rhythm or Rhythm())
    tried = replace(rule, subscription=asked)
    known = {"store": program.store, "registries": [program.registry]}
    return preview(tried, now=program.clock(), texts=texts, **known)


@pytest.mark.usefixtures("ids")
def test_the_latest_mails_are_headed_as_they_would_arrive(quick: Trying) -> None:
    found = previewed(quick, Filters(min_significance=Significance.ADMINISTRATIVE))

    first, second = found.latest
    assert first.headline == "Withdrawn – “Because economic problems”"
    assert (first.trial_id, first.significance, first.others) == (WITHDRAWN_LATER, Significance.CRITICAL, 0)
    assert second.at < first.at


@pytest.mark.usefixtures("ids")
def test_they_are_headed_in_the_readers_language(quick: Trying) -> None:
    first, second = previewed(quick, Filters(min_significance=Significance.ADMINISTRATIVE), texts=texts_of("fr")).latest

    assert first.headline.replace("\u202f", " ") == "Retiré – « Because economic problems »"
    assert second.headline.startswith("Titre abrégé")
    assert (first.is_in_english, second.is_in_english) == (False, False)


def test_a_digest_is_headed_by_the_most_significant_and_says_how_many_more_trials_it_tells_of(
    quick: Trying, ids: list[str]
) -> None:
    for each in ids[:3]:
        publish(quick, each, titled("Once more"))
    quick.clock.advance(days=40)

    found = previewed(quick, Filters(min_significance=Significance.ADMINISTRATIVE), Rhythm(every=Every.MONTHLY))

    assert [(each.significance, each.others) for each in found.latest][1:] == [(Significance.CRITICAL, 1)]
    assert found.latest[0].others == 2


@pytest.mark.usefixtures("ids")
def test_the_steps_beside_it_are_one_looser_one_stricter_one_slower_and_one_topic_more(quick: Trying) -> None:
    found = previewed(quick, Filters(topics=frozenset({"status"}), min_significance=Significance.MAJOR))

    steps = {
        (str(each.filters.min_significance), str(each.rhythm.every), each.topic): each.messages for each in found.steps
    }
    assert len(found.tried.sent) == 1
    assert {key: steps[key] for key in steps if not key[2]} == {
        ("critical", "immediate", ""): 1,
        ("minor", "immediate", ""): 1,
        ("major", "daily", ""): 1,
    }
    assert [each.messages for each in found.steps] == sorted(each.messages for each in found.steps)


@pytest.mark.usefixtures("ids")
def test_a_topic_is_offered_where_it_adds_the_fewest(quick: Trying) -> None:
    found = previewed(quick, Filters(topics=frozenset({"status"}), min_significance=Significance.ADMINISTRATIVE))

    more = [each for each in found.steps if each.topic]
    assert [(each.messages, each.filters.topics) for each in more] == [(2, frozenset({"status", more[0].topic}))]


@pytest.mark.usefixtures("ids")
def test_nothing_more_is_shown_than_a_page_holds(quick: Trying) -> None:
    found = previewed(quick, rhythm=Rhythm(every=Every.DAILY, all_quiet=True))

    assert (len(found.latest), len(found.tried.sent) > LATEST) == (LATEST, True)
    assert found.latest[0].significance is None, "all was quiet"
