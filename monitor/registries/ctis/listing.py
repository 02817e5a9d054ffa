"""What moved since a version: two searches, by both days that a row has, the newest rows first.

    nothing moved        the first page of each is as it was: two requests, and the version stands still
    something moved      pages are read until they are older than the version's day, less an overlap
    too much moved       nothing is said, and every trial is read

Rows tell days, and no hours. So a trial that moved on the day of the version that is known, or later, may have moved
again after it was read: it is read anew, until that day is over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from monitor.errors import AnswerUnreadable
from monitor.model.stamps import built_at, day_of
from monitor.ports import ProbeResult, RegistryVersion, Unmoved
from monitor.registries.ctis.client import ROWS, Client, Page
from monitor.registries.ctis.ids import KEY, is_later_submission
from monitor.registries.ctis.rows import PUBLISHED, UPDATED, Row

OVERLAP = timedelta(days=1)
"""Rows are not strictly in the order of their days, and these are of another zone than ours."""
MOST_PAGES = 30
"""Pages of a search that are read: more rows than move in three weeks."""


class Listing:
    """What the registry told of who moved, until it is asked again."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rows: dict[str, Row] = {}
        self._latest: dict[str, str] = {}
        """By an id without its last part, the latest submission that is listed."""
        self._since: str | None = None
        """The stamp of the version since which all are listed that moved; None where that is not known."""

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now; *known* itself where the newest rows are as they were."""
        firsts = {sort: self._client.search({}, sort=sort) for sort in (UPDATED, PUBLISHED)}
        mark = _mark(firsts)
        if known is not None and known.etag == mark:
            if self._since is None:
                self._remember(firsts.values(), since=known.stamp)
            return known
        pages = self._since_version(known, firsts)
        self._remember(pages or firsts.values(), since=known.stamp if known and pages else None)
        return RegistryVersion(_stamp(firsts, known), mark)

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unmoved]]:
        """Who did not move since, and what the rows say of those on whose day that is not certain.

        Who moved, or may have moved again, is left out.
        """
        day = day_of(self._since or "")
        if self._since is None or day is None:
            return
        limit = _less_overlap(day)
        told: list[ProbeResult | Unmoved] = []
        for trial_id in trial_ids:
            row = self._rows.get(trial_id)
            if self.later_submission(trial_id):
                continue
            if row is None or row.day < limit:
                told.append(Unmoved(trial_id, self._since))
            elif row.day < day:
                told.append(ProbeResult(trial_id, row.digest))
        yield told

    def digest_of(self, trial_id: str) -> bytes | None:
        """What a probe would see of the trial, where it is listed."""
        row = self._rows.get(trial_id)
        return row.digest if row else None

    def later_submission(self, trial_id: str) -> str | None:
        """The latest id under which the same application was submitted again, where that is listed."""
        latest = self._latest.get(trial_id[:-3])
        return latest if latest and is_later_submission(latest, trial_id) else None

    def _since_version(self, known: RegistryVersion | None, firsts: Mapping[str, Page]) -> list[Page] | None:
        """The pages that hold all that moved since *known*; None where they are too many, or its day is not known."""
        day = day_of(known.stamp) if known else None
        if day is None:
            return None
        limit = _less_overlap(day)
        pages: list[Page] = []
        for sort, first in firsts.items():
            page, number = first, 1
            while not _is_older(page, sort, limit) and number * ROWS < page.total:
                if number == MOST_PAGES:
                    return None
                pages.append(page)
                number += 1
                page = self._client.search({}, sort=sort, page=number)
            pages.append(page)
        return pages

    def _remember(self, pages: Iterable[Page], *, since: str | None) -> None:
        self._rows = {row.trial_id: row for page in pages for row in page.rows}
        self._latest = {trial_id[:-3]: trial_id for trial_id in sorted(self._rows)}
        self._since = since


def _less_overlap(day: str) -> str:
    return (date.fromisoformat(day) - OVERLAP).isoformat()


def _day(row: Row, sort: str) -> str:
    return (row.updated if sort == UPDATED else row.published) or ""


def _is_older(page: Page, sort: str, limit: str) -> bool:
    """Whether half of a page, or more, is older than a day: single rows may be out of order."""
    days = sorted(_day(row, sort) for row in page.rows)
    return not days or days[len(days) // 2] < limit


def _mark(firsts: Mapping[str, Page]) -> str:
    """What the newest rows say, in whatever order.

    Raise AnswerUnreadable where there are none. Rows of the oldest day of a page may be others of that day next time.
    """
    told: set[bytes] = set()
    for sort, page in firsts.items():
        if not page.rows:
            raise AnswerUnreadable(f"{KEY} lists no trial at all", raw=page.raw)
        oldest = min(_day(row, sort) for row in page.rows)
        newer = {row.digest for row in page.rows if _day(row, sort) > oldest}
        told |= newer or {row.digest for row in page.rows}
    return sha256(b"".join(sorted(told))).hexdigest()[:32]


def _stamp(firsts: Mapping[str, Page], known: RegistryVersion | None) -> str:
    """When the registry answered, by its own clock, or else the newest day in it; later than the version before."""
    newest = max((row.day for page in firsts.values() for row in page.rows), default="")
    stamp = _moment(firsts[PUBLISHED].date) or newest
    before = built_at(known.stamp) if known else None
    now = built_at(stamp)
    if before is not None and (now is None or now <= before):
        return _written(before + timedelta(seconds=1))
    return stamp


def _moment(header: str) -> str | None:
    try:
        return _written(parsedate_to_datetime(header))
    except (ValueError, TypeError, OverflowError):
        return None


def _written(moment: datetime) -> str:
    at = moment.astimezone(UTC) if moment.tzinfo else moment
    return at.replace(tzinfo=None, microsecond=0).isoformat()
