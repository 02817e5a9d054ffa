"""Make, change, pause, end and explain subscriptions.

From the command line a subscription is active at once; those of the configuration are applied by `monitor.app`, and
are whatever the configuration says.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection

from monitor.alerts.catching_up import tell, would_have_told
from monitor.channels.channel import Configuration
from monitor.channels.declared import CHANNELS
from monitor.channels.webhook.signing import new_secret
from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound, StoreError
from monitor.model import Endpoint, Filters, Rhythm, Search, Subscription, SubscriptionState, WatchGroup
from monitor.model.rhythm import IMMEDIATE
from monitor.storage import endpoints, groups, silence, subscriptions, watches
from monitor.storage.mergers import successors
from monitor.storage.store import Store
from monitor.storage.watches import Watch
from monitor.vault import Vault

ROTATION_OVERLAP = timedelta(hours=24)
"""How long a webhook's former secret still signs, so that its receiver can change over within that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionScope:
    """What a subscription is about: trials by name, those of a watch, of a group or of a search, or everything."""

    trials: frozenset[tuple[str, str]] = frozenset()
    watch_id: int | None = None
    search: tuple[str, Search] | None = None
    """In which registry, and what: it is watched from then on."""
    group: str | None = None
    """The name of a group of watches."""
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a subscription is to tell, and when, as somebody asks for it."""

    scope: SubscriptionScope = field(default_factory=SubscriptionScope)
    filters: Filters = field(default_factory=Filters)
    rhythm: Rhythm = IMMEDIATE
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeContext:
    """What subscribing needs."""

    store: Store
    vault: Vault
    clock: Callable[[], datetime]
    config: Configuration


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A new subscription; *secret* is a new webhook's, to be shown this once."""

    subscription: Subscription
    secret: str | None
    watched: tuple[str, ...] = ()
    """The trials that nobody watched before."""
    same_as: str | None = None
    """Another active subscription that tells the same address of the same, by what it is called."""
    taken_for: str | None = None
    """What follows “this” of a URL that a chat service gave, such as “is a Slack webhook”."""
    caught_up: int = 0
    """How many events of before it was made it tells, in one digest."""


def subscribe(
    channel: str,
    address: str,
    asked: Asked,
    *,
    context: SubscribeContext,
    name: str | None = None,
    as_webhook: bool = False,
    catch_up: timedelta | None = None,
) -> Subscribed:
    """Make a subscription, and the endpoint where it is new.

    A search, and trials that nobody watches yet, are watched in the same transaction: what nobody checks is never
    told. With *catch_up*, it tells of the time before that as well, in one digest. Raise ConfigurationInvalid for an
    address that is none or a name that is taken, NothingFound for a watch or a group that is none.
    """
    checked, shown = new_endpoint(channel, address, context, as_webhook=as_webhook)
    secret = _secret_for(channel)
    now = context.clock()
    with context.store.begin() as tx:
        watched = watched_too(tx, asked.scope.trials, now)
        endpoint, made = endpoints.put(
            tx, context.vault, channel=channel, address=checked, shown=shown, at=now, secret=secret
        )
        subscription = replace(drafted(tx, endpoint, asked, now=now), name=name)
        before = same(tx, subscription)
        subscriptions.add(tx, subscription)
        subscription = replace(subscription, watch=subscriptions.find(tx, subscription.id).watch)
        caught_up = _caught_up(tx, subscription, now - catch_up, now) if catch_up else 0
    taken_for = CHANNELS[channel].taken_for(address)
    return Subscribed(
        subscription,
        secret if made else None,
        watched,
        same_as=before.called if before else None,
        taken_for=taken_for,
        caught_up=caught_up,
    )


def _caught_up(tx: Connection, subscription: Subscription, since: datetime, now: datetime) -> int:
    past = would_have_told(tx, subscription, since=since)
    if past:
        tell(tx, subscription.id, past, "catch-up", since=since, now=now)
    return len(past)


def drafted(tx: Connection, endpoint: Endpoint, asked: Asked, *, now: datetime) -> Subscription:
    """A new subscription as it is asked for, not stored yet; what it looks for is watched from then on."""
    watch_id, everything = covered(tx, asked.scope, now)
    return Subscription(
        id=str(uuid4()),
        endpoint=endpoint,
        trials=named(tx, asked.scope),
        watch_id=watch_id,
        group=grouped(tx, asked.scope),
        everything=everything,
        filters=asked.filters,
        rhythm=asked.rhythm,
        note=asked.note,
        created_at=now,
    )


def same(tx: Connection, wanted: Subscription) -> Subscription | None:
    """Another active subscription that goes to the same place, about the same, with the same filters, if any."""
    theirs = subscriptions.at_endpoint(tx, wanted.endpoint.id)
    return next((each for each in theirs if _asked_by(each) == _asked_by(wanted)), None)


def _asked_by(subscription: Subscription) -> tuple[object, ...]:
    about = (subscription.trials, subscription.watch_id, subscription.group, subscription.everything)
    return (*about, subscription.filters)


def named(tx: Connection, scope: SubscriptionScope) -> frozenset[tuple[str, str]]:
    """The trials that it names, and those that they are known to have merged into: they are heard of by those ids."""
    return scope.trials | successors(tx, scope.trials)


