"""The trials that a sandbox starts with: written ones, and any number of synthetic ones. Pure.

A written trial is a file in `trials/`: its states in the order in which they were published, each a whole study as
ClinicalTrials.gov serves it. The sandbox starts with the first. To add a trial, add a file; a state that was never in
the registry is marked `illustrative`.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov import synthetic


@dataclass(frozen=True, slots=True)
class WrittenState:
    """One state of a written trial."""

    label: str
    illustrative: bool
    study: Json


class InitialTrials:
    """What the sandbox holds before anything is published. Synthetic trials are made when asked for, as of *today*."""

    def __init__(self, *, trials: int, seed: int, today: date) -> None:
        self.seed = seed
        self.trials = trials
        self.today = today
        self.written = read_written_trials()

    def __contains__(self, trial_id: str) -> bool:
        return trial_id in self.written or synthetic.index_of(trial_id) in range(self.trials)

    def __iter__(self) -> Iterator[str]:
        yield from sorted(self.written)
        yield from map(synthetic.trial_id, range(self.trials))

    def resolve(self, trial_id: str) -> str:
        """The current id behind an obsolete one that the initial knows; any other id as it is."""
        current = synthetic.resolve(trial_id)
        return current if current in self else trial_id

    def study(self, trial_id: str, modules: Collection[str] | None = None) -> Json:
        """A trial's first state, not to be changed. With *modules*, only these of it need to be there.

        Raises KeyError where the initial has no such trial.
        """
        if trial_id in self.written:
            return self.written[trial_id][0].study
        if trial_id not in self:
            raise KeyError(trial_id)
        number = synthetic.index_of(trial_id)
        if modules is None:
            return synthetic.study(self.seed, number, today=self.today)
        return _part(self.seed, number, frozenset(modules), self.today)


@lru_cache(maxsize=10_000)
def _part(seed: int, number: int, modules: frozenset[str], today: date) -> Json:
    """Some modules of a synthetic trial, not to be changed: searches ask for the same ones again and again."""
    return synthetic.study(seed, number, modules, today=today)


def read_written_trials() -> dict[str, tuple[WrittenState, ...]]:
    """The files in `trials/`, by trial id."""
    folder = resources.files("monitor.sandbox.clinicaltrials_gov").joinpath("trials")
    written = {}
    for file in folder.iterdir():
        if file.name.endswith(".json"):
            states = json.loads(file.read_text(encoding="utf-8"))["states"]
            written[file.name.removesuffix(".json")] = tuple(WrittenState(**state) for state in states)
    return written
