"""What `monitor subscriptions list` shows. Pure."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, HEADING, NOTICE
from monitor.model import Filters, Significance, Subscription
from monitor.text import counted, one_line


def subscription_table(rows: Iterable[tuple[Subscription, str]], silent: Mapping[str, str]) -> RenderableType:
    """A row per subscription, with what it is about in words; below, why some are *silent*, by id."""
    listed = list(rows)
    if not listed:
        return Text("Nobody is subscribed yet. Begin with: monitor subscribe email you@example.org --trial NCT02116634")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("Subscription", "To", "About", "Only", "State"):
        table.add_column(heading, overflow="fold")
    for subscription, about in listed:
        state = subscription.state if not subscription.endpoint.disabled_at else "disabled: it failed for days"
        table.add_row(
            Text(one_line(subscription.called)),
            Text(f"{subscription.endpoint.channel} {one_line(subscription.endpoint.shown)}"),
            Text(about),
            Text(_only(subscription.filters), style=DIM),
            Text(state),
        )
    called = {subscription.id: one_line(subscription.called) for subscription, _ in listed}
    warnings = [
        Text(f"{called.get(key, key[:8])} cannot hear of everything: {reason}", style=NOTICE)
        for key, reason in silent.items()
    ]
    return Group(table, Text(), *warnings, Text(counted(len(listed), "subscription"), style=DIM))


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
