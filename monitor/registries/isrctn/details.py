"""Fields of a trial that are only compared and shown, and the files beside it. Pure, but for the tree itself."""

import re
from collections.abc import Mapping

from monitor.model import Json, StudyDocument
from monitor.registries.isrctn.taking import items_at, take_said, take_texts, text_of
from monitor.registries.taking import Node, object_at

_IDS = (
    ("clinicalTrialsGovNumber", "ClinicalTrials.gov number"),
    ("eudraCTNumber", "EudraCT/CTIS number"),
    ("irasNumber", "IRAS number"),
    ("protocolSerialNumber", "Protocol serial number"),
)


def take_details(trial: Node) -> Node:
    """Take them out of a trial; one of which it says nothing is empty or None."""
    description, results = object_at(trial, "trialDescription"), object_at(trial, "results")
    assigned = object_at(trial, "isrctn").get("@dateAssigned")
    return {
        "secondary_ids": _secondary_ids(object_at(trial, "externalRefs")),
        "brief_summary": take_said(description, "plainEnglishSummary"),
        "detailed_description": take_said(description, "studyHypothesis"),
        "ipd_sharing": take_said(object_at(trial, "miscellaneous"), "ipdSharingPlan"),
        "ipd_description": take_said(results, "ipdSharingStatement"),
        "study_first_post_date": {"date": assigned[:10]} if isinstance(assigned, str) else None,
        "references": _references(trial),
    }


def _references(trial: Node) -> list[Json]:
    """What came of the trial: articles, reports, protocols."""
    outputs = object_at(trial, "outputs")
    items = [item for item in items_at(outputs.pop("output", None)) if isinstance(item, dict)]
    members = (
        ("type", "@outputType"),
        ("description", "description"),
        ("url", "externalLink"),
        ("date", "@datePublished"),
    )
    told = ({name: text for name, member in members if (text := text_of(item.get(member)))} for item in items)
    return [one | ({"date": one["date"][:10]} if "date" in one else {}) for one in told if one]


def take_documents(trial: Node) -> tuple[StudyDocument, ...]:
    """The files that the registry keeps, by their names: descriptions came later."""
    files = object_at(trial, "attachedFiles")
    items = [item for item in items_at(files.pop("attachedFile", None)) if isinstance(item, dict)]
    names = (text_of(item.get("name")) or text_of(item.get("description")) for item in items)
    return tuple(StudyDocument(name, filename=name) for name in dict.fromkeys(names) if name)


def _secondary_ids(refs: Node) -> list[Json]:
    """The numbers by kind, then those that stand only in the list which repeats them."""
    found: dict[str, str] = {}
    for name, kind in _IDS:
        if number := take_said(refs, name):
            found.setdefault(number, kind)
    for text in take_texts(refs, "secondaryNumbers", "secondaryNumber"):
        if text.strip(" .").lower() not in ("nil known", "n/a", "none") and not _is_among(text, found):
            found[text] = "Secondary number"
    return [{"id": number, "type": kind} for number, kind in found.items()]


def _is_among(text: str, found: Mapping[str, str]) -> bool:
    return any(part in found or text == each for each in found for part in re.split(r"[,;\s]+", text))
