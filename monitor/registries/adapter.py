"""What the program needs to know of a registry's adapter before it asks that registry anything."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from monitor.http.polite import PoliteSession
from monitor.model.vocabulary import CodeWords
from monitor.ports import Registry
from monitor.registries.settings import PoliteSettings


class Adapter(ABC):
    """What the class of an adapter declares; `connect` makes the registry that is asked."""

    key: str
    """The registry's host name. The table of config.toml for it is `[registries."<key>"]`."""
    name: str
    """What people call the registry."""
    example_id: str
    """A trial id of this registry, for messages that say what one looks like."""
    settings: type[PoliteSettings]
    """The keys of that table."""
    words: Mapping[str, CodeWords] = MappingProxyType({})
    """The words of codes that only this registry has; `monitor.model.vocabulary` has those of all others."""

    @classmethod
    @abstractmethod
    def connect(cls, settings: Any, session: PoliteSession) -> Registry:
        """The registry as *settings*, of the class above, say; it closes *session* with itself. Nothing is asked."""
