"""A rule as the command that makes the same. Pure."""

from collections.abc import Iterator, Mapping
from shlex import quote

from monitor.alerts.subscribe import SubscriptionScope
from monitor.model import Filters, Role, Search, Significance
from monitor.model.rhythm import Every, Rhythm


def subscribe_command(
    channel: str,
    address: str,
    scope: SubscriptionScope,
    filters: Filters,
    rhythm: Rhythm,
    *,
    search: Search | None,
    beside: Mapping[str, str | None] | None = None,
) -> str:
    """Such as `monitor subscribe email ana@example.org --sponsor 'Alzahra Hospital' --min-significance major`.

    *search* is what its watch looks for, where it is about one that looks for something; *beside* are
    values of further options, such as that of `name`.
    """
    words = ["monitor", "subscribe", channel, address or "ADDRESS"]
    words += [*_scope(scope, search), *_filters(filters), *_rhythm(rhythm)]
    words += [each for name, value in (beside or {}).items() if value for each in (f"--{name}", value)]
    return " ".join(quote(each) for each in words)


def _scope(scope: SubscriptionScope, search: Search | None) -> Iterator[str]:
    looked_for = scope.search[1] if scope.search else search
    if scope.everything:
        yield "--all"
    elif scope.group is not None:
        yield from ("--group", scope.group)
    elif looked_for is not None:
        yield from _search(looked_for)
    elif scope.watch_id is not None:
        yield from ("--watch", str(scope.watch_id))
    for _, trial_id in sorted(scope.trials):
        yield from ("--trial", trial_id)


def _search(search: Search) -> Iterator[str]:
    if search.sponsor is not None:
        yield from ("--sponsor", search.sponsor)
        if search.role is not Role.LEAD:
            yield from ("--role", str(search.role))
    if search.condition is not None:
        yield from ("--condition", search.condition)
    if search.expression is not None:
        yield from ("--search", search.expression)


def _filters(filters: Filters) -> Iterator[str]:
    for option, names in (("--topic", filters.topics), ("--kind", filters.kinds), ("--without", filters.without)):
        for name in sorted(names):
            yield from (option, name)
    if filters.min_significance is not Significance.MINOR:
        yield from ("--min-significance", str(filters.min_significance))
    if filters.min_days is not None:
        yield from ("--min-days", str(filters.min_days))
    if filters.min_percent is not None:
        yield from ("--min-percent", f"{filters.min_percent:g}")


def _rhythm(rhythm: Rhythm) -> Iterator[str]:
    if rhythm.every is not Every.IMMEDIATE:
        yield from ("--digest", str(rhythm.every), "--at", f"{rhythm.at:%H:%M}", "--tz", rhythm.zone)
    elif rhythm.quiet_hours:
        begin, end = rhythm.quiet_hours
        yield from ("--quiet-hours", f"{begin:%H:%M}-{end:%H:%M}", "--tz", rhythm.zone)
    if rhythm.breaks_through:
        yield "--break-through"
    if rhythm.all_quiet:
        yield "--all-quiet"
