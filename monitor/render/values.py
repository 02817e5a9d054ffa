"""One change's before and after, as lines: "60 (estimated) → 0 (actual)", or what was removed and added. Pure.

What is shown follows from the types of the two values, so a new kind of field needs nothing here. Every line is safe to
show, and cut unless it is asked for whole; a cut says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.changes.fields import FIELDS
from monitor.changes.kinds import KINDS
from monitor.model import Change, Json, Timing
from monitor.render.worddiff import DiffOp, Stretch, compare_readable, excerpt
from monitor.render.words import code_label, site_words, value_words
from monitor.text import abridged, counted, first_few, one_line, readable, shortened

LONG = 60
"""A text beyond this many characters is compared word by word."""

MOST_TEXT = 320
MOST_STRETCHES = 24
MOST_ITEMS = 6
MOST_NAMES = 5

_WITHOUT_PARTS = {"results": "a results section"}
"""Fields too large to show: the summary says what there is to say."""

_WORD = re.compile(r"\w+")
_JOINING_WORDS = frozenset(
    _WORD.findall(
        "changed went became added removed was were from to of in for and it its the trial s reason stopping "
        "after before start date primary completion results posted outcome time frame description measure arm"
    )
)
"""What a summary may say beside the values without telling anything new."""

_SHOWN_BY_VALUES = frozenset(
    _WORD.findall(
        "is are now slipped brought forward raised cut corrected renamed target participant participants intervention "
        "on registry"
    )
)
"""What a clause may say beside the values because they show it."""
_TIMING = frozenset(("after", "before", "while", "under", "way"))
_LATE = (Timing.AFTER_PRIMARY_COMPLETION, Timing.AFTER_RESULTS)
_CLAUSES = re.compile(r"(?<=[,;:]) ")
_AND_MORE = re.compile(r"\band [\d,]+ more\b")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what a change did: either *before* → *after*, or *stretches*. *label* names a part of the field."""

    before: str = ""
    after: str = ""
    stretches: tuple[Stretch, ...] = ()
    label: str = ""


def label(change: Change) -> str:
    """What people call the field."""
    if change.kind in KINDS and (own := KINDS[change.kind].label):
        return own
    return field_label(change.field)


def field_label(field: str) -> str:
    """What people call a field, by its name in changes."""
    return FIELDS[field].label if field in FIELDS else one_line(field.replace("_", " "))


def lines(change: Change, *, whole: bool = False) -> list[Line]:
    """The change's before and after, in as many lines as it has items.

    *whole*: texts with all that stayed in them, values uncut, and every country of sites, for who has the room.
    """
    shown = _lines(change, every_country=whole)
    return shown if whole else [_bounded(line) for line in shown]


def is_compared(change: Change) -> bool:
    """Whether its lines are two long texts, compared word by word, which takes long to make."""
    texts = [value for value in (change.before, change.after) if isinstance(value, str)]
    return len(texts) == 2 and texts[0] != texts[1] and max(map(len, texts)) > LONG


def differing_parts(before: Json, after: Json) -> list[str]:
    """The parts in which an item that keeps its name differs; empty where that is no way to show the change."""
    if not (_is_item(before) and _is_item(after)) or _is_organisation(before) or _is_organisation(after):
        return []
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def kept_name(item: dict[str, Json], parts: Sequence[str]) -> str:
    """What still names an item that differs in these *parts*; empty where nothing does."""
    names = [name for name in ("measure", "label", "name") if name in item and name not in parts]
    return value_words(item[names[0]]) if names else ""


def is_summary_redundant(change: Change) -> bool:
    """Whether the summary says no more than the label and the values do."""
    values = (value_words(value, change.field, change.words) for value in (change.before, change.after))
    return not _words(change.summary) - _words(" ".join((label(change), *values))) - _JOINING_WORDS


def not_shown_yet(change: Change, *, beside: str = "") -> str:
    """The part of the summary that neither the label, the `lines` nor *beside* show already; empty if there is none.

    "Completion date slipped from 2027-09 to 2028-05, 8 months later." next to the two dates is "8 months later." When
    in the trial's life it was is news by itself only where it casts doubt on the change.
    """
    known = _seen(change, beside) | _SHOWN_BY_VALUES | _JOINING_WORDS
    known = known - _TIMING if change.timing in _LATE else known | _TIMING
    clauses = _CLAUSES.split(one_line(change.summary))
    while clauses and not _words(clauses[0]) - known:
        clauses.pop(0)
    rest, _, listed = " ".join(clauses).partition(": ")
    if _words(_AND_MORE.sub("", listed)) - known:
        rest = f"{rest}: {listed}"
    elif listed:
        rest = f"{rest}."
    if rest.count("“") != rest.count("”"):
        return one_line(change.summary)
    return rest[:1].upper() + rest[1:]


