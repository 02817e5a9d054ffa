"""`monitor show`, `history` and `diff`: look at what is kept. Nothing here asks a registry."""

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, complain, console, write_json
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Json, Record, Snapshot, State

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.ports import Registry

TrialId = Annotated[str, typer.Argument(help="A trial id, or the address of its page.", metavar="TRIAL_ID")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]


def show(
    context: typer.Context,
    trial_id: TrialId,
    snapshot: Annotated[int | None, typer.Option(help="That one; else the latest.", metavar="N", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Show a trial's record as people read it.

    [dim]$[/dim] monitor show NCT02116634
    [dim]$[/dim] monitor show NCT02116634 --snapshot 1
    """
    settings: Settings = context.obj
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        taken = _snapshot(program, registry, found, snapshot)
        record = _record(registry, taken)
    if as_json:
        write_json({**_head(taken), "record": _record_as_json(record)})
        return
    from monitor.cli.render.record import record_page  # rich is of no use to --json

    console().print(record_page(record, taken))


def history(context: typer.Context, trial_id: TrialId, as_json: AsJson = False) -> None:
    """List every snapshot of a trial and what it changed.

    [dim]$[/dim] monitor history NCT02116634
    """
    from monitor.storage import events, snapshots, trials  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        with program.store.read() as tx:
            taken = snapshots.listing(tx, registry.key, found)
            unread: dict[int, StoreCorrupt] = {}
            told = events.of_trial(tx, registry.key, found, damaged=unread)
            changes = {event.snapshot: event.changes for event in told}
            damaged = snapshots.damaged_of(tx, registry.key, found)
            trial = trials.known(tx, registry.key, [found]).get(found)
    if not taken:
        raise NothingFound(f"there is no snapshot of {found} yet; `monitor check {found}` takes one")
    for reason in (*damaged.values(), *unread.values()):
        complain(str(reason))
    if as_json:
        for row in taken:
            write_json(
                {
                    "trial_id": found,
                    "snapshot": row.number,
                    "state": str(row.state),
                    "taken_at": f"{row.taken_at:%Y-%m-%dT%H:%M:%SZ}",
                    "registry_version": row.registry_version,
                    "changes": [change.as_json() for change in changes.get(row.number, ())],
                }
            )
        return
    from monitor.cli.render.history import history_table  # rich is of no use to --json

    title = trial.title if trial else None
    rows = [(row, changes.get(row.number, ())) for row in taken]
    console().print(history_table(found, title, rows, damaged=damaged))


def diff(
    context: typer.Context,
    trial_id: TrialId,
    a: Annotated[int | None, typer.Argument(help="A snapshot; else the one before B.", metavar="[A", min=1)] = None,
    b: Annotated[int | None, typer.Argument(help="A later one; else the latest.", metavar="[B]]", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two snapshots of a trial field by field, with a word diff in long text.

    [dim]$[/dim] monitor diff NCT02116634
    [dim]$[/dim] monitor diff NCT02116634 1 4
    """
    from monitor.changes.events import changes_between  # only this command compares anew

    settings: Settings = context.obj
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        after = _snapshot(program, registry, found, b)
        before = _snapshot(program, registry, found, a) if a else _before(program, registry, after)
        record = _record(registry, after)
        changes = changes_between(_record(registry, before), record, on=after.taken_at.date())
    if as_json:
        write_json({**_head(after), "before": before.number, "changes": [change.as_json() for change in changes]})
        return
    from monitor.cli.render.diff import DiffPage  # rich is of no use to --json

    console().print(DiffPage(found, record.brief_title, before=before, after=after, changes=changes))


def _snapshot(program: "App", registry: "Registry", trial_id: str, number: int | None) -> Snapshot:
    """That snapshot of a trial; or its latest that holds a record, or where that is damaged the latest before it."""
    from monitor.storage import snapshots  # SQLAlchemy is not needed to show --help

    damaged: dict[str, StoreCorrupt] = {}
    with program.store.read() as tx:
        if number is not None:
            return snapshots.get(tx, registry.key, trial_id, number)
        latest = snapshots.latest_of(tx, registry.key, [trial_id], state=State.LISTED, damaged=damaged).get(trial_id)
        if damaged:
            latest = snapshots.readable(tx, registry.key, trial_id)
    if latest is None and damaged:
        raise damaged[trial_id]
    if latest is None:
        raise NothingFound(f"there is no snapshot of {trial_id} yet; `monitor check {trial_id}` takes one")
    for error in damaged.values():
        complain(f"{error}; snapshot {latest.number} is the latest that can be read")
    return latest


def _before(program: "App", registry: "Registry", after: Snapshot) -> Snapshot:
    """The snapshot before that one; or where that is damaged the latest record before it."""
    from monitor.storage import snapshots  # SQLAlchemy is not needed to show --help

    number, trial_id = _number_before(after), after.document.trial_id
    try:
        return _snapshot(program, registry, trial_id, number)
    except StoreCorrupt as error:
        with program.store.read() as tx:
            found = snapshots.readable(tx, registry.key, trial_id, before=number)
        if found is None:
            raise
        complain(f"{error}; snapshot {found.number} is the latest before it that can be read")
        return found


def _number_before(snapshot: Snapshot) -> int:
    if snapshot.number == 1:
        raise NothingFound(f"{snapshot.document.trial_id} has one record so far: there is nothing to compare it with")
    return snapshot.number - 1


def _record(registry: "Registry", snapshot: Snapshot) -> Record:
    """What a snapshot says. NothingFound where the registry gave no record at that moment."""
    document = snapshot.document
    if document.state is not State.LISTED:
        words = document.content.decode(errors="replace")
        raise NothingFound(
            f"snapshot {snapshot.number} of {document.trial_id} holds no record: "
            f"the trial was {document.state} then (“{words}”); choose another with --snapshot or A and B"
        )
    return registry.parse(document, snapshot.taken_at)


def _head(snapshot: Snapshot) -> dict[str, Json]:
    return {
        "registry": snapshot.document.registry,
        "trial_id": snapshot.document.trial_id,
        "snapshot": snapshot.number,
        "taken_at": f"{snapshot.taken_at:%Y-%m-%dT%H:%M:%SZ}",
        "registry_version": snapshot.registry_version,
    }


def _record_as_json(record: Record) -> dict[str, Json]:
    """The record's fields; orjson writes the dataclasses within."""
    return {each.name: getattr(record, each.name) for each in fields(record) if each.name not in {"paths", "parts"}}
