"""Decides which trials of a list are meant, and records everything else in it. Pure.

What a heading, a key or an element names as the trial's id decides. Where nothing is named so, what *is* an id or an
address beats what only mentions one; and then every whole id counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.operate.transfer.lists.naming import Named, Names, TrialName, shown
from monitor.ports import Registry


@dataclass(slots=True)
class TrialList:
    """The trials of a list by registry, in its order and each once.

    *left* has a line for each item that should be a trial and is not, *aside* one for each trial that is not meant,
    such as one that another's title mentions.
    """

    trials: dict[str, dict[str, None]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    def add(self, registry: str, trial_id: str) -> None:
        """Take a trial in, unless it is there."""
        self.trials.setdefault(registry, {})[trial_id] = None

    def include(self, other: "TrialList") -> None:
        """Take in what another list had."""
        for registry, trial_ids in other.trials.items():
            self.trials.setdefault(registry, {}).update(trial_ids)
        self.left += other.left
        self.aside += other.aside


class Sorter:
    """Is fed the pieces of a list, each with its place, and gives a `TrialList` in the end."""

    def __init__(self, registries: Sequence[Registry]) -> None:
        self.names = Names(registries)
        self._trials: dict[TrialName, None] = {}
        self._mentioned: dict[TrialName, str] = {}
        self._left: dict[str, str] = {}
        self._aside: dict[str, None] = {}

    def decided(self, place: str, text: str) -> None:
        """Take the trials in a text that stands where a trial's id or address belongs."""
        named = self.names.of(text)
        self._take(named)
        self._leave(place, named, text)

    def weighed(self, place: str, cells: Sequence[str]) -> None:
        """Take the trials of texts of which nothing says which one names the trial."""
        named = [self.names.of(cell) for cell in cells]
        chosen = [each for each in named if each.is_whole] or [each for each in named if each.trials] or named
        for each in chosen:
            self._take(each)
        taken = any(each.trials for each in chosen)
        for cell, each in zip(cells, named, strict=True):
            if each not in chosen:
                self._mention(place, each)
            elif each.others:
                self._leave(place, each, cell)
        if not taken and not any(each.others for each in chosen):
            self._leave(place, Named(), " ".join(cell for cell in cells if cell.strip()))

    def mentioned(self, place: str, text: str, *, where: str = "") -> None:
        """Note the trials of a text that stands where no trial's id belongs."""
        for trial in self.names.trials_in(text):
            self._note(place, trial, where)

    def leave(self, place: str, reason: str, *, thing: str = "") -> None:
        """Say what could not be taken. The same *thing* is said once; unless it is given, the reason tells it apart."""
        self._left.setdefault(thing or reason, f"{place}: {reason}")

    def set_aside(self, line: str) -> None:
        """Say what was not meant to be taken."""
        self._aside[line] = None

    def knows(self, trial: TrialName) -> bool:
        """Whether a trial was taken or noted before."""
        return trial in self._trials or trial in self._mentioned

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found so far that is a trial, or should be one."""
        return not (self._trials or self._left)

    def found(self) -> TrialList:
        """What came of it. A trial that is taken from one place is not said to be only mentioned in another."""
        found = TrialList(left=[*self._left.values()])
        for registry, trial_id in self._trials:
            found.add(registry, trial_id)
        found.aside = [line for trial, line in self._mentioned.items() if trial not in self._trials]
        found.aside += self._aside
        return found

    def _take(self, named: Named) -> None:
        for trial in named.trials:
            self._trials.setdefault(trial)

    def _leave(self, place: str, named: Named, text: str) -> None:
        """Say what is none in a piece whose trials were taken."""
        for other in named.others:
            self.leave(place, f"{other.text} {other.reason}")
        if not named.trials and not named.others:
            words = f"{shown(text)!r} is" if shown(text) else "nothing stands there:"
            self.leave(place, f"{words} neither a trial id nor a trial's page")

    def _mention(self, place: str, named: Named) -> None:
        for trial in named.trials:
            self._note(place, trial, "")
        for other in named.others:
            self._aside[f"{place}: {other.text} {other.reason}"] = None

    def _note(self, place: str, trial: TrialName, where: str) -> None:
        if not self.knows(trial):
            where = f" in {shown(where)}" if where else ""
            self._mentioned[trial] = f"{place}: {trial[1]} is only mentioned{where}, and is not taken"


def chosen_by_rank(ranked: Iterable[tuple[int, str]], names: Names) -> int | None:
    """The lowest rank at which some text names a trial; None where none does."""
    return min((rank for rank, text in ranked if names.trials_in(text)), default=None)
