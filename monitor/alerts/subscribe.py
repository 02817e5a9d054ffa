"""Make, change, pause, end and explain subscriptions.

From the command line a subscription is active at once; those of the configuration are applied by `monitor.app`, and
are whatever the configuration says.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, count
from uuid import uuid4

from sqlalchemy import Connection

from monitor.alerts.catching_up import tell, would_have_told
from monitor.alerts.changeable import refuse_if_operators, refuse_unless_wanted
from monitor.alerts.scopes import trials_of
from monitor.channels.channel import Configuration
from monitor.channels.declared import CHANNELS
from monitor.channels.webhook.signing import new_secret
from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound, StoreError
from monitor.model import Endpoint, Filters, Rhythm, Search, Subscription, SubscriptionState, WatchGroup
from monitor.model.language import ENGLISH
from monitor.model.rhythm import IMMEDIATE
from monitor.settings.refused import named_in_file
from monitor.storage import archived, configured_subscriptions, endpoints, groups, silence, subscriptions, watches
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
    language: str = ENGLISH
    origin: str = "command"
    """What asks for it, as `Subscription` has it."""


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
    same_as: Subscription | None = None
    """Another active subscription that tells the same address of the same."""
    is_second: bool = False
    """Whether one of those tells it at the same times as well."""
    taken_for: str | None = None
    """What follows “this” of a URL that a chat service gave, such as “is a Slack webhook”."""
    caught_up: int = 0
    """How many events from before it was made it tells, in one digest."""
    has_former_versions: bool = False
    """Whether there are versions of that time that were back-filled or imported, which nobody is told of."""


def subscribe(
    channel: str,
    address: str,
    asked: Asked,
    *,
    context: SubscribeContext,
    name: str | None = None,
    as_webhook: bool = False,
    catch_up: timedelta | None = None,
    refuses_second: bool = False,
) -> Subscribed:
    """Make a subscription, and the endpoint where it is new.

    A search, and trials that nobody watches yet, are watched in the same transaction: what nobody checks is never
    told. With *catch_up*, it tells of the time before that as well, in one digest. With *refuses_second*, one that
    another is like in all it does is not made: a form that was sent twice makes one. Raise ConfigurationInvalid for
    that, an address that is none or a name that is taken, NothingFound for a watch or a group that is none.
    """
    to = new_endpoint(channel, address, context, as_webhook=as_webhook)
    with context.store.begin_alone() as tx:
        made = subscribed(tx, channel, to, asked, context=context, name=name, catch_up=catch_up)
        if refuses_second and made.is_second and made.same_as:
            other = made.same_as.called
            raise ConfigurationInvalid(f"that address is told of the same already, by subscription {other}")
    return replace(made, taken_for=CHANNELS[channel].taken_for(address))


def subscribed(
    tx: Connection,
    channel: str,
    to: tuple[str, str],
    asked: Asked,
    *,
    context: SubscribeContext,
    name: str | None,
    catch_up: timedelta | None,
) -> Subscribed:
    """As `subscribe`, for an endpoint as `new_endpoint` gives it."""
    now = context.clock()
    watched = watched_too(tx, asked.scope.trials, now)
    endpoint, secret = put_endpoint(tx, channel, to, context, now)
    wanted = replace(drafted(tx, endpoint, asked, now=now), name=name)
    return replace(add(tx, wanted, secret, catch_up=catch_up), watched=watched)


def put_endpoint(
    tx: Connection, channel: str, to: tuple[str, str], context: SubscribeContext, now: datetime
) -> tuple[Endpoint, str | None]:
    """The endpoint of an address as `new_endpoint` gives it, and the signing secret of a webhook that is new."""
    secret = _secret_for(channel)
    address, shown = to
    endpoint, made = endpoints.put(
        tx, context.vault, channel=channel, address=address, shown=shown, at=now, secret=secret
    )
    return endpoint, secret if made else None


def add(tx: Connection, wanted: Subscription, secret: str | None, *, catch_up: timedelta | None = None) -> Subscribed:
    """Store a new subscription, and say whether its subscriber hears of the same already."""
    before = alike(tx, wanted)
    subscriptions.add(tx, wanted)
    made = replace(wanted, watch=subscriptions.find(tx, wanted.id).watch)
    twin = next((each for each in before if each.rhythm == wanted.rhythm), None)
    named = twin or next(iter(before), None)
    done = Subscribed(made, secret, same_as=named, is_second=twin is not None)
    if catch_up is None:
        return done
    since = made.created_at - catch_up
    return replace(
        done,
        caught_up=_caught_up(tx, made, since, made.created_at),
        has_former_versions=any(archived.any_since(tx, within, since.date()) for within in trials_of(tx, made)),
    )


def _caught_up(tx: Connection, subscription: Subscription, since: datetime, now: datetime) -> int:
    past = would_have_told(tx, subscription, since=since)
    if past:
        tell(tx, subscription, past, "catch-up", since=since, now=now)
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
        language=asked.language,
        origin=asked.origin,
        created_at=now,
    )


def same(tx: Connection, wanted: Subscription) -> Subscription | None:
    """Another active subscription that goes to the same place, about the same, with the same filters, if any."""
    return next(iter(alike(tx, wanted)), None)


def alike(tx: Connection, wanted: Subscription) -> list[Subscription]:
    """All other active subscriptions that go to the same place, about the same, with the same filters."""
    theirs = subscriptions.at_endpoint(tx, wanted.endpoint.id)
    return [each for each in theirs if _asked_by(each) == _asked_by(wanted)]


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


def forms_shown(address: str, context: SubscribeContext) -> list[str]:
    """How the address would be shown, by each channel that takes it."""
    forms = []
    for channel in CHANNELS:
        with suppress(ConfigurationInvalid):
            forms.append(checked_endpoint(channel, address, context)[1])
    return forms


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
    block: str = "subscription"
    """The part of config.toml that it stands in, such as `subscription 2`."""
    is_of_team: bool = False
    """Whether others have the same block: each has a subscription of their own."""


def apply_config(
    wanted: Sequence[Wanted], context: SubscribeContext, *, kept: Sequence[Wanted] = ()
) -> list[MonitorError]:
    """Make the configuration's subscriptions these: new ones begin, changed ones change, vanished ones end.

    Those in *kept*, whatever they are about, stay as they are, and so does one that cannot be as it is wanted: give
    why, for each.
    """
    now = context.clock()
    made: dict[str, Subscription] = {}
    refused: list[tuple[Wanted, MonitorError]] = []
    with context.store.begin_alone() as tx:
        for each in wanted:
            try:
                subscription = _configured(tx, each, context, now)
                made[_name_of(each, subscription, made)] = subscription
            except (ConfigurationInvalid, NothingFound, StoreError) as error:
                refused.append((each, error))
        staying = _endpoints_of(tx, [*kept, *(each for each, _ in refused)], context)
        configured_subscriptions.apply_config(tx, made, now, kept=staying)
    return [error for _, error in refused]


def _endpoints_of(tx: Connection, kept: Iterable[Wanted], context: SubscribeContext) -> dict[str, set[str]]:
    """The endpoints of these by the names of their blocks, as far as there are any."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in kept:
        try:
            address, _ = checked_endpoint(each.channel, each.address, context)
        except ConfigurationInvalid:
            address = each.address
        known = endpoints.known_id(tx, each.channel, address)
        found[each.name] |= {known} if known else set()
    return found


