"""What the registry shows at one moment, and the drafts that the next data build will publish.

On the real registry a sponsor's change becomes visible with the next data build, together with everybody else's. So
publishing only makes a draft; `Editions.refresh` makes a new `Edition` of all drafts. An edition never changes: a
request that started under one is answered from it to the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from zlib import compress, decompress

import orjson

from monitor.errors import NothingFound
from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.databuild import Calendar, DataBuild
from monitor.sandbox.clinicaltrials_gov.initial_trials import InitialTrials, WrittenState
from monitor.sandbox.clinicaltrials_gov.synthetic.past import past

SECTIONS = (
    "protocolSection",
    "resultsSection",
    "annotationSection",
    "documentSection",
    "derivedSection",
    "hasResults",
)
_serials = count(1)


@dataclass(frozen=True, slots=True)
class Version:
    """One published version of a trial. *former* is the study before it; None where the initial has that."""

    study: Json
    former: Json | None = None
    serial: int = field(default_factory=lambda: next(_serials))
    """Unlike that of any other version, so that rendered bytes can be kept by it."""
    earlier: tuple[bytes, ...] = ()
    """The studies that were published before, the oldest first, compressed."""

    @property
    def and_earlier(self) -> tuple[bytes, ...]:
        """The earlier ones and this one."""
        return (*self.earlier, compress(orjson.dumps(self.study), 1))


@dataclass(frozen=True)
class Edition:
    """Everything as of one data build."""

    initial: InitialTrials
    build: DataBuild
    previous_build: DataBuild
    published: Mapping[str, Version | None]
    """What differs from the initial, by trial id; None where the trial is gone."""
    aliases: Mapping[str, str]
    """Obsolete trial ids, each with the current one."""
    trial_ids: "TrialIds"

    def version(self, trial_id: str) -> Version | None:
        """The published version of a trial; None where the initial's own is current, or the trial is gone."""
        return self.published.get(trial_id)

    def __contains__(self, trial_id: str) -> bool:
        if trial_id in self.published:
            return self.published[trial_id] is not None
        return trial_id in self.initial

    def study(self, trial_id: str) -> Json:
        """The study as published, not to be changed. Raises KeyError where there is none."""
        if trial_id not in self:
            raise KeyError(trial_id)
        version = self.published.get(trial_id)
        return version.study if version else self.initial.study(trial_id)

    def resolve(self, trial_id: str) -> str:
        """The current id behind an obsolete one; any other id as it is."""
        while trial_id not in self and trial_id in self.aliases:
            trial_id = self.aliases[trial_id]
        return trial_id if trial_id in self else self.initial.resolve(trial_id)

    def values(self, trial_id: str, path: str) -> list[Json]:
        """All values at a path of a study, lists walked through."""
        version = self.published.get(trial_id)
        names = path.split(".")
        study = version.study if version else self.initial.study(trial_id, frozenset(names[1:2]))
        found = [study]
        for name in names:
            below = [item[name] for item in found if isinstance(item, dict) and name in item]
            found = [item for value in below for item in (value if isinstance(value, list) else [value])]
        return found

    def versions(self, trial_id: str) -> list[Json]:
        """Every version of a study, the one of today last. What it was before the sandbox began is invented."""
        version = self.published.get(trial_id)
        initial = [self.initial.study(trial_id)] if trial_id in self.initial else []
        published = [orjson.loads(decompress(each)) for each in version.and_earlier] if version else []
        return [*(past(initial[0]) if initial else []), *initial, *published]

    def former_study(self, trial_id: str) -> Json:
        """The study as it was before its last publication; the study itself where there was nothing before."""
        version = self.published.get(trial_id)
        if version is None:
            return self.study(trial_id)
        if version.former is not None:
            return version.former
        return self.initial.study(trial_id) if trial_id in self.initial else version.study


class TrialIds:
    """The ids of an edition's trials in rising order, listed when first asked for."""

    def __init__(self, initial: InitialTrials, published: Mapping[str, Version | None]) -> None:
        self._initial = initial
        self._published = published
        self._listed: list[str] | None = None

    def __call__(self) -> list[str]:
        """Return all of them; do not change the list."""
        if self._listed is None:
            gone = {trial_id for trial_id, version in self._published.items() if version is None}
            new = {trial_id for trial_id in self._published if trial_id not in self._initial}
            self._listed = sorted({*self._initial, *new} - gone)
        return self._listed


