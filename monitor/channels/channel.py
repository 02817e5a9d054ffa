"""What every channel says of itself, and what it is given to render. No module here loads a channel's libraries.

`Channel` is the declaration in a channel's folder. What sends is its `monitor.ports.Transport`, made from the
configuration. Methods import what they need when they are called, because every command loads the declarations.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from monitor.channels.retries import STANDARD, RetrySchedule
from monitor.model import Change, ContextLine, Event, Message, Notice, Subscription
from monitor.ports import Transport
from monitor.vault import Vault

if TYPE_CHECKING:
    from monitor.settings import Section

    Settings = TypeVar("Settings", bound=Section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the record says of its trial now, for receivers who file messages by it; codes are the registry's."""

    registry_version: str | None = None
    """The registry's stamp of the data that the change was seen in."""
    last_update_post_date: str | None = None
    overall_status: str | None = None
    phases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class EventContext:
    """An event, with what the record says of its trial."""

    event: Event
    title: str
    lead_sponsor: str | None
    url: str
    facts: Facts = NO_FACTS
    registry_name: str = ""
    """What people call the registry; empty where that is its key."""
    has_siblings: bool = False
    """Whether the trial is known in several registries."""
    begun_by: Event | None = None
    """The event of a sibling that told the same shortly before, in whose conversation this one is told."""
    page: str = ""
    """Where the change, or in a digest its trial, stands on pages that anybody may read; empty where none are."""
    background: tuple[ContextLine, ...] = ()
    """What stands around it; `monitor.render.context.lines_for` has what of that is of use beside some changes."""


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """An event within a digest, and those of its changes that the subscriber asked for; at least one."""

    context: EventContext
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was looked at, so that silence means something: the trials of a subscription, as of a digest's end."""

    trials: int
    checked: int
    """How many of these were checked since the digest's beginning."""
    versions: tuple[tuple[str, str | None], ...] = ()
    """By what people call a registry, its own stamp of the data that was checked."""
    unchecked: tuple[tuple[str, str], ...] = ()
    """What could not be checked, such as a trial's id or what a watch looks for, and why, each on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What happened in a time, told at once. Without entries it says that nothing did, and has a coverage."""

    period: str
    """daily, weekly, monthly, quiet hours, catch-up (what happened before the subscription was made) or pause."""
    began_at: datetime | None
    """In the subscriber's zone, as *ended_at* is; None where that is not known."""
    ended_at: datetime
    entries: tuple[DigestEntry, ...] = ()
    """The oldest first."""
    omitted: int = 0
    """How many events more there were, each of no more significance than any entry."""
    coverage: Coverage | None = None
    at_once: int = 0
    """How many alerts broke through in that time, of a digest without entries: nothing *more* happened."""


class Configuration(Protocol):
    """What channels read of the configuration."""

    def section(self, settings: "type[Settings]") -> "Settings":
        """The table that *settings* describes."""

    def operator_address(self, channel: str) -> str:
        """The operator's address on that channel; empty where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What any alert is rendered with, whatever it is about."""

    subscription: Subscription
    """With its endpoint's address."""
    delivery_id: str
    sequence: int
    config: Configuration
    date: datetime
    about: str = ""
    """What the subscription is about, for who does not know what a watch is; empty where that is not looked up."""
    manage: str = ""
    """Where the subscriber changes or ends the subscription; empty where there is no such page."""
    confirm: str = ""
    """Where the subscriber confirms it; only of the notice that asks for that."""


EventRenderer = Callable[[Envelope], bytes]
"""What an event is for one subscriber: the bytes to send, whole."""


class Channel(ABC):
    """A way to reach people, as its folder declares it."""

    name: ClassVar[str]
    """In the database, in JSON, in config.toml and on the command line."""
    has_signing_secret: ClassVar[bool] = False
    """Whether each endpoint has a secret that its messages are signed with."""
    retries: ClassVar[RetrySchedule] = STANDARD
    server_of: ClassVar[str] = ""
    """What goes through one server of our own, such as “mail”; empty where there is no such server."""
    server_table: ClassVar[str] = ""
    """The table of config.toml that says which."""

    @abstractmethod
    def checked(self, address: str, config: Configuration) -> str:
        """The address as it will be used. Raise ConfigurationInvalid, in one line, for one that cannot be."""

    @abstractmethod
    def shown(self, address: str) -> str:
        """What may be shown of a checked address: no message may hold a secret."""

    def refuse_mistaken(self, address: str) -> None:  # noqa: B027 - most have nothing to refuse
        """Raise ConfigurationInvalid for an address that was plainly meant for another channel."""

    def taken_for(self, address: str) -> str | None:  # noqa: ARG002 - most have one form
        """What follows “this” of an address that was pasted in another form, such as “is a Slack webhook”."""
        return None

    @abstractmethod
    def transport(self, config: Configuration, vault: Vault) -> Transport:
        """What sends, as configured; *vault* signs what is to come back to us."""

    def greet(self, config: Configuration, *, seconds: float) -> str:
        """Try the one server that every delivery goes through, and give its name. Raise MonitorError if it is no use.

        Only where `server_of` is set.
        """
        raise NotImplementedError(self.name)

    @abstractmethod
    def event_renderer(self, context: EventContext, changes: Sequence[Change], config: Configuration) -> EventRenderer:
        """What makes the bytes that tell one subscriber of those *changes* of an event that they asked for. Pure.

        What all who asked for the same get in the same way is rendered here, once for all of them.
        """

    @abstractmethod
    def render_digest(self, digest: Digest, envelope: Envelope) -> bytes:
        """The bytes that tell one subscriber of all that a digest holds. Pure."""

    @abstractmethod
    def render_notice(self, notice: Notice, envelope: Envelope) -> bytes:
        """The bytes that tell the operator of a notice, or have a subscriber confirm one. Pure."""

    @abstractmethod
    def recognised_by(self, body: bytes) -> str:
        """What a person recognises a message by, on one line. Pure."""

    @abstractmethod
    def where_to_look(self, message: Message) -> str:
        """Where a sample is to be looked for, and what is there if all is well, on one line. Pure."""
