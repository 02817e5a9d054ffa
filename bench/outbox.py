"""Telling people: how fast what is owed is delivered over sockets, and what an event costs among many subscriptions."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

from sqlalchemy import Connection, insert

from bench.figures import Figure, percentile, ratio_of_pairs, seconds
from bench.studies import document, studies
from monitor.alerts.deliver import deliver
from monitor.alerts.matching import matching
from monitor.alerts.outbox import Outbox
from monitor.alerts.prepare import RenderContext
from monitor.alerts.subscribe import SubscribeContext, SubscriptionScope, subscribe
from monitor.channels.email.transport import EmailTransport
from monitor.channels.webhook.transport import WebhookTransport
from monitor.config import load
from monitor.http.guarded import GuardedSession
from monitor.http.polite import PoliteSession
from monitor.model import Change, DeliveryState, Event, Filters, Message, Significance, Snapshot
from monitor.ports import Accepted
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.storage import covering, deliveries, endpoints, events, snapshots, subscriptions, tables
from monitor.storage.store import Store
from monitor.vault import Vault

TRIALS, SUBSCRIBERS = 100, 100
RECEIVERS, EACH = 100, 20
HANGS_FOR = 2.0
SUBSCRIPTIONS = 1_000_000
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
KEY = "clinicaltrials.gov"
CONFIG = load(
    None, {"MONITOR_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]', "MONITOR_OPERATOR__EMAIL": "ops@example.org"}
)
CHANGE = Change(
    field="overall_status",
    path="protocolSection.statusModule.overallStatus",
    kind="status.stopped",
    topic="status",
    before="RECRUITING",
    after="SUSPENDED",
    summary="Overall status went from Recruiting to Suspended.",
    significance=Significance.CRITICAL,
)


def measure() -> list[Figure]:
    """Deliveries a second to receivers in a process of their own, and the peak memory of ours."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        hooks, mails, peak = pool.submit(_both).result()
    return [
        Figure("deliver: 10,000 webhooks to one receiver", hooks, "a second", 300, at_least=True),
        Figure("deliver: 10,000 mails to one server", mails, "a second", 300, at_least=True),
        Figure("deliver: peak memory over both", peak, "MB", 200),
        Figure("deliver: p95 with 1 of 100 receivers hanging, over that with none", _slowed(), "x", 1.5),
        Figure("match: one event, 10 of 1,000,000 subscriptions", 1000 * _covering(), "ms", 5),
    ]


def _both() -> tuple[float, float, float]:
    rates = _delivered_a_second("webhook"), _delivered_a_second("email")
    return *rates, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _delivered_a_second(channel: str) -> float:
    """Deliveries a second, of those that a change of a hundred trials owes to a hundred subscribers."""
    with tempfile.TemporaryDirectory() as folder, _sink(channel) as [port]:
        store = Store.open(f"sqlite:///{folder}/bench.sqlite3")
        vault = Vault.open(key=None, file=Path(folder, "secret.key"))
        _owe(store, vault, channel, _addresses(channel, port), TRIALS)
        outbox = _outbox(store, vault, port)
        started = perf_counter()
        delivered = sum(each.standing is DeliveryState.DELIVERED for each in deliver(outbox))
        took = perf_counter() - started
        for channel in outbox.transports.values():
            channel.close()
        store.close()
    assert delivered == TRIALS * SUBSCRIBERS, delivered
    return delivered / took


def _addresses(channel: str, port: int) -> list[str]:
    form = "reader{}@example.org" if channel == "email" else f"http://127.0.0.1:{port}/{{}}"
    return [form.format(number) for number in range(SUBSCRIBERS)]


def _slowed() -> float:
    """How many times longer the 95th percentile of the others takes where one receiver hangs."""
    return ratio_of_pairs(partial(_p95, hanging=1), partial(_p95, hanging=0), pairs=3)


def _p95(*, hanging: int) -> float:
    """Seconds from the beginning to the answer that 95 % of deliveries take, to receivers that answer.

    Each receiver has a port of its own; the first *hanging* of them never answer.
    """
    with tempfile.TemporaryDirectory() as folder, _sink("webhook", RECEIVERS, hanging) as ports:
        store = Store.open(f"sqlite:///{folder}/bench.sqlite3")
        vault = Vault.open(key=None, file=Path(folder, "secret.key"))
        _owe(store, vault, "webhook", [f"http://127.0.0.1:{port}/" for port in ports], EACH)
        outbox = _outbox(store, vault, 0)
        timed = _Timed(GuardedSession(user_agent="bench", allow_networks=["127.0.0.0/8"], deadline=HANGS_FOR))
        for _ in deliver(replace(outbox, transports={**outbox.transports, "webhook": timed})):
            pass
        store.close()
    assert len(timed.answered_at) == (RECEIVERS - hanging) * EACH, len(timed.answered_at)
    return percentile([at - timed.started for at in timed.answered_at], 0.95)


