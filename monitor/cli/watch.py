"""`monitor watch`: what to look at."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, complain, console, write_json
from monitor.errors import ConfigurationInvalid, NothingFound, TrialIdInvalid

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.storage.watches import Watch

WRONG_USAGE = 2

Given = tuple[str, str | None]
"""A text that should hold a trial id, and where in a file it stands; None for an argument."""

app = typer.Typer(help="Say which trials to watch.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def add(
    context: typer.Context,
    trial_ids: Annotated[
        list[str] | None, typer.Argument(help="Trial ids, or the addresses of their pages.", metavar="TRIAL_ID…")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A text or CSV file with one trial id a line.", metavar="IDS.csv")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call this watch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Watch trials; the next check takes their baseline.

    [dim]$[/dim] monitor watch add NCT02116634 NCT04280705
    [dim]$[/dim] monitor watch add --file ids.csv --name oncology
    """
    given: list[Given] = [(text, None) for text in trial_ids or []]
    given += _lines(file) if file else []
    if not given:
        raise ConfigurationInvalid("name at least one trial, such as NCT02116634, or a file with --file")
    settings: Settings = context.obj
    with settings.open() as program:
        found, bad = _identified(program, given)
        _add(program, found, name=name, as_json=as_json)
    for message in bad:
        complain(message)
    if bad:
        raise typer.Exit(WRONG_USAGE)


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """The trial ids of a file, each with the place where it stands. Blank lines and `#` lines say nothing."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip() and not line.startswith("#"):
                    yield line.strip(), f"{file}:{number}"
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationInvalid(f"cannot read {file}: {reason}") from error


def _identified(program: "App", given: list[Given]) -> tuple[dict[str, list[str]], list[str]]:
    """Trial ids by registry, and a complaint for each text that holds none; a file's heading is no complaint."""
    found: dict[str, list[str]] = {}
    bad = []
    for text, place in given:
        try:
            registry, trial_id = _identify(program, text, place)
        except TrialIdInvalid as error:
            if not (place and place.endswith(":1") and not any(char.isdigit() for char in text)):
                bad.append(f"{place}: {error}" if place else str(error))
            continue
        found.setdefault(registry, []).append(trial_id)
    return {key: list(dict.fromkeys(ids)) for key, ids in found.items()}, bad


def _identify(program: "App", text: str, place: str | None) -> tuple[str, str]:
    """The registry and id in *text*: the whole text, or in a line of a file its first cell that is an id."""
    cells = next(csv.reader([text], delimiter=_delimiter(text))) if place else [text]
    for cell in cells:
        try:
            registry, trial_id = program.identify(cell)
        except TrialIdInvalid:
            continue
        return registry.key, trial_id
    registry, trial_id = program.identify(text)
    return registry.key, trial_id


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _add(program: "App", found: dict[str, list[str]], *, name: str | None, as_json: bool) -> None:
    from monitor.app import utc_now  # SQLAlchemy and requests are not needed to show --help
    from monitor.storage import watches

    for registry, trial_ids in found.items():
        with program.store.begin() as tx:
            watch, already = watches.add(
                tx, registry=registry, trial_ids=trial_ids, origin="command", name=name, at=utc_now()
            )
        if as_json:
            held = watch.id if watch else None
            write_json({"watch": held, "registry": registry, "trial_ids": trial_ids, "already_watched": already})
        else:
            console().print(_added(watch, already))


def _added(watch: "Watch | None", already: list[str]) -> str:
    if watch is None:
        return "All of them are watched already."
    before = f", {len(already):,} of these were watched before" if already else ""
    return f"Watch {watch.id} holds {_trials(watch.trials)}{before}. [dim]monitor check[/dim] looks at them now."


def _trials(count: int) -> str:
    return "1 trial" if count == 1 else f"{count:,} trials"


@app.command(name="list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the watches.

    [dim]$[/dim] monitor watch list
    """
    from monitor.storage import watches  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        program.apply_configured_watches()
        with program.store.read() as tx:
            listed = watches.listing(tx)
    if as_json:
        for watch in listed:
            write_json(watch.as_json())
        return
    from monitor.cli.render.watches import watch_table  # rich is of no use to --json

    console().print(watch_table(listed))


@app.command()
def remove(
    context: typer.Context,
    which: Annotated[
        list[str], typer.Argument(help="The number of a watch, or trial ids to take out of all.", metavar="WATCH…")
    ],
) -> None:
    """Stop watching; snapshots and history stay.

    [dim]$[/dim] monitor watch remove 3
    [dim]$[/dim] monitor watch remove NCT02116634
    """
    settings: Settings = context.obj
    with settings.open() as program:
        for text in which:
            console().print(_removed(program, text))


def _removed(program: "App", text: str) -> str:
    """Remove a watch or a trial, and say what is no longer watched. What config.toml holds is removed there."""
    from monitor.storage import watches  # SQLAlchemy is not needed to show --help

    if text.isdecimal():
        with program.store.begin() as tx:
            watch = watches.remove(tx, int(text))
            if watch.origin == "config":
                raise ConfigurationInvalid(f"watch {watch.id} is made by the configuration: take it out there")
        return f"Watch {watch.id} with {_trials(watch.trials)} is gone."
    registry, trial_id = program.identify(text)
    with program.store.begin() as tx:
        removed = watches.remove_trials(tx, registry.key, [trial_id])
        still = watches.holding(tx, registry.key, trial_id)
    if still:
        raise ConfigurationInvalid(f"{trial_id} is watched by the configuration: take it out there")
    if not removed:
        raise NothingFound(f"{trial_id} is not in any watch; monitor watch list shows what is")
    return f"{trial_id} is no longer watched."
