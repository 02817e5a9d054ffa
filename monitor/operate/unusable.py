"""Which blocks of config.toml cannot be used, without applying any. Nothing here writes.

What `monitor.operate.configured` would refuse: trial ids that are none, searches that no registry takes, watches and
groups that there are not, and addresses that their channels refuse.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from sqlalchemy import Connection

from monitor.channels.declared import CHANNELS
from monitor.config import Config
from monitor.config.keys import SubscriptionSettings, WatchSettings
from monitor.errors import ConfigurationInvalid, TrialIdInvalid
from monitor.ports import Registry
from monitor.ports.registry import find_registry, registry_to_search
from monitor.settings.refused import block_words, named_in_file
from monitor.storage import groups, watches

_Check = tuple[str, str, Callable[[], object]]
"""A block, a key of it, and what raises where that cannot be used."""


def unusable(config: Config, registries: Sequence[Registry], tx: Connection) -> Iterator[ConfigurationInvalid]:
    """Why each block that cannot be used cannot be, with where it stands."""
    for block, key, check in _checks(config, registries, tx):
        try:
            with named_in_file(block, key):
                check()
        except ConfigurationInvalid as error:
            yield error


def _checks(config: Config, registries: Sequence[Registry], tx: Connection) -> Iterator[_Check]:
    for number, watch in enumerate(config.watch, start=1):
        yield from _of_trials(block_words("watch", number, watch.name), watch, registries)
    named = {watch.name for watch in config.watch if watch.name}
    if config.subscription:
        named |= {watch.name for watch in watches.listing(tx) if watch.name}
    grouped = {name for watch in config.watch for name in watch.groups}
    for number, each in enumerate(config.subscription, start=1):
        block = block_words("subscription", number, each.name)
        yield from _of_trials(block, each, registries)
        if each.watch:
            yield block, "watch", partial(_refuse_unknown, each.watch, named)
        if each.group and each.group not in grouped:
            yield block, "group", partial(groups.find, tx, each.group)
        for address in each.addresses:
            yield block, each.channel, partial(_refuse_unreachable, each.channel, address, config, each.as_webhook)
    for channel, address in config.operator.addresses.items():
        check = partial(_refuse_unreachable, channel, address, config, config.operator.as_webhook)
        yield "operator", channel, check


def _of_trials(
    block: str, settings: WatchSettings | SubscriptionSettings, registries: Sequence[Registry]
) -> Iterator[_Check]:
    yield block, "trials", partial(_refuse_no_ids, settings.trials, registries)
    if settings.looks_for:
        yield block, "registry", partial(_refuse_no_search, settings, registries)


def _refuse_no_ids(texts: Collection[str], registries: Sequence[Registry]) -> None:
    for text in texts:
        if find_registry(registries, text) is None:
            raise TrialIdInvalid(f"“{text[:80]}” is not a trial id known here")


def _refuse_no_search(settings: WatchSettings | SubscriptionSettings, registries: Sequence[Registry]) -> None:
    if settings.looks_for:
        wanted = settings.registry and settings.registry.casefold()
        chosen = [each for each in registries if wanted in (each.key, each.name.casefold())]
        if wanted and not chosen:
            raise ConfigurationInvalid(f"“{settings.registry}” is not a registry known here")
        registry_to_search(registries, settings.looks_for, next(iter(chosen), None))


def _refuse_unknown(watch: str, named: Collection[str]) -> None:
    if watch not in named:
        raise ConfigurationInvalid(f"there is no watch named “{watch}”; known: {', '.join(sorted(named)) or 'none'}")


def _refuse_unreachable(channel: str, address: str, config: Config, as_webhook: bool) -> None:
    CHANNELS[channel].checked(address, config)
    if not as_webhook:
        CHANNELS[channel].refuse_mistaken(address)
