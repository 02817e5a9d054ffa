"""`monitor watch`: what to look at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.commands import Commands
from monitor.cli.formats import JsonOption
from monitor.cli.groups import group, ungroup
from monitor.cli.lists import complain_of, listed, named
from monitor.cli.searching import (
    ConditionOption,
    ExpressionOption,
    RegistryOption,
    RoleOption,
    SponsorOption,
    complain_of_sponsor,
    refuse_registry_without_search,
    search_of,
)
from monitor.cli.session import Settings, complain_of_rows, console, write_json
from monitor.errors import ConfigurationInvalid, SponsorUnknown
from monitor.ports import FetchedRegistry
from monitor.streams import WRONG_USAGE
from monitor.text import counted, first_few, natural_list
from monitor.views.json.watches import added_json, added_search_json, listed_watch_json, watched_trial_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.app import App
    from monitor.model import Search
    from monitor.operate.transfer.lists import TrialList
    from monitor.storage.unread import Unread
    from monitor.views.watches import WatchedTrial
    from monitor.watching.watches import Added

MOST_NAMED = 3
"""Trials of each registry that a message names."""

app = Commands(help="Say which trials to watch.", no_args_is_help=True)


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
    registry: RegistryOption = None,
    siblings: Annotated[
        bool, typer.Option("--siblings", help="Watch the same trials in other registries, too, whenever one is found.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="What to call this watch.", metavar="NAME")] = None,
    groups: Annotated[
        list[str] | None,
        typer.Option("--group", help="Put it into this group of watches; repeat for more.", metavar="GROUP"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Watch trials; the next check takes their baseline.

    A sponsor, a condition or a search is looked for again whenever the registry has new data: its new trials are told
    as such, and one that is no longer found leaves the watch after its last change was told.

    --all-trials keeps a mirror. The first check reads the whole registry, about 600,000 trials: an hour or so at one
    request a second, some 3 GB from the registry and as much on disk; later ones read what was updated.
    `monitor subscribe` with that watch, or with --all, is about every trial.

    --siblings watches where these trials are registered elsewhere, too, as far as one record names the other: at most
    10 a trial. Who is subscribed to a trial that is followed so, or to the watch, hears of its siblings.

    [dim]$[/dim] monitor watch add NCT02116634 NCT04280705
    [dim]$[/dim] monitor watch add --file ids.csv --name oncology
    [dim]$[/dim] monitor watch add --sponsor "Alzahra Hospital" --role any
    [dim]$[/dim] monitor watch add --condition "breast cancer"
    [dim]$[/dim] monitor watch add --search "AREA[Phase]PHASE3 AND melanoma"
    [dim]$[/dim] monitor watch add --sponsor "University of Oxford" --registry isrctn.com
    [dim]$[/dim] monitor watch add --all-trials
    [dim]$[/dim] monitor watch add NCT02116634 --siblings
    [dim]$[/dim] monitor watch add --sponsor "Alzahra Hospital" --group "oncology competitors"
    """
    search = search_of(sponsor, role, expression=expression, condition=condition, everything=all_trials)
    if bool(trial_ids or file) == (search is not None):
        raise ConfigurationInvalid(
            "say what to watch, one of: trial ids such as NCT02116634 or a --file of them, --sponsor, --condition, "
            "--search, --all-trials"
        )
    refuse_registry_without_search(registry, search)
    if siblings and search is not None:
        raise ConfigurationInvalid("--siblings follows trials that are named: give it with trial ids or --file")
    from monitor.watching.watches import check_name  # SQLAlchemy and requests are not needed to show --help

    check_name(name)
    for each in groups or ():
        check_name(each, "group")
    if groups and all_trials:
        raise ConfigurationInvalid("a watch of all trials is in no group: subscribe with --all instead of --group")
    settings: Settings = context.obj
    if search is not None:
        with settings.open() as program:
            _add_search(program, search, registry=registry, name=name, groups=groups or (), as_json=as_json)
        return
    with settings.open() as program:
        found = named(program, trial_ids or [])
        if file:
            found.include(listed(program, file))
        _add(program, found, name=name, siblings=siblings, groups=groups or (), as_json=as_json)
    complain_of(found.left)
    complain_of(found.aside)
    if found.left:
        raise typer.Exit(WRONG_USAGE)


def _add(
    program: "App",
    found: "TrialList",
    *,
    name: str | None,
    siblings: bool,
    groups: "Sequence[str]",
    as_json: bool,
) -> None:
    from monitor.clock import utc_now
    from monitor.watching.watches import add_trials

    left, aside = found.left, found.aside
    adding = add_trials(found.trials, store=program.store, name=name, siblings=siblings, now=utc_now())
    for added in adding:
        _group(program, added.watch.id, groups)
        if as_json:
            write_json(added_json(added, left=left, aside=aside))
            left, aside = [], []  # of all registries, and said once
        else:
            console().print(_added(program, added, is_one_of_several=len(found.trials) > 1), soft_wrap=True)
            _say_groups(groups)
    if as_json and not found.trials:
        write_json(added_json(None, left=left, aside=aside))


