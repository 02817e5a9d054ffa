"""Apply the watches, subscriptions and operator of config.toml: new ones begin, removed ones end.

Nothing is written if nothing changed, so this can run before every check.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.changes.searches import search_words
from monitor.config import Config
from monitor.errors import ConfigurationInvalid, MonitorError, TrialIdInvalid
from monitor.model import Search
from monitor.ports import Registry
from monitor.settings.refused import block_words, named_in_file
from monitor.storage import configured_subscriptions, groups, watches
from monitor.storage.reconciling import BY_PLACE
from monitor.storage.store import Store
from monitor.text import first_few, one_line

if TYPE_CHECKING:
    from monitor.alerts.subscribe import SubscribeContext, SubscriptionScope
    from monitor.config.keys import SubscriptionSettings, WatchSettings

OF_SUBSCRIPTIONS = "config.toml, trials of subscriptions"
"""The watch of what `[[subscription]]` blocks name."""

ToSearch = Callable[[Search, str | None], Registry]
"""The registry of a key, or the first, that can be asked for a search; ConfigurationInvalid where there is none."""
Identify = Callable[[str], tuple[Registry, str]]
"""The registry and the trial id that a text means; TrialIdInvalid where it means none."""


def apply_watches(
    config: Config, store: Store, identify: Identify, *, to_search: ToSearch, now: datetime
) -> list[MonitorError]:
    """Watch what the `[[watch]]` blocks, and the sponsors and trials of the `[[subscription]]` blocks, say.

    Watches made by commands stay as they are. A block that cannot be used leaves its watch unchanged; return the reason
    for each.
    """
    subscribed = [text for block in config.subscription for text in block.trials or ()]
    refused: dict[str, MonitorError] = {}
    looked_for = _looked_for(config, to_search, refused)
    with store.read() as tx:
        if not (config.watch or looked_for or subscribed or watches.configured(tx)):
            return []
    wanted: list[tuple[str, str, list[str]]] = []
    for number, watch in enumerate(config.watch, start=1):
        name = _name_of(watch, number)
        try:
            with named_in_file(block_words("watch", number, watch.name), "trials"):
                wanted += [(name, key, ids) for key, ids in _by_registry(watch.trials, identify).items()]
        except ConfigurationInvalid as error:
            refused[name] = error
    kept = set(refused)
    try:
        wanted += [(OF_SUBSCRIPTIONS, key, ids) for key, ids in _by_registry(subscribed, identify).items()]
    except TrialIdInvalid:
        kept.add(OF_SUBSCRIPTIONS)  # its own block is refused with the reason: see `apply_subscriptions`
    with store.begin_alone() as tx:
        watches.apply_config(
            tx, wanted, at=now, wanted_searches=looked_for, kept=kept, with_siblings=_with_siblings(config)
        )
        groups.apply_config(tx, _groups(config), now)
    return list(refused.values())


def _groups(config: Config) -> dict[str, Sequence[str]]:
    """The groups of each watch that is to be in any, by the watch's name."""
    named = ((_name_of(watch, number), watch.groups) for number, watch in enumerate(config.watch, start=1))
    return {name: those for name, those in named if those}


def _with_siblings(config: Config) -> set[str]:
    return {_name_of(watch, number) for number, watch in enumerate(config.watch, start=1) if watch.siblings}


def _looked_for(config: Config, to_search: ToSearch, refused: dict[str, MonitorError]) -> dict[str, tuple[str, Search]]:
    """What watches look for and in which registry, by their names; those that cannot are put into *refused*."""
    found: dict[str, tuple[str, Search]] = {}
    for name, where, block in _searching(config):
        if search := block.looks_for:
            try:
                with named_in_file(where, "registry"):
                    found[name] = (to_search(search, block.registry).key, search)
            except ConfigurationInvalid as error:
                refused[name] = error
    return found


