"""What so many trials change alike is the registry's doing; what is reverted in time never was."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from monitor.alerts.settling import ABANDONED_AFTER, decide
from monitor.alerts.subscribe import Wanted, apply_config
from monitor.alerts.why import explained
from monitor.errors import ConfigurationInvalid
from monitor.model import EventCause, Result
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import deliveries, held_events, holds, notices, settlements
from monitor.storage.held_events import Became
from monitor.watching.check import check
from monitor.watching.context import PassContext
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
from tests.studies import Edit, Study, named, status_becomes, together, verified_in

ON_POSTGRESQL = SLOW

HOOK = "https://hooks.example.org/trials"
OPERATOR = "ops@example.org"


@pytest.fixture
def sandbox() -> Any:
    with Sandbox(trials=120, day=BUILD_DAY) as running:
        yield running


renamed = together(named("RENAMED"), verified_in("2031-01"))
suspended = status_becomes("SUSPENDED", "Awaiting supplies")
suspended_and_verified = together(suspended, verified_in("2031-02"))


def everywhere(outbox: OutboxHarness, trial_ids: list[str], change: Edit) -> None:
    for trial_id in trial_ids:
        outbox.sandbox.edit(trial_id, change, refresh=False)
    outbox.sandbox.refresh()


def watching(outbox: OutboxHarness) -> list[str]:
    """All trials, with somebody who hears of everything, and an operator."""
    apply_config(
        [Wanted(name="operator", channel="email", address=OPERATOR, origin="operator")], outbox.subscribe_context
    )
    outbox.subscribe(HOOK)
    ids = list(outbox.sandbox.trial_ids())
    outbox.watch(*ids)
    outbox.check()
    return ids


def look(outbox: OutboxHarness, settle: timedelta) -> list[Result]:
    passing = PassContext(
        registry=outbox.registry,
        store=outbox.store,
        clock=outbox.clock,
        full_check_every=timedelta(days=7),
        settle=settle,
    )
    outbox.delivering = replace(outbox.delivering, settle=settle)
    return [checked.result for checked in check(outbox.watched(), passing)]


class DiedError(Exception):
    pass


def die_before_settling(outbox: OutboxHarness) -> None:
    """A pass that ends, as by a kill, after it committed what changed."""

    def clock() -> datetime:
        with outbox.store.read() as tx:
            if settlements.oldest_pending(tx, [outbox.registry.key]):
                raise DiedError
        return outbox.clock()

    passing = PassContext(registry=outbox.registry, store=outbox.store, clock=clock, full_check_every=timedelta(days=7))
    with pytest.raises(DiedError):
        list(check(outbox.watched(), passing))


def became(outbox: OutboxHarness, hold_id: int) -> dict[Became, int]:
    with outbox.store.read() as tx:
        return held_events.counts(tx, hold_id)


def came(outbox: OutboxHarness, address: str) -> int:
    outbox.deliver()
    return sum(message.endpoint.shown == address for message in outbox.channel.came)


def test_a_field_that_changes_in_too_many_trials_at_once_is_held_and_the_operator_told_once(
    outbox: OutboxHarness,
) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:30], renamed)

    results = outbox.results()

    assert [trial_id for trial_id, result in results.items() if result is Result.HELD] != []
    assert sum(result is Result.HELD for result in results.values()) == 30
    assert (came(outbox, HOOK), came(outbox, OPERATOR)) == (0, 1)
    outbox.check()
    assert (came(outbox, HOOK), came(outbox, OPERATOR)) == (0, 1)
    with outbox.store.read() as tx:
        (hold,) = holds.listing(tx, undecided=True)
        (notice,) = notices.listing(tx)
    assert (hold.fields, hold.trials, hold.checked) == (("acronym",), 30, len(ids))
    assert "30 of" in notice.subject


def test_what_is_released_is_told_to_everybody_and_what_is_discarded_to_nobody(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:30], renamed)
    outbox.check()
    with outbox.store.read() as tx:
        (hold,) = holds.listing(tx)

    assert became(outbox, hold.id) == {Became.HELD: 30}
    assert decide(hold.id, "released", outbox.store, by="ada", now=outbox.clock()) == 30

    assert came(outbox, HOOK) == 30
    assert became(outbox, hold.id) == {Became.TOLD: 30}
    with outbox.store.read() as tx:
        decided = holds.get(tx, hold.id)
    assert (decided.decision, decided.decided_by, decided.decided_at) == ("released", "ada", outbox.clock())
    with pytest.raises(ConfigurationInvalid, match="was released before"):
        decide(hold.id, "discarded", outbox.store, now=outbox.clock())
    everywhere(
        outbox,
        ids[:30],
        lambda study: (
            study["protocolSection"]["identificationModule"].update(acronym="AGAIN")
            or study["protocolSection"]["statusModule"].update(statusVerifiedDate="2031-02")
        ),
    )
    outbox.check()
    with outbox.store.read() as tx:
        (other,) = holds.listing(tx, undecided=True)
    decide(other.id, "discarded", outbox.store, now=outbox.clock())
    assert came(outbox, HOOK) == 30
    assert (became(outbox, hold.id), became(outbox, other.id)) == ({Became.TOLD: 30}, {Became.DISCARDED: 30})
    assert any("discarded" in line for line in explained(outbox.registry.key, ids[0], HOOK, outbox.subscribe_context))
    with outbox.store.read() as tx:
        assert sorted(each.sequence for each in deliveries.listing(tx) if isinstance(each.cause, EventCause)) == list(
            range(1, 31)
        )


def test_a_released_event_that_is_damaged_is_made_again_or_given_up(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:30], renamed)
    outbox.check()
    with outbox.store.begin() as tx:
        (hold,) = holds.listing(tx)
        for trial_id in ids[:2]:
            tx.execute(
                text("UPDATE events SET changes = :no WHERE trial_id = :id"), {"no": b"\x00\xff", "id": trial_id}
            )
        tx.execute(
            text("UPDATE snapshots SET body = :no WHERE trial_id = :id AND number = 1"),
            {"no": b"\x00\xff", "id": ids[0]},
        )

    decide(hold.id, "released", outbox.store, now=outbox.clock(), registries=[outbox.registry])

    assert became(outbox, hold.id) == {Became.TOLD: 29, Became.GIVEN_UP: 1}
    assert came(outbox, HOOK) == 29


# After an outage


def dated(day: date, change: Edit = renamed) -> Edit:
    """The change, with the dates that a sponsor's update has."""

    def edit(study: Study) -> None:
        change(study)
        status = study["protocolSection"]["statusModule"]
        status["lastUpdateSubmitDate"] = f"{day}"
        status["lastUpdatePostDateStruct"] = {"date": f"{day}", "type": "ACTUAL"}

    return edit


