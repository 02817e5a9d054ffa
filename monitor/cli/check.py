"""`monitor check`: one look at the registries, now."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.checked import write_summary, writer
from monitor.cli.session import Settings, complain, console
from monitor.errors import ConfigurationInvalid, NothingFound, RegistryError, TrialIdInvalid
from monitor.model import Checked, CheckSummary, Result, Unlisted
from monitor.ports import FetchedRegistry, cannot_be_asked
from monitor.streams import WRONG_USAGE

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from monitor.app import App
    from monitor.watching.sweep import Progress

SOMETHING_CHANGED = 1
SOME_FAILED = 3
INDEXED_AFTER_A_CHECK = 2000
"""Trials: some seconds at most. A service, and the next checks, index the others."""


@dataclass(frozen=True, slots=True)
class TrialsToCheck:
    """What is to be checked of one registry."""

    registry: FetchedRegistry
    trial_ids: list[str]
    is_patrol: bool
    """Everything watched: searches may find more than *trial_ids*."""


def check(
    context: typer.Context,
    trial_ids: Annotated[
        list[str] | None,
        typer.Argument(help="Trials to check, watched or not; all watched ones if none.", metavar="[TRIAL_ID…]"),
    ] = None,
    registry: Annotated[str | None, typer.Option(help="Only this registry.", metavar="HOST")] = None,
    deliver: Annotated[bool, typer.Option("--deliver", help="Then send what is owed.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where something changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a trial, and a summary.")] = False,
) -> None:
    """Check the given trials, or all watched ones, and say what changed.

    [dim]$[/dim] monitor check NCT02116634
    [dim]$[/dim] monitor check --json | jq 'select(.result == "changed")'
    """
    settings: Settings = context.obj
    with settings.open() as program:
        started = monotonic()
        wanted, bad = _wanted(program, trial_ids or [], registry)
        summary = CheckSummary(asked=sum(len(one.trial_ids) for one in wanted))
        finds_more = any(one.is_patrol and program.searches(one.registry) for one in wanted)
        names = {} if as_json else _names(program, wanted)
        show = writer(summary.asked, finds_more=finds_more, as_json=as_json, names=names)
        asked: dict[str, FetchedRegistry] = {}
        for one in _and_siblings(program, wanted, summary):
            asked[one.registry.key] = one.registry
            results = partial(_results, program, one)
            for checked in _with_progress(results, len(one.trial_ids), shown=not as_json):
                summary.count(checked)
                show(checked)
        summary.requests = sum(one.traffic.requests for one in asked.values())
        summary.bytes = sum(one.traffic.bytes for one in asked.values())
        _leave_out_denied(program, wanted, summary)
        if finds_more:
            summary.asked = len(summary.results)
        summary.seconds = monotonic() - started
        if as_json or summary.asked or finds_more:
            write_summary(summary, as_json=as_json)
        untaken = _deliver(program, as_json=as_json) if deliver else 0
        _go_on_with_history(program, wanted)
        program.index(most=INDEXED_AFTER_A_CHECK)
        bad += program.complaints
    for message in (*bad, *_clock_warnings(summary), *_held_warnings(summary)):
        complain(message)
    _leave(summary, bad, untaken=untaken, exit_code=exit_code)


def _leave_out_denied(program: "App", wanted: list[TrialsToCheck], summary: CheckSummary) -> None:
    """Count apart the numbers that a registry does not know, and of which the pass said so before."""
    from monitor.storage import denials  # SQLAlchemy is not needed to show --help

    for one in wanted:
        if one.is_patrol:
            with program.store.read() as tx:
                known = denials.watched_ids(tx, one.registry.key)
            told = [each for each in known if each not in summary.results]
            summary.denied += len(told)
            summary.asked -= len(told)


def _deliver(program: "App", *, as_json: bool) -> int:
    from monitor.cli.deliveries import send  # a command of its own, which most checks do without

    return send(program.deliver(), as_json=as_json)


def _go_on_with_history(program: "App", wanted: list[TrialsToCheck]) -> None:
    """After a whole pass, fetch a few former versions of trials that are newly watched, where that is configured."""
    asking = [one.registry for one in wanted if one.is_patrol and getattr(one.registry, "asks_history", False)]
    if asking:
        from monitor.cli.backfill import go_on  # few configurations have it

        go_on(program, asking)


def _wanted(program: "App", texts: list[str], registry: str | None) -> tuple[list[TrialsToCheck], list[str]]:
    """What to check by registry, and a complaint for each text that is not a trial id."""
    if not texts:
        return _everything_watched(program, registry), []
    found: dict[str, tuple[FetchedRegistry, list[str]]] = {}
    bad = []
    for text in texts:
        try:
            one, trial_id = program.identify(text, registry=registry)
        except TrialIdInvalid as error:
            bad.append(str(error))
            continue
        if not isinstance(one, FetchedRegistry):
            bad.append(f"{trial_id}: {cannot_be_asked(one)}; {program.last_file(one)}")
            continue
        found.setdefault(one.key, (one, []))[1].append(trial_id)
    return [TrialsToCheck(one, list(dict.fromkeys(ids)), is_patrol=False) for one, ids in found.values()], bad


def _everything_watched(program: "App", registry: str | None) -> list[TrialsToCheck]:
    """All that is watched of the registries that can be asked, or of one. NothingFound where there is nothing."""
    every = [_asked(program, registry)] if registry else program.fetched_registries
    watched = program.watched()
    wanted = [TrialsToCheck(one, watched[one.key], is_patrol=True) for one in every if one.key in watched]
    wanted = [one for one in wanted if one.trial_ids or program.searches(one.registry)]
    if not wanted and program.complaints:
        raise ConfigurationInvalid("\n".join(program.complaints))
    if not wanted and any(
        watched.get(each.key) for each in program.registries if not isinstance(each, FetchedRegistry)
    ):
        raise NothingFound("what is watched comes from files alone, by `monitor import FILE`: there is nothing to ask")
    if not wanted:
        raise NothingFound("nothing is watched yet: begin with `monitor watch add NCT02116634`")
    return wanted


def _and_siblings(program: "App", wanted: list[TrialsToCheck], summary: CheckSummary) -> Iterator[TrialsToCheck]:
    """What is wanted; after a whole pass, the siblings in other registries that it found, for their baselines."""
    yield from wanted
    if not all(one.is_patrol for one in wanted):
        return
    passed = {one.registry.key for one in wanted}
    unchecked = program.unchecked_siblings()
    for registry in program.fetched_registries:
        found = unchecked.get(registry.key, ())
        new = [each for each in found if registry.key not in passed or each not in summary.results]
        if new:
            summary.asked += len(new)
            yield TrialsToCheck(registry, new, is_patrol=False)


def _names(program: "App", wanted: list[TrialsToCheck]) -> dict[str, str]:
    """What the registries are called, where trials of several may be shown."""
    names = {one.registry.key: one.registry.name for one in wanted}
    return names if len(names) > 1 else program.names()


def _asked(program: "App", key: str) -> FetchedRegistry:
    """The registry of that key. ConfigurationInvalid where it is not asked, with how old its last file is."""
    registry = program.registry(key)
    if isinstance(registry, FetchedRegistry):
        return registry
    raise ConfigurationInvalid(f"{cannot_be_asked(registry)}; {program.last_file(registry)}")


def _results(program: "App", asked: TrialsToCheck, progress: "Progress") -> Iterator[Checked | Unlisted]:
    """Check the trials, and yield the result of each."""
    if not asked.is_patrol:
        yield from program.check(asked.trial_ids, asked.registry)
        return
    try:
        yield from program.patrol(asked.registry, progress=progress)
    except RegistryError as error:
        yield from program.unseen(asked.registry, str(error))


def _clock_warnings(summary: CheckSummary) -> list[str]:
    """A line where the registry's data are ahead of our clock."""
    from monitor.clock import utc_now
    from monitor.watching.builds import is_ahead

    now = utc_now()
    return [
        f"the registry's data are of {version}, and it is {now:%Y-%m-%d %H:%M} UTC here: "
        "one of the two clocks is wrong; set this machine's if it is the one (`timedatectl` shows it)"
        for version in summary.versions.values()
        if version and is_ahead(version, now)
    ]


