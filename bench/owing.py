"""Databases in which deliveries are owed: a change of each of some trials, to subscribers of everything."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.studies import document, studies
from monitor.alerts.subscribe import Asked, SubscribeContext, SubscriptionScope, subscribe
from monitor.config import load
from monitor.model import Change, Event, Significance, Snapshot
from monitor.storage import deliveries, events, snapshots, subscriptions
from monitor.storage.store import Store
from monitor.vault import Vault

KEY = "clinicaltrials.gov"
SECRET = "c2l4dGVlbiBvciB0d28gdGltZXMgc2l4dGVlbiBieXQ="
HANGS_FOR = 2
"""Seconds after which a receiver that says nothing is given up."""
_SETTINGS = {
    "MONITOR_SECRET_KEY": SECRET,
    "MONITOR_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
    "MONITOR_WEBHOOKS__TIMEOUT": f"{HANGS_FOR}s",
    "MONITOR_OPERATOR__EMAIL": "ops@example.org",
}
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


@dataclass(frozen=True, slots=True)
class Owed:
    """A channel, its subscribers' addresses, and of how many trials a change is owed to each."""

    channel: str
    addresses: list[str]
    trials: int

    @property
    def count(self) -> int:
        """How many deliveries."""
        return len(self.addresses) * self.trials


def vault_of(folder: str) -> Vault:
    """The vault with the key of these settings; nothing of it is in *folder*."""
    return Vault.open(key=SECRET, file=Path(folder, "secret.key"))


def settings(port: int = 25) -> Mapping[str, str]:
    """The environment of a program that sends to this machine; *port* is the mail server's."""
    return {**_SETTINGS, "MONITOR_SMTP__HOST": "127.0.0.1", "MONITOR_SMTP__PORT": str(port)}


@contextmanager
def database(owed: Owed) -> Iterator[Path]:
    """A database in which all that is owed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "owing.sqlite3")
        owe(f"sqlite:///{file}", owed)
        yield file


def owe(url: str, owed: Owed) -> None:
    """Make that database."""
    store = Store.open(url)
    vault = vault_of(".")
    now = datetime.now(UTC) - timedelta(minutes=1)
    context = SubscribeContext(store=store, vault=vault, clock=lambda: now, config=load(None, _SETTINGS))
    made = [document(study) for study in studies(owed.trials)]
    told = [
        Event(registry=KEY, trial_id=each.trial_id, snapshot=2, occurred_at=now, changes=(CHANGE,)) for each in made
    ]
    with store.begin() as tx:
        snapshots.add(tx, [Snapshot(number, each, now) for each in made for number in (1, 2)])
        events.add(tx, told)
    for address in owed.addresses:
        scope = SubscriptionScope(everything=True)
        subscribe(owed.channel, address, Asked(scope=scope), context=context)
    with store.begin() as tx:
        everybody = subscriptions.listing(tx)
        deliveries.owe(tx, [(event.id, KEY, event.trial_id, one.id) for event in told for one in everybody], now)
    store.close()
