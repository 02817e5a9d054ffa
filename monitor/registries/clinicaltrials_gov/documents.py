"""Records as documents. What is proven of them, and what of them counts, stands in `canonical`. Pure."""

from collections.abc import Iterable

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.model import Document, Json
from monitor.ports import ProbeResult
from monitor.registries.clinicaltrials_gov.canonical import (
    LEAD_SPONSOR,
    RECORD_CAP,
    TITLE,
    canonical,
    reason_against,
    updated_on,
)
from monitor.registries.clinicaltrials_gov.probed import TRIAL_ID, build_of, seen_in
from monitor.registries.clinicaltrials_gov.trees import at, text_at, written
from monitor.registries.clinicaltrials_gov.version import KEY


def trial_id_of(study: Json) -> str | None:
    """Whose record this says it is."""
    return text_at(study, TRIAL_ID)


def aliases_of(study: Json) -> tuple[str, ...]:
    """Former ids of the same trial."""
    aliases = at(study, "protocolSection.identificationModule.nctIdAliases")
    return tuple(one for one in aliases if isinstance(one, str)) if isinstance(aliases, list) else ()


def document_of(study: Json, trial_id: str) -> Document:
    """The record of *trial_id* as a document.

    Raise AnswerUnreadable, without raw bytes, where *study* is not proven to be that record.
    """
    if reason := reason_against(study, trial_id):
        raise AnswerUnreadable(reason)
    content = canonical(study)
    if len(content) > RECORD_CAP:
        raise AnswerTooLarge(f"the record has {len(content):,} bytes; more than {RECORD_CAP:,} is not believed")
    probe_result = probe_result_of(study)
    return Document(
        registry=KEY,
        trial_id=trial_id,
        content=content,
        build=build_of(study),
        title=text_at(study, TITLE),
        lead_sponsor=text_at(study, LEAD_SPONSOR),
        probe_digest=probe_result.digest if probe_result else None,
        updated_on=updated_on(study),
    )


def build_of_page(studies: Iterable[Json]) -> str | None:
    """The build that a page comes from, whatever a single record on it says; None where none of them says anything."""
    builds = sorted(filter(None, map(build_of, studies)))
    return builds[len(builds) // 2] if builds else None


def kept_document(trial_id: str, raw: bytes) -> Document:
    """The document that *raw* is, an answer as it came or a document's own content.

    Raise AnswerUnreadable where it is not proven to be the record of *trial_id*.
    """
    try:
        study = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = "an HTML page" if raw.lstrip()[:1] == b"<" else "not proper JSON"
        raise AnswerUnreadable(f"it is {what}") from error
    return document_of(study, trial_id)


def content_of_no_record(study: Json) -> bytes | None:
    """The content that counts of what is not the record asked for; None where there is no telling."""
    if not isinstance(study, dict):
        return None
    try:
        return written({name: section for name, section in study.items() if name != "derivedSection"})
    except AnswerUnreadable:
        return None


def probe_result_of(study: Json) -> ProbeResult | None:
    """What tells that a record moved, of a full record or of a probe's share of it; None where it names no trial."""
    seen = seen_in(study)
    return ProbeResult(*seen) if seen else None
