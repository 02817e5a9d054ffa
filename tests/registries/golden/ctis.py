"""What `ctis.json` says. The trial is invented."""

from monitor.model import (
    Coded,
    CountryStatus,
    Enrollment,
    Intervention,
    Outcome,
    PartialDate,
    Record,
    Site,
    Sponsor,
    StudyDocument,
)

BUILD = None

RECORD = Record(
    registry="euclinicaltrials.eu",
    trial_id="2023-599903-41-00",
    url="https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT=2023-599903-41-00",
    paths={},
    brief_title="Cork oak tannin for mouth ulcers that come back",
    official_title=(
        "A randomised, double-blind, placebo-controlled trial of cork oak tannin in adults with recurrent mouth ulcers"
    ),
    acronym="SOBRO-2",
    overall_status=Coded("SUSPENDED", "Temporarily halted"),
    country_statuses=(
        CountryStatus("Portugal", "SUSPENDED", "Temporarily halted"),
        CountryStatus("Denmark", "ACTIVE_NOT_RECRUITING", "Ongoing, recruitment ended"),
    ),
    conditions=("Recurrent aphthous stomatitis",),
    keywords=("Aphthous ulcer",),
    start_date=PartialDate("2024-04-19", "ACTUAL"),
    completion_date=PartialDate("2026-06-30", "ESTIMATED"),
    last_update_post_date="2024-09-21",
    enrollment=Enrollment(150, "ESTIMATED"),
    lead_sponsor=Sponsor("Quercus Farma, Lda.", "INDUSTRY", "ORG-199900001"),
    collaborators=(Sponsor("Instituto do Sobreiro", "OTHER", "ORG-199900002"),),
    phases=(Coded("PHASE2", "Therapeutic exploratory (Phase II)"),),
    interventions=(Intervention("TEST", "Cork oak tannin 40 mg capsules"), Intervention("PLACEBO", "Placebo capsules")),
    primary_outcomes=(Outcome("Days until the ulcer has closed, up to day 21"),),
    secondary_outcomes=(Outcome("Pain on day 3 (0 to 10)"), Outcome("Ulcers within six months")),
    minimum_age="18 Years",
    maximum_age="64 Years",
    sex=Coded("ALL", "All"),
    healthy_volunteers=False,
    eligibility_criteria=(
        "Inclusion Criteria:\n\n* Adults of 18 to 64 years\n* At least four episodes in the last year\n\n"
        "Exclusion Criteria:\n\n* Behçet's disease"
    ),
    sites=(
        Site("Sydkystens Hospital", "Esbjerg", None, "6700", "Denmark"),
        Site("Hospital do Montado", "Évora", None, "7000-001", "Portugal"),
    ),
    has_results=False,
    documents=(StudyDocument("Protocol", filename="D1_Protocol SOBRO-2, version 2.0"),),
    details={
        "applications": ["IN (initial)", "SM-1 (substantial modification)"],
        "milestones": [
            "Denmark: Start of trial, 2024-05-03",
            "Portugal: Start of trial, 2024-04-19",
            "Portugal: Temporary halt, 2024-09-17",
        ],
        "secondary_ids": [
            {"id": "NCT05559903", "type": "REGISTRY", "domain": "ClinicalTrials.gov"},
            {"id": "SOB-0417", "type": "REGISTRY", "domain": "Registo Nacional de Estudos"},
            {"id": "U1111-0000-9903", "type": "REGISTRY", "domain": "WHO Universal Trial Number"},
        ],
        "brief_summary": "To learn whether tannin from cork oak shortens mouth ulcers",
    },
    rest={
        "authorizedApplication": {
            "applicationInfo": {
                "IN (initial)": {"decisionDate": "2024-03-02", "status": "Authorised", "submissionDate": "2024-01-11"},
                "SM-1 (substantial modification)": {
                    "decisionDate": "2024-09-14",
                    "status": "Authorised",
                    "submissionDate": "2024-07-02",
                },
            },
            "authorizedPartI": {
                "assessmentOutcome": "acceptable",
                "assessmentOutcomeDate": "2024-02-22",
                "productRoleGroupInfos": [
                    {
                        "productRoleCode": "1",
                        "products": {
                            "Cork oak tannin 40 mg capsules": {"part1MpRoleTypeCode": 1, "routes": ["ORAL USE"]}
                        },
                    },
                    {"productRoleCode": "3", "products": {"Placebo capsules": {"part1MpRoleTypeCode": 3}}},
                ],
                "rowSubjectCount": 12,
                "sponsors": {
                    "ORG-199900001": {
                        "commercial": "Commercial",
                        "organisation": {
                            "commercial": True,
                            "organisationLocationStatus": "Active",
                            "type": "Pharmaceutical company",
                            "typeCode": "10",
                        },
                    },
                    "ORG-199900002": {
                        "commercial": "Non-Commercial",
                        "organisation": {
                            "commercial": False,
                            "organisationLocationStatus": "Active",
                            "type": "Educational Institution",
                            "typeCode": "2",
                        },
                    },
                },
                "therapeuticAreas": [{"code": "7", "name": "Diseases [C] - Stomatognathic Diseases [C07]"}],
                "trialCategoryCode": "2",
                "trialDetails": {
                    "trialInformation": {
                        "medicalCondition": {
                            "meddraConditionTerms": {
                                "Aphthous ulcer": {
                                    "active": True,
                                    "classificationCode": "10002959",
                                    "level": "PT",
                                    "organClass": "10017947",
                                    "version": "29.0",
                                }
                            },
                            "partIMedicalConditions": {
                                "Recurrent aphthous stomatitis": {"isConditionRareDisease": False}
                            },
                        },
                        "populationOfTrialSubjects": {
                            "clinicalTrialGroups": [{"code": "2", "name": "Patients"}],
                            "isVulnerablePopulationSelected": False,
                        },
                        "sourceOfMonetarySupport": [{"organisationName": "Fundação Montado"}],
                        "trialCategory": {
                            "isLowIntervention": False,
                            "justificationForTrialCategory": "Second trial in people",
                            "trialCategory": "2",
                        },
                        "trialDuration": {"estimatedEndDate": "2026-03-31"},
                        "trialObjective": {"trialScopes": [{"code": "4"}, {"code": "6"}]},
                    }
                },
            },
            "authorizedPartsII": {
                "Denmark": {
                    "applicationStatusCode": "Authorised",
                    "decisionDate": "2024-03-02",
                    "mscInfo": {
                        "applicationTypeMsc": "1",
                        "assessmentOutcome": "acceptable",
                        "clinicalTrialStatusHistory": [
                            {"trialStatus": "Authorised", "trialStatusDate": "2024-03-02T16:40:01.3"},
                            {"trialStatus": "Under evaluation", "trialStatusDate": "2024-01-11T09:12:44.12"},
                        ],
                        "countryName": "Denmark",
                        "decision": "authorized",
                        "decisionDate": "2024-03-02",
                        "hasRecruitmentStarted": True,
                        "reportingStatusCode": "Authorised",
                        "trialPeriod": [{"fromDate": "2024-05-03", "trialStartDate": "2024-05-03"}],
                        "trialStatus": "Authorised",
                    },
                    "trialSites": {
                        "Sydkystens Hospital": {
                            "departmentName": "Oral Medicin",
                            "organisationAddressInfo": {
                                "address": {"addressLine1": "Havnevej 12", "country": 2009},
                                "businessKey": "ORG-199900012",
                                "organisation": {
                                    "businessKey": "ORG-199900012",
                                    "commercial": False,
                                    "organisationLocationStatus": "Active",
                                    "type": "Hospital/Clinic/Other health care facility",
                                    "typeCode": "8",
                                },
                            },
                        }
                    },
                },
                "Portugal": {
                    "applicationStatusCode": "Authorised",
                    "decisionDate": "2024-03-02",
                    "mscInfo": {
                        "applicationTypeMsc": "1",
                        "assessmentOutcome": "acceptable",
                        "clinicalTrialStatusHistory": [
                            {"trialStatus": "Authorised", "trialStatusDate": "2024-03-02T16:40:01.3"},
                            {"trialStatus": "Under evaluation", "trialStatusDate": "2024-01-11T09:12:44.12"},
                        ],
                        "countryName": "Portugal",
                        "decision": "authorized",
                        "decisionDate": "2024-03-02",
                        "hasRecruitmentStarted": True,
                        "reportingStatusCode": "Authorised",
                        "trialPeriod": [{"fromDate": "2024-04-19", "trialStartDate": "2024-04-19"}],
                        "trialStatus": "Authorised",
                    },
                    "trialSites": {
                        "Hospital do Montado": {
                            "departmentName": "Estomatologia",
                            "organisationAddressInfo": {
                                "address": {"addressLine1": "Rua da Cortiça 4", "country": 2030},
                                "businessKey": "ORG-199900011",
                                "organisation": {
                                    "businessKey": "ORG-199900011",
                                    "commercial": False,
                                    "organisationLocationStatus": "Active",
                                    "type": "Hospital/Clinic/Other health care facility",
                                    "typeCode": "8",
                                },
                            },
                        }
                    },
                },
            },
            "eudraCt": {"isTransitioned": False},
            "memberStatesConcerned": [
                {
                    "firstDecisionDate": "2024-03-02T16:40:01.3",
                    "lastDecisionDate": "2024-09-14T10:00:00.1",
                    "mscName": "Portugal",
                },
                {
                    "firstDecisionDate": "2024-03-05T11:20:11.9",
                    "lastDecisionDate": "2024-09-14T10:00:00.1",
                    "mscName": "Denmark",
                },
            ],
        },
        "documents": {
            "D1_Protocol SOBRO-2, version 2.0": {
                "file": "7c0e8d57-0000-4000-8000-000000000001",
                "fileType": "PDF",
                "systemVersion": "1",
            }
        },
        "trialRegion": 3,
        "trialRegionCode": 3,
    },
)
