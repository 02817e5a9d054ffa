"""Proof that an answer is the record asked for, and its canonical form. Pure.

What passes here may become a snapshot, so whatever is not proven is refused with a reason in words. The registry
answers 200 to everything: to an id that it does not know with an empty object, to a wrong path with its HTML page.
"""

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.model import Document, Json
from monitor.registries.ctis import legacy
from monitor.registries.ctis.codes import code_in, countries
from monitor.registries.ctis.days import day_in
from monitor.registries.ctis.ids import KEY, is_trial_id
from monitor.registries.ctis.noise import without_noise
from monitor.registries.ctis.trees import object_at, objects_at, text_at
from monitor.registries.taking import Node

RECORD_CAP = 16 * 1024 * 1024
"""Bytes of one record; the largest that was seen has 2 MB."""

IDENTIFIERS = "authorizedApplication.authorizedPartI.trialDetails.clinicalTrialIdentifiers"
_TITLES = ("publicTitle", "fullTitle", "shortTitle")
_SECTIONS = ("authorizedApplication", "events")


def is_nothing(tree: Json) -> bool:
    """Whether the answer is what the registry says of an id that it does not know."""
    return tree == {} and type(tree) is dict


def trial_id_of(tree: Json) -> str | None:
    """Whose record this says it is; None where it names no trial."""
    number = tree.get("ctNumber") if type(tree) is dict else None
    return number if is_trial_id(number) else None


def document_of(tree: Json, trial_id: str, *, probe_digest: bytes | None = None) -> Document:
    """The record of *trial_id* as a document. Raise AnswerUnreadable where *tree* is not proven to be that record."""
    if reason := reason_against(tree, trial_id):
        raise AnswerUnreadable(reason)
    record = without_noise(_in_present_form(tree))
    if reason := reason_against(record, trial_id):  # what is kept of it has to prove itself, too
        raise AnswerUnreadable(reason)
    content = written(record)
    if len(content) > RECORD_CAP:
        raise AnswerTooLarge(f"the record has {len(content):,} bytes; more than {RECORD_CAP:,} is not believed")
    days = (day_in(record.get(name)) for name in ("lastUpdated", "publishDate"))
    return Document(
        registry=KEY,
        trial_id=trial_id,
        content=content,
        title=title_of(record),
        lead_sponsor=_lead_sponsor(record),
        probe_digest=probe_digest,
        updated_on=tuple(day for day in days if day),
    )


def kept_document(trial_id: str, raw: bytes) -> Document:
    """The document that *raw* is, an answer as it came or a document's own content."""
    try:
        tree = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = "an HTML page" if raw.lstrip()[:1] == b"<" else "not proper JSON"
        raise AnswerUnreadable(f"it is {what}") from error
    return document_of(tree, trial_id)


def written(record: Node) -> bytes:
    """Sorted compact JSON. Raise AnswerUnreadable for what cannot be written."""
    try:
        return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise AnswerUnreadable(f"the record cannot be kept: {error}") from error


def _lead_sponsor(record: Node) -> str | None:
    """Who is the first of its sponsors."""
    part = object_at(record, "authorizedApplication.authorizedPartI")
    leads = (
        text_at(object_at(each, "organisation"), "name")
        for each in objects_at(part, "sponsors")
        if each.get("primary") is True
    )
    return next(leads, None)


def title_of(record: Node) -> str | None:
    """What people call the trial."""
    titles = object_at(record, IDENTIFIERS)
    return next((titles[name] for name in _TITLES if titles.get(name) and type(titles[name]) is str), None)


def reason_against(tree: Json, trial_id: str) -> str | None:
    """Why *tree* is not the record of *trial_id*, in one line; None where it is."""
    if type(tree) is not dict:
        return "something else than an object came instead of a record"
    if not tree:
        return "an empty object came, which is what the registry says of an id that it does not know"
    found = tree.get("ctNumber")
    if type(found) is not str:
        return "the answer names no trial (ctNumber)"
    if found != trial_id:
        return f"the answer is the record of “{found[:40]}”, not of {trial_id}"
    for name in _SECTIONS:
        if not isinstance(tree.get(name, {}), dict | None):
            return f"{name} is something else than an object"
    if not (object_at(tree, "authorizedApplication") or legacy.is_former(tree) or objects_at(tree, "applicationInfo")):
        return "the record lacks its application (authorizedApplication)"
    return _reason_against_status(tree, "ctStatus" if legacy.is_former(tree) else "ctPublicStatusCode")


def _reason_against_status(tree: Node, name: str) -> str | None:
    status = tree.get(name)
    if status in (None, ""):
        return f"the record lacks {name}"
    return None if type(status) is str or code_in(status) is not None else f"{name} cannot be a status"


def _in_present_form(tree: Node) -> Node:
    """The record in the form of today, with the status of each country where only a search row told it."""
    record = legacy.relaunched(tree) if legacy.is_former(tree) else dict(tree)
    code = code_in(record.get("ctPublicStatusCode"))
    record["ctPublicStatusCode"] = record.get("ctPublicStatusCode") if code is None else code
    if "authorizedApplication" not in record and (infos := objects_at(record, "applicationInfo")):
        # One that is not authorised yet has its parts in the application.
        record["authorizedApplication"] = {"authorizedPartI": object_at(infos[0], "partI"), "applicationInfo": infos}
        del record["applicationInfo"]
    application = dict(object_at(record, "authorizedApplication"))
    states = objects_at(application, "memberStatesConcerned")
    told = dict(countries(record.get("trialCountries")))
    if told and not any("mscPublicStatusCode" in state for state in states):
        named = {name for state in states if type(name := state.get("mscName")) is str}
        states = [
            *({**state, "mscPublicStatusCode": told.get(str(state.get("mscName")))} for state in states),
            *({"mscName": name, "mscPublicStatusCode": code} for name, code in told.items() if name not in named),
        ]
        record["authorizedApplication"] = application | {"memberStatesConcerned": states}
    return record
