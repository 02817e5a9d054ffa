"""What a document says: canonical JSON in, `Record` out. Pure; it raises for no document that was proven.

A field *takes* what it understands out of the freshly read tree; what nobody took is the record's `rest`. A date or a
number of participants that was planned counts until there is the actual one, and is not told beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import orjson

from monitor.model import Arm, Document, Enrollment, Outcome, PartialDate, Record, Site, Sponsor, StudyDocument
from monitor.registries.drks import codes
from monitor.registries.drks.details import PATHS as DETAILS
from monitor.registries.drks.details import details
from monitor.registries.drks.documents import contact_kind
from monitor.registries.drks.languages import (
    Languages,
    Node,
    Spoken,
    drop_emptied,
    read_in_german,
    spoken,
    translated,
)
from monitor.registries.drks.places import country
from monitor.registries.drks.taking import dropped_empty, take_items, take_text
from monitor.registries.taking import object_at, take

PAGE = "https://drks.de/search/en/trial/"
_RECRUITMENT = "recruitment"
_DESIGN = "studyCharacteristic"
_TITLES = "trialDescriptions"
_NEVER_BEGAN = ("WITHDRAWN", "DISCONTINIUED", "DISCONTINUED")
"""Statuses with which nobody may have taken part; with another one, 0 stands for a number that was not entered."""
_DOCUMENTS = ("TRIALPROTOCOL", "ECVOTE", "ADDITONAL_VOTE")
"""Publications that are documents of the study, spelled as in the schema."""

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "trial_id": "drksId",
        "brief_title": f"{_TITLES}.title",
        "acronym": f"{_TITLES}.acronym",
        "overall_status": f"{_RECRUITMENT}.status",
        "why_stopped": f"{_RECRUITMENT}.recruitmentDescriptions.reasonDescription",
        "start_date": f"{_RECRUITMENT}.actualStartDate",
        "completion_date": f"{_RECRUITMENT}.actualCompletionDate",
        "enrollment": f"{_RECRUITMENT}.totalParticipants",
        "lead_sponsor": "trialContacts",
        "collaborators": "trialContacts.contact",
        "study_type": f"{_DESIGN}.type",
        "phases": f"{_DESIGN}.phase",
        "allocation": f"{_DESIGN}.allocation",
        "intervention_model": f"{_DESIGN}.assignment",
        "masking": f"{_DESIGN}.blindingType",
        "primary_purpose": f"{_DESIGN}.purpose",
        "arms": "observationalGroups",
        "primary_outcomes": f"{_DESIGN}.characteristicDescriptions.primaryOutcome",
        "secondary_outcomes": f"{_DESIGN}.characteristicDescriptions.secondaryOutcome",
        "minimum_age": f"{_RECRUITMENT}.minimumAge",
        "maximum_age": f"{_RECRUITMENT}.maximumAge",
        "sex": f"{_RECRUITMENT}.gender",
        "healthy_volunteers": f"{_RECRUITMENT}.healthyVolunteers",
        "eligibility_criteria": f"{_RECRUITMENT}.recruitmentDescriptions",
        "sites": f"{_RECRUITMENT}.institutes",
        "has_results": "trialResults.firstResultPublication",
        "results": "trialResults.trialResultsDescriptions",
        "documents": "trialResults.publications",
        "last_update_post_date": "lastUpdate",
        "conditions": "studiedHealthConditions",
        **DETAILS,
    }
)
"""Where in a document a field of `monitor.changes.fields` is."""

LASTING = ("recruitment", "studyCharacteristic", "trialDescriptions", "trialContacts", "studiedHealthConditions")
"""Parts that a record does not lose once it has them."""


def parse(document: Document) -> Record:
    """What a LISTED document says, in English where it can be."""
    return _read(document, Languages())


def parse_both(before: Document, after: Document) -> tuple[Record, Record]:
    """What two LISTED documents of one trial say, each text in the same language in both wherever that can be.

    A text that they have in different languages only is the same in both: nobody can tell whether it says the same.
    """
    languages = Languages(), Languages()
    old, new = _read(before, languages[0]), _read(after, languages[1])
    found = languages[0].found, languages[1].found
    if german := read_in_german(*found):
        old, new = _read(before, Languages(german)), _read(after, Languages(german))
    return old, _with_texts_of(old, new, translated(*found))


def _with_texts_of(old: Record, new: Record, names: Iterable[str]) -> Record:
    for name in names:
        if name in Record.__dataclass_fields__:
            new = replace(new, **{name: getattr(old, name)})
        elif name in old.details:
            new = replace(new, details={**new.details, name: old.details[name]})
    return new


def _read(document: Document, languages: Languages) -> Record:
    tree = orjson.loads(document.content)
    parts = frozenset(name for name in LASTING if tree.get(name))
    take(tree, "drksId", str)
    recruitment, design = object_at(tree, _RECRUITMENT), object_at(tree, _DESIGN)
    fields: Node = {
        "last_update_post_date": take(tree, "lastUpdate", str),
        **_titles(tree, languages),
        **_recruitment(recruitment, languages),
        **_design(design, languages),
        **_sponsors(tree),
        **_results(object_at(tree, "trialResults"), languages),
        "arms": _arms(tree, languages),
        "conditions": _conditions(tree, languages),
        "details": details(tree, languages),
    }
    drop_emptied(tree, _TITLES)
    drop_emptied(recruitment, "recruitmentDescriptions")
    drop_emptied(design, "characteristicDescriptions")
    drop_emptied(object_at(tree, "trialResults"), "trialResultsDescriptions")
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=f"{PAGE}{document.trial_id}/details",
        paths=PATHS,
        rest=dropped_empty(tree),
        parts=parts,
        **fields,
    )


def _titles(tree: Node, languages: Languages) -> Node:
    return {
        "brief_title": languages.read("brief_title", spoken(tree, _TITLES, "title")),
        "acronym": languages.read("acronym", spoken(tree, _TITLES, "acronym")),
    }


def _recruitment(node: Node, languages: Languages) -> Node:
    status = take_text(node, "status")
    texts = "recruitmentDescriptions"
    included, excluded = spoken(node, texts, "inclusionCriteria"), spoken(node, texts, "exclusionCriteria")
    return {
        "overall_status": codes.status_of(status) if status else None,
        "why_stopped": languages.read("why_stopped", spoken(node, texts, "reasonDescription")),
        "start_date": _date(node, "actualStartDate", "scheduledStartDate"),
        "completion_date": _date(node, "actualCompletionDate", "scheduledCompletionDate"),
        "enrollment": _enrollment(node, status),
        "minimum_age": _age(node, "minimumAge"),
        "maximum_age": _age(node, "maximumAge"),
        "sex": codes.coded(sex, codes.SEXES) if (sex := take_text(node, "gender")) else None,
        "healthy_volunteers": take(node, "healthyVolunteers", bool),
        "eligibility_criteria": _criteria(included, excluded, languages),
        "sites": (*take_items(node, "institutes", _site), *take_items(node, "countries", _country)),
    }


def _date(node: Node, actual: str, planned: str) -> PartialDate | None:
    happened, meant = take_text(node, actual), take_text(node, planned)
    if happened:
        return PartialDate(happened, "ACTUAL")
    return PartialDate(meant, "ESTIMATED") if meant else None


def _enrollment(node: Node, status: str | None) -> Enrollment | None:
    total, target = take(node, "totalParticipants", int), take(node, "plannedParticipants", int)
    if total or (total == 0 and status in _NEVER_BEGAN):
        return Enrollment(total, "ACTUAL")
    return Enrollment(target, "ESTIMATED") if target else None


def _age(node: Node, name: str) -> str | None:
    age = object_at(node, name)
    unit, amount = age.get("unit"), age.get("amount")
    if isinstance(unit, str) and unit in codes.NO_AGE:
        age.clear()
        return None
    if type(amount) is not int or not isinstance(unit, str) or unit not in codes.AGE_UNITS:
        return None
    age.clear()
    return f"{amount} {codes.AGE_UNITS[unit]}"


def _criteria(included: Spoken, excluded: Spoken, languages: Languages) -> str | None:
    headed = (("Inclusion Criteria", included), ("Exclusion Criteria", excluded))
    read = [(heading, languages.read("eligibility_criteria", texts)) for heading, texts in headed]
    return "\n\n".join(f"{heading}:\n\n{text}" for heading, text in read if text) or None


def _site(item: Node) -> Site | None:
    name, city = take_text(item, "name"), take_text(item, "city")
    return Site(facility=name, city=city) if name or city else None


def _country(item: Node) -> Site | None:
    """A country by itself: the registry does not say in which one an institute is."""
    code = take_text(object_at(item, "idCountry"), "code")
    if code and not item["idCountry"]:
        del item["idCountry"]
    return Site(country=country(code)) if code else None


def _design(node: Node, languages: Languages) -> Node:
    texts = "characteristicDescriptions"
    phase = take_text(node, "phase")
    for member in ("typeOfSequenceGeneration", "typeOfHiddenAllocation"):
        if text := languages.read(member, spoken(node, texts, member)):
            node[member] = text
    coded = {
        "study_type": ("type", codes.TYPES),
        "allocation": ("allocation", codes.ALLOCATIONS),
        "intervention_model": ("assignment", codes.ASSIGNMENTS),
        "masking": ("blindingType", codes.BLINDINGS),
        "primary_purpose": ("purpose", codes.PURPOSES),
    }
    read: Node = {
        field: codes.coded(code, known) if (code := take_text(node, name)) else None
        for field, (name, known) in coded.items()
    }
    return read | {
        "phases": codes.PHASES.get(phase) or (codes.coded(phase, {}),) if phase else (),
        "primary_outcomes": _outcomes("primary_outcomes", spoken(node, texts, "primaryOutcome"), languages),
        "secondary_outcomes": _outcomes("secondary_outcomes", spoken(node, texts, "secondaryOutcome"), languages),
    }


def _outcomes(name: str, texts: Spoken, languages: Languages) -> tuple[Outcome, ...]:
    """The registry has one text for all of them."""
    text = languages.read(name, texts)
    return (Outcome(text),) if text else ()


def _sponsors(tree: Node) -> Node:
    found = take_items(tree, "trialContacts", _sponsor)
    leads = [sponsor for kind, sponsor in found if kind == "PRIMARY_SPONSOR"]
    others = [sponsor for kind, sponsor in found if kind != "PRIMARY_SPONSOR"]
    return {
        "lead_sponsor": leads[0] if leads else None,
        "collaborators": tuple(dict.fromkeys((*leads[1:], *others))),
    }


def _sponsor(item: Node) -> tuple[str, Sponsor] | None:
    name = object_at(item, "contact").get("affiliation")
    if not isinstance(name, str) or not name:
        return None
    kind = contact_kind(item)
    for member in ("contact", "idContactIdType", "otherType"):
        item.pop(member, None)
    return kind, Sponsor(name)


def _arms(tree: Node, languages: Languages) -> tuple[Arm, ...]:
    """Groups by their numbers, each told in one item a language."""
    by_number: dict[int, dict[str, str]] = {}
    groups = (*take_items(tree, "interventionalGroups", _group), *take_items(tree, "observationalGroups", _group))
    for number, language, text in groups:
        by_number.setdefault(number, {}).setdefault(language, text)
    return tuple(
        Arm(f"Arm {number}", description=languages.read("arms", texts)) for number, texts in sorted(by_number.items())
    )


def _group(item: Node) -> tuple[int, str, str] | None:
    arm, text = object_at(item, "idArm"), item.get("comment")
    number, language = arm.get("arm"), arm.get("locale")
    if type(number) is not int or not isinstance(text, str):
        return None
    del item["comment"], item["idArm"]
    return number, language if isinstance(language, str) else "", text


def _conditions(tree: Node, languages: Languages) -> tuple[str, ...]:
    def condition(item: Node) -> str | None:
        code = item.get("code")
        text = languages.read("conditions", spoken(item, "studiedHealthConditionDescriptions", "comment"))
        drop_emptied(item, "studiedHealthConditionDescriptions")
        said = " ".join(each for each in (code, text) if isinstance(each, str))
        if said:
            for member in ("code", "catalog", "type"):
                item.pop(member, None)
        return said or None

    return tuple(take_items(tree, "studiedHealthConditions", condition))


def _results(node: Node, languages: Languages) -> Node:
    summary = languages.read("results", spoken(node, "trialResultsDescriptions", "briefSummaryOfResultsDescription"))
    return {
        "has_results": bool(node.get("firstResultPublication") or summary),
        "results": {"briefSummary": summary} if summary else None,
        "documents": tuple(take_items(node, "publications", _document)),
    }


def _document(item: Node) -> StudyDocument | None:
    """A document of the study, by what it is and is said to be; of one without a file, what is said is its name."""
    kind = item.get("type")
    if kind not in _DOCUMENTS:
        return None
    name, said = take_text(object_at(item, "document"), "name"), take_text(item, "description")
    if not (name or said):
        return None
    del item["type"]
    if item.get("document") == {}:
        del item["document"]
    label = codes.in_words(_LABELS.get(kind, kind))
    return StudyDocument(f"{label}: {said}" if name and said else label, filename=name or said)


_LABELS: Mapping[str, str] = MappingProxyType(
    {"TRIALPROTOCOL": "TRIAL_PROTOCOL", "ECVOTE": "ETHICS_VOTE", "ADDITONAL_VOTE": "ADDITIONAL_VOTE"}
)