def watched_too(tx: Connection, named: Collection[tuple[str, str]], now: datetime) -> tuple[str, ...]:
    """Watch those of the trials that no watch holds; give their ids."""
    by_registry: dict[str, list[str]] = {}
    for registry, trial_id in sorted(named):
        if not silence.is_watched(tx, registry, trial_id):
            by_registry.setdefault(registry, []).append(trial_id)
    for registry, ids in by_registry.items():
        watches.add(tx, registry=registry, trial_ids=ids, origin="command", name=None, at=now)
    return tuple(trial_id for ids in by_registry.values() for trial_id in ids)


def covered(tx: Connection, scope: SubscriptionScope, now: datetime) -> tuple[int | None, bool]:
    """The watch that it is about, if any, and whether it is about everything: so is a watch of all trials."""
    watch: Watch | None = None
    if scope.search is not None:
        registry, search = scope.search
        watch, _ = watches.add_search(tx, registry=registry, search=search, origin="command", name=None, at=now)
    elif scope.watch_id is not None:
        watch = watches.get(tx, scope.watch_id)
    if watch and watch.search and watch.search.is_everything:
        return None, True
    return watch.id if watch else None, scope.everything


def grouped(tx: Connection, scope: SubscriptionScope) -> WatchGroup | None:
    """The group of watches that it is about, if any. NothingFound where there is none of that name."""
    return None if scope.group is None else groups.find(tx, scope.group)


def checked_endpoint(channel: str, address: str, context: SubscribeContext) -> tuple[str, str]:
    """The address as it will be used, and as it may be shown."""
    declared = CHANNELS[channel]
    checked = declared.checked(address, context.config)
    return checked, declared.shown(checked)


def _secret_for(channel: str) -> str | None:
    """A signing secret, where endpoints of the channel have one."""
    return new_secret() if CHANNELS[channel].has_signing_secret else None


def new_endpoint(channel: str, address: str, context: SubscribeContext, *, as_webhook: bool) -> tuple[str, str]:
    """As `checked_endpoint`, for who is to be told from now on.

    A chat service's own URL is no webhook, unless it is to be one *as_webhook*: it would refuse our JSON, for days.
    """
    checked = checked_endpoint(channel, address, context)
    if not as_webhook:
        CHANNELS[channel].refuse_mistaken(address)
    return checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Asked):
    """A subscription as the configuration has it."""

    name: str
    channel: str
    address: str
    origin: str = "config"
    as_webhook: bool = False
    """That the address is one of a chat service is meant so."""


def apply_config(
    wanted: Sequence[Wanted], context: SubscribeContext, *, kept: Collection[str] = ()
) -> list[MonitorError]:
    """Make the configuration's subscriptions these: new ones begin, changed ones change, vanished ones end.

    Those named in *kept* stay as they are, and so does one that cannot be as it is wanted: give why, for each.
    """
    now = context.clock()
    made: dict[str, Subscription] = {}
    refused: dict[str, MonitorError] = {}
    with context.store.begin() as tx:
        for each in wanted:
            try:
                made[each.name] = _configured(tx, each, context, now)
            except (ConfigurationInvalid, NothingFound, StoreError) as error:
                refused[each.name] = error
        subscriptions.apply_config(tx, made, now, kept={*kept, *refused})
    return list(refused.values())


def _configured(tx: Connection, wanted: Wanted, context: SubscribeContext, now: datetime) -> Subscription:
    address, shown = new_endpoint(wanted.channel, wanted.address, context, as_webhook=wanted.as_webhook)
    secret = _secret_for(wanted.channel)
    endpoint = endpoints.put_configured(
        tx, context.vault, channel=wanted.channel, address=address, shown=shown, at=now, secret=secret
    )
    return replace(drafted(tx, endpoint, wanted, now=now), origin=wanted.origin)


def set_state(subscription_id: str, state: SubscriptionState, context: SubscribeContext) -> Subscription:
    """Make a subscription active, paused or ended. Becoming active gives a disabled endpoint another chance."""
    with context.store.begin() as tx:
        subscription = subscriptions.find(tx, subscription_id)
        subscriptions.set_state(tx, subscription.id, state, at=context.clock())
        if state == SubscriptionState.ACTIVE:
            endpoints.enable(tx, subscription.endpoint.id)
        return subscriptions.find(tx, subscription.id)


def rotate_secret(subscription_id: str, context: SubscribeContext) -> str:
    """Give a webhook a new signing secret; the former one signs beside it for ROTATION_OVERLAP."""
    secret = new_secret()
    with context.store.begin() as tx:
        endpoint = subscriptions.get(tx, subscription_id).endpoint
        if not CHANNELS[endpoint.channel].has_signing_secret:
            having = " or ".join(name for name, channel in CHANNELS.items() if channel.has_signing_secret)
            raise ConfigurationInvalid(f"{endpoint.shown} is not a {having}: only those have a signing secret")
        endpoints.rotate(tx, context.vault, endpoint.id, secret=secret, overlap=ROTATION_OVERLAP, at=context.clock())
    return secret
