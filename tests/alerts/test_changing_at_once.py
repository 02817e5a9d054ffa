"""Several people change subscriptions and watches at once: each change is made, or refused with its reason."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

from monitor.alerts.editing import Editable, edit
from monitor.alerts.resuming import resume
from monitor.alerts.subscribe import Asked, SubscriptionScope, set_state, subscribe
from monitor.errors import MonitorError
from monitor.model import SubscriptionState
from monitor.storage import subscriptions, watches
from monitor.watching.watches import add_trials, rename
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

AT_ONCE = 5
HOOK = "https://hooks.example.org/trials"


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """What each step gave, or the error that it raised; they begin together."""
    barrier, came = Barrier(len(steps)), dict[int, Any]()

    def take(number: int, step: Callable[[], Any]) -> None:
        barrier.wait(20)
        try:
            came[number] = step()
        except MonitorError as error:
            came[number] = error

    threads = [Thread(target=take, args=(number, step)) for number, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [came[number] for number in range(len(steps))]


def test_no_edit_is_lost(outbox: OutboxHarness) -> None:
    made = outbox.subscribe(HOOK).subscription

    def note(letter: str) -> Callable[[], Any]:
        def change(was: Editable) -> Editable:
            return replace(was, note=(was.note or "") + letter)

        return lambda: edit(made.id, change, outbox.subscribe_context)

    at_once(*map(note, "abcde"))

    with outbox.store.read() as tx:
        assert sorted(subscriptions.get(tx, made.id).note or "") == list("abcde")


def test_one_name_is_one_subscriptions(outbox: OutboxHarness) -> None:
    asked = Asked(scope=SubscriptionScope(everything=True))

    def make(number: int) -> Callable[[], Any]:
        context = outbox.subscribe_context
        return lambda: subscribe("webhook", f"{HOOK}/{number}", asked, context=context, name="same")

    came = at_once(*map(make, range(AT_ONCE)))

    assert sum(isinstance(each, MonitorError) for each in came) == AT_ONCE - 1
    with outbox.store.read() as tx:
        assert [each.name for each in subscriptions.listing(tx)] == ["same"]


def test_one_name_is_one_watch(outbox: OutboxHarness) -> None:
    found = {outbox.registry.key: [WITHDRAWN_LATER]}

    def watch() -> Any:
        return list(add_trials(found, store=outbox.store, name="same", now=outbox.clock()))

    came = at_once(*[watch] * AT_ONCE)

    assert not [each for each in came if isinstance(each, MonitorError)]
    with outbox.store.read() as tx:
        assert [each.name for each in watches.listing(tx)] == ["same"]


def test_a_name_that_two_watches_want_goes_to_one(outbox: OutboxHarness) -> None:
    ids = outbox.sandbox.trial_ids()[:2]
    for trial_id in ids:
        list(add_trials({outbox.registry.key: [trial_id]}, store=outbox.store, name=trial_id, now=outbox.clock()))

    came = at_once(*(lambda which=each: rename(which, "oncology", store=outbox.store) for each in ids))

    assert sum(isinstance(each, MonitorError) for each in came) == 1


def test_who_left_is_not_told_again_by_a_resume_at_the_same_moment(outbox: OutboxHarness) -> None:
    context = outbox.subscribe_context
    for number in range(3):
        made = outbox.subscribe(f"{HOOK}/{number}").subscription
        set_state(made.id, SubscriptionState.PAUSED, context)

        at_once(
            lambda which=made.id: set_state(which, SubscriptionState.ENDED, context),
            lambda which=made.id: resume(which, context),
        )

        with outbox.store.read() as tx:
            assert str(subscriptions.get(tx, made.id).state) == "ended"
