"""What the control page, and the program that starts a sandbox, need of the imitated registry."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Protocol, TypeVar, Unpack

from monitor.sandbox.control_request import ControlRequest
from monitor.sandbox.exchange import LoggedRequest
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.misbehaviour import Fault, How, Misbehaviour

Control = Callable[[ControlRequest], str]
"""Does one thing, and says what it did. Raises MonitorError where it cannot."""
Controlled = TypeVar("Controlled")


class Build(Protocol):
    """All data of a registry as of one moment."""

    @property
    def timestamp(self) -> str:
        """The moment, as the registry writes it."""

    def etag(self) -> str:
        """The ETag of what is served of it."""


class ControlledRegistry(ABC):
    """A local registry. Everything here may be called from any thread."""

    imitates: ClassVar[str]
    """The registry that it answers like, as people call it."""
    key: ClassVar[str]
    """The registry's host name, which is its section in the configuration, below `registries`."""
    example: ClassVar[str]
    """A trial that changes when it is told to."""
    argument: ClassVar[str] = "trial_id"
    """What its controls call the trial that they change."""
    settings: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What a monitor that uses it has to be told beside its address, by key."""
    faults: ClassVar[Collection[Fault]]
    """The ways in which it can misbehave."""
    inboxes: Inboxes
    requests: list[LoggedRequest]
    """What was asked of the API, the eldest first; clear it as you like."""

    @property
    @abstractmethod
    def page_url(self) -> str:
        """The address of the control page."""

    @property
    @abstractmethod
    def base_url(self) -> str:
        """The address of the API, to be configured in place of the registry's."""

    @property
    @abstractmethod
    def build(self) -> Build:
        """The live data build."""

    @property
    @abstractmethod
    def waiting(self) -> int:
        """How many trials will be different after the next `refresh`."""

    @abstractmethod
    def trial_ids(self) -> list[str]:
        """The ids of all trials that are live, in rising order."""

    @abstractmethod
    def refresh(self) -> Build:
        """Make the next data build live, with all drafts."""

    @abstractmethod
    def misbehave(self, kind: str, *, times: int | None = None, **how: Unpack[How]) -> None:
        """Misbehave for the next *times* requests that it concerns, or until `behave`."""

    @abstractmethod
    def behave(self) -> None:
        """End all misbehaviour."""

    @abstractmethod
    def misbehaviours(self) -> list[tuple[Misbehaviour, int | None]]:
        """What is going wrong, each with the number of requests that it will still spoil; None for no end."""

    # The part of the control page that only the registry knows

    @abstractmethod
    def trial_controls(self) -> Mapping[str, Control]:
        """What can be done to its trials, by the name that follows `/sandbox/`."""

    @abstractmethod
    def trials_panel(self, chosen: str, find: str) -> str:
        """HTML: the first trials that fit what was searched for."""

    @abstractmethod
    def trial_panel(self, chosen: str) -> str:
        """HTML: the chosen trial, and what can be done to it."""

    @abstractmethod
    def examples(self, control: str) -> Sequence[str]:
        """The controls of its trials as lines for a shell, where *control* begins a line that calls one."""


def bound(
    controls: Mapping[str, Callable[[ControlRequest, Controlled], str]], controlled: Controlled
) -> dict[str, Control]:
    """Bind the controls to this registry, by the same names."""

    def of_this(control: Callable[[ControlRequest, Controlled], str]) -> Control:
        return lambda request: control(request, controlled)

    return {name: of_this(control) for name, control in controls.items()}
