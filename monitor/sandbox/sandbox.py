"""The sandbox as tests, the demo and the command line hold it: a registry of one's own, with the strings to pull."""

import signal
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from threading import Event
from time import monotonic
from typing import Unpack

from monitor.app import utc_now
from monitor.errors import NothingFound
from monitor.model import Json
from monitor.sandbox import api, control
from monitor.sandbox.databuild import Calendar, DataBuild, build_of, latest_build
from monitor.sandbox.editions import Shelf
from monitor.sandbox.exchange import Answer, Request, Seen
from monitor.sandbox.listening import Listening
from monitor.sandbox.listing import Finder, canonical_id
from monitor.sandbox.misbehaviour import How, Kind, Misbehaviour, Misbehaviours, read_misbehaviour
from monitor.sandbox.reading import Library
from monitor.sandbox.reception import Reception
from monitor.sandbox.rendering import Renderer
from monitor.sandbox.server import Server
from monitor.sandbox.spoiling import spoiled
from monitor.sandbox.stock import Stock, WrittenState

LONGEST_LOG = 20_000
RESET_STATUS = 0
ORDINARY_HEADERS = {  # without strict-transport-security and alt-svc: they speak of TLS, and there is none here
    "server": "istio-envoy",
    "x-frame-options": "DENY",
    "x-ua-compatible": "IE=edge",
    "x-xss-protection": "1; mode=block",
    "x-envoy-upstream-service-time": "12",
    "via": "1.1 google",
}
_renderer = Renderer()
"""Of all sandboxes of this process: the same seed and day make the same trials."""


