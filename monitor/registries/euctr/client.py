"""Make single requests to the register, and say why one brought nothing.

A trial takes a request for its summary, which names the countries, and one for each country's record. Where one of
them fails, so does the trial: a document never lacks a country. "No such trial" counts only in the words of the search
page: a summary without the trial may be an error. A register that fails for one trial after the other is not asked
for the rest.
"""

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable, RequestRefused
from monitor.http.polite import ATTEMPTS, PoliteSession
from monitor.http.response import Response, status_in_words
from monitor.http.urls import checked_base_url
from monitor.model import Document
from monitor.ports import Answer, Missing, Unanswered, Unreadable
from monitor.registries.euctr import feed
from monitor.registries.euctr.documents import RECORD_CAP, country_record, document_of, summary_of
from monitor.registries.euctr.ids import KEY, WELL_KNOWN, is_trial_id
from monitor.registries.euctr.summary import Summary
from monitor.registries.remedies import with_remedy
from monitor.text import one_line

REMEDY = f'check the network, or registries."{KEY}".base_url in config.toml'
PAGE_CAP = 2 * 1024 * 1024
TIRED_AFTER = 3
"""Trials in a row that the register failed for, after which the others of the batch are not asked for."""
_HITS = re.compile(rb"Trials with a EudraCT protocol\s*\(([0-9.,]+)\)")


class Client:
    """Asks for one thing at a time. Raises what stands in `monitor.errors` under RegistryError."""

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self._base = checked_base_url(base_url)
        self._session = session

    def feed(self) -> feed.Feed:
        """What moved in the last seven days. One request."""
        return feed.feed_of(self._get(feed.QUERY, cap=feed.FEED_CAP))

    def is_healthy(self) -> bool:
        """Whether a trial that is known to be there is found. A single attempt."""
        try:
            return self._summary(WELL_KNOWN, attempts=1)[0] is not None
        except RegistryError:
            return False

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """One trial after the other."""
        failed = 0
        for trial_id in trial_ids:
            if failed >= TIRED_AFTER:
                yield [
                    Unanswered(trial_id, f"{KEY} gave nothing for {failed} trials in a row; the next check asks again")
                ]
                continue
            answer = self._answer(trial_id)
            failed = failed + 1 if isinstance(answer, Unanswered) else 0
            yield [answer]

    def _answer(self, trial_id: str) -> Answer:
        if not is_trial_id(trial_id):
            return Unanswered(trial_id, f"“{one_line(trial_id)[:40]}” is not a EudraCT number")
        try:
            return self._trial(trial_id)
        except AnswerUnreadable as error:
            return Unreadable(trial_id, str(error), error.raw)
        except RegistryError as error:
            return Unanswered(trial_id, str(error))

    def _trial(self, trial_id: str) -> Document | Missing:
        summary, raw = self._summary(trial_id)
        if summary is None:
            return self._missing(trial_id, raw)
        records = {}
        for country in summary.countries:
            path = country.lower() if country == "3RD" else country
            answer = self._get(f"/rest/download/trial/{trial_id}/{path}", cap=RECORD_CAP)
            records[country] = country_record(trial_id, country, answer.body)
        return document_of(trial_id, records, summary.results)

    def _summary(self, trial_id: str, attempts: int = ATTEMPTS) -> tuple[Summary | None, bytes]:
        question = f"/rest/download/summary?query=eudract_number:{trial_id}&page=1&mode=current_page"
        body = self._get(question, cap=RECORD_CAP, attempts=attempts).body
        return (summary_of(trial_id, body) if body.strip() else None), body

    def _missing(self, trial_id: str, raw: bytes) -> Missing:
        """That there is no such trial, in the words of the search page. Raise AnswerUnreadable where it finds one."""
        page = self._get(f"/search?query=eudract_number:{trial_id}", cap=PAGE_CAP).body
        hits = _HITS.search(page)
        if hits is None:
            raise AnswerUnreadable(
                f"neither the summary nor the search page says whether there is {trial_id}", raw=page
            )
        if int(re.sub(rb"[.,]", b"", hits[1]) or b"1") > 0:
            raise AnswerUnreadable(f"the search page finds {trial_id}, and the summary names no country of it", raw=raw)
        return Missing(trial_id, hits[0].decode())

    def _get(self, path: str, *, cap: int, attempts: int = ATTEMPTS) -> Response:
        try:
            answer = self._session.get(self._base + path, body_cap=cap, attempts=attempts)
        except RegistryUnreachable as error:
            raise with_remedy(error, KEY) from error
        if answer.status == HTTPStatus.OK:
            return answer
        words = status_in_words(answer.status)
        way = f", {answer.via}" if answer.via else ""
        if 400 <= answer.status <= 499:
            raise RequestRefused(f"{KEY} refuses the request with {words}{way}; {REMEDY}", status=answer.status)
        to = one_line(answer.headers.get("Location", ""))[:100]
        where = f" and a redirect to “{to}”" if to else ""
        raise AnswerUnreadable(f"{KEY} answers {words}{where} instead of a record{way}; {REMEDY}", raw=answer.body)