def away(outbox: OutboxHarness) -> None:
    """Two weeks in which the registry builds its data, and nobody looks."""
    outbox.clock.advance(days=14)
    for _ in range(13):
        outbox.sandbox.refresh()


def test_what_sponsors_changed_in_two_weeks_without_a_look_is_told(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    began = outbox.clock().date()
    for number, trial_id in enumerate(ids[:28]):
        outbox.sandbox.edit(trial_id, dated(began + timedelta(days=number % 14)), refresh=False)
    away(outbox)
    outbox.sandbox.refresh()

    assert sum(result is Result.CHANGED for result in outbox.results().values()) == 28
    assert (came(outbox, HOOK), came(outbox, OPERATOR)) == (28, 0)


@pytest.mark.parametrize("change", [renamed, dated(date(2026, 12, 3))])
def test_a_mass_change_of_one_build_is_held_after_an_outage_too(outbox: OutboxHarness, change) -> None:
    ids = watching(outbox)
    away(outbox)
    everywhere(outbox, ids, change)

    assert set(outbox.results().values()) == {Result.HELD}
    assert (came(outbox, HOOK), came(outbox, OPERATOR)) == (0, 1)


# In the order in which it happened


def held_and_changed_again(outbox: OutboxHarness) -> list[str]:
    """Thirty trials whose change is held, of which the first is suspended a day later."""
    ids = watching(outbox)
    everywhere(outbox, ids[:30], renamed)
    outbox.check()
    outbox.clock.advance(days=1)
    outbox.sandbox.edit(ids[0], suspended_and_verified)
    return ids


def told_of(outbox: OutboxHarness, trial_id: str) -> list[tuple[int, int]]:
    """What a subscriber was told of a trial: the sequence number, and the snapshot."""
    with outbox.store.read() as tx:
        found = [each for each in deliveries.listing(tx, limit=500) if each.trial_id == trial_id]
    return sorted(
        (each.sequence, int(each.cause.id.rpartition("/")[2])) for each in found if isinstance(each.cause, EventCause)
    )


@pytest.mark.parametrize(("decision", "told"), [("released", [2, 3]), ("discarded", [3])])
@pytest.mark.parametrize("alone", [True, False])
def test_what_follows_a_held_change_is_told_after_it(outbox: OutboxHarness, decision, told, alone: bool) -> None:
    first = held_and_changed_again(outbox)[0]

    results = outbox.results(first) if alone else outbox.results()

    assert results[first] is Result.HELD
    assert (came(outbox, HOOK), came(outbox, OPERATOR)) == (0, 2)
    with outbox.store.read() as tx:
        (hold,) = holds.listing(tx)
        assert settlements.waiting(tx) == {hold.id: 1}
        assert any("behind hold" in notice.subject and "critical" in notice.subject for notice in notices.listing(tx))
    assert "goes first" in " ".join(explained(outbox.registry.key, first, HOOK, outbox.subscribe_context))
    decide(hold.id, decision, outbox.store, now=outbox.clock())
    assert [snapshot for _, snapshot in told_of(outbox, first)] == told
    with outbox.store.read() as tx:
        assert settlements.waiting(tx) == {}
        assert not settlements.oldest_pending(tx, [outbox.registry.key])


def test_what_is_held_twice_is_told_in_order_whichever_is_released_first(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:30], renamed)
    outbox.check()
    outbox.clock.advance(days=1)
    everywhere(outbox, ids[:30], suspended_and_verified)
    outbox.check()
    with outbox.store.read() as tx:
        later, earlier = holds.listing(tx)

    decide(later.id, "released", outbox.store, now=outbox.clock())
    assert told_of(outbox, ids[0]) == []
    with outbox.store.read() as tx:
        (first,) = held_events.page(tx, later.id, after=None, limit=1)
    assert (first.became, first.behind) == (Became.WAITING, earlier.id)
    assert became(outbox, later.id) == {Became.WAITING: 30}
    decide(earlier.id, "released", outbox.store, now=outbox.clock())
    assert became(outbox, later.id) == became(outbox, earlier.id) == {Became.TOLD: 30}

    assert [snapshot for _, snapshot in told_of(outbox, ids[0])] == [2, 3]
    assert came(outbox, HOOK) == 60


