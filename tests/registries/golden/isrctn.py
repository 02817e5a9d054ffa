"""What `isrctn.xml` says on a day in November 2026. The trial is invented."""

from monitor.model import (
    Coded,
    Enrollment,
    Intervention,
    Outcome,
    PartialDate,
    Record,
    Site,
    Sponsor,
)

BUILD = None

RECORD = Record(
    registry="isrctn.com",
    trial_id="ISRCTN55500199",
    url="https://www.isrctn.com/ISRCTN55500199",
    paths={},
    brief_title="Warm blankets after hip surgery",
    official_title="A randomised trial of forced-air\nwarming after hip fracture surgery",
    acronym="WARMHIP",
    overall_status=Coded("ACTIVE_NOT_RECRUITING", "No longer recruiting"),
    start_date=PartialDate("2024-05-01"),
    recruitment_end_date=PartialDate("2026-10-31"),
    completion_date=PartialDate("2027-06-30"),
    last_update_post_date="2026-11-20",
    enrollment=Enrollment(400, "ESTIMATED"),
    lead_sponsor=Sponsor("Riverside Trust", "Hospital/treatment centre"),
    collaborators=(Sponsor("University of Humber", "University/education"),),
    study_type=Coded("INTERVENTIONAL", "Interventional"),
    phases=(Coded("PHASE2", "Phase II/III"), Coded("PHASE3", "Phase II/III")),
    interventions=(Intervention("Device", "Forced-air blanket", "Forced-air warming for two hours"),),
    primary_outcomes=(Outcome("Delirium by the 4AT at day 3"), Outcome("Mortality at 30 days")),
    secondary_outcomes=(Outcome("Length of stay in days"),),
    minimum_age="65 Years",
    sex=Coded("ALL", "All"),
    eligibility_criteria=(
        "Inclusion Criteria:\n\n1. Hip fracture\n2. Aged 65 or over\n\nExclusion Criteria:\n\nFever >38"
    ),
    sites=(
        Site("Riverside Hospital", "Hull", None, "HU1 1AA", "United Kingdom"),
        Site(country="Malta"),
    ),
    conditions=("Hip fracture",),
    has_results=False,
    details={
        "secondary_ids": [
            {"id": "NCT05550199", "type": "ClinicalTrials.gov number"},
            {"id": "555001", "type": "IRAS number"},
            {"id": "RV-24-1", "type": "Protocol serial number"},
            {"id": "CPMS 55001", "type": "Secondary number"},
        ],
        "brief_summary": "Background and study aims\nPeople get cold in theatre.",
        "detailed_description": "Warming reduces delirium.",
        "ipd_sharing": "Yes",
        "ipd_description": "On request",
        "study_first_post_date": {"date": "2024-02-11"},
        "references": [
            {"type": "protocolarticle", "description": "protocol", "url": "https://doi.example/1", "date": "2025-01-01"}
        ],
    },
    rest={
        "funders": [{"name": "Warmth Fund"}],
        "trial": {
            "conditions": {"condition": {"diseaseClass1": "Injury"}},
            "participants": {"ageRange": "Senior", "participantType": ["Patient"]},
            "results": {"dataPolicy": ["Available on request"]},
            "trialDescription": {
                "ethicsApproval": "Riverside Committee, 12/01/2024, ref: 24/RV/0001",
                "ethicsCommittees": {"ethicsCommittee": {"committeeName": "Riverside Committee"}},
            },
            "trialDesign": {
                "secondaryStudyDesign": ["Randomised controlled trial"],
                "studyDesign": "Two-centre parallel randomized trial",
                "trialType": ["Prevention"],
            },
        },
    },
)
