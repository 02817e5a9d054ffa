"""What a document says: canonical JSON in, `Record` out. Pure; it raises for no document that was proven.

A field *takes* what it understands out of the freshly read tree; what nobody took is the record's `rest`. The status is
never `ctStatus`, which in a record is a word about the application.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import orjson

from monitor.model import (
    Coded,
    Document,
    Enrollment,
    Intervention,
    Json,
    Outcome,
    PartialDate,
    Record,
    Site,
    Sponsor,
    StudyDocument,
)
from monitor.model.vocabulary import shared_words
from monitor.registries.ctis import codes, legacy
from monitor.registries.ctis.days import day_in
from monitor.registries.ctis.identifiers import take_secondary_ids
from monitor.registries.ctis.ids import PAGE
from monitor.registries.ctis.statuses import country_statuses, drop_named, milestones, overall_status, why_stopped
from monitor.registries.ctis.trees import drop_emptied, leaves, object_at, objects_at, take_items, take_text
from monitor.registries.taking import Node, take

_APPLICATION = "authorizedApplication"
_PART = f"{_APPLICATION}.authorizedPartI"
_DETAILS = f"{_PART}.trialDetails"
_TITLES = f"{_DETAILS}.clinicalTrialIdentifiers"
_INFORMATION = f"{_DETAILS}.trialInformation"
_POPULATION = f"{_INFORMATION}.populationOfTrialSubjects"

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "trial_id": "ctNumber",
        "brief_title": f"{_TITLES}.publicTitle",
        "official_title": f"{_TITLES}.fullTitle",
        "acronym": f"{_TITLES}.shortTitle",
        "overall_status": "ctPublicStatusCode",
        "country_statuses": f"{_APPLICATION}.memberStatesConcerned",
        "why_stopped": "events.temporaryHaltList[].reasonHalt",
        "start_date": "startDateEU",
        "completion_date": "endDate",
        "enrollment": f"{_APPLICATION}.authorizedPartsII.recruitmentSubjectCount",
        "lead_sponsor": f"{_PART}.sponsors",
        "collaborators": f"{_PART}.sponsors",
        "phases": f"{_INFORMATION}.trialCategory.trialPhase",
        "conditions": f"{_INFORMATION}.medicalCondition.partIMedicalConditions",
        "keywords": f"{_INFORMATION}.medicalCondition.meddraConditionTerms",
        "interventions": f"{_PART}.productRoleGroupInfos",
        "primary_outcomes": f"{_INFORMATION}.endPoint.primaryEndPoints",
        "secondary_outcomes": f"{_INFORMATION}.endPoint.secondaryEndPoints",
        "eligibility_criteria": f"{_INFORMATION}.eligibilityCriteria",
        "minimum_age": f"{_POPULATION}.ageRanges",
        "maximum_age": f"{_POPULATION}.ageRanges",
        "sex": f"{_POPULATION}.isFemaleSubjects",
        "healthy_volunteers": f"{_POPULATION}.clinicalTrialGroups",
        "sites": f"{_APPLICATION}.authorizedPartsII.trialSites",
        "has_results": "resultsFirstReceived",
        "results": "results",
        "documents": "documents",
        "applications": f"{_APPLICATION}.applicationInfo",
        "milestones": "events.trialEvents",
        "secondary_ids": f"{_TITLES}.secondaryIdentifyingNumbers",
        "brief_summary": f"{_INFORMATION}.trialObjective.mainObjective",
        "last_update_submit_date": "lastUpdated",
        "last_update_post_date": "publishDate",
    }
)
"""Where in a document a field of `monitor.changes.fields` is."""

_LASTING = {
    "titles": _TITLES,
    "sponsors": f"{_PART}.sponsors",
    "trial information": _INFORMATION,
    "countries": f"{_APPLICATION}.memberStatesConcerned",
}
"""Parts that an authorised record does not lose."""

_FOR_PUBLICATION = " (for publication)"


def parse(document: Document) -> Record:
    """What a LISTED document says."""
    tree: Node = orjson.loads(document.content)
    parts = frozenset(name for name, path in _LASTING.items() if object_at(tree, path) or objects_at(tree, path))
    is_former = tree.pop(legacy.MARK, False) is True
    application = object_at(tree, _APPLICATION)
    states = country_statuses(tree)
    silent = frozenset(() if states else ("country_statuses",)) | (legacy.SILENT if is_former else frozenset())
    take(tree, "ctNumber", str)
    fields = _whole(tree) | _part(tree, object_at(tree, _PART)) | _parts_by_country(application)
    fields["enrollment"] = fields.pop("in_countries") or _told_enrollment(tree)
    details = {
        "applications": _applications(application),
        "milestones": milestones(tree),
        "secondary_ids": take_secondary_ids(object_at(tree, _TITLES), application),
        "brief_summary": take_text(object_at(tree, f"{_INFORMATION}.trialObjective"), "mainObjective"),
    }
    tree.pop("totalNumberEnrolled", None)
    drop_named(tree)
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=PAGE + document.trial_id,
        paths=PATHS,
        country_statuses=states,
        details={name: value for name, value in details.items() if value},
        silent=silent,
        parts=parts,
        rest=drop_emptied(tree),
        **fields,
    )


# The whole trial


def _whole(tree: Node) -> Node:
    planned = object_at(tree, f"{_INFORMATION}.trialDuration")
    results = take(tree, "results", dict)
    received = take_text(tree, "resultsFirstReceived")
    status = overall_status(tree)
    return {
        "overall_status": status,
        "why_stopped": why_stopped(tree) if status and status.code in ("SUSPENDED", "TERMINATED") else None,
        "start_date": _date(tree, ("startDateEU",), planned, ("estimatedRecruitmentStartDate",)),
        "completion_date": _date(
            tree, ("endDate", "endDateEU"), planned, ("estimatedGlobalEndDate", "estimatedEndDate")
        ),
        "has_results": bool(results) or (received or "").casefold() == "yes",
        "results": results,
        "documents": _documents(tree),
        "last_update_submit_date": _day(tree, "lastUpdated"),
        "last_update_post_date": _day(tree, "publishDate"),
    }


def _date(tree: Node, actual: Iterable[str], planned: Node, estimated: Iterable[str]) -> PartialDate | None:
    """The first day that is given, what happened before what is planned. Another one of the same plan stays.

    The plan is taken where it happened, too: else it would seem new on the day on which it did.
    """
    days = [
        PartialDate(day, type_)
        for node, names, type_ in ((tree, actual, "ACTUAL"), (planned, estimated, "ESTIMATED"))
        if (day := next((day for name in names if (day := _day(node, name))), None))
    ]
    return days[0] if days else None


def _day(node: Node, name: str) -> str | None:
    if day := day_in(node.get(name)):
        del node[name]
    return day


def _applications(application: Node) -> list[Json]:
    """The applications by their keys, IN, SM-1, NSM-1, AM-1, each with what it is."""

    def read(item: Node) -> str | None:
        key = take_text(item, "businessKey")
        if not key:
            return None
        kind = take_text(item, "type")
        return f"{key} ({kind.lower().replace('msc', 'Member State')})" if kind else key

    return sorted(take_items(application, "applicationInfo", read, str))


def _documents(tree: Node) -> tuple[StudyDocument, ...]:
    def read(item: Node) -> StudyDocument | None:
        label = (take_text(item, "documentTypeLabel") or "").removesuffix(_FOR_PUBLICATION)
        title, version = take_text(item, "title"), take_text(item, "manualVersion")
        item.pop("documentType", None)
        if not (label or title):
            return None
        named = f"{title}, version {version}" if title and version else title
        return StudyDocument(label or title or "", filename=named if label else None)

    return take_items(tree, "documents", read, lambda read: read.filename or read.label)


# Part I, which holds for all countries


def _part(tree: Node, part: Node) -> Node:
    information = object_at(tree, _INFORMATION)
    titles, conditions = object_at(tree, _TITLES), object_at(information, "medicalCondition")
    sponsors = take_items(part, "sponsors", _sponsor, lambda read: read[1].key or read[1].name)
    lead = next((sponsor for is_primary, sponsor in sponsors if is_primary), None)
    return {
        "brief_title": take_text(titles, "publicTitle"),
        "official_title": take_text(titles, "fullTitle"),
        "acronym": take_text(titles, "shortTitle"),
        "lead_sponsor": lead,
        "collaborators": tuple(sponsor for _, sponsor in sponsors if sponsor is not lead),
        "phases": _phases(tree, object_at(information, "trialCategory")),
        "conditions": _texts(conditions, "partIMedicalConditions", "medicalCondition"),
        "keywords": _texts(conditions, "meddraConditionTerms", "termName"),
        "interventions": _interventions(part),
        "primary_outcomes": _outcomes(object_at(information, "endPoint"), "primaryEndPoints"),
        "secondary_outcomes": _outcomes(object_at(information, "endPoint"), "secondaryEndPoints"),
        "eligibility_criteria": _criteria(object_at(information, "eligibilityCriteria")),
        **_population(object_at(information, "populationOfTrialSubjects")),
    }


def _sponsor(item: Node) -> tuple[bool, Sponsor] | None:
    organisation = object_at(item, "organisation")
    name = take_text(organisation, "name")
    if not name:
        return None
    is_commercial = take(item, "isCommercial", bool)
    kind = None if is_commercial is None else "INDUSTRY" if is_commercial else "OTHER"
    return take(item, "primary", bool) or False, Sponsor(name, kind, take_text(organisation, "businessKey"))


def _phases(tree: Node, category: Node) -> tuple[Coded, ...]:
    """By the code of the record; a copy that has a search row's words, too, says no more by them."""
    found: tuple[Coded, ...] = ()
    for node, name in ((tree, "trialPhase"), (category, "trialPhase")):
        if told := codes.phases(node.get(name)):
            found = told
            del node[name]
    return found


