"""Go through the pages of a listing, and decide whether it can be believed.

A listing uses the first of several wordings that the registry does not refuse as too complicated, and asks for whole
records where the registry does not know the few fields that would do.

Which trials a listing has, and which no longer, decides on alerts. So a listing that does not add up is an error, never
a shorter listing. Facts of the registry: a page may be empty; the page without a token is the last; only the first one
names the total; a token is good for the same version of the data and the same parameters, page size aside.

| what a server does                                  | what comes of it                                            |
|-----------------------------------------------------|-------------------------------------------------------------|
| names no trial, or not by its id                    | `AnswerUnreadable`                                          |
| gives a token that was had before, or is none       | `AnswerUnreadable`                                          |
| sends page after page with nothing new              | `AnswerUnreadable` after `MOST_IDLE`                        |
| goes on for more pages than the total fills         | `AnswerUnreadable`, `SPARE_PAGES` later                     |
| names over 1 % fewer or more trials than the total  | `AnswerUnreadable`, before the last page is believed        |
| names a trial again                                 | counted and passed on once                                  |
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from monitor.errors import AnswerUnreadable, RegistryError, RequestRefused
from monitor.model import Json
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.documents import trial_id_of
from monitor.registries.clinicaltrials_gov.ids import is_trial_id
from monitor.registries.clinicaltrials_gov.reading import REMEDY, FieldsRefused
from monitor.registries.clinicaltrials_gov.version import KEY

LISTED_AT_ONCE = 1_000
"""The most that the registry gives in a page."""
READ_AT_ONCE = 250
"""Whole records: 5 MB on average, a sixth of what a session reads."""
MOST_IDLE = 5
"""Pages in a row without a new trial."""
SPARE_PAGES = 10
MOST_TRIALS = 5_000_000
"""Of a listing whose total is not known because its first page was had earlier: eight times what there are."""
TOLERATED = 100
"""One trial in so many may be more or fewer than the total: the registry publishes while we read."""
_TOKEN = re.compile(r"[!-~]{1,500}")


@dataclass(frozen=True, slots=True)
class Page:
    """Up to *size* records. *trial_ids* are those of *studies*, in their order; *raw* is the body as it came."""

    size: int
    studies: Sequence[Json]
    trial_ids: Sequence[str]
    total: int | None
    token: str | None
    raw: bytes


class Listing:
    """What was read of a listing so far. *token* is that of the page to ask for next; None before the first page.

    With *fields* its pages hold no more of a record than those.
    """

    def __init__(
        self, client: Client, asked: Mapping[str, str], *, fields: Sequence[str] = (), token: str | None = None
    ) -> None:
        self.total: int | None = None
        self.token = token
        self.is_read = False
        self._client = client
        self._asked = asked
        self._fields = fields
        self._is_whole = token is None
        self._tokens = {token}
        self._seen = _TrialIds()
        self._room = 0
        self._idle = 0

    def ask(self, size: int | None = None, *, fields: Sequence[str] | None = None) -> Page:
        """The next page, of at most *size* records, else as many as are good to ask for at once.

        Asking for it again is no step forward. Raise FieldsRefused only where nothing but *fields* is of use.
        """
        wanted = self._fields if fields is None else fields
        if wanted and not self._client.learned.takes_fields(wanted) and fields is None:
            wanted = ()
        try:
            return self._ask(size or (LISTED_AT_ONCE if wanted else READ_AT_ONCE), wanted)
        except FieldsRefused:
            if fields is not None or not wanted:
                raise
            return self._ask(size or READ_AT_ONCE, ())

    def _ask(self, size: int, fields: Sequence[str]) -> Page:
        asked = {**self._asked, **({"fields": ",".join(fields)} if fields else {}), "pageSize": str(size)}
        if self.token is None:
            asked["countTotal"] = "true"
        else:
            asked["pageToken"] = self.token
        page, raw = self._client.page(asked)
        trial_ids = [_proven_id(study, raw) for study in page["studies"]]
        total = _proven_total(page.get("totalCount"), raw) if self.token is None else None
        return Page(size, page["studies"], trial_ids, total, _proven_token(page.get("nextPageToken"), raw), raw)

    def accept(self, page: Page) -> list[str]:
        """Go on behind *page*; the trials that no page before it named."""
        if self.token is None:
            self.total = page.total
        new = [trial_id for trial_id in dict.fromkeys(page.trial_ids) if self._seen.add(trial_id)]
        self._idle = 0 if new else self._idle + 1
        self._room += page.size
        if reason := self._reason_against(page):
            raise AnswerUnreadable(
                f"{KEY} lists trials in a way that does not add up: {reason}; {REMEDY}", raw=page.raw
            )
        self._tokens.add(page.token)
        self.token = page.token
        self.is_read = page.token is None
        return new

    def _reason_against(self, page: Page) -> str | None:
        """Why the listing is not to be believed after *page*; None where it is."""
        found = len(self._seen)
        if self.total is not None and (found - self.total) * TOLERATED > self.total:
            return f"{found:,} trials of {self.total:,}"
        if page.token is None:
            missing = self.total - found if self._is_whole and self.total is not None else 0
            return f"only {found:,} trials of {self.total:,}" if missing * TOLERATED > (self.total or 0) else None
        if page.token in self._tokens:
            return "a page leads back to one that was read before"
        if self._idle > MOST_IDLE:
            return f"{self._idle} pages in a row with nothing new"
        most = MOST_TRIALS if self.total is None else self.total
        return f"pages without end, for {most:,} trials" if self._room >= most + SPARE_PAGES * page.size else None


def begin(
    client: Client, wordings: Iterable[Mapping[str, str]], *, fields: Sequence[str], token: str | None = None
) -> tuple[Listing, Page]:
    """The listing that one of these *wordings* of a question gets, and its first page.

    The next one is tried where the registry refuses a wording with 400, as it does what is too complicated for it.
    Raise what the last one raised.
    """
    refused: RegistryError | None = None
    for asked in wordings:
        listing = Listing(client, asked, fields=fields, token=token)
        try:
            return listing, listing.ask()
        except RequestRefused as refusal:
            refused = refusal
            if refusal.status != HTTPStatus.BAD_REQUEST or not refusal.words:
                break
    raise refused or ValueError("no wording")


class _TrialIds:
    """A set of trial ids, a bit for each number there can be: 12.5 MB at most, a tenth of a set of all trials."""

    def __init__(self) -> None:
        self._bits = bytearray(10**8 // 8)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, trial_id: str) -> bool:
        """Put it in; whether it was not in already."""
        place, bit = divmod(int(trial_id.removeprefix("NCT")), 8)
        if self._bits[place] >> bit & 1:
            return False
        self._bits[place] |= 1 << bit
        self._count += 1
        return True


def _proven_id(study: Json, raw: bytes) -> str:
    trial_id = trial_id_of(study)
    if trial_id is None or not is_trial_id(trial_id):
        raise AnswerUnreadable(f"{KEY} lists what names no trial; {REMEDY}", raw=raw)
    return trial_id


def _proven_total(total: Json, raw: bytes) -> int:
    if type(total) is not int or total < 0:
        raise AnswerUnreadable(f"{KEY} does not say how many trials it lists; {REMEDY}", raw=raw)
    return total


def _proven_token(token: Json, raw: bytes) -> str | None:
    if token is None or (isinstance(token, str) and _TOKEN.fullmatch(token)):
        return token
    raise AnswerUnreadable(f"{KEY} does not say where the next page of a listing is; {REMEDY}", raw=raw)
