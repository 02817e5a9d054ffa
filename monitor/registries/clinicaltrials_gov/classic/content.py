"""The document that becomes of a classic page: canonical JSON in the page's own words. Pure.

    {"classicPage": {"generation": "2017", "view": "details", "nctId": …, "overallStatus": "Withdrawn", …}}

A member that is empty says that the page shows there is no value; one that is not there, that the page does not say.
People's names and addresses do not come this far.
"""

import orjson

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Document, Json
from monitor.registries.clinicaltrials_gov.ids import is_trial_id
from monitor.registries.clinicaltrials_gov.version import KEY

TOP = "classicPage"
BEGINS = f'{{"{TOP}":'.encode()
_LONGEST_TITLE = 2000


def is_classic(content: bytes) -> bool:
    """Whether a document is of a classic page; its first bytes tell."""
    return content.startswith(BEGINS)


def document_of(page: dict[str, Json]) -> Document:
    """The document of a page. Raise ConfigurationInvalid where the page lacks what every study has."""
    if reason := _reason_against(page):
        raise ConfigurationInvalid(reason)
    content = orjson.dumps({TOP: _storable(page)}, option=orjson.OPT_SORT_KEYS)
    return Document(registry=KEY, trial_id=page["nctId"], content=content, title=page["briefTitle"])


def proved(trial_id: str, content: bytes) -> Document:
    """The document that its content is. Raise AnswerUnreadable where it is none of *trial_id*."""
    try:
        page = orjson.loads(content)[TOP]
    except orjson.JSONDecodeError as error:
        raise AnswerUnreadable("it is not proper JSON") from error
    reason = _reason_against(page) if isinstance(page, dict) else "it holds no classic page"
    if not reason and page["nctId"] != trial_id:
        reason = f"it is the page of “{page['nctId'][:40]}”, not of {trial_id}"
    if reason:
        raise AnswerUnreadable(reason)
    return Document(registry=KEY, trial_id=trial_id, content=content, title=page["briefTitle"])


def _reason_against(page: dict[str, Json]) -> str | None:
    if not isinstance(page.get("nctId"), str) or not is_trial_id(page["nctId"]):
        return 'it names no "ClinicalTrials.gov Identifier": save the whole page'
    title = page.get("briefTitle")
    if not isinstance(title, str) or not 0 < len(title) <= _LONGEST_TITLE:
        return "it has no title: save the whole page"
    if not isinstance(page.get("overallStatus"), str):
        return 'it names no "Recruitment Status": save the whole page'
    return None


def _storable(value: Json) -> Json:
    """The same, with no half characters, which cannot be written, and no NUL."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    return value