def test_what_a_process_left_pending_is_told_before_what_is_found_later(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:6], renamed)
    die_before_settling(outbox)
    outbox.sandbox.edit(ids[0], suspended_and_verified)

    outbox.results(ids[0])

    assert [snapshot for _, snapshot in told_of(outbox, ids[0])] == [2, 3]


def test_snapshots_go_before_a_clock_that_was_set_back(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:6], renamed)
    die_before_settling(outbox)
    outbox.clock.advance(hours=-5)
    outbox.sandbox.edit(ids[0], suspended_and_verified)

    outbox.check()

    assert [snapshot for _, snapshot in told_of(outbox, ids[0])] == [2, 3]


def test_other_changes_of_the_same_pass_are_told(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:30], renamed)
    outbox.sandbox.edit(ids[40], suspended)

    outbox.check()

    assert came(outbox, HOOK) == 1


@pytest.mark.parametrize("count", [19, 6])
def test_fewer_than_twenty_are_told(outbox: OutboxHarness, count: int) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:count], renamed)

    outbox.check()

    assert came(outbox, HOOK) == count


def test_what_a_process_left_pending_is_settled_by_the_next_pass(outbox: OutboxHarness) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:6], renamed)
    die_before_settling(outbox)
    assert came(outbox, HOOK) == 0

    outbox.check()

    assert came(outbox, HOOK) == 6


