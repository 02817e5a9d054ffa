"""Ask for the history of a record, and for one version of it.

Whatever comes in another shape than is known here is HistoryUnavailable: the interface has changed, and nothing of it
can be believed any more. What is wrong with one trial alone is another RegistryError.
"""

from datetime import date
from http import HTTPStatus
from typing import Any

from monitor.errors import ConfigurationInvalid, HistoryUnavailable, RegistryUnreachable, RequestRefused
from monitor.http.polite import PoliteSession
from monitor.http.response import status_in_words
from monitor.http.robots import Robots
from monitor.http.urls import checked_base_url
from monitor.model import Document, Json
from monitor.ports import FormerVersion
from monitor.registries.clinicaltrials_gov.canonical import RECORD_CAP
from monitor.registries.clinicaltrials_gov.history.content import document_of
from monitor.registries.clinicaltrials_gov.reading import SETTINGS, parsed
from monitor.registries.clinicaltrials_gov.version import KEY
from monitor.registries.remedies import with_remedy

_API, _BESIDE_IT = "/v2", "/int"
_LIST_CAP = 4 * 1024 * 1024
"""Bytes of a list of versions: mostly it has 28 kB."""
_MOST = 5_000
"""Versions of a record; three hundred are the most that was seen."""
_ATTEMPTS = 2


class HistoryClient:
    """Asks one question at a time, beside the API at *base_url*."""

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self._base = base_url
        self._session = session
        self._robots = Robots(session)

    def versions(self, trial_id: str) -> list[FormerVersion]:
        """All versions of a record."""
        listed = self._asked(f"studies/{trial_id}/history", trial_id, cap=_LIST_CAP)
        return versions_in(listed, trial_id)

    def version(self, trial_id: str, number: int) -> Document:
        """One version of it."""
        answer = self._asked(f"studies/{trial_id}/history/{number}", trial_id, cap=RECORD_CAP)
        if not isinstance(answer, dict) or not isinstance(answer.get("study"), dict):
            raise _changed(trial_id)
        if answer.get("studyVersion") != number:
            raise _changed(trial_id)
        return document_of(answer, trial_id)

    def _asked(self, resource: str, trial_id: str, *, cap: int) -> Json:
        url = f"{history_address(self._base)}/{resource}"
        try:
            if not self._robots.allow(url):
                raise HistoryUnavailable(f"{KEY} does not want its history to be read (robots.txt): none is asked for")
            answer = self._session.get(url, body_cap=cap, attempts=_ATTEMPTS)
        except RegistryUnreachable as error:
            raise with_remedy(error, KEY) from error
        if answer.status != HTTPStatus.OK:
            words = status_in_words(answer.status)
            raise RequestRefused(f"{KEY} answers {words} instead of the history of {trial_id}", status=answer.status)
        return parsed(answer)


def history_address(base_url: str) -> str:
    """Where the history is asked for, beside the API. Raise ConfigurationInvalid where that is not known."""
    base = checked_base_url(base_url)
    if not base.endswith(_API):
        raise ConfigurationInvalid(
            f"{SETTINGS}.history needs a base_url that ends in {_API}: the history is beside it, at {_BESIDE_IT}"
        )
    return base.removesuffix(_API) + _BESIDE_IT


def versions_in(listed: Json, trial_id: str) -> list[FormerVersion]:
    """The versions that a history lists. Pure."""
    changes = listed.get("changes") if isinstance(listed, dict) else None
    if not isinstance(changes, list) or len(changes) > _MOST:
        raise _changed(trial_id)
    found = [_version_in(change, trial_id) for change in changes]
    if [each.number for each in found] != list(range(len(found))):
        raise _changed(trial_id)
    return found


def _version_in(change: Any, trial_id: str) -> FormerVersion:
    try:
        number, day = change["version"], date.fromisoformat(change["date"])
    except (KeyError, TypeError, ValueError):
        raise _changed(trial_id) from None
    if type(number) is not int:
        raise _changed(trial_id)
    return FormerVersion(number, day)


def _changed(trial_id: str) -> HistoryUnavailable:
    return HistoryUnavailable(
        f"{KEY} answers for the history of {trial_id} in a shape that is not known here, so no more of it is asked: "
        "that interface is not documented; look for a newer release"
    )
