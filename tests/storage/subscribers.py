"""The people of these tests, what they asked for, and what is owed to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet
from sqlalchemy import Connection

from monitor.model import Delivery, Endpoint, Filters, Subscription, WatchGroup
from monitor.storage import deliveries, endpoints, events, groups, snapshots, subscriptions, watches
from monitor.storage.covering import find as find_covering
from monitor.storage.store import Store
from monitor.vault import Vault
from tests.storage.documents import HIP, NOON, REGISTRY, event, snapshot

AMARA, BENGT, CHIDI = "amara@clinic.example", "bengt@clinic.example", "chidi@clinic.example"
VAULT = Vault.open(key=Fernet.generate_key().decode(), file=Path("none"))


def mailbox(tx: Connection, address: str = AMARA) -> Endpoint:
    return endpoints.put(tx, VAULT, channel="email", address=address, shown=address, at=NOON)[0]


def subscription(
    endpoint: Endpoint,
    *trial_ids: str,
    watch_id: int | None = None,
    group: WatchGroup | None = None,
    everything: bool = False,
    filters: Filters | None = None,
    note: str | None = None,
    origin: str = "command",
) -> Subscription:
    """A subscription to trials by name, or to what else is given. Its endpoint is as storage gives it."""
    return Subscription(
        id=str(uuid4()),
        endpoint=Endpoint(id=endpoint.id, channel=endpoint.channel, shown=endpoint.shown, address=""),
        trials=frozenset((REGISTRY, trial_id) for trial_id in trial_ids),
        watch_id=watch_id,
        group=group,
        everything=everything,
        filters=filters or Filters(),
        note=note,
        origin=origin,
        created_at=NOON,
    )


def subscribed(store: Store, *trial_ids: str, address: str = AMARA) -> Subscription:
    with store.begin() as tx:
        made = subscription(mailbox(tx, address), *(trial_ids or (HIP,)))
        subscriptions.add(tx, made)
    return made


def tell(store: Store, trial_id: str, *numbers: int) -> list[str]:
    """Keep events of a trial; give their ids."""
    told = [event(trial_id, number) for number in numbers]
    with store.begin() as tx:
        snapshots.add(tx, [snapshot(trial_id, number) for number in (1, *numbers)])
        events.add(tx, told)
    return [each.id for each in told]


def owe(store: Store, trial_id: str, numbers: Sequence[int], *to: Subscription) -> list[Delivery]:
    """Let each event of a trial be owed to everybody."""
    told = tell(store, trial_id, *numbers)
    with store.begin() as tx:
        added = deliveries.owe(tx, [(each, REGISTRY, trial_id, reader.id) for each in told for reader in to], NOON)
        return [deliveries.get(tx, each) for each in added]


def kept(store: Store, **wanted: Any) -> Subscription:
    """A subscription of Amara's to what is given."""
    with store.begin() as tx:
        made = subscription(mailbox(tx), **wanted)
        subscriptions.add(tx, made)
    return made


def watch(store: Store, *trial_ids: str) -> int:
    """The number of a new watch that holds these trials."""
    with store.begin() as tx:
        return watches.add(tx, registry=REGISTRY, trial_ids=trial_ids, origin="command", name=None, at=NOON)[0].id


def covering(store: Store, *trial_ids: str, registry: str = REGISTRY) -> dict[str, set[str]]:
    """The subscriptions that cover each of the trials, by id; trials that none covers are left out."""
    with store.read() as tx:
        found = find_covering(tx, registry, trial_ids)
    groups = {trial_id: found.groups([trial_id]) for trial_id in trial_ids}
    covered = {each: {key for _, members in those for _, key in members} for each, those in groups.items()}
    return {trial_id: ids for trial_id, ids in covered.items() if ids}


def grouped(store: Store, name: str, *watch_ids: int) -> WatchGroup:
    """That group of watches, with these in it, too."""
    with store.begin() as tx:
        groups.put(tx, name, watch_ids, origin="command", at=NOON)
        return groups.find(tx, name)
