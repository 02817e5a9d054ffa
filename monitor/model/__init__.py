"""The nouns, in the order in which a registry's answer becomes an alert. Pure.

    record    Document -> Record                                    what a registry serves, and what that says
    change    Snapshot -> Difference -> Change -> Event             what we keep, and what it tells
    checked   Checked -> CheckSummary                               what a check came to
    search    Search                                                what a watch looks for
    rhythm    Rhythm                                                when a subscriber is told
    delivery  Subscription -> Delivery -> Message -> Attempt        who is told, and how that goes; Notice

Words follow the WHO Trial Registration Data Set, then ClinicalTrials.gov's own field names.

A module is loaded when one of its nouns is first asked for here: what is made often, such as a check in which nothing
is new, needs few of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model.change import (
        Change,
        ChangeOrigin,
        ContextLine,
        Difference,
        Event,
        Settlement,
        Significance,
        Snapshot,
        Sum,
        Timing,
    )
    from monitor.model.checked import Checked, CheckSummary, Result, Unlisted
    from monitor.model.delivery import (
        Attempt,
        Cause,
        Delivery,
        DeliveryState,
        DigestCause,
        Endpoint,
        EventCause,
        Filters,
        Interest,
        Message,
        Notice,
        NoticeCause,
        Subscription,
        SubscriptionState,
        WatchGroup,
        delivery_id,
    )
    from monitor.model.record import (
        Arm,
        Coded,
        CountryStatus,
        Document,
        Enrollment,
        Intervention,
        Json,
        Outcome,
        PartialDate,
        Record,
        ResponsibleParty,
        Site,
        Sponsor,
        State,
        StudyDocument,
        Submission,
    )
    from monitor.model.rhythm import Every, Rhythm
    from monitor.model.search import Role, Search

__all__ = [
    "Arm",
    "Attempt",
    "Cause",
    "Change",
    "ChangeOrigin",
    "CheckSummary",
    "Checked",
    "Coded",
    "ContextLine",
    "CountryStatus",
    "Delivery",
    "DeliveryState",
    "Difference",
    "DigestCause",
    "Document",
    "Endpoint",
    "Enrollment",
    "Event",
    "EventCause",
    "Every",
    "Filters",
    "Interest",
    "Intervention",
    "Json",
    "Message",
    "Notice",
    "NoticeCause",
    "Outcome",
    "PartialDate",
    "Record",
    "ResponsibleParty",
    "Result",
    "Rhythm",
    "Role",
    "Search",
    "Settlement",
    "Significance",
    "Site",
    "Snapshot",
    "Sponsor",
    "State",
    "StudyDocument",
    "Submission",
    "Subscription",
    "SubscriptionState",
    "Sum",
    "Timing",
    "Unlisted",
    "WatchGroup",
    "delivery_id",
]

_HELD = {
    "change": "Change ChangeOrigin ContextLine Difference Event Settlement Significance Snapshot Sum Timing",
    "checked": "Checked CheckSummary Result Unlisted",
    "delivery": (
        "Attempt Cause Delivery DeliveryState DigestCause Endpoint EventCause Filters Interest Message Notice "
        "NoticeCause Subscription SubscriptionState WatchGroup delivery_id"
    ),
    "record": (
        "Arm Coded CountryStatus Document Enrollment Intervention Json Outcome PartialDate Record ResponsibleParty "
        "Site Sponsor State StudyDocument Submission"
    ),
    "rhythm": "Every Rhythm",
    "search": "Role Search",
}
"""Which module holds what."""
_HOMES = {noun: module for module, nouns in _HELD.items() for noun in nouns.split()}


def __getattr__(name: str) -> object:
    """The noun of that name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
