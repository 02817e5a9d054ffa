"""Alerts that are owed are delivered: once, in order, whatever receivers do."""

import json
import threading
from datetime import timedelta
from itertools import count

import pytest

from monitor.alerts.subscribe import set_state
from monitor.alerts.why import explained
from monitor.errors import DeliveryDeferred, DeliveryRejected
from monitor.model import DeliveryState, Filters, Message, Result, Significance, SubscriptionState
from monitor.ports import Accepted
from monitor.storage import endpoints
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, titled, together, verified_in

HOOK = "https://hooks.example.org/trials"
OTHER = "https://other.example.net/trials"
DOWN = DeliveryDeferred("503 Service Unavailable", status=503)


def submitted(outbox: OutboxHarness, number: int) -> None:
    """A sponsor submits another acronym, and the program sees it."""

    outbox.sandbox.edit(WITHDRAWN_LATER, together(named(f"STEP-{number}"), verified_in(f"20{number:02}-01")))
    outbox.check(WITHDRAWN_LATER)


def acronyms(messages: list[Message]) -> list[str]:
    bodies = [json.loads(message.body) for message in messages]
    return [change["after"] for body in bodies for change in body["data"]["changes"] if change["field"] == "acronym"]


def test_a_change_is_told_once_to_everybody_who_asked(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    outbox.subscribe(OTHER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)

    outbox.check(WITHDRAWN_LATER)
    outbox.deliver()
    outbox.check(WITHDRAWN_LATER)
    outbox.deliver()

    assert sorted(message.endpoint.shown for message in outbox.channel.came) == sorted([HOOK, OTHER])
    assert outbox.standings() == ["delivered", "delivered"]


def test_a_webhook_hears_what_its_receiver_files_the_message_by(outbox: OutboxHarness) -> None:
    """The facts are those of the record that the change is in; of a trial that is gone, those that it had last."""
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.sandbox.remove(WITHDRAWN_LATER)
    for _ in range(3):
        outbox.clock.advance(days=1)
        outbox.sandbox.refresh()
        outbox.check(WITHDRAWN_LATER, *outbox.sandbox.trial_ids()[:1])
    outbox.deliver()
    outbox.deliver()

    withdrawn, removed = (json.loads(message.body) for message in outbox.channel.came)
    assert (withdrawn["schema_version"], removed["type"]) == (1, "trial.removed")
    about = withdrawn["data"]
    assert about["lead_sponsor"] == "Alzahra Hospital"
    assert about["overall_status"] == "WITHDRAWN"
    assert about["phases"] == ["PHASE1", "PHASE2"]
    assert about["conditions"] == ["Amyotrophic Lateral Sclerosis"]
    assert about["last_update_post_date"] == "2016-01-14"
    assert about["registry_version"].startswith("2026-11-21T")
    same = ("lead_sponsor", "overall_status", "phases", "conditions", "last_update_post_date")
    assert {name: removed["data"][name] for name in same} == {name: about[name] for name in same}
    assert removed["data"]["registry_version"] > about["registry_version"]


def test_a_baseline_tells_nobody(outbox: OutboxHarness) -> None:
    outbox.subscribe(HOOK)

    outbox.check(*outbox.sandbox.trial_ids())

    assert outbox.deliver() == []


def test_what_is_not_asked_for_is_not_told_and_can_be_explained(outbox: OutboxHarness) -> None:
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK, filters=Filters(min_significance=Significance.CRITICAL))
    submitted(outbox, 1)

    assert outbox.deliver() == []
    [event, line] = explained("clinicaltrials.gov", WITHDRAWN_LATER, HOOK, outbox.subscribe_context)
    assert "Acronym" in event
    assert "significance minor is below critical" in line


def test_what_was_sent_can_be_explained(outbox: OutboxHarness) -> None:
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK)
    submitted(outbox, 1)
    outbox.deliver()

    [_, line] = explained("clinicaltrials.gov", WITHDRAWN_LATER, HOOK, outbox.subscribe_context)

    assert "taken at 2026-11-22 17:00 UTC after the first try" in line


def test_a_receiver_that_is_down_for_a_day_gets_everything_once_and_in_order(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK)
    outbox.refuse(HOOK, DOWN)
    for number in range(1, 6):
        submitted(outbox, number)
        for _ in range(8):
            outbox.deliver()
            outbox.clock.advance(minutes=36)
    outbox.channel.behaviour.clear()
    outbox.channel.came.clear()
    for _ in range(60):
        outbox.deliver()
        outbox.clock.advance(hours=1)

    assert acronyms(outbox.channel.came) == [f"STEP-{number}" for number in range(1, 6)]
    assert [json.loads(message.body)["data"]["sequence"] for message in outbox.channel.came] == [1, 2, 3, 4, 5]


def test_every_attempt_carries_the_same_id_and_the_same_bytes(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK)
    outbox.refuse(HOOK, DOWN)
    submitted(outbox, 1)
    for _ in range(4):
        outbox.deliver()
        outbox.clock.advance(days=1)

    assert len(outbox.channel.came) == 4
    assert len({(message.delivery_id, message.body) for message in outbox.channel.came}) == 1


def test_after_the_last_attempt_a_delivery_is_given_up(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK)
    outbox.refuse(HOOK, DOWN)
    submitted(outbox, 1)
    tries = 0
    while outbox.standings() == ["owed"]:
        tries += len(outbox.deliver())
        outbox.clock.advance(hours=6)

    assert tries == 10
    assert outbox.standings() == ["rejected"]


