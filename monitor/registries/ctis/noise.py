"""A record without what changes by itself, and without people. Pure.

Left out are

* numeric ids and the uuids of translations: all of them are new after every modification;
* translations: the record has the text in the trial's own language;
* people: names, telephone numbers, e-mail addresses, contact points;
* what stands twice: addresses in one line, the products and conditions beside their groups;
* of an application what was decided on the way: its key, type, status and dates tell of it;
* what a search row says of the same trial, which some copies of records have;
* the time of day of the last publication;
* null and empty members, and the order of lists, which has no meaning.
"""

import re
from typing import Any

import orjson

from monitor.errors import AnswerUnreadable
from monitor.registries.ctis.trees import object_at, objects_at
from monitor.registries.taking import Node

DEEPEST = 60
"""Levels of a record; real ones have twelve."""

_PEOPLE = re.compile(
    "personInfo|person|personId|publicContacts|scientificContacts|contactPointForUnion|phone|telephone|phoneNumber|fax|"
    "intl|ext|email|functionalName|functionalEmailAddress|firstName|lastName|submittedBy"
)
_IDLE = re.compile(
    "oneLine|uuid|ctrname|record_last_import|isBusinessKeyValidated|party|article77ComplianceResp|contactPointResp|"
    r"legislationComplianceResp|\w+(?:Translations|Uuid|Pk)",
    re.ASCII,
)
_NUMBERED = re.compile(r"(?:id|\w+(?:Id|Ids))", re.ASCII)
_OF_THE_ROW = (
    "ctStatus",
    "shortTitle",
    "ctTitle",
    "trialCountries",
    "recruitmentStatus",
    "decisionDate",
    "decisionDateOverall",
    "therapeuticAreas",
    "sponsorType",
    "ageGroup",
    "ageRangeSecondary",
    "gender",
    "lastPublicationUpdate",
)
_OF_AN_APPLICATION = ("businessKey", "type", "status", "submissionDate", "decisionDate")
_VOID: tuple[Any, ...] = (None, "", [], {})
FILE = "file"
"""What the uuid of a published document is called here: unlike those of translations, it is kept."""
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:.]+Z?")


def without_noise(record: Node) -> Node:
    """The record as it is kept. Raise AnswerUnreadable where it is nested too deeply."""
    kept = {name: value for name, value in record.items() if name not in _OF_THE_ROW}
    if (published := kept.get("publishDate")) and (found := _DAY.fullmatch(str(published))):
        kept["publishDate"] = found[1]
    application = object_at(kept, "authorizedApplication")
    if application:
        kept["authorizedApplication"] = _application(application)
    if files := objects_at(kept, "documents"):
        kept["documents"] = [{FILE: document.get("uuid"), **document} for document in files]
    cleaned: Node = _cleaned(kept, 0)
    return cleaned


def _application(application: Node) -> Node:
    kept = dict(application)
    if "applicationInfo" in kept and "authorizedPartI" in kept:
        kept["applicationInfo"] = [
            {name: info[name] for name in _OF_AN_APPLICATION if name in info}
            for info in objects_at(kept, "applicationInfo")
        ]
    part = dict(object_at(kept, "authorizedPartI"))
    part.pop("medicalConditions", None)
    part.pop("partOneTherapeuticAreas", None)
    if objects_at(part, "productRoleGroupInfos"):
        part.pop("products", None)
    return kept | ({"authorizedPartI": part} if part else {})


def _cleaned(value: Any, depth: int) -> Any:
    """The value without noise, and its lists sorted."""
    if depth > DEEPEST:
        raise AnswerUnreadable("the record is nested too deeply")
    if type(value) is dict:
        pairs = ((name, _cleaned(item, depth + 1)) for name, item in value.items() if not _is_noise(name, item))
        return {name: item for name, item in pairs if item not in _VOID}
    if type(value) is list:
        items = [kept for item in value if (kept := _cleaned(item, depth + 1)) not in _VOID]
        return sorted(items, key=lambda item: orjson.dumps(item, option=orjson.OPT_SORT_KEYS))
    return value


def _is_noise(name: str, value: Any) -> bool:
    if _PEOPLE.fullmatch(name) or _IDLE.fullmatch(name):
        return True
    if _NUMBERED.fullmatch(name) is None:
        return False
    return type(value) is int or (type(value) is list and all(type(item) is int for item in value))
