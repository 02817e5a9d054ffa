"""A record as rows under headings, in the order of a registry's page: each field once, none left out. Pure.

What the registry says word for word is told from what stands here in our words, and long lists say how long they are,
so that whoever sets them can fold them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache

from monitor.changes.fields import FIELDS, is_coded
from monitor.changes.topics import Topic
from monitor.model import Json, PartialDate, Record, Site, Sponsor
from monitor.render.change_rows import is_verbatim
from monitor.render.words import code_label, path_words, place_label, value_words
from monitor.text import comma_list, counted, one_line, readable

LONG = 120
"""A text beyond this many characters is set as paragraphs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a record says: a *text*, in a line or in paragraphs, and what qualifies it."""

    text: str
    aside: str = ""
    below: str = ""
    """What explains it, in paragraphs."""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A field under its label; *name* is the field's, for all of an arm, an outcome or a country as well."""

    name: str
    label: str
    said: Sequence[Said]
    is_verbatim: bool = False
    """Whether it is what people wrote."""


@dataclass(frozen=True, slots=True)
class RecordSection:
    """Rows under a heading; at least one."""

    key: str
    heading: str
    rows: Sequence[RecordRow]


def record_sections(record: Record) -> list[RecordSection]:
    """The whole record; sections without content are left out."""
    sections = (
        ("status", "Status", _status(record)),
        ("conditions", "Conditions", _by_shape(record, Topic.CONDITIONS)),
        ("description", "Description", [*_titles(record), *_by_shape(record, Topic.DESCRIPTION)]),
        ("dates", "Dates", _dates(record)),
        ("sponsor", "Sponsor", [*_sponsor(record), *_by_shape(record, Topic.SPONSOR)]),
        ("design", "Design", [*_design(record), *_by_shape(record, Topic.DESIGN)]),
        ("arms", "Arms and interventions", _arms(record)),
        ("outcomes", "Outcomes", [*_outcomes(record), *_by_shape(record, Topic.OUTCOMES)]),
        ("eligibility", "Eligibility", [*_eligibility(record), *_by_shape(record, Topic.ELIGIBILITY)]),
        ("sites", "Sites", _sites(record)),
        ("contacts", "Contacts", _contacts(record)),
        ("expanded-access", "Expanded access", _by_shape(record, Topic.EXPANDED_ACCESS)),
        ("oversight", "Oversight", _by_shape(record, Topic.OVERSIGHT)),
        ("sharing", "Data sharing", _by_shape(record, Topic.SHARING)),
        ("results", "Results", [*_results(record), *_by_shape(record, Topic.RESULTS)]),
        ("documents", "Documents", [*_documents(record), *_by_shape(record, Topic.DOCUMENTS)]),
        ("references", "Publications and links", _by_shape(record, Topic.REFERENCES)),
        ("registration", "Registration", _by_shape(record, Topic.IDENTITY, Topic.ADMINISTRATIVE)),
        ("other", "Other content", _rest(record)),
    )
    return [RecordSection(key, heading, rows) for key, heading, rows in sections if rows]


def _row(name: str, said: Iterable[Said], label: str = "") -> list[RecordRow]:
    """The row of a field; none where nothing is said."""
    shown = list(said)
    if not shown:
        return []
    return [RecordRow(name=name, label=label or FIELDS[name].label, said=shown, is_verbatim=is_verbatim(name))]


def _plain(record: Record, name: str) -> list[RecordRow]:
    """A field that is a text, a code, a date, a count, or a list of such."""
    value = getattr(record, name)
    if value is None or value in ("", ()):
        return []
    if isinstance(value, PartialDate):
        return _row(name, [Said(text=one_line(value.text), aside=_kind(value.type))])
    if isinstance(value, bool):
        return _row(name, [Said(text="Yes" if value else "No")])
    if isinstance(value, tuple):
        return _row(name, [Said(text="/".join(one_line(str(each)) for each in value))])
    return _row(name, [_text(str(value))])


def _text(text: str) -> Said:
    return Said(text=readable(text) if len(text) > LONG else one_line(text))


def _kind(code: str | None) -> str:
    return code_label(code).lower() if code else ""


def _each(record: Record, *names: str) -> list[RecordRow]:
    return [row for name in names for row in _plain(record, name)]


