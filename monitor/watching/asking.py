"""Ask a registry what a search comes to while passes may be asking it, too: for pages, where somebody waits.

It has connections of its own, because those of a pass are not for two threads at once, and asks one question at a time
with a pause between two, so that a registry has hardly more to do. One that asked to be left alone is left alone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from time import monotonic, sleep

from monitor.errors import ConfigurationInvalid, RegistryUnreachable
from monitor.model import Search
from monitor.ports import FetchedRegistry, Registry, registry_to_search
from monitor.storage import left_alone
from monitor.storage.store import Store
from monitor.text import moment
from monitor.watching.watches import ResolvedSearch, resolve_search

LONGEST_ASKED = 20.0
"""Seconds that a registry has to answer one question: a person waits for it."""
WAITS_FOR_OTHERS = 10.0
PAUSE = 1.0


class SearchAsker:
    """Asks for those who wait, one after another; *connect* makes registries that nobody else uses."""

    def __init__(self, connect: Callable[[], Sequence[Registry]], store: Store) -> None:
        self._connect = connect
        self._store = store
        self._lock = Lock()
        self._asked_at = -PAUSE

    def resolve(self, search: Search, key: str | None, *, now: datetime) -> ResolvedSearch:
        """What a search comes to in the registry of that *key*, or in the first that can be searched.

        Raise as `resolve_search` does, and RegistryError where the registry does not answer or is not to be asked now.
        """
        if not self._lock.acquire(timeout=WAITS_FOR_OTHERS):
            raise RegistryUnreachable("others are searching in the registries just now: try again in a minute")
        registries: Sequence[Registry] = ()
        try:
            sleep(max(self._asked_at + PAUSE - monotonic(), 0))
            registries = self._connect()
            chosen = next((each for each in registries if each.key == key), None) if key else None
            if key and chosen is None:
                raise ConfigurationInvalid(f"no registry is known here as “{key[:40]}”")
            registry = registry_to_search(registries, search, chosen)
            self._refuse_left_alone(registry, now)
            return resolve_search(search, registry)
        finally:
            self._asked_at = monotonic()
            for each in registries:
                if isinstance(each, FetchedRegistry):
                    each.close()
            self._lock.release()

    def _refuse_left_alone(self, registry: Registry, now: datetime) -> None:
        if not isinstance(registry, FetchedRegistry):
            return
        with self._store.read() as tx:
            until = left_alone.until(tx, registry.key, registry.address)
        if until and until > now:
            raise RegistryUnreachable(f"{registry.name} asked to be left alone until {moment(until)}: try again then")
