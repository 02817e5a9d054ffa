"""`monitor watch`: what to look at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.commands import Commands
from monitor.cli.lists import complain_of, listed, named
from monitor.cli.searching import (
    ConditionOption,
    ExpressionOption,
    RoleOption,
    SponsorOption,
    search_of,
    settle_search,
)
from monitor.cli.session import Settings, console, write_json
from monitor.errors import ConfigurationInvalid, NothingFound

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.operate.transfer.lists import TrialList
    from monitor.ports import Search
    from monitor.storage.watches import Watch

WRONG_USAGE = 2
LONGEST_NAME = 200

app = Commands(help="Say which trials to watch.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def add(
    context: typer.Context,
    trial_ids: Annotated[
        list[str] | None, typer.Argument(help="Trial ids, or the addresses of their pages.", metavar="TRIAL_ID…")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A list: text, CSV, or what `monitor import` reads; - is standard input.", metavar="IDS.csv"),
    ] = None,
    sponsor: SponsorOption = None,
    role: RoleOption = None,
    expression: ExpressionOption = None,
    condition: ConditionOption = None,
    all_trials: Annotated[bool, typer.Option("--all-trials", help="All trials of the registry: a mirror.")] = False,
    name: Annotated[str | None, typer.Option(help="What to call this watch.", metavar="NAME")] = None,
    as_json: AsJson = False,
) -> None:
    """Watch trials; the next check takes their baseline.

    A sponsor, a condition or a search is looked for again whenever the registry has new data: its new trials are told
    as such, and one that is no longer found leaves the watch after its last change was told.

    --all-trials keeps a mirror. The first check reads the whole registry, about 600,000 trials: an hour or so at one
    request a second, some 3 GB from the registry and as much on disk; later ones read what was updated.
    `monitor subscribe` with that watch, or with --all, is about every trial.

    [dim]$[/dim] monitor watch add NCT02116634 NCT04280705
    [dim]$[/dim] monitor watch add --file ids.csv --name oncology
    [dim]$[/dim] monitor watch add --sponsor "Alzahra Hospital" --role any
    [dim]$[/dim] monitor watch add --condition "breast cancer"
    [dim]$[/dim] monitor watch add --search "AREA[Phase]PHASE3 AND melanoma"
    [dim]$[/dim] monitor watch add --all-trials
    """
    search = search_of(sponsor, role, expression=expression, condition=condition, everything=all_trials)
    if bool(trial_ids or file) == (search is not None):
        raise ConfigurationInvalid(
            "say what to watch, one of: trial ids such as NCT02116634 or a --file of them, --sponsor, --condition, "
            "--search, --all-trials"
        )
    _check_name(name)
    settings: Settings = context.obj
    if search is not None:
        with settings.open() as program:
            _add_search(program, search, name=name, as_json=as_json)
        return
    with settings.open() as program:
        found = named(program, trial_ids or [])
        if file:
            found.include(listed(program, file))
        _add(program, found, name=name, as_json=as_json)
    complain_of(found.left)
    complain_of(found.aside)
    if found.left:
        raise typer.Exit(WRONG_USAGE)


def _check_name(name: str | None) -> None:
    if name is not None and (not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME):
        raise ConfigurationInvalid(f"a watch's name has up to {LONGEST_NAME} characters that can be printed")
    if name is not None and name.isdecimal():
        raise ConfigurationInvalid(f"“{name}” would be taken for a watch's number: choose a name with a letter in it")


def _add(program: "App", found: "TrialList", *, name: str | None, as_json: bool) -> None:
    from monitor.app import utc_now  # SQLAlchemy and requests are not needed to show --help
    from monitor.storage import watches

    unused: dict[str, object] = {"left": found.left, "aside": found.aside}
    for registry, ids in found.trials.items():
        trial_ids = list(ids)
        with program.store.begin() as tx:
            watch, already = watches.add(
                tx, registry=registry, trial_ids=trial_ids, origin="command", name=name, at=utc_now()
            )
        if as_json:
            held = watch.id if watch else None
            added = {"watch": held, "registry": registry, "trial_ids": trial_ids, "already_watched": already}
            write_json({**added, **unused})
            unused = {"left": [], "aside": []}  # of all registries, and said once
        else:
            console().print(_added(watch, already))
    if as_json and not found.trials:
        write_json({"watch": None, "registry": None, "trial_ids": [], "already_watched": [], **unused})


def _add_search(program: "App", search: "Search", *, name: str | None, as_json: bool) -> None:
    from monitor.app import utc_now  # SQLAlchemy and requests are not needed to show --help
    from monitor.storage import watches

    registry, search, finds = settle_search(program, search, as_json=as_json)
    with program.store.begin() as tx:
        watch, is_new = watches.add_search(
            tx, registry=registry, search=search, origin="command", name=name, at=utc_now()
        )
    if as_json:
        write_json({**watch.as_json(), "registry": registry, "finds": finds, "already_watched": not is_new})
        return
    looks = "looks for" if is_new else "looks already for"
    out = console()
    out.print(f"Watch {watch.id} {looks} {search.words}: {_trials(finds)} now.", markup=False)
    if search.is_everything:
        out.print("The first check reads them all, and goes on where it stopped whenever it is interrupted.")
    out.print("[dim]monitor check[/dim] looks at them; the first time is a silent baseline.")


def _added(watch: "Watch | None", already: list[str]) -> str:
    if watch is None:
        return "All of them are watched already."
    before = f", {len(already):,} of these were watched before" if already else ""
    return f"Watch {watch.id} holds {_trials(watch.trials)}{before}. [dim]monitor check[/dim] looks at them now."


def _trials(count: int) -> str:
    return "1 trial" if count == 1 else f"{count:,} trials"


@app.command(name="list")
def list_(
    context: typer.Context,
    which: Annotated[
        str | None, typer.Argument(help="A watch, by its number or name: show its trials.", metavar="[WATCH]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the watches, or the trials of one.

    [dim]$[/dim] monitor watch list
    [dim]$[/dim] monitor watch list oncology
    """
    from monitor.storage import watches  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        program.apply_configured_watches()
        if which is not None:
            _list_trials(program, which, as_json=as_json)
            return
        with program.store.read() as tx:
            listed = watches.listing(tx)
    if as_json:
        for watch in listed:
            write_json(watch.as_json())
        return
    from monitor.cli.render.watches import watch_table  # rich is of no use to --json

    console().print(watch_table(listed))