def _seen(change: Change, beside: str) -> set[str]:
    shown = [
        text
        for line in lines(change)
        for text in (line.label, line.before, line.after, *(w for _, w in line.stretches))
    ]
    return _words(" ".join((label(change), *shown, beside)))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _lines(change: Change, *, every_country: bool) -> list[Line]:
    before, after, field = change.before, change.after, change.field
    if field in _WITHOUT_PARTS:
        old, new = (_WITHOUT_PARTS[field] if value else "none" for value in (before, after))
        return [Line(old, new)]
    if field == "rest":
        return _members(before or {}, after or {})
    if field == "trial_id":
        return card(after, change.words) if isinstance(after, dict) else []
    if field == "overall_status" and change.kind == "status.stopped" and before is None:
        return []  # that is how the trial stood when it was first seen: the sentence says so
    if before == after and isinstance(before, str):
        return _in_other_words(change)
    if _is_objects(before) or _is_objects(after):
        left, joined = _unmatched(before or [], after or []), _unmatched(after or [], before or [])
        if field == "sites":
            groups = _site_changes(left, joined)
            return [line for group in groups for line in (group if every_country else _capped(group))]
        return [
            *_capped([_went(value_words(item)) for item in left]),
            *_capped([_came(value_words(item)) for item in joined]),
        ]
    if _is_item(before) or _is_item(after):
        return _item_changes(before, after)
    return [_value(before, after, field, own=change.words)]


def _in_other_words(change: Change) -> list[Line]:
    """Both of a registry's words for one code, of which a change has the later ones, and its sentence the former."""
    now = value_words(change.after, change.field, change.words)
    told = re.search(rf" went from (.+) to {re.escape(now)}(?:[.:]|$)", one_line(change.summary))
    return [Line(shortened(told[1], MOST_TEXT), shortened(now, MOST_TEXT))] if told else []


_CARD = {
    "title": "Title",
    "overall_status": "Overall status",
    "why_stopped": "Why stopped",
    "phases": "Phase",
    "conditions": "Conditions",
    "interventions": "Interventions",
    "enrollment": "Enrollment",
    "start_date": "Start date",
    "primary_completion_date": "Primary completion date",
    "completion_date": "Completion date",
    "lead_sponsor": "Lead sponsor",
    "countries": "Countries",
    "registered_on": "Registered on",
}
"""What a new trial is shown by, in this order."""


def card(facts: dict[str, Json], own: Mapping[str, str] | None) -> list[Line]:
    """What a reader wants to know of a trial that they never saw, and by which watch it came; *own* as in a change."""
    shown = [
        Line(stretches=((DiffOp.KEPT, shortened(value_words(facts[name], name, own), MOST_TEXT)),), label=words)
        for name, words in _CARD.items()
        if facts.get(name)
    ]
    found = facts.get("found_by") or {}
    watch = ": ".join(one_line(found[name]) for name in ("watch", "search") if found.get(name))
    return [*shown, *([Line(stretches=((DiffOp.KEPT, watch),), label="Watch")] if watch else [])]


def _value(before: Json, after: Json, field: str = "", *, part: str = "", own: Mapping[str, str] | None = None) -> Line:
    """A *part* is one among several, and never long. Names in a list are compared as the lines of a text are."""
    texts = ["\n".join(value) if _is_names(value) else value for value in (before, after)]
    texts = [text for text in texts if isinstance(text, str)]
    if len(texts) == 2 and max(map(len, texts)) > LONG:
        return Line(stretches=tuple(compare_readable(*texts)), label=part)
    old, new = (
        one_line(readable(value) if isinstance(value, str) and len(value) > LONG else value_words(value, field, own))
        for value in (before, after)
    )
    return Line(shortened(old, MOST_TEXT), shortened(new, MOST_TEXT), label=part) if part else Line(old, new)


def _bounded(line: Line) -> Line:
    if line.stretches:
        return replace(line, stretches=_few(excerpt(line.stretches)))
    return line if line.label else Line(shortened(line.before, MOST_TEXT), shortened(line.after, MOST_TEXT))


