"""What the registry itself adds to a synthetic trial: annotations, documents, derived data. Pure."""

from datetime import date, timedelta
from random import Random
from zlib import crc32

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.synthetic.plan import ENDED, Plan


def annotation(plan: Plan, rng: Random) -> Json:
    """Results that were sent in and are not posted yet, and notices of violations."""
    module: dict[str, Json] = {}
    if awaits_results(plan):
        module["unpostedAnnotation"] = {
            "unpostedResponsibleParty": plan.sponsor,
            "unpostedEvents": [
                {"type": kind, "date": day.isoformat()}
                for kind, day in zip(("RELEASE", "RESET", "RELEASE"), results_sent(plan), strict=True)
            ],
        }
        if rng.random() < 0.2:
            module["unpostedAnnotation"]["unpostedEvents"].append({"type": "UNRELEASE", "dateUnknown": True})
    if plan.index % 1500 == 7:
        day = plan.last_posted.isoformat()
        notice = {"type": "VIOLATION_IDENTIFIED", "description": "Failure to submit: results are overdue"}
        days = {"creationDate": day, "issuedDate": day, "releaseDate": day, "postedDate": day}
        module["violationAnnotation"] = {"violationEvents": [notice | days]}
    return module


def awaits_results(plan: Plan) -> bool:
    """Whether results were sent in and wait for the registry's check."""
    return plan.status in ENDED and not plan.has_results and plan.index % 31 == 5


def results_sent(plan: Plan) -> tuple[date, date, date]:
    """When results were sent in, returned, and sent in again."""
    again = plan.last_posted
    return again - timedelta(days=60), again - timedelta(days=30), again


def documents(plan: Plan, rng: Random) -> Json:
    """Protocols and analysis plans."""
    if not plan.has_results or rng.random() < 0.4:
        return {}
    module: dict[str, Json] = {}
    if rng.random() < 0.05:
        module["noSap"] = True
    kinds = (
        ("Prot_SAP", True, True, False, "Study Protocol and Statistical Analysis Plan"),
        ("ICF", False, False, True, "Informed Consent Form"),
    )
    module["largeDocs"] = [
        {
            "typeAbbrev": abbreviation,
            "hasProtocol": protocol,
            "hasSap": plan_included,
            "hasIcf": consent,
            "label": label,
            "date": plan.started.isoformat(),
            "uploadDate": f"{plan.last_submitted.isoformat()}T09:{rng.randint(10, 59)}",
            "filename": f"{abbreviation}_{number:03}.pdf",
            "size": rng.randint(100_000, 9_000_000),
        }
        for number, (abbreviation, protocol, plan_included, consent, label) in enumerate(kinds[: rng.randint(1, 2)])
    ]
    return module


def misc_info(plan: Plan, rng: Random) -> Json:
    """The version holder, and the results' way to publication."""
    module: dict[str, Json] = {"versionHolder": plan.today.isoformat()}
    if awaits_results(plan):
        sent, returned, again = results_sent(plan)
        submissions: list[Json] = [
            {"releaseDate": sent.isoformat(), "resetDate": returned.isoformat(), "mcpReleaseN": 1},
            {"releaseDate": again.isoformat()},
        ]
        if rng.random() < 0.2:
            submissions.append({"releaseDate": returned.isoformat(), "unreleaseDate": returned.isoformat()})
            submissions.append({"releaseDate": returned.isoformat(), "unreleaseDateUnknown": True})
        module["submissionTracking"] = {
            "firstMcpInfo": {"postDateStruct": {"date": sent.isoformat(), "type": "ACTUAL"}},
            "estimatedResultsFirstSubmitDate": sent.isoformat(),
            "submissionInfos": submissions,
        }
    if rng.random() < 0.025:
        module["removedCountries"] = ["Iceland"]
    return module


def condition_browse(plan: Plan, _: Random) -> Json:
    """Thesaurus terms of the condition."""
    kind = plan.condition.split()[-1]
    above = (f"{kind} Disorders", f"{kind} Disorders, Chronic", f"Signs of {kind} Disorders", "Diseases, All")
    return {"meshes": [mesh(plan.condition)], "ancestors": [mesh(term) for term in above]}


def intervention_browse(plan: Plan, _: Random) -> Json:
    """Thesaurus terms of the intervention."""
    if plan.treatment_type not in ("DRUG", "BIOLOGICAL"):
        return {}
    return {"meshes": [mesh(plan.treatment)], "ancestors": [mesh("Pharmaceutical Preparations, Invented")]}


def mesh(term: str) -> Json:
    """A term with a number that the real thesaurus does not use."""
    return {"id": f"D9{crc32(term.encode()) % 10**7:07}", "term": term}
