"""Which fields are watched, what people call them, and which kinds of change there are. Pure.

A new field takes one line here and one in each registry's parser; an attribute of `monitor.model.Record`, too, if
anything but its difference is of interest. A new kind takes one line here and one rule in
`monitor.changes.significance`.
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
    CONDITIONS = "conditions"
    DESCRIPTION = "description"
    EXPANDED_ACCESS = "expanded_access"
    OVERSIGHT = "oversight"
    SHARING = "sharing"
    REFERENCES = "references"
    IDENTITY = "identity"
    TITLE = "title"
    ADMINISTRATIVE = "administrative"
    OTHER = "other"


TIMED = frozenset((Topic.OUTCOMES, Topic.ARMS, Topic.ELIGIBILITY, Topic.ENROLLMENT))
"""Topics of which a sentence says when in the trial's life the change was posted."""


@dataclass(frozen=True, slots=True)
class Field:
    """A watched field: *name* is the attribute of `Record`, *label* what people call it.

    One with a *kind* is told by the shape of its value alone, and lies in `Record.details`, if it is no attribute.
    """

    name: str
    label: str
    topic: Topic
    kind: str | None = None


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
        Field("conditions", "Conditions", Topic.CONDITIONS, "conditions"),
        Field("keywords", "Keywords", Topic.CONDITIONS, "keywords"),
        Field("brief_summary", "Brief summary", Topic.DESCRIPTION, "description.brief"),
        Field("detailed_description", "Detailed description", Topic.DESCRIPTION, "description.detailed"),
        Field("observational_model", "Observational model", Topic.DESIGN, "design.observational_model"),
        Field("time_perspective", "Time perspective", Topic.DESIGN, "design.time_perspective"),
        Field("intervention_model_description", "Intervention model description", Topic.DESIGN, "design.details"),
        Field("masking_description", "Masking description", Topic.DESIGN, "design.details"),
        Field("who_masked", "Roles masked", Topic.DESIGN, "design.details"),
        Field("target_duration", "Target follow-up duration", Topic.DESIGN, "design.details"),
        Field("patient_registry", "Patient registry", Topic.DESIGN, "design.details"),
        Field("biospecimen_retention", "Biospecimen retention", Topic.DESIGN, "design.details"),
        Field("biospecimen_description", "Biospecimen description", Topic.DESIGN, "design.details"),
        Field("study_population", "Study population", Topic.ELIGIBILITY, "eligibility.details"),
        Field("sampling_method", "Sampling method", Topic.ELIGIBILITY, "eligibility.details"),
        Field("gender_based", "Eligibility based on gender", Topic.ELIGIBILITY, "eligibility.details"),
        Field("gender_description", "Gender eligibility description", Topic.ELIGIBILITY, "eligibility.details"),
        Field("has_expanded_access", "Expanded access", Topic.EXPANDED_ACCESS, "expanded_access"),
        Field("expanded_access_id", "Expanded access record", Topic.EXPANDED_ACCESS, "expanded_access"),
        Field("expanded_access_status", "Expanded access status", Topic.EXPANDED_ACCESS, "expanded_access"),
        Field("individual_access", "Expanded access for individuals", Topic.EXPANDED_ACCESS, "expanded_access"),
        Field("intermediate_access", "Intermediate-size expanded access", Topic.EXPANDED_ACCESS, "expanded_access"),
        Field("treatment_access", "Treatment IND/protocol", Topic.EXPANDED_ACCESS, "expanded_access"),
        Field("trials_pointing_here", "Trials that point to this record", Topic.EXPANDED_ACCESS, "other"),
        Field("data_monitoring_committee", "Data monitoring committee", Topic.OVERSIGHT, "oversight"),
        Field("fda_regulated_drug", "FDA-regulated drug", Topic.OVERSIGHT, "oversight"),
        Field("fda_regulated_device", "FDA-regulated device", Topic.OVERSIGHT, "oversight"),
        Field("unapproved_device", "Unapproved device", Topic.OVERSIGHT, "oversight"),
        Field("pediatric_surveillance", "Pediatric postmarket surveillance", Topic.OVERSIGHT, "oversight"),
        Field("us_export", "Product exported from the US", Topic.OVERSIGHT, "oversight"),
        Field("delayed_posting", "Delayed posting of a device trial", Topic.OVERSIGHT, "oversight"),
        Field("fdaaa_violation", "FDAAA 801 violation", Topic.OVERSIGHT, "oversight.violation"),
        Field("violation_events", "FDAAA 801 violation notices", Topic.OVERSIGHT, "oversight.violation"),
        Field("ipd_sharing", "Plan to share individual participant data", Topic.SHARING, "ipd_sharing"),
        Field("ipd_description", "Description of the data sharing plan", Topic.SHARING, "ipd_sharing"),
        Field("ipd_info_types", "Supporting information to share", Topic.SHARING, "ipd_sharing"),
        Field("ipd_time_frame", "Time frame of data sharing", Topic.SHARING, "ipd_sharing"),
        Field("ipd_access_criteria", "Access criteria of data sharing", Topic.SHARING, "ipd_sharing"),
        Field("ipd_url", "Address of the data sharing plan", Topic.SHARING, "ipd_sharing"),
        Field("references", "Publications", Topic.REFERENCES, "references"),
        Field("see_also_links", "Links", Topic.REFERENCES, "references"),
        Field("available_ipd", "Available data and documents", Topic.REFERENCES, "references"),
        Field("organization", "Organization", Topic.SPONSOR, "sponsor.organization"),
        Field("organization_class", "Class of the organization", Topic.SPONSOR, "sponsor.organization"),
        Field("org_study_id", "Organization's study ID", Topic.IDENTITY, "identity.ids"),
        Field("org_study_id_type", "Type of the organization's study ID", Topic.IDENTITY, "identity.ids"),
        Field("org_study_id_link", "Link of the organization's study ID", Topic.IDENTITY, "identity.ids"),
        Field("secondary_ids", "Secondary IDs", Topic.IDENTITY, "identity.ids"),
        Field("aliases", "Former registration numbers", Topic.IDENTITY, "identity.ids"),
        Field("delay_first_submit_date", "Delay of results certified", Topic.RESULTS, "results.delayed"),
        Field("delay_first_submit_qc_date", "Delay of results passed review", Topic.RESULTS, "results.dates"),
        Field("delay_first_post_date", "Delay of results posted", Topic.RESULTS, "results.dates"),
        Field("results_first_submit_qc_date", "Results passed review", Topic.RESULTS, "results.dates"),
        Field("results_first_post_date", "Results first posted", Topic.RESULTS, "results.dates"),
        Field("results_comments_post_date", "Results with comments first posted", Topic.RESULTS, "results.dates"),
        Field("results_waived", "Results waived", Topic.RESULTS, "results.waived"),
        Field("unposted_responsible_party", "Responsible for unposted results", Topic.RESULTS, "results.dates"),
        Field("no_sap", "No statistical analysis plan", Topic.DOCUMENTS, "document.details"),
        Field("study_first_submit_date", "Registration submitted", Topic.ADMINISTRATIVE, "registered"),
        Field("study_first_submit_qc_date", "Registration passed review", Topic.ADMINISTRATIVE, "registered"),
        Field("study_first_post_date", "Registration posted", Topic.ADMINISTRATIVE, "registered"),
        Field("status_verified_date", "Last verified", Topic.ADMINISTRATIVE),
        Field("last_update_submit_date", "Last update submitted", Topic.ADMINISTRATIVE),
        Field("last_update_post_date", "Last update posted", Topic.ADMINISTRATIVE),
        Field("contacts", "Contacts", Topic.ADMINISTRATIVE),
        Field("rest", "Other content", Topic.OTHER),
    )
}

