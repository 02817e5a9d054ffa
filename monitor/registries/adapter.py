"""What the program needs to know of a registry's adapter before it asks that registry anything."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from monitor.http.polite import PoliteSession
from monitor.model import Document, Record
from monitor.model.vocabulary import CodeWords
from monitor.ports import Oddity, Registry
from monitor.registries.settings import PoliteSettings


class Declared(ABC):
    """What the class of any adapter declares."""

    key: str
    """The registry's host name. The table of config.toml for one that is asked is `[registries."<key>"]`."""
    name: str
    """What people call the registry."""
    example_id: str
    """A trial id of this registry, for messages that say what one looks like."""
    words: Mapping[str, CodeWords] = MappingProxyType({})
    """The words of codes that only this registry has; `monitor.model.vocabulary` has those of all others."""


class Adapter(Declared):
    """One that is asked, over *session*, which is closed with it; *base_url* is where."""

    settings: type[PoliteSettings]
    """The keys of its table in config.toml."""

    @classmethod
    def connect(cls, settings: Any, session: PoliteSession) -> Registry:
        """The registry as *settings*, of the class above, say. Nothing is asked."""
        return cast("Registry", cls(base_url=settings.base_url, session=session))

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self.traffic = session.traffic
        self.address = base_url
        self._session = session

    @property
    def left_alone_for(self) -> float:
        """For how many seconds more its server wants no request; 0 where it did not say so."""
        return self._session.left_alone_for

    def leave_alone(self, seconds: float) -> None:
        """Make no request for so long: another process was asked for it."""
        self._session.leave_alone(seconds)

    def close(self) -> None:
        """Give up connections."""
        self._session.close()


class FedByFiles(Declared):
    """One that files alone feed, the port `monitor.ports.FedRegistry`: there is nothing to connect, and no table."""

    @abstractmethod
    def identify(self, text: str) -> str | None:
        """The trial id that *text* means; None where it cannot be one of this registry's."""

    @abstractmethod
    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names."""

    @abstractmethod
    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""

    @abstractmethod
    def from_row(self, trial_id: str, row: Mapping[str, str], *, build: str | None) -> Document:
        """The document that a row of an export is."""

    @abstractmethod
    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document of which *raw* is the content."""

    @abstractmethod
    def parse(self, document: Document, as_of: datetime) -> Record:
        """What a LISTED document says."""

    @abstractmethod
    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds that is not known here."""
