"""One change's before and after, as lines: "60 (estimated) → 0 (actual)", or what was removed and added. Pure.

What is shown follows from the types of the two values, so a new kind of field needs nothing here. Every line is safe to
show, and cut unless it is asked for whole; a cut says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.changes.fields import FIELDS, is_coded
from monitor.changes.kinds import KINDS
from monitor.changes.searches import said_again
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.language.worded import worded
from monitor.model import Change, Json, Timing
from monitor.model.language import ENGLISH
from monitor.render.countries import country_words
from monitor.render.worddiff import DiffOp, Stretch, compare_readable, excerpt
from monitor.render.words import code_label, part_words, site_words, value_words
from monitor.text import abridged, one_line, readable, shortened

LONG = 60
"""A text beyond this many characters is compared word by word."""

MOST_TEXT = 320
MOST_STRETCHES = 24
MOST_ITEMS = 6
MOST_NAMES = 5

_WITHOUT_PARTS = {"results": worded("a results section")}
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
    is_verbatim: bool = field(default=False, compare=False)
    """Whether its values are what people wrote, in their language."""


def label(change: Change, texts: Texts = IN_ENGLISH) -> str:
    """What people call the field."""
    if change.kind in KINDS and (own := KINDS[change.kind].label):
        return texts.known(own)
    return field_label(change.field, texts)


def field_label(field: str, texts: Texts = IN_ENGLISH) -> str:
    """What people call a field, by its name in changes."""
    return texts.known(FIELDS[field].label) if field in FIELDS else one_line(field.replace("_", " "))


def lines(change: Change, *, whole: bool = False, texts: Texts = IN_ENGLISH) -> list[Line]:
    """The change's before and after, in as many lines as it has items.

    *whole*: texts with all that stayed in them, values uncut, and every country of sites, for who has the room.
    """
    shown = _lines(change, texts, every_country=whole)
    return shown if whole else [_bounded(line, texts) for line in shown]


def is_compared(change: Change) -> bool:
    """Whether its lines are two long texts, compared word by word, which takes long to make."""
    texts = [value for value in (change.before, change.after) if isinstance(value, str)]
    return len(texts) == 2 and texts[0] != texts[1] and max(map(len, texts)) > LONG


def differing_parts(before: Json, after: Json) -> list[str]:
    """The parts in which an item that keeps its name differs; empty where that is no way to show the change."""
    if not (is_item(before) and is_item(after)) or _is_organisation(before) or _is_organisation(after):
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


def not_shown_yet(change: Change, *, beside: str = "", shown: Sequence[Line] | None = None) -> str:
    """The part of the summary that neither the label, the `lines` nor *beside* show already; empty if there is none.

    *shown* are the lines, where they are at hand.

    "Completion date slipped from 2027-09 to 2028-05, 8 months later." next to the two dates is "8 months later." When
    in the trial's life it was is news by itself only where it casts doubt on the change.
    """
    known = _seen(change, lines(change) if shown is None else shown, beside) | _SHOWN_BY_VALUES | _JOINING_WORDS
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


def _seen(change: Change, shown: Sequence[Line], beside: str) -> set[str]:
    texts = [text for line in shown for text in (line.label, line.before, line.after, *(w for _, w in line.stretches))]
    return _words(" ".join((label(change), *texts, beside)))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _lines(change: Change, texts: Texts, *, every_country: bool) -> list[Line]:
    before, after, field = change.before, change.after, change.field
    if field in _WITHOUT_PARTS:
        old, new = (texts.said(_WITHOUT_PARTS[field]) if value else texts.gettext("none") for value in (before, after))
        return [Line(old, new)]
    if field == "rest":
        return _members(before or {}, after or {}, texts)
    if field == "trial_id":
        return card(after, change.words, texts) if isinstance(after, dict) else []
    if field == "overall_status" and change.kind == "status.stopped" and before is None:
        return []  # that is how the trial stood when it was first seen: the sentence says so
    if before == after and isinstance(before, str):
        return _in_other_words(change, texts)
    if _is_objects(before) or _is_objects(after):
        left, joined = unmatched(before or [], after or []), unmatched(after or [], before or [])
        if field == "sites":
            groups = _site_changes(left, joined, texts)
            return [line for group in groups for line in (group if every_country else _capped(group, texts))]
        return [
            *_capped([_went(value_words(item, texts=texts)) for item in left], texts),
            *_capped([_came(value_words(item, texts=texts)) for item in joined], texts),
        ]
    if is_item(before) or is_item(after):
        return _item_changes(before, after, texts)
    return [_value(before, after, texts, field, own=change.words)]


def _in_other_words(change: Change, texts: Texts) -> list[Line]:
    """Both of a registry's words for one code, of which a change has the later ones, and its sentence the former."""
    now = value_words(change.after, change.field, change.words)
    told = re.search(rf" went from (.+) to {re.escape(now)}(?:[.:]|$)", one_line(change.summary))
    if told is None:
        return []
    return [Line(shortened(texts.known(told[1]), MOST_TEXT), shortened(texts.known(now), MOST_TEXT))]


