"""Proof that an answer is the record asked for, and its canonical form. Pure.

A document holds the trial as the registry has it, the organisations that sponsor and fund it, and no people: what is
personal stays outside (`markup`), and of the summary for everybody the paragraph that names a contact. The trial refers
to its sponsors by ids which change with every version of the registry's software, so that only what they stand for is
kept, the lead sponsor first.
"""

import re
from hashlib import sha256
from typing import Any

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.model import Document, Json
from monitor.registries.isrctn.ids import KEY
from monitor.registries.isrctn.markup import TEXT, Element, children, name_of, root_of, tree_of
from monitor.registries.isrctn.taking import items_at, text_of

RECORD_CAP = 4 * 1024 * 1024
"""Bytes of one record; the largest real one known has 60 kB."""
_MARKERS = ("@version", "@lastUpdated")
_CONTACT = re.compile(r"Who is the main contact\?.*", re.DOTALL)
_OF_SPONSORS = ("organisation", "sponsorType", "rorId")
_OF_FUNDERS = ("name", "fundRef")
_REQUIRED = ("trialDescription", "trialDesign", "participants")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def records_in(root: Element) -> list[Element]:
    """The records of an answer, whether it is a list or one of them."""
    return [root] if name_of(root) == "fullTrial" else children(root, "fullTrial")


def trial_id_of(record: Element) -> str | None:
    """Whose record it says that it is."""
    for trial in children(record, "trial"):
        for number in children(trial, "isrctn"):
            digits = (number.text or "").strip().upper().removeprefix("ISRCTN")
            return f"ISRCTN{digits}" if re.fullmatch("[0-9]{8}", digits) else None
    return None


def last_update_of(record: Element) -> str | None:
    """When it says that it was updated last."""
    stamps = [trial.get("lastUpdated", "").strip() for trial in children(record, "trial")]
    return stamps[0] if stamps and stamps[0] else None


def document_of(record: Element, trial_id: str) -> Document:
    """The record of *trial_id* as a document. Raise AnswerUnreadable, without raw bytes, where it is not proven."""
    named = trial_id_of(record)
    if named != trial_id:
        raise AnswerUnreadable(f"it is the record of {named or 'no trial at all'}")
    (trial, *_) = children(record, "trial")
    tree: dict[str, Any] = {"trial": tree_of(trial)}
    lead = [(each.text or "").strip() for each in trial.iter() if name_of(each) == "sponsorId"]
    sponsors = _organisations(record, "sponsor", _OF_SPONSORS, lead)
    tree |= {"sponsors": sponsors} if sponsors else {}
    tree |= {"funders": funders} if (funders := _organisations(record, "funder", _OF_FUNDERS, [])) else {}
    return _proven(tree, trial_id)


def kept_document(trial_id: str, raw: bytes) -> Document:
    """The document that an answer proves to be which was kept as it came, or as a document's content.

    Raise AnswerUnreadable where it is none.
    """
    if raw.lstrip()[:1] == b"{":
        try:
            return _proven(orjson.loads(raw), trial_id)
        except orjson.JSONDecodeError as error:
            raise AnswerUnreadable("it is not proper JSON", raw=raw) from error
    records = records_in(root_of(raw))
    if len(records) != 1:
        raise AnswerUnreadable(f"it holds {len(records)} records", raw=raw)
    return document_of(records[0], trial_id)


def _proven(tree: Json, trial_id: str) -> Document:
    if reason := _reason_against(tree, trial_id):
        raise AnswerUnreadable(reason)
    trial = tree["trial"]
    trial.pop("parties", None)
    summary = trial["trialDescription"].get("plainEnglishSummary")
    if isinstance(summary, str):
        trial["trialDescription"]["plainEnglishSummary"] = _CONTACT.sub("", summary).strip()
    content = orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
    if len(content) > RECORD_CAP:
        raise AnswerTooLarge(f"the record has {len(content):,} bytes; more than {RECORD_CAP:,} is not believed")
    markers = [str(trial.get(name) or "") for name in _MARKERS]
    updated = _DAY.match(markers[1])
    return Document(
        registry=KEY,
        trial_id=trial_id,
        content=content,
        title=trial["trialDescription"]["title"],
        lead_sponsor=_lead_sponsor(tree),
        probe_digest=digest_of(*markers),
        updated_on=(updated[0],) if updated else (),
    )


def _lead_sponsor(tree: dict[str, Json]) -> str | None:
    """The first sponsor with a name."""
    sponsors = (each for each in items_at(tree.get("sponsors")) if isinstance(each, dict))
    return next((name for each in sponsors if (name := text_of(each.get("organisation")))), None)


def digest_of(version: str, last_updated: str) -> bytes | None:
    """What a probe sees of a trial: its two marks of an edit; None where it bears none."""
    return sha256(f"{version}\n{last_updated}".encode()).digest() if version or last_updated else None


def _reason_against(tree: Json, trial_id: str) -> str | None:
    """Why a tree is not proven to be the record of *trial_id*; None where it is."""
    trial = tree.get("trial") if isinstance(tree, dict) else None
    if not isinstance(trial, dict):
        return "it is not the record of a trial"
    number = trial.get("isrctn")
    digits = number.get(TEXT) if isinstance(number, dict) else number
    if not isinstance(digits, str) or f"ISRCTN{digits.upper().removeprefix('ISRCTN')}" != trial_id:
        return f"it is not the record of {trial_id}"
    lacking = [name for name in _REQUIRED if not isinstance(trial.get(name), dict)]
    if lacking:
        return f"it lacks its {', '.join(lacking)}"
    title = trial["trialDescription"].get("title")
    return None if isinstance(title, str) and title else "it lacks its title"


def _organisations(record: Element, name: str, members: tuple[str, ...], first: list[str]) -> list[Json]:
    """What is kept of the sponsors or funders beside a trial: those with these ids before the others."""
    elements = sorted(children(record, name), key=lambda each: each.get("id") not in first)
    found = []
    for element in elements:
        tree = tree_of(element)
        kept = {member: tree[member] for member in members if member in tree} if isinstance(tree, dict) else {}
        if kept and kept not in found:
            found.append(kept)
    return found
