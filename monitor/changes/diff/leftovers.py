"""What differs inside list items that have no name: DeepDiff pairs those that are alike. Pure.

It compares each item with each, so it is given only what `tree` left over, and only short lists. Two of its traps: with
`max_diffs` it can answer that nothing differs (its issue 276), and unless `threshold_to_diff_deeper` is 0 it reports a
whole item where most members are new.
"""

from collections.abc import Iterator

from monitor.changes.diff.tree import Mismatch, frozen
from monitor.model import Json

_FEW = 20
"""Items on a side; more are told as what went and came."""


def looked_into(mismatch: Mismatch) -> Iterator[Mismatch]:
    """Yield the places inside the items that went and came at *mismatch*; itself where they are not comparable."""
    if not _comparable(mismatch.before) or not _comparable(mismatch.after):
        yield mismatch
        return
    inside = sorted(_inside(mismatch), key=repr)  # DeepDiff's order is another in each process
    yield from inside or [mismatch]


def _comparable(items: Json) -> bool:
    """Whether DeepDiff pairs these well: a few objects, of which it would miscount any that are alike."""
    if not isinstance(items, list) or len(items) > _FEW or not all(isinstance(item, dict) for item in items):
        return False
    return len({frozen(item) for item in items}) == len(items)


def _inside(mismatch: Mismatch) -> Iterator[Mismatch]:
    # 40 ms that most comparisons never need
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    found = DeepDiff(
        mismatch.before, mismatch.after, ignore_order=True, threshold_to_diff_deeper=0, verbose_level=2, view="tree"
    )
    for levels in found.values():
        for level in levels:
            steps = level.path(output_format="list")
            path = mismatch.path + "".join("[]" if isinstance(step, int) else f".{step}" for step in steps)
            old, new = (None if side is notpresent else side for side in (level.t1, level.t2))
            if frozen(old) != frozen(new):
                yield Mismatch(path, old, new)
