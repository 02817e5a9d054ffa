"""Which fields are watched: one declaration each. Pure.

A new field takes its declaration here and its place in each registry's documents, in that registry's parser; an
attribute of `monitor.model.Record`, too, if anything but its difference is of interest. A test of all fields plants an
edit in each.
"""

from dataclasses import dataclass

from monitor.changes.kinds import KINDS
from monitor.changes.topics import Topic
from monitor.language.worded import worded


@dataclass(frozen=True, slots=True)
class Field:
    """A watched field: *name* is the attribute of `Record`, *label* what people call it.

    *kind* is the kind of its changes, where they have only one. The values of a *coded* one are a registry's codes; any
    other text is people's own and stays as it is, capitals included.
    """

    name: str
    label: str
    topic: Topic
    kind: str | None = None
    coded: bool = False
    by_shape: bool = False
    """Its changes are told by the shape of its value alone. It lies in `Record.details`, if it is no attribute."""
    is_loose: bool = False
    """Whether case and punctuation make no difference."""
    when_added: str | None = None
    """The sentence for a value that came, {} standing for it, where that says more than that it did."""

    def __post_init__(self) -> None:
        """Raise ValueError for one whose kind is not declared."""
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"the field {self.name} has a kind that is not declared: {self.kind}")


def _by_shape(
    name: str,
    label: str,
    topic: Topic,
    kind: str,
    *,
    coded: bool = False,
    is_loose: bool = False,
    when_added: str | None = None,
) -> Field:
    return Field(name, label, topic, kind, coded, by_shape=True, is_loose=is_loose, when_added=when_added)


