"""What `monitor subscriptions list` shows. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, HEADING, NOTICE
from monitor.model import Filters, Significance, Subscription, SubscriptionState
from monitor.render.rhythms import rhythm_words
from monitor.text import counted, natural_list, one_line


def subscription_table(
    rows: Iterable[tuple[Subscription, str]], silent: Mapping[str, str], came_back: Mapping[str, str]
) -> RenderableType:
    """A row per subscription or team, with what it is about in words, and what *came_back* where that ended it, by id.

    Below, why some are *silent*, by id.
    """
    listed = list(rows)
    if not listed:
        return Text("Nobody is subscribed yet. Begin with: monitor subscribe email you@example.org --trial NCT02116634")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("Subscription", "To", "About", "Only", "When", "State"):
        table.add_column(heading, overflow="fold")
    told = list(_rows(listed))
    for row in told:
        first, about = row[0]
        people = [subscription for subscription, _ in row]
        table.add_row(
            Text(_called(first)),
            Text(_to(people)),
            Text(about),
            Text(_only(first.filters), style=DIM),
            Text(", ".join(dict.fromkeys(rhythm_words(each.rhythm) for each in people)), style=DIM),
            Text(_state_of_all(people, came_back)),
        )
    called = {each.id: _called(each) for each, _ in listed}
    warnings = [f"{called.get(key, key[:8])} cannot hear of everything: {reason}" for key, reason in silent.items()]
    notes = [Text(each, style=NOTICE) for each in dict.fromkeys(warnings)]
    return Group(table, Text(), *notes, Text(counted(len(told), "subscription"), style=DIM))


def _rows(listed: Iterable[tuple[Subscription, str]]) -> Iterable[Sequence[tuple[Subscription, str]]]:
    """Those of each row: of a team all who are in it, and those who left it only where all have."""
    rows: dict[str, list[tuple[Subscription, str]]] = {}
    for subscription, about in listed:
        key = f"team {subscription.team}" if subscription.team else subscription.id
        rows.setdefault(key, []).append((subscription, about))
    for row in rows.values():
        yield [each for each in row if each[0].state is not SubscriptionState.ENDED] or row


def _called(subscription: Subscription) -> str:
    return one_line(subscription.team or subscription.called)


def _to(people: Sequence[Subscription]) -> str:
    if len(people) == 1:
        return f"{people[0].endpoint.channel} {one_line(people[0].endpoint.shown)}"
    channels = dict.fromkeys(each.endpoint.channel for each in people)
    return f"{len(people)} people, by {natural_list(list(channels))}"


def _state_of_all(people: Sequence[Subscription], came_back: Mapping[str, str]) -> str:
    """How they stand; where they differ, how many of them so."""
    states = Counter(_state(each, came_back.get(each.id)) for each in people)
    if len(states) == 1:
        return next(iter(states))
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


def _state(subscription: Subscription, came_back: str | None) -> str:
    """How it stands, and what was reported of its mail where that is the reason."""
    is_disabled = subscription.endpoint.disabled_at is not None and subscription.state is not SubscriptionState.ENDED
    reason = came_back or ("it failed for days" if is_disabled else "")
    state = "disabled" if is_disabled else str(subscription.state)
    return f"{state}: {one_line(reason)}" if reason else state


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