CODED = frozenset(
    (
        "overall_status",
        "last_known_status",
        "study_type",
        "phases",
        "allocation",
        "intervention_model",
        "masking",
        "primary_purpose",
        "sex",
        "observational_model",
        "time_perspective",
        "who_masked",
        "biospecimen_retention",
        "sampling_method",
        "expanded_access_status",
        "ipd_sharing",
        "ipd_info_types",
        "organization_class",
        "org_study_id_type",
    )
)
"""Fields whose values are codes. Other text is people's own and stays as it is, capitals included."""

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
        (
            "sponsor.lead",
            "sponsor.collaborators",
            "sponsor.responsible_party",
            "sponsor.organization",
            "sponsor.respelled",
        ),
        Topic.SPONSOR,
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
            "design.observational_model",
            "design.time_perspective",
            "design.details",
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
            "eligibility.details",
            "eligibility.respelled",
        ),
        Topic.ELIGIBILITY,
    ),
    **dict.fromkeys(("site.added", "site.removed", "site.status", "site.followed", "site.respelled"), Topic.SITES),
    **dict.fromkeys(
        (
            "results.submitted",
            "results.returned",
            "results.posted",
            "results.changed",
            "results.removed",
            "results.delayed",
            "results.waived",
            "results.dates",
            "results.respelled",
        ),
        Topic.RESULTS,
    ),
    **dict.fromkeys(("document.added", "document.removed", "document.details"), Topic.DOCUMENTS),
    **dict.fromkeys(("conditions", "keywords"), Topic.CONDITIONS),
    **dict.fromkeys(("description.brief", "description.detailed"), Topic.DESCRIPTION),
    "expanded_access": Topic.EXPANDED_ACCESS,
    **dict.fromkeys(("oversight", "oversight.violation"), Topic.OVERSIGHT),
    "ipd_sharing": Topic.SHARING,
    "references": Topic.REFERENCES,
    **dict.fromkeys(
        (
            "trial.new",
            "trial.left",
            "trial.merged",
            "trial.removed",
            "trial.restored",
            "trial.withheld",
            "identity.ids",
        ),
        Topic.IDENTITY,
    ),
    **dict.fromkeys(("title.brief", "title.official", "title.acronym", "title.respelled"), Topic.TITLE),
    **dict.fromkeys(("verified", "updated", "registered", "contacts"), Topic.ADMINISTRATIVE),
    **dict.fromkeys(("other", "other.respelled"), Topic.OTHER),
}
"""Every kind of change, and its topic. `trial.` before it gives the webhook's type."""
