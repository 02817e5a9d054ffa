"""The attempts of a delivery along its schedule: what was made, what is next, and no more places than there are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.channels.email.channel import CHANNEL as EMAIL
from monitor.channels.retries import STANDARD
from monitor.model import Attempt, Delivery, DeliveryState, EventCause
from monitor.web.charts.tries import SLOTS, slots
from tests.storage.documents import HIP, NOON, REGISTRY

MINUTE = timedelta(minutes=1)
OWED = Delivery(
    cause=EventCause(f"{REGISTRY}/{HIP}/2"),
    subscription_id="5c4f3dbe-6e32-4b1f-8c1a-1b3a5a1f2c3d",
    registry=REGISTRY,
    trial_id=HIP,
    sequence=1,
    created_at=NOON,
    owed_at=NOON,
    next_attempt_at=NOON + 60 * MINUTE,
)


def attempts(count: int) -> list[Attempt]:
    return [
        Attempt(delivery_id=OWED.id, number=number, at=NOON + number * MINUTE, outcome="503")
        for number in range(1, count + 1)
    ]


def kinds(delivery: Delivery, made: Sequence[Attempt]) -> list[str]:
    return [slot.kind for slot in slots(delivery, made, STANDARD)]


def test_what_failed_is_followed_by_what_is_next_and_what_is_to_come() -> None:
    found = slots(replace(OWED, attempts=2), attempts(2), STANDARD)

    assert [slot.kind for slot in found] == ["failed", "failed", "next", *[""] * 7]
    assert [slot.waits for slot in found[:5]] == ["", "5 s", "5 min", "30 min", "2 h"]
    assert found[2].at == OWED.next_attempt_at
    assert found[3].at is None
    assert kinds(OWED, []) == ["next", *[""] * 9]


def test_the_last_one_is_taken_or_nothing_is_to_come() -> None:
    assert kinds(replace(OWED, attempts=2, standing=DeliveryState.DELIVERED), attempts(2)) == ["failed", "taken"]
    assert kinds(replace(OWED, attempts=10, standing=DeliveryState.REJECTED), attempts(10))[-1] == "failed"
    assert kinds(replace(OWED, attempts=9), attempts(9))[-1] == "next"


def test_attempts_of_before_it_was_owed_again_are_not_its_own() -> None:
    found = slots(replace(OWED, attempts=1), attempts(4), STANDARD)

    assert [slot.kind for slot in found[:2]] == ["failed", "next"]
    assert found[0].at == attempts(4)[-1].at


def test_a_mail_that_is_tried_for_days_shows_its_latest_attempts() -> None:
    found = slots(replace(OWED, attempts=20), attempts(20), EMAIL.retries)

    assert len(found) == SLOTS
    assert [slot.number for slot in found] == list(range(13, 23))
    assert [slot.kind for slot in found[-2:]] == ["next", ""]
    assert {slot.waits for slot in found} == {"4 h"}
