"""Real records, where they lie beside the clone: re-downloads of one record say the same."""

import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.changes.diff import diff
from monitor.registries.euctr.documents import document_of, text_of
from monitor.registries.euctr.drift import unknown
from monitor.registries.euctr.lines import country_texts, plain_lines
from monitor.registries.euctr.record import parse

REAL = Path(__file__).parents[4] / "shared/data/registries/euctr"
RAW = REAL / "raw_text/ctrdata_test_error_trials_euctr.txt"
READ = sorted((REAL / "ctrdata").glob("*/*.json"))
SECTIONS = {
    "A": "A. Protocol Information",
    "B": "B. Sponsor Information",
    "D": "D. IMP Identification",
    "E": "E. General Information on the Trial",
    "F": "F. Population of Trial Subjects",
    "H": "H. Third country",
    "N": "N. Review by the Competent Authority or Ethics Committee in the country concerned",
    "P": "P. End of Trial",
}
LABELS = {
    "e83single_site_trial": "E.8.3 the trial involves single site in the member state concerned",
    "e84_multiple_sites_in_member_state": "E.8.4 the trial involves multiple sites in the member state concerned",
    "e863_trial_sites_planned_in": "E.8.6.3 Regions",
    "e863_if_e861_or_e862_are_yes_specify_the_regions_in_which_trial_sites_are_planned": "E.8.6.3 Regions",
    "a2_eudract_number": "A.2 EudraCT number",
    "p_end_of_trial_status": "P. End of Trial Status",
    "p_date_of_the_global_end_of_the_trial": "P. Date of the global end of the trial",
    "n_competent_authority_decision": "N. Competent Authority Decision",
    "n_date_of_competent_authority_decision": "N. Date of Competent Authority Decision",
    "n_ethics_committee_opinion_of_the_trial_application": "N. Ethics Committee Opinion of the trial application",
    "n_date_of_ethics_committee_opinion": "N. Date of Ethics Committee Opinion",
    "n_ethics_committee_opinion_reasons_for_unfavourable_opinion": (
        "N. Ethics Committee Opinion: Reason(s) for unfavourable opinion"
    ),
}
"""Names that the reader of these records gave to lines which it does not name by the rule."""
CODES = (
    "D.3.11.3.1 D.3.11.3.2 D.3.11.3.3 D.3.11.3.4 D.3.11.3.5 D.3.11.10 D.3.11.11 D.3.11.12 D.3.11.13 D.2.1.1.1",
    "D.2.1.1.2 D.3.10.1 D.3.10.2 D.3.10.3 E.6.10 E.6.11 E.6.12 E.6.13 E.6.13.1",
)
BY_DIGITS = {code.replace(".", "").lower(): code for codes in CODES for code in codes.split()}


def code_of(name):
    """`e511_timepoints…` is E.5.1.1; of several digits each is a level, but for those in CODES."""
    found = re.match("([a-p])([0-9]+)", name)
    letters = found[0]
    return BY_DIGITS.get(letters) or ".".join([found[1].upper(), *found[2]])


def line(name, value):
    """The line of the text form that a value was read from."""
    if name in LABELS:
        return f"{LABELS[name]}: {value}"
    label = name.split("_", 1)[1].replace("_", " ") if "_" in name else name
    translated = re.fullmatch("(.*) ([a-z]{2})", label)
    if translated and translated[2] in ("es", "pt", "it", "de", "fr", "pl", "el"):
        label = f"{translated[1]} ({translated[2]})"
    return f"{code_of(name)} {label}: {value}"


def text_form(record):
    """The record in text form, as far as the JSON made of it tells."""
    trial_id, country = record["a2_eudract_number"], record["country"]
    out = [
        "Summary",
        f"EudraCT Number: {trial_id}",
        f"Trial Status: {record['x5_trial_status'] or ''}",
        f"Date on which this record was first entered in the EudraCT database: {record[ENTERED]}",
        f"Link: https://www.clinicaltrialsregister.eu/ctr-search/trial/{trial_id}/{country}/",
    ]
    for letter, head in SECTIONS.items():
        out.append(head)
        for name in sorted(key for key in record if re.match(f"{letter.lower()}([0-9]|_|imp)", key) or key == "dimp"):
            if name == "dimp" and letter != "D":
                continue
            out += list(lines_of(name, record[name]))
    return "\n".join(out)


ENTERED = "x6_date_on_which_this_record_was_first_entered_in_the_eudract_database"


def lines_of(name, value):
    if isinstance(value, list):
        for number, item in enumerate(value, 1):
            if name == "dimp":
                yield f"D.IMP: {item.get('_dimp', number)}"
            elif name == "b1_sponsor":
                yield f"Sponsor {item.get('_b1_sponsor', number)}"
            yield from lines_of("", item)
    elif isinstance(value, dict):
        for key in value:
            if not key.startswith("_"):
                yield from lines_of(key, value[key])
    elif name and re.match("[a-p]([0-9]|_)", name) and value not in (None, ""):
        yield line(name, str(value))


def document(path):
    record = json.loads(path.read_text(encoding="utf-8"))
    trial_id, _, country = path.parent.name.rpartition("-")
    record["country"] = country
    (text,) = country_texts(plain_lines(text_form(record)))
    return document_of(trial_id, {country: text}, None)


@pytest.mark.skipif(not READ, reason="no real records here")
def test_downloads_of_one_record_say_the_same():
    pairs = [(a, b) for a, b in pairwise(READ) if a.parent == b.parent]
    assert len(pairs) >= 10
    for before, after in pairs:
        old, new = parse(document(before)), parse(document(after))

        assert diff(old, new, on=datetime(2026, 11, 20, tzinfo=UTC).date()) == (), (before, after)
        assert old.overall_status is None or old.enrollment


@pytest.mark.skipif(not READ, reason="no real records here")
def test_in_real_records_nothing_is_unknown():
    for path in READ:
        found = unknown(document(path).content)

        assert found == (), path


@pytest.mark.skipif(not READ, reason="no real records here")
def test_one_trial_of_seven_countries_stands_as_where_it_goes_on():
    records = {}
    for path in READ:
        if path.parent.name.startswith("2014-002606-20-") and path.name.startswith("2022"):
            record = json.loads(path.read_text(encoding="utf-8"))
            record["country"] = country = path.parent.name.rpartition("-")[2]
            (records[country],) = country_texts(plain_lines(text_form(record)))
    record = parse(document_of("2014-002606-20", records, None))

    assert str(record.overall_status) == "Ongoing"
    assert {one.country: one.words for one in record.country_statuses} == {
        "Austria": "Ongoing",
        "Germany": "Temporarily Halted",
        "Spain": "Ongoing",
        "United Kingdom": "GB - no longer in EU/EEA",
        "Italy": "Not Authorised",
        "Portugal": "Ongoing",
    }


@pytest.mark.skipif(not RAW.exists(), reason="no real records here")
def test_real_texts_are_read():
    found = list(country_texts(plain_lines(text_of(RAW.read_bytes()))))

    assert len(found) == 10
    for text in found:
        (trial_id,) = text.trial_ids
        record = parse(document_of(trial_id, {"XX": text}, None))
        assert record.overall_status
        assert record.enrollment
        assert record.lead_sponsor
        assert record.phases
        assert record.primary_outcomes
        assert record.eligibility_criteria
        assert record.interventions
