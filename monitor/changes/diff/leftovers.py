"""What differs inside list items that have no name: DeepDiff pairs those that are alike. Pure.

It compares each with each, so it gets only what the walk in `tree` left over, and little of it. Two traps of it:
`max_diffs` can make it answer that nothing differs (its issue 276), and without `threshold_to_diff_deeper` 0 it reports
a whole item where most members are new.
"""

from collections.abc import Iterator

from monitor.changes.diff.tree import Leaf, frozen
from monitor.model import Json

_FEW = 20
"""Items on a side; more are told as what went and came."""


def looked_into(leaf: Leaf) -> Iterator[Leaf]:
    """Yield the places inside the items that went and came at *leaf*; *leaf* itself where they are not comparable."""
    if not _comparable(leaf.before) or not _comparable(leaf.after):
        yield leaf
        return
    inside = list(_inside(leaf))
    yield from inside or [leaf]


def _comparable(items: Json) -> bool:
    """Whether DeepDiff pairs these well: a few objects, of which it would miscount any that are alike."""
    if not isinstance(items, list) or len(items) > _FEW or not all(isinstance(item, dict) for item in items):
        return False
    return len({frozen(item) for item in items}) == len(items)


def _inside(leaf: Leaf) -> Iterator[Leaf]:
    # 40 ms that most comparisons never need
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    found = DeepDiff(
        leaf.before, leaf.after, ignore_order=True, threshold_to_diff_deeper=0, verbose_level=2, view="tree"
    )
    for levels in found.values():
        for level in levels:
            steps = level.path(output_format="list")
            path = leaf.path + "".join("[]" if isinstance(step, int) else f".{step}" for step in steps)
            old, new = (None if side is notpresent else side for side in (level.t1, level.t2))
            if frozen(old) != frozen(new):
                yield Leaf(path, old, new)
