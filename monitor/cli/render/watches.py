"""What `monitor watch list` shows. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.alerts.denied import denied_words
from monitor.changes.searches import search_words
from monitor.cli.render.styles import DIM, FAILED, HEADING
from monitor.cli.render.tables import NO_NAMES
from monitor.cli.render.text import styled
from monitor.ports import SponsorName
from monitor.storage.watches import Watch
from monitor.text import counted, file_in_words, moment, one_line
from monitor.views.watches import WatchedTrial

NO_GROUPS: Mapping[int, Sequence[str]] = MappingProxyType({})


def watch_table(
    watches: Iterable[Watch],
    names: Mapping[str, str] = NO_NAMES,
    *,
    files: Mapping[int, Mapping[str, str | None]],
    groups: Mapping[int, Sequence[str]] = NO_GROUPS,
    today: date,
) -> RenderableType:
    """A row per watch; without any, how to begin. *names* are what registries are called, where there are several.

    *groups* are the names of those that a watch is in; the table has them where any is in one.

    Below, how old the last files are of registries that files feed: *files* are their days, by watch and registry.
    """
    rows = list(watches)
    if not rows:
        return Text("Nothing is watched yet. Begin with: monitor watch add NCT02116634")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    table.add_column("Watch", justify="right")
    table.add_column("Trials", justify="right")
    table.add_column("Name", overflow="fold")
    table.add_column("Watches", overflow="fold")
    if groups:
        table.add_column("Groups", overflow="fold")
    table.add_column("Made by", overflow="fold")
    table.add_column("Since", overflow="fold")
    for watch in rows:
        name = styled(one_line(watch.name)) if watch.name else Text("–", style=DIM)
        origin = "config.toml" if watch.origin == "config" else f"a {one_line(watch.origin)}"
        since = Text(moment(watch.created_at), style=DIM)
        what = Text(search_words(watch.search)) if watch.search else Text("trials by id", style=DIM)
        if names and watch.looks_for:
            what.append(f", in {one_line(names.get(watch.looks_for.registry, watch.looks_for.registry))}")
        if watch.siblings:
            what.append(", and the same trials in other registries", style=DIM)
        within = [styled(one_line(", ".join(groups.get(watch.id, ()))))] if groups else []
        table.add_row(str(watch.id), f"{watch.trials:,}", name, what, *within, Text(origin, style=DIM), since)
    fed = [Text(line, style=DIM) for line in _files(files, today)]
    return Group(table, Text(), *fed, Text(counted(len(rows), "watch", "watches"), style=DIM))


def _files(files: Mapping[int, Mapping[str, str | None]], today: date) -> Iterator[str]:
    """A line for each day of which the last files of some registries are."""
    by_day: dict[str, set[str]] = {}
    for each in files.values():
        for key, day in each.items():
            by_day.setdefault(day or "", set()).add(key)
    for day, keys in sorted(by_day.items()):
        yield f"{', '.join(sorted(keys))}: {file_in_words(day or None, today=today)}"


def trial_table(trials: Iterable[WatchedTrial], names: Mapping[str, str] = NO_NAMES) -> RenderableType:
    """A row per trial of a watch: its state and title, and where there are *names* of registries, which one."""
    rows = list(trials)
    if not rows:
        return Text("It holds no trial yet.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("Trial", *(["Registry"] if names else []), "In the registry", "Title"):
        table.add_column(heading, overflow="fold")
    for watched in rows:
        each, state = watched.trial, _state(watched)
        registry = [styled(one_line(names.get(each.registry, each.registry)), DIM)] if names else []
        table.add_row(each.trial_id, *registry, state, Text(one_line(each.title or "")))
    return Group(table, Text(), Text(counted(len(rows), "trial"), style=DIM))


def _state(watched: WatchedTrial) -> Text:
    if watched.denial:
        return Text(str(denied_words(watched.denial)), style=FAILED)
    return Text(str(watched.trial.state)) if watched.trial.state else Text("not checked yet", style=DIM)


def sponsor_table(candidates: Iterable[SponsorName]) -> RenderableType:
    """A row per sponsor, with how many trials it leads."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    table.add_column("Trials", justify="right")
    table.add_column("Sponsor", overflow="fold")
    for one in candidates:
        table.add_row(f"{one.trials:,}", Text(one_line(one.name)))
    return table
