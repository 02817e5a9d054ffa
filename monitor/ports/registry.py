"""What is asked of a registry: small protocols, `Registry` as those that every adapter keeps, and those that some keep.

`Registry` is what reading takes; a `FetchedRegistry` can be asked, too, while files alone feed a `FedRegistry`. It is
asked for many trials at once and answers one value a trial, so that one bad record never spoils the batch. Nothing
here assumes a form of registration number, or JSON. Exceptions for a whole request are those under
`monitor.errors.RegistryError`.

What only some registries can do is a protocol of its own, and `isinstance` tells whether one can:

    Probing          tells cheaply which trials moved        without it, every trial is fetched at each new version
    ByCalendar       says other things on other days         without it, a document says the same on every day
    PairReading      reads of two documents what differs     without it, both are read in full
    PageReading      reads pages that people saved           without it, a record is had from the registry alone
    HistoryReading   gives versions from before the first    without it, history begins with the first snapshot
    Searching        finds trials                            without it, trials are watched by their ids alone
    SharedSearching  lists the trials of many sponsors       without it, each sponsor is searched for by itself
    SponsorLookup    knows how sponsors write their names    without it, a sponsor is searched for as it is written
    Sweeping         gives all its documents, page by page   without it, not all trials can be watched at once
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from monitor.errors import ConfigurationInvalid
from monitor.model import Document, Record, Search, Snapshot
from monitor.model.stamps import DATA_OLD_AFTER
from monitor.ports.answers import Answer, Oddity, ProbeResult, RegistryVersion, SavedPage, Unanswered, Unmoved
from monitor.ports.searches import SearchPage, SharedPage, SponsorName, SweepPage


@dataclass(slots=True)
class Traffic:
    """What was asked of a registry so far."""

    requests: int = 0
    bytes: int = 0
    """Bytes of answers' bodies, after decompression."""


class Identity(Protocol):
    """Which registry it is, and what its trials are called. All of it is pure."""

    key: str
    """Its host name."""
    name: str
    """What people call it."""
    example_id: str
    """A trial id of it, for messages that say what one looks like."""

    def identify(self, text: str) -> str | None:
        """The trial id that *text* means, normalised; None where it cannot be one of this registry's.

        Accept what people paste: lower case, spaces around, the address of the trial's page.
        """

    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names, normalised, in its order, as often as it does."""

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""


class RegistryConnection(Protocol):
    """How it is reached, and how much was asked of it."""

    traffic: Traffic
    address: str
    """Where it is asked: the registry's own server, a relay, a sandbox."""

    @property
    def left_alone_for(self) -> float:
        """For how many seconds more its server wants no request; 0 where it did not say so."""

    def leave_alone(self, seconds: float) -> None:
        """Make no request for so long: another process was asked for it."""

    def close(self) -> None:
        """Give up connections."""


@runtime_checkable
class Versions(Protocol):
    """How new its data are, and whether it is in good health."""

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now; *known* itself where nothing is newer. One request."""

    def answers_at_all(self) -> bool:
        """Whether a control request shows a registry in good health: before believing that a trial is gone."""


class Documents(Protocol):
    """What its documents say."""

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document that an answer proves to be which was kept as it came, or as a document's content.

        Raise AnswerUnreadable where *raw* is not the record of *trial_id*. Pure; the build may be lost.
        """

    def parse(self, document: Document, as_of: datetime) -> Record:
        """What a LISTED document says. Pure; never raises for a document that `fetch` gave.

        *as_of* is when it was read, for what a registry leaves to the day on which its record is looked at.
        """

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds that is not known here. Pure, cheap, and bounded whatever it holds."""


class Fetching(Protocol):
    """It gives documents."""

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Batches of documents. Every id asked for is answered exactly once."""


class Registry(Identity, Documents, Protocol):
    """A public register of trials, whose documents are known here."""


@runtime_checkable
class FetchedRegistry(Registry, RegistryConnection, Versions, Fetching, Protocol):
    """One that can be asked."""


@runtime_checkable
class FedRegistry(Registry, Protocol):
    """One that files feed."""

    def from_row(self, trial_id: str, row: Mapping[str, str], *, build: str | None) -> Document:
        """The document that a row of an export is, by the folded names of its columns. Pure.

        *build* is the day of the data in it. Raise AnswerUnreadable where the row is no record.
        """


@runtime_checkable
class Probing(Protocol):
    """It tells cheaply which trials moved."""

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unmoved | Unanswered]]:
        """Batches of who is where, cheaply. A trial that is absent from all batches needs to be fetched.

        A registry that lists what moved rather than where a trial stands answers with `Unmoved`.
        """


@runtime_checkable
class KnownByEdits(Protocol):
    """Its version is the moment of the last edit of any of its trials: it ages while nobody edits any."""

    quiet_for: timedelta
    """For how long that may well be so."""


