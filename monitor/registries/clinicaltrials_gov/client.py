"""Make single requests to ClinicalTrials.gov, and decide whether the registry as a whole refuses them.

Surprising facts of API version 2, known only here and in `reading`:

* Error bodies are plain text, not JSON. A 404 means "no such trial" only with the words `NCT number … not found`;
  any other 404 is a wrong path.
* Unknown parameters are refused with 400, and so is a whole batch for one malformed id in it.
* A page holds at most 1,000 records, whatever is asked for; a missing id is simply absent from it.
* An id that was merged into another answers 301 to the other's address, and in a batch the other's record.
* An ETag belongs to the build of all data, not to a resource.
* Now and then a page comes with status 200 and HTML.

When the registry refuses:

    a request fails  --a control request fails, too-->  nothing more is asked  --its version is asked for, and comes-->
                                                        until the next pass             asked again

So watches of sixty sponsors do not make four requests each to a registry that wants none. Where the control request
succeeds, the fault lies in the request; if one after the other fails all the same, each gets a single attempt.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable, RequestRefused
from monitor.http.polite import ATTEMPTS, PoliteSession
from monitor.http.response import Response
from monitor.http.urls import checked_base_url
from monitor.model import Json
from monitor.ports import RegistryVersion
from monitor.registries.clinicaltrials_gov.canonical import RECORD_CAP
from monitor.registries.clinicaltrials_gov.documents import aliases_of, trial_id_of
from monitor.registries.clinicaltrials_gov.ids import is_trial_id
from monitor.registries.clinicaltrials_gov.learned import Learned
from monitor.registries.clinicaltrials_gov.probed import batch_address
from monitor.registries.clinicaltrials_gov.reading import (
    REDIRECTS,
    REMEDY,
    FieldsRefused,
    HtmlAnswered,
    one_line,
    page_of,
    parsed,
    redirected_to,
    says_not_found,
    turned_away,
)
from monitor.registries.clinicaltrials_gov.version import (
    KEY,
    SMALL,
    is_as_before,
    usable_etag,
    version_question,
    version_stated,
)
from monitor.registries.remedies import with_remedy

MOST_PAGES = 20
"""Of one batch. One page holds a whole batch, so more than a few are a server gone wrong."""
TIRED_AFTER = 2
"""Requests in a row that failed with all their attempts, after which each gets one."""
TOO_LONG = (413, 414, 431)
WELL_FOR = 10
"""Requests for which a healthy control request is believed, when others are refused."""


class Client:
    """Asks one question at a time. Raises what stands in `monitor.errors` under RegistryError."""

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self.session = session
        self.learned = Learned()
        self._base = checked_base_url(base_url)
        self._said_no: RegistryError | None = None
        self._failed_in_a_row = 0
        self._well_at: int | None = None

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now; *known* itself where nothing is newer. A registry that said no may answer."""
        etag = known.etag if known else None
        url, headers = version_question(self._base, etag)
        attempts = 1 if self._said_no else ATTEMPTS
        answer = self._ask(url, headers=headers, body_cap=SMALL, attempts=attempts)
        if not (known and is_as_before(answer.status, etag)):
            known = self._stated_version(answer)
        self._said_no, self._failed_in_a_row, self._well_at = None, 0, None
        return known

    def _stated_version(self, answer: Response) -> RegistryVersion:
        stamp, api_version = version_stated(parsed(answer))
        if stamp is None:
            raise AnswerUnreadable(f"{KEY} does not say of when its data are; {REMEDY}", raw=answer.body)
        if api_version is None:
            raise AnswerUnreadable(f"{KEY} states its version in an unknown form; {REMEDY}", raw=answer.body)
        self.learned.api_version(api_version)
        return RegistryVersion(stamp, usable_etag(answer.headers.get("ETag", "")))

    def studies(self, trial_ids: Sequence[str], *, fields: Sequence[str] = ()) -> tuple[list[Json], bytes]:
        """The records of those that exist, in the registry's order, and the last page as it came."""
        url = self._batch(trial_ids, fields)
        found: list[Json] = []
        token = ""
        for _ in range(MOST_PAGES):
            answer = self._get(url + token)
            page = self._fields_known(answer, ",".join(fields))
            self.learned.answered(len(url))
            found += page["studies"]
            following = page.get("nextPageToken")
            if not isinstance(following, str) or not re.fullmatch(r"[\w.~=+/-]{1,500}", following, re.ASCII):
                return found, answer.body
            token = f"&pageToken={following}"
        raise AnswerUnreadable(f"a batch of {len(trial_ids)} has more than {MOST_PAGES} pages", raw=answer.body)

    def takes(self, trial_ids: Sequence[str], *, fields: Sequence[str] = ()) -> bool:
        """Whether the address that asks for so many is not known to be too long."""
        return self.learned.takes(len(self._batch(trial_ids, fields)))

    def was_too_long(self, trial_ids: Sequence[str], *, fields: Sequence[str] = ()) -> None:
        """Remember that this batch was refused while the registry was well."""
        self.learned.refused(len(self._batch(trial_ids, fields)))

    def _batch(self, trial_ids: Sequence[str], fields: Sequence[str]) -> str:
        return batch_address(self._base, trial_ids, fields)

    def page(self, asked: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
        """The page of studies that these parameters get, and the body as it came. They are put into percent code."""
        answer = self._get(f"{self._base}/studies?{urlencode(asked, quote_via=quote, safe=',')}")
        return self._fields_known(answer, asked.get("fields", "")), answer.body

    def _fields_known(self, answer: Response, fields: str) -> dict[str, Any]:
        """The page of an answer; fields that are refused are remembered."""
        try:
            return page_of(answer)
        except FieldsRefused:
            self.learned.refused_fields.add(fields)
            raise

    def study(self, trial_id: str) -> tuple[Json, bytes, str | None]:
        """The record at the address of *trial_id*, the body as it came, and the trial that a redirect led to.

        One redirect is followed, to another trial of this registry; where it names none, the record that has
        *trial_id* among its former ids is looked for. Raise RequestRefused with status 404 only where the registry
        says that it knows no such trial.
        """
        answer = self._get(f"{self._base}/studies/{trial_id}", body_cap=RECORD_CAP)
        if answer.status == HTTPStatus.NOT_FOUND and not says_not_found(answer, trial_id):
            raise AnswerUnreadable(f"404 without the words “NCT number {trial_id} not found”", raw=answer.body)
        if answer.status not in REDIRECTS:
            return parsed(answer), answer.body, None
        if into := redirected_to(answer, trial_id, base=self._base):
            followed = self._get(f"{self._base}/studies/{into}", body_cap=RECORD_CAP)
            if followed.status == HTTPStatus.OK:
                return parsed(followed), followed.body, into
        return self._by_former_id(trial_id, answer)

    def _by_former_id(self, trial_id: str, answer: Response) -> tuple[Json, bytes, str | None]:
        """The record that says that it was *trial_id* once: filter.ids looks into former ids, too."""
        studies, raw = self.studies([trial_id])
        found = [study for study in studies if trial_id in aliases_of(study)]
        if len(found) == 1 and is_trial_id(into := trial_id_of(found[0])):
            return found[0], raw, into
        shown = one_line(answer.headers.get("Location", ""))
        raise AnswerUnreadable(f"redirected to “{shown}”, which is not another trial of {KEY}", raw=answer.body)

    def is_healthy(self) -> bool:
        """Whether a page of one record, whichever, comes as it should. A single attempt."""
        fields = "&fields=NCTId" if self.learned.takes_fields(("NCTId",)) else ""
        cap = SMALL if fields else RECORD_CAP
        if self._said_no:
            return False
        try:
            answer = self._ask(f"{self._base}/studies?pageSize=1{fields}", body_cap=cap, attempts=1)
            studies = self._fields_known(answer, "NCTId" if fields else "")["studies"]
        except FieldsRefused:
            return bool(fields) and self.is_healthy()
        except RegistryError:
            return False
        return len(studies) == 1 and is_trial_id(trial_id_of(studies[0]))

    def is_down(self, error: RegistryError) -> bool:
        """Whether it is the registry that fails, and not what was asked: nothing more is asked in this pass then."""
        if self._said_no:
            return True
        is_refused = isinstance(error, RequestRefused) and not _is_about_the_request(error)
        if not is_refused and not isinstance(error, RegistryUnreachable | HtmlAnswered):
            return False
        if is_refused and self._well_at is not None and self.session.traffic.requests - self._well_at < WELL_FOR:
            return False
        if self.is_healthy():
            self._well_at = self.session.traffic.requests
            return False
        self._said_no = error
        return True

    def _get(self, url: str, *, body_cap: int | None = None) -> Response:
        """The answer to a request, unless the registry has said no."""
        if self._said_no:
            raise RegistryUnreachable(str(self._said_no))
        try:
            answer = self._ask(url, body_cap=body_cap, attempts=1 if self._failed_in_a_row >= TIRED_AFTER else ATTEMPTS)
        except RegistryUnreachable:
            self._failed_in_a_row += 1
            raise
        self._failed_in_a_row = 0
        return answer

    def _ask(self, url: str, **options: Any) -> Response:
        try:
            answer = self.session.get(url, **options)
        except RegistryUnreachable as error:
            raise with_remedy(error, KEY) from error
        if refusal := turned_away(answer, base=self._base, user_agent=self.session.user_agent):
            raise refusal
        return answer


def _is_about_the_request(refusal: RequestRefused) -> bool:
    """Whether it is in the registry's own words, or says by its status that the request was too long."""
    return refusal.status in TOO_LONG or (refusal.status == HTTPStatus.BAD_REQUEST and bool(refusal.words))