def _status(record: Record) -> list[RecordRow]:
    enrollment = record.enrollment
    count = [] if enrollment is None else [enrollment]
    places = (Said(text=one_line(each.country), aside=one_line(each.words)) for each in record.country_statuses)
    return [
        *_each(record, "overall_status", "last_known_status"),
        *_row("country_statuses", places),
        *_plain(record, "why_stopped"),
        *_row(
            "enrollment",
            (Said(text="unknown" if e.count is None else f"{e.count:,}", aside=_kind(e.type)) for e in count),
        ),
        *_by_shape(record, Topic.ENROLLMENT),
    ]


def _titles(record: Record) -> list[RecordRow]:
    return _each(record, "brief_title", "official_title", "acronym")


def _dates(record: Record) -> list[RecordRow]:
    return _each(
        record,
        *("start_date", "recruitment_end_date", "primary_completion_date", "completion_date"),
        *("status_verified_date", "last_update_submit_date", "last_update_post_date"),
    )


def _sponsor(record: Record) -> list[RecordRow]:
    party = record.responsible_party
    about = [party.name, party.title, party.affiliation] if party else []
    named = ", ".join(one_line(part) for part in about if part)
    kind = code_label(party.type) if party and party.type else ""
    return [
        *_row("lead_sponsor", [_organisation(record.lead_sponsor)] if record.lead_sponsor else []),
        *_row("collaborators", map(_organisation, record.collaborators)),
        *_row("responsible_party", [Said(text=named or kind, aside=kind if named else "")] if named or kind else []),
    ]


def _organisation(sponsor: Sponsor) -> Said:
    return Said(text=one_line(sponsor.name), aside=one_line(code_label(sponsor.kind)).lower() if sponsor.kind else "")


def _design(record: Record) -> list[RecordRow]:
    return _each(record, "study_type", "phases", "allocation", "intervention_model", "masking", "primary_purpose")


def _arms(record: Record) -> list[RecordRow]:
    arms = (
        Said(
            text=one_line(each.label),
            aside=code_label(each.type or ""),
            below=_paragraphs(each.description, _named("With", each.interventions)),
        )
        for each in record.arms
    )
    interventions = (
        Said(
            text=one_line(each.name),
            aside=code_label(each.type or ""),
            below=_paragraphs(each.description, _named("Also called", each.other_names)),
        )
        for each in record.interventions
    )
    return [*_row("arms", arms), *_row("interventions", interventions)]


def _named(words: str, names: Sequence[str]) -> str:
    return f"{words} {comma_list([one_line(name) for name in names])}" if names else ""


def _paragraphs(*texts: str | None) -> str:
    return "\n".join(readable(text) for text in texts if text)


def _outcomes(record: Record) -> list[RecordRow]:
    return [
        row
        for name in ("primary_outcomes", "secondary_outcomes", "other_outcomes")
        for row in _row(
            name,
            (
                Said(
                    text=one_line(each.measure),
                    aside=one_line(each.time_frame or ""),
                    below=readable(each.description or ""),
                )
                for each in getattr(record, name)
            ),
        )
    ]


def _eligibility(record: Record) -> list[RecordRow]:
    return _each(record, "minimum_age", "maximum_age", "sex", "healthy_volunteers", "eligibility_criteria")


def _sites(record: Record) -> list[RecordRow]:
    """A row a country, the one with the most sites first; those of which no site is named, in one row."""
    by_country: dict[str, list[Site]] = {}
    for site in record.sites:
        by_country.setdefault(one_line(site.country or ""), []).append(site)
    rows: list[RecordRow] = []
    unnamed: list[Said] = []
    for country, sites in sorted(by_country.items(), key=lambda pair: -len(pair[1])):
        named = [_site(site) for site in sites if _place(site)]
        label = country or "No country given"
        if named:
            rows += _row("sites", named, f"{label}: {counted(len(named), 'site')}" if len(named) > 1 else label)
        else:
            unnamed.append(Said(text=country or "a site without a name"))
    return [*rows, *_row("sites", unnamed, "Countries")]


def _site(site: Site) -> Said:
    return Said(text=_place(site), aside=code_label(site.status) if site.status else "")


def _place(site: Site) -> str:
    return ", ".join(one_line(part) for part in (site.facility, site.city, site.state, site.zip) if part)


def _contacts(record: Record) -> list[RecordRow]:
    return _row("contacts", (_contact(each) for each in record.contacts))


