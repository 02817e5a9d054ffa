"""What `euctr.txt` says: the summary, and the records of three countries. The trial is invented."""

from monitor.model import Coded, CountryStatus, Enrollment, Intervention, Outcome, PartialDate, Record, Sponsor

BUILD = None

RECORD = Record(
    registry="clinicaltrialsregister.eu",
    trial_id="2015-900123-41",
    url="https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:2015-900123-41",
    paths={},
    brief_title="Lemonade for hikers",
    official_title="A trial of lemonade in people who came down from a mountain",
    overall_status=Coded("COMPLETED", "Completed"),
    country_statuses=(
        CountryStatus("Germany", "TERMINATED", "Prematurely Ended"),
        CountryStatus("Spain", "COMPLETED", "Completed"),
        CountryStatus("United Kingdom", "UNKNOWN", "GB - no longer in EU/EEA"),
    ),
    conditions=("Thirst after a day's walk",),
    keywords=("Dry mouth", "Thirst"),
    completion_date=PartialDate(text="2016-02-11", type="ACTUAL"),
    enrollment=Enrollment(count=120, type="ESTIMATED"),
    lead_sponsor=Sponsor(name="Alpine Hut Foundation", kind="NON_COMMERCIAL"),
    collaborators=(Sponsor(name="Citrus Growers Union"),),
    phases=(
        Coded("PHASE2", "Therapeutic exploratory (Phase II)"),
        Coded("PHASE3", "Therapeutic confirmatory (Phase III)"),
    ),
    allocation=Coded("RANDOMIZED", "Randomised"),
    intervention_model=Coded("PARALLEL", "Parallel group"),
    masking=Coded("DOUBLE", "Double blind"),
    interventions=(
        Intervention(type="TEST", name="Lemonade", other_names=("CITRIC ACID", "SUCROSE")),
        Intervention(type="PLACEBO", name="Placebo, oral solution"),
    ),
    primary_outcomes=(Outcome(measure="Minutes until no thirst is felt", time_frame="60 minutes"),),
    secondary_outcomes=(Outcome(measure="Liking on a scale of ten", time_frame="60 minutes"),),
    minimum_age="12 Years",
    maximum_age="64 Years",
    sex=Coded("ALL", "Female and male"),
    healthy_volunteers=True,
    eligibility_criteria=(
        "Inclusion Criteria:\n\n1. Walked for six hours\nB.12 deficiency: treated for a year\n2. Thirsty\n\n"
        "Exclusion Criteria:\n\nH. pylori infection"
    ),
    has_results=True,
    details={
        "brief_summary": "Whether lemonade quenches thirst faster than water.",
        "detailed_description": "Whether it is liked.",
        "target_duration": "2 years 6 months",
        "data_monitoring_committee": True,
        "org_study_id": "LEMON-3",
        "secondary_ids": [{"id": "NCT09990001", "type": "NCT"}],
        "study_first_submit_date": "2015-04-02",
        "reviews": [
            "Competent authority, Germany: Authorised (2015-06-01)",
            "Competent authority, Spain: Authorised (2015-06-01)",
            "Competent authority, United Kingdom: Authorised (2015-06-01)",
            "Ethics committee, Germany: Favourable (2015-05-20)",
            "Ethics committee, Spain: Favourable (2015-05-20)",
            "Ethics committee, United Kingdom: Favourable (2015-05-20)",
        ],
    },
    rest={
        "A-7 Trial is part of a Paediatric Investigation Plan": "No",
        "Clinical Trial Type": "EEA CTA",
        "E-1-1-2 Therapeutic area": "Body processes [G] - Physiological processes [G07]",
        "E-1-3 Condition being studied is a rare disease": "No",
        "E-6-4 Safety": "No",
        "E-6-5 Efficacy": "Yes",
        "E-8-6-3 If E-8-6-1 or E-8-6-2 are Yes, specify the regions in which trial sites are planned": [
            "Andorra",
            "Switzerland",
        ],
        "F-1-1 Number of subjects for this age range": "20",
        "F-1-1 Trial has subjects under 18": "Yes",
        "F-1-1-1 In Utero": "No",
        "F-4-2-1 In the EEA": "100",
        "meddra": [
            {
                "E-1-2 Classification code": "90000001",
                "E-1-2 Level": "PT",
                "E-1-2 System Organ Class": "90000000000",
                "E-1-2 Version": "20.0",
            },
            {
                "E-1-2 Classification code": "90000002",
                "E-1-2 Level": "LLT",
                "E-1-2 System Organ Class": "90000000000",
                "E-1-2 Version": "20.0",
            },
        ],
        "placebos": [
            {
                "D-8-1 Is a Placebo used in this Trial": "Yes",
                "D-8-4 Route of administration of the placebo": ["Oral use"],
            }
        ],
        "products": [
            {
                "D-2-1 IMP to be used in the trial has a marketing authorisation": "No",
                "D-3-4 Pharmaceutical form": "Oral solution",
                "D-3-7 Routes of administration for this IMP": ["Nasogastric use", "Oral use"],
                "substances": [
                    {"D-3-10-1 Concentration unit": "mg/ml", "D-3-10-3 Concentration number": "12"},
                    {"D-3-10-1 Concentration unit": "mg/ml", "D-3-10-3 Concentration number": "80"},
                ],
            }
        ],
        "sponsors": [{"B-1-3-4 Country": "Austria", "support": [{"B-4-2 Country": "Spain"}]}],
        "countries": {
            "DE": {
                "A-1 Member State Concerned": "Germany - BfArM",
                "E-8-4-1 Number of sites anticipated in Member State concerned": "2",
                "E-8-9-1 In the Member State concerned years": "1",
                "F-4-1 In the member state": "40",
            },
            "ES": {
                "A-1 Member State Concerned": "Spain - AEMPS",
                "E-8-4-1 Number of sites anticipated in Member State concerned": "2",
                "E-8-9-1 In the Member State concerned years": "1",
                "F-4-1 In the member state": "40",
            },
            "GB": {
                "A-1 Member State Concerned": "UK - MHRA",
                "E-6-4 Safety": "Yes",
                "E-8-4-1 Number of sites anticipated in Member State concerned": "2",
                "E-8-9-1 In the Member State concerned years": "1",
                "F-4-1 In the member state": "40",
            },
        },
    },
)
