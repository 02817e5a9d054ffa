"""A local registry on its port: the API, a log of requests, misbehaviour, and the control page.

The folder of each registry has a subclass, which gives the answers of its API.
"""

import signal
from abc import abstractmethod
from collections.abc import Callable, Collection
from contextlib import ExitStack, nullcontext
from queue import SimpleQueue
from time import monotonic
from typing import ClassVar, TypeVar, Unpack

from monitor.sandbox import control
from monitor.sandbox.controlled import ControlledRegistry
from monitor.sandbox.exchange import Answer, LoggedRequest, Request
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.misbehaviour import Fault, How, Misbehaviour, Misbehaviours, read_misbehaviour
from monitor.sandbox.server import HttpListening

LONGEST_LOG = 20_000
RESET_STATUS = 0
API = "/api/"
"""The API is below it, and the control page everywhere else."""
ROBOTS = "/robots.txt"
"""A registry's own, which there is only where a misbehaviour answers for it."""


class SandboxRegistry(HttpListening, ControlledRegistry):
    """A registry that answers as its folder says, unless it is made to misbehave."""

    name = "sandbox"
    root: ClassVar[str]
    """The path of the API's base URL, below API."""

    def __init__(self, *, port: int, inboxes: Inboxes | None) -> None:
        super().__init__(port)
        self.inboxes = inboxes or Inboxes()
        self.requests: list[LoggedRequest] = []
        self._misbehaviours = Misbehaviours(self.concerns)

    @abstractmethod
    def answer(self, request: Request, misbehaviour: Misbehaviour | None) -> Answer:
        """What the API answers, spoiled by a misbehaviour as far as that does not happen on the wire."""

    @abstractmethod
    def concerns(self, misbehaviour: Misbehaviour, request: Request) -> bool:
        """Whether a misbehaviour is meant for this request, and can spoil it."""

    @abstractmethod
    def read_ids(self, texts: Collection[str]) -> frozenset[str]:
        """The trials that a misbehaviour is to concern. Raises ConfigurationInvalid for what cannot be a trial id."""

    @property
    def page_url(self) -> str:
        """The address of the control page."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def base_url(self) -> str:
        """The address of the API, to be configured in place of the registry's."""
        return f"http://127.0.0.1:{self.port}{self.root}"

    def misbehave(self, kind: str, *, times: int | None = None, **how: Unpack[How]) -> None:
        """Misbehave for the next *times* requests that it concerns, or until `behave`.

        It concerns requests that name one of the trials *ids*, whose path below the base URL starts with *path*, and in
        whose path and query, or User-Agent, the regular expression *target*, or *user_agent*, is found; all, where none
        is given. `monitor.sandbox.misbehaviour.EXPLAINED` says what each *kind* does, and which of the other arguments
        it reads. Raises ConfigurationInvalid.
        """
        self._misbehaviours.add(read_misbehaviour(kind, self.read_ids, self.faults, **how), times=times)

    def behave(self) -> None:
        """End all misbehaviour."""
        self._misbehaviours.clear()

    def misbehaviours(self) -> list[tuple[Misbehaviour, int | None]]:
        """What is going wrong, each with the number of requests that it will still spoil; None for no end."""
        return self._misbehaviours.active()

    def _respond(self, request: Request) -> tuple[Answer, Misbehaviour | None]:
        if not request.path.startswith(API) and request.path != ROBOTS:
            return control.answer(request, self), None
        misbehaviour = self._misbehaviours.take(request)
        answer = self.answer(request, misbehaviour)
        self._log(request, RESET_STATUS if misbehaviour and misbehaviour.kind is Fault.RESET else answer.status)
        if misbehaviour and misbehaviour.kind is Fault.REFRESH:
            self.refresh()
        return answer, misbehaviour

    def _log(self, request: Request, status: int) -> None:
        self.requests.append(LoggedRequest(request.method, request.target, status, monotonic()))
        if len(self.requests) > LONGEST_LOG:
            del self.requests[: LONGEST_LOG // 2]


R = TypeVar("R", bound=SandboxRegistry)


def run(registry: R, *others: SandboxRegistry, on_ready: Callable[[R], None] = lambda _: None) -> None:
    """Serve until SIGINT or SIGTERM. *on_ready* is called once all servers listen; nothing else is said.

    The inboxes of the first are those of all.

    To be called from the main thread, which alone may handle signals; handlers are as before afterwards.
    """
    ended: SimpleQueue[int] = SimpleQueue()  # an Event must not be set by a handler: it may be waited for right then
    former = {
        number: signal.signal(number, lambda number, _: ended.put(number)) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with ExitStack() as servers:
            for server in (registry, *others, registry.inboxes.mailbox, registry.inboxes.receiver):
                servers.enter_context(server or nullcontext())
            on_ready(registry)
            ended.get()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
