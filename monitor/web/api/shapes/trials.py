"""Trials, records, snapshots, changes, sponsors and conditions, as the schema has them."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, create_model

from monitor import model
from monitor.model import Json
from monitor.views.json.trials import NOT_IN_A_RECORD
from monitor.web.api.shapes import Listed, Shape, SignificanceName


class Coded(Shape):
    """A value from a registry's list."""

    code: str
    words: str


class TrialEnrollment(Shape):
    """How many participants."""

    count: int | None
    type: str | None


class Date(Shape):
    """A date as precise as the registry has it."""

    date: str
    type: str | None
    at_first: str | None = Field(description="What the earliest record said of it that is kept.")


class LeadSponsor(Shape):
    """Who leads a trial."""

    name: str
    class_: str | None = Field(alias="class")


class LastChange(Shape):
    """The latest change that was more than administrative."""

    seen_at: datetime
    significance: SignificanceName
    summary: str
    not_told: str | None


class Trial(Shape):
    """How a trial stands, by its latest record."""

    registry: str
    trial_id: str
    url: str
    title: str | None
    state: Literal["listed", "removed", "merged"] | None
    overall_status: str | None
    why_stopped: str | None
    phases: list[str]
    enrollment: TrialEnrollment | None
    start_date: Date | None
    primary_completion_date: Date | None
    completion_date: Date | None
    lead_sponsor: LeadSponsor | None
    conditions: list[str]
    last_change: LastChange | None
    snapshot: int | None
    as_of: str | None
    troubles: list[str]


class PlannedDate(Shape):
    """A date, and what the earliest record said of it that is kept."""

    date: str | None
    type: str | None
    at_first: str | None


class IndexedTrial(Shape):
    """A trial in a list."""

    registry: str
    trial_id: str
    url: str
    title: str | None
    state: str | None
    overall_status: str | None = Field(description="A code that all registries share.")
    overall_status_words: str | None = Field(description="The registry's own words.")
    phases: list[str]
    enrollment: TrialEnrollment
    start_date: PlannedDate
    primary_completion_date: PlannedDate
    completion_date: PlannedDate
    lead_sponsor: str | None
    conditions: list[str]
    countries: list[str]
    updated_on: str | None = Field(description="When its last update was posted, as the registry writes it.")
    snapshot: int | None


class IndexedTrialPage(Listed[IndexedTrial]):
    """Trials."""


class Term(Shape):
    """A sponsor or a condition, as it is written most often, and how many watched trials have it."""

    name: str
    slug: str = Field(description="The same as a part of an address.")
    trials: int


class StatusCount(Shape):
    """How many trials have a status."""

    code: str
    trials: int


class DueDate(Shape):
    """A key date that is still to come."""

    registry: str
    trial_id: str
    title: str | None
    field: str
    day: str = Field(description="The last one that the date allows.")
    type: str | None


class WholeTerm(Term):
    """A sponsor or a condition, with its trials in figures."""

    recruiting: int
    stopped_early: int = Field(description="Terminated, or withdrawn before they began.")
    median_slip_days: int | None = Field(description="Of the primary completion, since it was first registered.")
    changes_in_90_days: int = Field(description="Without administrative ones.")
    statuses: list[StatusCount] = Field(description="The most frequent first.")
    due_next: list[DueDate]


class TermPage(Listed[Term]):
    """Sponsors or conditions."""


class Change(Shape):
    """One field, before and after, and how much that matters."""

    field: str
    path: str
    kind: str
    topic: str
    significance: SignificanceName
    before: Json
    after: Json
    measure: dict[str, float] | None
    timing: str | None
    takes_back: str | None = None
    adds_up: dict[str, Any] | None = None
    origin: str | None = None
    words: dict[str, str] | None = None
    summary: str


class Snapshot(Shape):
    """A snapshot in a history, with what it changed; what was imported has no number."""

    trial_id: str
    snapshot: int | None
    state: str
    taken_at: datetime
    registry_version: str | None
    imported_from: str | None = None
    former_version: int | None = None
    changes: list[Change]


class History(Shape):
    """Every snapshot of a trial, the oldest first."""

    registry: str
    trial_id: str
    title: str | None
    data: list[Snapshot]
    unreadable: list[str] = Field(description="What of it cannot be read, and why.")


class Sibling(Shape):
    """The same trial in another registry."""

    registry: str
    trial_id: str
    url: str
    watched: bool
    state: str | None
    overall_status: str | None
    overall_status_words: str | None
    named_here: bool
    names_this: bool


RecordFields = create_model(  # type: ignore[call-overload]
    "RecordFields",
    __doc__="What a document says of a trial, in fields that all registries share.",
    __base__=Shape,
    **{each.name: (each.type, ...) for each in fields(model.Record) if each.name not in NOT_IN_A_RECORD},
)


class Record(Shape):
    """A snapshot and its record."""

    registry: str
    trial_id: str
    snapshot: int | None
    taken_at: datetime
    registry_version: str | None
    imported_from: str | None = None
    former_version: int | None = None
    record: RecordFields  # type: ignore[valid-type]
    notes: list[str] = Field(description="What has to be known of it, such as that a later snapshot is damaged.")


class WholeRecord(Record):
    """The latest record, and where else the trial is registered."""

    siblings: list[Sibling]
    more_siblings: int
    disagreement: str | None


class Comparison(Shape):
    """What changed between two snapshots of a trial."""

    registry: str
    trial_id: str
    snapshot: int | None
    taken_at: datetime
    registry_version: str | None
    imported_from: str | None = None
    former_version: int | None = None
    before: int | None
    before_page: dict[str, Any] | None = None
    changes: list[Change]
    notes: list[str]


class Event(Shape):
    """What one snapshot of a trial told that the one before did not."""

    id: str
    registry: str
    trial_id: str
    snapshot: int | None
    url: str
    title: str | None
    lead_sponsor: str | None = Field(description="Who leads the trial; of one event alone, who led it then.")
    seen_at: datetime | None = Field(description="Null where the event cannot be read: “error” says why.")
    posted_on: str | None
    significance: SignificanceName | None
    headline: str | None = Field(description="Its most significant change in a few words, in English.")
    not_told: str | None = Field(description="Why nobody was told, or is told yet; null where it was told.")
    hold: int | None
    error: str | None
    changes: list[Change]


class EventPage(Listed[Event]):
    """Events."""
