"""Everything in a document that no watched field took: one difference for all of it. Pure."""

from collections.abc import Iterable, Iterator

from monitor.diff.comparison import Comparison
from monitor.diff.tree import Leaf, frozen, leaves
from monitor.diff.wording import listing, name_words
from monitor.model import Difference, Json

_VAGUE = {
    "description",
    "type",
    "id",
    "label",
    "url",
    "date",
    "name",
    "title",
    "value",
    "comment",
    "class",
    "link",
    "domain",
}
"""Names that say nothing without the one before them."""


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell all places of the rest that differ at once; *before* and *after* are objects by path."""
    found = list(leaves(dict(pair.before.rest), dict(pair.after.rest)))
    if frozen(list(pair.before.aliases)) != frozen(list(pair.after.aliases)):
        path = pair.after.paths.get("aliases") or pair.before.paths.get("aliases") or "aliases"
        found.append(Leaf(path, list(pair.before.aliases), list(pair.after.aliases)))
    if found:
        names = list(dict.fromkeys(_name(leaf.path) for leaf in found))
        before, after = by_path(found)
        yield pair.difference(
            "rest", "other", before=before, after=after, summary=f"Also changed: {listing(names, 5)}."
        )


def by_path(found: Iterable[Leaf]) -> tuple[dict[str, Json], dict[str, Json]]:
    """What stood and what stands at each path; a list of values where one path stands for several places."""
    places: dict[str, list[Leaf]] = {}
    for leaf in found:
        places.setdefault(leaf.path, []).append(leaf)
    before: dict[str, Json] = {}
    after: dict[str, Json] = {}
    for path, places_there in places.items():
        for side, values in ((before, [p.before for p in places_there]), (after, [p.after for p in places_there])):
            side[path] = values[0] if len(values) == 1 else values
    return before, after


def _name(path: str) -> str:
    """What people call the place: the list it is in, or its last name with the one before it where that is vague."""
    if "[" in path:
        return name_words(path[: path.index("[")].rpartition(".")[2])
    *parents, last = path.split(".")
    words = name_words(last)
    return f"{name_words(parents[-1])} {words}" if last in _VAGUE and parents else words
