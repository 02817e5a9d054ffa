"""Proof that a record is the one asked for, and its canonical form. Pure.

Two records with the same content have the same canonical bytes. Left out is what is no content, or nobody else's
business: the order of lists and the ends of lines; people, of whom only the organisations of sponsors, funders and
ethics committees stay; where the record stands on its way through the registry's office (`trialStatus`); what kind of
institute a place is; that there are no other numbers; and files that are packed into the record.
"""

from hashlib import sha256
from io import BytesIO
from typing import Any

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.model import Document, Json
from monitor.registries.drks import bulk

KEY = "drks.de"
RECORD_CAP = 8 * 1024 * 1024
"""Bytes of one record in its canonical form."""
DEEPEST = 40
"""Levels; its schema has eight."""
SPONSORS = ("PRIMARY_SPONSOR", "SECONDARY_SPONSOR")
OTHER_SPONSOR = "OTHER_SECONDARY_SPONSOR"
_NOISE = frozenset({"trialStatus", "file", "noOtherIdentificationNumbersAvailable"})
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
_OBJECTS = ("recruitment", "studyCharacteristic", "trialResults", "secondaryIds", "ethicsCommittee")
_LISTS = ("trialDescriptions", "trialContacts", "observationalGroups", "studiedHealthConditions", "materialSupports")


def document_of(trial_id: str, raw: bytes) -> Document:
    """The record of *trial_id* as a document. Raise AnswerUnreadable where *raw* is not proven to be that record."""
    try:
        tree = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise AnswerUnreadable("it is not proper JSON", raw=raw) from error
    if reason := reason_against(tree, trial_id):
        raise AnswerUnreadable(reason, raw=raw)
    kept = _cleaned(tree, "", 0)
    content = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    if len(content) > RECORD_CAP:
        raise AnswerTooLarge(
            f"the record has {len(content):,} bytes; more than {RECORD_CAP:,} is not believed", raw=raw
        )
    updated = kept.get("lastUpdate")
    return Document(
        registry=KEY,
        trial_id=trial_id,
        content=content,
        title=title_of(tree),
        lead_sponsor=_lead_sponsor(kept),
        probe_digest=sha256(raw).digest(),
        updated_on=(updated,) if isinstance(updated, str) else (),
    )


def kept_document(trial_id: str, raw: bytes) -> Document:
    """The document that *raw* is: a record, a document's content, or a whole file that has the record in it.

    Raise AnswerUnreadable where it is not proven to be the record of *trial_id*.
    """
    others = 0
    for found, record in bulk.records(BytesIO(raw)):
        if found == trial_id:
            return document_of(trial_id, record)
        others += 1
    raise AnswerUnreadable(f"it holds no record of {trial_id}{', but others' if others else ''}", raw=raw)


def reason_against(tree: Json, trial_id: str) -> str | None:
    """Why *tree* is not the record of *trial_id*, in one line; None where it is."""
    if not isinstance(tree, dict):
        return f"{_kind(tree)} came instead of a record"
    found = tree.get("drksId")
    if found != trial_id:
        return f"the record is of “{str(found)[:40]}”, not of {trial_id}" if found else "the record names no trial"
    for kind, names in ((dict, _OBJECTS), (list, _LISTS)):
        for name in names:
            if not isinstance(tree.get(name), kind | None):
                return f"{name} is {_kind(tree[name])} instead of {_KINDS[kind]}"
    status = (tree.get("recruitment") or {}).get("status")
    if not (isinstance(status, str) and status):
        return "the record lacks recruitment.status"
    return None if title_of(tree) else "the record lacks a title (trialDescriptions)"


def _lead_sponsor(tree: dict[str, Any]) -> str | None:
    """The organisation of the first contact that is the primary sponsor."""
    contacts = (each for each in tree.get("trialContacts") or () if isinstance(each, dict))
    leads = (each.get("contact") for each in contacts if contact_kind(each) == "PRIMARY_SPONSOR")
    names = (each.get("affiliation") for each in leads if isinstance(each, dict))
    return next((name for name in names if isinstance(name, str)), None)


def title_of(tree: dict[str, Any]) -> str | None:
    """The title in English, else in another language."""
    titles = {
        language_of(each): each["title"]
        for each in tree.get("trialDescriptions") or ()
        if isinstance(each, dict) and isinstance(each.get("title"), str) and each["title"].strip()
    }
    return titles.get("en") or next(iter(titles.values()), None)


def language_of(item: dict[str, Any], name: str = "idLocale") -> str:
    """The language of a list's item: "en", "de", or whatever it says; empty where it says nothing."""
    said = item.get(name)
    locale = said.get("locale") if isinstance(said, dict) else None
    return locale if isinstance(locale, str) else ""


def _cleaned(value: Json, name: str, level: int) -> Any:
    """The value without noise and without what is empty, lists in an order of their own."""
    if level > DEEPEST:
        raise AnswerUnreadable("the record is nested too deeply")
    if isinstance(value, dict):
        value = _organisation(value) if name == "contact" else value
        pairs = ((key, _cleaned(each, key, level + 1)) for key, each in value.items() if key not in _NOISE)
        return {key: each for key, each in pairs if each is not None and each not in ("", [], {})}
    if isinstance(value, list):
        if name == "trialContacts":
            value = [each for each in value if _is_sponsor(each)]
        if name == "institutes":
            value = [_without_kind(each) for each in value]
        items = {orjson.dumps(each, option=orjson.OPT_SORT_KEYS): each for each in _cleaned_items(value, level)}
        return [items[key] for key in sorted(items)]
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _cleaned_items(items: list[Json], level: int) -> list[Json]:
    cleaned = [_cleaned(each, "", level + 1) for each in items]
    return [each for each in cleaned if each is not None and each not in ("", [], {})]


def _organisation(contact: dict[str, Any]) -> dict[str, Any]:
    return {"affiliation": contact.get("affiliation")}


def _is_sponsor(item: Json) -> bool:
    """Whether a contact is an organisation that sponsors the trial; one that is a person is not kept."""
    if not isinstance(item, dict) or not isinstance(contact := item.get("contact"), dict):
        return False
    affiliation = contact.get("affiliation")
    return (
        contact_kind(item) in (*SPONSORS, OTHER_SPONSOR) and isinstance(affiliation, str) and bool(affiliation.strip())
    )


def contact_kind(item: dict[str, Any]) -> str:
    """What a contact is for; of a sponsor among the further addresses, that."""
    if item.get("otherType") == OTHER_SPONSOR:
        return OTHER_SPONSOR
    said = item.get("idContactIdType")
    kind = said.get("type") if isinstance(said, dict) else None
    return kind if isinstance(kind, str) else ""


def _without_kind(institute: Json) -> Json:
    if isinstance(institute, dict):
        return {name: each for name, each in institute.items() if name != "type"}
    return institute


def _kind(value: Json) -> str:
    return _KINDS.get(type(value), "a number")
