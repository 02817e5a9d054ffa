"""The trials in the registry, as tests, the demo and the control page change them."""

from collections.abc import Callable

from monitor.errors import NothingFound
from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.databuild import DataBuild
from monitor.sandbox.clinicaltrials_gov.editions import Editions
from monitor.sandbox.clinicaltrials_gov.initial_trials import WrittenState
from monitor.sandbox.clinicaltrials_gov.listing import canonical_id


class PublishedTrials:
    """The trials of *editions*. A trial id may be written in any of the forms that people use.

    Changes are visible at once, because each makes a data build; with `refresh=False` they wait for the next one, as
    in the real registry.
    """

    def __init__(self, editions: Editions) -> None:
        self._editions = editions

    @property
    def build(self) -> DataBuild:
        """The live data build."""
        return self._editions.live.build

    @property
    def following_build(self) -> DataBuild:
        """The data build that `refresh` would make live now."""
        return self._editions.following

    @property
    def waiting(self) -> int:
        """How many trials will be different after the next `refresh`."""
        return self._editions.waiting

    def trial_ids(self) -> list[str]:
        """The ids of all trials that are live, in rising order."""
        return list(self._editions.live.trial_ids())

    def study(self, nct_id: str) -> Json:
        """A copy of a trial's latest version, live or waiting. Raises NothingFound."""
        return self._editions.latest(read_id(nct_id))

    def publish(self, study: Json, *, refresh: bool = True) -> str:
        """Publish a new trial, or a new version of one, and return its id."""
        trial_id = self._editions.publish(study)
        self._refresh_if(refresh)
        return trial_id

    def edit(self, nct_id: str, change: Callable[[Json], Json | None], *, refresh: bool = True) -> None:
        """Publish what *change* makes of a copy of the latest version: what it returns, or what it did to the copy."""
        self._editions.edit(read_id(nct_id), change)
        self._refresh_if(refresh)

    def next_state(self, nct_id: str, *, refresh: bool = True) -> str:
        """Publish the next written state of a trial, and return that state's label.

        Raises NothingFound where there is none.
        """
        label = self._editions.next_state(read_id(nct_id))
        self._refresh_if(refresh)
        return label

    def written_states(self, nct_id: str) -> tuple[WrittenState | None, WrittenState | None]:
        """The written state published last, and the one that `next_state` would publish; None for either."""
        return self._editions.written_states(read_id(nct_id))

    def remove(self, nct_id: str, *, refresh: bool = True) -> None:
        """Make a trial disappear: its id is unknown from then on. Raises NothingFound."""
        self._editions.remove(read_id(nct_id))
        self._refresh_if(refresh)

    def merge(self, nct_id: str, *, into: str, refresh: bool = True) -> None:
        """Make a trial's id an obsolete one of another trial. Raises NothingFound."""
        self._editions.merge(read_id(nct_id), into=read_id(into))
        self._refresh_if(refresh)

    def refresh(self) -> DataBuild:
        """Make the next data build live, with everything that waited for it.

        In the present it is of this moment, though of another second than the one before; else of the day after.
        """
        return self._editions.refresh()

    def _refresh_if(self, wanted: bool) -> None:
        if wanted:
            self.refresh()


def read_id(text: str) -> str:
    """A trial id in its usual form. Raises NothingFound for what cannot be one."""
    trial_id = canonical_id(text.strip())
    if trial_id is None:
        raise NothingFound(f"{text!r} is not a trial id: write NCT and up to eight digits.")
    return trial_id
