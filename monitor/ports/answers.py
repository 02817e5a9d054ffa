"""What a registry answers: its version, where trials stand, and one value for each trial that was asked for."""

from dataclasses import dataclass, field
from datetime import date

from monitor.model import Document


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
    is_of_version: bool = field(default=False, compare=False)
    """Whether the very answer that named the version says so: then it is of that version, whatever the build."""


@dataclass(frozen=True, slots=True)
class Unmoved:
    """The registry names all trials that moved since its version of the stamp *since*; *trial_id* is not among them."""

    trial_id: str
    since: str


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
    content: bytes | None = None
    """What of it counts: two answers with the same are the same answer. None: all of *raw*."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nothing came for *trial_id*: the registry could not be reached, or refused the request."""

    trial_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page or record of a trial that somebody saved, as a document."""

    document: Document
    view: str
    """What the site called this page, or what else it is."""
    posted_on: date | None
    """The day of the update that it shows: at least that old it is. None where it does not say."""
    archived_on: date | None = None
    """The day on which an archive took its copy, or of the data of a record; None where neither is known."""
    version: int | None = None
    """The registry's own number of a former version; None for anything else."""


Answer = Document | Merged | Missing | Unreadable | Unanswered
"""What a registry answers for one trial."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A field, or a value of a field, that the registry is not known to have."""

    path: str
    """From the top of the document, places in lists left out: `protocolSection.designModule.newField`."""
    value: str | None = None
    """An unknown code of a known field, never empty; None where the field itself is unknown, with all that is in it."""
