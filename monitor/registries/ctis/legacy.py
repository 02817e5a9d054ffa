"""Records of the portal before June 2024 in the form that it has had since. Pure.

The relaunch changed the form of every record, and the content of none: read in one form, they differ in nothing. What
only the former form has, and what only the present one has, is silent: see `SILENT`.
"""

from monitor.registries.ctis.trees import object_at, objects_at
from monitor.registries.taking import Node

MARK = "formerForm"
SILENT = frozenset(
    ("applications", "documents", "has_results", "milestones", "results", "rest", "last_update_post_date")
)
"""Fields of which a record of the former form says nothing, or says it in a way that cannot be compared."""


def is_former(record: Node) -> bool:
    """Whether this is the former form, as it came."""
    return "authorizedApplication" not in record and type(record.get("authorizedPartI")) is dict


def relaunched(record: Node) -> Node:
    """The record in the present form."""
    application = {
        "authorizedPartI": record["authorizedPartI"],
        "authorizedPartsII": record.get("authorizedPartsII"),
        "memberStatesConcerned": [
            {"mscName": state.get("mscName")} for state in objects_at(record, "memberStatesConcerned")
        ],
        "eudraCt": {"eudraCtCode": object_at(record, "eudraCtInfo").get("eudraCtCode")},
    }
    events = [
        {
            "mscName": state.get("mscName"),
            "events": [
                {"notificationType": notice.get("notificationType"), "date": notice.get("date")}
                for notice in objects_at(state, "mscNotificationsListInfo")
            ],
        }
        for state in objects_at(record, "mscTrialNotificationsInfoList")
    ]
    return {
        MARK: True,
        "ctNumber": record.get("ctNumber"),
        "ctPublicStatusCode": record.get("ctStatus"),
        "startDateEU": record.get("startDateEU") or record.get("eeaStartDate") or record.get("trialStartDate"),
        "endDateEU": record.get("endDateEU"),
        "lastUpdated": record.get("lastUpdated"),
        "trialPhase": record.get("trialPhase"),
        "trialCountries": record.get("trialCountries"),
        "totalNumberEnrolled": record.get("totalNumberEnrolled"),
        "authorizedApplication": application,
        "events": {"trialEvents": events},
    }