class Sandbox(Listening):
    """A local ClinicalTrials.gov.

    *trials* synthetic trials, the same for the same *seed* and day, stand beside the written ones. What arrives at the
    *reception* is on the control page; its servers are started and stopped by whoever made them.

    It lives in the present, as *clock* tells it: its first data build is that of this morning, and one more comes by
    itself with every morning. With a *day* it lives in a time of its own instead, which begins on that morning and goes
    on by a day with every data build that is asked for: for whoever has a clock of his own, or wants to go quickly.

    What changes a trial shows at once, because a data build is made right after it; with `refresh=False` it waits for
    the next one, as on the real registry. Everything here may be called from any thread.
    """

    name = "sandbox"

    def __init__(
        self,
        *,
        trials: int = 0,
        seed: int = 1,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
        day: date | None = None,
        reception: Reception | None = None,
    ) -> None:
        super().__init__(port)
        self.reception = reception or Reception()
        self.requests: list[Seen] = []
        """What was asked of the API, the eldest first; clear it as you like."""
        first = build_of(day) if day else latest_build(clock())
        self._shelf = Shelf(
            Stock(trials=trials, seed=seed, today=first.at.date()), first, Calendar(None if day else clock)
        )
        self._finder = Finder()
        self._misbehaviours = Misbehaviours()
        self._server: Server | None = None

    # Being there

    def _listen(self, port: int) -> int:
        self._server = Server(port, self._respond)
        return self._server.server_port

    def stop(self) -> None:
        """Stop listening and end all connections."""
        if self._server:
            self._server.stop()
            self._server = None

    @property
    def page_url(self) -> str:
        """The address of the control page."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def base_url(self) -> str:
        """The address of the API, to be configured in place of the registry's."""
        return f"http://127.0.0.1:{self.port}{api.ROOT}"

    # What stands in the registry

    @property
    def build(self) -> DataBuild:
        """The live data build."""
        return self._shelf.live.build

    @property
    def following_build(self) -> DataBuild:
        """The data build that `refresh` would make live now."""
        return self._shelf.following

    @property
    def waiting(self) -> int:
        """How many trials will be different after the next `refresh`."""
        return self._shelf.waiting

    def trial_ids(self) -> list[str]:
        """The ids of all trials that are live, in rising order."""
        return list(self._shelf.live.trial_ids())

    def study(self, nct_id: str) -> Json:
        """A copy of a trial's latest version, live or waiting. Raises NothingFound."""
        return self._shelf.latest(read_id(nct_id))

    def publish(self, study: Json, *, refresh: bool = True) -> str:
        """Publish a new trial, or a new version of one, and return its id."""
        trial_id = self._shelf.publish(study)
        self._refresh_if(refresh)
        return trial_id

    def edit(self, nct_id: str, change: Callable[[Json], Json | None], *, refresh: bool = True) -> None:
        """Publish what *change* makes of a copy of the latest version: what it returns, or what it did to the copy."""
        self._shelf.edit(read_id(nct_id), change)
        self._refresh_if(refresh)

    def next_state(self, nct_id: str, *, refresh: bool = True) -> str:
        """Publish the next written state of a trial, and return that state's label.

        Raises NothingFound where there is none.
        """
        label = self._shelf.next_state(read_id(nct_id))
        self._refresh_if(refresh)
        return label

    def written_states(self, nct_id: str) -> tuple[WrittenState | None, WrittenState | None]:
        """The written state published last, and the one that `next_state` would publish; None for either."""
        return self._shelf.written_states(read_id(nct_id))

    def remove(self, nct_id: str, *, refresh: bool = True) -> None:
        """Let a trial disappear: its id is unknown from then on. Raises NothingFound."""
        self._shelf.remove(read_id(nct_id))
        self._refresh_if(refresh)

    def merge(self, nct_id: str, *, into: str, refresh: bool = True) -> None:
        """Make a trial's id an obsolete one of another trial. Raises NothingFound."""
        self._shelf.merge(read_id(nct_id), into=read_id(into))
        self._refresh_if(refresh)

    def refresh(self) -> DataBuild:
        """Make the next data build live, with everything that waited for it.

        In the present it is of this moment, though of another second than the one before; else of the day after.
        """
        return self._shelf.refresh()

    def _refresh_if(self, wanted: bool) -> None:
        if wanted:
            self.refresh()

    # What goes wrong

    def misbehave(self, kind: str, *, times: int | None = None, **how: Unpack[How]) -> None:
        """Misbehave for the next *times* requests that it concerns, or until `behave`.

        It concerns requests that name one of the trials *ids*, whose path below the base URL starts with *path*, and in
        whose path and query, or User-Agent, the regular expression *target*, or *user_agent*, is found; all, where none
        is given. `monitor.sandbox.misbehaviour.EXPLAINED` says what each *kind* does, and which of the other arguments
        it reads. Raises ConfigurationInvalid.
        """
        self._misbehaviours.add(read_misbehaviour(kind, **how), times=times)

    def behave(self) -> None:
        """End all misbehaviour."""
        self._misbehaviours.clear()

    def misbehaviours(self) -> list[tuple[Misbehaviour, int | None]]:
        """What is going wrong, each with the number of requests that it will still spoil; None for no end."""
        return self._misbehaviours.active()

    # How a request is answered

    def _respond(self, request: Request) -> tuple[Answer, Misbehaviour | None]:
        if not request.path.startswith("/api/"):
            return control.answer(request, self), None
        misbehaviour = self._misbehaviours.take(request)
        answer = self._answer(request, misbehaviour)
        self._log(request, RESET_STATUS if misbehaviour and misbehaviour.kind is Kind.RESET else answer.status)
        if misbehaviour and misbehaviour.kind is Kind.REFRESH:
            self.refresh()
        return answer, misbehaviour

    def _answer(self, request: Request, misbehaviour: Misbehaviour | None) -> Answer:
        is_behind = misbehaviour is not None and misbehaviour.kind is Kind.NODES
        edition = self._shelf.former if is_behind else self._shelf.live
        tampering = misbehaviour if misbehaviour and misbehaviour.tampers else None
        good = api.answer(request, Library(edition, _renderer, self._finder, tampering))
        answer = spoiled(misbehaviour, good, request) if misbehaviour else good
        headers = {**ORDINARY_HEADERS, **answer.headers}
        if answer.status in (200, 304):
            headers["etag"] = edition.build.etag()
        return Answer(answer.status, answer.content_type, answer.body, headers)

    def _log(self, request: Request, status: int) -> None:
        self.requests.append(Seen(request.method, request.target, status, monotonic()))
        if len(self.requests) > LONGEST_LOG:
            del self.requests[: LONGEST_LOG // 2]


def read_id(text: str) -> str:
    """A trial id in its usual form. Raises NothingFound for what cannot be one."""
    trial_id = canonical_id(text.strip())
    if trial_id is None:
        raise NothingFound(f"{text!r} is not a trial id: write NCT and up to eight digits.")
    return trial_id


def run(
    *,
    port: int = 0,
    trials: int = 0,
    seed: int = 1,
    reception: Reception | None = None,
    on_ready: Callable[[Sandbox], None] | None = None,
) -> None:
    """Serve in the present until SIGINT or SIGTERM. *on_ready* is called once all servers listen; nothing else is said.

    To be called from the main thread, which alone may handle signals; handlers are as before afterwards.
    """
    ended = Event()
    former = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with (
            Sandbox(trials=trials, seed=seed, port=port, reception=reception) as sandbox,
            sandbox.reception.mailbox or nullcontext(),
            sandbox.reception.receiver or nullcontext(),
        ):
            if on_ready:
                on_ready(sandbox)
            ended.wait()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
