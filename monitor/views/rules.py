"""What a subscription is about and what of it it tells, as a rule that can be tried: one that is made, or not yet.

trials by name      with those that joined watches as their siblings
a watch             the trials that it holds now, also for the time before it held them
a group             the same of all the watches that are in it now
a search            the watch that looks for the same; where there is none, what is kept here of a sponsor's trials
everything          every trial that was ever seen
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.scopes import named, trials_of
from monitor.alerts.subscribe import Asked
from monitor.changes.searches import search_words
from monitor.channels.channel import Configuration
from monitor.channels.declared import CHANNELS
from monitor.errors import ConfigurationInvalid
from monitor.model import Endpoint, Interest, Search, Subscription
from monitor.ports import Registry
from monitor.storage import groups, searches, seen, subscriptions, trial_lists, trials, watches
from monitor.storage.found import TrialFilter
from monitor.storage.mergers import successors
from monitor.storage.pages import MOST_NAMED, Key, Within
from monitor.storage.store import Store
from monitor.storage.watches import Watch
from monitor.text import fold_name, fold_organisation
from monitor.views.sponsored import trials_of_sponsor
from monitor.watching.subscribing import KnownRegistries, SubscribeRequest

NOT_MADE = 0
"""The number of a watch that is made with a subscription, and is not there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A subscription, and the trials that it is about."""

    subscription: Subscription
    """Of one that is not made yet, the id is empty."""
    within: Sequence[Within]
    """No trial is in two of these."""
    unread: Sequence[Key]
    """Those of the trials of which nothing is kept yet, in order; without those of watches where nobody looked."""
    looked_for: str | None = None
    """What would be looked for, in words, where no watch does so yet: others of its trials are not known."""

    @property
    def interest(self) -> Interest:
        """All that decides whether it tells a change."""
        subscription = self.subscription
        return Interest(subscription.filters, subscription.watches, subscription.everything)


def rule_of(subscription_id: str, store: Store, *, looks_through: bool = True) -> Rule:
    """The rule of a subscription, by its name or id, or the one that a team shares.

    Unless it *looks_through* the trials of watches for those that were never read, it takes no longer the more there
    are. NothingFound where there is none, or several.
    """
    with store.read() as tx:
        shared = subscriptions.of_team(tx, subscription_id)
        found = shared[0] if shared else subscriptions.get(tx, subscription_id)
        return _rule(tx, found, looks_through=looks_through)


def rule_of_request(
    request: SubscribeRequest, *, store: Store, config: Configuration, known: KnownRegistries, now: datetime
) -> Rule:
    """The rule of a subscription that is asked for; nothing is made, and no registry is asked.

    It may be tried before it is known where it would go to: its address is empty then. Raise what
    `monitor.watching.subscribing` does, and ConfigurationInvalid for a search whose trials only the registry knows.
    """
    shown = _shown(request, config)
    identified = [known.identify(text) for text in request.trials]
    blank = Subscription(
        id="",
        endpoint=Endpoint(id="", channel=request.channel, shown=shown, address=""),
        trials=frozenset((registry.key, trial_id) for registry, trial_id in identified),
        everything=request.everything,
        filters=request.filters,
        rhythm=request.rhythm,
        note=request.note,
        language=request.language,
        name=request.name,
        created_at=now,
    )
    with store.read() as tx:
        if request.search is not None:
            registry = known.to_search(request.search, request.registry)
            return _rule_of_search(tx, blank, request.search, registry)
        if request.watch is not None:
            return _rule_of_watch(tx, blank, watches.find(tx, request.watch))
        if request.group is not None:
            return _rule(tx, replace(blank, group=groups.find(tx, request.group)))
        return _rule(tx, replace(blank, trials=blank.trials | successors(tx, blank.trials)))


def _shown(request: SubscribeRequest, config: Configuration) -> str:
    """Its address as it may be shown; empty without one."""
    if not request.address:
        return ""
    channel = CHANNELS[request.channel]
    address = channel.checked(request.address, config)
    if not request.as_webhook:
        channel.refuse_mistaken(request.address)
    return channel.shown(address)


def rule_of_asked(asked: Asked, *, store: Store, now: datetime) -> Rule:
    """The rule of what somebody asks to hear of by mail; nothing is made, and nothing is asked.

    It takes no longer the more trials a watch holds: `unread` has none of those. Of a sponsor that no watch looks for,
    or a condition, the trials are those that it has by what is kept, MOST_NAMED at most.
    NothingFound for a watch or a group that is none, ConfigurationInvalid for any other search that nobody watches.
    """
    scope = asked.scope
    blank = Subscription(
        id="",
        endpoint=Endpoint(id="", channel="email", shown="", address=""),
        trials=scope.trials,
        everything=scope.everything,
        filters=asked.filters,
        rhythm=asked.rhythm,
        note=asked.note,
        language=asked.language,
        created_at=now,
    )
    with store.read() as tx:
        if scope.search is not None:
            return _rule_of_kept(tx, blank, *scope.search)
        if scope.watch_id is not None:
            return _rule_of_watch(tx, blank, watches.get(tx, scope.watch_id), looks_through=False)
        if scope.group is not None:
            return _rule(tx, replace(blank, group=groups.find(tx, scope.group)), looks_through=False)
        return _rule(tx, replace(blank, trials=blank.trials | successors(tx, blank.trials)), looks_through=False)


def _rule_of_watch(tx: Connection, blank: Subscription, watch: Watch, *, looks_through: bool = True) -> Rule:
    if watch.search and watch.search.is_everything:
        return _rule(tx, replace(blank, everything=True), looks_through=looks_through)
    return _rule(tx, replace(blank, watch_id=watch.id, watch=watch.name), looks_through=looks_through)


def _rule_of_kept(tx: Connection, blank: Subscription, registry: str, search: Search) -> Rule:
    """Of what is kept, as far as that says which trials a search finds."""
    if search.is_of_sponsor_alone:
        found = [
            (registry, each)
            for each in trials.led_by(tx, registry, fold_organisation(search.sponsor), limit=MOST_NAMED)
        ]
    elif search == Search(condition=search.condition):
        wanted = TrialFilter(registry=registry, condition=fold_name(search.condition))
        listed = trial_lists.in_order(tx, wanted, after=None, limit=MOST_NAMED)
        found = [(each.registry, each.trial_id) for each in listed]
    else:
        raise ConfigurationInvalid(f"no watch looks for {search_words(search)}")
    looks_for = search_words(search)
    return Rule(subscription=replace(blank, watch_id=NOT_MADE), within=named(found), unread=(), looked_for=looks_for)


def _rule(tx: Connection, subscription: Subscription, *, looks_through: bool = True) -> Rule:
    within = trials_of(tx, subscription)
    return Rule(
        subscription=subscription,
        within=within,
        unread=[key for each in within if each.trials or looks_through for key in seen.unread(tx, each)],
    )


def _rule_of_search(tx: Connection, blank: Subscription, search: Search, registry: Registry) -> Rule:
    if watch := watch_that_looks_for(tx, registry.key, search):
        return _rule_of_watch(tx, blank, watch)
    if not search.is_of_sponsor_alone:
        raise ConfigurationInvalid(
            f"which trials are found by {search_words(search)} only {registry.key} knows, and a dry run asks it "
            "nothing: watch them with `monitor watch add`, check, and try again"
        )
    words = search_words(search)
    within = named(set(trials_of_sponsor(tx, registry, search)))
    return Rule(subscription=replace(blank, watch_id=NOT_MADE), within=within, unread=(), looked_for=words)


def watch_that_looks_for(tx: Connection, registry: str, search: Search) -> Watch | None:
    """The watch of that search in that registry; None where there is none."""
    same = (each for each in searches.of_registry(tx, registry, damaged={}) if _same(each.search, search))
    found = next(same, None)
    return watches.get(tx, found.watch_id) if found else None


def _same(one: Search, other: Search) -> bool:
    """Whether two searches look for the same, however a sponsor's name is spelled."""
    return replace(one, sponsor=None) == replace(other, sponsor=None) and (
        fold_organisation(one.sponsor) == fold_organisation(other.sponsor)
    )
