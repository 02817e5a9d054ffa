"""`monitor compare`: what changed since somebody saved a page of a trial."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, complain, console, write_json
from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.views.json.trials import page_comparison_json

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.ports import Registry
    from monitor.views.trials import TrialSnapshot

SOME_FAILED = 3


def compare(
    context: typer.Context,
    page: Annotated[Path, typer.Argument(help="A saved page, as HTML or text; - is standard input.", metavar="PAGE")],
    trial_id: Annotated[str, typer.Argument(help="A trial id, or the address of its page.", metavar="TRIAL_ID")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare a saved page of the former ClinicalTrials.gov with the trial's record of today.

    The page is "Study Details" or "Tabular View", from your disk or from an archive. What it does not say is no
    change. The record is the latest one here; where there is none, the trial is checked once, and not watched.

    [dim]$[/dim] monitor compare NCT02116634.html NCT02116634
    """
    from monitor.operate.transfer.saved_pages import day_of, name_of, page_of, raw_of
    from monitor.views.saved_pages import compare_page  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        name = name_of(page)
        saved = page_of(raw_of(page), registry, name=name)
        if saved.document.trial_id != found:
            raise ConfigurationInvalid(
                f"{name} is the page of {saved.document.trial_id}, not of {found}: name that trial, or another page"
            )
        latest = _latest(program, registry, found)
        compared = compare_page(saved, latest, taken_on=day_of(saved)[0], name=name, registry=registry)
    if as_json:
        write_json(page_comparison_json(compared))
        return
    from monitor.cli.render.diff import DiffPage, left_out_line  # rich is of no use to --json

    before, after, title = compared.before, compared.after, compared.record.brief_title
    out = console()
    out.print(DiffPage(found, title, before=before, after=after, changes=compared.changes))
    out.print(left_out_line(compared.left_out))


def _latest(program: "App", registry: "Registry", trial_id: str) -> "TrialSnapshot":
    """The latest record of the trial, read now where there is none."""
    from monitor.views.trials import snapshot_of  # SQLAlchemy is not needed to show --help

    try:
        return snapshot_of(
            trial_id, registry=registry, store=program.store, which=None, complain=complain, fetched=True
        )
    except NothingFound:
        for checked in program.check([trial_id], registry):
            if checked.error:
                complain(f"{trial_id}: {checked.error}")
                raise typer.Exit(SOME_FAILED) from None
    return snapshot_of(trial_id, registry=registry, store=program.store, which=None, complain=complain, fetched=True)
