"""What is looked for in a registry, and the pages that it answers with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Search
from monitor.ports.answers import Answer


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
class SharedPage:
    """A page of a listing that many searches share: which of its *listed* trials each of them covers; see `SearchPage`.

    Of the searches in *undecided* only the registry can tell whether they cover a trial of the page. *lacking* is how
    many trials the registry counted and did not list, known on the last page.
    """

    found: Mapping[Search, Sequence[str]]
    undecided: Collection[Search]
    listed: int
    total: int | None
    build: str | None
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class SweepPage:
    """A page of whole documents of a registry that is read from end to end; the rest as in `SearchPage`."""

    answers: Sequence[Answer]
    total: int | None
    token: str | None


@dataclass(frozen=True, slots=True)
class SponsorName:
    """A sponsor as the registry writes its name, and how many trials it leads."""

    name: str
    trials: int
