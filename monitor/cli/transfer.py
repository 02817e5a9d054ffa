"""`monitor export` and `monitor import`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.lists import complain_of, listed
from monitor.cli.progress import progress
from monitor.cli.session import Settings, complain, console, write_json
from monitor.errors import ConfigurationInvalid
from monitor.streams import WRONG_USAGE
from monitor.text import counted
from monitor.views.json.operating import export_json, imported_json, imported_page_json
from monitor.views.json.watches import imported_list_json

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.operate.transfer.lists.opening import Source
    from monitor.ports import SavedPage

DEFAULT_FOLDER = Path("snapshots") / "export"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def export(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="A new folder, or an earlier export, which is brought up to date.", metavar="[DIR]")
    ] = DEFAULT_FOLDER,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Also write addresses and signing secrets, in clear.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write everything as plain JSON files: trials with every snapshot and event, watches, subscriptions, notices.

    The same database gives the same bytes. For a copy to restore from, take `monitor backup`: it is one file, and also
    has the log of deliveries.

    [dim]$[/dim] monitor export
    [dim]$[/dim] monitor export /mnt/archive/trials --with-secrets
    """
    from monitor.clock import utc_now
    from monitor.operate.transfer.exporting import export as write

    settings: Settings = context.obj
    left_out: list[str] = []
    with settings.open() as program, progress("Exporting", shown=not as_json) as report_progress:
        vault = program.vault if with_secrets else None
        written = write(
            program.store,
            folder,
            secrets=vault,
            now=utc_now(),
            report_progress=report_progress,
            complain=left_out.append,
        )
    for line in left_out:
        complain(f"left out: {line}")
    if as_json:
        write_json(export_json(folder, written))
        return
    console().print(
        f"{folder}: {counted(written.trials, 'trial')}, {counted(written.snapshots, 'snapshot')}, "
        f"{counted(written.events, 'event')}, {counted(written.watches, 'watch', 'watches')}, "
        f"{counted(written.subscriptions, 'subscription')}, {counted(written.notices, 'notice')}.",
        soft_wrap=True,
    )


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="The folder of an export, lists of trials to watch, or saved pages; - is standard input.",
            metavar="FILE…",
        ),
    ],
    name: Annotated[str | None, typer.Option(help="What to call the watch that lists make.", metavar="NAME")] = None,
    taken_on: Annotated[
        str | None,
        typer.Option(help="The day of which saved pages or records are; else each page says it itself.", metavar="DAY"),
    ] = None,
    alert: Annotated[
        bool, typer.Option("--alert", help="Tell subscribers what an export of the WHO's portal changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in an export, lists of other programs, or saved pages; nothing is doubled, and nobody alerted unasked.

    A list is text with trial ids or addresses of their pages, the registry's download as CSV, TSV or JSON, an export
    of the WHO's portal, a feed or bookmarks, the urls.yaml of urlwatch or webchanges, or the data folder of
    changedetection.io or a backup of it. What cannot be used, and what only mentions a trial, is named with its place.

    A page of a trial, "Study Details" or "Tabular View" of the former ClinicalTrials.gov, goes into the history of its
    trial, before everything that was fetched; with --taken-on, so does the JSON of one record of its API.

    An export of the WHO's portal, as XML or CSV, also brings the records of registries that are never asked, such as
    ChiCTR or CTRI; the next one shows what changed in them since, with --alert also to subscribers.

    [dim]$[/dim] monitor import snapshots/export
    [dim]$[/dim] monitor import urls.yaml /datastore --name "moved here"
    [dim]$[/dim] monitor import ctg-studies.csv
    [dim]$[/dim] monitor import NCT02116634.html --taken-on 2016-06-30
    [dim]$[/dim] monitor import NCT02116634.json --taken-on 2024-05-01
    [dim]$[/dim] monitor import ICTRP-Results.xml --alert
    """
    from monitor.cli.trials import day_typed

    day = day_typed(taken_on) if taken_on else None
    settings: Settings = context.obj
    left: list[str] = []
    with settings.open() as program:
        for file in files:
            try:
                left += _take(program, file, name, day, alert=alert, as_json=as_json)
            except ConfigurationInvalid as error:  # the others are as good as before
                left.append(str(error))
    complain_of(left)
    if left:
        raise typer.Exit(WRONG_USAGE)


def _take(program: "App", file: Path, name: str | None, day: date | None, *, alert: bool, as_json: bool) -> list[str]:
    from monitor.clock import utc_now
    from monitor.operate.transfer.lists import folder_of, is_store, opened  # PyYAML is not needed to show --help
    from monitor.operate.transfer.portal import portal_export
    from monitor.operate.transfer.saved_pages import contents_of, name_of, page_of, reader_of, record_of

    if file.is_dir() and not is_store(file):
        _refuse_day(file, day)
        return _take_export(program, file, as_json=as_json)
    if folder_of(file):
        _refuse_day(file, day)
        return _take_list(program, file, name, None, as_json=as_json)
    with opened(file) as source:
        if registry := reader_of(source, program.registries):
            page = page_of(contents_of(source), registry, name=name_of(file))
            return _take_page(program, file, page, day, as_json=as_json)
        if record := record_of(source, program.registries, has_day=day is not None):
            return _take_page(program, file, record, day, as_json=as_json)
        _refuse_day(file, day)
        if export := portal_export(source, program.registries, today=utc_now().date()):
            from monitor.cli.portal import take_portal_export  # only one kind of file needs it

            return take_portal_export(program, export, name, alert=alert, as_json=as_json)
        return _take_list(program, file, name, source, as_json=as_json)


def _refuse_day(file: Path, day: date | None) -> None:
    if day is not None:
        raise ConfigurationInvalid(f"{file} is not a saved page or record of a trial: --taken-on is for those alone")


def _take_page(program: "App", file: Path, page: "SavedPage", day: date | None, *, as_json: bool) -> list[str]:
    """Put a page or record into the history of its trial and say so."""
    from monitor.clock import utc_now
    from monitor.operate.transfer.saved_pages import import_page, name_of

    name = name_of(file)
    try:
        done = import_page(page, taken_on=day, name=name, store=program.store, now=utc_now())
    except ConfigurationInvalid as error:
        raise ConfigurationInvalid(f"{name}: {error}") from None
    if as_json:
        write_json(imported_page_json(file, done))
        return []
    trial_id = page.document.trial_id
    told = f"as of {done.taken_on}, {done.dated_by}" if done.is_new else f"was here before, as of {done.taken_on}"
    if day and day != done.taken_on:
        told += ", and stays of that day: --taken-on is for new pages"
    console().print(f"{name}: {page.view} of {trial_id}, {told}.", soft_wrap=True, markup=False)
    return []


def _take_export(program: "App", folder: Path, *, as_json: bool) -> list[str]:
    """Take in an export and say so; give what could not be taken."""
    from monitor.operate.transfer.importing import read_export  # SQLAlchemy is not needed to show --help

    registries = {registry.key: registry for registry in program.registries}
    with progress("Importing", shown=not as_json) as report_progress:
        done = read_export(folder, registries, program.subscribe_context(), report_progress)
    if as_json:
        write_json(imported_json(done))
    else:
        console().print(
            f"{folder}: {counted(done.trials, 'trial')}, {counted(done.snapshots, 'snapshot')} and "
            f"{counted(done.events, 'event')} were new here, {counted(done.subscriptions, 'subscription')} and "
            f"{counted(done.notices, 'notice')} too; {counted(done.watches, 'watch', 'watches')} taken over.",
            soft_wrap=True,
        )
        complain_of(done.aside)
    return done.left


def _take_list(program: "App", file: Path, name: str | None, source: "Source | None", *, as_json: bool) -> list[str]:
    """Watch the trials of a list and say so; give what is none."""
    from monitor.clock import utc_now
    from monitor.watching.watches import add_trials

    found = listed(program, file, source)
    left, aside = found.left, found.aside
    for added in add_trials(found.trials, store=program.store, name=name, now=utc_now()):
        if as_json:
            write_json(imported_list_json(file, added, left=left, aside=aside))
            left, aside = [], []  # of all registries, and said once
        else:
            trials, before = counted(len(added.trial_ids), "trial"), len(added.already)
            console().print(f"{file}: {trials} in watch {added.watch.id}, {before:,} watched before.", soft_wrap=True)
    if as_json and not found.trials:
        write_json(imported_list_json(file, None, left=left, aside=aside))
    complain_of(found.aside)
    return found.left
