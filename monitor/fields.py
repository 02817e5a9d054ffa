"""Which fields are watched, what people call them, and which kinds of change there are. Pure.

A new field takes one attribute of `monitor.model.Record`, one line here, and one path in each registry's parser.
A new kind takes one line here and one rule in `monitor.significance`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a change is about: people subscribe to topics."""

    STATUS = "status"
    ENROLLMENT = "enrollment"
    DATES = "dates"
    SPONSOR = "sponsor"
    OUTCOMES = "outcomes"
    DESIGN = "design"
    ARMS = "arms"
    ELIGIBILITY = "eligibility"
    SITES = "sites"
    RESULTS = "results"
    DOCUMENTS = "documents"
    IDENTITY = "identity"
    TITLE = "title"
    ADMINISTRATIVE = "administrative"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Field:
    """A watched field: *name* is the attribute of `Record`, *label* what people call it."""

    name: str
    label: str
    topic: Topic


FIELDS = {
    field.name: field
    for field in (
        Field("trial_id", "Registration", Topic.IDENTITY),
        Field("brief_title", "Brief title", Topic.TITLE),
        Field("official_title", "Official title", Topic.TITLE),
        Field("acronym", "Acronym", Topic.TITLE),
        Field("overall_status", "Overall status", Topic.STATUS),
        Field("last_known_status", "Last known status", Topic.STATUS),
        Field("why_stopped", "Why stopped", Topic.STATUS),
        Field("start_date", "Start date", Topic.DATES),
        Field("primary_completion_date", "Primary completion date", Topic.DATES),
        Field("completion_date", "Completion date", Topic.DATES),
        Field("enrollment", "Enrollment", Topic.ENROLLMENT),
        Field("lead_sponsor", "Lead sponsor", Topic.SPONSOR),
        Field("collaborators", "Collaborators", Topic.SPONSOR),
        Field("responsible_party", "Responsible party", Topic.SPONSOR),
        Field("study_type", "Study type", Topic.DESIGN),
        Field("phases", "Phase", Topic.DESIGN),
        Field("allocation", "Allocation", Topic.DESIGN),
        Field("intervention_model", "Intervention model", Topic.DESIGN),
        Field("masking", "Masking", Topic.DESIGN),
        Field("primary_purpose", "Primary purpose", Topic.DESIGN),
        Field("arms", "Arms and groups", Topic.ARMS),
        Field("interventions", "Interventions", Topic.ARMS),
        Field("primary_outcomes", "Primary outcomes", Topic.OUTCOMES),
        Field("secondary_outcomes", "Secondary outcomes", Topic.OUTCOMES),
        Field("other_outcomes", "Other outcomes", Topic.OUTCOMES),
        Field("minimum_age", "Minimum age", Topic.ELIGIBILITY),
        Field("maximum_age", "Maximum age", Topic.ELIGIBILITY),
        Field("sex", "Sex", Topic.ELIGIBILITY),
        Field("healthy_volunteers", "Healthy volunteers", Topic.ELIGIBILITY),
        Field("eligibility_criteria", "Eligibility criteria", Topic.ELIGIBILITY),
        Field("sites", "Sites", Topic.SITES),
        Field("has_results", "Results posted", Topic.RESULTS),
        Field("results_first_submit_date", "Results first submitted", Topic.RESULTS),
        Field("submissions", "Results submissions", Topic.RESULTS),
        Field("results", "Results", Topic.RESULTS),
        Field("documents", "Study documents", Topic.DOCUMENTS),
        Field("status_verified_date", "Last verified", Topic.ADMINISTRATIVE),
        Field("last_update_submit_date", "Last update submitted", Topic.ADMINISTRATIVE),
        Field("last_update_post_date", "Last update posted", Topic.ADMINISTRATIVE),
        Field("contacts", "Contacts", Topic.ADMINISTRATIVE),
        Field("rest", "Other content", Topic.OTHER),
    )
}

KINDS: dict[str, Topic] = {
    **dict.fromkeys(
        (
            "status.stopped",
            "status.reopened",
            "status.completed",
            "status.recruiting",
            "status.closed",
            "status.unknown",
            "status.changed",
            "why_stopped.added",
            "why_stopped.changed",
            "why_stopped.removed",
            "why_stopped.respelled",
        ),
        Topic.STATUS,
    ),
    **dict.fromkeys(("enrollment.target", "enrollment.actual", "enrollment.corrected"), Topic.ENROLLMENT),
    **dict.fromkeys(
        (
            "date.slipped",
            "date.advanced",
            "date.precision",
            "date.actual",
            "date.added",
            "date.removed",
            "date.unreadable",
        ),
        Topic.DATES,
    ),
    **dict.fromkeys(
        ("sponsor.lead", "sponsor.collaborators", "sponsor.responsible_party", "sponsor.respelled"), Topic.SPONSOR
    ),
    **dict.fromkeys(
        (
            *(
                f"outcome.{role}.{what}"
                for role in ("primary", "secondary", "other")
                for what in ("added", "removed", "time_frame", "measure", "reworded", "description")
            ),
            "outcome.promoted",
            "outcome.demoted",
        ),
        Topic.OUTCOMES,
    ),
    **dict.fromkeys(
        (
            "phase",
            "study_type",
            "design.allocation",
            "design.masking",
            "design.intervention_model",
            "design.primary_purpose",
        ),
        Topic.DESIGN,
    ),
    **dict.fromkeys(
        (f"{what}.{how}" for what in ("arm", "intervention") for how in ("added", "removed", "changed", "respelled")),
        Topic.ARMS,
    ),
    **dict.fromkeys(
        (
            "eligibility.age",
            "eligibility.sex",
            "eligibility.healthy_volunteers",
            "eligibility.criteria",
            "eligibility.respelled",
        ),
        Topic.ELIGIBILITY,
    ),
    **dict.fromkeys(("site.added", "site.removed", "site.status", "site.respelled"), Topic.SITES),
    **dict.fromkeys(
        (
            "results.submitted",
            "results.returned",
            "results.posted",
            "results.changed",
            "results.removed",
            "results.respelled",
        ),
        Topic.RESULTS,
    ),
    **dict.fromkeys(("document.added", "document.removed"), Topic.DOCUMENTS),
    **dict.fromkeys(
        ("trial.new", "trial.merged", "trial.removed", "trial.restored", "trial.withheld"),
        Topic.IDENTITY,
    ),
    **dict.fromkeys(("title.brief", "title.official", "title.acronym", "title.respelled"), Topic.TITLE),
    **dict.fromkeys(("verified", "updated", "contacts"), Topic.ADMINISTRATIVE),
    **dict.fromkeys(("other", "other.respelled"), Topic.OTHER),
}
"""Every kind of change, and its topic. `trial.` before it gives the webhook's type."""
