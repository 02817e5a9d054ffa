"""Trials as the text and RSS that EUCTR serves. Pure."""

from collections.abc import Iterable, Mapping
from email.utils import format_datetime
from xml.sax.saxutils import escape

from monitor.model import Json
from monitor.sandbox.euctr.trials import NAMES
from monitor.sandbox.small.trees import Trial

NOTICE = (
    "This file contains full details on each clinical trial selected for download. Where multi-state trials have been "
    "downloaded full information for each of the member states/countries involved in the trial are included separately."
)
SITE = "https://www.clinicaltrialsregister.eu/ctr-search"
OUTSIDE = "Outside EU/EEA"


def country_text(tree: Json, code: str) -> bytes:
    """One country's record in text form."""
    country, trial_id = tree["countries"][code], tree["eudract"]
    authority = NAMES.get(code, code)
    lines = [
        NOTICE,
        "",
        "Summary",
        f"EudraCT Number: {trial_id}",
        f"Sponsor's Protocol Code Number: {tree['protocol_code']}",
        f"National Competent Authority: {authority}",
        f"Clinical Trial Type: {'Outside EU/EEA' if code == '3RD' else 'EEA CTA'}",
        f"Trial Status: {country['status']}",
        f"Date on which this record was first entered in the EudraCT database: {country['entered']}",
        f"Link: {SITE}/trial/{trial_id}/{code}/",
        "",
        *protocol(tree, authority),
        *general(tree, country),
        "",
        "N. Review by the Competent Authority or Ethics Committee in the country concerned",
        f"N. Date of Competent Authority Decision: {country['entered']}",
        "N. Competent Authority Decision: Authorised",
        "",
        "P. End of Trial",
        f"P. End of Trial Status: {country['status']}",
        f"P. Date of the global end of the trial: {country.get('ended', '')}",
        "",
    ]
    return "\r\n".join(line.replace("\n", "\r\n") for line in lines).encode()


def protocol(tree: Mapping[str, Json], authority: str) -> list[str]:
    """Sections A, B and D."""
    return [
        "A. Protocol Information",
        f"A.1 Member State Concerned: {authority}",
        f"A.2 EudraCT number: {tree['eudract']}",
        f"A.3 Full title of the trial: {tree['title']}: a randomised trial",
        f"A.3.1 Title of the trial for lay people, in easily understood, i.e. non-technical, language: {tree['title']}",
        f"A.4.1 Sponsor's protocol code number: {tree['protocol_code']}",
        "",
        "B. Sponsor Information",
        "Sponsor 1",
        f"B.1.1 Name of Sponsor: {tree['sponsor']}",
        f"B.1.3.4\tCountry: {tree['sponsor_country']}",
        "B.3.1 and B.3.2\tStatus of the sponsor: Commercial",
        "B.5 Contact point designated by the sponsor for further information on the trial",
        "B.5.2 Functional name of contact point: Nobody",
        "B.5.6 E-mail: nobody@example.org",
        "",
        "D. IMP Identification",
        "D.IMP: 1",
        "D.1.2 and D.1.3 IMP Role: Test",
        f"D.3.1 Product name: {tree['product']}",
        "D.3.4 Pharmaceutical form: Tablet",
        "",
        "D.8 Information on Placebo",
        "",
    ]


def general(tree: Mapping[str, Json], country: Mapping[str, Json]) -> list[str]:
    """Sections E and F."""
    return [
        "E. General Information on the Trial",
        "E.1 Medical condition or disease under investigation",
        f"E.1.1 Medical condition(s) being investigated: {tree['condition']}",
        "MedDRA Classification",
        "E.2 Objective of the trial",
        f"E.2.1 Main objective of the trial: {tree['objective']}",
        f"E.3 Principal inclusion criteria: {tree['inclusion']}",
        f"E.4 Principal exclusion criteria: {tree['exclusion']}",
        "E.5 End points",
        f"E.5.1 Primary end point(s): {tree['primary']}",
        f"E.5.1.1 Timepoint(s) of evaluation of this end point: {tree['primary_when']}",
        f"E.5.2 Secondary end point(s): {tree['secondary']}",
        f"E.5.2.1 Timepoint(s) of evaluation of this end point: {tree['secondary_when']}",
        "E.7 Trial type and phase",
        "E.7.1 Human pharmacology (Phase I): No",
        "E.7.2 Therapeutic exploratory (Phase II): No",
        "E.7.3 Therapeutic confirmatory (Phase III): Yes",
        "E.7.4 Therapeutic use (Phase IV): No",
        "E.8 Design of the trial",
        "E.8.1 Controlled: Yes",
        "E.8.1.1 Randomised: Yes",
        "",
        "F. Population of Trial Subjects",
        "F.1 Age Range",
        "F.1.2 Adults (18-64 years): Yes",
        "F.2 Gender",
        "F.2.1 Female: Yes",
        "F.2.2 Male: Yes",
        "F.4 Planned number of subjects to be included",
        f"F.4.1 In the member state: {country['participants']}",
        f"F.4.2.2 In the whole clinical trial: {tree['participants']}",
    ]


def summary_text(found: Iterable[Trial]) -> bytes:
    """The summaries of the trials that a search found; nothing at all where it found none."""
    lines: list[str] = []
    for trial in found:
        tree = trial.tree
        countries = tree["countries"]
        listed = [f"{OUTSIDE if code == '3RD' else code} ({countries[code]['status']})" for code in sorted(countries)]
        first: Json = next(iter(countries.values()), {})
        lines += [
            f"EudraCT Number: {tree['eudract']}",
            f"Sponsor Protocol Number: {tree['protocol_code']}",
            f"Sponsor Name: {tree['sponsor']}",
            f"Full Title: {tree['title']}: a randomised trial",
            f"Start Date: {first.get('entered', '')}",
            f"Medical condition: {tree['condition']}",
            "Population Age: Adults",
            "Gender: Male, Female",
            f"Trial protocol: {' '.join(listed)}",
            f"Trial results: {'View results' if tree['results'] else '(No results available)'}",
            f"Link: {SITE}/search?query=eudract_number:{tree['eudract']}",
            "",
        ]
    return "\r\n".join(lines).encode()


def search_page(found: int) -> bytes:
    """The page of a search, which says how many trials it found."""
    told = f"Trials with a EudraCT protocol ({found:,})"
    return f"<!DOCTYPE html>\n<html><head><title>Search</title></head><body><p>{told}</p></body></html>\n".encode()


def feed(edited: Iterable[Trial]) -> bytes:
    """The RSS of the trials that were edited in the last seven days."""
    items = "".join(
        f"<item><title>{escape(str(trial.tree['title']))}</title>"
        f"<link>{SITE}/search?query=eudract_number:{trial.tree['eudract']}</link>"
        f"<pubDate>{format_datetime(trial.edited_at)}</pubDate></item>"
        for trial in edited
    )
    head = "<title>EU Clinical Trials Register</title><description>Updated in the last seven days</description>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
