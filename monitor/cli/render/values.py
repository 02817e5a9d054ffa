"""One change's before and after: "60 (estimated) → 0 (actual)", a word diff, or what left and joined a list. Pure.

What to show follows from the shape of the two values, so a field of a new kind needs nothing here.
"""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from monitor.cli.render.styles import ADDED, DIM, REMOVED
from monitor.cli.render.text import counted, one_line, plain, readable, shortened, styled
from monitor.cli.render.worddiff import word_diff
from monitor.cli.render.words import humanised, place, said
from monitor.model import Change, Json

LONG = 40
"""A text beyond this many characters is compared word by word, or shown in a block of its own."""

MOST_TEXT = 400
MOST_ITEMS = 6
MOST_NAMES = 5

_WITHOUT_PARTS = {"results": "a results section"}
"""Fields too large to show: the summary says what there is to say."""


def is_long_text(change: Change) -> bool:
    """Whether the change is one of running text, which wants the full width."""
    texts = [value for value in (change.before, change.after) if value is not None]
    return all(isinstance(text, str) for text in texts) and any(len(text) > LONG or "\n" in text for text in texts)


def long_text(change: Change) -> RenderableType:
    """A word diff; where there is only one side, the beginning of its text."""
    if change.before and change.after:
        return word_diff(change.before, change.after)
    sign, style, text = ("+ ", ADDED, change.after) if change.after else ("- ", REMOVED, change.before)
    return styled(sign + shortened(readable(text or ""), MOST_TEXT), style)


def short_value(change: Change) -> RenderableType:
    """Everything but running text, in as many lines as it has items."""
    before, after, field = change.before, change.after, change.field
    if field in _WITHOUT_PARTS:
        return arrow(*(_WITHOUT_PARTS[field] if value else "none" for value in (before, after)))
    if field == "rest":
        return _members(before or {}, after or {})
    if _is_objects(before) or _is_objects(after):
        return _lines(_list_changes(before or [], after or [], field))
    if _is_item(before) or _is_item(after):
        return _lines(_item_changes(before, after))
    return arrow(said(before, field), said(after, field))


def arrow(before: str, after: str) -> Text:
    """Old → new: the old one fades, the new one stands out."""
    return styled(before, DIM).append(" → ", style=DIM).append(plain(after), style="bold")


def _is_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _is_item(value: Json) -> bool:
    """An object with a name and parts, which a date or a count is not."""
    return isinstance(value, dict) and not value.keys() <= {"date", "count", "type"}


def _lines(lines: Sequence[RenderableType]) -> RenderableType:
    return lines[0] if len(lines) == 1 else Group(*lines)


def _left(words: str) -> Text:
    return styled(f"- {words}", REMOVED)


def _joined(words: str) -> Text:
    return styled(f"+ {words}", ADDED)


def _members(before: dict[str, Json], after: dict[str, Json]) -> RenderableType:
    """What no field of ours took, by its path in the document."""
    paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    lines = [
        styled(f"{path}: ", DIM).append_text(
            arrow(shortened(said(before.get(path)), LONG), shortened(said(after.get(path)), LONG))
        )
        for path in paths[:MOST_ITEMS]
    ]
    return _lines([*lines, *_more(len(paths) - MOST_ITEMS)]) if lines else Text("none")


def _more(count: int) -> list[Text]:
    return [Text(f"and {count:,} more", style=DIM)] if count > 0 else []


def differing_parts(before: Json, after: Json) -> list[str]:
    """The parts in which an item that keeps its name differs; empty where that is no way to show the change."""
    if not (_is_item(before) and _is_item(after)) or _is_organisation(before) or _is_organisation(after):
        return []
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _is_organisation(item: dict[str, Json]) -> bool:
    return set(item) <= {"name", "class"}


def _item_changes(before: Json, after: Json) -> list[RenderableType]:
    """One item that came or went; or its name once, and each of its parts that differs."""
    if not before or not after:
        return [_joined(said(after)) if after else _left(said(before))]
    if not (parts := differing_parts(before, after)):
        return [arrow(said(before), said(after))]
    names = [name for name in ("measure", "label", "name") if name in before and name not in parts]
    heading = [styled(said(before[names[0]]))] if names else []
    return [*heading, *(_part(part, before.get(part), after.get(part)) for part in parts)]


def _part(name: str, before: Json, after: Json) -> RenderableType:
    label = Text(f"{name.replace('_', ' ')}: ", style=DIM)
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > LONG:
        return Group(label, word_diff(before, after))
    return label.append_text(arrow(shortened(said(before), MOST_TEXT), shortened(said(after), MOST_TEXT)))


def _list_changes(before: list[Json], after: list[Json], field: str) -> list[RenderableType]:
    here, there = {repr(item) for item in before}, {repr(item) for item in after}
    left = [item for item in before if repr(item) not in there]
    joined = [item for item in after if repr(item) not in here]
    if field == "sites":
        return _site_changes(left, joined)
    return [*_capped([_left(said(item)) for item in left]), *_capped([_joined(said(item)) for item in joined])]


def _capped(lines: list[Text]) -> list[Text]:
    return [*lines[:MOST_ITEMS], *_more(len(lines) - MOST_ITEMS)]


def _site_changes(left: list[Json], joined: list[Json]) -> list[RenderableType]:
    """Sites that closed, opened, or only changed their status, by country where they are many."""
    now = {_identity(site): site for site in joined}
    moves: dict[tuple[str, str], list[Json]] = {}
    stayed = set()
    for site in left:
        if (later := now.get(_identity(site))) and later.get("status") != site.get("status"):
            stayed.add(_identity(site))
            moves.setdefault((_status(site), _status(later)), []).append(site)
    lines: list[RenderableType] = []
    for (old, new), sites in moves.items():
        lines += [arrow(old, new).append(f"  {line}") for line in _places(sites)]
    lines += [_left(line) for line in _places([site for site in left if _identity(site) not in stayed])]
    lines += [_joined(line) for line in _places([site for site in joined if _identity(site) not in stayed])]
    return lines


def _identity(site: dict[str, Json]) -> tuple[Json, ...]:
    return tuple(site.get(name) for name in ("facility", "city", "country", "zip"))


def _status(site: dict[str, Json]) -> str:
    return humanised(site.get("status") or "no status")


def _places(sites: list[dict[str, Json]]) -> list[str]:
    """A line a site, or where they are many a line a country with its number of sites and some of their cities."""
    if len(sites) <= MOST_NAMES:
        return [place(site) for site in sites]
    countries: dict[str, list[dict[str, Json]]] = {}
    for site in sites:
        countries.setdefault(site.get("country") or "no country", []).append(site)
    return [_country(name, group) for name, group in sorted(countries.items(), key=lambda pair: -len(pair[1]))]


def _country(name: str, sites: list[dict[str, Json]]) -> str:
    cities = list(dict.fromkeys(one_line(site["city"]) for site in sites if site.get("city")))
    named = ", ".join(cities[:MOST_NAMES]) + (f" and {len(cities) - MOST_NAMES} more" if cities[MOST_NAMES:] else "")
    return f"{one_line(name)}: {counted(len(sites), 'site')}" + (f" ({named})" if cities else "")
