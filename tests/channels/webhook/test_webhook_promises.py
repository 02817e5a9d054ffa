"""Webhooks over real sockets, by the outbox: every answer ends in its state, every attempt can be verified."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.alerts.deliver import deliver
from monitor.alerts.outbox import DeliveryResult
from monitor.alerts.subscribe import rotate_secret
from monitor.channels.webhook.transport import WebhookTransport
from monitor.http.guarded import GuardedSession
from monitor.http.response import status_in_words
from monitor.model import Attempt, Delivery, DeliveryState
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.receiver import Received, WebhookReceiver
from monitor.storage import attempts, deliveries
from monitor.storage.store import Store
from tests.loopback import RESET, Loopback, Pause, Request, http
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

A_DAY = 86_400


@pytest.fixture
def hooked(sqlite_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[OutboxHarness]:
    """An outbox whose webhooks are called; one trial is watched, and its next check finds a change.

    On SQLite alone: the store makes no difference to what is tested.
    """
    store = Store.open(sqlite_url)
    outbox = OutboxHarness(store, sandbox, tmp_path)
    channel = WebhookTransport(GuardedSession(user_agent="test", allow_networks=["127.0.0.0/8"], deadline=1))
    outbox.delivering = replace(outbox.delivering, transports={**outbox.delivering.transports, "webhook": channel})
    outbox.check(WITHDRAWN_LATER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    yield outbox
    outbox.registry.close()
    store.close()


def owed_and_tried(outbox: OutboxHarness) -> dict[str, tuple[Delivery, list[Attempt]]]:
    """By subscription."""
    with outbox.store.read() as tx:
        listed = deliveries.listing(tx, limit=1_000)
        return {each.subscription_id: (each, attempts.of_delivery(tx, each.id)) for each in listed}


def told(outbox: OutboxHarness) -> None:
    """The change is found, and who asked for it is told, each once."""
    outbox.check(WITHDRAWN_LATER)
    outbox.deliver()


# Answers and states


NO_ANSWER = "the (answer broke off|connection was reset)"
"""Which of the two is seen hangs on whether the receiver had read all of the request."""


@pytest.mark.parametrize(
    "statuses", [[*range(100, 600, 9), 200, 204, 410, 429], pytest.param(list(range(100, 600)), marks=pytest.mark.slow)]
)
def test_every_status_ends_in_its_state_with_its_reason(hooked: OutboxHarness, statuses: list[int]) -> None:
    with Loopback(lambda request: http(b"words", int(request.path.strip("/")))) as server:
        subscribed = {hooked.subscribe(f"{server.url}/{status}"): status for status in statuses}
        told(hooked)
        requests = len(server.requests)

    assert requests == len(statuses)
    by_subscription = owed_and_tried(hooked)
    for made, status in subscribed.items():
        delivery, [attempt] = by_subscription[made.subscription.id]
        final = status >= 200
        assert attempt.status == (status if final else None), status
        assert re.search(status_in_words(status) if final else NO_ANSWER, attempt.outcome), status
        assert delivery.outcome == attempt.outcome
        assert delivery.standing == standing_after(status), status
        assert hooked.subscription(made).state == ("ended" if status == 410 else "active"), status


def standing_after(status: int) -> DeliveryState:
    if status == 410:
        return DeliveryState.REJECTED
    return DeliveryState.DELIVERED if 200 <= status <= 299 else DeliveryState.OWED


ASKED = {
    "90": 90,
    "7200": 7_200,
    str(A_DAY + 1): A_DAY,
    str(10 * 365 * A_DAY): A_DAY,
    "Sun, 22 Nov 2026 17:30:00 GMT": 1_800,
    "Sunday, 22-Nov-26 17:30:00 GMT": 1_800,
    "Sun Nov 22 17:30:00 2026": 1_800,
    "Wed, 22 Nov 2036 17:00:00 GMT": A_DAY,
    "Sun, 22 Nov 2026 12:00:00 GMT": 0,
    "soon": 0,
    "-90": 0,
    "9.5": 0,
    "": 0,
    "9" * 30: 0,
}
"""What receivers write into Retry-After at 17:00, and how many seconds it makes us wait at least."""


def test_a_receiver_that_names_a_time_is_not_called_before_it_nor_kept_waiting_for_ever(hooked: OutboxHarness) -> None:
    forms = list(ASKED)

    def answer(request: Request) -> bytes:
        _, status, number = request.path.split("/")
        return http(status=int(status), headers={"Retry-After": forms[int(number)]})

    with Loopback(answer) as server:
        asked = {
            hooked.subscribe(f"{server.url}/{status}/{number}"): (status, form)
            for number, form in enumerate(forms)
            for status in (404, 429, 502, 503, 504)
        }
        told(hooked)

    by_subscription = owed_and_tried(hooked)
    for made, (status, form) in asked.items():
        wait = (by_subscription[made.subscription.id][0].next_attempt_at - hooked.clock()).total_seconds()
        assert ASKED[form] <= wait <= max(ASKED[form], 5 * 1.2), (status, form)


FAULTS = {
    "/reset": [RESET],
    "/closed": [b""],
    "/half": [b"HTTP/1.1 200 OK\r\nServer: half"],
    "/silent": [Pause(20)],
    "/garbage": [b"garbage\r\n\r\n"],
}


def test_what_is_no_answer_leaves_it_owed_with_the_reason(hooked: OutboxHarness) -> None:
    with Loopback(lambda request: FAULTS[request.path]) as server:
        for path in FAULTS:
            hooked.subscribe(server.url + path)
        hooked.subscribe(server.url.replace("http:", "https:"))
        hooked.subscribe("https://receiver.invalid/hook")
        told(hooked)

    tried = owed_and_tried(hooked).values()
    assert {delivery.standing for delivery, _ in tried} == {DeliveryState.OWED}
    reasons = sorted((delivery.outcome or "").partition(" gives no answer: ")[2] for delivery, _ in tried)
    assert reasons[:4] == [
        "it does not answer in proper HTTP",
        "its name does not resolve",
        "no trustworthy TLS connection",
        "no whole answer within the deadline",
    ]
    assert len(reasons) == 7
    assert all(re.fullmatch(f"{NO_ANSWER}|the connection was closed without an answer", each) for each in reasons[4:])


def test_a_receiver_that_asks_to_be_disabled_is_never_called_again(hooked: OutboxHarness) -> None:
    with Loopback(lambda request: http(status=503, headers={"webhook-delivery": "disable"})) as server:
        made = hooked.subscribe(server.url)
        told(hooked)
        hooked.clock.advance(days=6)
        hooked.deliver()

        assert len(server.requests) == 1
    assert hooked.subscription(made).state == "ended"
    assert hooked.standings() == ["rejected"]


# Attempts


TABLE = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
]


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The receiver's library compares timestamps with the machine's clock."""
    with time_machine.travel(moment):
        yield