def test_what_a_process_left_pending_is_settled_by_who_delivers_when_no_pass_can_be_under_way(
    outbox: OutboxHarness,
) -> None:
    ids = watching(outbox)
    everywhere(outbox, ids[:6], renamed)
    die_before_settling(outbox)
    assert came(outbox, HOOK) == 0
    outbox.clock.now += ABANDONED_AFTER

    assert came(outbox, HOOK) == 6


def test_a_change_that_is_reverted_within_the_settle_window_is_told_to_nobody(outbox: OutboxHarness) -> None:
    watching(outbox)
    before = outbox.sandbox.study(WITHDRAWN_LATER)
    outbox.sandbox.edit(WITHDRAWN_LATER, suspended)
    look(outbox, timedelta(hours=30))
    outbox.clock.advance(hours=24)
    outbox.sandbox.publish(before)
    look(outbox, timedelta(hours=30))
    outbox.clock.advance(hours=60)
    look(outbox, timedelta(hours=30))

    assert came(outbox, HOOK) == 0
    assert any(
        "reverted" in line for line in explained(outbox.registry.key, WITHDRAWN_LATER, HOOK, outbox.subscribe_context)
    )
    with outbox.store.read() as tx:
        assert not settlements.oldest_pending(tx, [outbox.registry.key])


def test_a_change_that_stands_is_told_when_its_settle_window_is_over(outbox: OutboxHarness) -> None:
    watching(outbox)
    outbox.sandbox.edit(WITHDRAWN_LATER, suspended)
    look(outbox, timedelta(hours=6))
    assert came(outbox, HOOK) == 0
    outbox.clock.advance(hours=6)

    assert came(outbox, HOOK) == 1


def test_a_revert_soon_after_an_alert_is_told_as_taking_it_back(outbox: OutboxHarness) -> None:
    watching(outbox)
    before = outbox.sandbox.study(WITHDRAWN_LATER)
    outbox.sandbox.edit(WITHDRAWN_LATER, suspended)
    outbox.check()
    outbox.clock.advance(days=3)
    outbox.sandbox.publish(before)

    outbox.check()

    told, taken_back = outbox.events(WITHDRAWN_LATER)
    status = next(change for change in taken_back.changes if change.field == "overall_status")
    assert status.takes_back == told.id
    assert "takes back the change that was seen on 2026-11-22" in status.summary
    assert came(outbox, HOOK) == 2


def test_a_change_back_after_weeks_is_a_change_like_any_other(outbox: OutboxHarness) -> None:
    watching(outbox)
    before = outbox.sandbox.study(WITHDRAWN_LATER)
    outbox.sandbox.edit(WITHDRAWN_LATER, suspended)
    outbox.check()
    outbox.clock.advance(days=20)
    outbox.sandbox.publish(before)

    outbox.check()

    assert all(change.takes_back is None for change in outbox.events(WITHDRAWN_LATER)[-1].changes)


def test_when_a_module_vanishes_from_all_records_nobody_is_told_but_the_operator_once(outbox: OutboxHarness) -> None:
    ids = watching(outbox)

    def without_module(study: Study) -> None:
        del study["protocolSection"]["statusModule"]
        study["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["class"] = "OTHER_GOV"

    everywhere(outbox, ids, without_module)
    outbox.clock.advance(days=8)

    outbox.check()
    outbox.clock.advance(hours=1)
    outbox.check()

    assert (came(outbox, HOOK), came(outbox, OPERATOR)) == (0, 1)
    with outbox.store.read() as tx:
        assert [notice.kind for notice in notices.listing(tx)] == ["registry.implausible"]