def _texts(node: Node, name: str, member: str) -> tuple[str, ...]:
    taken = take_items(node, name, lambda item: take_text(item, member), str)
    return tuple(dict.fromkeys(taken))


def _interventions(part: Node) -> tuple[Intervention, ...]:
    groups = objects_at(part, "productRoleGroupInfos") or [part]
    taken = []
    for group in groups:
        role = take_text(group, "productRoleName")
        kind = role.upper() if role else None
        names = take_items(group, "products", _product, str)
        taken += [Intervention(kind, name) for name in names]
    return tuple(dict.fromkeys(taken))


def _product(item: Node) -> str | None:
    return take_text(item, "productName") or take_text(object_at(item, "productDictionaryInfo"), "prodName")


def _outcomes(node: Node, name: str) -> tuple[Outcome, ...]:
    return tuple(Outcome(text) for text in _numbered(node, name, "endPoint"))


def _criteria(node: Node) -> str | None:
    """Both lists as one text, each criterion a line, in the sponsor's order."""
    blocks = [
        f"{heading}:\n\n" + "\n".join(f"* {text}" for text in texts)
        for heading, name in (
            ("Inclusion Criteria", "principalInclusionCriteria"),
            ("Exclusion Criteria", "principalExclusionCriteria"),
        )
        if (texts := _numbered(node, name, name))
    ]
    return "\n\n".join(blocks) or None


