"""What `drks.json` beside this says. The trial is invented."""

from monitor.model import Arm, Coded, Enrollment, Outcome, PartialDate, Record, Site, Sponsor, StudyDocument

BUILD = None

RECORD = Record(
    registry="drks.de",
    trial_id="DRKS00035042",
    url="https://drks.de/search/en/trial/DRKS00035042/details",
    paths={},
    brief_title="Warmth After Knee Replacement",
    acronym="KNIEWARM",
    overall_status=Coded("TERMINATED", "Recruiting stopped after recruiting started"),
    why_stopped="Too few operations in the three hospitals",
    conditions=("M17 Gonarthrosis",),
    start_date=PartialDate("2024-04-15", "ACTUAL"),
    completion_date=PartialDate("2026-12-31", "ESTIMATED"),
    last_update_post_date="2026-05-21",
    enrollment=Enrollment(61, "ACTUAL"),
    lead_sponsor=Sponsor("Klinikum am Weiher gGmbH"),
    collaborators=(Sponsor("Wärmewerk GmbH"),),
    study_type=Coded("INTERVENTIONAL", "Interventional"),
    phases=(Coded("PHASE2", "Phase 2"), Coded("PHASE3", "Phase 3")),
    allocation=Coded("RANDOMIZED", "Randomized controlled trial"),
    intervention_model=Coded("PARALLEL", "Parallel"),
    masking=Coded("BLINDED", "Blinded"),
    primary_purpose=Coded("BASIC_SCIENCE", "Basic research/physiological study"),
    arms=(
        Arm("Arm 1", description="Heat pads, three times a day"),
        Arm("Arm 2", description="Care as usual"),
    ),
    primary_outcomes=(Outcome("Pain while walking on day 7, from 0 to 10"),),
    secondary_outcomes=(Outcome("Days in hospital; doses of pain killers"),),
    minimum_age="18 Years",
    sex=Coded("ALL", "All"),
    healthy_volunteers=False,
    eligibility_criteria=(
        "Inclusion Criteria:\n\nKnee replacement\nat most three days ago\n\n"
        "Exclusion Criteria:\n\nInflammation of the skin"
    ),
    sites=(
        Site(city="Graz"),
        Site("Klinikum am Weiher", "Ulm"),
        Site(country="Austria"),
        Site(country="Germany"),
    ),
    has_results=True,
    results={"briefSummary": "Pain fell by two points in both groups."},
    documents=(StudyDocument("Trial protocol: Protocol", filename="Protokoll_2.pdf"),),
    details={
        "brief_summary": "Does warmth help against pain after a knee replacement?",
        "detailed_description": "Drei Kliniken vergleichen Wärmekissen mit der üblichen Pflege.",
        "who_masked": ["DATA_ANALYST", "OUTCOMES_ASSESSOR"],
        "time_perspective": "PROSPECTIVE",
        "secondary_ids": [
            {"id": "2023-501417-15", "type": "EUDRACT_NUMBER"},
            {"id": "U1111-0000-0042", "type": "OTHER", "domain": "WHO Universal Trial Number"},
            {"id": "NCT05550199", "type": "REGISTRY", "domain": "ClinicalTrials.gov"},
            {"id": "WARM-2", "type": "OTHER", "domain": "Klinikum am Weiher"},
        ],
        "study_first_post_date": {"date": "2024-02-12"},
        "results_first_post_date": {"date": "2026-05-21"},
        "results_published_date": "2026-06-30",
        "ipd_sharing": "YES",
        "ipd_description": "On request",
        "references": [
            {"citation": "Quell A. Warmth. 2026", "url": "https://doi.example/10.9/42", "type": "RESULT"},
        ],
        "see_also_links": [{"url": "https://kniewaerme.example/studie"}],
    },
    rest={
        "registrationType": "PROSPECTIVE",
        "sponsored": True,
        "recruitment": {"centricType": "MULTICENTRIC"},
        "studyCharacteristic": {
            "controlTypes": [{"idControlType": {"controlType": "ACTIVE_CONTROL"}}],
            "duration": "LONGITUDINAL",
            "typeOfHiddenAllocation": "Sealed envelopes",
        },
        "materialSupports": [{"contact": {"affiliation": "Wärmewerk GmbH"}, "type": "COMMERCIAL"}],
        "ethicsCommittee": {
            "applicationDate": "2023-11-02",
            "number": "2023-117",
            "ethicVotes": [
                {
                    "contact": {"affiliation": "Ethikkommission Ulm"},
                    "dateOfVote": "2024-01-09",
                    "type": "ETHICS_COMMITTEE",
                    "vote": "APPROVED",
                }
            ],
        },
    },
)
