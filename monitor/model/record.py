"""What a registry serves, and what that says: Document and Record. Pure.

A *document* is what the registry served; a *record* is what a document says, parsed by today's parser. Only documents
are stored, so a record may gain fields freely: both sides of a comparison are always parsed anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

Json = Any
"""What JSON can hold: dict, list, str, int, float, bool, None."""


# What a registry serves


class State(StrEnum):
    """What the registry said of a trial id at one moment."""

    LISTED = "listed"
    """It served a record."""
    REMOVED = "removed"
    """It said, in its own words, that it knows no such trial."""
    MERGED = "merged"
    """It named another trial id as the current one."""


@dataclass(frozen=True)
class Document:
    """What a registry served for one trial, canonicalised: equal content is equal bytes."""

    registry: str
    trial_id: str
    content: bytes
    """LISTED: the adapter's canonical form. REMOVED: the registry's words. MERGED: the current trial id."""
    state: State = State.LISTED
    build: str | None = None
    """The data build that the registry says this came from, comparable as text; not part of the content."""
    title: str | None = field(default=None, compare=False)
    """What people call the trial; None for a document that comes from storage."""
    probe_digest: bytes | None = field(default=None, compare=False)
    """What a probe would have seen, as in `monitor.ports.Sighting`; None for a document that comes from storage."""

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the state and the content, 32 bytes."""
        return sha256(self.state.encode() + b"\n" + self.content).digest()


# What a document says


@dataclass(frozen=True, slots=True)
class Coded:
    """A value from a registry's list: *code* is what rules match, *words* is what people read."""

    code: str
    words: str = field(compare=False)

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as the registry has it: `2026`, `2026-03` or `2026-03-15`, and whether it has happened."""

    text: str
    type: str | None = None
    """ACTUAL, ESTIMATED, or None where an old record does not say."""

    @property
    def precision(self) -> Literal["year", "month", "day"] | None:
        """How much of the date is known; None where the text is no date at all."""
        if self.earliest is None:
            return None
        return {4: "year", 7: "month", 10: "day"}[len(self.text)]  # type: ignore[return-value]

    @property
    def earliest(self) -> date | None:
        """The first day that the text allows; None where the text is no date at all."""
        padded = self.text + "0000-01-01"[len(self.text) :] if len(self.text) in (4, 7, 10) else ""
        try:
            return date.fromisoformat(padded)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Enrollment:
    """How many participants; *type* as in `PartialDate`. *count* is None where the registry gives none."""

    count: int | None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Sponsor:
    """An organisation that leads or supports a trial; *kind* is the registry's class of it, such as INDUSTRY."""

    name: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class ResponsibleParty:
    """Who answers for the record."""

    type: str | None = None
    name: str | None = None
    title: str | None = None
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm or group of a trial."""

    label: str
    type: str | None = None
    description: str | None = None
    interventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intervention:
    """One thing that is done to participants."""

    type: str | None
    name: str
    description: str | None = None
    other_names: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome measure."""

    measure: str
    time_frame: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One place where the trial takes place; *status* is that site's own recruitment status code."""

    facility: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class StudyDocument:
    """A protocol, statistical analysis plan or consent form that the registry publishes."""

    label: str
    date: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A step of the results' way to publication: RELEASE, RESET or UNRELEASE, and its day."""

    type: str
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one document says of one trial, in the registry-neutral fields of `monitor.fields`.

    A field is None or empty where the document does not have it. Order within a tuple is the registry's own and means
    nothing. *rest* is everything in the document that no field took, so that nothing is ever lost; *paths* tells
    where in the document a field was found.
    """

    registry: str
    trial_id: str
    url: str
    paths: Mapping[str, str] = field(compare=False, repr=False)
    aliases: tuple[str, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    overall_status: Coded | None = None
    last_known_status: Coded | None = None
    why_stopped: str | None = None
    start_date: PartialDate | None = None
    primary_completion_date: PartialDate | None = None
    completion_date: PartialDate | None = None
    status_verified_date: str | None = None
    last_update_submit_date: str | None = None
    last_update_post_date: str | None = None
    enrollment: Enrollment | None = None
    lead_sponsor: Sponsor | None = None
    collaborators: tuple[Sponsor, ...] = ()
    responsible_party: ResponsibleParty | None = None
    study_type: Coded | None = None
    phases: tuple[Coded, ...] = ()
    allocation: Coded | None = None
    intervention_model: Coded | None = None
    masking: Coded | None = None
    primary_purpose: Coded | None = None
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    other_outcomes: tuple[Outcome, ...] = ()
    minimum_age: str | None = None
    maximum_age: str | None = None
    sex: Coded | None = None
    healthy_volunteers: bool | None = None
    eligibility_criteria: str | None = None
    sites: tuple[Site, ...] = ()
    contacts: tuple[Json, ...] = ()
    """People to write to, as the registry's own objects: they are compared and shown, never interpreted."""
    has_results: bool = False
    results_first_submit_date: str | None = None
    submissions: tuple[Submission, ...] = ()
    results: Json = None
    """The results section as the registry's own object, None before results are posted."""
    documents: tuple[StudyDocument, ...] = ()
    rest: Mapping[str, Json] = field(default_factory=dict)
    parts: frozenset[str] = field(default=frozenset(), compare=False)
    """Names of the document's parts that a record of this registry does not lose once it has them."""