_CARD = {
    "title": worded("Title"),
    "overall_status": worded("Overall status"),
    "why_stopped": worded("Why stopped"),
    "phases": worded("Phase"),
    "conditions": worded("Conditions"),
    "interventions": worded("Interventions"),
    "enrollment": worded("Enrollment"),
    "start_date": worded("Start date"),
    "primary_completion_date": worded("Primary completion date"),
    "completion_date": worded("Completion date"),
    "lead_sponsor": worded("Lead sponsor"),
    "countries": worded("Countries"),
    "registered_on": worded("Registered on"),
}
"""What a new trial is shown by, in this order."""


def card(facts: dict[str, Json], own: Mapping[str, str] | None, texts: Texts = IN_ENGLISH) -> list[Line]:
    """What a reader wants to know of a trial that they never saw, and by which watch it came; *own* as in a change."""
    shown = [
        Line(
            stretches=((DiffOp.KEPT, shortened(value_words(facts[name], name, own, texts), MOST_TEXT)),),
            label=texts.said(words),
        )
        for name, words in _CARD.items()
        if facts.get(name)
    ]
    found = facts.get("found_by") or {}
    search = one_line(texts.said(said_again(found["search"]))) if found.get("search") else ""
    watch = texts.gettext(": ").join(each for each in (one_line(found.get("watch") or ""), search) if each)
    return [*shown, *([Line(stretches=((DiffOp.KEPT, watch),), label=texts.gettext("Watch"))] if watch else [])]


def _value(
    before: Json, after: Json, texts: Texts, field: str = "", *, part: str = "", own: Mapping[str, str] | None = None
) -> Line:
    """A *part* is one among several, and never long. Names in a list are compared as the lines of a text are."""
    written = ["\n".join(value) if _is_names(value) else value for value in (before, after)]
    written = [text for text in written if isinstance(text, str)]
    if len(written) == 2 and max(map(len, written)) > LONG:
        return Line(stretches=tuple(compare_readable(*written)), label=part, is_verbatim=True)
    old, new = (
        one_line(
            readable(value) if isinstance(value, str) and len(value) > LONG else value_words(value, field, own, texts)
        )
        for value in (before, after)
    )
    is_verbatim = bool(written) and not (is_coded(field) or field.endswith(("_date", "_age")))
    if not part:
        return Line(old, new, is_verbatim=is_verbatim)
    return Line(shortened(old, MOST_TEXT), shortened(new, MOST_TEXT), label=part, is_verbatim=is_verbatim)


def _bounded(line: Line, texts: Texts) -> Line:
    if line.stretches:
        return replace(line, stretches=_few(excerpt(line.stretches), texts))
    if line.label:
        return line
    return replace(line, before=shortened(line.before, MOST_TEXT), after=shortened(line.after, MOST_TEXT))


def _few(stretches: Sequence[Stretch], texts: Texts) -> tuple[Stretch, ...]:
    """So many stretches, none too long. White space at its ends stays outside of it: it is no change to see."""
    kept: list[Stretch] = []
    for op, words in stretches[:MOST_STRETCHES]:
        body = words.strip()
        opening, closing = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :] if body else ""
        kept += [(DiffOp.KEPT, opening), (op, abridged(body, MOST_TEXT)), (DiffOp.KEPT, closing)]
    kept += [(DiffOp.KEPT, texts.gettext("… and more changes"))] if len(stretches) > MOST_STRETCHES else []
    while kept and not kept[-1][1].strip():
        kept.pop()
    return tuple(stretch for stretch in kept if stretch[1])


def _is_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def is_item(value: Json) -> bool:
    """An object with a name and parts, which a date or a count is not."""
    return isinstance(value, dict) and not value.keys() <= {"date", "count", "type"}


def _went(words: str) -> Line:
    return Line(stretches=((DiffOp.REMOVED, one_line(words)),), is_verbatim=True)