def _searching(config: Config) -> Iterator[tuple[str, str, "WatchSettings | SubscriptionSettings"]]:
    """The blocks that may look for trials, with the names of the watches that do, and where each stands."""
    for number, watch in enumerate(config.watch, start=1):
        yield _name_of(watch, number), block_words("watch", number, watch.name), watch
    for number, block in enumerate(config.subscription, start=1):
        yield _name_of_sponsors(block), block_words("subscription", number, block.name), block


def _name_of(watch: "WatchSettings", number: int) -> str:
    return watch.name or f"config.toml, watch {number}"


def _name_of_sponsors(block: "SubscriptionSettings") -> str:
    """Subscriptions to one sponsor share a watch, wherever in the file they stand."""
    return f"config.toml, {search_words(block.looks_for)}" if block.looks_for else ""


def apply_subscriptions(
    config: Config, store: Store, identify: Identify, *, context: Callable[[], "SubscribeContext"]
) -> list[MonitorError]:
    """Subscribe those of the `[[subscription]]` blocks, and the operator to notices; others' subscriptions stay.

    Apply watches first. A block that cannot be used leaves its subscription unchanged; return the reason for each.
    """
    operator = config.operator.addresses
    with store.read() as tx:
        if not config.subscription and not operator and not configured_subscriptions.configured(tx):
            return []
        named = watches.listing(tx) if config.subscription else []
        group_names = groups.names(tx) if config.subscription else set()
    watch_ids = {watch.name: watch.id for watch in named if watch.name}
    from monitor.alerts.subscribe import SubscriptionScope, Wanted, apply_config  # most configurations subscribe nobody

    wanted: list[Wanted] = []
    kept: list[Wanted] = []
    refused: list[MonitorError] = []
    for number, block in enumerate(config.subscription, start=1):
        scope = SubscriptionScope()
        able = wanted
        where = block_words("subscription", number, block.name)
        try:
            with named_in_file(where, "group"):
                _refuse_unknown_group(block.group, group_names)
            with named_in_file(where, "trials" if block.trials else "watch"):
                scope = _scope(block, watch_ids, identify)
        except ConfigurationInvalid as error:
            refused.append(error)
            able = kept
        able += [
            Wanted(
                name=block.name or f"{BY_PLACE}{number}",
                block=where,
                channel=block.channel,
                address=address,
                is_of_team=len(block.addresses) > 1,
                scope=scope,
                filters=block.filters,
                rhythm=block.rhythm,
                note=block.note,
                language=block.language,
                as_webhook=block.as_webhook,
            )
            for address in block.addresses
        ]
    meant = config.operator.as_webhook
    wanted += [
        Wanted(
            name=f"config.toml, operator {name}",
            block="operator",
            channel=name,
            address=address,
            origin="operator",
            as_webhook=meant,
        )
        for name, address in operator.items()
    ]
    return [*refused, *apply_config(wanted, context(), kept=kept)]


def _refuse_unknown_group(group: str | None, known: Collection[str]) -> None:
    if group is not None and group not in known:
        raise ConfigurationInvalid(
            f"there is no group of watches “{one_line(group)[:80]}”; known: {first_few(sorted(known)) or 'none'}"
        )


def _scope(block: "SubscriptionSettings", watch_ids: dict[str, int], identify: Identify) -> "SubscriptionScope":
    from monitor.alerts.subscribe import SubscriptionScope  # most configurations subscribe nobody

    watch = _name_of_sponsors(block) or block.watch
    if watch and watch not in watch_ids:
        known = ", ".join(sorted(watch_ids)) or "none"
        raise ConfigurationInvalid(f"there is no watch named “{watch}”; known: {known}")
    trials = _by_registry(block.trials or (), identify)
    return SubscriptionScope(
        trials=frozenset((key, trial_id) for key, ids in trials.items() for trial_id in ids),
        watch_id=watch_ids[watch] if watch else None,
        group=block.group,
        everything=block.all,
    )


def _by_registry(texts: Sequence[str], identify: Identify) -> dict[str, list[str]]:
    """The trial ids that *texts* mean, by registry."""
    found: dict[str, list[str]] = {}
    for text in texts:
        registry, trial_id = identify(text)
        found.setdefault(registry.key, []).append(trial_id)
    return found
