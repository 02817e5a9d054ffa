"""Ask a registry for the version of its data, and decide whether to believe it.

    the same as before, or newer  ->  it counts
    older than the one before     ->  one of the registry's machines is behind: the newer version counts, unconfirmed.
                                      If nothing confirms it for a day, the registry has gone back in time. Trials are
                                      fetched once at once, so that what it takes back can be seen, and accepted
    older by more than a month, where the one before was ahead of our clock
                                  ->  it counts: the registry has mended its clock
    ahead of our clock            ->  it counts, and the operator hears that a clock is wrong
    far ahead of our clock        ->  AnswerUnreadable: the registry's clock is wrong

Believing an older version costs requests and nothing else: no older record replaces what is known of a trial.
"""

from dataclasses import replace
from datetime import datetime

from monitor.alerts.notices import registry_ahead
from monitor.errors import AnswerUnreadable
from monitor.model.stamps import is_older
from monitor.ports import FetchedRegistry, RegistryVersion
from monitor.storage import notices, registries
from monitor.storage.store import Store
from monitor.text import moment, one_line
from monitor.watching.builds import ROLLED_OUT_AFTER, is_ahead, leaps, takes_back


def current_version(
    registry: FetchedRegistry, known: RegistryVersion | None, *, store: Store, now: datetime
) -> RegistryVersion:
    """The version of all data now, as far as the registry can be believed; *known* is the last one. One request."""
    asked = registry.version(known)
    if known is not None and asked.stamp == known.stamp:
        return asked
    if is_ahead(asked.stamp, now):
        _prove_clock(registry.key, asked, known, store=store, now=now)
    if known is not None and is_older(asked.stamp, known.stamp) and not takes_back(asked.stamp, known.stamp, now):
        with store.read() as tx:
            confirmed_at = registries.confirmed_at(tx, registry.key)
            is_first = registries.behind_since(tx, registry.key) is None
        if confirmed_at is not None and confirmed_at <= now < confirmed_at + ROLLED_OUT_AFTER:
            return replace(known, is_confirmed=False, is_in_doubt=is_first)
    return asked


def _confirmed_at(registry: str, store: Store) -> datetime | None:
    with store.read() as tx:
        return registries.confirmed_at(tx, registry)


def _prove_clock(
    registry: str, asked: RegistryVersion, known: RegistryVersion | None, *, store: Store, now: datetime
) -> None:
    """Tell the operator that a clock is wrong; raise AnswerUnreadable where it can only be the registry's."""
    known_at = _confirmed_at(registry, store)
    if leaps(asked.stamp, now, known=known.stamp if known else None, known_at=known_at):
        raise AnswerUnreadable(
            f"{registry} says that its data are of {one_line(asked.stamp)}, and it is {moment(now)} here: that cannot "
            "be believed. If this machine's clock is wrong, set it (`timedatectl` shows it); else the registry has to "
            "mend its own, and the next check asks again"
        )
    with store.begin() as tx:
        notices.notify_operator(tx, registry_ahead(registry, asked.stamp, now=now))
