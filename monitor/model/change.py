"""What we keep of a trial, and what it tells: Snapshot, Difference, Change, Event. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from functools import lru_cache

from monitor.model.ids import event_id
from monitor.model.record import Document, Json


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document at a moment. Snapshots of a trial are numbered from 1, the baseline."""

    number: int
    document: Document
    taken_at: datetime
    registry_version: str | None = None
    """The registry's own version stamp of its data when this was served."""
    source: str | None = None
    """What it was imported from, of a document from before the first one; it has no number of its own."""
    version: int | None = None
    """The registry's own number, of a former version that it gave."""


class Significance(IntEnum):
    """How much a change matters."""

    ADMINISTRATIVE = 0
    MINOR = 1
    MAJOR = 2
    CRITICAL = 3

    def __str__(self) -> str:
        return self.name.lower()


class Timing(StrEnum):
    """Where in a trial's life the registry posted a change, by the dates of the record before it."""

    BEFORE_START = "before_start"
    ENROLLING = "enrolling"
    """Between the start and the primary completion, whether the trial still recruits or not."""
    AFTER_PRIMARY_COMPLETION = "after_primary_completion"
    AFTER_RESULTS = "after_results"

    @property
    def words(self) -> str:
        """How a sentence says it."""
        return _WORDS[self]


_WORDS = {
    Timing.BEFORE_START: "before the trial's start",
    Timing.ENROLLING: "while the trial was under way",
    Timing.AFTER_PRIMARY_COMPLETION: "after the primary completion date",
    Timing.AFTER_RESULTS: "after results were submitted",
}

_FORMER_TIMINGS = {
    "before start": Timing.BEFORE_START,
    "while recruiting": Timing.ENROLLING,
    "after primary completion": Timing.AFTER_PRIMARY_COMPLETION,
    "after results": Timing.AFTER_RESULTS,
}
"""As events were stored before timings had codes."""


class ChangeOrigin(StrEnum):
    """What made the record say something else."""

    EDIT = "edit"
    """Somebody edited it; so it is taken where nothing else is known."""
    CALENDAR = "calendar"
    """The registry changed it because time went by: nobody edited anything."""
    ADAPTER = "adapter"
    """This program reads the same document in another way. None so far: both records of a comparison are read alike."""
    IMPORT = "import"
    """An import made it. None so far: an imported event keeps the origin that it was exported with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field, before and after. *kind* is one of `monitor.changes.kinds.KINDS`.

    *before* and *after* are JSON: a value, or for something in a list the whole item, None where there was or is
    none. *measure* is what can be counted, by unit, such as `{"days": 92, "days_since_baseline": 412}` or
    `{"percent": -49.0}`. *summary* is a sentence that a person understands without the record.
    """

    field: str
    path: str
    kind: str
    topic: str
    before: Json
    after: Json
    summary: str
    measure: Mapping[str, int | float] | None = None
    timing: Timing | None = None
    origin: ChangeOrigin = ChangeOrigin.EDIT
    words: Mapping[str, str] | None = None
    """The registry's own words for codes in *before* and *after*, where these are not those that all share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What several moves of one field come to, the last of them among them."""

    moves: int
    since: date
    """The day on which the first of them was seen."""
    unit: str
    """As in a measure: days, percent."""
    amount: float
    before: Json = field(hash=False)
    """The value before the first of them."""

    def as_json(self) -> dict[str, Json]:
        """`{"moves": 4, "since": "2026-03-01", "days": 124, "before": …}`."""
        return {
            "moves": self.moves,
            "since": self.since.isoformat(),
            self.unit: self.amount,
            "before": self.before,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextLine:
    """A sentence on what stands around a change of an event; `monitor.render.context` makes it."""

    kind: str
    """drift, repeat or sponsor: receivers' programs rely on it."""
    text: str
    facts: Mapping[str, Json]
    """The same for programs, by the keys that docs/webhook.schema.json describes."""
    field: str = ""
    """Of the change that it is about; empty where it is about the sponsor."""

    def as_json(self) -> dict[str, Json]:
        """As webhooks show it."""
        return {"kind": self.kind, **({"field": self.field} if self.field else {}), **self.facts, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Difference):
    """A difference, weighed."""

    significance: Significance
    takes_back: str | None = None
    """The id of the event whose change this one reverts, soon after: a correction."""
    adds_up: Sum | None = None
    """Why it is told although it is small by itself, to who asked for larger ones alone; never of a stored event."""

    def as_json(self) -> dict[str, Json]:
        """The change as it is stored, and as `check --json` and webhooks show it.

        `takes_back`, `adds_up` and `words` are there only where they say anything, and `origin` only where it is not an
        edit.
        """
        return {
            "field": self.field,
            "path": self.path,
            "kind": self.kind,
            "topic": self.topic,
            "significance": str(self.significance),
            "before": self.before,
            "after": self.after,
            "measure": dict(self.measure) if self.measure else None,
            "timing": str(self.timing) if self.timing else None,
            **({"takes_back": self.takes_back} if self.takes_back else {}),
            **({"adds_up": self.adds_up.as_json()} if self.adds_up else {}),
            **({"origin": str(self.origin)} if self.origin is not ChangeOrigin.EDIT else {}),
            **({"words": dict(self.words)} if self.words else {}),
            "summary": self.summary,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> "Change":
        """A change as it was stored. Raise KeyError, TypeError or ValueError for what is none."""
        timing, words = data.get("timing"), data.get("words")
        if words is not None and not all(isinstance(each, str) for each in dict.values(words)):
            raise TypeError("the words of codes are texts")
        values = {**data, "significance": _significance(data["significance"])}
        if timing is not None:
            values["timing"] = _timing(timing) if timing else None
        if "origin" in data:
            values["origin"] = ChangeOrigin(data["origin"])
        return cls(**values)


@lru_cache(maxsize=len(Significance))  # a pass reads some thousand changes, and an enum takes long to find a member
def _significance(name: str) -> Significance:
    return Significance[name.upper()]


@lru_cache(maxsize=len(Timing))
def _timing(code: str) -> Timing:
    return _FORMER_TIMINGS.get(code) or Timing(code)


class Settlement(StrEnum):
    """Why an event is not told, or not yet. One that is settled and told has none of these."""

    PENDING = "pending"
    """Until the pass that found it is over, or the settle window is."""
    HELD = "held"
    """One of so many alike that it looks like the registry's doing: the operator decides."""
    WAITING = "waiting"
    """It came after one that is held, of the same trial, and is told after it: everybody hears of a trial in order."""
    TELLING = "telling"
    """It is being told: to so many that their deliveries are owed a batch at a time."""
    DISCARDED = "discarded"
    """The operator decided that it was."""
    FOLDED = "folded"
    """It was reverted within the settle window, by another that is folded with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one snapshot tells that the one before did not: its changes, the most significant first."""

    registry: str
    trial_id: str
    snapshot: int
    occurred_at: datetime
    changes: tuple[Change, ...]

    @property
    def id(self) -> str:
        """Derived, so that making the same event twice makes one."""
        return event_id(self.registry, self.trial_id, self.snapshot)

    @property
    def significance(self) -> Significance:
        """That of its most significant change."""
        return max(change.significance for change in self.changes)

    @property
    def origin(self) -> ChangeOrigin:
        """That of all its changes; an edit where they do not have the same, for then somebody edited the record too."""
        origins = {change.origin for change in self.changes}
        return origins.pop() if len(origins) == 1 else ChangeOrigin.EDIT