class _Timed(WebhookTransport):
    """Notes when each answer came."""

    def __init__(self, session: GuardedSession) -> None:
        super().__init__(session)
        self.started = perf_counter()
        self.answered_at: list[float] = []

    def send(self, message: Message, *, now: datetime) -> Accepted:
        taken = super().send(message, now=now)
        self.answered_at.append(perf_counter())
        return taken


def _owe(store: Store, vault: Vault, channel: str, addresses: list[str], trials: int) -> None:
    """What a change of each of so many trials owes to a subscriber at each address."""
    context = SubscribeContext(store=store, vault=vault, clock=lambda: NOW, config=CONFIG)
    made = [document(study) for study in studies(trials)]
    told = [
        Event(registry=KEY, trial_id=each.trial_id, snapshot=2, occurred_at=NOW, changes=(CHANGE,)) for each in made
    ]
    with store.begin() as tx:
        snapshots.add(tx, [Snapshot(number, each, NOW) for each in made for number in (1, 2)])
        events.add(tx, told)
    for address in addresses:
        subscribe(
            channel, address, scope=SubscriptionScope(everything=True), filters=Filters(), note=None, context=context
        )
    with store.begin() as tx:
        everybody = subscriptions.listing(tx)
        deliveries.owe(tx, [(event.id, KEY, event.trial_id, one.id) for event in told for one in everybody], NOW)


def _outbox(store: Store, vault: Vault, port: int) -> Outbox:
    registry = ClinicalTrialsGov(
        base_url="http://127.0.0.1:9/api/v2", session=PoliteSession(requests_per_second=1, user_agent="bench")
    )
    return Outbox(
        context=RenderContext(store=store, vault=vault, registries={KEY: registry}, config=CONFIG),
        transports={
            "webhook": WebhookTransport(GuardedSession(user_agent="bench", allow_networks=["127.0.0.0/8"])),
            "email": EmailTransport(host="127.0.0.1", port=port, sender="monitor@example.org"),
        },
        clock=lambda: datetime.now(UTC),
    )


@contextmanager
def _sink(channel: str, count: int = 1, hanging: int = 0) -> Iterator[list[int]]:
    """Receivers in a process of their own that take everything, and do nothing with it; their ports."""
    command = [sys.executable, "-m", "bench.sinks", channel, str(count), str(hanging)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield [int(port) for port in process.stdout.readline().split()]
    finally:
        process.terminate()
        process.wait()


def _covering() -> float:
    """Median seconds to find who covers a trial that ten of a million subscriptions name."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/bench.sqlite3")
        vault = Vault.open(key=None, file=Path(folder, "secret.key"))
        with store.begin() as tx:
            endpoint, _ = endpoints.put(
                tx, vault, channel="email", address="a@example.org", shown="a@example.org", at=NOW
            )
        for start in range(0, SUBSCRIPTIONS, 100_000):
            _add_many(store, endpoint.id, range(start, start + 100_000))
        with store.read() as tx:
            found = covering.find(tx, KEY, ["NCT00000007"]).groups(["NCT00000007"])
            assert sum(len(members) for _, members in found) == 10
            times = [seconds(partial(_match_all, tx, f"NCT{number:08}")) for number in range(100, 200)]
        store.close()
    return median(times)


def _add_many(store: Store, endpoint_id: str, numbers: range) -> None:
    """Subscriptions to one trial each, ten to a trial; straight into the tables, or it would take minutes."""
    ids = [str(uuid4()) for _ in numbers]
    blank = {"topics": "[]", "kinds": "[]", "min_significance": 1, "state": "active", "origin": "command"}
    blank |= {"endpoint_id": endpoint_id, "everything": False, "created_at": NOW, "last_sequence": 0}
    trials = [
        {"registry": KEY, "trial_id": f"NCT{number // 10:08}", "subscription_id": each}
        for number, each in zip(numbers, ids, strict=True)
    ]
    with store.begin() as tx:
        tx.execute(insert(tables.subscriptions), [{**blank, "id": each} for each in ids])
        tx.execute(insert(tables.subscribed_trials), trials)


def _match_all(tx: Connection, trial_id: str) -> None:
    for interest, _ in covering.find(tx, KEY, [trial_id]).groups([trial_id]):
        matching((CHANGE,), interest)
