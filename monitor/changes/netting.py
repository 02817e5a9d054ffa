"""What several changes of one trial come to, one after the other: A -> B -> C is A -> C, and A -> B -> A is none. Pure.

    chained     each change begins with what the one before it in the same field ended with
    netted      a chain that ends where it began is folded; a chain of one field's values is the direct difference
    taken up    items that were added and removed again, or the other way round, such as sites

What fits into none of these is told as it is, and every change is a step of something that is told. Where one in
between was not asked for, the chain has a gap, and nothing is said to be back that may not be.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from monitor.changes.diff import apply, diff
from monitor.changes.diff.tree import frozen
from monitor.changes.diff.values import ITEMS
from monitor.changes.fields import FIELDS
from monitor.changes.significance import in_order, weigh
from monitor.changes.topics import TIMED
from monitor.model import Change, ChangeOrigin, Coded, Event, Json, Record, Significance, Timing
from monitor.model.vocabulary import shared_words

_OF_THE_RECORD = frozenset(("trial.new", "trial.left"))
"""Kinds that say how a trial was found, and take nothing back."""
_IN_PARTS = frozenset(("trial_id", "results", "rest"))
"""Fields whose changes do not hold the whole of two values that could be compared."""
_LATE = (Timing.AFTER_PRIMARY_COMPLETION, Timing.AFTER_RESULTS)


@dataclass(frozen=True, slots=True)
class Step:
    """A change, and the event that it was seen in."""

    event: Event
    change: Change


@dataclass(frozen=True, slots=True)
class Net:
    """What its *steps*, the oldest first, come to: *change*, which is the only step's own where there is one.

    Of a folded one *change* is the last step, and weighs little: all is as it was before the first.
    """

    change: Change
    steps: tuple[Step, ...]
    is_folded: bool = False

    @property
    def left_out(self) -> int:
        """How many items the first step added or removed that later ones took back, where it is not all of them."""
        return 0 if self.is_folded else len(_items(self.steps[0].change)) - len(_items(self.change))


def net(told: Iterable[tuple[Event, Sequence[Change]]]) -> list[Net]:
    """What the changes of one trial come to, the most significant first, and those that are folded last.

    *told* has the trial's events, the oldest first, each with those of its changes that matter to the reader.
    """
    steps = [Step(event, change) for event, changes in told for change in changes]
    by_field: dict[str, list[Step]] = {}
    for step in steps:
        by_field.setdefault(step.change.field, []).append(step)
    nets = [each for of_field in by_field.values() for each in _netted(of_field)]
    places = {id(change): place for place, change in enumerate(in_order([each.change for each in nets]))}
    return sorted(nets, key=lambda each: (each.is_folded, places[id(each.change)]))


def _netted(steps: Sequence[Step]) -> list[Net]:
    """Those of one field."""
    found: list[Net] = []
    for chain in _chains(steps):
        whole = _whole(chain)
        found += [whole] if whole else [each for run in _alike(chain) for each in _run(run)]
    return _taken_up(sorted(found, key=lambda each: _place(each.steps[0], steps)))


def _place(step: Step, steps: Sequence[Step]) -> int:
    return next(place for place, each in enumerate(steps) if each is step)


# Chains


def _chains(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps in chains, each of which begins with what the one before it ended with."""
    chains: list[list[Step]] = []
    for step in steps:
        former = next((chain for chain in reversed(chains) if _goes_on(chain[-1].change, step.change)), None)
        if former:
            former.append(step)
        else:
            chains.append([step])
    return chains


def _goes_on(former: Change, change: Change) -> bool:
    if not _OF_THE_RECORD.isdisjoint((former.kind, change.kind)) or former.after != change.before:
        return False
    return change.before is not None or not _is_list(change.field)  # of a list, None is no value but that none went


def _is_list(field: str) -> bool:
    return field in ITEMS and not FIELDS[field].by_shape


def _whole(chain: Sequence[Step]) -> Net | None:
    """What a chain comes to; None where nothing is to be said of it as a whole."""
    first, last = chain[0].change, chain[-1].change
    if len(chain) == 1:
        return Net(last, tuple(chain))
    if first.before == last.after:
        return _folded(chain)
    return None if _is_list(first.field) else _direct(chain)


def _alike(chain: Sequence[Step]) -> list[list[Step]]:
    """A chain in runs of one kind."""
    return [list(run) for _, run in groupby(chain, key=lambda step: step.change.kind)]


def _run(run: Sequence[Step]) -> list[Net]:
    """What a part of a chain comes to: a fold, one item in two versions, or the steps as they are."""
    if run[0].change.before == run[-1].change.after:
        return [_folded(run)]
    direct = _direct(run) if len(run) > 1 and _is_list(run[0].change.field) else None
    return [direct] if direct else [Net(step.change, (step,)) for step in run]