def _held_warnings(summary: CheckSummary) -> list[str]:
    """A line where changes are held back: nobody hears of them before the operator decides."""
    held = summary.counts()[Result.HELD]
    if not held:
        return []
    trials = "1 trial are" if held == 1 else f"{held:,} trials are"
    return [f"the changes of {trials} held back, and nobody is told: `monitor held list` shows why and what you can do"]


def _leave(summary: CheckSummary, bad: list[str], *, untaken: int, exit_code: bool) -> None:
    """End with the exit status that says the worst of it."""
    if bad:
        raise typer.Exit(WRONG_USAGE)
    if summary.counts()[Result.FAILED] or summary.unlisted or untaken:
        raise typer.Exit(SOME_FAILED)
    if exit_code and summary.changed:
        raise typer.Exit(SOMETHING_CHANGED)
    if summary.counts()[Result.HELD]:
        raise typer.Exit(SOME_FAILED)


def _with_progress(
    results: Callable[["Progress"], Iterable[Checked | Unlisted]], total: int, *, shown: bool
) -> Iterator[Checked | Unlisted]:
    """Yield the results behind a progress bar on a terminal, which makes room for those that are shown."""
    with _progress(total, shown=shown) as (advance, sweeping, aside):
        for one in results(sweeping):
            advance()
            with aside() if _may_show(one, total) else nullcontext():
                yield one


def _may_show(one: Checked | Unlisted, total: int) -> bool:
    """Whether there may be something to write of it: of many trials, not of those without news."""
    return isinstance(one, Unlisted) or one.is_worth_a_line(total)


@contextmanager
def _progress(
    total: int, *, shown: bool
) -> Iterator[tuple[Callable[[], None], "Progress", Callable[[], AbstractContextManager[None]]]]:
    """A bar on standard error that goes away at the end; nothing where no person looks.

    It goes on by a trial, or after each page of a sweep, which knows better how far it is and how many there are.
    """
    if not shown or not (errors := console(stderr=True)).is_terminal:
        yield lambda: None, lambda _seen, _total: None, nullcontext
        return
    from rich.progress import Progress  # only a terminal needs it

    with Progress(console=errors, transient=True) as bar:
        # A first listing is yet to tell how many there are.
        task = bar.add_task("Checking", total=total or None)
        swept = bar.add_task("Reading all trials", total=None, visible=False)
        yield (
            lambda: bar.advance(task),
            lambda seen, of: bar.update(swept, completed=seen, total=of, visible=True),
            partial(_aside, bar),
        )


@contextmanager
def _aside(bar: "Bar") -> Iterator[None]:
    """Take the bar away while something is written where it stands."""
    bar.stop()
    yield
    bar.start()
