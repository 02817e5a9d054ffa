"""A file that somebody saved, as a record of the API or as a former version of one. Pure.

A record says by its data build of what day it is; a version, when it was posted.
"""

from datetime import date
from typing import Any

import orjson

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Document, Json, PartialDate
from monitor.ports import SavedPage
from monitor.registries.clinicaltrials_gov.documents import document_of, trial_id_of
from monitor.registries.clinicaltrials_gov.history import content
from monitor.registries.clinicaltrials_gov.ids import is_trial_id
from monitor.registries.clinicaltrials_gov.trees import text_at

_POSTED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"


def saved_record(raw: bytes) -> SavedPage | None:
    """The record or version that a file is; None for anything else, such as a list of records.

    Raise ConfigurationInvalid for one that is not whole.
    """
    if raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    try:
        tree = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None
    study, number = (tree.get("study"), tree.get("studyVersion")) if "studyVersion" in tree else (tree, None)
    trial_id = trial_id_of(study)
    if trial_id is None or not is_trial_id(trial_id):
        return None
    try:
        if number is None:
            return _page(document_of(study, trial_id), study, "record")
        return _page(content.document_of(tree, trial_id), study, f"version {number}", version=number)
    except AnswerUnreadable as error:
        raise ConfigurationInvalid(f"it is not a whole record of {trial_id}: {error}") from None


def _page(document: Document, study: dict[str, Any], view: str, *, version: int | None = None) -> SavedPage:
    posted = _day(text_at(study, _POSTED))
    return SavedPage(document, view, posted, _day(document.build), version)


def _day(text: Json) -> date | None:
    parsed = PartialDate(text) if isinstance(text, str) else None
    return parsed.earliest if parsed and parsed.precision == "day" else None
