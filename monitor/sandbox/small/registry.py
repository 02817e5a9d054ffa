"""A registry with a small API: its folder says what its trials are, and makes an answer of them."""

import re
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar
from urllib.parse import unquote_plus

from monitor.clock import utc_now
from monitor.errors import ConfigurationInvalid
from monitor.model import Json
from monitor.sandbox.controlled import Control, bound
from monitor.sandbox.exchange import Answer, Request
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.misbehaviour import Fault, Misbehaviour
from monitor.sandbox.registry import SandboxRegistry
from monitor.sandbox.small import panels
from monitor.sandbox.small.controls import CONTROLS
from monitor.sandbox.small.seen import TAMPERING, seen
from monitor.sandbox.small.trees import PublishedTrees, Trial, WrittenTrial, copied, whole
from monitor.sandbox.spoiling import spoiled

SMALL_FAULTS = (
    Fault.ERROR_500,
    Fault.ERROR_503,
    Fault.ERROR_429,
    Fault.ERROR_403,
    Fault.LIMIT,
    Fault.CHALLENGE,
    Fault.HTML,
    Fault.EMPTY,
    Fault.TRUNCATED,
    Fault.CUT,
    Fault.RESET,
    Fault.SLOW,
    Fault.DRIP,
    Fault.HEADERS,
    Fault.LONG,
    Fault.REFRESH,
    Fault.ANSWER,
    *TAMPERING,
)
"""The ways in which any small registry can misbehave."""


class SmallRegistry(PublishedTrees, SandboxRegistry):
    """A local registry of written trials, and *trials* that are made by varying them; it follows *clock*.

    A folder completes it with `key`, `imitates`, `example`, `root`, and what stands below.
    """

    faults: ClassVar[Collection[Fault]] = SMALL_FAULTS
    id_form: ClassVar[str]
    """A regular expression for trial ids in paths, queries and bodies of requests."""
    empty: ClassVar[bytes] = b"{}"
    """The body of an answer that holds nothing."""
    title: ClassVar[str]
    """The path of a trial's title in its tree."""
    long_text: ClassVar[str]
    """The path of a text that may be of any length."""
    form: ClassVar[Mapping[str, str]]
    """What the control page's form changes: label and path. Their values are text, numbers or truths."""

    def __init__(
        self,
        *,
        trials: int = 0,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
        inboxes: Inboxes | None = None,
    ) -> None:
        SandboxRegistry.__init__(self, port=port, inboxes=inboxes)
        written = dict(self.written(whole(clock()).date()))
        models = list(written.values())
        for number in range(1, trials + 1):
            tree = copied(models[number % len(models)].tree)
            written[self.varied(tree, number)] = WrittenTrial(tree)
        PublishedTrees.__init__(self, written, clock)

    @abstractmethod
    def written(self, today: date) -> Mapping[str, WrittenTrial]:
        """The written trials by id, all invented; their dates fit *today*. The first is the example."""

    @abstractmethod
    def varied(self, tree: Json, number: int) -> str:
        """Make a written trial's *tree* that of synthetic trial *number*, counted from 1, and return its id."""

    @abstractmethod
    def answer_well(self, request: Request, trials: Mapping[str, Trial]) -> Answer:
        """What the API answers of *trials*, which are those that this request sees, by the id that it finds them by."""

    # How a request is answered

    def answer(self, request: Request, misbehaviour: Misbehaviour | None) -> Answer:
        """What the API answers, spoiled by a misbehaviour as far as that does not happen on the wire."""
        tampering = misbehaviour if misbehaviour and misbehaviour.kind in TAMPERING else None
        good = self.answer_well(request, seen(self.live, tampering, long_text=self.long_text))
        return good if misbehaviour is None or tampering else self.spoil(misbehaviour, good)

    def spoil(self, misbehaviour: Misbehaviour, good: Answer) -> Answer:
        """What a misbehaviour makes of a good answer; a folder with `faults` of its own adds to it."""
        return spoiled(misbehaviour, good, empty=self.empty)

    def concerns(self, misbehaviour: Misbehaviour, request: Request) -> bool:
        """Whether a misbehaviour is meant for this request, and can spoil it."""
        if misbehaviour.kind is Fault.LONG and len(request.target) <= misbehaviour.most:
            return False
        asked = self.asked_ids(request)
        if not asked and misbehaviour.kind in TAMPERING:
            asked = set(misbehaviour.trial_ids)
        return misbehaviour.is_meant_for(request, root=self.root, trial_ids=asked)

    def asked_ids(self, request: Request) -> set[str]:
        """The ids of the trials that a request names."""
        text = f"{unquote_plus(request.target)} {request.body.decode('utf-8', 'replace')}"
        return set(re.findall(self.id_form, text))

    def read_ids(self, texts: Collection[str]) -> frozenset[str]:
        """The trials that a misbehaviour is to concern. Raises ConfigurationInvalid for what cannot be a trial id."""
        for text in texts:
            if not isinstance(text, str) or not re.fullmatch(self.id_form, text.strip()):
                raise ConfigurationInvalid(f"{text!r} is not a trial id of {self.key}: write one like {self.example}.")
        return frozenset(text.strip() for text in texts)

    # The control page

    def trial_controls(self) -> Mapping[str, Control]:
        """What can be done to its trials, by name."""
        return bound(CONTROLS, self)

    def trials_panel(self, chosen: str, find: str) -> str:
        """HTML: the first trials that fit what was searched for."""
        return panels.trials_panel(self, chosen, find, title=self.title)

    def trial_panel(self, chosen: str) -> str:
        """HTML: the chosen trial, and what can be done to it."""
        return panels.trial_panel(self, chosen, title=self.title, form=self.form)

    def examples(self, control: str) -> Sequence[str]:
        """The controls of its trials as lines for a shell."""
        return panels.examples(self.example, control, title=self.title)