def _folded(steps: Sequence[Step]) -> Net:
    weight = min(Significance.MINOR, max(step.change.significance for step in steps))
    return Net(replace(steps[-1].change, significance=weight, takes_back=None), tuple(steps), is_folded=True)


# The direct difference


def _direct(chain: Sequence[Step]) -> Net | None:
    """The difference between before the first step and after the last; None where comparing them finds another one."""
    first, last = chain[0].change, chain[-1].change
    if first.field in _IN_PARTS or first.field not in FIELDS or _holds_several(first.before, last.after):
        return None
    event = chain[-1].event
    nothing = Record(registry=event.registry, trial_id=event.trial_id, url="", paths={first.field: last.path})
    pair = (_saying(first.before, first, nothing), _saying(last.after, last, nothing))
    found = [each for each in diff(*pair, on=event.occurred_at.date()) if each.field == first.field]
    if len(found) != 1 or (found[0].before, found[0].after) != (first.before, last.after):
        return None
    timing = found[0].timing or last.timing
    is_told = found[0].timing or found[0].topic not in TIMED or timing not in _LATE
    late = "" if is_told or timing is None else f", {timing.words}."
    since = {name: value for name, value in (last.measure or {}).items() if name == "days_since_baseline"}
    difference = replace(
        found[0],
        timing=timing,
        summary=f"{found[0].summary.removesuffix('.')}{late}" if late else found[0].summary,
        measure={**(found[0].measure or {}), **since} or None,
        origin=last.origin if len({step.change.origin for step in chain}) == 1 else ChangeOrigin.EDIT,
        words={**(first.words or {}), **(last.words or {})} or None,
    )
    return Net(weigh(difference), tuple(chain))


def _holds_several(*values: Json) -> bool:
    """Whether these are several items of a list, told together."""
    return any(isinstance(value, list) and value and isinstance(value[0], dict) for value in values)


def _saying(value: Json, change: Change, nothing: Record) -> Record:
    """A record that says no more than *value* in the field of *change*, a code in the registry's words for it."""
    if value is None:
        return nothing
    record = apply([replace(change, kind="", before=None, after=value)], nothing)
    held: Any = getattr(record, change.field, None)
    if not isinstance(held, Coded):
        return record
    words = (change.words or {}).get(held.code) or shared_words(held.code)
    in_words: dict[str, Any] = {change.field: Coded(held.code, words)}
    return replace(record, **in_words)


# Items that went and came


def _items(change: Change) -> list[Json]:
    """What a change added to a list or removed from it; nothing where it did both, or something else."""
    if not _is_list(change.field) or (change.before is None) == (change.after is None):
        return []
    side = change.before if change.after is None else change.after
    return side if isinstance(side, list) else [side]


_Open = defaultdict[tuple[bool, Hashable], list[int]]
"""The places of what added an item (True) or removed it (False), and was not taken back; once for each time."""


def _taken_up(nets: Sequence[Net]) -> list[Net]:
    """The same, without those that took back in full what earlier ones did: these say so."""
    standing: list[Net] = []
    still_open: _Open = defaultdict(list)
    for each in nets:
        items, has_added = [] if each.is_folded else _items(each.change), each.change.before is None
        if back := _back(items, has_added, still_open):
            for place, taken in back.items():
                standing[place] = _less(standing[place], taken, each.steps)
            continue
        for item in items:
            still_open[has_added, frozen(item)].append(len(standing))
        standing.append(each)
    return standing


def _back(items: Sequence[Json], has_added: bool, still_open: _Open) -> dict[int, list[Json]]:
    """Which of *items* were removed or added before, by the place of what did; nothing where not all of them were.

    Those are not open any more.
    """
    found: defaultdict[int, list[Json]] = defaultdict(list)
    used: Counter[tuple[bool, Hashable]] = Counter()
    for item in items:
        key = not has_added, frozen(item)
        if used[key] >= len(still_open.get(key, ())):
            return {}
        found[still_open[key][used[key]]].append(item)
        used[key] += 1
    for key, times in used.items():
        del still_open[key][:times]
    return found


def _less(former: Net, items: Sequence[Json], steps: Sequence[Step]) -> Net:
    """*former*, less these *items*, which *steps* took back."""
    away, left = Counter(map(frozen, items)), []
    for item in _items(former.change):
        if away[frozen(item)] > 0:
            away[frozen(item)] -= 1
        else:
            left.append(item)
    together = (*former.steps, *steps)
    if not left:
        return _folded(together)
    change = former.change
    change = replace(change, after=left) if change.before is None else replace(change, before=left)
    return Net(change, together)