FIELDS = {
    field.name: field
    for field in (
        Field("trial_id", "Registration", Topic.IDENTITY),
        Field("brief_title", "Brief title", Topic.TITLE, "title.brief"),
        Field("official_title", "Official title", Topic.TITLE, "title.official"),
        Field("acronym", "Acronym", Topic.TITLE, "title.acronym"),
        Field("overall_status", "Overall status", Topic.STATUS, coded=True),
        Field("last_known_status", "Last known status", Topic.STATUS, coded=True),
        Field("country_statuses", "Status by country", Topic.STATUS),
        Field("why_stopped", "Why stopped", Topic.STATUS),
        Field("start_date", "Start date", Topic.DATES),
        Field("recruitment_end_date", "Recruitment end date", Topic.DATES),
        Field("primary_completion_date", "Primary completion date", Topic.DATES),
        Field("completion_date", "Completion date", Topic.DATES),
        Field("enrollment", "Enrollment", Topic.ENROLLMENT),
        _by_shape("target_size", "Target size", Topic.ENROLLMENT, "enrollment.text", is_loose=True),
        Field("lead_sponsor", "Lead sponsor", Topic.SPONSOR),
        Field("collaborators", "Collaborators", Topic.SPONSOR),
        Field("responsible_party", "Responsible party", Topic.SPONSOR),
        Field("study_type", "Study type", Topic.DESIGN, "study_type", coded=True),
        Field("phases", "Phase", Topic.DESIGN, "phase", coded=True),
        Field("allocation", "Allocation", Topic.DESIGN, "design.allocation", coded=True),
        Field("intervention_model", "Intervention model", Topic.DESIGN, "design.intervention_model", coded=True),
        Field("masking", "Masking", Topic.DESIGN, "design.masking", coded=True),
        Field("primary_purpose", "Primary purpose", Topic.DESIGN, "design.primary_purpose", coded=True),
        Field("arms", "Arms and groups", Topic.ARMS),
        Field("interventions", "Interventions", Topic.ARMS),
        Field("primary_outcomes", "Primary outcomes", Topic.OUTCOMES),
        Field("secondary_outcomes", "Secondary outcomes", Topic.OUTCOMES),
        Field("other_outcomes", "Other outcomes", Topic.OUTCOMES),
        _by_shape("registered_outcomes", "Outcomes as first registered", Topic.OUTCOMES, "other"),
        _by_shape("outcomes_submitted", "Outcomes last submitted", Topic.OUTCOMES, "other"),
        _by_shape("listed_outcomes", "Outcomes of whatever role", Topic.OUTCOMES, "other"),
        Field("minimum_age", "Minimum age", Topic.ELIGIBILITY, "eligibility.age"),
        Field("maximum_age", "Maximum age", Topic.ELIGIBILITY, "eligibility.age"),
        Field("sex", "Sex", Topic.ELIGIBILITY, "eligibility.sex", coded=True),
        Field("healthy_volunteers", "Healthy volunteers", Topic.ELIGIBILITY, "eligibility.healthy_volunteers"),
        Field("eligibility_criteria", "Eligibility criteria", Topic.ELIGIBILITY),
        Field("sites", "Sites", Topic.SITES),
        Field("has_results", "Results posted", Topic.RESULTS),
        Field("results_first_submit_date", "Results first submitted", Topic.RESULTS),
        Field("submissions", "Results submissions", Topic.RESULTS),
        Field("results", "Results", Topic.RESULTS),
        Field("documents", "Study documents", Topic.DOCUMENTS),
        _by_shape("conditions", "Conditions", Topic.CONDITIONS, "conditions"),
        _by_shape("keywords", "Keywords", Topic.CONDITIONS, "keywords"),
        _by_shape("brief_summary", "Brief summary", Topic.DESCRIPTION, "description.brief"),
        _by_shape("detailed_description", "Detailed description", Topic.DESCRIPTION, "description.detailed"),
        _by_shape("observational_model", "Observational model", Topic.DESIGN, "design.observational_model", coded=True),
        _by_shape("time_perspective", "Time perspective", Topic.DESIGN, "design.time_perspective", coded=True),
        _by_shape("intervention_model_description", "Intervention model description", Topic.DESIGN, "design.details"),
        _by_shape("masking_description", "Masking description", Topic.DESIGN, "design.details"),
        _by_shape("who_masked", "Roles masked", Topic.DESIGN, "design.details", coded=True),
        _by_shape("target_duration", "Target follow-up duration", Topic.DESIGN, "design.details"),
        _by_shape("patient_registry", "Patient registry", Topic.DESIGN, "design.details"),
        _by_shape("biospecimen_retention", "Biospecimen retention", Topic.DESIGN, "design.details", coded=True),
        _by_shape("biospecimen_description", "Biospecimen description", Topic.DESIGN, "design.details"),
        _by_shape("study_population", "Study population", Topic.ELIGIBILITY, "eligibility.details"),
        _by_shape("sampling_method", "Sampling method", Topic.ELIGIBILITY, "eligibility.details", coded=True),
        _by_shape("gender_based", "Eligibility based on gender", Topic.ELIGIBILITY, "eligibility.details"),
        _by_shape("gender_description", "Gender eligibility description", Topic.ELIGIBILITY, "eligibility.details"),
        _by_shape("has_expanded_access", "Expanded access", Topic.EXPANDED_ACCESS, "expanded_access"),
        _by_shape("expanded_access_id", "Expanded access record", Topic.EXPANDED_ACCESS, "expanded_access"),
        _by_shape(
            "expanded_access_status", "Expanded access status", Topic.EXPANDED_ACCESS, "expanded_access", coded=True
        ),
        _by_shape("individual_access", "Expanded access for individuals", Topic.EXPANDED_ACCESS, "expanded_access"),
        _by_shape("intermediate_access", "Intermediate-size expanded access", Topic.EXPANDED_ACCESS, "expanded_access"),
        _by_shape("treatment_access", "Treatment IND/protocol", Topic.EXPANDED_ACCESS, "expanded_access"),
        _by_shape("trials_pointing_here", "Trials that point to this record", Topic.EXPANDED_ACCESS, "other"),
        _by_shape("data_monitoring_committee", "Data monitoring committee", Topic.OVERSIGHT, "oversight"),
        _by_shape("applications", "Applications", Topic.OVERSIGHT, "oversight"),
        _by_shape("milestones", "Milestones by country", Topic.OVERSIGHT, "oversight"),
        _by_shape("fda_regulated_drug", "FDA-regulated drug", Topic.OVERSIGHT, "oversight"),
        _by_shape("fda_regulated_device", "FDA-regulated device", Topic.OVERSIGHT, "oversight"),
        _by_shape("unapproved_device", "Unapproved device", Topic.OVERSIGHT, "oversight"),
        _by_shape("pediatric_surveillance", "Pediatric postmarket surveillance", Topic.OVERSIGHT, "oversight"),
        _by_shape("us_export", "Product exported from the US", Topic.OVERSIGHT, "oversight"),
        _by_shape("delayed_posting", "Delayed posting of a device trial", Topic.OVERSIGHT, "oversight"),
        _by_shape(
            "fdaaa_violation",
            "FDAAA 801 violation",
            Topic.OVERSIGHT,
            "oversight.violation",
            when_added=worded("A violation of FDAAA 801 is recorded: {}."),
        ),
        _by_shape("reviews", "Reviews by authorities and ethics committees", Topic.OVERSIGHT, "oversight"),
        _by_shape("violation_events", "FDAAA 801 violation notices", Topic.OVERSIGHT, "oversight.violation"),
        _by_shape("ipd_sharing", "Plan to share individual participant data", Topic.SHARING, "ipd_sharing", coded=True),
        _by_shape("ipd_description", "Description of the data sharing plan", Topic.SHARING, "ipd_sharing"),
        _by_shape("ipd_info_types", "Supporting information to share", Topic.SHARING, "ipd_sharing", coded=True),
        _by_shape("ipd_time_frame", "Time frame of data sharing", Topic.SHARING, "ipd_sharing"),
        _by_shape("ipd_access_criteria", "Access criteria of data sharing", Topic.SHARING, "ipd_sharing"),
        _by_shape("ipd_url", "Address of the data sharing plan", Topic.SHARING, "ipd_sharing"),
        _by_shape("references", "Publications", Topic.REFERENCES, "references"),
        _by_shape("see_also_links", "Links", Topic.REFERENCES, "references"),
        _by_shape("available_ipd", "Available data and documents", Topic.REFERENCES, "references"),
        _by_shape("organization", "Organization", Topic.SPONSOR, "sponsor.organization"),
        _by_shape("organization_class", "Class of the organization", Topic.SPONSOR, "sponsor.organization", coded=True),
        _by_shape("org_study_id", "Organization's study ID", Topic.IDENTITY, "identity.ids"),
        _by_shape(
            "org_study_id_type", "Type of the organization's study ID", Topic.IDENTITY, "identity.ids", coded=True
        ),
        _by_shape("org_study_id_link", "Link of the organization's study ID", Topic.IDENTITY, "identity.ids"),
        _by_shape("secondary_ids", "Secondary IDs", Topic.IDENTITY, "identity.ids"),
        _by_shape("aliases", "Former registration numbers", Topic.IDENTITY, "identity.ids"),
        _by_shape(
            "transferred_to",
            "Transferred to",
            Topic.IDENTITY,
            "trial.transferred",
            when_added=worded("The trial now goes on in {}: news of it come from there."),
        ),
        _by_shape(
            "delay_first_submit_date",
            "Delay of results certified",
            Topic.RESULTS,
            "results.delayed",
            when_added=worded("The sponsor certified on {} that the results are to be delayed."),
        ),
        _by_shape("delay_first_submit_qc_date", "Delay of results passed review", Topic.RESULTS, "results.dates"),
        _by_shape("delay_first_post_date", "Delay of results posted", Topic.RESULTS, "results.dates"),
        _by_shape("results_first_submit_qc_date", "Results passed review", Topic.RESULTS, "results.dates"),
        _by_shape("results_first_post_date", "Results first posted", Topic.RESULTS, "results.dates"),
        _by_shape("results_comments_post_date", "Results with comments first posted", Topic.RESULTS, "results.dates"),
        _by_shape("results_published_date", "Results first published elsewhere", Topic.RESULTS, "results.dates"),
        _by_shape(
            "results_waived",
            "Results waived",
            Topic.RESULTS,
            "results.waived",
            when_added=worded("The obligation to submit results is waived: {}."),
        ),
        _by_shape("unposted_responsible_party", "Responsible for unposted results", Topic.RESULTS, "results.dates"),
        _by_shape(
            "no_sap",
            "No statistical analysis plan",
            Topic.DOCUMENTS,
            "document.details",
            when_added=worded("There is no statistical analysis plan: {}."),
        ),
        _by_shape("study_first_submit_date", "Registration submitted", Topic.ADMINISTRATIVE, "registered"),
        _by_shape("study_first_submit_qc_date", "Registration passed review", Topic.ADMINISTRATIVE, "registered"),
        _by_shape("study_first_post_date", "Registration posted", Topic.ADMINISTRATIVE, "registered"),
        Field("status_verified_date", "Last verified", Topic.ADMINISTRATIVE, "verified"),
        Field("last_update_submit_date", "Last update submitted", Topic.ADMINISTRATIVE, "updated"),
        Field("last_update_post_date", "Last update posted", Topic.ADMINISTRATIVE, "updated"),
        Field("contacts", "Contacts", Topic.ADMINISTRATIVE, "contacts"),
        Field("rest", "Other content", Topic.OTHER),
    )
}
"""By name."""


def is_coded(name: str) -> bool:
    """Whether values of the field of this name are codes."""
    return name in FIELDS and FIELDS[name].coded
