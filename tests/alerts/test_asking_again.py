"""Subscribers are told once that nothing more is expected, and are asked once a year whether it is still useful."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import update

from monitor.alerts import asking_again
from monitor.alerts.due import is_anything_due
from monitor.alerts.links import Links
from monitor.alerts.questions import APART, is_year_over, look_again_at
from monitor.alerts.subscribe import Asked, SubscriptionScope, Wanted, apply_config, set_state, subscribe
from monitor.channels.declared import CHANNELS
from monitor.errors import DeliveryRejected
from monitor.model import SubscriptionState
from monitor.model.rhythm import Every, Rhythm
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import deliveries, endings, notices, questions
from monitor.storage.questions import YEAR, Question
from monitor.storage.store import Store
from monitor.storage.tables import subscriptions
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.service.workers import Workers
from tests.studies import edited, status_becomes, titled, together, verified_a_year_later

ANNA = "anna@example.org"
MADE_AT = datetime(2024, 2, 29, 12, tzinfo=UTC)
USEFUL = "Are these alerts still useful?"


@pytest.fixture
def quick_outbox(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> OutboxHarness:
    """On SQLite alone, where the store makes no difference."""
    return with_pages(OutboxHarness(quick_store, sandbox, tmp_path))


def with_pages(outbox: OutboxHarness) -> OutboxHarness:
    links = Links(outbox.subscribe_context.vault, "https://trials.example.org")
    outbox.delivering = replace(outbox.delivering, context=replace(outbox.delivering.context, links=links))
    return outbox


def subjects(outbox: OutboxHarness) -> list[str]:
    """Of all messages since the last call."""
    told = [CHANNELS[each.endpoint.channel].recognised_by(each.body) for each in outbox.channel.came]
    outbox.channel.came.clear()
    return told


def asked(outbox: OutboxHarness) -> list[str]:
    """What came of the subscriptions themselves, after what is due is sent."""
    outbox.deliver()
    return [subject for subject in subjects(outbox) if "Nothing more" in subject or subject == USEFUL]


def withdraw(outbox: OutboxHarness) -> None:
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.deliver()


def post_results(outbox: OutboxHarness, trial_id: str, status: str = "COMPLETED") -> None:
    outbox.sandbox.edit(trial_id, together(status_becomes(status), edited(top__hasResults=True), verified_a_year_later))
    outbox.check(trial_id)


def two_trials(outbox: OutboxHarness) -> list[str]:
    """Of which something is expected, and there is a baseline."""
    known = [each for each in outbox.sandbox.trial_ids() if each != WITHDRAWN_LATER][:2]
    for each in known:
        outbox.sandbox.edit(each, edited(top__hasResults=False))
    outbox.check(*known)
    return sorted(known)


# Nothing more is expected


def test_who_named_a_trial_that_was_withdrawn_is_told_once_and_after_a_weekend(outbox: OutboxHarness) -> None:
    with_pages(outbox)
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    withdraw(outbox)
    outbox.clock.advance(days=3)

    assert asked(outbox) == []
    outbox.clock.advance(days=1)
    assert asked(outbox) == [f"Nothing more is expected of {WITHDRAWN_LATER}: keep these alerts?"]
    for _ in range(25):
        outbox.clock.advance(days=30)
        assert asked(outbox) == [], "then silence, also when a year is over"


def test_what_changes_after_all_is_told_and_the_same_is_not_asked_again(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    withdraw(outbox)
    outbox.clock.advance(days=5)
    assert len(asked(outbox)) == 1

    outbox.sandbox.edit(WITHDRAWN_LATER, together(status_becomes("RECRUITING"), verified_a_year_later))
    outbox.check(WITHDRAWN_LATER)
    outbox.deliver()
    (told,) = subjects(outbox)
    outbox.sandbox.edit(WITHDRAWN_LATER, together(status_becomes("WITHDRAWN"), verified_a_year_later))
    outbox.check(WITHDRAWN_LATER)
    outbox.clock.advance(days=5)

    assert "Recruiting" in told
    assert asked(outbox) == []


def test_what_was_taken_back_within_a_weekend_is_no_end(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    withdraw(outbox)
    outbox.clock.advance(days=3)
    outbox.sandbox.edit(WITHDRAWN_LATER, together(status_becomes("NOT_YET_RECRUITING"), verified_a_year_later))
    outbox.check(WITHDRAWN_LATER)
    outbox.clock.advance(days=2)

    assert asked(outbox) == []


def test_of_several_trials_all_have_to_be_at_their_end(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    first, second = two_trials(outbox)
    outbox.subscribe(ANNA, first, second, channel="email")
    outbox.clock.advance(minutes=1)
    post_results(outbox, first)
    outbox.clock.advance(days=5)
    assert asked(outbox) == []

    post_results(outbox, second, "TERMINATED")
    outbox.clock.advance(days=5)

    assert asked(outbox) == [f"Nothing more is expected of {first} and {second}: keep these alerts?"]


def test_a_trial_that_was_removed_for_good_is_at_its_end(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    outbox.sandbox.remove(WITHDRAWN_LATER)
    for _ in range(4):
        outbox.clock.advance(days=1)
        outbox.check(WITHDRAWN_LATER)
    outbox.clock.advance(days=5)
    outbox.deliver()
    (mail,) = [each.body.decode() for each in outbox.channel.came if b"Nothing more" in each.body]

    assert "removed from the registry" in mail


def test_whoever_hears_of_trials_that_may_come_is_not_told(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.check(WITHDRAWN_LATER)
    outbox.watch(WITHDRAWN_LATER)
    outbox.subscribe("everything@example.org", channel="email")
    of_watch = Asked(scope=SubscriptionScope(watch_id=1))
    subscribe("email", "watch@example.org", of_watch, context=outbox.subscribe_context)
    withdraw(outbox)
    outbox.clock.advance(days=5)

    assert asked(outbox) == []


def test_a_program_and_who_stands_in_the_configuration_are_told_too(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.check(WITHDRAWN_LATER)
    scope = SubscriptionScope(trials=frozenset({(outbox.registry.key, WITHDRAWN_LATER)}))
    apply_config([Wanted(name="team", channel="email", address=ANNA, scope=scope)], outbox.subscribe_context)
    outbox.subscribe("https://hooks.example.org/", WITHDRAWN_LATER)
    withdraw(outbox)
    outbox.clock.advance(days=5)
    outbox.deliver()
    webhook, mail = sorted(outbox.channel.came[-2:], key=lambda each: each.endpoint.channel, reverse=True)

    assert b'"type":"monitor.subscription.finished"' in webhook.body
    assert b"Nothing more is expected" in mail.body


def test_without_pages_it_is_said_and_nothing_is_asked(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    withdraw(outbox)
    outbox.clock.advance(days=5)
    outbox.deliver()
    mail = outbox.channel.came.pop().body.decode()

    assert f"Subject: Nothing more is expected of {WITHDRAWN_LATER}\r\n" in mail
    assert "mailto:" in mail
    assert "keep" not in mail.lower()
    outbox.clock.advance(days=365)
    assert asked(outbox) == []


def test_many_subscribers_are_told_a_few_at_a_time_and_each_once(
    outbox: OutboxHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_again, "AT_ONCE", 2)
    monkeypatch.setattr(asking_again, "TRANSACTIONS", 2)
    with_pages(outbox)
    outbox.check(WITHDRAWN_LATER)
    readers = [f"reader-{number}@example.org" for number in range(5)]
    for reader in readers:
        outbox.subscribe(reader, WITHDRAWN_LATER, channel="email")
    withdraw(outbox)
    outbox.clock.advance(days=5)

    assert len(asked(outbox)) == 4, "as many as a run looks at"
    assert len(asked(outbox)) == 1
    with outbox.store.begin() as tx:
        assert endings.take(tx, now=outbox.clock()) is None
    assert asked(outbox) == []


def test_a_title_is_text_in_every_channel_whatever_it_is(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    title = "<img src=x onerror=alert(1)>\r\nBcc: everybody@example.org\n@everyone \u202e" + "long " * 500
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    outbox.subscribe("https://hooks.example.org/", WITHDRAWN_LATER)
    outbox.subscribe("slack://TokenA/TokenB/TokenC", WITHDRAWN_LATER, channel="chat")
    withdraw(outbox)
    outbox.sandbox.edit(WITHDRAWN_LATER, together(titled(title), verified_a_year_later))
    outbox.check(WITHDRAWN_LATER)
    outbox.deliver()
    outbox.channel.came.clear()
    outbox.clock.advance(days=5)
    outbox.deliver()
    told = {each.endpoint.channel: each.body for each in outbox.channel.came}
    mail = message_from_bytes(told["email"], policy=policy.default)
    html = mail.get_body(("html",))

    assert html is not None
    assert "&lt;img" in html.get_content()
    assert "<img" not in html.get_content()
    assert mail["Bcc"] is None
    assert len(told["webhook"]) < 2000
    assert "@everyone" not in told["chat"].decode()
    assert "\u202e" not in mail.as_string() + told["chat"].decode()


@pytest.mark.parametrize("state", [SubscriptionState.PAUSED, SubscriptionState.ENDED])
def test_who_hears_of_nothing_is_not_told(quick_outbox: OutboxHarness, state: SubscriptionState) -> None:
    outbox = quick_outbox
    outbox.check(WITHDRAWN_LATER)
    made = outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    withdraw(outbox)
    set_state(made.subscription.id, state, outbox.subscribe_context)
    outbox.clock.advance(days=5)
    asked(outbox)
    set_state(made.subscription.id, SubscriptionState.ACTIVE, outbox.subscribe_context)

    assert asked(outbox) == []


def test_who_is_told_in_digests_hears_of_the_end_first_in_one(outbox: OutboxHarness) -> None:
    with_pages(outbox)
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email", rhythm=Rhythm(every=Every.MONTHLY))
    outbox.clock.advance(days=10)  # the 2nd of the month
    withdraw(outbox)
    outbox.clock.advance(days=5)
    assert (asked(outbox), outbox.channel.came) == ([], [])

    outbox.clock.advance(days=25)
    outbox.deliver()
    (digest,) = subjects(outbox)
    assert "Monthly digest" in digest
    outbox.clock.advance(hours=1)
    assert asked(outbox) == [f"Nothing more is expected of {WITHDRAWN_LATER}: keep these alerts?"]


# Still useful?


def test_a_person_is_asked_once_a_year_and_it_goes_on_without_an_answer(outbox: OutboxHarness) -> None:
    with_pages(outbox)
    outbox.subscribe(ANNA, channel="email")
    began_at = outbox.clock()
    days = []
    for day in (1, 364, 366, 380, 500, 729, 731, 1000):
        outbox.clock.now = began_at + timedelta(days=day)
        days += [day for _ in asked(outbox)]

    assert days == [366, 731]
    with outbox.store.read() as tx:
        assert notices.listing(tx) == [], "nothing for the operator"


def test_a_program_a_file_and_a_year_without_pages_are_not_asked(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    apply_config(
        [Wanted(name="team", channel="email", address=ANNA, scope=SubscriptionScope(everything=True))],
        outbox.subscribe_context,
    )
    outbox.subscribe("https://hooks.example.org/")
    outbox.clock.advance(days=366)
    assert asked(outbox) == []
    outbox.subscribe("ben@example.org", channel="email")
    outbox.delivering = replace(outbox.delivering, context=replace(outbox.delivering.context, links=None))
    outbox.clock.advance(days=366)

    assert asked(outbox) == []


def test_what_was_at_its_end_when_it_was_subscribed_is_told_when_a_year_is_over(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    outbox.clock.advance(days=30)
    assert asked(outbox) == []
    outbox.clock.advance(days=336)

    assert asked(outbox) == [f"Nothing more is expected of {WITHDRAWN_LATER}: keep these alerts?"]


def test_what_was_made_before_there_were_questions_gets_its_turn_when_its_year_is_over(
    quick_outbox: OutboxHarness,
) -> None:
    """As the migration leaves it: to be looked at since it was made."""
    outbox = quick_outbox
    made = outbox.subscribe(ANNA, channel="email").subscription
    with outbox.store.begin() as tx:
        questions.look_again(tx, {made.id: made.created_at})
    outbox.clock.advance(days=365 + 100)
    assert asked(outbox) == [], "not all at once"
    outbox.clock.advance(days=265)

    assert asked(outbox) == [USEFUL]


def test_a_service_that_has_nothing_else_to_send_asks_when_it_is_time(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.subscribe(ANNA, channel="email")
    workers = Workers(outbox)
    outbox.clock.advance(days=364)
    workers.dispatcher.step()
    assert (outbox.channel.came, is_anything_due(outbox.store, [], now=outbox.clock())) == ([], False)

    outbox.clock.advance(days=1)
    assert is_anything_due(outbox.store, [], now=outbox.clock())
    workers.dispatcher.step()

    assert subjects(outbox) == [USEFUL]
    assert not is_anything_due(outbox.store, [], now=outbox.clock())


def test_a_clock_that_ran_ahead_for_ten_years_makes_nobody_wait_for_as_long(outbox: OutboxHarness) -> None:
    with_pages(outbox)
    outbox.clock.advance(days=3640)
    made = outbox.subscribe(ANNA, channel="email").subscription
    outbox.clock.advance(days=-3640)
    with outbox.store.begin() as tx:
        questions.mend_clock(tx, now=outbox.clock())
        assert questions.next_due(tx) == outbox.clock()
    assert asked(outbox) == []

    with outbox.store.begin() as tx:
        tx.execute(update(subscriptions).values(created_at=outbox.clock()))
        questions.look_again(tx, {made.id: outbox.clock() + timedelta(days=3650)})
        questions.mend_clock(tx, now=outbox.clock())
    assert asked(outbox) == []
    outbox.clock.advance(days=366)
    assert asked(outbox) == [USEFUL]


def test_a_question_that_is_not_taken_ends_as_any_mail_does(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    outbox.subscribe(ANNA, channel="email")
    outbox.refuse(ANNA, DeliveryRejected("550 no such user", status=550))
    outbox.clock.advance(days=366)
    outbox.deliver()

    with outbox.store.read() as tx:
        (delivery,) = deliveries.listing(tx, failed=True)
    assert delivery.about == "notice"


def after(days: float) -> datetime:
    return MADE_AT + timedelta(days=days)


@pytest.mark.parametrize(
    ("now", "asked_at", "answered_at", "expected"),
    [
        (364, None, None, False),
        (365, None, None, True),
        (424, None, None, True),
        (426, None, None, False),
        (731, 365, None, True),
        (366, 365, None, False),
        (500, 365, None, False),
        (366, 350, None, False),
        (381, 350, None, True),
        (366, None, 360, False),
        (391, None, 360, True),
        (396, None, 366, False),
        (-5, None, None, False),
    ],
)
def test_a_year_is_asked_of_once_and_not_within_a_month_of_a_question_or_an_answer(
    now: float, asked_at: float | None, answered_at: float | None, expected: bool
) -> None:
    question = Question(
        "s", None if asked_at is None else after(asked_at), None if answered_at is None else after(answered_at)
    )

    assert is_year_over(MADE_AT, question, after(now)) is expected


@pytest.mark.parametrize(
    ("now", "answered_at", "expected"),
    [
        (0, None, MADE_AT + YEAR),
        (-3000, None, MADE_AT + YEAR),
        (365, None, MADE_AT + 2 * YEAR),
        (500, None, MADE_AT + 2 * YEAR),
        (366, 360, after(360) + APART),
        (366, 100, MADE_AT + 2 * YEAR),
    ],
)
def test_it_is_looked_at_again_when_the_next_year_is_over_or_a_question_waits(
    now: float, answered_at: float | None, expected: datetime
) -> None:
    question = Question("s", None, None if answered_at is None else after(answered_at))

    assert look_again_at(MADE_AT, question, after(now)) == expected