def _numbered(node: Node, name: str, member: str) -> list[str]:
    """The texts of a list by their numbers."""

    def read(item: Node) -> tuple[int, str] | None:
        text = take_text(item, member)
        if not text:
            return None
        item.pop("isPrimary", None)
        number = item.pop("number", None)
        digits = str(number) if type(number) in (int, str) else ""
        return (int(digits) if re.fullmatch("[0-9]{1,6}", digits) else 0, text)

    return [text for _, text in sorted(take_items(node, name, read, lambda read: read[1]))]


def _population(node: Node) -> Node:
    told = leaves(node.get("ageRanges"), "ageRangeCategory")
    ranges = [code for code in told if isinstance(code, str) and code in codes.AGES]
    youngest, oldest = min(ranges, default=None), max(ranges, default=None)
    if ranges:
        del node["ageRanges"]
    female, male = take(node, "isFemaleSubjects", bool), take(node, "isMaleSubjects", bool)
    sex = "ALL" if female and male else "FEMALE" if female else "MALE" if male else None
    groups = [name for name in leaves(node.get("clinicalTrialGroups"), "name") if isinstance(name, str)]
    return {
        "minimum_age": codes.AGES[youngest][0] if youngest else None,
        "maximum_age": codes.AGES[oldest][1] if oldest else None,
        "sex": Coded(sex, shared_words(sex)) if sex else None,
        "healthy_volunteers": any("healthy" in name.casefold() for name in groups) if groups else None,
    }


# Part II, of each country


def _parts_by_country(application: Node) -> Node:
    sites: list[Site] = []
    counts: list[int] = []

    def read(item: Node) -> str | None:
        country = take_text(object_at(item, "mscInfo"), "mscName")
        if not country:
            return None
        sites.extend(take_items(item, "trialSites", _site, lambda site: site.facility or ""))
        count = item.get("recruitmentSubjectCount")
        if type(count) is int and 0 <= count < 10_000_000:
            counts.append(item.pop("recruitmentSubjectCount"))
        return country

    take_items(application, "authorizedPartsII", read, str)
    return {"sites": tuple(sites), "in_countries": Enrollment(sum(counts), "ESTIMATED") if counts else None}


def _told_enrollment(tree: Node) -> Enrollment | None:
    """The planned number that a search row gives, for a trial without parts by country."""
    told = tree.get("totalNumberEnrolled")
    digits = str(told) if type(told) in (int, str) else ""
    return Enrollment(int(digits), "ESTIMATED") if re.fullmatch("[0-9]{1,7}", digits) else None


def _site(item: Node) -> Site | None:
    place = object_at(item, "organisationAddressInfo")
    address = object_at(place, "address")
    facility = take_text(object_at(place, "organisation"), "name")
    city, country = take_text(address, "city"), take_text(address, "countryName")
    if not (facility or city):
        return None
    return Site(facility, city, None, take_text(address, "postcode"), country)
