"""The contents of an export's files, for writing and reading them. Pure; msgspec refuses any other shape."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Self

import orjson
from msgspec import Meta, Struct, to_builtins

from monitor.channels import NAMES
from monitor.model import (
    Change,
    Document,
    Event,
    Every,
    Filters,
    Json,
    Notice,
    Rhythm,
    Role,
    Search,
    Significance,
    Snapshot,
    State,
    SubscriptionState,
)
from monitor.model.language import ENGLISH
from monitor.model.rhythm import known_zone
from monitor.storage.archived import ArchivedDocument
from monitor.storage.trials import Trial

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Uuid = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Number = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}\Z")]
"""Of a group or of a team."""
Moment = Annotated[datetime, Meta(tz=True)]
AnyJson = Any
"""As `monitor.model.Json`, which holds itself: msgspec takes any JSON for this."""
TrialName = tuple[str, str]
"""(registry, trial id)"""


_COLUMNS = [field.name for field in fields(Trial)]


class Shape(Struct, frozen=True, forbid_unknown_fields=True):
    """An object of an export, with exactly these keys and types. They are checked where a file is read."""


class Manifest(Shape, frozen=True, kw_only=True):
    """export.json. *complete* is false while the export is being written."""

    format: Literal["registry-monitor export"] = "registry-monitor export"
    version: Literal[1] = 1
    complete: bool = False
    trials: Count = 0
    snapshots: Count = 0
    events: Count = 0
    watches: Count = 0
    subscriptions: Count = 0
    notices: Count = 0
    archived: Count = 0
    damaged: Count = 0
    """Snapshots and events that could not be read, and are left out."""


class TrialFile(Shape, frozen=True, kw_only=True):
    """trial.json, the columns of `monitor.storage.trials.Trial`; digests in hexadecimal digits."""

    registry: str
    trial_id: str
    state: State | None
    merged_into: str | None
    title: str | None
    snapshot: Number | None
    digest: Sha256 | None
    probe_digest: Sha256 | None
    build: str | None
    verified_version: str | None
    verified_at: Moment | None
    read_in_full_at: Moment | None
    misses: Count
    first_missed_at: Moment | None
    reads_otherwise_on: str | None = None
    lead_sponsor: str | None = None
    damaged: list[Number] = []
    """Snapshots that could not be read when the export was written, and are not in it."""

    @classmethod
    def of(cls, trial: Trial, damaged: Sequence[int] = ()) -> Self:
        """The file of a row."""
        columns = {name: getattr(trial, name) for name in _COLUMNS} | {"damaged": list(damaged)}
        hexes = {name: digest.hex() for name in ("digest", "probe_digest") if (digest := columns[name]) is not None}
        return cls(**(columns | hexes))

    @property
    def trial(self) -> Trial:
        """The row of a file."""
        digests = {
            name: bytes.fromhex(text)
            for name in ("digest", "probe_digest")
            if (text := getattr(self, name)) is not None
        }
        return Trial(**({name: getattr(self, name) for name in _COLUMNS} | digests))


class SnapshotFile(Shape, frozen=True, kw_only=True):
    """snapshot-N.json. Anything but sorted JSON, such as a registry's words on a removal, is *text* instead."""

    registry: str
    trial_id: str
    number: Number
    state: State
    taken_at: Moment
    registry_version: str | None
    build: str | None
    sha256: Sha256
    document: AnyJson = None
    text: str | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """The file of a snapshot."""
        document = snapshot.document
        tree = _tree(document.content)
        return cls(
            registry=document.registry,
            trial_id=document.trial_id,
            number=snapshot.number,
            state=document.state,
            taken_at=snapshot.taken_at,
            registry_version=snapshot.registry_version,
            build=document.build,
            sha256=document.digest.hex(),
            document=tree,
            text=document.content.decode() if tree is None else None,
        )

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot of a file. ValueError where its document is not the one that its SHA-256 was taken of."""
        content = _packed(self.document) if self.text is None else self.text.encode()
        document = Document(self.registry, self.trial_id, content, self.state, self.build)
        if document.digest.hex() != self.sha256:
            raise ValueError("its SHA-256 is another")
        return Snapshot(self.number, document, self.taken_at, self.registry_version)


class EventShape(Shape, frozen=True, kw_only=True):
    """One of events.json; *changes* as `check --json` shows them."""

    snapshot: Number
    occurred_at: Moment
    changes: Annotated[list[dict[str, AnyJson]], Meta(min_length=1)]

    @classmethod
    def of(cls, event: Event) -> Self:
        """The shape of an event."""
        changes = [change.as_json() for change in event.changes]
        return cls(snapshot=event.snapshot, occurred_at=event.occurred_at, changes=changes)

    def event(self, registry: str, trial_id: str) -> Event:
        """The event of that trial. ValueError for a change that is none."""
        try:
            changes = tuple(Change.from_json(change) for change in self.changes)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"a change of snapshot {self.snapshot} makes no sense") from error
        return Event(
            registry=registry,
            trial_id=trial_id,
            snapshot=self.snapshot,
            occurred_at=self.occurred_at,
            changes=changes,
        )


class SearchShape(Shape, frozen=True, kw_only=True):
    """What a watch looks for."""

    registry: str
    sponsor: str | None
    role: Role
    condition: str | None
    expression: str | None

    @property
    def search(self) -> Search:
        """As the registry is asked."""
        return Search(sponsor=self.sponsor, role=self.role, condition=self.condition, expression=self.expression)


class WatchLine(Shape, frozen=True, kw_only=True):
    """A line of watches.jsonl."""

    id: Number
    origin: Literal["command", "config"]
    name: str | None
    created_at: Moment
    search: SearchShape | None
    trials: list[TrialName]
    """Those that were named: siblings join anew."""
    siblings: bool = False
    groups: list[Name] = []
    """The names of those that it is in."""


ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]


class RhythmShape(Shape, frozen=True, kw_only=True):
    """When a subscription tells what it tells."""

    every: Every
    at: ClockTime
    zone: str
    quiet_hours: tuple[ClockTime, ClockTime] | None = None
    breaks_through: bool = False
    all_quiet: bool = False

    @classmethod
    def of(cls, rhythm: Rhythm) -> Self:
        """The shape of a rhythm."""
        hours = rhythm.quiet_hours
        return cls(
            every=rhythm.every,
            at=f"{rhythm.at:%H:%M}",
            zone=rhythm.zone,
            quiet_hours=(f"{hours[0]:%H:%M}", f"{hours[1]:%H:%M}") if hours else None,
            breaks_through=rhythm.breaks_through,
            all_quiet=rhythm.all_quiet,
        )

    @property
    def rhythm(self) -> Rhythm:
        """The rhythm of a shape. ValueError for a time zone that this machine does not know."""
        if known_zone(self.zone) is None:
            raise ValueError(f"{self.zone[:40]!r} is not a time zone known here")
        hours = self.quiet_hours
        return Rhythm(
            every=self.every,
            at=time.fromisoformat(self.at),
            zone=self.zone,
            quiet_hours=(time.fromisoformat(hours[0]), time.fromisoformat(hours[1])) if hours else None,
            breaks_through=self.breaks_through,
            all_quiet=self.all_quiet,
        )


class SubscriptionLine(Shape, frozen=True, kw_only=True):
    """A line of subscriptions.jsonl; *address* and *secret* only where they were asked for."""

    id: Uuid
    way: Annotated[str, Meta(pattern=rf"^({'|'.join(NAMES)})\Z")]
    name: str | None = None
    address: str | None
    secret: str | None
    trials: list[TrialName]
    watch: Number | None
    group: Name | None = None
    """The name of a group of watches."""
    team: Name | None = None
    everything: bool
    topics: list[str]
    kinds: list[str]
    without: list[str] = []
    min_significance: Annotated[str, Meta(pattern=r"^(critical|major|minor|administrative)\Z")]
    min_percent: float | None
    min_days: int | None
    rhythm: RhythmShape | None = None
    """None: at once."""
    note: str | None
    language: str = ENGLISH
    state: SubscriptionState
    origin: Annotated[str, Meta(pattern=r"^(command|config|operator|web)\Z")]
    created_at: Moment
    last_sequence: Count
    link_version: Annotated[int, Meta(ge=0, le=65535)] = 0
    """Of the links in its mails that count."""
    asked_at: Moment | None = None
    """When its subscriber was asked last whether to go on."""
    answered_at: Moment | None = None
    finished: Sha256 | None = None
    """Of the trials of which they were told that nothing more is expected."""
    waiting: list[Name] = []
    """The ids of the events that wait for its next digest."""

    @property
    def filters(self) -> Filters:
        """As `monitor.alerts.matching` takes them."""
        return Filters(
            topics=frozenset(self.topics),
            kinds=frozenset(self.kinds),
            without=frozenset(self.without),
            min_significance=Significance[self.min_significance.upper()],
            min_percent=self.min_percent,
            min_days=self.min_days,
        )


class NoticeLine(Shape, frozen=True, kw_only=True):
    """A line of notices.jsonl."""

    id: str
    kind: str
    registry: str
    occurred_at: Moment
    subject: str
    text: str

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """The line of a notice."""
        return cls(**{name: getattr(notice, name) for name in cls.__struct_fields__})

    @property
    def notice(self) -> Notice:
        """The notice of a line."""
        return Notice(**{name: getattr(self, name) for name in self.__struct_fields__})


class ArchivedLine(Shape, frozen=True, kw_only=True):
    """A line of archived.jsonl: what was imported from before the first snapshot, as its canonical document."""

    registry: str
    trial_id: str
    taken_on: date
    source: str
    imported_at: Moment
    sha256: Sha256
    document: AnyJson
    version: Count | None = None
    """The registry's own number, of a former version."""

    @classmethod
    def of(cls, archived: ArchivedDocument) -> Self:
        """The line of a page."""
        return cls(
            registry=archived.document.registry,
            trial_id=archived.document.trial_id,
            taken_on=archived.taken_on,
            source=archived.source,
            imported_at=archived.imported_at,
            sha256=archived.document.digest.hex(),
            document=orjson.loads(archived.document.content),
            version=archived.version,
        )

    @property
    def archived(self) -> ArchivedDocument:
        """The page of a line. ValueError where its document is not the one that its SHA-256 was taken of."""
        document = Document(self.registry, self.trial_id, _packed(self.document))
        if document.digest.hex() != self.sha256:
            raise ValueError("its SHA-256 is another")
        return ArchivedDocument(document, self.taken_on, self.source, self.imported_at, self.version)


def as_file(shape: Shape | list[EventShape]) -> bytes:
    """The bytes of a file that people read."""
    return orjson.dumps(to_builtins(shape), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_line(shape: Shape) -> bytes:
    """The bytes of a line."""
    return orjson.dumps(to_builtins(shape), option=orjson.OPT_APPEND_NEWLINE)


def _tree(content: bytes) -> Json:
    """The JSON of a document if it gives back the same bytes; otherwise None."""
    try:
        tree = orjson.loads(content)
        return tree if _packed(tree) == content else None
    except ValueError:
        return None


def _packed(tree: Json) -> bytes:
    try:
        return orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
    except (TypeError, RecursionError) as error:  # orjson's own error is a TypeError
        raise ValueError("its document cannot be written as JSON") from error