def _few(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """So many stretches, none too long. White space at its ends stays outside of it: it is no change to see."""
    kept: list[Stretch] = []
    for op, words in stretches[:MOST_STRETCHES]:
        body = words.strip()
        opening, closing = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :] if body else ""
        kept += [(DiffOp.KEPT, opening), (op, abridged(body, MOST_TEXT)), (DiffOp.KEPT, closing)]
    kept += [(DiffOp.KEPT, "… and more changes")] if len(stretches) > MOST_STRETCHES else []
    while kept and not kept[-1][1].strip():
        kept.pop()
    return tuple(stretch for stretch in kept if stretch[1])


def _is_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_item(value: Json) -> bool:
    """An object with a name and parts, which a date or a count is not."""
    return isinstance(value, dict) and not value.keys() <= {"date", "count", "type"}


def _went(words: str) -> Line:
    return Line(stretches=((DiffOp.REMOVED, one_line(words)),))


def _came(words: str) -> Line:
    return Line(stretches=((DiffOp.ADDED, one_line(words)),))


def _members(before: dict[str, Json], after: dict[str, Json]) -> list[Line]:
    """What no field of ours took, by its path in the document."""
    paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    shown = [_value(before.get(path), after.get(path), part=shortened(path, MOST_TEXT)) for path in paths[:MOST_ITEMS]]
    return [*shown, *_more(len(paths) - MOST_ITEMS)]


def _more(count: int) -> list[Line]:
    return [Line(stretches=((DiffOp.KEPT, f"and {count:,} more"),))] if count > 0 else []


def _capped(shown: list[Line]) -> list[Line]:
    return [*shown[:MOST_ITEMS], *_more(len(shown) - MOST_ITEMS)]


def _is_organisation(item: dict[str, Json]) -> bool:
    return set(item) <= {"name", "class"}


def _item_changes(before: Json, after: Json) -> list[Line]:
    """One item that came or went; or its name once, and each of its parts that differs."""
    if not before or not after:
        return [_came(value_words(after)) if after else _went(value_words(before))]
    if not (parts := differing_parts(before, after)):
        return [_value(value_words(before), value_words(after))]
    name = kept_name(before, parts)
    heading = [Line(stretches=((DiffOp.KEPT, name),))] if name else []
    shown = [_value(before.get(part), after.get(part), part=one_line(part.replace("_", " "))) for part in parts]
    return [*heading, *shown]


def _unmatched(items: list[Json], others: list[Json]) -> list[Json]:
    known = {repr(item) for item in others}
    return [item for item in items if repr(item) not in known]


def _site_changes(left: list[Json], joined: list[Json]) -> list[list[Line]]:
    """Sites that only changed their status, that closed, and that opened; by country where they are many."""
    now = {_identity(site): site for site in joined}
    moves: dict[tuple[str, str], list[Json]] = {}
    stayed = set()
    for site in left:
        if (later := now.get(_identity(site))) and later.get("status") != site.get("status"):
            stayed.add(_identity(site))
            moves.setdefault((_status(site), _status(later)), []).append(site)
    moved = [Line(old, new, label=where) for (old, new), sites in moves.items() for where in _places(sites)]
    closed = [_went(where) for where in _places([site for site in left if _identity(site) not in stayed])]
    opened = [_came(where) for where in _places([site for site in joined if _identity(site) not in stayed])]
    return [moved, closed, opened]


def _identity(site: dict[str, Json]) -> tuple[Json, ...]:
    return tuple(site.get(name) for name in ("facility", "city", "country", "zip"))


def _status(site: dict[str, Json]) -> str:
    return code_label(site.get("status") or "no status")


def _places(sites: list[dict[str, Json]]) -> list[str]:
    """A line a site, or where they are many a line a country with its number of sites and some of their cities."""
    if len(sites) <= MOST_NAMES:
        return [site_words(site) for site in sites]
    countries: dict[str, list[dict[str, Json]]] = {}
    for site in sites:
        countries.setdefault(site.get("country") or "no country", []).append(site)
    return [_country(name, group) for name, group in sorted(countries.items(), key=lambda pair: -len(pair[1]))]


def _country(name: str, sites: list[dict[str, Json]]) -> str:
    cities = list(dict.fromkeys(one_line(site["city"]) for site in sites if site.get("city")))
    named = f" ({first_few(cities, MOST_NAMES)})" if cities else ""
    return f"{one_line(name)}: {counted(len(sites), 'site')}{named}"
