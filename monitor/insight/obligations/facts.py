"""What of a record decides what is owed, under the names that ClinicalTrials.gov's API has for it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.insight.obligations.dates import last_day
from monitor.model.record import PartialDate

US = frozenset(
    {
        *("United States", "American Samoa", "Guam", "Northern Mariana Islands", "Puerto Rico"),
        *("Virgin Islands (U.S.)", "U.S. Virgin Islands", "Virgin Islands, U.S."),
    }
)
"""The United States and the territories that count as such, as the registry writes them."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Results sent in for review, and what became of it; days that are not said are None."""

    released: date | None
    unreleased: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The public fields of one record; None where it does not say."""

    study_type: str | None = None
    phases: tuple[str, ...] = ()
    primary_purpose: str | None = None
    status: str | None = None
    why_stopped: str | None = None
    regulated_drug: bool | None = None
    regulated_device: bool | None = None
    regulated_in_2017: bool | None = None
    """What the registry said of `is_fda_regulated` in January 2017, before it dropped the field."""
    is_ppsd: bool = False
    is_us_export: bool | None = None
    intervention_types: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    site_statuses: tuple[str, ...] = ()
    enrollment: int | None = None
    enrollment_type: str | None = None
    start: PartialDate | None = None
    primary_completion: PartialDate | None = None
    completion: PartialDate | None = None
    verified: PartialDate | None = None
    registered: PartialDate | None = None
    certificate: PartialDate | None = None
    """When a certificate of delay, or a request for an extension, was first sent."""
    results_submitted: PartialDate | None = None
    has_results: bool = False
    results_waived: bool = False
    submissions: tuple[Submission, ...] = ()

    @property
    def is_regulated(self) -> bool:
        """Whether either flag says that the FDA regulates the product."""
        return bool(self.regulated_drug or self.regulated_device)

    @property
    def has_us_location(self) -> bool:
        """Whether a place of the trial is in the United States or a territory."""
        return not US.isdisjoint(self.countries)

    @property
    def completed(self) -> PartialDate | None:
        """The primary completion date; the completion date stands in on old records that have none."""
        return self.primary_completion if last_day(self.primary_completion) else self.completion


def facts_of_study(study: Mapping[str, Any]) -> Facts:
    """What a record as the registry's API (v2) serves it says."""
    status, design = _at(study, "protocolSection", "statusModule"), _at(study, "protocolSection", "designModule")
    oversight = _at(study, "protocolSection", "oversightModule")
    locations = _listed(_at(study, "protocolSection", "contactsLocationsModule").get("locations"))
    interventions = _listed(_at(study, "protocolSection", "armsInterventionsModule").get("interventions"))
    tracked = _at(study, "derivedSection", "miscInfoModule", "submissionTracking").get("submissionInfos")
    flat = {
        **{name: design.get(name) for name in ("studyType", "phases")},
        "primaryPurpose": _at(design, "designInfo").get("primaryPurpose"),
        "enrollmentCount": _at(design, "enrollmentInfo").get("count"),
        "enrollmentType": _at(design, "enrollmentInfo").get("type"),
        **{name: status.get(name) for name in ("overallStatus", "whyStopped", "resultsWaived", "studyFirstSubmitDate")},
        **{name: status.get(name) for name in ("statusVerifiedDate", "dispFirstSubmitDate", "resultsFirstSubmitDate")},
        **{
            name: oversight.get(name) for name in ("isFdaRegulatedDrug", "isFdaRegulatedDevice", "isPpsd", "isUsExport")
        },
        **{name: _at(status, f"{name}Struct").get("date") for name in _DATES},
        **{f"{name}Type": _at(status, f"{name}Struct").get("type") for name in _DATES},
        "interventionTypes": [each.get("type") for each in interventions],
        "countries": [each.get("country") for each in locations],
        "siteStatuses": [each.get("status") for each in locations],
        "hasResults": study.get("hasResults"),
        "submissions": tracked,
    }
    return facts_of_flat({name: value for name, value in flat.items() if value is not None})


_DATES = ("startDate", "primaryCompletionDate", "completionDate")


def facts_of_flat(flat: Mapping[str, Any]) -> Facts:
    """What a flat object says, whose names are those of the API's leaves; what it does not say is not known."""
    return Facts(
        study_type=_text(flat.get("studyType")),
        phases=_texts(flat.get("phases")),
        primary_purpose=_text(flat.get("primaryPurpose")),
        status=_text(flat.get("overallStatus")),
        why_stopped=_text(flat.get("whyStopped")),
        regulated_drug=_flag(flat.get("isFdaRegulatedDrug")),
        regulated_device=_flag(flat.get("isFdaRegulatedDevice")),
        regulated_in_2017=_flag(flat.get("snapshot_2017_is_fda_regulated")),
        is_ppsd=_flag(flat.get("isPpsd")) is True,
        is_us_export=_flag(flat.get("isUsExport")),
        intervention_types=_texts(flat.get("interventionTypes")),
        countries=_texts(flat.get("countries")),
        site_statuses=_texts(flat.get("siteStatuses")),
        enrollment=_number(flat.get("enrollmentCount")),
        enrollment_type=_text(flat.get("enrollmentType")),
        start=_date(flat.get("startDate"), flat.get("startDateType")),
        primary_completion=_date(flat.get("primaryCompletionDate"), flat.get("primaryCompletionDateType")),
        completion=_date(flat.get("completionDate"), flat.get("completionDateType")),
        verified=_date(flat.get("statusVerifiedDate")),
        registered=_date(flat.get("studyFirstSubmitDate")),
        certificate=_date(flat.get("dispFirstSubmitDate")),
        results_submitted=_date(flat.get("resultsFirstSubmitDate")),
        has_results=_flag(flat.get("hasResults")) is True,
        results_waived=_flag(flat.get("resultsWaived")) is True,
        submissions=tuple(
            Submission(
                released=last_day(_date(each.get("releaseDate"))), unreleased=last_day(_date(each.get("unreleaseDate")))
            )
            for each in _listed(flat.get("submissions"))
        ),
    )


def _at(of: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    found: Any = of
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _listed(value: object) -> Sequence[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _date(value: object, kind: object = None) -> PartialDate | None:
    return PartialDate(value, _text(kind)) if isinstance(value, str) and value.strip() else None
