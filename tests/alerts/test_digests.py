"""What waits for the end of a window is told together: each event in one digest, and one digest a date."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import text, update

from monitor.alerts.composing import compose
from monitor.alerts.due import is_anything_due
from monitor.alerts.editing import Editable, edit
from monitor.alerts.resuming import missed_so_far, resume
from monitor.alerts.subscribe import Asked, Subscribed, SubscriptionScope, Wanted, apply_config, set_state, subscribe
from monitor.alerts.why import explained
from monitor.errors import StoreCorrupt
from monitor.model import DigestCause, Filters, Rhythm, SubscriptionState
from monitor.model.rhythm import Every
from monitor.storage import backlog, deliveries, digest_tables, gathered, rhythms
from monitor.storage.overview import overview
from tests.channels.email.test_mail import text_of
from tests.databases import SLOW, counted_statements
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, status_becomes, together, verified_in

ON_POSTGRESQL = SLOW
READER = "ops@example.org"
DAILY = Rhythm(every=Every.DAILY, at=time(8), zone="Europe/Paris")
PARIS_AT_EIGHT = time(7)
"""In UTC, in winter."""


@pytest.fixture
def watched(outbox: OutboxHarness) -> OutboxHarness:
    """A Sunday at 17:00 UTC, with a baseline."""
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    return outbox


def subscribed(outbox: OutboxHarness, rhythm: Rhythm = DAILY, reader: str = READER) -> Subscribed:
    return outbox.subscribe(reader, WITHDRAWN_LATER, channel="email", rhythm=rhythm)


def happens(outbox: OutboxHarness, number: int) -> None:
    """A sponsor submits another acronym, and the program sees it."""
    outbox.sandbox.edit(WITHDRAWN_LATER, together(named(f"STEP-{number}"), verified_in(f"20{number:02}-01")))
    outbox.check(WITHDRAWN_LATER)


def stops(outbox: OutboxHarness) -> None:
    """A critical change."""
    outbox.sandbox.edit(WITHDRAWN_LATER, together(status_becomes("SUSPENDED", "Supplies"), verified_in("2040-01")))
    outbox.check(WITHDRAWN_LATER)


def at(outbox: OutboxHarness, moment: str) -> None:
    """It becomes that time in UTC."""
    outbox.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)


def owed(outbox: OutboxHarness) -> list[tuple[str, tuple[int, ...]]]:
    """The cause of each delivery, the oldest first, with the numbers of the snapshots that a digest tells."""
    outbox.deliver()
    found = []
    with outbox.store.read() as tx:
        for each in reversed(deliveries.listing(tx)):
            ids, _ = gathered.told_by(tx, each.subscription_id, each.sequence, limit=99)
            numbers = ids if isinstance(each.cause, DigestCause) else [each.cause.id]
            cause = each.cause.id if isinstance(each.cause, DigestCause) else "event"
            found.append((cause, tuple(sorted(int(one.rpartition("/")[2]) for one in numbers))))
    return found


def test_what_is_found_on_a_day_is_told_once_at_its_end(watched: OutboxHarness) -> None:
    subscribed(watched)
    happens(watched, 1)
    happens(watched, 2)
    at(watched, "2026-11-23T06:59:59")
    assert owed(watched) == []

    at(watched, "2026-11-23T07:00")
    assert owed(watched) == [("digest/2026-11-23", (2, 3))]

    assert len(watched.channel.came) == 1
    with watched.store.read() as tx:
        assert backlog.next_due(tx) is None
    happens(watched, 3)
    with watched.store.read() as tx:
        assert backlog.next_due(tx) == datetime(2026, 11, 24, 7, tzinfo=UTC)
    at(watched, "2026-11-24T07:00:01")
    assert owed(watched) == [("digest/2026-11-23", (2, 3)), ("digest/2026-11-24", (4,))]


def test_others_are_told_at_once_all_the_same(watched: OutboxHarness) -> None:
    subscribed(watched)
    subscribed(watched, Rhythm(), "ines@example.org")
    happens(watched, 1)

    assert owed(watched) == [("event", (2,))]
    assert [message.endpoint.shown for message in watched.channel.came] == ["ines@example.org"]


def test_a_date_has_one_digest_however_often_the_clock_is_set_back(watched: OutboxHarness) -> None:
    """What would be in the second one waits for that of the next date."""
    subscribed(watched)
    happens(watched, 1)
    at(watched, "2026-11-23T07:00")
    assert owed(watched) == [("digest/2026-11-23", (2,))]

    at(watched, "2026-11-22T20:00")
    happens(watched, 2)
    at(watched, "2026-11-23T07:00")
    owed(watched)
    at(watched, "2026-11-23T23:00")
    assert owed(watched) == [("digest/2026-11-23", (2,))]

    at(watched, "2026-11-24T07:00")
    assert owed(watched) == [("digest/2026-11-23", (2,)), ("digest/2026-11-24", (3,))]


def test_a_digest_that_was_put_too_far_ahead_comes_when_it_should(watched: OutboxHarness) -> None:
    subscribed(watched)
    at(watched, "2027-11-22T17:00")
    happens(watched, 1)
    at(watched, "2026-11-23T00:00")

    with watched.store.begin() as tx:
        assert rhythms.mend_clock(tx, now=watched.clock()) == 1
        assert rhythms.mend_clock(tx, now=watched.clock()) == 0
        assert rhythms.next_due(tx) == datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_what_comes_late_is_one_digest_of_the_last_window(watched: OutboxHarness) -> None:
    """Nothing ran for days; the next digest is that of the next date."""
    subscribed(watched)
    happens(watched, 1)
    at(watched, "2026-11-27T03:00")
    assert owed(watched) == [("digest/2026-11-26", (2,))]

    happens(watched, 2)
    at(watched, "2026-11-27T07:00")
    assert owed(watched)[1:] == [("digest/2026-11-27", (3,))]


@pytest.mark.parametrize(
    ("rhythm", "due", "cause"),
    [
        (Rhythm(every=Every.WEEKLY), "2026-11-23T08:00", "digest/2026-11-23"),
        (Rhythm(every=Every.MONTHLY), "2026-12-01T08:00", "digest/2026-12-01"),
        (Rhythm(quiet_hours=(time(16), time(18))), "2026-11-22T18:00", "digest/2026-11-22"),
    ],
)
def test_each_rhythm_has_its_time(watched: OutboxHarness, rhythm: Rhythm, due: str, cause: str) -> None:
    subscribed(watched, rhythm)
    happens(watched, 1)
    assert owed(watched) == []

    at(watched, due)

    assert owed(watched) == [(cause, (2,))]


def test_quiet_hours_are_told_from_where_they_begin(watched: OutboxHarness) -> None:
    subscribed(watched, Rhythm(quiet_hours=(time(19), time(7)), zone="Europe/Oslo"))
    at(watched, "2026-11-22T21:00")
    happens(watched, 1)
    at(watched, "2026-11-23T06:00")

    assert owed(watched) == [("digest/2026-11-23", (2,))]
    [message] = watched.channel.came
    assert "Quiet hours, 2026-11-22 19:00 to 2026-11-23 07:00, Europe/Oslo" in text_of(message.body)


def test_outside_quiet_hours_it_is_told_at_once(watched: OutboxHarness) -> None:
    subscribed(watched, Rhythm(quiet_hours=(time(22), time(7))))
    happens(watched, 1)

    assert owed(watched) == [("event", (2,))]


def test_what_is_critical_breaks_through_where_that_is_asked_for(watched: OutboxHarness) -> None:
    subscribed(watched, Rhythm(every=Every.DAILY, breaks_through=True))
    subscribed(watched, Rhythm(every=Every.DAILY), "ines@example.org")
    happens(watched, 1)
    stops(watched)
    assert owed(watched) == [("event", (3,))]

    at(watched, "2026-11-23T08:00")

    assert sorted(owed(watched)) == [
        ("digest/2026-11-23", (2,)),
        ("digest/2026-11-23", (2, 3)),
        ("event", (3,)),
    ]


def test_that_all_is_quiet_is_said_to_who_asks_for_it(watched: OutboxHarness) -> None:
    subscribed(watched, Rhythm(every=Every.DAILY, all_quiet=True))
    for day in (23, 24):
        at(watched, f"2026-11-{day}T08:00")
        watched.check()
        owed(watched)

    assert owed(watched) == [("digest/2026-11-23", ()), ("digest/2026-11-24", ())]


def test_who_has_left_is_owed_no_digest_and_who_is_paused_is_told_afterwards(watched: OutboxHarness) -> None:
    left, paused = subscribed(watched), subscribed(watched, DAILY, "ines@example.org")
    happens(watched, 1)
    set_state(left.subscription.id, SubscriptionState.ENDED, watched.subscribe_context)
    set_state(paused.subscription.id, SubscriptionState.PAUSED, watched.subscribe_context)
    at(watched, "2026-11-23T07:00")
    assert owed(watched) == []

    for each in (left, paused):
        set_state(each.subscription.id, SubscriptionState.ACTIVE, watched.subscribe_context)

    assert owed(watched) == [("digest/2026-11-23", (2,))]
    assert [message.endpoint.shown for message in watched.channel.came] == ["ines@example.org"]
    happens(watched, 2)
    at(watched, "2026-11-24T07:00")
    assert owed(watched)[1:] == [("digest/2026-11-24", (3,))] * 2, "what waited when it ended is told no more"


@pytest.mark.parametrize(
    ("rhythm", "due", "cause"),
    [
        (Rhythm(), "2026-11-22T17:00", "digest/2026-11-22T17:00:00Z"),
        (Rhythm(every=Every.WEEKLY, at=time(9)), "2026-11-23T09:00", "digest/2026-11-23"),
        (Rhythm(every=Every.MONTHLY), "2026-12-01T08:00", "digest/2026-12-01"),
    ],
)
def test_what_waits_goes_with_the_next_digest_of_another_rhythm(
    watched: OutboxHarness, rhythm: Rhythm, due: str, cause: str
) -> None:
    """At once, as one digest, where there are no more of them."""
    made = subscribed(watched)
    happens(watched, 1)
    happens(watched, 2)
    with watched.store.begin() as tx:
        rhythms.change(tx, made.subscription.id, rhythm, at=watched.clock())
    if due != "2026-11-22T17:00":
        assert owed(watched) == []

    at(watched, due)

    assert owed(watched) == [(cause, (2, 3))]
    assert watched.subscription(made).rhythm == rhythm


def test_what_was_missed_in_a_pause_is_counted_and_told_as_one_digest_if_asked(watched: OutboxHarness) -> None:
    context = watched.subscribe_context
    made, other = subscribed(watched, Rhythm()), subscribed(watched, Rhythm(), "ines@example.org")
    happens(watched, 1)
    watched.deliver()
    for each in (made, other):
        set_state(each.subscription.id, SubscriptionState.PAUSED, context)
    watched.clock.advance(days=1)
    happens(watched, 2)
    happens(watched, 3)
    assert missed_so_far(made.subscription.id, context) == 2

    assert resume(made.subscription.id, context, catch_up=True).missed == 2
    assert resume(other.subscription.id, context).missed == 2

    assert sorted(owed(watched)) == [("digest/2026-11-23T17:00:00Z", (3, 4)), ("event", (2,)), ("event", (2,))]
    assert resume(made.subscription.id, context, catch_up=True).missed == 0
    happens(watched, 4)
    assert sorted(owed(watched))[1:] == [("event", (2,)), ("event", (2,)), ("event", (5,)), ("event", (5,))]


def test_a_new_subscription_can_catch_up_and_hears_of_nothing_twice(watched: OutboxHarness) -> None:
    happens(watched, 1)
    watched.clock.advance(days=10)
    happens(watched, 2)
    watched.clock.advance(days=10)
    happens(watched, 3)
    asked = Asked(scope=SubscriptionScope(everything=True), rhythm=DAILY)

    made = subscribe("email", READER, asked, context=watched.subscribe_context, catch_up=timedelta(days=15))

    assert made.caught_up == 2
    assert owed(watched) == [("digest/2026-12-12T17:00:00Z", (3, 4))]
    happens(watched, 4)
    watched.clock.advance(days=1)
    assert owed(watched)[1:] == [("digest/2026-12-13", (5,))]


def test_other_filters_neither_tell_the_past_again_nor_drop_what_is_owed(watched: OutboxHarness) -> None:
    def narrowed(before: Editable) -> Editable:
        return replace(before, filters=replace(before.filters, kinds=frozenset({"status.stopped"})), note="stops only")

    def widened(before: Editable) -> Editable:
        return replace(before, filters=Filters(), name="everything of it")

    made = subscribed(watched)
    happens(watched, 1)
    assert edit(made.subscription.id, narrowed, watched.subscribe_context)[0].note == "stops only"
    happens(watched, 2)
    assert edit(made.subscription.id, widened, watched.subscribe_context)[0].called == "everything of it"
    happens(watched, 3)
    at(watched, "2026-11-23T07:00")

    assert owed(watched) == [("digest/2026-11-23", (2, 4))]


def test_why_says_what_waits_for_which_digest_and_what_became_of_it(watched: OutboxHarness) -> None:
    def lines() -> list[str]:
        said = explained("clinicaltrials.gov", WITHDRAWN_LATER, READER, watched.subscribe_context)
        return [line.strip() for line in said if line.startswith("  ")]

    subscribed(watched)
    happens(watched, 1)
    (waiting,) = lines()
    at(watched, "2026-11-23T07:00")
    watched.deliver()

    assert "gathered for the digest that is due at 2026-11-23 07:00 UTC" in waiting
    assert "in the digest of 2026-11-23, which is " in lines()[0]
    assert "sent, and taken at 2026-11-23 07:00 UTC" in lines()[0]


def test_a_digest_that_is_due_and_not_composed_is_a_delivery_that_stands_still(watched: OutboxHarness) -> None:
    subscribed(watched)
    happens(watched, 1)
    at(watched, "2026-11-23T09:00")
    with watched.store.read() as tx:
        found = overview(tx)

    assert found.delivery_due_since(watched.clock()) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert is_anything_due(watched.store, [watched.registry.key], now=watched.clock())


def test_two_processes_compose_each_digest_once(watched: OutboxHarness) -> None:
    readers = [f"reader{number}@example.org" for number in range(12)]
    for reader in readers:
        subscribed(watched, DAILY, reader)
    happens(watched, 1)
    at(watched, "2026-11-23T07:00")

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(compose, watched.store, now=watched.clock()) for _ in range(4)]
    assert all(each.exception() is None for each in done)

    assert owed(watched) == [("digest/2026-11-23", (2,))] * len(readers)
    assert sorted(message.endpoint.shown for message in watched.channel.came) == sorted(readers)


def test_a_block_of_the_configuration_has_a_rhythm_and_keeps_what_waits_when_that_changes(
    watched: OutboxHarness,
) -> None:
    context = watched.subscribe_context
    block = Wanted(name="office", channel="email", address=READER, scope=SubscriptionScope(everything=True))
    apply_config([replace(block, rhythm=DAILY)], context)
    happens(watched, 1)
    with counted_statements() as again:
        apply_config([replace(block, rhythm=DAILY)], context)
    assert not [each for each in again if each.startswith(("INSERT", "UPDATE", "DELETE"))]

    apply_config([replace(block, rhythm=replace(DAILY, at=time(9)))], context)

    at(watched, "2026-11-23T07:00")
    assert owed(watched) == []
    at(watched, "2026-11-23T08:00")
    assert owed(watched) == [("digest/2026-11-23", (2,))]
    apply_config([], context)
    with watched.store.read() as tx:
        assert backlog.next_due(tx) is None


def test_what_a_damaged_row_keeps_from_its_digest_keeps_nobody_elses(watched: OutboxHarness) -> None:
    """A zone that no machine knows is UTC; what cannot be read at all is tried again a day later."""
    strange, broken, sound = (subscribed(watched, DAILY, f"{name}@example.org") for name in ("amara", "bengt", "chi"))
    happens(watched, 1)
    with watched.store.begin() as tx:
        mine = digest_tables.rhythms.c.subscription_id
        zone = update(digest_tables.rhythms).where(mine == strange.subscription.id).values(zone="Mars/Olympus")
        tx.execute(zone)
        if tx.dialect.name == "sqlite":
            tx.execute(
                text("UPDATE rhythms SET told_until = 'soon' WHERE subscription_id = :id"),
                {"id": broken.subscription.id},
            )
    at(watched, "2026-11-23T08:30")

    with suppress(StoreCorrupt):
        watched.deliver()

    came = {message.endpoint.shown for message in watched.channel.came}
    assert {"amara@example.org", sound.subscription.endpoint.shown} <= came
