"""Everything in a document that belongs to no watched field, as one difference. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.leftovers import looked_into
from monitor.changes.diff.pairing import by_likeness
from monitor.changes.diff.tree import Mismatch, mismatches
from monitor.changes.diff.values import ITEMS
from monitor.changes.diff.wording import change_sentence, name_words, text_change_sentence
from monitor.changes.fields import FIELDS
from monitor.changes.spelling import respelled
from monitor.model import Difference, Json
from monitor.text import natural_list, quote

_VAGUE = {"class", "comment", "date", "description", "fullName", "id", "label", "name", "title", "type", "url", "value"}
"""Names that say nothing without the one before them."""

_LISTS = sorted(ITEMS.keys() - {"phases", "contacts", "submissions"})


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell all places of the rest that differ at once; *before* and *after* are objects by path."""
    left_over = (mismatch for mismatch in mismatches(*_rests(pair)) if mismatch.path not in _stamps(pair))
    found = [place for mismatch in left_over for place in looked_into(mismatch)]
    changed, spelled = sorted_by_spelling(found)
    if changed:
        yield _difference(pair, "other", changed, "Also changed")
    if spelled:
        yield _difference(pair, "other.respelled", spelled, "Only spelled otherwise")


def _difference(pair: Comparison, kind: str, found: list[Mismatch], beginning: str) -> Difference:
    before, after = by_path(found)
    names = list(dict.fromkeys(_name(mismatch.path, pair.after.paths) for mismatch in found))
    summary = f"{beginning}: {natural_list(names, 5)}."
    if len(found) == 1 and kind == "other":
        summary = _single_summary(_name(found[0].path, pair.after.paths), found[0])
    return pair.difference("rest", kind, before=before, after=after, summary=summary)


def _single_summary(name: str, mismatch: Mismatch) -> str:
    """What changed in the one place that did, where it is short."""
    label = name[:1].upper() + name[1:]
    if isinstance(mismatch.before, str | None) and isinstance(mismatch.after, str | None):
        return text_change_sentence(label, mismatch.before, mismatch.after)
    values = [_short(value) for value in (mismatch.before, mismatch.after)]
    if all(value is not None for value in values):
        return change_sentence(label, *(value or None for value in values))
    return f"{label} {'were' if label.endswith('s') else 'was'} changed."


def _short(value: Json) -> str | None:
    """A plain value as a sentence says it, empty where there is none; None for what has members."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return quote(value, 60)
    return "" if value is None else f"{value:,}" if isinstance(value, int | float) else None


def _stamps(pair: Comparison) -> tuple[str, ...]:
    """Where the registry says of what type the day of its own last posting is: no more than that day itself."""
    struct = pair.after.paths.get("last_update_post_date", "").rpartition(".")[0]
    return (struct, f"{struct}.type")


def _rests(pair: Comparison) -> tuple[Json, Json]:
    """What is left over on both sides, without what is left of listed items that came or went: their topic tells it."""
    before, after = dict(pair.before.rest), dict(pair.after.rest)
    for field in _LISTS:
        steps = pair.after.paths.get(field, "").split(".")
        old, new = _at(before, steps), _at(after, steps)
        if old != new and getattr(pair.before, field) != getattr(pair.after, field):
            before = _replaced(before, steps, {name: old[name] for name in old if name in new})
            after = _replaced(after, steps, {name: new[name] for name in new if name in old})
    return before, after


def _at(tree: Json, steps: list[str]) -> dict[str, Json]:
    """The object at the end of *steps*; an empty one where there is none."""
    for step in steps:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _replaced(tree: dict[str, Json], steps: list[str], value: Json) -> dict[str, Json]:
    """A copy of *tree* with *value* at the end of *steps*, if something is there."""
    step, *others = steps
    if step not in tree or (others and not isinstance(tree[step], dict)):
        return tree
    return {**tree, step: _replaced(tree[step], others, value) if others else value}


def sorted_by_spelling(found: Iterable[Mismatch]) -> tuple[list[Mismatch], list[Mismatch]]:
    """The places that say something else, and those that say the same in another spelling."""
    changed: list[Mismatch] = []
    spelled: list[Mismatch] = []
    for mismatch in found:
        (spelled if _only_respelled(mismatch.before, mismatch.after) else changed).append(mismatch)
    return changed, spelled


def _only_respelled(before: Json, after: Json) -> bool:
    """Whether two texts, or two lists of texts without order, are the same in another spelling."""
    if isinstance(before, str) and isinstance(after, str):
        return respelled(before, after)
    if not (isinstance(before, list) and isinstance(after, list) and before and len(before) == len(after)):
        return False
    if not all(isinstance(text, str) for text in (*before, *after)):
        return False
    return len(by_likeness(before, after, lambda old, new: float(respelled(old, new)), least=1.0).pairs) == len(before)


def by_path(found: Iterable[Mismatch]) -> tuple[dict[str, Json], dict[str, Json]]:
    """What stood and what stands at each path; a list of values where one path stands for several places."""
    places: dict[str, list[Mismatch]] = {}
    for mismatch in found:
        places.setdefault(mismatch.path, []).append(mismatch)
    before: dict[str, Json] = {}
    after: dict[str, Json] = {}
    for path, places_there in places.items():
        for side, values in ((before, [p.before for p in places_there]), (after, [p.after for p in places_there])):
            side[path] = values[0] if len(values) == 1 else values
    return before, after


def _name(path: str, fields: Mapping[str, str]) -> str:
    """What people call the place: by the field whose items it is a part of, by the list it is in, or by its last name.

    Before a last name that is vague stands the one before it. *fields* are the places of our fields.
    """
    if "[" in path:
        return name_words(path[: path.index("[")].rpartition(".")[2])
    *parents, last = path.split(".")
    words = name_words(last)
    listed = next((field for field in _LISTS if path.startswith(f"{fields.get(field)}.")), None)
    if listed:
        return f"{words} of {FIELDS[listed].label.lower()}"
    return f"{name_words(parents[-1])} {words}" if last in _VAGUE and parents else words