def test_a_receiver_that_is_down_hears_of_one_delivery_ten_times_and_can_verify_each(hooked: OutboxHarness) -> None:
    """The same id and bytes; a timestamp and a signature of each attempt's own; waits as the table has them."""
    with WebhookReceiver() as receiver:
        made = hooked.subscribe(receiver.url)
        receiver.secret = made.secret
        receiver.will_answer(503)
        hooked.check(WITHDRAWN_LATER)
        moments = []
        while hooked.standings() == ["owed"]:
            with at(hooked.clock()):
                [result] = hooked.deliver()
            moments.append(hooked.clock())
            hooked.clock.now = result.next_attempt_at or hooked.clock()

    came = receiver.deliveries
    assert len(came) == 10
    assert all(each.verified for each in came)
    assert {(each.id, each.body) for each in came} == {(came[0].id, came[0].body)}
    assert [each.timestamp for each in came] == [str(int(moment.timestamp())) for moment in moments]
    assert len({each.headers["webhook-signature"] for each in came}) == 10
    waits = [after - before for before, after in pairwise(moments)]
    assert all(0.8 * planned <= wait <= 1.2 * planned for planned, wait in zip(TABLE, waits, strict=True))
    assert hooked.standings() == ["rejected"]


# Rotation


def verifies(received: Received, secret: str, moment: datetime) -> bool:
    with at(moment):
        try:
            Webhook(secret).verify(received.body, dict(received.headers))
        except WebhookVerificationError:
            return False
    return True


def test_a_secret_that_is_rotated_in_mid_stream_leaves_no_delivery_that_cannot_be_verified(
    hooked: OutboxHarness,
) -> None:
    """Receivers may know the old or the new secret for 24 hours, and need the new one after that."""
    stream = 8
    with WebhookReceiver() as receiver:
        made = hooked.subscribe(receiver.url)
        old, new = made.secret, ""
        assert old
        moments: dict[str, datetime] = {}
        for hour in range(30):
            submitted(hooked, *(f"HOUR-{hour}-{number}" for number in range(stream if hour == 1 else 1)))
            for number, _ in enumerate(results_of(hooked)):
                if hour == 1 and number == stream // 2 - 1:
                    new = rotate_secret(made.subscription.id, hooked.subscribe_context)
                    rotated_at, before = hooked.clock(), {each.id for each in receiver.deliveries}
            moments |= {each.id: hooked.clock() for each in receiver.deliveries if each.id not in moments}
            hooked.clock.advance(hours=1)

    came = receiver.deliveries
    assert len(came) == 29 + stream
    for each in came:
        moment = moments[each.id]
        knows_old, knows_new = verifies(each, old, moment), verifies(each, new, moment)
        assert knows_old == (moment < rotated_at + timedelta(hours=24)), moment
        assert knows_new or each.id in before, moment
    assert sum(verifies(each, old, moments[each.id]) and verifies(each, new, moments[each.id]) for each in came) >= 24


def results_of(outbox: OutboxHarness) -> Iterator[DeliveryResult]:
    with at(outbox.clock()):
        yield from deliver(outbox.delivering)


def submitted(outbox: OutboxHarness, *acronyms: str) -> None:
    """A sponsor submits one acronym after the other, and the program sees each."""
    for acronym in acronyms:
        day = date(2026, 1, 1) + timedelta(len(outbox.events(WITHDRAWN_LATER)))
        outbox.sandbox.edit(WITHDRAWN_LATER, partial(named, acronym, day))
        outbox.check(WITHDRAWN_LATER)


def named(acronym: str, day: date, study: dict[str, Any]) -> dict[str, Any]:
    study["protocolSection"]["identificationModule"]["acronym"] = acronym
    study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = str(day)
    return study
