"""What is owed when a subscription changes, and what is said of it."""

from dataclasses import replace

import pytest

from monitor.alerts.editing import Editable, edit
from monitor.alerts.ending import end
from monitor.alerts.resuming import resume
from monitor.alerts.subscribe import set_state
from monitor.alerts.why import explained
from monitor.model import Rhythm, SubscriptionState
from monitor.model.rhythm import Every
from tests.alerts.test_digests import READER, at, happens, owed, subscribed
from tests.channels.email.test_mail import text_of
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

ON_POSTGRESQL = SLOW


@pytest.fixture
def watched(outbox: OutboxHarness) -> OutboxHarness:
    """A Sunday at 17:00 UTC, with a baseline."""
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    return outbox


def why(outbox: OutboxHarness, reader: str = READER) -> list[str]:
    """What is said of each event."""
    said = explained("clinicaltrials.gov", WITHDRAWN_LATER, reader, outbox.subscribe_context)
    return [line.strip() for line in said if line.startswith("  ")]


def only_stops(before: Editable) -> Editable:
    return replace(before, filters=replace(before.filters, kinds=frozenset({"status.stopped"})))


def test_of_what_waits_when_filters_change_the_usual_is_told(watched: OutboxHarness) -> None:
    """It has an administrative change, too, which neither the former nor the new filters let pass."""
    made = subscribed(watched)
    happens(watched, 1)
    edit(made.subscription.id, only_stops, watched.subscribe_context)
    assert why(watched)[0].endswith("; it was owed before its filters changed")
    at(watched, "2026-11-23T07:00")

    watched.deliver()

    [mail] = watched.channel.came
    text = " ".join(text_of(mail.body).split())
    assert "Acronym" in text
    assert "1 minor change in 1 trial" in text
    assert "more change" not in text
    assert "Last verified" not in text
    assert "without" not in why(watched)[0]


def test_why_says_that_it_ended_before_the_digest(watched: OutboxHarness) -> None:
    made = subscribed(watched)
    happens(watched, 1)
    watched.clock.advance(hours=1)

    ended = end(made.subscription.id, watched.subscribe_context)
    watched.clock.advance(hours=1)
    happens(watched, 2)

    assert ended.dropped == 1
    assert [line.partition(": ")[2] for line in why(watched)] == [
        "not sent: it ended at 2026-11-22 18:00 UTC, before the digest that was to tell this",
        "not sent: it ended at 2026-11-22 18:00 UTC",
    ]
    set_state(made.subscription.id, SubscriptionState.ACTIVE, watched.subscribe_context)
    assert why(watched)[0].endswith("not sent: it was not active at that moment, or ended before its next digest")


def test_what_a_pause_missed_is_told_apart_from_what_came_after_it(watched: OutboxHarness) -> None:
    """Nothing is delivered between the resumption and the end of the week."""
    context = watched.subscribe_context
    made = subscribed(watched, Rhythm(every=Every.WEEKLY, all_quiet=True))
    set_state(made.subscription.id, SubscriptionState.PAUSED, context)
    at(watched, "2026-11-24T10:00")
    happens(watched, 1)
    at(watched, "2026-11-26T10:00")
    resume(made.subscription.id, context, catch_up=True)
    at(watched, "2026-11-27T10:00")
    happens(watched, 2)
    at(watched, "2026-11-30T08:05")

    assert owed(watched) == [("digest/2026-11-26T10:00:00Z", (2,)), ("digest/2026-11-30", (3,))]

    at(watched, "2026-12-07T08:05")
    assert owed(watched)[2:] == [("digest/2026-12-07", ())]


def test_what_waited_before_a_pause_waits_on(watched: OutboxHarness) -> None:
    context = watched.subscribe_context
    made = subscribed(watched, Rhythm(every=Every.WEEKLY, all_quiet=True))
    happens(watched, 1)
    set_state(made.subscription.id, SubscriptionState.PAUSED, context)
    at(watched, "2026-11-22T18:00")
    happens(watched, 2)
    resume(made.subscription.id, context, catch_up=True)

    at(watched, "2026-11-23T08:05")

    told = [("digest/2026-11-22T18:00:00Z", (3,)), ("digest/2026-11-23", (2,))]
    assert owed(watched) == told
