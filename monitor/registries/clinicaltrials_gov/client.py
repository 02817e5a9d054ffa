"""One request to ClinicalTrials.gov each, and what its answers and errors mean.

Surprising facts of API version 2, all kept to here:

* Error bodies are plain text, not JSON. A 404 means "no such trial" only with the words `NCT number … not found`;
  any other 404 is a wrong path.
* Unknown parameters are refused with 400, and so is a whole batch for one malformed id in it.
* A page holds at most 1,000 records, whatever is asked for; a missing id is simply absent from it.
* An id that was merged into another answers 301 to the other's address, and in a batch the other's record.
* An ETag belongs to the build of all data, not to a resource.
* Pages with status 200 and HTML come now and then.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import orjson

from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable, RequestRefused
from monitor.http import PoliteSession, Response, checked_base_url, status_in_words
from monitor.model import Json
from monitor.ports import RegistryVersion
from monitor.registries.clinicaltrials_gov.documents import KEY, RECORD_CAP, trial_id_of
from monitor.registries.clinicaltrials_gov.ids import is_trial_id

REMEDY = f'check the network, or registries."{KEY}".base_url in config.toml'
SMALL = 64 * 1024
"""Bytes: no honest answer about versions or health is larger."""
MOST_PAGES = 20
"""Of one batch. One page holds a whole batch, so more than a few are a server gone wrong."""
_REDIRECTS = (301, 302, 303, 307, 308)


class PageUnparseable(AnswerUnreadable):
    """A page began as JSON and is none: asked for in smaller parts, most of it may well be readable."""


class Client:
    """Asks one question at a time. Raises what stands in `monitor.errors` under RegistryError."""

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self.session = session
        self._base = checked_base_url(base_url)

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now; *known* itself where nothing is newer."""
        asking = {"If-None-Match": known.etag} if known and known.etag else {}
        answer = self._get(f"{self._base}/version", headers=asking, body_cap=SMALL)
        if known and asking and answer.status == HTTPStatus.NOT_MODIFIED:
            return known
        stated = _parsed(_expect_ok(answer))
        stamp = stated.get("dataTimestamp") if isinstance(stated, dict) else None
        api_version = stated.get("apiVersion", "") if isinstance(stated, dict) else None
        if not (isinstance(stamp, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.Z+-]{0,24}", stamp)):
            raise AnswerUnreadable(f"{KEY} does not say of when its data are; {REMEDY}", raw=answer.body)
        if not isinstance(api_version, str):
            raise AnswerUnreadable(f"{KEY} states its version in an unknown form; {REMEDY}", raw=answer.body)
        return RegistryVersion(stamp, _usable_etag(answer.headers.get("ETag", "")))

    def studies(self, trial_ids: Sequence[str], *, fields: Sequence[str] = ()) -> tuple[list[Json], bytes]:
        """The records of those that exist, in the registry's order, and the last page as it came."""
        wanted = f"&fields={','.join(fields)}" if fields else ""
        # Commas stay as they are: in percent code a batch would be a sixth longer.
        query = f"filter.ids={','.join(trial_ids)}{wanted}&pageSize={len(trial_ids)}"
        found: list[Json] = []
        token = ""
        for _ in range(MOST_PAGES):
            answer = self._get(f"{self._base}/studies?{query}{token}")
            page = _page(answer)
            found += page["studies"]
            following = page.get("nextPageToken")
            if not isinstance(following, str) or not re.fullmatch(r"[\w.~=+/-]{1,500}", following, re.ASCII):
                return found, answer.body
            token = f"&pageToken={following}"
        raise AnswerUnreadable(f"a batch of {len(trial_ids)} has more than {MOST_PAGES} pages", raw=answer.body)

    def page(self, asked: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
        """The page of studies that these parameters get, and the body as it came. They are put into percent code."""
        answer = self._get(f"{self._base}/studies?{urlencode(asked, quote_via=quote, safe=',')}")
        return _page(answer), answer.body

    def study(self, trial_id: str) -> tuple[Json, bytes, str | None]:
        """The record at the address of *trial_id*, the body as it came, and the trial that a redirect led to.

        One redirect is followed, to another trial of this registry. Raise RequestRefused with status 404 only where
        the registry says that it knows no such trial.
        """
        redirected = None
        answer = self._get(f"{self._base}/studies/{trial_id}", body_cap=RECORD_CAP)
        if answer.status in _REDIRECTS:
            redirected = self._redirected(trial_id, answer)
            answer = self._get(f"{self._base}/studies/{redirected}", body_cap=RECORD_CAP)
        if answer.status == HTTPStatus.NOT_FOUND and not _says_not_found(answer, trial_id):
            raise AnswerUnreadable(f"404 without the words “NCT number {trial_id} not found”", raw=answer.body)
        return _parsed(_expect_ok(answer)), answer.body, redirected

    def is_healthy(self) -> bool:
        """Whether a page of one record, whichever, comes as it should."""
        try:
            studies = _page(self._get(f"{self._base}/studies?pageSize=1&fields=NCTId", body_cap=SMALL))["studies"]
        except RegistryError:
            return False
        return len(studies) == 1 and is_trial_id(trial_id_of(studies[0]))

    def _get(self, url: str, **options: Any) -> Response:
        try:
            return self.session.get(url, **options)
        except RegistryUnreachable as error:
            raise RegistryUnreachable(f"{error}; {error.remedy or REMEDY}") from error

    def _redirected(self, trial_id: str, answer: Response) -> str:
        """The trial that a redirect leads to, if another one of this registry: nobody sends us anywhere else."""
        location = answer.headers.get("Location", "")
        base = urlsplit(f"{self._base}/studies/")
        with suppress(ValueError):
            target = urlsplit(urljoin(base.geturl(), location))
            within = target.netloc.lower() == base.netloc.lower() and target.path.startswith(base.path)
            into = target.path.removeprefix(base.path).upper()
            if within and is_trial_id(into) and into != trial_id:
                return into
        shown = one_line(location)
        raise AnswerUnreadable(f"redirected to “{shown}”, which is no other trial of {KEY}", raw=answer.body)


def one_line(text: str, most: int = 200) -> str:
    """The beginning of somebody else's text, fit to stand in a message."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: most * 2]).split())[:most]


def _says_not_found(answer: Response, trial_id: str) -> bool:
    return _text(answer).strip().lower() == f"nct number {trial_id} not found".lower()


def _text(answer: Response) -> str:
    return answer.body[:1000].decode(errors="replace")


def _expect_ok(answer: Response) -> Response:
    """The answer, if it is a plain 200.

    Raise RequestRefused for a 4xx, AnswerUnreadable for what has no business here: a redirect, a partial answer.
    """
    if answer.status == HTTPStatus.OK:
        return answer
    words = status_in_words(answer.status)
    if not 400 <= answer.status <= 499:
        raise AnswerUnreadable(f"{KEY} answers {words} instead of a record", raw=answer.body)
    text = "" if _is_html(answer) else one_line(_text(answer))
    said = f": “{text}”" if text else ""
    raise RequestRefused(f"{KEY} refuses the request with {words}{said}; {REMEDY}", status=answer.status, words=text)


def _parsed(answer: Response) -> Json:
    """The JSON of an answer.

    Raise PageUnparseable where it only begins as JSON, AnswerUnreadable where it does not even do that.
    """
    body = answer.body.strip()
    if not body:
        raise AnswerUnreadable(f"{KEY} answers with nothing at all", raw=answer.body)
    if _is_html(answer):
        raise AnswerUnreadable(f"{KEY} answers with an HTML page instead of a record", raw=answer.body)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        kind = PageUnparseable if body[:1] in (b"{", b"[") else AnswerUnreadable
        raise kind(f"{KEY} answers with what is no proper JSON: {error.msg}", raw=answer.body) from error


def _page(answer: Response) -> dict[str, Any]:
    page = _parsed(_expect_ok(answer))
    if not isinstance(page, dict) or not isinstance(page.get("studies"), list):
        raise AnswerUnreadable(f"{KEY} answers with something else than a page of studies", raw=answer.body)
    return page


def _is_html(answer: Response) -> bool:
    return answer.body.lstrip()[:1] == b"<" or answer.headers.get("Content-Type", "").startswith("text/html")


def _usable_etag(etag: str) -> str | None:
    """The ETag if it can be sent back: it comes from outside and goes into a header."""
    return etag if re.fullmatch(r'(W/)?"[!#-~]{1,200}"', etag) else None