class Editions:
    """The live edition, and the drafts for the next one."""

    def __init__(self, initial: InitialTrials, build: DataBuild, calendar: Calendar) -> None:
        self.initial = initial
        self._calendar = calendar
        self._live = Edition(initial, build, build, {}, {}, TrialIds(initial, {}))
        self.former = self._live
        """What was live before the last data build."""
        self._drafts: dict[str, Version | None] = {}
        self._draft_aliases: dict[str, str] = {}
        self._reached: dict[str, int] = {}
        self._lock = RLock()

    @property
    def live(self) -> Edition:
        """The edition that the registry shows now."""
        self._catch_up()
        return self._live

    @property
    def following(self) -> DataBuild:
        """The data build that `refresh` would make live now."""
        return self._calendar.following(self.live.build)

    @property
    def waiting(self) -> int:
        """How many trials will be different after the next data build."""
        self._catch_up()
        return len(self._drafts)

    def latest(self, trial_id: str) -> Json:
        """A copy of a trial's latest version, live or waiting. Raises NothingFound where there is none."""
        with self._lock:
            version = self._drafts.get(trial_id)
            if version:
                return copied(version.study)
            if trial_id in self._drafts or trial_id not in self.live:
                raise NothingFound(f"The sandbox has no trial {trial_id}: publish it first, or start with more trials.")
            return copied(self.live.study(trial_id))

    def publish(self, study: Json) -> str:
        """Make a draft and return its trial id. Nulls and empty members are left out."""
        tidy = without_empties(study)
        trial_id: str = tidy["protocolSection"]["identificationModule"]["nctId"]
        ordered = {name: tidy[name] for name in sorted(tidy, key=section_rank)}
        with self._lock:
            current = self.live.version(trial_id)
            self._drafts[trial_id] = Version(
                ordered, former=current.study if current else None, earlier=current.and_earlier if current else ()
            )
        return trial_id

    def edit(self, trial_id: str, change: Callable[[Json], Json | None]) -> None:
        """Publish what *change* makes of the latest version: its return value, or its argument as changed."""
        with self._lock:
            study = self.latest(trial_id)
            self.publish(change(study) or study)

    def next_state(self, trial_id: str) -> str:
        """Publish the written state after the one published last. Raises NothingFound where there is none."""
        states = self.initial.written.get(trial_id, ())
        with self._lock:
            reached = self._reached.get(trial_id, 0) + 1
            if reached >= len(states):
                raise NothingFound(f"The sandbox has no further state of {trial_id} written down: edit it instead.")
            self.publish(states[reached].study)
            self._reached[trial_id] = reached
            return states[reached].label

    def written_states(self, trial_id: str) -> tuple[WrittenState | None, WrittenState | None]:
        """The written state published last, and the one that `next_state` would publish; None for either."""
        states = self.initial.written.get(trial_id, ())
        reached = self._reached.get(trial_id, 0)
        return next(iter(states[reached:]), None), next(iter(states[reached + 1 :]), None)

    def remove(self, trial_id: str) -> None:
        """Make a trial disappear. Raises NothingFound if it does not exist."""
        with self._lock:
            self.latest(trial_id)
            self._drafts[trial_id] = None

    def merge(self, trial_id: str, *, into: str) -> None:
        """Make *trial_id* an obsolete id of *into*. Raises NothingFound where either is missing."""

        def add_alias(study: Json) -> None:
            identification = study["protocolSection"]["identificationModule"]
            aliases = [*identification.get("nctIdAliases", []), trial_id]
            study["protocolSection"]["identificationModule"] = {
                "nctId": identification["nctId"],
                "nctIdAliases": aliases,
                **{key: value for key, value in identification.items() if key not in ("nctId", "nctIdAliases")},
            }

        if trial_id == into:
            raise NothingFound(f"{trial_id} cannot be merged into itself: name another trial.")
        with self._lock:
            self.latest(trial_id)
            self.edit(into, add_alias)
            self._drafts[trial_id] = None
            self._draft_aliases[trial_id] = into

    def refresh(self) -> DataBuild:
        """Make the next data build live, with all drafts."""
        with self._lock:
            return self._go_live(self.following)

    def _catch_up(self) -> None:
        """Make the morning's data build live when it is due, with all drafts."""
        if self._calendar.due(self._live.build):
            with self._lock:
                if due := self._calendar.due(self._live.build):
                    self._go_live(due)

    def _go_live(self, build: DataBuild) -> DataBuild:
        """Make *build* live. To be called with the lock held."""
        self.former = former = self._live
        published = {**former.published, **self._drafts}
        aliases = {**former.aliases, **self._draft_aliases}
        same_trials = all(version is not None and trial_id in former for trial_id, version in self._drafts.items())
        self._live = Edition(
            self.initial,
            build,
            former.build,
            published,
            {alias: current for alias, current in aliases.items() if published.get(alias) is None},
            former.trial_ids if same_trials else TrialIds(self.initial, published),
        )
        self._drafts = {}
        self._draft_aliases = {}
        return build


def copied(study: Json) -> Json:
    """A copy of a study, made many times faster than by `deepcopy`."""
    return orjson.loads(orjson.dumps(study))


def without_empties(value: Json) -> Json:
    """A copy without nulls, empty lists and empty objects, which the registry never serves."""
    if isinstance(value, dict):
        kept = {key: without_empties(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item not in ({}, [])}
    if isinstance(value, list):
        return [item for item in map(without_empties, value) if item is not None and item not in ({}, [])]
    return value


def section_rank(name: str) -> int:
    """The position of a section in a study; unknown sections come before `hasResults`."""
    return SECTIONS.index(name) if name in SECTIONS else len(SECTIONS) - 2
