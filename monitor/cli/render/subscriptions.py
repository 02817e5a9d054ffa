"""What `monitor subscriptions list` shows. Pure."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, HEADING, NOTICE
from monitor.model import Filters, Significance, Subscription, SubscriptionState
from monitor.render.rhythms import rhythm_words
from monitor.text import counted, one_line


def subscription_table(rows: Iterable[tuple[Subscription, str]], silent: Mapping[str, str]) -> RenderableType:
    """A row per subscription, with what it is about in words; there or below, why some are *silent*, by id."""
    listed = list(rows)
    if not listed:
        return Text("Nobody is subscribed yet. Begin with: monitor subscribe email you@example.org --trial NCT02116634")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("Subscription", "To", "About", "Only", "When", "State"):
        table.add_column(heading, overflow="fold")
    for subscription, about in listed:
        table.add_row(
            Text(one_line(subscription.called)),
            Text(f"{subscription.endpoint.channel} {one_line(subscription.endpoint.shown)}"),
            Text(about),
            Text(_only(subscription.filters), style=DIM),
            Text(rhythm_words(subscription.rhythm), style=DIM),
            Text(_state(subscription, silent.get(subscription.id))),
        )
    active = {each.id: one_line(each.called) for each, _ in listed if _is_active(each)}
    warnings = [
        Text(f"{active[key]} cannot hear of everything: {reason}", style=NOTICE)
        for key, reason in silent.items()
        if key in active
    ]
    return Group(table, Text(), *warnings, Text(counted(len(listed), "subscription"), style=DIM))


def _is_active(subscription: Subscription) -> bool:
    return subscription.state is SubscriptionState.ACTIVE and subscription.endpoint.disabled_at is None


def _state(subscription: Subscription, reason: str | None) -> str:
    """How it stands; with the *reason* where it hears of nothing."""
    if _is_active(subscription):
        return str(subscription.state)
    if subscription.endpoint.disabled_at:
        return f"disabled: {one_line(reason or 'it failed for days')}"
    return f"{subscription.state}: {one_line(reason)}" if reason else str(subscription.state)


def _only(filters: Filters) -> str:
    """The filters in words."""
    parts = sorted(filters.topics) + sorted(filters.kinds) + [f"not {kind}" for kind in sorted(filters.without)]
    if filters.min_significance is not Significance.MINOR:
        parts.append(f"{filters.min_significance} or more")
    if filters.min_percent is not None:
        parts.append(f"from {filters.min_percent:g} %")
    if filters.min_days is not None:
        parts.append(f"from {filters.min_days} days")
    return ", ".join(parts)