def _came(words: str) -> Line:
    return Line(stretches=((DiffOp.ADDED, one_line(words)),), is_verbatim=True)


def _members(before: dict[str, Json], after: dict[str, Json], texts: Texts) -> list[Line]:
    """What no field of ours took, by its path in the document."""
    paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    shown = [
        _value(before.get(path), after.get(path), texts, part=shortened(path, MOST_TEXT)) for path in paths[:MOST_ITEMS]
    ]
    return [*shown, *_more(len(paths) - MOST_ITEMS, texts)]


def _more(count: int, texts: Texts) -> list[Line]:
    if count <= 0:
        return []
    words = texts.gettext("and {count} more").format(count=texts.number(count))
    return [Line(stretches=((DiffOp.KEPT, words),))]


def _capped(shown: list[Line], texts: Texts) -> list[Line]:
    return [*shown[:MOST_ITEMS], *_more(len(shown) - MOST_ITEMS, texts)]


def _is_organisation(item: dict[str, Json]) -> bool:
    return set(item) <= {"name", "class"}


def _item_changes(before: Json, after: Json, texts: Texts) -> list[Line]:
    """One item that came or went; or its name once, and each of its parts that differs."""
    if not before or not after:
        return [_came(value_words(after, texts=texts)) if after else _went(value_words(before, texts=texts))]
    if not (parts := differing_parts(before, after)):
        return [_value(value_words(before, texts=texts), value_words(after, texts=texts), texts)]
    name = kept_name(before, parts)
    heading = [Line(stretches=((DiffOp.KEPT, name),))] if name else []
    shown = [
        _value(_part(before, part, texts), _part(after, part, texts), texts, part=part_words(part, texts))
        for part in parts
    ]
    return [*heading, *shown]


def _part(item: dict[str, Json], name: str, texts: Texts) -> Json:
    """A member of an item; what is a code in words, where English shows it as it is."""
    value = item.get(name)
    if not isinstance(value, str) or texts.language == ENGLISH:
        return value
    if name == "role":
        return texts.known(value)
    return code_label(value, texts) if name in ("type", "class") else value


def unmatched(items: list[Json], others: list[Json]) -> list[Json]:
    """Those of *items* that are not among *others*."""
    known = {repr(item) for item in others}
    return [item for item in items if repr(item) not in known]


def _site_changes(left: list[Json], joined: list[Json], texts: Texts) -> list[list[Line]]:
    """Sites that only changed their status, that closed, and that opened; by country where they are many."""
    now = {_identity(site): site for site in joined}
    moves: dict[tuple[str, str], list[Json]] = {}
    stayed = set()
    for site in left:
        if (later := now.get(_identity(site))) and later.get("status") != site.get("status"):
            stayed.add(_identity(site))
            moves.setdefault((_status(site, texts), _status(later, texts)), []).append(site)
    moved = [Line(old, new, label=where) for (old, new), sites in moves.items() for where in _places(sites, texts)]
    closed = [_went(where) for where in _places([site for site in left if _identity(site) not in stayed], texts)]
    opened = [_came(where) for where in _places([site for site in joined if _identity(site) not in stayed], texts)]
    return [moved, closed, opened]


def _identity(site: dict[str, Json]) -> tuple[Json, ...]:
    return tuple(site.get(name) for name in ("facility", "city", "country", "zip"))


def _status(site: dict[str, Json], texts: Texts) -> str:
    return code_label(site["status"], texts) if site.get("status") else texts.gettext("no status")


def _places(sites: list[dict[str, Json]], texts: Texts) -> list[str]:
    """A line a site, or where they are many a line a country with its number of sites and some of their cities."""
    if len(sites) <= MOST_NAMES:
        return [site_words(site, texts) for site in sites]
    countries: dict[str, list[dict[str, Json]]] = {}
    for site in sites:
        countries.setdefault(site.get("country") or texts.gettext("no country"), []).append(site)
    ranked = sorted(countries.items(), key=lambda pair: -len(pair[1]))
    return [_country(name, group, texts) for name, group in ranked]


def _country(name: str, sites: list[dict[str, Json]], texts: Texts) -> str:
    cities = list(dict.fromkeys(one_line(site["city"]) for site in sites if site.get("city")))
    named = f" ({texts.first_few(cities, MOST_NAMES)})" if cities else ""
    count = texts.ngettext("{count} site", "{count} sites", len(sites)).format(count=texts.number(len(sites)))
    return texts.gettext("{name}: {words}").format(name=country_words(name, texts), words=f"{count}{named}")
