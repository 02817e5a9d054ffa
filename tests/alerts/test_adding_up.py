"""Small changes that add up, each too small to be told by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from random import Random

import pytest

from monitor.alerts.adding_up import Move, past_of
from monitor.alerts.matching import matching
from monitor.alerts.owing import owe_deliveries
from monitor.alerts.why import explained
from monitor.model import Change, Event, Filters, Interest, Significance, Subscription
from monitor.storage import deliveries, events, snapshots
from monitor.storage.store import Store
from monitor.views.backtest import Backtest, backtest
from monitor.views.rules import rule_of
from tests.databases import counted_statements
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER as TRIAL
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, SHOULDER, snapshot
from tests.storage.subscribers import kept
from tests.studies import Edit, edited
from tests.webhook_schema import as_promised

FIRST = datetime(2025, 3, 4, 12, tzinfo=UTC)
PLANNED = datetime(2026, 1, 15, tzinfo=UTC)


def moved(days: int, *, start: int = 0, field: str = "primary_completion_date") -> Change:
    """A date that was *start* days behind the plan is moved by *days* more."""
    before, after = (f"{PLANNED + timedelta(days=by):%Y-%m-%d}" for by in (start, start + days))
    return Change(
        field=field,
        path="",
        kind="date.slipped" if days > 0 else "date.advanced",
        topic="dates",
        before={"date": before, "type": "ESTIMATED"},
        after={"date": after, "type": "ESTIMATED"},
        summary=f"The date went from {before} to {after}.",
        measure={"days": days},
        significance=Significance.MAJOR if abs(days) >= 90 else Significance.MINOR,
    )


def target(before: int, after: int) -> Change:
    percent = round(100 * (after - before) / before, 1)
    return replace(
        moved(1, field="enrollment"),
        kind="enrollment.target",
        topic="enrollment",
        before={"count": before, "type": "ESTIMATED"},
        after={"count": after, "type": "ESTIMATED"},
        summary=f"Enrollment target went from {before} to {after}.",
        measure={"percent": percent},
        significance=Significance.MAJOR if abs(percent) >= 20 else Significance.MINOR,
    )


def in_steps(*days: int) -> list[Change]:
    """Moves of one date, one after the other."""
    return [moved(each, start=sum(days[:number])) for number, each in enumerate(days)]


def told(changes: Sequence[Change], **asked: object) -> list[int]:
    """Which of changes that are seen a month apart are told, by their places from 1."""
    heard = []
    for place, change in enumerate(changes):
        past = past_of(Move(FIRST + timedelta(days=30 * number), each) for number, each in enumerate(changes[:place]))
        if matching([change], Interest(Filters(**asked)), past).passes:
            heard.append(place + 1)
    return heard


def last(changes: Sequence[Change], **asked: object) -> Change:
    """The last of the changes, as it is told."""
    past = past_of(Move(FIRST + timedelta(days=30 * number), each) for number, each in enumerate(changes[:-1]))
    [change] = matching(changes[-1:], Interest(Filters(**asked)), past).changes
    return change


@pytest.mark.parametrize(
    ("days", "asked", "heard"),
    [
        ([25] * 12, {"min_days": 90}, [4, 8, 12]),
        ([25] * 12, {"min_days": 300}, [12]),
        ([25] * 12, {"min_days": 25}, list(range(1, 13))),
        ([-25] * 8, {"min_days": 90}, [4, 8]),
        ([80, 25, 80, 25], {"min_days": 90}, [2, 4]),
        # A move back lowers the sum, and one that was told ends it.
        ([40, 40, -40, 40, 40], {"min_days": 90}, [5]),
        ([40, -40, 40, -40], {"min_days": 90}, []),
        ([40, 40, 100, 40, 40], {"min_days": 90}, [3]),
        ([40, 40, 100, 40, 40, 40], {"min_days": 90}, [3, 6]),
        # What moves back does not tell how far the date has slipped.
        ([40, 40, -300, 40], {"min_days": 90, "without": frozenset(["date.advanced"])}, []),
        # The sum weighs as much as one move of its length does.
        ([25] * 8, {"min_significance": Significance.MAJOR}, [4, 8]),
        ([25] * 8, {"min_significance": Significance.MAJOR, "min_days": 40}, [4, 8]),
        ([25] * 8, {"min_significance": Significance.MAJOR, "min_days": 140}, [6]),
        ([25] * 8, {"min_significance": Significance.CRITICAL}, []),
        ([25] * 8, {"min_days": 90, "topics": frozenset(["status"])}, []),
        ([25] * 8, {"min_days": 90, "without": frozenset(["date"])}, []),
    ],
)
def test_moves_of_a_date_are_told_where_they_add_up_once(days, asked, heard):
    assert told(in_steps(*days), **asked) == heard


def test_shares_of_an_enrollment_add_up_each_of_what_the_one_before_left():
    fewer = [target(before, before * 9 // 10) for before in (1000, 900, 810, 729)]

    assert told(fewer, min_percent=20) == [3]
    assert told([target(100, 90), target(90, 100), target(100, 90)], min_percent=15) == []


def test_moves_of_another_date_do_not_add_up_with_it():
    assert told([moved(50), moved(50, field="completion_date"), moved(30, start=50)], min_days=90) == []


def test_a_date_that_went_and_came_back_begins_anew():
    gone = replace(moved(1), kind="date.removed", measure=None)

    assert told([moved(80), gone, moved(80)], min_days=90, without=frozenset(["date.removed"])) == []


def test_how_they_add_up_is_said_and_the_last_one_weighs_as_they_do_together():
    change = last(in_steps(25, 40, -10, 30, 39), min_days=90)

    assert change.summary == (
        "The date went from 2026-04-10 to 2026-05-19. "
        "With 4 earlier changes since 2025-03-04 that adds up to 124 days later, from 2026-01-15 to 2026-05-19."
    )
    assert change.significance is Significance.MAJOR
    assert change.as_json()["adds_up"] == {
        "moves": 5,
        "since": "2025-03-04",
        "days": 124,
        "before": {"date": "2026-01-15", "type": "ESTIMATED"},
    }
    assert last([target(200, 180), target(180, 150)], min_percent=20).summary.endswith(
        " With 1 earlier change since 2025-03-04 that adds up to 25% fewer, from 200 to 150."
    )


def test_what_does_not_add_up_yet_says_how_far_it_is():
    def why(asked: Filters, *changes: Change) -> str:
        past = past_of(Move(FIRST, each) for each in changes[:-1])
        [(_, reason)] = matching(changes[-1:], Interest(asked), past).reasons
        return reason

    assert why(Filters(min_days=90), moved(25)) == "moves by 25 days, fewer than 90"
    assert why(Filters(min_days=90), *in_steps(35, 25)) == (
        "moves by 25 days, fewer than 90; adds up to 60 of 90 days so far"
    )
    assert why(Filters(min_percent=20), target(100, 95), target(95, 90)) == (
        "changes by 5.3 %, less than 20 %; adds up to 10 of 20 % so far"
    )
    assert why(Filters(min_significance=Significance.MAJOR), *in_steps(35, 25)) == (
        "significance minor is below major; adds up to 60 days so far"
    )


# With what is stored


def slipping(store: Store, trial_id: str, *days: int) -> list[Event]:
    """Keep the events of a date that is moved in steps, a day apart."""
    made = [
        Event(
            registry=REGISTRY,
            trial_id=trial_id,
            snapshot=number,
            occurred_at=snapshot(trial_id, number).taken_at,
            changes=(change,),
        )
        for number, change in enumerate(in_steps(*days), start=2)
    ]
    with store.begin() as tx:
        snapshots.add(tx, [snapshot(trial_id, number) for number in range(1, len(days) + 2)])
        events.add(tx, made)
    return made


def test_it_is_owed_at_the_event_that_passes_the_threshold_to_whoever_came_meanwhile_too(store: Store) -> None:
    told = slipping(store, HIP, *[25] * 8)
    people = [kept(store, everything=True, filters=Filters(min_days=90)) for _ in range(2)]
    with store.begin() as tx:
        for event in told:
            owe_deliveries(tx, [event], REGISTRY, now=event.occurred_at)
        owed = sorted((each.cause.id, each.subscription_id) for each in deliveries.listing(tx, limit=100))

    assert owed == sorted((told[number].id, each.id) for number in (3, 7) for each in people)


def test_what_went_before_is_read_once_for_all_trials_and_readers_and_only_where_it_matters(store: Store) -> None:
    small = [slipping(store, trial_id, *[25] * 4)[-1] for trial_id in (HIP, KNEE)]
    large = slipping(store, "NCT91000009", 25, 100)[-1]

    def reads(told: Sequence[Event]) -> int:
        with store.begin() as tx, counted_statements() as sent:
            owe_deliveries(tx, told, REGISTRY, now=told[0].occurred_at)
        return sum("events.changes" in statement for statement in sent)

    assert reads(small) == 0
    for number in range(90, 93):
        kept(store, everything=True, filters=Filters(min_days=number))

    assert (reads([large]), reads(small)) == (0, 1)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_moves_the_rule_on_the_past_tells_what_was_told(store: Store, seed: int) -> None:
    chance = Random(seed)
    trials = {each: [chance.choice([-60, -25, 10, 25, 60, 120]) for _ in range(9)] for each in (HIP, KNEE, SHOULDER)}
    told = [event for trial_id, days in trials.items() for event in slipping(store, trial_id, *days)]
    for asked in (Filters(min_days=90), Filters(min_days=30), Filters(min_significance=Significance.MAJOR)):
        reader = kept(store, everything=True, filters=asked)
        with store.begin() as tx:
            owe_deliveries(tx, told, REGISTRY, now=told[0].occurred_at)
            owed = {each.cause.id for each in deliveries.listing(tx, limit=1000) if each.subscription_id == reader.id}

        def tried(since: datetime, reader: Subscription = reader) -> Backtest:
            return backtest(rule_of(reader.id, store), since=since, now=LATER, store=store, registries=[])

        whole, late = tried(NOON), tried(told[4].occurred_at)

        ids = [f"{REGISTRY}/{each.trial_id}/{each.snapshot}" for sent in whole.sent for each in sent.told]
        assert sorted(ids) == sorted(owed)
        assert late.sent == [sent for sent in whole.sent if sent.at >= told[4].occurred_at]
        assert len(owed) + sum(whole.untold.values()) == len(told)


# From the registry to the reader


def postponed(to: str) -> Edit:
    return edited(statusModule__primaryCompletionDateStruct={"date": to, "type": "ESTIMATED"})


def test_a_creeping_date_reaches_its_readers_once_and_why_says_how_it_adds_up(outbox: OutboxHarness) -> None:
    hook, mail = "https://hooks.example.org/x", "ops@example.org"
    outbox.sandbox.edit(TRIAL, postponed("2026-01-15"))
    outbox.check(TRIAL)
    outbox.subscribe(hook, TRIAL, filters=Filters(min_days=90))
    outbox.subscribe(mail, TRIAL, channel="email", filters=Filters(min_significance=Significance.MAJOR))
    for to in ("2026-02-14", "2026-03-16", "2026-04-15", "2026-05-15"):
        outbox.clock.advance(days=30)
        outbox.sandbox.edit(TRIAL, postponed(to))
        outbox.check(TRIAL)
        outbox.deliver()

    bodies = {message.endpoint.shown: message.body for message in outbox.channel.came}
    assert len(outbox.channel.came) == len(bodies) == 2
    [change] = as_promised(bodies[hook])["data"]["changes"]
    assert (change["adds_up"]["moves"], change["adds_up"]["days"], change["significance"]) == (3, 90, "major")
    assert change["after"]["date"] == "2026-04-15"
    text = message_from_bytes(bodies[mail], policy=policy.default).get_body(("plain",)).get_content()
    assert "With 2 earlier changes since 2026-12-22 that adds up to 90 days later" in " ".join(text.split())
    assert "outside what you asked for" not in text
    lines = explained(REGISTRY, TRIAL, hook, outbox.subscribe_context)
    assert sum("adds up to 60 of 90 days so far" in line for line in lines) == 1
    assert sum("because small changes add up: " in line for line in lines) == 1
