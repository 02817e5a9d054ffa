"""What `monitor diff` shows: two snapshots of a trial side by side, or one above the other if it is narrow. Pure."""

from collections.abc import Mapping, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.changes.fields import is_coded
from monitor.cli.render.styles import ADDED, DIM, LABEL, REMOVED, TRIAL, badge
from monitor.cli.render.text import styled
from monitor.cli.render.values import LONG, is_long_text, short_value
from monitor.cli.render.worddiff import both_sides, word_diff
from monitor.model import Change, Json, Snapshot
from monitor.render.values import differing_parts, kept_name, label
from monitor.render.words import value_words
from monitor.text import counted, moment, natural_list, one_line, readable, stamp

SIDE_BY_SIDE = 100
"""From this width on there is room for two columns of readable text."""

CONTEXT = 200


class DiffPage:
    """The changes between two snapshots; it lays itself out for the width that it is given."""

    def __init__(
        self, trial_id: str, title: str | None, *, before: Snapshot, after: Snapshot, changes: Sequence[Change]
    ) -> None:
        self._heading = Text().append(one_line(trial_id), style=TRIAL)
        if title:
            self._heading.append("  ").append(one_line(title), style=LABEL)
        self._before, self._after = _about(before), _about(after)
        self._changes = sorted(changes, key=lambda change: -change.significance)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One block per change, in two columns if there is room."""
        wide = options.max_width >= SIDE_BY_SIDE
        yield self._heading
        before, after = Text(self._before, style=REMOVED), Text(self._after, style=ADDED)
        yield _columns((before, after)) if wide else Group(Text("- ").append(before), Text("+ ").append(after))
        for change in self._changes:
            yield Text()
            yield Text().append_text(badge(change.significance)).append(" ").append(label(change), style=LABEL)
            yield styled(one_line(change.summary), DIM)
            yield _beside(change) if wide else _stacked(change)
        yield Text()
        count = len(self._changes)
        yield Text(counted(count, "change") if count else "no change in what is watched", style=DIM)


def left_out_line(labels: Sequence[str]) -> Text:
    """What was not compared."""
    if not labels:
        return Text("everything was compared", style=DIM)
    named = natural_list([label if label.isupper() else label[:1].lower() + label[1:] for label in labels], 10)
    return Text(f"not compared, as the page does not say it, or not in a form that can be: {named}", style=DIM)


def _about(snapshot: Snapshot) -> str:
    if snapshot.source is not None:
        return f"as of {snapshot.taken_at:%Y-%m-%d}, from {one_line(snapshot.source)}"
    taken = f"snapshot {snapshot.number}, {moment(snapshot.taken_at)}"
    return f"{taken}, registry data of {stamp(snapshot.registry_version)}"


def _columns(*rows: tuple[RenderableType, RenderableType]) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for left, right in rows:
        table.add_row(left, right)
    return table


def _beside(change: Change) -> RenderableType:
    if change.field in ("sites", "rest", "results"):
        return Padding(short_value(change), (0, 0, 0, 2))
    before, after = change.before, change.after
    if before == after:
        return Text()  # another of the registry's words for one code: the sentence has both
    if parts := differing_parts(before, after):
        heading = [styled(name)] if (name := kept_name(before, parts)) else []
        named = ((Text(f"{name.replace('_', ' ')}:", style=DIM), before.get(name), after.get(name)) for name in parts)
        return Group(*heading, *(Group(name, _sides(old, new, "")) for name, old, new in named))
    return _sides(before, after, change.field, change.words)


def _sides(before: Json, after: Json, field: str, own: Mapping[str, str] | None = None) -> RenderableType:
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > LONG:
        return _columns(*both_sides(before, after, context=CONTEXT))
    old, new = (
        [item if isinstance(item, str) and not is_coded(field) else value_words(item, field, own) for item in items]
        for items in map(_items, (before, after))
    )
    return _columns((_side(old, "-", REMOVED), _side(new, "+", ADDED)))


def _items(value: Json) -> list[Json]:
    """What is shown on a line each; nothing where there is no value."""
    if value in (None, "", [], {}):
        return []
    return value if isinstance(value, list) and isinstance(value[0], dict) else [value]


def _side(items: Sequence[str], sign: str, style: str) -> Text:
    if not items:
        return Text("none", style=DIM)
    return Text("\n").join(styled(f"{sign} {item}", style) for item in items)


def _stacked(change: Change) -> RenderableType:
    if not is_long_text(change):
        return Padding(short_value(change), (0, 0, 0, 2))
    if change.before and change.after:
        return Padding(word_diff(change.before, change.after, context=CONTEXT), (0, 0, 0, 2))
    sign, style, text = ("+", ADDED, change.after) if change.after else ("-", REMOVED, change.before)
    return Padding(styled(f"{sign} {readable(text or '')}", style), (0, 0, 0, 2))