def _name_of(wanted: Wanted, subscription: Subscription, others: Collection[str]) -> str:
    """What it is called: as its block, and in a team by its address as well; *others* are taken."""
    if not wanted.is_of_team:
        return wanted.name
    name = f"{wanted.name}, {subscription.endpoint.shown}"
    numbered = chain([name], (f"{name} ({number})" for number in count(2)))
    return next(each for each in numbered if each not in others)


def _configured(tx: Connection, wanted: Wanted, context: SubscribeContext, now: datetime) -> Subscription:
    with named_in_file(wanted.block, wanted.channel):
        address, shown = new_endpoint(wanted.channel, wanted.address, context, as_webhook=wanted.as_webhook)
    secret = _secret_for(wanted.channel)
    endpoint = endpoints.put_configured(
        tx, context.vault, channel=wanted.channel, address=address, shown=shown, at=now, secret=secret
    )
    team = wanted.name if wanted.is_of_team else None
    with named_in_file(wanted.block, "watch" if wanted.scope.group is None else "group"):
        drawn_up = drafted(tx, endpoint, wanted, now=now)
    return replace(drawn_up, team=team)


def set_state(
    subscription_id: str, state: SubscriptionState, context: SubscribeContext, *, until: datetime | None = None
) -> Subscription:
    """Make a subscription active, paused or ended. Becoming active gives a disabled endpoint another chance.

    *until* is when one that is paused goes on by itself; None: when somebody says so. ConfigurationInvalid where one
    is to be paused that has ended, or is not confirmed, or is the operator's own.
    """
    with context.store.begin_alone() as tx:
        return put_state(tx, subscriptions.find(tx, subscription_id), state, now=context.clock(), until=until)


def put_state(
    tx: Connection,
    subscription: Subscription,
    state: SubscriptionState,
    *,
    now: datetime,
    until: datetime | None = None,
) -> Subscription:
    """As `set_state`, within a transaction."""
    if state is not SubscriptionState.ACTIVE:
        refuse_if_operators(subscription)
    if state is SubscriptionState.PAUSED:
        refuse_unless_wanted(subscription)
    subscriptions.set_state(tx, subscription.id, state, at=now, until=until)
    if state == SubscriptionState.ACTIVE:
        endpoints.enable(tx, subscription.endpoint.id)
    return subscriptions.find(tx, subscription.id)


def rotate_secret(subscription_id: str, context: SubscribeContext) -> str:
    """Give a webhook a new signing secret; the former one signs beside it for ROTATION_OVERLAP."""
    with context.store.begin_alone() as tx:
        return rotated(tx, subscriptions.get(tx, subscription_id), context)


def rotated(tx: Connection, subscription: Subscription, context: SubscribeContext) -> str:
    """As `rotate_secret`, within a transaction."""
    secret, endpoint = new_secret(), subscription.endpoint
    if not CHANNELS[endpoint.channel].has_signing_secret:
        having = " or ".join(name for name, channel in CHANNELS.items() if channel.has_signing_secret)
        raise ConfigurationInvalid(f"{endpoint.shown} is not a {having}: only those have a signing secret")
    endpoints.rotate(tx, context.vault, endpoint.id, secret=secret, overlap=ROTATION_OVERLAP, at=context.clock())
    return secret
