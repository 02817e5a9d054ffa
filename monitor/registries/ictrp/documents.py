"""A row of an export becomes a document, and proof that a document is the record that it should be. Pure.

Two rows that say the same have the same canonical bytes, whatever a spreadsheet did to them. Left out are people, and
what is the portal's and not the trial's: when it refreshed the row, when the file was made, under which other ids it
knows the trial. An empty column is kept as such, and one that the file does not have is left out.
"""

from collections.abc import Mapping

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.model import Document, Json
from monitor.registries.ictrp import columns, statuses, texts

RECORD_CAP = 2 * 1024 * 1024
"""Bytes of one record; rows of exports have some ten thousand."""
_LISTS = {"countries": texts.countries, "secondary_ids": texts.listed, "secondary_sponsors": texts.listed}
"""Columns whose order means nothing."""
_HEADED = {"inclusion_criteria": "inclusion criteria:", "exclusion_criteria": "exclusion criteria:"}
"""Columns whose texts begin with their own names."""
_OF_SEVERAL_LINES = frozenset(
    {
        *("inclusion_criteria", "exclusion_criteria", "condition", "intervention", "primary_outcome"),
        *("secondary_outcome", "study_design", "target_size", "source_support", "ipd_description", "results_summary"),
    }
)
_REGISTERED = "dateregistration3"
"""The day of registration in the one notation that nothing misreads."""


def document_of(row: Mapping[str, str], *, registry: str, trial_id: str, build: str | None) -> Document:
    """What a row, by the folded names of its columns, says of a trial. AnswerUnreadable where that is no record."""
    fields = fields_of(row)
    title = fields.get("public_title") or fields.get("scientific_title")
    if not title:
        raise AnswerUnreadable("it has no title")
    fields["trial_id"] = trial_id
    content = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    if len(content) > RECORD_CAP:
        raise AnswerTooLarge(f"the record has {len(content):,} bytes; more than {RECORD_CAP:,} is not believed")
    lead = fields.get("primary_sponsor") or None
    return Document(registry=registry, trial_id=trial_id, content=content, build=build, title=title, lead_sponsor=lead)


def fields_of(row: Mapping[str, str]) -> dict[str, Json]:
    """What of a row a document keeps."""
    fields: dict[str, Json] = {}
    for name, value in columns.kept(row):
        if not fields.get(name):
            fields[name] = _value(name, value)
    if registered := texts.day(row.get(_REGISTERED, "")):
        fields["date_registration"] = registered
    if called_off := statuses.called_off(row.get(columns.TITLE, "")):
        fields["called_off"] = called_off
    if unknown := columns.unknown_columns(row):
        fields["unknown_columns"] = unknown[:100]
    return fields


def _value(name: str, value: str) -> Json:
    text = texts.cleaned(value)
    if name in columns.DATES:
        return "" if texts.is_nothing(text) else texts.day(text)
    if as_list := _LISTS.get(name):
        return sorted(as_list(text))
    heading = _HEADED.get(name, "")
    if heading and text.lower().startswith(heading):
        text = text[len(heading) :].lstrip()
    return text if name in _OF_SEVERAL_LINES else " ".join(text.split())


def kept_document(registry: str, trial_id: str, raw: bytes) -> Document:
    """The document of which *raw* is the content. AnswerUnreadable where it is none of this trial."""
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise AnswerUnreadable("it is not proper JSON") from error
    if not isinstance(fields, dict) or fields.get("trial_id") != trial_id:
        raise AnswerUnreadable(f"it is not the record of {trial_id}")
    title = fields.get("public_title") or fields.get("scientific_title")
    if not isinstance(title, str):
        raise AnswerUnreadable("it has no title")
    return Document(registry=registry, trial_id=trial_id, content=raw, title=title)
