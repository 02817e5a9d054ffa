"""Questions put to the views, as the command line puts them."""

from typing import Any

from sqlalchemy import update

from monitor.alerts.filters import checked_filters
from monitor.storage import tables
from monitor.views import changes, status
from monitor.views.changes import TrialChanges
from monitor.views.scope import scope_of
from monitor.views.sorting import in_order
from monitor.views.spans import span_of
from monitor.views.status import StatusReader, StatusRow
from monitor.views.statuses import statuses_of
from tests.program import Trying
from tests.studies import Edit, together, verified_a_year_later


def changed(program: Trying, *, since: str = "7d", until: str | None = None, **options: Any) -> list[TrialChanges]:
    """What `monitor changes` lists."""
    scope = scope_asked(program, options)
    query = changes.ChangesQuery(
        scope=scope,
        span=span_of(since, until, now=program.clock()),
        limit=options.pop("limit", None),
        wants_sponsor=options.pop("wants_sponsor", False),
        filters=checked_filters(
            topics=options.pop("topics", ()),
            kinds=options.pop("kinds", ()),
            min_significance=options.pop("least", "minor"),
        ),
    )
    count = options.pop("summary", changes.ChangesSummary())
    return list(changes.changes(query, store=program.store, registries=[program.registry], summary=count))


def standing(program: Trying, *, sort: str = "trial", is_reversed: bool = False, **options: Any) -> list[StatusRow]:
    """What `monitor status` lists."""
    scope = scope_asked(program, options)
    query = status.StatusQuery(scope=scope, statuses=statuses_of(options.pop("statuses", ())))
    reader = StatusReader(query, program.store, {program.registry.key: program.registry})
    return list(in_order(reader, sort, is_reversed=is_reversed))


def scope_asked(program: Trying, options: dict[str, Any]) -> Any:
    named = [(program.registry.key, trial_id) for trial_id in options.pop("trials", ())]
    with program.store.read() as tx:
        given = {name: options.pop(name, None) for name in ("watch", "group", "sponsor")}
        return scope_of(tx, trials=named, **given)


def publish(program: Trying, trial_id: str, edit: Edit, **later: float) -> None:
    """Let the registry publish an edited record, and look at it a day later: each data build is of the next day."""
    program.sandbox.edit(trial_id, together(edit, verified_a_year_later))
    program.clock.advance(**(later or {"days": 1}))
    program.check(trial_id)


def damage(program: Trying, table: Any, where: Any, **values: Any) -> None:
    with program.store.begin() as tx:
        assert tx.execute(update(table).where(where).values(values)).rowcount


def damage_event(program: Trying, trial_id: str) -> None:
    damage(program, tables.events, tables.events.c.trial_id == trial_id, changes=b"nothing")


def damage_snapshots(program: Trying, trial_id: str, *numbers: int) -> None:
    c = tables.snapshots.c
    damage(program, tables.snapshots, (c.trial_id == trial_id) & c.number.in_(numbers), body=b"nothing")
