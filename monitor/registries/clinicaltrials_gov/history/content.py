"""The document that becomes of a version: the answer without what changes by itself. Pure.

Its content is `{"study":{"hasResults":false,"protocolSection":…},"studyVersion":3}`.
"""

from typing import Any

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.model import Document
from monitor.registries.clinicaltrials_gov.canonical import RECORD_CAP, canonical, reason_against
from monitor.registries.clinicaltrials_gov.trees import text_at
from monitor.registries.clinicaltrials_gov.version import KEY

_BEGINS = b'{"study":'
_BEHIND = b',"studyVersion":'
_TITLE = "protocolSection.identificationModule.briefTitle"


def is_version(content: bytes) -> bool:
    """Whether a document is a former version; its first bytes tell."""
    return content.startswith(_BEGINS)


def document_of(answer: dict[str, Any], trial_id: str) -> Document:
    """The document of a version of *trial_id*. Raise AnswerUnreadable where it is not proven to be one."""
    study = answer["study"]
    if isinstance(study, dict) and "hasResults" not in study:
        study = {**study, "hasResults": "resultsSection" in study}
    if reason := reason_against(study, trial_id):
        raise AnswerUnreadable(f"it is not a version of {trial_id}: {reason}")
    number = answer.get("studyVersion")
    if type(number) is not int:
        raise AnswerUnreadable(f"it does not say which version of {trial_id} it is")
    content = b"%s%s%s%d}" % (_BEGINS, canonical(study), _BEHIND, number)
    if len(content) > RECORD_CAP:
        raise AnswerTooLarge(f"the version has {len(content):,} bytes; more than {RECORD_CAP:,} is not believed")
    return Document(registry=KEY, trial_id=trial_id, content=content, title=text_at(study, _TITLE))


def proved(trial_id: str, content: bytes) -> Document:
    """The document that its content is. Raise AnswerUnreadable where it is none of *trial_id*."""
    return document_of(answer_in(content), trial_id)


def study_in(content: bytes) -> bytes:
    """The study within the content of a document."""
    return content[len(_BEGINS) : content.rindex(_BEHIND)]


def answer_in(raw: bytes) -> dict[str, Any]:
    """The answer that bytes hold. Raise AnswerUnreadable where they hold none."""
    try:
        answer = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise AnswerUnreadable("it is not proper JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("study"), dict):
        raise AnswerUnreadable("it holds no version of a record")
    return answer
