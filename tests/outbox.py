"""The outbox under test: a program that checks, and a channel that the test answers for."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from monitor.alerts.deliver import deliver
from monitor.alerts.outbox import DeliveryResult, Outbox
from monitor.alerts.prepare import RenderContext
from monitor.alerts.subscribe import Asked, SubscribeContext, Subscribed, SubscriptionScope, subscribe
from monitor.channels.declared import CHANNELS
from monitor.config import load
from monitor.errors import DeliveryFailed
from monitor.model import Endpoint, Filters, Message, Rhythm, Subscription
from monitor.model.rhythm import IMMEDIATE
from monitor.ports import Accepted
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import deliveries, subscriptions
from monitor.storage.store import Store
from monitor.vault import Vault
from tests.program import Trying
from tests.webhook_schema import as_promised

CONFIG = load(
    None,
    {
        "MONITOR_SMTP__SENDER": "Trial monitor <monitor@example.org>",
        "MONITOR_OPERATOR__EMAIL": "ops@example.org",
        "MONITOR_CHAT__SCHEMAS": '["slack"]',
        "MONITOR_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
    },
)

Behaviour = Callable[[Message], Accepted]


def take(message: Message) -> Accepted:
    return Accepted("200 OK", 200, b"thanks")


class FakeTransport:
    """Records what came, by receiver, and answers as it is told to."""

    def __init__(self) -> None:
        self.came: list[Message] = []
        self.behaviour: defaultdict[str, Behaviour] = defaultdict(lambda: take)
        self._lock = threading.Lock()

    def send(self, message: Message, *, now: datetime) -> Accepted:
        if message.endpoint.channel == "webhook":
            as_promised(message.body)
        with self._lock:
            self.came.append(message)
        return self.behaviour[message.endpoint.shown](message)

    def receiver(self, endpoint: Endpoint) -> str:
        return endpoint.shown

    def close(self) -> None:
        pass


class OutboxHarness(Trying):
    """What a test does: subscribe people, let trials change, deliver, and look at what came."""

    def __init__(self, store: Store, sandbox: Sandbox, folder: Path) -> None:
        super().__init__(store, sandbox)
        self.channel = FakeTransport()
        vault = Vault.open(key=None, file=folder / "secret.key")
        self.subscribe_context = SubscribeContext(store=store, vault=vault, clock=self.clock, config=CONFIG)
        self.delivering = Outbox(
            context=RenderContext(
                store=store,
                vault=vault,
                registries={self.registry.key: self.registry},
                config=CONFIG,
            ),
            transports=dict.fromkeys(CHANNELS, self.channel),
            clock=self.clock,
            chance=Random(1),
        )

    def subscribe(
        self,
        address: str,
        *trial_ids: str,
        channel: str = "webhook",
        filters: Filters | None = None,
        rhythm: Rhythm = IMMEDIATE,
    ) -> Subscribed:
        """About these trials, or everything."""
        trials = frozenset((self.registry.key, trial_id) for trial_id in trial_ids)
        scope = SubscriptionScope(trials=trials, everything=not trials)
        asked = Asked(scope=scope, filters=filters or Filters(), rhythm=rhythm)
        return subscribe(channel, address, asked, context=self.subscribe_context)

    def deliver(self) -> list[DeliveryResult]:
        return list(deliver(self.delivering))

    def refuse(self, address: str, failure: DeliveryFailed) -> None:
        def fail(message: Message) -> Accepted:
            raise failure

        self.channel.behaviour[address] = fail

    def subscription(self, subscribed: Subscribed) -> Subscription:
        with self.store.read() as tx:
            return subscriptions.get(tx, subscribed.subscription.id)

    def standings(self) -> list[str]:
        """Of all deliveries, the oldest first."""
        with self.store.read() as tx:
            return [str(delivery.standing) for delivery in reversed(deliveries.listing(tx))]


@pytest.fixture
def outbox(store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[OutboxHarness]:
    """On both stores."""
    running = OutboxHarness(store, sandbox, tmp_path)
    yield running
    running.registry.close()