def _list_trials(program: "App", which: str, *, as_json: bool) -> None:
    from monitor.storage import trials, watches  # SQLAlchemy is not needed to show --help

    with program.store.read() as tx:
        watch = watches.find(tx, which)
        held = watches.trials_of(tx, watch.id)
        known = {key: trials.known(tx, key, [each for of, each in held if of == key]) for key in {of for of, _ in held}}
    rows = [known[key].get(trial_id) or trials.Trial(key, trial_id) for key, trial_id in held]
    if as_json:
        for row in rows:
            standing = {"state": row.state and str(row.state), "title": row.title, "snapshot": row.snapshot}
            write_json({"registry": row.registry, "trial_id": row.trial_id, **standing})
        return
    from monitor.cli.render.watches import trial_table  # rich is of no use to --json

    console().print(trial_table(rows))


@app.command()
def rename(
    context: typer.Context,
    which: Annotated[str, typer.Argument(help="A watch, by its number or name.", metavar="WATCH")],
    name: Annotated[str, typer.Argument(help="What to call it.", metavar="NAME")],
) -> None:
    """Give a watch a name.

    [dim]$[/dim] monitor watch rename 3 oncology
    """
    from monitor.storage import watches  # SQLAlchemy is not needed to show --help

    _check_name(name)
    settings: Settings = context.obj
    with settings.open() as program, program.store.begin() as tx:
        watch = watches.find(tx, which)
        if watch.origin == "config":
            raise ConfigurationInvalid(f"watch {watch.id} is made by the configuration: name it there")
        watches.rename(tx, watch.id, name)
    console().print(f"Watch {watch.id} is called “{name}” now.", markup=False)


@app.command()
def remove(
    context: typer.Context,
    which: Annotated[
        list[str],
        typer.Argument(help="Watches, by their numbers or names, or trial ids to take out of all.", metavar="WATCH…"),
    ],
) -> None:
    """Stop watching; snapshots and history stay. Subscriptions to a watch end with it, and are named.

    [dim]$[/dim] monitor watch remove 3
    [dim]$[/dim] monitor watch remove NCT02116634
    """
    settings: Settings = context.obj
    with settings.open() as program:
        for text in which:
            console().print(_removed(program, text))


def _removed(program: "App", text: str) -> str:
    """Remove a watch or a trial, and say what is no longer watched. What config.toml holds is removed there."""
    from monitor.storage import silence, subscriptions, watches  # SQLAlchemy is not needed to show --help

    if not program.knows(text):
        with program.store.begin() as tx:
            found = watches.find(tx, text).id
            deaf = [each.called for each in subscriptions.to_watch(tx, found)]
            watch = watches.remove(tx, found)
            if watch.origin == "config":
                raise ConfigurationInvalid(f"watch {watch.id} is made by the configuration: take it out there")
        with_it = f" Subscriptions that ended with it: {', '.join(deaf)}." if deaf else ""
        return f"Watch {watch.id} was removed; it held {_trials(watch.trials)}.{with_it}"
    registry, trial_id = program.identify(text)
    with program.store.begin() as tx:
        heard = silence.reasons(tx)
        removed = watches.remove_trials(tx, registry.key, [trial_id])
        deaf = sorted(silence.reasons(tx).keys() - heard.keys())
        called = [each.called for each in subscriptions.known(tx, deaf).values()]
        still = watches.holding(tx, registry.key, trial_id)
    if any(watch.origin == "config" for watch in still):
        raise ConfigurationInvalid(f"{trial_id} is watched by the configuration: take it out there")
    if still:
        numbers = " and ".join(str(watch.id) for watch in still)
        raise ConfigurationInvalid(
            f"{trial_id} is found by the search of watch {numbers}: only a watch as a whole ends"
        )
    if not removed:
        raise NothingFound(f"{trial_id} is not in any watch; monitor watch list shows what is")
    without = f" Subscriptions that hear no more of it: {', '.join(called)}." if called else ""
    return f"{trial_id} is no longer watched.{without}"
