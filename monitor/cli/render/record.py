"""What `monitor show` shows: a record as people read it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.changes.fields import FIELDS
from monitor.changes.sentences import STOPPED
from monitor.changes.topics import Topic
from monitor.cli.render.details import Row, contact_rows, detail_rows
from monitor.cli.render.siblings import NOWHERE, sibling_rows
from monitor.cli.render.styles import DIM, HEADING, LABEL, NOTICE, TRIAL
from monitor.cli.render.text import styled
from monitor.model import (
    Arm,
    CountryStatus,
    Enrollment,
    Intervention,
    Outcome,
    PartialDate,
    Record,
    Site,
    Snapshot,
    Sponsor,
)
from monitor.render.words import code_label
from monitor.text import comma_list, counted, moment, one_line, readable, stamp
from monitor.views.siblings import Siblings

LABEL_WIDTH = 25
MOST_CITIES = 8


def record_page(record: Record, snapshot: Snapshot, elsewhere: Siblings = NOWHERE) -> RenderableType:
    """The whole record, section by section; sections without content are left out."""
    sections = (
        ("Status", [*_status(record), *detail_rows(record, Topic.ENROLLMENT)]),
        ("In other registries", sibling_rows(elsewhere)),
        ("Conditions", [_listed(record, "conditions"), _listed(record, "keywords")]),
        ("Description", detail_rows(record, Topic.DESCRIPTION)),
        ("Dates", _dates(record)),
        ("Sponsor", [*_sponsor(record), *detail_rows(record, Topic.SPONSOR)]),
        ("Design", [*_design(record), *detail_rows(record, Topic.DESIGN)]),
        ("Arms and interventions", _arms(record)),
        ("Outcomes", [*_outcomes(record), *detail_rows(record, Topic.OUTCOMES)]),
        ("Eligibility", [*_eligibility(record), *detail_rows(record, Topic.ELIGIBILITY)]),
        (_sites_heading(record), _sites(record)),
        ("Contacts", contact_rows(record)),
        ("Expanded access", detail_rows(record, Topic.EXPANDED_ACCESS)),
        ("Oversight", detail_rows(record, Topic.OVERSIGHT)),
        ("Data sharing", detail_rows(record, Topic.SHARING)),
        ("Results", [*_results(record), *detail_rows(record, Topic.RESULTS)]),
        ("Documents", [*_documents(record), *detail_rows(record, Topic.DOCUMENTS)]),
        ("Publications and links", detail_rows(record, Topic.REFERENCES)),
        ("Registration", detail_rows(record, Topic.IDENTITY, Topic.ADMINISTRATIVE)),
    )
    filled = [(heading, [row for row in rows if row[1] is not None]) for heading, rows in sections]
    return Group(_heading(record, snapshot), *(_section(heading, rows) for heading, rows in filled if rows))


def _heading(record: Record, snapshot: Snapshot) -> RenderableType:
    name = styled(record.trial_id, TRIAL)
    if record.acronym:
        name.append("  ").append(one_line(record.acronym), style=LABEL)
    lines = [name]
    if record.brief_title:
        lines.append(styled(one_line(record.brief_title), LABEL))
    if record.official_title and record.official_title != record.brief_title:
        lines.append(styled(one_line(record.official_title), DIM))
    lines.append(styled(record.url, "cyan"))
    taken = f"snapshot {snapshot.number}, taken {moment(snapshot.taken_at)}"
    taken = f"{taken} · registry data of {stamp(snapshot.registry_version)}"
    if snapshot.source is not None:
        taken = f"as of {snapshot.taken_at:%Y-%m-%d}, from {one_line(snapshot.source)}"
    lines.append(Text(taken, style=DIM))
    if record.aliases:
        lines.append(Text(f"also registered as {one_line(', '.join(record.aliases))}", style=DIM))
    return Group(*lines)


def _section(heading: str, rows: Sequence[Row]) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=LABEL_WIDTH)
    grid.add_column(ratio=1, overflow="fold")
    for label, value in rows:
        grid.add_row(styled(one_line(label), DIM), value)
    return Group(Text(), Text(heading, style=HEADING), Padding(grid, (0, 0, 0, 2)))


def _row(record: Record, name: str) -> Row:
    """A field under its own label."""
    return FIELDS[name].label, _value(getattr(record, name))


def _value(value: object) -> RenderableType | None:
    if value is None or value in ("", ()):
        return None
    if isinstance(value, bool):
        return Text("Yes" if value else "No")
    if isinstance(value, PartialDate | Enrollment):
        return _typed(value)
    if isinstance(value, tuple):
        return styled("/".join(one_line(str(item)) for item in value))
    return styled(one_line(str(value)))


def _typed(value: PartialDate | Enrollment) -> Text:
    words = value.text if isinstance(value, PartialDate) else "unknown" if value.count is None else f"{value.count:,}"
    text = styled(one_line(words))
    return text.append(f" ({code_label(value.type).lower()})", style=DIM) if value.type else text


def _status(record: Record) -> list[Row]:
    status = record.overall_status
    words = styled(one_line(status.words), "bold red" if status.code in STOPPED else "bold green") if status else None
    why = styled(f"“{one_line(record.why_stopped)}”", NOTICE) if record.why_stopped else None
    return [
        (FIELDS["overall_status"].label, words),
        _row(record, "last_known_status"),
        _countries(record.country_statuses),
        (FIELDS["why_stopped"].label, why),
        _row(record, "enrollment"),
    ]


def _countries(statuses: Sequence[CountryStatus]) -> Row:
    """A line a country; where the registry gives none a status, their names."""
    if not any(one.words for one in statuses):
        return "Countries", _value(comma_list([one.country for one in statuses]))
    lines = [styled(": ".join(one_line(part) for part in (one.country, one.words) if part)) for one in statuses]
    return FIELDS["country_statuses"].label, Group(*lines)


def _listed(record: Record, name: str) -> Row:
    """A list of names under its own label."""
    names = getattr(record, name)
    return FIELDS[name].label, styled(one_line(comma_list(names))) if names else None


def _dates(record: Record) -> list[Row]:
    names = (
        "start_date",
        "recruitment_end_date",
        "primary_completion_date",
        "completion_date",
        "status_verified_date",
        "last_update_submit_date",
        "last_update_post_date",
    )
    return [_row(record, name) for name in names]


def _sponsor(record: Record) -> list[Row]:
    party = record.responsible_party
    about = [party.name, party.title, party.affiliation] if party else []
    if party and party.type and code_label(party.type).casefold() != (party.title or "").casefold():
        about.append(code_label(party.type))
    return [
        (FIELDS["lead_sponsor"].label, _organisation(record.lead_sponsor) if record.lead_sponsor else None),
        (FIELDS["collaborators"].label, _stacked([_organisation(one) for one in record.collaborators])),
        (FIELDS["responsible_party"].label, _value(", ".join(part for part in about if part))),
    ]


def _organisation(sponsor: Sponsor) -> Text:
    text = styled(one_line(sponsor.name))
    return text.append(f" ({one_line(code_label(sponsor.kind)).lower()})", style=DIM) if sponsor.kind else text


def _design(record: Record) -> list[Row]:
    names = ("study_type", "phases", "allocation", "intervention_model", "masking", "primary_purpose")
    return [_row(record, name) for name in names]


def _arms(record: Record) -> list[Row]:
    rows = [(one.label, _described(code_label(one.type or ""), _under_arm(one))) for one in record.arms]
    return [*rows, *((one.name, _described(code_label(one.type or ""), _under(one))) for one in record.interventions)]


def _under_arm(arm: Arm) -> list[str | None]:
    return [arm.description, f"With {', '.join(arm.interventions)}" if arm.interventions else None]


def _under(intervention: Intervention) -> list[str | None]:
    others = intervention.other_names
    return [intervention.description, f"Also called {', '.join(others)}" if others else None]


def _described(first: str, below: Iterable[str | None]) -> RenderableType:
    lines = [styled(one_line(first))] if first else []
    lines += [styled(readable(text), DIM) for text in below if text]
    return _stacked(lines) or Text("no description", style=DIM)


def _stacked(lines: Sequence[Text]) -> RenderableType | None:
    return Group(*lines) if lines else None


def _outcomes(record: Record) -> list[Row]:
    return [
        (f"{role} {number}" if len(outcomes) > 1 else role, _outcome(outcome))
        for role, outcomes in (
            ("Primary", record.primary_outcomes),
            ("Secondary", record.secondary_outcomes),
            ("Other", record.other_outcomes),
        )
        for number, outcome in enumerate(outcomes, start=1)
    ]


def _outcome(outcome: Outcome) -> RenderableType:
    measure = styled(one_line(outcome.measure))
    if outcome.time_frame:
        measure.append(f"  [{one_line(outcome.time_frame)}]", style="cyan")
    return Group(measure, styled(readable(outcome.description), DIM)) if outcome.description else measure


def _eligibility(record: Record) -> list[Row]:
    ages = [record.minimum_age, record.maximum_age]
    span = f"{ages[0] or 'no lower limit'} to {ages[1] or 'no upper limit'}" if any(ages) else None
    criteria = styled(readable(record.eligibility_criteria)) if record.eligibility_criteria else None
    return [
        ("Age", _value(span)),
        _row(record, "sex"),
        _row(record, "healthy_volunteers"),
        (FIELDS["eligibility_criteria"].label, criteria),
    ]


def _sites_heading(record: Record) -> str:
    """How many sites and countries are named: some registries name countries apart from the sites, or alone."""
    named = sum(1 for site in record.sites if _named(site))
    countries = len({site.country for site in record.sites if site.country})
    where = f" in {counted(countries, 'country', 'countries')}" if countries else ""
    return f"{counted(named, 'site') if named else 'Sites'}{where}"


def _sites(record: Record) -> list[Row]:
    """A row per country, the one with the most sites first."""
    countries = Counter(site.country or "No country given" for site in record.sites)
    return [
        (country, _country([site for site in record.sites if (site.country or "No country given") == country]))
        for country, _ in countries.most_common()
    ]


def _country(sites: Sequence[Site]) -> RenderableType:
    if len(sites) <= MOST_CITIES:
        return Group(*(_site(site) for site in sites))
    cities = Counter(one_line(site.city or "no city given") for site in sites).most_common()
    named = ", ".join(f"{city} {count}" if count > 1 else city for city, count in cities[:MOST_CITIES])
    rest = len(cities) - MOST_CITIES
    text = Text(counted(len(sites), "site")).append(f"  {named}", style=DIM)
    if rest > 0:
        text.append(f" and {counted(rest, 'more city', 'more cities')}", style=DIM)
    statuses = Counter(code_label(site.status) for site in sites if site.status).most_common()
    return text.append("".join(f"\n{status}: {count:,}" for status, count in statuses), style=DIM)


def _site(site: Site) -> Text:
    text = Text(", ".join(one_line(part) for part in _named(site)) or "no site named")
    return text.append(f"  {code_label(site.status)}", style=DIM) if site.status else text


def _named(site: Site) -> list[str]:
    return [part for part in (site.facility, site.city, site.state) if part]


def _results(record: Record) -> list[Row]:
    steps = [f"{code_label(step.type)} {step.date or 'on an unknown date'}" for step in record.submissions]
    return [
        _row(record, "has_results"),
        _row(record, "results_first_submit_date"),
        (FIELDS["submissions"].label, _stacked([styled(one_line(step)) for step in steps])),
    ]


def _documents(record: Record) -> list[Row]:
    return [
        (document.label, _value(" · ".join(part for part in (document.date, document.filename) if part) or "no file"))
        for document in record.documents
    ]
