"""What `clinicaltrials_gov.json` says. The trial is invented."""

from monitor.model import (
    Arm,
    Coded,
    Enrollment,
    Intervention,
    Outcome,
    PartialDate,
    Record,
    ResponsibleParty,
    Site,
    Sponsor,
    StudyDocument,
    Submission,
)

BUILD = "2026-11-20"

RECORD = Record(
    registry="clinicaltrials.gov",
    trial_id="NCT05550199",
    url="https://clinicaltrials.gov/study/NCT05550199",
    paths={},
    aliases=("NCT05550042",),
    brief_title="Home Spirometry After Lung Transplantation",
    official_title=(
        "A Randomized Trial of Daily Home Spirometry With Telephone Follow-up in the First Year "
        "After Lung Transplantation"
    ),
    acronym="LUCERNE",
    overall_status=Coded("TERMINATED", "Terminated"),
    why_stopped="Too few transplantations during the study period",
    start_date=PartialDate("2022-11-07", "ACTUAL"),
    primary_completion_date=PartialDate("2025-08-31", "ACTUAL"),
    completion_date=PartialDate("2026-12", "ESTIMATED"),
    status_verified_date="2026-05",
    last_update_submit_date="2026-05-18",
    last_update_post_date="2026-05-21",
    enrollment=Enrollment(61, "ACTUAL"),
    lead_sponsor=Sponsor("Harbour Lung Institute", "OTHER"),
    collaborators=(
        Sponsor("Breathwell Devices GmbH", "INDUSTRY"),
        Sponsor("Northern Transplant Network", "NETWORK"),
    ),
    responsible_party=ResponsibleParty(
        type="PRINCIPAL_INVESTIGATOR",
        name="Ingrid Halvorsen",
        title="Professor of Respiratory Medicine",
        affiliation="Harbour Lung Institute",
    ),
    study_type=Coded("INTERVENTIONAL", "Interventional"),
    phases=(Coded("PHASE2", "Phase 2"), Coded("PHASE3", "Phase 3")),
    allocation=Coded("RANDOMIZED", "Randomized"),
    intervention_model=Coded("PARALLEL", "Parallel assignment"),
    masking=Coded("SINGLE", "Single"),
    primary_purpose=Coded("SUPPORTIVE_CARE", "Supportive care"),
    arms=(
        Arm(
            "Home spirometry",
            "EXPERIMENTAL",
            "A breathing test every morning; a nurse calls when it falls by a tenth",
            ("Device: Handheld spirometer", "Behavioral: Telephone follow-up"),
        ),
        Arm("Visits alone", "NO_INTERVENTION"),
    ),
    interventions=(
        Intervention(
            "DEVICE",
            "Handheld spirometer",
            "Used each morning before medication",
            ("Breathwell One",),
            ("Home spirometry",),
        ),
        Intervention("BEHAVIORAL", "Telephone follow-up", arms=("Home spirometry",)),
    ),
    primary_outcomes=(
        Outcome(
            "Days from first decline to treatment of rejection",
            "12 months",
            "Decline is a fall of FEV1 by a tenth on two days in a row",
        ),
    ),
    secondary_outcomes=(Outcome("FEV1 at one year", "12 months"), Outcome("Unplanned admissions", "12 months")),
    other_outcomes=(Outcome("Calls a nurse made"),),
    minimum_age="18 Years",
    maximum_age="75 Years",
    sex=Coded("ALL", "All"),
    healthy_volunteers=False,
    eligibility_criteria=(
        "Inclusion Criteria:\n\n* single or double lung transplantation within six weeks\n\n"
        "Exclusion Criteria:\n\n* unable to use the device"
    ),
    sites=(
        Site("Harbour Lung Institute", "Bergen", None, "5021", "Norway", "COMPLETED"),
        Site("St. Columba Hospital", "Duluth", "Minnesota", "55805", "United States"),
    ),
    contacts=(
        {"name": "Study Desk", "role": "CONTACT", "phone": "+47 555 0101", "email": "lucerne@harbourlung.example"},
        {"name": "Ingrid Halvorsen", "affiliation": "Harbour Lung Institute", "role": "PRINCIPAL_INVESTIGATOR"},
        {"facility": "Harbour Lung Institute", "name": "Per Lunde", "role": "CONTACT", "phone": "+47 555 0102"},
    ),
    has_results=False,
    results_first_submit_date="2026-02-10",
    submissions=(
        Submission("RELEASE", "2026-02-10"),
        Submission("RESET", "2026-03-03"),
        Submission("UNRELEASE"),
        Submission("RELEASE", "2026-05-18"),
    ),
    documents=(StudyDocument("Study Protocol and Statistical Analysis Plan", "2023-01-30", "Prot_SAP_000.pdf"),),
    conditions=("Lung Transplant Rejection",),
    keywords=("spirometry", "telemedicine"),
    details={
        "brief_summary": (
            "Does a daily breathing test at home find rejection of a transplanted lung earlier than visits alone?"
        ),
        "data_monitoring_committee": True,
        "fda_regulated_device": False,
        "fda_regulated_drug": False,
        "has_expanded_access": False,
        "org_study_id": "LUCERNE-2",
        "organization": "Harbour Lung Institute",
        "organization_class": "OTHER",
        "references": [{"pmid": "99000001", "type": "BACKGROUND"}],
        "results_comments_post_date": {"date": "2026-03-20", "type": "ESTIMATED"},
        "secondary_ids": [{"id": "2021-004417-15", "type": "EUDRACT_NUMBER"}],
        "study_first_post_date": {"date": "2022-09-22", "type": "ACTUAL"},
        "study_first_submit_date": "2022-09-14",
        "study_first_submit_qc_date": "2022-09-19",
        "unposted_responsible_party": "Ingrid Halvorsen, Harbour Lung Institute",
        "who_masked": ["OUTCOMES_ASSESSOR"],
    },
    rest={
        "protocolSection": {"statusModule": {"lastUpdatePostDateStruct": {"type": "ACTUAL"}}},
        "documentSection": {
            "largeDocumentModule": {
                "largeDocs": {
                    "Prot_SAP_000.pdf": {
                        "typeAbbrev": "Prot_SAP",
                        "hasProtocol": True,
                        "hasSap": True,
                        "hasIcf": False,
                        "uploadDate": "2026-02-10T08:14",
                        "size": 848213,
                    }
                }
            }
        },
    },
)
