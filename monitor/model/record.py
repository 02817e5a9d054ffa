"""What a registry serves, and what that says: Document and Record. Pure.

A *document* is what the registry served; a *record* is what a document says, parsed by today's parser. Only documents
are stored, so a record may gain fields freely: both sides of a comparison are always parsed anew.
"""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Literal

from monitor.model.whole import digest_of

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
    lead_sponsor: str | None = field(default=None, compare=False)
    """Who leads the trial, by name; None where nobody does, or the document comes from storage."""
    probe_digest: bytes | None = field(default=None, compare=False)
    """What a probe would have seen, as in `monitor.ports.ProbeResult`; None for a document that comes from storage."""

    updated_on: tuple[str, ...] = field(default=(), compare=False)
    """The days on which the record was last submitted and posted; empty for a document that comes from storage."""

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the state and the content, 32 bytes."""
        return digest_of(self.state, self.content)


# What a document says


@dataclass(frozen=True, slots=True)
class Coded:
    """A value from a registry's list: *code* is what rules match, *words* is what people read."""

    code: str
    words: str = field(compare=False)

    def __str__(self) -> str:
        return self.words


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}
_NUMBERS = r"(?P<year>[0-9]{4})(?:(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?:(?P=sign)(?P<day>[0-9]{1,2}))?)?"
_DATE_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_NUMBERS}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?",
        r"(?P<month>[a-z]+)\.?(?: (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?)?,? (?P<year>[0-9]{4})",
        r"(?P<day>[0-9]{1,2})[. -]*(?P<month>[a-z]+)[. -]*(?P<year>[0-9]{4})",
    )
)
"""2026-03-15 as registries serve it, 2026/3/15 and 2026-03-15T00:00; March 15, 2026 as they show it; 15 March 2026."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as the registry has it: `2026`, `2026-03` or `2026-03-15`, and whether it has happened.

    What of *text* can be read is what counts: of 2030-02-30, a day that does not exist, the year and the month. A month
    that does not exist leaves nothing to go by: 2030-13-45 is no date at all.
    """

    text: str
    type: str | None = None
    """ACTUAL, ESTIMATED, or None where an old record does not say."""

    @property
    def parts(self) -> tuple[int, ...]:
        """Year, month and day as far as they can be read and exist; empty where the text is no date at all."""
        return _parts_of(self.text)

    @property
    def has_unreal_day(self) -> bool:
        """Whether a day is written that its month does not have, as in 2030-02-30."""
        return 0 < len(self.parts) < len(self._written)

    @property
    def precision(self) -> Literal["year", "month", "day"] | None:
        """How much of the date is known; None where the text is no date at all."""
        parts = self.parts
        return _PARTS[len(parts) - 1] if parts else None

    @property
    def earliest(self) -> date | None:
        """The first day that the text allows; None where the text is no date at all."""
        return _earliest_in(self.text)

    @property
    def _written(self) -> tuple[int, ...]:
        return _written_in(self.text)


@lru_cache(maxsize=1024)
def _written_in(text: str) -> tuple[int, ...]:
    """Year, month and day as they are written, whether they exist or not."""
    text = " ".join(text.split())
    for form in _DATE_FORMS:
        if found := form.fullmatch(text):
            month = found["month"] or ""
            number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0 if month else None)
            numbers = (int(found["year"]), number, int(found["day"]) if found["day"] else None)
            return tuple(each for each in numbers if each is not None)
    return ()


@lru_cache(maxsize=1024)
def _parts_of(text: str) -> tuple[int, ...]:
    written = _written_in(text)
    for known in (written, written[:2]) if written else ():
        with suppress(ValueError):
            date(*(*known, 1, 1)[:3])
            return known
    return ()


@lru_cache(maxsize=1024)
def _earliest_in(text: str) -> date | None:
    parts = _parts_of(text)
    return date(*(*parts, 1, 1)[:3]) if parts else None


_PARTS: tuple[Literal["year"], Literal["month"], Literal["day"]] = ("year", "month", "day")


_NOBODY_KNOWS = 99_999_999


@dataclass(frozen=True, slots=True)
class Enrollment:
    """How many participants; *type* as in `PartialDate`. *count* is None where the registry gives none."""

    count: int | None
    type: str | None = None

    @property
    def known(self) -> int | None:
        """The count, where it can be one: ClinicalTrials.gov has some of 99999999 that nobody knows."""
        return self.count if self.count is not None and 0 <= self.count < _NOBODY_KNOWS else None


@dataclass(frozen=True, slots=True)
class Sponsor:
    """An organisation that leads or supports a trial; *kind* is the registry's class of it, such as INDUSTRY."""

    name: str
    kind: str | None = None
    key: str | None = None
    """What the registry knows it by whatever it is called; None where it has no such ids."""


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
class CountryStatus:
    """How the trial stands in one country: *status* is the shared code, *words* are the registry's own."""

    country: str
    status: str
    words: str


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
    """What one document says of one trial, in the registry-neutral fields of `monitor.changes.fields`.

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
    country_statuses: tuple[CountryStatus, ...] = ()
    """One a country, where the registry tells the countries apart."""
    why_stopped: str | None = None
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    start_date: PartialDate | None = None
    recruitment_end_date: PartialDate | None = None
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
    details: Mapping[str, Json] = field(default_factory=dict)
    """Further fields that the document has, by name, as the registry's own values: compared and shown, no more."""
    rest: Mapping[str, Json] = field(default_factory=dict)
    silent: frozenset[str] = field(default=frozenset(), compare=False)
    """Fields that no document of this form has, or not so that they could be compared: of them nothing is known, which
    differs from there being nothing. `lead_sponsor.kind` is a part of a field, or of each of its items; where
    `sites.facility` is among them, only the countries of the sites are known."""
    converted: frozenset[str] = field(default=frozenset(), compare=False)
    """Fields, or parts of them as above, whose texts came in another markup than this registry's records have: against
    one of those they are compared without spacing and marks of lists."""
    lost: frozenset[str] = field(default=frozenset(), compare=False)
    """Fields of this form on which this document says nothing: what was known of them is not gone for that."""
    parts: frozenset[str] = field(default=frozenset(), compare=False)
    """Names of the document's parts that a record of this registry does not lose once it has them."""

    def without(self, names: Collection[str]) -> "Record":
        """The same record with nothing in the fields of these *names*."""
        empty: dict[str, Any] = {
            one.name: one.default if one.default_factory is MISSING else one.default_factory()
            for one in fields(self)
            if one.name in names
        }
        details = {name: value for name, value in self.details.items() if name not in names}
        return replace(self, **{"details": details, **empty})
