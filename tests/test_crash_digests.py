"""A process that dies at any point of composing or sending digests loses nothing and repeats nothing."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.channels.email.transport import EmailTransport
from monitor.channels.webhook.transport import WebhookTransport
from monitor.http.guarded import GuardedSession
from monitor.model import Rhythm
from monitor.model.rhythm import Every
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox
from monitor.sandbox.receiver import WebhookReceiver
from monitor.storage import deliveries, gathered
from monitor.storage.store import Store
from tests import faults
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_in
from tests.webhook_schema import as_promised

FIRST = datetime(2026, 11, 22, 17, tzinfo=UTC)
DAILY = Rhythm(every=Every.DAILY, at=time(8), zone="Asia/Tokyo")
READER = "ops@example.org"


@dataclass(frozen=True)
class Place:
    """What a process needs, wherever it runs."""

    store_url: str
    base_url: str
    folder: Path
    port: int
    """Of the mailbox."""


def program_at(place: Place, now: datetime) -> OutboxHarness:
    """The program with the channels that it uses, at that time."""
    sandbox: Any = SimpleNamespace(base_url=place.base_url)
    program = OutboxHarness(Store.open(place.store_url), sandbox, place.folder)
    program.clock.now = now
    program.delivering = replace(
        program.delivering,
        transports={
            "webhook": WebhookTransport(GuardedSession(user_agent="test", allow_networks=["127.0.0.0/8"])),
            "email": EmailTransport(host="127.0.0.1", port=place.port, sender="monitor@example.org"),
        },
    )
    return program


def send(place: Place, now: datetime) -> None:
    """Compose what is due, and send it."""
    program = program_at(place, now)
    program.deliver()
    for channel in program.delivering.transports.values():
        channel.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_change_is_in_one_digest_wherever_the_process_dies(
    store_url: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Every other step of a delivery run: on one store before each statement, on the other behind it."""
    with WebhookReceiver() as hook, Mailbox() as mailbox:
        place = Place(store_url, sandbox.base_url, tmp_path, mailbox.port)
        program = program_at(place, FIRST)
        program.watch(WITHDRAWN_LATER)
        program.check()
        program.subscribe(hook.url, WITHDRAWN_LATER, rhythm=DAILY)
        program.subscribe(READER, WITHDRAWN_LATER, channel="email", rhythm=replace(DAILY, all_quiet=True))
        days = 0

        def next_day(dies_at: int) -> int | None:
            """Something is found, and the next day it is sent; how many steps that took, if it did not die."""
            nonlocal days
            days += 1
            month = f"{2031 + days // 12}-{days % 12 + 1:02}"
            sandbox.edit(WITHDRAWN_LATER, together(named(f"STEP-{days}"), verified_in(month)))
            program.check()
            program.clock.advance(days=1)
            _, answer = faults.run(send, place, program.clock(), dies_at=dies_at)
            return answer and int(answer[1])

        next_day(0)
        whole = next_day(0)
        assert whole
        assert whole > 30
        for step in range(1 if store_url.startswith("sqlite") else 2, whole + 1, 2):
            next_day(step)
        for _ in range(2):
            next_day(0)
        came = [(each.id, each.body) for each in hook.deliveries if as_promised(each.body)]
        mails = [(mail.email["Message-ID"], mail.raw) for mail in mailbox.messages]

    told = {event.id for event in program.events(WITHDRAWN_LATER)}
    with program.store.read() as tx:
        rows = list(reversed(deliveries.listing(tx, limit=9999)))
        in_digests = [
            (each.subscription_id, event_id)
            for each in rows
            for event_id in gathered.told_by(tx, each.subscription_id, each.sequence, limit=99)[0]
        ]
    assert len(told) == days
    assert len(in_digests) == len(set(in_digests)) == 2 * days
    assert len(rows) == len({(each.subscription_id, each.cause) for each in rows})
    assert {str(each.standing) for each in rows} == {"delivered"}
    assert len({one for one, _ in came}) == len(set(came))
    assert len({one for one, _ in mails}) == len(set(mails))
    assert {json.loads(body)["type"] for _, body in came} == {"digest"}
    program.store.close()
