"""The columns of an export by their folded names, and what becomes of each. Pure.

Read by name, never by position: the portal's XML and CSV write one name in several ways, and spreadsheets add and drop
columns. A column that is not there tells nothing, which differs from one that is empty.
"""

import re
from collections.abc import Iterator, Mapping

COLUMNS: Mapping[str, str] = {
    "publictitle": "public_title",
    "scientifictitle": "scientific_title",
    "acronym": "acronym",
    "primarysponsor": "primary_sponsor",
    "secondarysponsor": "secondary_sponsors",
    "secondarysponsors": "secondary_sponsors",
    "recruitmentstatus": "recruitment_status",
    "dateregistration": "date_registration",
    "dateenrollement": "date_enrollment",
    "dateenrollment": "date_enrollment",
    "dateenrolment": "date_enrollment",
    "targetsize": "target_size",
    "studytype": "study_type",
    "studydesign": "study_design",
    "phase": "phase",
    "countries": "countries",
    "inclusionagemin": "minimum_age",
    "inclusionagemax": "maximum_age",
    "inclusiongender": "gender",
    "inclusioncriteria": "inclusion_criteria",
    "exclusioncriteria": "exclusion_criteria",
    "condition": "condition",
    "intervention": "intervention",
    "primaryoutcome": "primary_outcome",
    "secondaryoutcome": "secondary_outcome",
    "secondaryoutcomes": "secondary_outcome",
    "resultsdateposted": "results_date_posted",
    "resultsdatecompleted": "results_date_completed",
    "resultsurllink": "results_url",
    "resultsyesno": "results",
    "secondaryid": "secondary_ids",
    "secondaryids": "secondary_ids",
    "sourcesupport": "source_support",
    "ethicsstatus": "ethics_status",
    "ethicsapprovaldate": "ethics_approval_date",
    "resultsipdplan": "ipd_plan",
    "resultsipddescription": "ipd_description",
    "resultssummary": "results_summary",
}
"""What a document keeps, by the folded name of its column."""

DATES = frozenset(
    {
        "date_registration",
        "date_enrollment",
        "results_date_posted",
        "results_date_completed",
        "ethics_approval_date",
    }
)
ID, TITLE, REFRESHED, EXPORTED, SOURCE = "trialid", "publictitle", "lastrefreshedon", "exportdate", "sourceregister"

_LEFT_OUT = frozenset(
    {
        *(ID, REFRESHED, EXPORTED, SOURCE),
        *("internalnumber", "dateregistration3", "webaddress", "otherrecords", "retrospectiveflag"),
        *("bridgingflagtruefalse", "bridgedtype", "childs", "primaryid"),
    }
)
"""Of the row and of the portal's own bookkeeping, not of the trial."""
_OF_PEOPLE = re.compile("contact|email|phone|telephone|fax|address|firstname|lastname|affiliation")


def folded(name: str) -> str:
    """What is equal for one column in XML, in CSV, and in the hands of a spreadsheet."""
    return re.sub(r"[\W_]+", "", name).lower()


def kept(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The columns that a document keeps, by its names for them, of a row by folded ones."""
    for name, value in row.items():
        if known := COLUMNS.get(name):
            yield known, value


def unknown_columns(row: Mapping[str, str]) -> list[str]:
    """The columns that nobody knows here; those that may hold somebody's name or address are not named either."""
    return sorted(
        name for name in row if name and name not in COLUMNS and name not in _LEFT_OUT and not _OF_PEOPLE.search(name)
    )
