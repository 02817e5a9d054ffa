"""Make single requests to ISRCTN, and say in words what an answer is not.

    /api/query/format/default?limit=N&q=…    the records that a query finds, N at most; there are no pages
    /api/trial/ISRCTN…/format/default        one record

Surprising facts: a query for a status is answered with nothing and one for a start date with everything, so that
neither is made. A trial that the registry does not know is a 404, or a list of none.
"""

from http import HTTPStatus
from urllib.parse import quote_plus

from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable, RequestRefused
from monitor.http.polite import PoliteSession
from monitor.http.response import Response, status_in_words
from monitor.http.urls import checked_base_url
from monitor.registries.isrctn.documents import records_in, trial_id_of
from monitor.registries.isrctn.ids import KEY
from monitor.registries.isrctn.markup import Element, name_of, root_of
from monitor.registries.remedies import with_remedy
from monitor.text import counted

SETTINGS = f'registries."{KEY}"'
REMEDY = f"check the network, or {SETTINGS}.base_url in config.toml"
NO_RECORD = "no record of that number"
ANSWER_CAP = 64 * 1024 * 1024
RECORD_CAP = 8 * 1024 * 1024
"""Bytes of an answer: a list of records, and one."""
CONTROL = "lastEdited GE 2000-01-01T00:00:00.000Z"
"""A query that finds whatever there is."""


class Client:
    """Asks one question at a time. Raises what stands in `monitor.errors` under RegistryError."""

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self._session = session
        self._base = checked_base_url(base_url)

    def query(self, text: str, *, limit: int) -> tuple[int, list[Element]]:
        """How many records a query finds, and as many of them as *limit* allows.

        Raise AnswerUnreadable where the answer holds others than it says.
        """
        url = f"{self._base}/api/query/format/default?limit={limit}&q={quote_plus(text)}"
        answer = self._get(url, cap=ANSWER_CAP)
        root = root_of(_expect_ok(answer))
        total, records = root.get("totalCount", ""), records_in(root)
        if name_of(root) != "allTrials" or not total.isascii() or not total.isdigit() or len(total) > 9:
            raise AnswerUnreadable(f"{KEY} answers with something else than a list of trials", raw=answer.body)
        if len(records) != min(int(total), limit):
            raise AnswerUnreadable(
                f"{KEY} lists {counted(len(records), 'trial')} of the {int(total):,} that it counts; {REMEDY}",
                raw=answer.body,
            )
        return int(total), records

    def record(self, trial_id: str) -> tuple[Element | None, bytes]:
        """The record that the registry gives for a trial, with the bytes; None where it says that it has none."""
        url = f"{self._base}/api/trial/{trial_id}/format/default"
        answer = self._get(url, cap=RECORD_CAP)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None, b""
        root = root_of(_expect_ok(answer))
        records = records_in(root)
        if not records and name_of(root) == "allTrials" and len(root) == 0:
            return None, answer.body
        if len(records) != 1:
            raise AnswerUnreadable(f"{KEY} answers with {len(records)} records instead of one", raw=answer.body)
        return records[0], answer.body

    def _get(self, url: str, *, cap: int) -> Response:
        try:
            return self._session.get(url, body_cap=cap)
        except RegistryUnreachable as error:
            raise with_remedy(error, KEY) from error

    def is_healthy(self) -> bool:
        """Whether the registry finds some trial, whichever, and gives it."""
        try:
            _, records = self.query(CONTROL, limit=1)
            trial_id = trial_id_of(records[0]) if records else None
            record = self.record(trial_id)[0] if trial_id else None
        except RegistryError:
            return False
        return record is not None and trial_id_of(record) == trial_id


def _expect_ok(answer: Response) -> bytes:
    if answer.status == HTTPStatus.OK:
        return answer.body
    words = status_in_words(answer.status)
    if 400 <= answer.status <= 499:
        raise RequestRefused(f"{KEY} refuses the request with {words}; {REMEDY}", status=answer.status)
    raise AnswerUnreadable(f"{KEY} answers {words} instead of a record; {REMEDY}", raw=answer.body)
