"""The columns of a subscription's filters as values, and the way back."""

from typing import Any

import orjson

from monitor.model import Filters, Significance
from monitor.storage.tables import subscriptions

_NAMES = ("topics", "kinds", "without", "min_significance", "min_percent", "min_days")
COLUMNS = [subscriptions.c[name] for name in _NAMES]


def values_of(filters: Filters) -> dict[str, Any]:
    """What is written of them."""
    return {
        "topics": orjson.dumps(sorted(filters.topics)).decode(),
        "kinds": orjson.dumps(sorted(filters.kinds)).decode(),
        "without": orjson.dumps(sorted(filters.without)).decode() if filters.without else None,
        "min_significance": int(filters.min_significance),
        "min_percent": filters.min_percent,
        "min_days": filters.min_days,
    }


def restored(
    topics: str, kinds: str, without: str | None, min_significance: int, min_percent: float | None, min_days: int | None
) -> Filters:
    """The filters of these columns. Raise ValueError or TypeError where they make no sense."""
    return Filters(
        topics=frozenset(orjson.loads(topics)),
        kinds=frozenset(orjson.loads(kinds)),
        without=frozenset(orjson.loads(without or "[]")),
        min_significance=Significance(min_significance),
        min_percent=min_percent,
        min_days=min_days,
    )


def restored_or_none(*columns: Any) -> Filters:
    """As `restored`; filters that make no sense filter nothing."""
    try:
        return restored(*columns)
    except (TypeError, ValueError):
        return Filters()
