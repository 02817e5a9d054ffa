"""What `ictrp.csv` says, a row of an export that a spreadsheet has had its hands on. The trial is invented."""

from monitor.model import Coded, CountryStatus, Intervention, Outcome, PartialDate, Record, Sponsor

BUILD = "2026-11-20"

RECORD = Record(
    registry="chictr.org.cn",
    trial_id="ChiCTR2500000042",
    url="https://trialsearch.who.int/Trial2.aspx?TrialID=ChiCTR2500000042",
    paths={},
    brief_title="Evening walks for frozen shoulder",
    official_title="Evening walks and warm compresses for frozen shoulder: a randomised trial",
    acronym="EVENWALK",
    overall_status=Coded("RECRUITING", "Recruiting"),
    country_statuses=(CountryStatus("China", "", ""), CountryStatus("Nepal", "", "")),
    start_date=PartialDate("2025-04-29"),
    completion_date=PartialDate("2026-12-30"),
    lead_sponsor=Sponsor("Lakeside Hospital of Köln, Branch Two"),
    study_type=Coded("INTERVENTIONAL", "Interventional"),
    phases=(Coded("PHASE2", "Phase 2"), Coded("PHASE3", "Phase 3")),
    conditions=("Frozen shoulder", "Adhesive capsulitis"),
    interventions=(
        Intervention(None, "walking:Forty minutes each evening"),
        Intervention(None, "resting:No exercise"),
    ),
    primary_outcomes=(Outcome("Range of motion after 12 weeks"),),
    minimum_age="18 Years",
    maximum_age="75 Years",
    sex=Coded("ALL", "All"),
    eligibility_criteria=(
        "Inclusion criteria:\n1. Stiff shoulder;\n2. Six weeks or longer\n\nExclusion criteria:\nFracture"
    ),
    details={
        "target_size": "walking:40;resting:40;",
        "study_first_post_date": "2025-03-29",
        "secondary_ids": [{"id": "LAKE-7", "type": "OTHER"}, {"id": "U1111-0000-0042", "type": "OTHER"}],
    },
    rest={"study_design": "Parallel"},
)
