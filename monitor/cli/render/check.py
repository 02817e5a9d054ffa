"""What `monitor check` shows: a block for each trial with news, and a line that says all were checked. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.changes.topics import TIMED
from monitor.cli.render.styles import BADGE_WIDTH, BADGES, DIM, FAILED, LABEL, NOTICE, TRIAL, badge
from monitor.cli.render.tables import ID_WIDTH, NO_NAMES
from monitor.cli.render.text import styled
from monitor.cli.render.values import is_long_text, long_text, short_value
from monitor.model import Change, Checked, Result, Significance, Unlisted
from monitor.render.folding import folded
from monitor.render.values import is_summary_redundant, label
from monitor.text import one_line, plain, stamp

_WORDS = {
    Result.BASELINE: ("baseline taken", DIM),
    Result.UNCHANGED: ("unchanged", DIM),
    Result.CHANGED: ("changed", ""),
    Result.REMOVED: ("no longer in the registry", NOTICE),
    Result.MERGED: ("merged into another record", NOTICE),
    Result.HELD: ("changed, and held back until you release or discard it", NOTICE),
    Result.FAILED: ("not checked", FAILED),
}


def trial_block(checked: Checked, *, asked: int, names: Mapping[str, str] = NO_NAMES) -> RenderableType | None:
    """What to show about one trial in a pass over *asked* trials; None if there is nothing to say.

    *names* are what registries are called, where trials of several are shown.
    """
    if not checked.changes:
        return _result_line(checked, names) if checked.is_worth_a_line(asked) else None
    said = [Text(one_line(checked.error), style=FAILED)] if checked.error else []
    return Group(_heading(checked, names), *said, change_list(checked.changes), Text())


def _result_line(checked: Checked, names: Mapping[str, str]) -> Text:
    words, style = _WORDS[checked.result]
    if checked.merged_into:
        words = f"merged into {one_line(checked.merged_into)}"
    if checked.error:
        words = f"{words}: {one_line(checked.error)}"
    name_style = TRIAL if checked.result is not Result.UNCHANGED else DIM
    line = Text().append(plain(checked.trial_id).ljust(ID_WIDTH if names else 0), style=name_style).append("  ")
    if names:
        line.append(_called(checked, names).ljust(max(map(len, names.values()))), style=DIM).append("  ")
    line.append(words, style=style)
    if checked.title and not checked.error:
        line.append("  ").append(one_line(checked.title), style=DIM)
    return line


def watch_line(unlisted: Unlisted) -> Text:
    """A line saying that the trials of a watch could not be listed."""
    line = Text().append(f"Watch {unlisted.watch_id}", style=TRIAL)
    return line.append(f"  {one_line(unlisted.watch)}: not listed: {one_line(unlisted.error)}", style=FAILED)


def _called(checked: Checked, names: Mapping[str, str]) -> str:
    """What people call the trial's registry."""
    return one_line(names.get(checked.registry, checked.registry))


def _heading(checked: Checked, names: Mapping[str, str]) -> RenderableType:
    most = max(change.significance for change in checked.changes)
    heading = Text().append("▌", style=_bar(most)).append(plain(checked.trial_id), style=TRIAL)
    if checked.title:
        heading.append("  ").append(one_line(checked.title), style=LABEL)
    about = [_called(checked, names)] if names else []
    about += [f"snapshot {checked.snapshot}"] if checked.snapshot else []
    about += [f"registry data of {stamp(checked.registry_version)}"] if checked.registry_version else []
    if checked.result is not Result.CHANGED:
        about.insert(bool(names), _WORDS[checked.result][0])
    below = Text().append("▌", style=_bar(most)).append(" · ".join(about), style=DIM)
    return Group(heading, below)


def _bar(significance: Significance) -> str:
    return {Significance.CRITICAL: "red", Significance.MAJOR: "yellow"}.get(significance, str(BADGES[significance]))


def change_list(changes: Sequence[Change]) -> RenderableType:
    """The changes, the most significant first; administrative ones on a line together."""
    weighty = sorted(
        (change for change in folded(changes) if change.significance is not Significance.ADMINISTRATIVE),
        key=lambda change: -change.significance,
    )
    labels = max((len(label(change)) for change in weighty), default=0)
    lines: list[RenderableType] = [_change(change, labels) for change in weighty]
    if silent := administrative(changes):
        lines.append(Padding(silent, (0, 0, 0, 1)))
    return Group(*lines)


def _change(change: Change, label_width: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=BADGE_WIDTH)
    grid.add_column(width=label_width + 1)
    grid.add_column(ratio=1, overflow="fold")
    told = is_summary_redundant(change)
    value: list[RenderableType] = [] if is_long_text(change) else [short_value(change)]
    if told and change.timing and change.topic in TIMED:
        value.append(Text(change.timing.words, style=DIM))
    grid.add_row(badge(change.significance), Text(label(change), style=LABEL), Group(*value))
    below: list[RenderableType] = [] if told else [styled(one_line(change.summary), DIM)]
    if is_long_text(change):
        below.append(long_text(change))
    return Group(grid, *(Padding(line, (0, 0, 0, BADGE_WIDTH + 1)) for line in below))


def administrative(changes: Iterable[Change]) -> Text | None:
    """All administrative changes in one line; None without any."""
    labels = [label(change) for change in changes if change.significance is Significance.ADMINISTRATIVE]
    if not labels:
        return None
    return Text(f"{len(labels)} administrative: {', '.join(dict.fromkeys(labels))}", style=DIM)


def closing_line(parts: Sequence[str], *, failed: int) -> Text:
    """The proof that all trials were checked, of the parts that `monitor.views.checks` gives."""
    first, *others, traffic = parts
    line = Text().append(first, style=FAILED if failed else "bold green")
    line.append("".join(f" · {part}" for part in others))
    return line.append(f" · {traffic}", style=DIM)
