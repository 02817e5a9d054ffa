"""What the program needs to know of a registry's adapter before it asks that registry anything."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import Field

from monitor.http.polite import PoliteSession
from monitor.model.vocabulary import CodeWords
from monitor.ports import Registry
from monitor.settings import Section
from monitor.settings.values import Contact, UserAgent, WebAddress


class PoliteSettings(Section):
    """How to talk to a registry over HTTP, without being a burden to it. An adapter gives *base_url* its default."""

    base_url: WebAddress = Field(description='an http(s) address without "?" and "#"')
    requests_per_second: float = Field(
        default=1.0, gt=0, le=1000, allow_inf_nan=False, description="a number above 0 and up to 1000"
    )
    contact: Contact = Field(
        default="", description='an e-mail or web address in plain ASCII, such as "trials@example.org", or ""'
    )
    user_agent: UserAgent = Field(
        default="", description='what to send as User-Agent, up to 400 characters of plain ASCII, or "" for the default'
    )


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