def _added(program: "App", added: "Added", *, is_one_of_several: bool) -> str:
    """What is held now; with the trials, where others of another registry were added by the same command."""
    before = f", {len(added.already):,} of these were watched before" if added.already else ""
    held = counted(added.watch.trials, "trial")
    if added.watch.siblings:
        held += f" and follows {'it' if added.watch.trials == 1 else 'them'} into other registries"
    registry = program.registry(added.registry)
    begin = "Watch"
    if is_one_of_several:
        begin = f"{first_few(list(added.trial_ids), MOST_NAMED)} ({registry.name}): watch"
    told = f"{begin} {added.watch.id} holds {held}{before}."
    if isinstance(registry, FetchedRegistry):
        return f"{told} [dim]monitor check[/dim] looks at them now."
    news = f"{registry.name} is fed by files, with [dim]monitor import FILE[/dim]; {program.last_file(registry)}"
    return f"{told} {news}."


def _group(program: "App", watch_id: int, groups: "Sequence[str]") -> None:
    from monitor.clock import utc_now
    from monitor.watching.grouping import put

    for name in groups:
        put(name, [str(watch_id)], store=program.store, now=utc_now())


def _say_groups(groups: "Sequence[str]") -> None:
    if groups:
        console().print(f"It is in {natural_list([f'group “{name}”' for name in groups], len(groups))}.", markup=False)


def _add_search(
    program: "App",
    search: "Search",
    *,
    registry: str | None,
    name: str | None,
    groups: "Sequence[str]",
    as_json: bool,
) -> None:
    from monitor.clock import utc_now
    from monitor.watching.watches import add_search, resolve_search

    try:
        resolved = resolve_search(search, program.to_search(search, registry))
    except SponsorUnknown as error:
        complain_of_sponsor(error, as_json=as_json)
    added = add_search(resolved, store=program.store, name=name, now=utc_now())
    _group(program, added.watch.id, groups)
    if as_json:
        write_json(added_search_json(added))
        return
    looks = "looks for" if added.is_new else "looks already for"
    finds = counted(resolved.finds, "trial")
    out = console()
    from monitor.changes.searches import search_words  # not needed to show --help

    out.print(f"Watch {added.watch.id} {looks} {search_words(resolved.search)}: {finds} now.", markup=False)
    _say_groups(groups)
    if resolved.search.is_everything:
        out.print("The first check reads them all, and goes on where it stopped whenever it is interrupted.")
    out.print("[dim]monitor check[/dim] looks at them; the first time is a silent baseline.")


@app.command(name="list")
def list_(
    context: typer.Context,
    which: Annotated[
        str | None, typer.Argument(help="A watch, by its number or name: show its trials.", metavar="[WATCH]")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the watches, or the trials of one.

    [dim]$[/dim] monitor watch list
    [dim]$[/dim] monitor watch list oncology
    """
    from monitor.views.watches import (
        groups_of_watches,
        last_files,
        trials_of_watch,
        watches,
    )  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        program.apply_configured_watches()
        if which is not None:
            _show_trials(trials_of_watch(which, program.store), program.names(), as_json=as_json)
            return
        damaged: list[Unread] = []
        listed, names, groups = (
            watches(program.store, damaged=damaged),
            program.names(),
            groups_of_watches(program.store),
        )
        fed = [each.key for each in program.registries if not isinstance(each, FetchedRegistry)]
        files = last_files(program.store, fed)
    complain_of_rows(damaged)
    if as_json:
        for watch in listed:
            write_json(listed_watch_json(watch, files.get(watch.id, {}), groups.get(watch.id, ())))
        return
    from monitor.cli.render.watches import watch_table  # rich is of no use to --json
    from monitor.clock import utc_now

    console().print(watch_table(listed, names, files=files, groups=groups, today=utc_now().date()))


def _show_trials(trials: "Sequence[WatchedTrial]", names: "Mapping[str, str]", *, as_json: bool) -> None:
    if as_json:
        for trial in trials:
            write_json(watched_trial_json(trial))
        return
    from monitor.cli.render.watches import trial_table  # rich is of no use to --json

    console().print(trial_table(trials, names))


app.command()(group)
app.command()(ungroup)


@app.command()
def rename(
    context: typer.Context,
    which: Annotated[str, typer.Argument(help="A watch, by its number or name.", metavar="WATCH")],
    name: Annotated[str, typer.Argument(help="What to call it.", metavar="NAME")],
) -> None:
    """Give a watch a name.

    [dim]$[/dim] monitor watch rename 3 oncology
    """
    from monitor.watching import watches  # SQLAlchemy is not needed to show --help

    watches.check_name(name)
    settings: Settings = context.obj
    with settings.open() as program:
        watch = watches.rename(which, name, store=program.store)
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
    """Remove a watch or a trial, and say what is no longer watched and who hears no more of it."""
    from monitor.watching.watches import remove_trial, remove_watch  # SQLAlchemy is not needed to show --help

    if not program.knows(text):
        removed = remove_watch(text, store=program.store)
        watch = removed.watch
        held = f"Watch {watch.id} was removed; it held {counted(watch.trials, 'trial')}."
        return held + _silenced("Subscriptions that ended with it", removed.silenced)
    registry, trial_id = program.identify(text)
    silenced = remove_trial(registry.key, trial_id, store=program.store)
    return f"{trial_id} is no longer watched." + _silenced("Subscriptions that hear no more of it", silenced)


def _silenced(words: str, called: "Sequence[str]") -> str:
    return f" {words}: {', '.join(called)}." if called else ""
