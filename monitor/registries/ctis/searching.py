"""Find the trials that a search covers, a hundred rows a request.

The registry looks for a sponsor's words anywhere in the name; whose trials they are is decided here. Criteria that it
does not know it ignores, so a search that finds the whole register is not believed.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Role, Search
from monitor.ports import SearchPage
from monitor.registries.ctis import codes
from monitor.registries.ctis.client import MOST_ROWS, ROWS, Client, Page
from monitor.registries.ctis.ids import KEY
from monitor.registries.ctis.rows import PUBLISHED, UPDATED, Row
from monitor.text import fold_organisation

_TOLERATED = 0.01
"""The share of rows that may be missing from a listing: trials are added while it is read."""


def find(
    client: Client, search: Search, *, updated_since: date | None, stopped: bool, token: str | None
) -> Iterator[SearchPage]:
    """Pages of the trials that *search* covers. A token is a field to sort by and a page."""
    criteria = _criteria(search)
    if stopped:
        criteria["status"] = list(codes.STOPPED)
    orders = (UPDATED, PUBLISHED) if updated_since else ("decisionDate",)
    return _pages(client, search, criteria, orders, since=updated_since, stopped=stopped, token=token)


def _criteria(search: Search) -> dict[str, Any]:
    """What is asked for. Raise ConfigurationInvalid for all trials there are: a search has at most 10,000 rows."""
    asked = {"sponsor": search.sponsor, "medicalCondition": search.condition, "containAll": search.expression}
    criteria = {name: " ".join(text.split()) for name, text in asked.items() if text is not None and text.strip()}
    if not criteria:
        raise ConfigurationInvalid(
            f"{KEY} lists no more than {MOST_ROWS:,} trials a search: name a sponsor, a condition or words"
        )
    return dict(criteria)


def _pages(
    client: Client,
    search: Search,
    criteria: dict[str, Any],
    orders: tuple[str, ...],
    *,
    since: date | None,
    stopped: bool,
    token: str | None,
) -> Iterator[SearchPage]:
    order, number = _place(token, orders)
    limit = since.isoformat() if since else ""
    seen: set[str] = set()
    while True:
        page = client.search(criteria, sort=order, page=number)
        _believe(client, page, search)
        seen.update(row.trial_id for row in page.rows)
        found = [row for row in page.rows if row.day >= limit and _is_covered(row, search, stopped=stopped)]
        is_last = number * ROWS >= page.total or _is_past(page, order, limit)
        if is_last and not limit and token is None and len(seen) < page.total * (1 - _TOLERATED):
            raise AnswerUnreadable(
                f"{KEY} says that there are {page.total:,} trials, and lists {len(seen):,}", raw=page.raw
            )
        if is_last and order == orders[-1]:
            following = None
        elif is_last:
            following = f"{orders[-1]}:1"
        else:
            following = f"{order}:{number + 1}"
        yield SearchPage([row.trial_id for row in found], None if limit else page.total, following)
        if following is None:
            return
        order, number = _place(following, orders)


def _place(token: str | None, orders: tuple[str, ...]) -> tuple[str, int]:
    """Where a token goes on. Raise AnswerUnreadable for one that is none of ours."""
    order, _, number = (token or f"{orders[0]}:1").partition(":")
    if order not in orders or not number.isascii() or not number.isdigit() or not 0 < int(number) <= MOST_ROWS // ROWS:
        raise AnswerUnreadable(f"{KEY} has no such page of a search: {(token or '')[:40]}")
    return order, int(number)


def _believe(client: Client, page: Page, search: Search) -> None:
    """Raise AnswerUnreadable where the search was ignored, ConfigurationInvalid where it covers too much."""
    if page.total and page.total >= client.whole():
        raise AnswerUnreadable(
            f"{KEY} answers the search with its whole register of {page.total:,} trials: it ignored the criteria",
            raw=page.raw,
        )
    if page.total > MOST_ROWS:
        words = search.sponsor or search.condition or search.expression or ""
        raise ConfigurationInvalid(
            f"{KEY} finds {page.total:,} trials for “{words[:100]}” and lists {MOST_ROWS:,} at most: narrow it down"
        )


def _is_past(page: Page, order: str, limit: str) -> bool:
    """Whether a page in the order of its days has gone past a day."""
    days = [(row.updated if order == UPDATED else row.published) or "" for row in page.rows]
    return not days or (bool(limit) and max(days) < limit)


def _is_covered(row: Row, search: Search, *, stopped: bool) -> bool:
    if stopped and row.status not in codes.STOPPED:
        return False
    if search.sponsor is None:
        return True
    wanted, name = fold_organisation(search.sponsor), fold_organisation(row.sponsor)
    if search.role is Role.LEAD:
        return name == wanted
    return wanted == name or wanted in (fold_organisation(part) for part in row.sponsor.split(","))
