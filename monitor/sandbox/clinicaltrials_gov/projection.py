"""The part of a study that `fields` asks for. Pure.

A branch includes everything below it, lists are searched item by item, and empty results are left out.
"""

from collections.abc import Iterable

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.pieces import NODES, Node

MODULES = {
    section: tuple(path.partition(".")[2] for path in NODES if path.startswith(f"{section}.") and path.count(".") == 1)
    for section in NODES
    if "." not in section
}
"""The modules of each section."""

Tree = dict[str, "Tree | None"]
"""Wanted members by name; None where the whole member is wanted."""


class Projection:
    """A choice of fields. Two with the same *key* choose the same."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.key = ",".join(sorted({node.path for node in nodes}))
        self._tree = tree_of(self.key.split(","))
        self.modules = module_names(self._tree)

    def apply(self, study: Json) -> Json:
        """What is wanted of a study; `{}` where it has none of that."""
        return pick(study, self._tree)


def tree_of(paths: Iterable[str]) -> Tree:
    """The paths as a tree."""
    tree: Tree = {}
    for path in paths:
        *above, last = path.split(".")
        branch: Tree | None = tree
        for name in above:
            if branch is None:
                break
            branch = branch.setdefault(name, {})
        if branch is not None:
            branch[last] = None
    return tree


def module_names(tree: Tree) -> frozenset[str]:
    """The modules that the tree needs anything of."""
    names: set[str] = set()
    for section, modules in tree.items():
        names.update(MODULES.get(section, ()) if modules is None else modules)
    return frozenset(names)


def pick(value: Json, tree: Tree) -> Json:
    """The wanted members of an object, in the object's own order; of a list, of each of its items."""
    if isinstance(value, list):
        return [picked for item in value if (picked := pick(item, tree))]
    if not isinstance(value, dict):
        return None
    picked = {name: pick_member(member, tree[name]) for name, member in value.items() if name in tree}
    return {name: member for name, member in picked.items() if member is not None and member not in ({}, [])}


def pick_member(member: Json, tree: Tree | None) -> Json:
    """The whole member, or what is wanted below it."""
    return member if tree is None else pick(member, tree)
