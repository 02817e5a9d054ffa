"""The trials of a small registry, each a JSON tree, and the drafts that are not visible yet.

What is live never changes: a publication replaces it by another mapping, so a request that started under one is
answered from it to the end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import RLock

import orjson

from monitor.errors import NothingFound
from monitor.model import Json
from monitor.sandbox.edits import edit_of

QUIET_SINCE = timedelta(days=30)
"""How long ago the first of the initial trials was edited; each of the others an hour before the one ahead of it.

But for the last: it was edited a day ago, as in a registry some trial always was of late."""
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class State:
    """A state that a trial is yet to reach: what it sets and unsets, by dotted path."""

    label: str
    values: Mapping[str, Json]
    unset: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class WrittenTrial:
    """A trial as it is at first, and the states that it reaches one after the other."""

    tree: Json
    states: Sequence[State] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One published version of a trial. *tree* is not to be changed."""

    trial_id: str
    tree: Json
    edited_at: datetime
    """When it became visible: UTC, in whole seconds."""
    edition: int = 1
    """How many versions of it there were, this one included."""
    former: "Trial | None" = None


@dataclass(frozen=True, slots=True)
class Moment:
    """All data of a registry as of one moment."""

    at: datetime

    @property
    def timestamp(self) -> str:
        """The moment, as scripts read it."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%S")

    def etag(self) -> str:
        """The ETag of everything at that moment."""
        return f'"{self.at:%Y%m%d%H%M%S}"'


class PublishedTrees:
    """The trials, as tests and the control page change them.

    Changes are visible at once; with `refresh=False` they wait for the next `refresh`.
    """

    def __init__(self, written: Mapping[str, WrittenTrial], clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._written = written
        self._reached: dict[str, int] = {}
        first = whole(clock())
        edited = [first - QUIET_SINCE - timedelta(hours=number) for number in range(len(written))]
        edited[-1:] = [first - _A_DAY] if len(written) > 1 else edited[-1:]
        self._live: Mapping[str, Trial] = {
            trial_id: Trial(trial_id, written[trial_id].tree, at) for trial_id, at in zip(written, edited, strict=True)
        }
        self._drafts: dict[str, Json | None] = {}
        self._build = Moment(first)
        self._lock = RLock()

    @property
    def build(self) -> Moment:
        """The moment of the last publication."""
        return self._build

    @property
    def now(self) -> datetime:
        """The moment by its clock, in whole seconds."""
        return whole(self._clock())

    @property
    def live(self) -> Mapping[str, Trial]:
        """All trials that are visible, by id; never changed in place."""
        return self._live

    @property
    def waiting(self) -> int:
        """How many trials will be different after the next `refresh`."""
        return len(self._drafts)

    def trial_ids(self) -> list[str]:
        """The ids of all trials that are live, in rising order."""
        return sorted(self._live)

    def tree(self, trial_id: str) -> Json:
        """A copy of a trial's latest version, live or waiting. Raises NothingFound."""
        with self._lock:
            if trial_id in self._drafts:
                latest = self._drafts[trial_id]
            else:
                latest = self._live[trial_id].tree if trial_id in self._live else None
        if latest is None:
            raise NothingFound(f"The sandbox has no trial {trial_id}: publish it first, or start with more trials.")
        return copied(latest)

    def publish(self, trial_id: str, tree: Json, *, refresh: bool = True) -> None:
        """Publish a new trial, or a new version of one."""
        with self._lock:
            self._drafts[trial_id] = copied(tree)
            self._refresh_if(refresh)

    def edit(self, trial_id: str, change: Callable[[Json], Json | None], *, refresh: bool = True) -> None:
        """Publish what *change* makes of a copy of the latest version: what it returns, or what it did to the copy."""
        with self._lock:
            tree = self.tree(trial_id)
            self.publish(trial_id, change(tree) or tree, refresh=refresh)

    def next_state(self, trial_id: str, *, refresh: bool = True) -> str:
        """Publish the next written state of a trial, and return its label. Raises NothingFound where there is none."""
        with self._lock:
            state = self.following_state(trial_id)
            if state is None:
                raise NothingFound(f"The sandbox has no further state of {trial_id} written down: edit it instead.")
            self.edit(trial_id, edit_of(state.values, state.unset), refresh=refresh)
            self._reached[trial_id] = self._reached.get(trial_id, 0) + 1
            return state.label

    def following_state(self, trial_id: str) -> State | None:
        """The written state that `next_state` would publish; None where there is none."""
        written = self._written.get(trial_id)
        return next(iter(written.states[self._reached.get(trial_id, 0) :]), None) if written else None

    def remove(self, trial_id: str, *, refresh: bool = True) -> None:
        """Make a trial disappear: its id is unknown from then on. Raises NothingFound."""
        with self._lock:
            self.tree(trial_id)
            self._drafts[trial_id] = None
            self._refresh_if(refresh)

    def refresh(self) -> Moment:
        """Make everything visible that waited, at this moment, though in another second than the time before."""
        with self._lock:
            at = max(whole(self._clock()), self._build.at + timedelta(seconds=1))
            changed = {trial_id: self._version(trial_id, tree, at) for trial_id, tree in self._drafts.items()}
            together = {**self._live, **changed}
            self._live = {trial_id: trial for trial_id, trial in together.items() if trial is not None}
            self._drafts = {}
            self._build = Moment(at)
            return self._build

    def _version(self, trial_id: str, tree: Json | None, at: datetime) -> Trial | None:
        former = self._live.get(trial_id)
        if tree is None or former is None:
            return None if tree is None else Trial(trial_id, tree, at)
        return Trial(trial_id, tree, at, former.edition + 1, replace(former, former=None))

    def _refresh_if(self, wanted: bool) -> None:
        if wanted:
            self.refresh()


def whole(moment: datetime) -> datetime:
    """The moment in UTC, in whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def copied(tree: Json) -> Json:
    """A copy of a tree, made many times faster than by `deepcopy`."""
    return orjson.loads(orjson.dumps(tree))
