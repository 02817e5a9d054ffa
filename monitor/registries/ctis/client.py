"""Make single requests to CTIS, and say what an answer is.

Surprising facts of its interface, which is not documented, known only here and in `documents`:

* An unknown id is answered with 200 and an empty object, a wrong path with 200 and the portal's HTML page.
* Searches are posted; pages count from 1, and page 0 is empty. A search has at most 10,000 rows.
* An unknown key of a search is ignored: the whole register comes.
* A firewall in front of it answers 403.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable, RequestRefused
from monitor.http.polite import PoliteSession
from monitor.http.response import Response, status_in_words
from monitor.http.urls import checked_base_url
from monitor.model import Json
from monitor.registries.ctis.documents import RECORD_CAP
from monitor.registries.ctis.ids import KEY
from monitor.registries.ctis.rows import Row, row_in
from monitor.registries.remedies import with_remedy
from monitor.text import one_line

ROWS = 100
"""Rows of a page: more are not given."""
MOST_ROWS = 10_000
SETTINGS = f'registries."{KEY}"'
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_TRIED_AGAIN = 2


class HtmlAnswered(AnswerUnreadable):
    """A page for people came, as it does for a wrong path."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a search: its rows, and of how many in all; *raw* as it came, and the server's own time of it."""

    rows: tuple[Row, ...]
    total: int
    raw: bytes
    date: str


class Client:
    """Asks one question at a time. Raises what stands in `monitor.errors` under RegistryError."""

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self._session = session
        self._base = checked_base_url(base_url)
        self.total: int | None = None
        """How many trials the register has, where that is known."""
        self._failed_in_a_row = 0

    @property
    def is_down(self) -> bool:
        """Whether request after request failed, so that the rest of a batch is not asked for."""
        return self._failed_in_a_row >= _TRIED_AGAIN

    def search(self, criteria: dict[str, Any], *, sort: str, page: int = 1, rows: int = ROWS, up: bool = False) -> Page:
        """One page of the trials that *criteria* cover, by the day in the field *sort*, the newest first or not."""
        asked = {
            "pagination": {"page": page, "size": rows},
            "sort": {"property": sort, "direction": "ASC" if up else "DESC"},
            "searchCriteria": criteria,
        }
        answer = self._ask("search", orjson.dumps(asked))
        found = page_in(self._parsed(answer), answer)
        if not criteria:
            self.total = found.total
        return found

    def whole(self) -> int:
        """How many trials the register has; asked for where no search without criteria was made before."""
        if self.total is None:
            self.search({}, sort="lastUpdated", rows=1)
        return self.total or 0

    def retrieve(self, trial_id: str) -> tuple[Json, bytes]:
        """What the registry says of a trial, and the body as it came."""
        answer = self._ask(f"retrieve/{trial_id}", None)
        return self._parsed(answer), answer.body

    def is_healthy(self) -> bool:
        """Whether a page of one row, whichever, comes as it should."""
        try:
            return bool(self.search({}, sort="lastUpdated", rows=1).rows)
        except RegistryError:
            return False

    def _ask(self, path: str, body: bytes | None) -> Response:
        url = f"{self._base}/{path}"
        try:
            if body is None:
                answer = self._session.get(url, headers={"Accept": "application/json"}, body_cap=RECORD_CAP)
            else:
                answer = self._session.post(url, body, headers=_HEADERS)
        except RegistryUnreachable as error:
            self._failed_in_a_row += 1
            raise with_remedy(error, KEY) from error
        return answer

    def _parsed(self, answer: Response) -> Json:
        try:
            tree = _parsed(answer, base=self._base, user_agent=self._session.user_agent)
        except (HtmlAnswered, RequestRefused):
            self._failed_in_a_row += 1
            raise
        self._failed_in_a_row = 0
        return tree


def _parsed(answer: Response, *, base: str, user_agent: str) -> Json:
    """The JSON of a plain 200. Raise RequestRefused for a 4xx, AnswerUnreadable for anything else."""
    words = status_in_words(answer.status)
    if 400 <= answer.status <= 499:
        advice = (
            f"a firewall stands before it; this client is “{one_line(user_agent)[:200]}”: set {SETTINGS}.user_agent to "
            f"one that is let in, or point {SETTINGS}.base_url in config.toml at a relay on another network"
            if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
            else f"check {SETTINGS}.base_url in config.toml"
        )
        raise RequestRefused(f"{base} refuses the request with {words}; {advice}", status=answer.status)
    if answer.status != HTTPStatus.OK:
        raise AnswerUnreadable(f"{KEY} answers {words} instead of a record", raw=answer.body)
    body = answer.body.strip()
    if not body:
        raise AnswerUnreadable(f"{KEY} answers with nothing at all", raw=answer.body)
    if body[:1] == b"<" or answer.headers.get("Content-Type", "").startswith("text/html"):
        raise HtmlAnswered(
            f"{KEY} answers with an HTML page instead of a record, as it does for a wrong path; check "
            f"{SETTINGS}.base_url in config.toml",
            raw=answer.body,
        )
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise AnswerUnreadable(f"{KEY} answers with what is not proper JSON: {error.msg}", raw=answer.body) from error


def page_in(tree: Json, answer: Response) -> Page:
    """The page of a search. Raise AnswerUnreadable for anything else."""
    data = tree.get("data") if isinstance(tree, dict) else None
    pagination = tree.get("pagination") if isinstance(tree, dict) else None
    total = pagination.get("totalRecords") if isinstance(pagination, dict) else None
    if not isinstance(data, list) or type(total) is not int or total < 0:
        raise AnswerUnreadable(f"{KEY} answers with something else than a page of trials", raw=answer.body)
    rows = tuple(row for item in data if (row := row_in(item)))
    if len(rows) < len(data):
        raise AnswerUnreadable(f"{KEY} answers with rows that name no trial", raw=answer.body)
    return Page(rows, total, answer.body, answer.headers.get("Date", ""))
