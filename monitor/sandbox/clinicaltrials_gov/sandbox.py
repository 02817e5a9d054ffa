"""The sandbox for tests, the demo and the command line: a local ClinicalTrials.gov, on loopback."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime

from monitor.clock import utc_now
from monitor.sandbox.clinicaltrials_gov import api, concerned, trial_page
from monitor.sandbox.clinicaltrials_gov.controls import CONTROLS
from monitor.sandbox.clinicaltrials_gov.databuild import Calendar, build_of, latest_build
from monitor.sandbox.clinicaltrials_gov.edition_view import EditionView
from monitor.sandbox.clinicaltrials_gov.editions import Editions
from monitor.sandbox.clinicaltrials_gov.initial_trials import InitialTrials
from monitor.sandbox.clinicaltrials_gov.listing import Finder
from monitor.sandbox.clinicaltrials_gov.published import PublishedTrials
from monitor.sandbox.clinicaltrials_gov.rendering import Renderer
from monitor.sandbox.clinicaltrials_gov.spoiling import spoiled
from monitor.sandbox.controlled import Control, bound
from monitor.sandbox.exchange import Answer, Request
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.misbehaviour import Fault, Misbehaviour
from monitor.sandbox.registry import SandboxRegistry

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


class Sandbox(PublishedTrials, SandboxRegistry):
    """A local ClinicalTrials.gov.

    It has *trials* synthetic trials, the same for the same *seed* and day, beside the written ones. What arrives in the
    *inboxes* is shown on the control page; the caller starts and stops their servers.

    It follows *clock*: its first data build is this morning's, and every morning another one goes live. With a *day*,
    its time is simulated instead: it begins on that morning, and advances by a day with every data build that is
    requested, for tests with a clock of their own, or to go faster.
    """

    imitates = "ClinicalTrials.gov"
    key = "clinicaltrials.gov"
    example = "NCT02116634"
    argument = "nct_id"
    root = api.ROOT
    faults = tuple(fault for fault in Fault if fault is not Fault.BOMB)  # there is nothing to unpack in JSON

    def __init__(
        self,
        *,
        trials: int = 0,
        seed: int = 1,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
        day: date | None = None,
        inboxes: Inboxes | None = None,
    ) -> None:
        SandboxRegistry.__init__(self, port=port, inboxes=inboxes)
        first = build_of(day) if day else latest_build(clock())
        initial = InitialTrials(trials=trials, seed=seed, today=first.at.date())
        PublishedTrials.__init__(self, Editions(initial, first, Calendar(None if day else clock)))
        self._finder = Finder()

    # How a request is answered

    def answer(self, request: Request, misbehaviour: Misbehaviour | None) -> Answer:
        """What the API answers."""
        is_behind = misbehaviour is not None and misbehaviour.kind is Fault.NODES
        edition = self._editions.former if is_behind else self._editions.live
        tampering = misbehaviour if misbehaviour and misbehaviour.tampers else None
        good = api.answer(request, EditionView(edition, _renderer, self._finder, tampering))
        answer = spoiled(misbehaviour, good, request) if misbehaviour else good
        headers = {**ORDINARY_HEADERS, **answer.headers}
        if answer.status in (200, 304):
            headers["etag"] = edition.build.etag()
        return Answer(answer.status, answer.content_type, answer.body, headers)

    def concerns(self, misbehaviour: Misbehaviour, request: Request) -> bool:
        """Whether a misbehaviour is meant for this request, and can spoil it."""
        return concerned.concerns(misbehaviour, request)

    def read_ids(self, texts: Collection[str]) -> frozenset[str]:
        """The trials that a misbehaviour is to concern. Raises ConfigurationInvalid for what cannot be a trial id."""
        return concerned.read_ids(texts)

    # The control page

    def trial_controls(self) -> Mapping[str, Control]:
        """What can be done to its trials, by name."""
        return bound(CONTROLS, self)

    def trials_panel(self, chosen: str, find: str) -> str:
        """HTML: the first trials that fit what was searched for."""
        return trial_page.trials_panel(self, chosen, find)

    def trial_panel(self, chosen: str) -> str:
        """HTML: the chosen trial, and what can be done to it."""
        return trial_page.trial_panel(self, chosen, self.base_url)

    def examples(self, control: str) -> Sequence[str]:
        """The controls of its trials as lines for a shell."""
        return trial_page.examples(self.base_url, control)