def _contact(contact: Json) -> Said:
    if not isinstance(contact, dict):
        return Said(text=one_line(str(contact)))
    name = one_line(str(contact.get("name") or contact.get("facility") or "no name"))
    members = (contact.get(member) for member in ("role", "affiliation", "facility", "phone", "email"))
    others = [one_line(code_label(str(value))) for value in members if value]
    return Said(text=name, aside=", ".join(other for other in others if other != name))


def _results(record: Record) -> list[RecordRow]:
    steps = (
        Said(text=code_label(step.type), aside=one_line(step.date or "on an unknown date"))
        for step in record.submissions
    )
    kept = "kept whole, and compared; the registry's page sets it as tables"
    results = [Said(text=counted(len(record.results), "section"), aside=kept)] if record.results else []
    return [
        *_each(record, "has_results", "results_first_submit_date"),
        *_row("submissions", steps),
        *_row("results", results),
    ]


def _documents(record: Record) -> list[RecordRow]:
    return _row(
        "documents",
        (
            Said(
                text=one_line(each.label),
                aside=" · ".join(one_line(part) for part in (each.date, each.filename) if part),
            )
            for each in record.documents
        ),
    )


_ATTRIBUTES = frozenset(each.name for each in fields(Record))


def _by_shape(record: Record, *topics: Topic) -> list[RecordRow]:
    """The fields of these topics that are told by the shape of their values alone."""
    return [row for name in _shaped(topics) for row in _of_detail(record, name)]


@cache
def _shaped(topics: tuple[Topic, ...]) -> tuple[str, ...]:
    """Their names. A record has twenty sections, and there are two hundred fields."""
    found = (field.name for field in FIELDS.values() if field.by_shape and field.topic in topics)
    return tuple(name for name in found if name not in _TOLD_ABOVE)


def _of_detail(record: Record, name: str) -> list[RecordRow]:
    value = record.details.get(name)
    if value is None and name in _ATTRIBUTES:
        value = list(getattr(record, name)) if isinstance(getattr(record, name), tuple) else None
    if value is None or value in ("", [], {}):
        return []
    return _row(name, _values(name, value))


_TOLD_ABOVE = frozenset(
    {"brief_title", "official_title", "acronym", "study_type", "phases", "allocation", "intervention_model", "masking"}
    | {"primary_purpose", "minimum_age", "maximum_age", "sex", "healthy_volunteers"}
)


def _values(name: str, value: Json) -> list[Said]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [Said(text=comma_list([one_line(code_label(each) if is_coded(name) else each) for each in value]))]
    if isinstance(value, list):
        return [_item(each) for each in value]
    if isinstance(value, str):
        return [Said(text=code_label(value)) if is_coded(name) else _text(value)]
    if isinstance(value, dict):
        return [_item(value)]
    return [Said(text=value_words(value, name).capitalize())]


_FIRST = ("citation", "label", "measure", "name", "id", "title")
_ADDRESSES = ("url", "link")


def _item(item: Json) -> Said:
    """An object by what names it, then the rest of what it holds."""
    if not isinstance(item, dict):
        return Said(text=value_words(item))
    if item.keys() <= {"date", "type"}:
        return Said(text=one_line(str(item.get("date") or "no date")), aside=_kind(item.get("type")))
    name, address = (next((each for each in names if item.get(each)), "") for names in (_FIRST, _ADDRESSES))
    others = {key: each for key, each in item.items() if each and key not in (name, address)}
    told = [_member(key, each) for key, each in others.items()]
    url = str(item[address]) if address else ""
    text = one_line(str(item[name])) if name else one_line(url) or ", ".join(told)
    return Said(text=text, aside=", ".join(told) if name or address else "", url=url if url.startswith("http") else "")


def _member(key: str, value: Json) -> str:
    words = value_words(value) if not isinstance(value, str) else one_line(code_label(value))
    if key in ("type", "date", "domain", "comment", "description"):
        return words
    return f"{key.upper() if key == 'pmid' else path_words(key)} {words}"


def _rest(record: Record) -> list[RecordRow]:
    """What no field took, by its path in the document."""
    return [
        RecordRow(name="rest", label=place_label(path), said=_values("rest", value))
        for name, whole in sorted(record.rest.items())
        for path, value in _leaves(name, whole)
    ]


def _leaves(path: str, value: Json) -> Iterator[tuple[str, Json]]:
    """What lies in a part of a document, each with its path; nothing of what is empty."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(f"{path}.{name}", part)
    elif value not in (None, "", []):
        yield path, value
