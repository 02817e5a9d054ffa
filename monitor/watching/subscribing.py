"""Subscribe somebody, and take the baselines that this needs: without one the next change would not be seen.

    the address is one  ->  what it is about is resolved  ->  new trials are checked  ->  subscribed, in one commit

Where a step raises, nobody is subscribed and no watch is made.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.alerts.subscribe import Asked, SubscribeContext, Subscribed, SubscriptionScope, new_endpoint
from monitor.alerts.subscribe import subscribe as subscribe_to
from monitor.alerts.teams import subscribe_team
from monitor.errors import ConfigurationInvalid, NothingFound, RegistryError
from monitor.model import Checked, Filters, Rhythm, Search
from monitor.model.language import ENGLISH
from monitor.model.rhythm import IMMEDIATE
from monitor.ports import FetchedRegistry, Registry, Searching
from monitor.storage import groups, searches, trials, watches
from monitor.storage.store import Store
from monitor.watching.watches import ResolvedSearch, resolve_search

Check = Callable[[Sequence[str], Registry], Iterable[Checked]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeRequest:
    """Who wants to hear of what: one of *trials*, *watch*, *group*, *search* and *everything* is given."""

    channel: str
    """The name of one, as `monitor.channels` lists them."""
    address: str
    others: Sequence[str] = ()
    """The addresses of others who are to hear of the same: a team with the one at *address*, called *name*."""
    trials: Sequence[str] = ()
    """Trial ids, or addresses of their pages."""
    watch: str | None = None
    """A watch by its number or name."""
    group: str | None = None
    """The name of a group of watches."""
    search: Search | None = None
    registry: str | None = None
    """Where to search; None for the first registry that can be asked."""
    everything: bool = False
    filters: Filters = field(default_factory=Filters)
    rhythm: Rhythm = IMMEDIATE
    note: str | None = None
    language: str = ENGLISH
    """That the subscriber reads in."""
    origin: str = "command"
    """What asks for it, as `monitor.model.Subscription` has it."""
    name: str | None = None
    as_webhook: bool = False
    """That a webhook's address is one of a chat service is meant so."""
    catch_up: timedelta | None = None
    """From how long ago on it is to tell what happened, as one digest."""
    lists_stopped: bool = False
    """Whether to say which of its trials have stopped already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeResult:
    """A new subscription, and what was found on the way to it."""

    made: Subscribed
    others: Sequence[Subscribed] = ()
    """Those of the others of a team."""
    scope: SubscriptionScope
    checked: Sequence[Checked]
    """The trials that had no baseline, checked for the first time."""
    stopped: Sequence[str] | None
    """The trials that have stopped already; None where nobody asked, or the registry does not say."""


@dataclass(frozen=True, slots=True)
class KnownRegistries:
    """How a registry is found."""

    identify: Callable[[str], tuple[Registry, str]]
    """The trial that a text means."""
    of_key: Callable[[str | None], Registry]
    """The one of that key, or the default one."""
    to_search: Callable[[Search, str | None], Registry]
    """The one of that key, or the first, that can be asked for a search."""
    resolve: Callable[[Search, str | None], ResolvedSearch] | None = None
    """What a search comes to in the registry of that key, or the first; None to ask the one of `to_search`."""

    def resolved(self, search: Search, key: str | None) -> ResolvedSearch:
        """What a search comes to. SponsorUnknown or RegistryError as the registry answers."""
        return self.resolve(search, key) if self.resolve else resolve_search(search, self.to_search(search, key))


def subscribe(
    request: SubscribeRequest, *, context: SubscribeContext, known: KnownRegistries, check: Check
) -> SubscribeResult:
    """Subscribe somebody to what is watched from now on.

    Raise ConfigurationInvalid for an address or a name that cannot be used, TrialIdInvalid or NothingFound for what is
    no trial, no watch or no group, SponsorUnknown for a sponsor that the registry does not know by that name.
    """
    if request.others and request.name is None:
        raise ConfigurationInvalid("several addresses are a team, which needs a name: give it one with --name")
    for address in (request.address, *request.others):
        new_endpoint(request.channel, address, context, as_webhook=request.as_webhook)
    scope = _scope(request, context.store, known)
    checked = take_baselines(scope.trials, context.store, known.of_key, check)
    stopped = stopped_already(scope, context.store, known.of_key) if request.lists_stopped else None
    made, *others = _made(request, scope, context)
    return SubscribeResult(made=made, others=others, scope=scope, checked=checked, stopped=stopped)


def _made(request: SubscribeRequest, scope: SubscriptionScope, context: SubscribeContext) -> list[Subscribed]:
    asked = Asked(
        scope=scope,
        filters=request.filters,
        rhythm=request.rhythm,
        note=request.note,
        language=request.language,
        origin=request.origin,
    )
    if request.name is not None and request.others:
        return subscribe_team(
            request.channel,
            (request.address, *request.others),
            asked,
            team=request.name,
            context=context,
            as_webhook=request.as_webhook,
            catch_up=request.catch_up,
        )
    made = subscribe_to(
        request.channel,
        request.address,
        asked,
        context=context,
        name=request.name,
        as_webhook=request.as_webhook,
        catch_up=request.catch_up,
    )
    return [made]


def _scope(request: SubscribeRequest, store: Store, known: KnownRegistries) -> SubscriptionScope:
    if request.search is not None:
        resolved = known.resolved(request.search, request.registry)
        return SubscriptionScope(search=(resolved.registry, resolved.search))
    identified = [known.identify(text) for text in request.trials]
    watch_id = None
    if request.watch is not None:
        with store.read() as tx:
            watch_id = watches.find(tx, request.watch).id
    if request.group is not None:
        with store.read() as tx:
            groups.find(tx, request.group)  # or baselines would be taken in vain
    return SubscriptionScope(
        trials=frozenset((registry.key, trial_id) for registry, trial_id in identified),
        watch_id=watch_id,
        group=request.group,
        everything=request.everything,
    )


def take_baselines(
    named: Collection[tuple[str, str]], store: Store, registry_of: Callable[[str | None], Registry], check: Check
) -> list[Checked]:
    """Check those of the trials, by registry and id, that have no baseline; give what came of each.

    Raise NothingFound where the registry has no such trial. One that does not answer is no hindrance: the next check
    takes the baseline.
    """
    checked: list[Checked] = []
    for key in sorted({registry for registry, _ in named}):
        ids = sorted(trial_id for registry, trial_id in named if registry == key)
        with store.read() as tx:
            known = {one.trial_id for one in trials.known(tx, key, ids).values() if one.snapshot is not None}
        new, registry = [trial_id for trial_id in ids if trial_id not in known], registry_of(key)
        if new and isinstance(registry, FetchedRegistry):  # a file brings the others
            checked += check(new, registry)
    if denied := [one for one in checked if one.is_unknown]:
        raise NothingFound("\n".join(f"{one.trial_id}: {one.error}; nobody is subscribed" for one in denied))
    return checked


def stopped_already(
    scope: SubscriptionScope, store: Store, registry_of: Callable[[str | None], Registry]
) -> list[str] | None:
    """The trials that a subscription is about and that have stopped before it was made, as the registry has them now.

    None where that is no search, or the registry does not say.
    """
    found: list[list[str] | None] = [_stopped(key, search, registry_of) for key, search in _searches(scope, store)]
    known = [trial_ids for trial_ids in found if trial_ids is not None]
    return sorted({trial_id for trial_ids in known for trial_id in trial_ids}) if known else None


def _searches(scope: SubscriptionScope, store: Store) -> list[tuple[str, Search]]:
    """What finds the trials that a subscription is about, each with its registry."""
    if scope.search is not None:
        return [scope.search]
    with store.read() as tx:
        watched = {scope.watch_id} if scope.watch_id is not None else set()
        if scope.group is not None:
            watched |= groups.find(tx, scope.group).watches
        return [(each.registry, each.search) for each in searches.known(tx, sorted(watched)).values()]


def _stopped(key: str, search: Search, registry_of: Callable[[str | None], Registry]) -> list[str] | None:
    registry = registry_of(key)
    if not isinstance(registry, Searching):
        return None
    with suppress(RegistryError):
        return [trial_id for page in registry.find(search, stopped=True) for trial_id in page.trial_ids]
    return None
