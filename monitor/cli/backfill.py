"""`monitor backfill`: the versions that records had before they were first read here."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, complain, console, write_json
from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound
from monitor.views.json.backfill import backfilled_json, forecast_json

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.ports import Registry
    from monitor.watching.backfill import Backfilled

SOME_FAILED = 3

ByRegistry = list[tuple["Registry", list[str]]]


def backfill(
    context: typer.Context,
    trial_ids: Annotated[
        list[str] | None, typer.Argument(help="Trials that were checked before.", metavar="[TRIAL_ID…]")
    ] = None,
    watch: Annotated[
        str | None, typer.Option(help="Those of this watch, by its number or name.", metavar="WATCH")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that watches list.")] = False,
    limit: Annotated[
        int | None, typer.Option(help="Make at most so many requests; the next run goes on there.", metavar="N", min=1)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how many requests it takes, and make none.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a trial, and a summary.")] = False,
) -> None:
    """Fetch what records said before they were first read here, and put it into the history of their trials.

    Former versions come from an interface of ClinicalTrials.gov that is not documented and may change or go, so it is
    asked only with history = true under its table of config.toml: one request at a time, the newest version first,
    each once. Versions stand before the first snapshot, as of the day on which the registry posted them. Nobody is
    alerted.

    [dim]$[/dim] monitor backfill NCT02116634
    [dim]$[/dim] monitor backfill --all --dry-run
    [dim]$[/dim] monitor backfill --watch 3 --limit 200
    """
    settings: Settings = context.obj
    with settings.open() as program:
        wanted = _wanted(program, trial_ids or [], watch, everything=everything)
        if dry_run:
            _show_forecast(program, wanted, as_json=as_json)
            return
        for registry, _ in wanted:
            _refuse_unless_asked(registry)
        failed = _fetch(program, wanted, limit, as_json=as_json)
    if failed:
        raise typer.Exit(SOME_FAILED)


def go_on(program: "App", registries: Iterable["Registry"]) -> None:
    """After a pass: fetch a little more for trials that are newly watched. Whatever goes wrong is one line a trial."""
    from monitor.cli.progress import progress

    with progress("Fetching history") as report_progress:
        for registry in registries:
            try:
                for number, done in enumerate(program.backfill(registry), start=1):
                    report_progress(number, number + 1)
                    if done.error:
                        complain(f"history of {done.trial_id}: {done.error}")
            except MonitorError as error:
                complain(str(error))


def _wanted(program: "App", texts: Sequence[str], watch: str | None, *, everything: bool) -> ByRegistry:
    """The trials that are meant, by registry; those of registries that give no history are refused or left out."""
    if sum(map(bool, (texts, watch, everything))) != 1:
        raise typer.BadParameter("name trials, or give --watch or --all")
    found: dict[str, tuple[Registry, list[str]]] = {}
    if texts:
        for text in texts:
            registry, trial_id = program.identify(text)
            found.setdefault(registry.key, (registry, []))[1].append(trial_id)
        return [(registry, list(dict.fromkeys(ids))) for registry, ids in found.values()]
    return _of_watches(program, watch)


def _of_watches(program: "App", watch: str | None) -> ByRegistry:
    """The watched trials of which more may be asked for."""
    from monitor.ports import HistoryReading
    from monitor.storage import backfills, watches  # SQLAlchemy is not needed to show --help

    program.apply_configured_watches()
    wanted: ByRegistry = []
    with program.store.read() as tx:
        held = None if watch is None else set(watches.trials_of(tx, watches.find(tx, watch).id))
        for registry in program.registries:
            if isinstance(registry, HistoryReading):
                due = backfills.due(tx, registry.key, now=None)
                wanted.append((registry, [each for each in due if held is None or (registry.key, each) in held]))
    return wanted


def _refuse_unless_asked(registry: "Registry") -> None:
    from monitor.ports import HistoryReading

    if not isinstance(registry, HistoryReading):
        raise NothingFound(f"{registry.key} gives no former versions of its records")
    if not registry.asks_history:
        raise ConfigurationInvalid(
            f'{registry.key} is asked for former versions only with registries."{registry.key}".history = true in '
            "config.toml, because its interface for them is not documented"
        )


def _fetch(program: "App", wanted: ByRegistry, limit: int | None, *, as_json: bool) -> bool:
    """Fetch, and say what came of each trial; give whether anything failed."""
    from monitor.cli.progress import progress

    done: list[Backfilled] = []
    asked = sum(len(ids) for _, ids in wanted)
    before = sum(each.traffic.requests for each in program.fetched_registries)
    with progress("Fetching history", shown=not as_json) as report_progress:
        for registry, ids in wanted:
            for one in program.backfill(registry, ids, most=limit):
                done.append(one)
                report_progress(len(done), asked)
                if as_json:
                    write_json(backfilled_json(one))
    requests = sum(each.traffic.requests for each in program.fetched_registries) - before
    _summarize(done, asked=asked, requests=requests, as_json=as_json)
    return any(one.error for one in done)


def _summarize(done: Sequence["Backfilled"], *, asked: int, requests: int, as_json: bool) -> None:
    added, failed = sum(one.added for one in done), sum(one.error is not None for one in done)
    whole = sum(one.result == "complete" for one in done)
    if as_json:
        summary = {"asked": asked, "complete": whole, "failed": failed, "added": added, "requests": requests}
        write_json({"summary": summary})
        return
    from monitor.cli.render.backfill import backfilled_line, summary_line  # rich is of no use to --json

    out = console()
    if not asked:
        out.print("Nothing is to be fetched: every trial on a watch's list is complete, or was not checked yet.")
        return
    for one in done:
        if one.error:
            complain(one.error if one.trial_id in one.error else f"{one.trial_id}: {one.error}")
        else:
            out.print(backfilled_line(one), soft_wrap=True)
    out.print(summary_line(asked, whole, added=added, requests=requests), soft_wrap=True)


def _show_forecast(program: "App", wanted: ByRegistry, *, as_json: bool) -> None:
    from monitor.watching.backfill import forecast  # SQLAlchemy is not needed to show --help

    for registry, ids in wanted:
        found = forecast(ids, registry.key, program.store)
        if as_json:
            write_json(forecast_json(registry.key, found))
            continue
        from monitor.cli.render.backfill import forecast_line  # rich is of no use to --json

        console().print(forecast_line(found), soft_wrap=True)
