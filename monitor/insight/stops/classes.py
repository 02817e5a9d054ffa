"""Why a trial stopped: the 17 classes of Open Targets' classifier, and the groups that people subscribe to."""

from collections.abc import Mapping
from enum import StrEnum


class StopClass(StrEnum):
    """A reason, under the name that the published classifier has for it."""

    ENROLLMENT = "Insufficient_Enrollment"
    BUSINESS = "Business_Administrative"
    NEGATIVE = "Negative"
    LOGISTICS = "Logistics_Resources"
    DESIGN = "Study_Design"
    INVALID = "Invalid_Reason"
    STAFF = "Study_Staff_Moved"
    COVID = "Covid19"
    ANOTHER_STUDY = "Another_Study"
    SAFETY = "Safety_Sideeffects"
    REGULATORY = "Regulatory"
    NO_CONTEXT = "No_Context"
    INTERIM = "Interim_Analysis"
    ENDPOINT_MET = "Endpoint_Met"
    INSUFFICIENT_DATA = "Insufficient_Data"
    ETHICAL = "Ethical_Reason"
    SUCCESS = "Success"


class StopGroup(StrEnum):
    """What a subscriber asks for with `--stopped-for`."""

    SAFETY = "safety"
    EFFICACY = "efficacy"
    SUCCESS = "success"
    SCIENCE = "science"
    ACCRUAL = "accrual"
    BUSINESS = "business"
    OPERATIONS = "operations"
    STAFF = "staff"
    DESIGN = "design"
    AUTHORITY = "authority"
    EXTERNAL = "external"
    NO_REASON = "no reason"


GROUPS: Mapping[StopClass, StopGroup] = {
    StopClass.ENROLLMENT: StopGroup.ACCRUAL,
    StopClass.BUSINESS: StopGroup.BUSINESS,
    StopClass.NEGATIVE: StopGroup.EFFICACY,
    StopClass.LOGISTICS: StopGroup.OPERATIONS,
    StopClass.DESIGN: StopGroup.DESIGN,
    StopClass.INVALID: StopGroup.NO_REASON,
    StopClass.STAFF: StopGroup.STAFF,
    StopClass.COVID: StopGroup.EXTERNAL,
    StopClass.ANOTHER_STUDY: StopGroup.DESIGN,
    StopClass.SAFETY: StopGroup.SAFETY,
    StopClass.REGULATORY: StopGroup.AUTHORITY,
    StopClass.NO_CONTEXT: StopGroup.NO_REASON,
    StopClass.INTERIM: StopGroup.SCIENCE,
    StopClass.ENDPOINT_MET: StopGroup.SUCCESS,
    StopClass.INSUFFICIENT_DATA: StopGroup.SCIENCE,
    StopClass.ETHICAL: StopGroup.AUTHORITY,
    StopClass.SUCCESS: StopGroup.SUCCESS,
}