def old_after(registry: object) -> timedelta:
    """How old a registry's version is at least, where it does not refresh its data any more."""
    return registry.quiet_for if isinstance(registry, KnownByEdits) else DATA_OLD_AFTER


@runtime_checkable
class ByCalendar(Protocol):
    """What its documents say depends on the day: a status that goes by dates moves without any edit."""

    def reads_otherwise_on(self, document: Document, as_of: datetime) -> date | None:
        """The first day after that of *as_of* on which `parse` says something else of a LISTED document; None for none.

        A day is one in UTC, as in `parse`. Pure; raises as little as `parse`.
        """


@runtime_checkable
class PairReading(Protocol):
    """It reads of two documents only what differs."""

    def parse_pair(self, before: Snapshot, after: Document, as_of: datetime) -> tuple[Record, Record]:
        """What two LISTED documents of one trial say, maybe without what both say. Pure; raises as little as `parse`.

        Their differences, and why the second is not believed, are the same as of what `parse` gives, save that what is
        only said in another language is no difference.
        """


@runtime_checkable
class PageReading(Protocol):
    """It reads pages of its site, and records, that people saved. All of it is pure."""

    def may_be_page(self, raw: bytes) -> bool:
        """Whether a file is a page of this registry's site, readable or not; cheap."""

    def read_page(self, raw: bytes) -> SavedPage:
        """The page as a document. Raise ConfigurationInvalid for any other: what it is, and what to save instead."""

    def saved_record(self, raw: bytes) -> SavedPage | None:
        """The record that a file is, or the former version of one; None for any other file.

        Raise ConfigurationInvalid for one that is not whole.
        """


@runtime_checkable
class Searching(Protocol):
    """It finds trials."""

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


@runtime_checkable
class SharedSearching(Searching, Protocol):
    """It lists once what many searches for sponsors would find, each by itself."""

    def find_shared(self, searches: Collection[Search], *, updated_since: date | None = None) -> Iterator[SharedPage]:
        """Pages that hold all trials which these searches cover, or those among them updated since a day, and others.

        *searches* name a sponsor and nothing else. A search that is undecided on no page covers exactly the trials
        that `find` gives for it and this day; one page may name a trial that another named. A RegistryError is as in
        `find`.
        """


@runtime_checkable
class SponsorLookup(Protocol):
    """It knows how sponsors write their names."""

    def sponsors(self, text: str) -> Sequence[SponsorName]:
        """The sponsors whose names are most like *text*, those with the most trials first; at most ten."""


@runtime_checkable
class Sweeping(Protocol):
    """It can be read from end to end."""

    def sweep(self, *, token: str | None = None) -> Iterator[SweepPage]:
        """Pages of all documents that there are. *token* and errors are as in `Searching.find`."""


def fetched(registry: Registry) -> FetchedRegistry:
    """The registry as one that can be asked. Raise ConfigurationInvalid for one that cannot."""
    if isinstance(registry, FetchedRegistry):
        return registry
    raise ConfigurationInvalid(cannot_be_asked(registry))


def cannot_be_asked(registry: Registry) -> str:
    """That this registry is fed by files alone, and how."""
    return f"{registry.key} cannot be asked: its trials come with exports of the WHO's portal, by `monitor import FILE`"


def searching(registry: Registry) -> Searching:
    """The registry as one that can be searched. Raise ConfigurationInvalid for one that cannot."""
    if isinstance(registry, Searching):
        return registry
    raise ConfigurationInvalid(f"{registry.key} cannot be searched: name the trials to watch by their ids")


def sweeping(registry: Registry) -> Sweeping:
    """The registry as one that can be read from end to end. Raise ConfigurationInvalid for one that cannot."""
    if isinstance(registry, Sweeping):
        return registry
    raise ConfigurationInvalid(f"{registry.key} does not give all its trials: name those to watch by their ids")


def can_find(registry: Registry, search: Search) -> bool:
    """Whether a registry can be asked for what this search covers."""
    return isinstance(registry, Sweeping if search.is_everything else Searching)


def registry_to_search(registries: Sequence[Registry], search: Search, chosen: Registry | None) -> Registry:
    """The registry that is asked for this search: the *chosen* one, else the first that can be.

    Raise ConfigurationInvalid, naming those that can, where the chosen one cannot, or none can.
    """
    able = [registry for registry in registries if can_find(registry, search)]
    if chosen is None and able:
        return able[0]
    if chosen in able:
        return chosen
    asked = "does not give all its trials" if search.is_everything else "cannot be searched"
    others = f"; or choose a registry that can be asked: {', '.join(each.key for each in able)}" if able else ""
    who = chosen.key if chosen else "every registry known here"
    raise ConfigurationInvalid(f"{who} {asked}: name its trials by their ids{others}")


def find_registry(registries: Iterable[Registry], text: str) -> tuple[Registry, str] | None:
    """The first registry that knows *text* as one of its trial ids, and that id."""
    for registry in registries:
        if trial_id := registry.identify(text):
            return registry, trial_id
    return None