def test_a_receiver_that_says_gone_ends_its_subscription(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    subscribed = outbox.subscribe(HOOK)
    outbox.refuse(HOOK, DeliveryRejected("410 Gone", status=410, ends=True))
    submitted(outbox, 1)

    [result] = outbox.deliver()

    assert result.standing is DeliveryState.REJECTED
    assert outbox.subscription(subscribed).state == "ended"


def test_an_endpoint_that_only_fails_for_five_days_is_disabled_until_it_is_resumed(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    subscribed = outbox.subscribe(HOOK)
    outbox.refuse(HOOK, DOWN)
    submitted(outbox, 1)
    outbox.deliver()
    outbox.clock.advance(days=4, hours=23)
    outbox.deliver()
    with outbox.store.read() as tx:
        assert endpoints.listing(tx)[0].disabled_at is None
    outbox.clock.advance(hours=30)
    outbox.deliver()

    assert outbox.subscription(subscribed).endpoint.disabled_at
    outbox.channel.came.clear()
    outbox.clock.advance(days=2)
    assert outbox.deliver() == []
    outbox.channel.behaviour.clear()
    set_state(subscribed.subscription.id, SubscriptionState.ACTIVE, outbox.subscribe_context)
    assert [result.standing for result in outbox.deliver()] == [DeliveryState.DELIVERED]


def test_a_paused_subscription_is_paid_when_it_goes_on(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    subscribed = outbox.subscribe(HOOK)
    submitted(outbox, 1)
    set_state(subscribed.subscription.id, SubscriptionState.PAUSED, outbox.subscribe_context)
    assert outbox.deliver() == []

    set_state(subscribed.subscription.id, SubscriptionState.ACTIVE, outbox.subscribe_context)

    assert [result.standing for result in outbox.deliver()] == [DeliveryState.DELIVERED]


def test_a_pending_subscription_hears_nothing(outbox: OutboxHarness) -> None:
    subscribed = outbox.subscribe(HOOK, WITHDRAWN_LATER)
    set_state(subscribed.subscription.id, SubscriptionState.PENDING, outbox.subscribe_context)
    outbox.check(WITHDRAWN_LATER)
    submitted(outbox, 1)

    assert outbox.deliver() == []
    assert outbox.standings() == []
    [_, line] = explained("clinicaltrials.gov", WITHDRAWN_LATER, HOOK, outbox.subscribe_context)
    assert line.endswith("it was pending at that moment")


def test_a_receiver_that_hangs_slows_nobody_else(outbox: OutboxHarness) -> None:
    """The hanging one is let go only when the other has got everything."""
    everything = outbox.sandbox.trial_ids()
    outbox.check(*everything)
    outbox.subscribe(HOOK)
    outbox.subscribe(OTHER)
    for trial_id in everything:
        outbox.sandbox.edit(trial_id, _retitled)
    outbox.check(*everything)
    all_others = threading.Event()
    got = count(1)

    def hang(message: Message) -> Accepted:
        if not all_others.wait(timeout=30):
            raise DeliveryRejected("the others were held up")
        return Accepted("200 OK", 200)

    def note(message: Message) -> Accepted:
        if next(got) == len(everything):
            all_others.set()
        return Accepted("200 OK", 200)

    outbox.channel.behaviour[HOOK] = hang
    outbox.channel.behaviour[OTHER] = note

    results = outbox.deliver()

    assert len(results) == 2 * len(everything)
    assert {each.standing for each in results} == {DeliveryState.DELIVERED}


_retitled = together(titled("Renamed by its sponsor"), verified_in("2026-11"))


def test_an_error_of_our_own_defers_one_delivery_and_stops_no_other(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK)
    outbox.subscribe(OTHER)

    def fall_over(message: Message) -> Accepted:
        raise ZeroDivisionError

    outbox.channel.behaviour[HOOK] = fall_over
    submitted(outbox, 1)

    assert {result.shown: result.standing for result in outbox.deliver()} == {
        HOOK: DeliveryState.OWED,
        OTHER: DeliveryState.DELIVERED,
    }


@pytest.mark.parametrize("hours", [1, 100])
def test_a_claim_that_was_lost_is_paid_by_the_next_process(outbox: OutboxHarness, hours: int) -> None:
    """A process that claims and dies moved the next attempt by minutes, and nothing else."""
    from monitor.storage import deliveries

    outbox.check(WITHDRAWN_LATER)
    outbox.subscribe(HOOK)
    submitted(outbox, 1)
    now = outbox.clock()
    with outbox.store.begin() as tx:
        assert deliveries.claim(tx, now=now, until=now + timedelta(minutes=5), limit=10)
    assert outbox.deliver() == []

    outbox.clock.advance(hours=hours)

    assert [result.standing for result in outbox.deliver()] == [DeliveryState.DELIVERED]


# Mergers


def test_those_who_hear_of_either_trial_hear_of_a_merger_and_that_it_was_taken_back(outbox: OutboxHarness) -> None:
    old, into = outbox.sandbox.trial_ids()[:2]
    outbox.watch(old, into)
    outbox.subscribe("https://old.example/", old)
    told = Filters(kinds=frozenset({"trial.merged", "trial.restored"}))
    outbox.subscribe("https://into.example/", into, filters=told)
    outbox.check()
    study = outbox.sandbox.study(old)
    outbox.sandbox.merge(old, into=into)
    outbox.check()
    outbox.deliver()
    outbox.sandbox.publish(study)

    assert outbox.results(old)[old] is Result.CHANGED
    outbox.deliver()

    heard = [
        (message.endpoint.shown, json.loads(message.body)["data"]["changes"][0]["kind"])
        for message in outbox.channel.came
        if json.loads(message.body)["data"]["trial_id"] == old
    ]
    both = [("https://into.example", kind) for kind in ("trial.merged", "trial.restored")]
    assert sorted(heard) == sorted([*both, *(("https://old.example", kind) for _, kind in both)])
    assert set(outbox.watched()) == {old, into}
