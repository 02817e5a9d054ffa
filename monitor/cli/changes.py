"""`monitor changes`: what changed, across all trials. Nothing here asks a registry."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.filtering import KindOption, SignificanceOption, TopicOption
from monitor.cli.formats import (
    CsvOption,
    ForceOption,
    Format,
    JsonOption,
    XlsxOption,
    chosen_output,
    write_report,
)
from monitor.cli.scoping import GroupOption, LeadOption, TrialsOption, WatchOption, chosen_scope
from monitor.cli.session import Settings, complain, console
from monitor.text import counted
from monitor.views.json.trials import changes_json

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.views.changes import ChangesQuery, ChangesSummary, TrialChanges


def changes(
    context: typer.Context,
    since: Annotated[
        str,
        typer.Option(
            help="From when on: today, yesterday, monday, 12h, 7d (whole days in UTC, with today), 2w, 6m, 2026-11-20.",
            metavar="WHEN",
        ),
    ] = "7d",
    until: Annotated[
        str | None, typer.Option(help="Up to when; else to now. A day is counted in.", metavar="WHEN")
    ] = None,
    trial: TrialsOption = None,
    watch: WatchOption = None,
    group: GroupOption = None,
    sponsor: LeadOption = None,
    topic: TopicOption = None,
    kind: KindOption = None,
    min_significance: SignificanceOption = "minor",
    limit: Annotated[int | None, typer.Option(help="The newest so many; else all.", min=1, metavar="N")] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    xlsx: XlsxOption = None,
    force: ForceOption = False,
) -> None:
    """Tell what changed across all trials, the newest first by when it was seen.

    A sponsor's trials are those that it leads, or led until the change. Days and times are in UTC. Administrative
    changes are silent unless they are asked for: --topic administrative, or --min-significance administrative.

    [dim]$[/dim] monitor changes --since monday
    [dim]$[/dim] monitor changes --since 2w --topic status --topic dates --min-significance major
    [dim]$[/dim] monitor changes --sponsor "Alzahra Hospital" --kind status.stopped --since 2026-01-01 --csv
    """
    from monitor.alerts.filters import checked_filters
    from monitor.clock import utc_now
    from monitor.views.changes import ChangesQuery, ChangesSummary
    from monitor.views.changes import changes as seen_changes
    from monitor.views.columns import CHANGES, change_cells
    from monitor.views.spans import span_of

    output = chosen_output(as_json=as_json, as_csv=as_csv, xlsx=xlsx, force=force)
    now = utc_now()
    span = span_of(since, until, now=now)
    filters = checked_filters(topics=topic or (), kinds=kind or (), min_significance=min_significance)
    settings: Settings = context.obj
    with settings.open() as program:
        scope = chosen_scope(program, trial, watch, group, sponsor)
        wants_sponsor = output.form is not Format.PAGE
        query = ChangesQuery(scope=scope, span=span, filters=filters, limit=limit, wants_sponsor=wants_sponsor)
        summary = ChangesSummary()
        found = seen_changes(query, store=program.store, registries=program.registries, summary=summary)
        if output.form is Format.PAGE:
            _show(found, program, query, summary)
        else:
            write_report(found, output, name="Changes", columns=CHANGES, cells_of=change_cells, json_of=changes_json)
    if output.form is not Format.PAGE and summary.is_cut:
        complain(f"these are the newest {summary.changes:,}, and there are more: --limit asks for others")
    if summary.unreadable:
        complain(f"{counted(summary.unreadable, 'event')} cannot be read: `monitor doctor` says what to do")


def _show(found: Iterable["TrialChanges"], program: "App", query: "ChangesQuery", summary: "ChangesSummary") -> None:
    from monitor.cli.render.changes import change_tables, closing_line  # rich is of no use to the other forms
    from monitor.storage import pages

    out = console()
    for table in change_tables(found, width=out.width, names=program.names()):
        out.print(table)
    with program.store.read() as tx:
        read = pages.trials_read(tx, query.scope.within)
    span, scope = query.span, query.scope
    if summary.changes or summary.unreadable:
        out.print()
    closing = closing_line(
        summary.changes,
        trials=read,
        about=scope.words,
        led_by=scope.led_by,
        since=span.since,
        until=span.until,
        cut=summary.is_cut,
    )
    out.print(closing)
