"""What the core asks of the outside: the ports `Registry` and `Channel`, and the values that cross them.

A registry is asked for many trials at once and answers one value a trial, so that one bad record never spoils the
batch. The port assumes neither a form of registration number nor JSON. Exceptions that a registry raises for a whole
request are those under `monitor.errors.RegistryError`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from monitor.model import Document, Endpoint, Message, Record
from monitor.text import shortened

_LONGEST = 200
"""Characters of what somebody typed, in a sentence."""


@dataclass(frozen=True, slots=True)
class RegistryVersion:
    """The registry's version of all its data: while *stamp* stands still, no record can have changed."""

    stamp: str
    """Shown to people as "registry data of …". What its order proves stands in `monitor.watching.builds`."""
    etag: str | None = None
    """What to send to ask "anything newer than this?"."""
    is_confirmed: bool = field(default=True, compare=False)
    """Whether the registry has just said so; false where it named an older one, as a machine that is behind does."""
    is_in_doubt: bool = field(default=False, compare=False)
    """Whether it did so for the first time: then it may have gone back in time, and what is verified is asked for."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """A trial as a probe saw it: *digest* covers what tells that the record moved, 32 bytes.

    *build* is the data build that the probe says it comes from, as in `Document`; None where it says nothing.
    """

    trial_id: str
    digest: bytes
    build: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Merged:
    """The registry answered for *trial_id* with another trial, *into*, whose document is *document*."""

    trial_id: str
    into: str
    document: Document


@dataclass(frozen=True, slots=True)
class Missing:
    """The registry says, in its own *words*, that it knows no such trial."""

    trial_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What came for *trial_id* is not its record: *reason* in words, *raw* as it came, for the quarantine."""

    trial_id: str
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nothing came for *trial_id*: the registry could not be reached, or refused the request."""

    trial_id: str
    reason: str


class Role(StrEnum):
    """In which part a sponsor is looked for."""

    LEAD = "lead"
    ANY = "any"
    """As the lead sponsor or as a collaborator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which trials are looked for: those of a sponsor, of a condition or of an expression; with none, all there are.

    *sponsor* is a whole name, in any case and spacing; *expression* is in the registry's own query language.
    """

    sponsor: str | None = None
    role: Role = Role.LEAD
    condition: str | None = None
    expression: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it down."""
        return self.sponsor is None and self.condition is None and self.expression is None

    @property
    def words(self) -> str:
        """What is looked for, as a sentence says it: "trials that Pfizer leads", "all trials"."""
        parts = []
        if self.sponsor is not None:
            leads = "leads" if self.role is Role.LEAD else "leads or supports"
            parts.append(f"that {shortened(self.sponsor, _LONGEST)} {leads}")
        if self.condition is not None:
            parts.append(f"on {shortened(self.condition, _LONGEST)}")
        if self.expression is not None:
            parts.append(f"found by “{shortened(self.expression, _LONGEST)}”")
        return f"trials {' and '.join(parts)}" if parts else "all trials"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of what a search found: *trial_ids*; of how many in all, where the registry said so.

    *token* is what to ask with for the pages after it; None on the last one. *build* is the data build that
    the page comes from; None where nothing says so, as on an empty page.
    """

    trial_ids: Sequence[str]
    total: int | None
    token: str | None
    build: str | None = None


@dataclass(frozen=True, slots=True)
class SweepPage:
    """A page of whole documents of a registry that is read from end to end; the rest as in `SearchPage`."""

    answers: "Sequence[Answer]"
    total: int | None
    token: str | None


@dataclass(frozen=True, slots=True)
class SponsorName:
    """A sponsor as the registry writes its name, and how many trials it leads."""

    name: str
    trials: int


@dataclass(frozen=True, slots=True)
class Oddity:
    """A field, or a value of a field, that the registry is not known to have."""

    path: str
    """From the top of the document, places in lists left out: `protocolSection.designModule.newField`."""
    value: str | None = None
    """An unknown code of a known field, never empty; None where the field itself is unknown, with all that is in it."""


Answer = Document | Merged | Missing | Unreadable | Unanswered


@dataclass(slots=True)
class Traffic:
    """What was asked of a registry so far."""

    requests: int = 0
    bytes: int = 0
    """Bytes of answers' bodies, after decompression."""


class Registry(Protocol):
    """A public register of trials. Its host name is its key."""

    key: str
    name: str
    """What people call it."""
    example_id: str
    """A trial id of it, for messages that say what one looks like."""
    traffic: Traffic
    address: str
    """Where it is asked: the registry's own server, a relay, a sandbox."""

    @property
    def left_alone_for(self) -> float:
        """For how many seconds more its server wants no request; 0 where it did not say so."""

    def leave_alone(self, seconds: float) -> None:
        """Make no request for so long: another process was asked for it."""

    def identify(self, text: str) -> str | None:
        """The trial id that *text* means, normalised; None where it cannot be one of this registry's.

        Accept what people paste: lower case, spaces around, the address of the trial's page.
        """

    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names, normalised, in its order, as often as it does. Pure."""

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now; *known* itself where nothing is newer. One request."""

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unanswered]]:
        """Batches of who is where, cheaply. A trial that is absent from all batches needs to be fetched."""

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Batches of documents. Every id asked for is answered exactly once."""

    def find(
        self,
        search: Search,
        *,
        updated_since: date | None = None,
        stopped: bool = False,
        token: str | None = None,
    ) -> Iterator[SearchPage]:
        """Pages of the trials that *search* covers, or of those among them updated or registered since a day.

        *stopped* leaves those that are terminated, suspended or withdrawn. *token* goes on behind a page that was had
        before, at the same version of the data. A RegistryError ends it: what was found before that is no complete
        answer. Raise ConfigurationInvalid for a search that the registry cannot understand, with its words.
        """

    def sweep(self, *, token: str | None = None) -> Iterator[SweepPage]:
        """Pages of all documents that there are. As `find` otherwise."""

    def sponsors(self, text: str) -> Sequence[SponsorName]:
        """The sponsors whose names are most like *text*, those with the most trials first; at most ten."""

    def answers_at_all(self) -> bool:
        """Whether a control request shows a registry in good health: before believing that a trial is gone."""

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document that an answer proves to be which was kept as it came, or as a document's content.

        Raise AnswerUnreadable where *raw* is not the record of *trial_id*. Pure; the build may be lost.
        """

    def parse(self, document: Document) -> Record:
        """What a LISTED document says. Pure; never raises for a document that `fetch` gave."""

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds that is not known here. Pure, cheap, and bounded whatever it holds."""

    def close(self) -> None:
        """Give up connections."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver has taken a delivery. *status* is HTTP's or SMTP's code, *answer* what it said, at most 4 kB."""

    outcome: str
    status: int | None = None
    answer: bytes = b""


class Channel(Protocol):
    """A way to reach people. Safe to use from several threads at once."""

    def send(self, message: Message, *, now: datetime) -> Accepted:
        """Deliver once, within the way's own deadline. Raise DeliveryDeferred or DeliveryRejected, and nothing else."""

    def receiver(self, endpoint: Endpoint) -> str:
        """Who answers for this endpoint, such as a host: a receiver that hangs must slow nobody else."""

    def close(self) -> None:
        """Give up connections."""


def find_registry(registries: Iterable[Registry], text: str) -> tuple[Registry, str] | None:
    """The first registry that knows *text* as one of its trial ids, and that id."""
    for registry in registries:
        if trial_id := registry.identify(text):
            return registry, trial_id
    return None
