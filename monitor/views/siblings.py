"""Where else a trial is registered, how it stands there, and whether the registries agree.

A sibling is one that the record names, or whose record, as far as it is kept here, names this trial. What disagrees is
whether a trial goes on: a registry that is slow to say that recruitment ended is no contradiction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.model import Coded, Record, State
from monitor.ports import Registry, siblings_in
from monitor.render.words import code_label
from monitor.storage import siblings, silence, snapshots, trials
from monitor.storage.siblings import Key
from monitor.storage.store import Store
from monitor.text import natural_list, one_line

MOST_SHOWN = 20

_ENDED = {
    **dict.fromkeys(
        ("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING"), "goes on"
    ),
    "SUSPENDED": "is halted",
    **dict.fromkeys(("TERMINATED", "WITHDRAWN"), "was stopped"),
    "COMPLETED": "is complete",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """The same trial in another registry."""

    registry: str
    name: str
    """What people call the registry."""
    trial_id: str
    url: str
    is_watched: bool
    state: State | None
    """What its latest snapshot says; None where there is none."""
    overall_status: Coded | None
    named_here: bool
    """Whether the record of the trial names it."""
    names_this: bool
    """Whether its own record names the trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """The siblings of a trial."""

    known: Sequence[Sibling] = ()
    more: int = 0
    """How many there are beyond those."""
    disagreement: str | None = None
    """What the registries disagree on, as a sentence."""


def siblings_of(record: Record, *, registries: Sequence[Registry], store: Store) -> Siblings:
    """The same trial in other registries, in the order of the record, then those that name it."""
    with store.read() as tx:
        return siblings_known(tx, record, registries=registries)


def siblings_known(tx: Connection, record: Record, *, registries: Sequence[Registry]) -> Siblings:
    """`siblings_of` within a transaction."""
    key = (record.registry, record.trial_id)
    by_key = {registry.key: registry for registry in registries}
    named = siblings_in(record, registries)
    naming = [each for each in siblings.naming_one(tx, key) if each[0] != key[0]]
    every = [each for each in dict.fromkeys((*named, *naming)) if each[0] in by_key]
    shown = [
        _sibling(tx, each, by_key[each[0]], named_here=each in named, names_this=each in naming)
        for each in every[:MOST_SHOWN]
    ]
    called = by_key[key[0]].name if key[0] in by_key else key[0]
    return Siblings(
        known=shown,
        more=len(every) - len(shown),
        disagreement=_disagreement(
            [(called, record.overall_status), *((each.name, each.overall_status) for each in shown)]
        ),
    )


def _sibling(tx: Connection, key: Key, registry: Registry, *, named_here: bool, names_this: bool) -> Sibling:
    of, trial_id = key
    trial = trials.known(tx, of, [trial_id]).get(trial_id)
    latest = snapshots.latest_of(tx, of, [trial_id], state=State.LISTED, damaged={}).get(trial_id)
    is_watched = silence.is_watched(tx, of, trial_id)
    is_listed = trial is not None and trial.state is State.LISTED
    record = registry.parse(latest.document, latest.taken_at) if latest and is_listed else None
    return Sibling(
        registry=of,
        name=registry.name,
        trial_id=trial_id,
        url=registry.page(trial_id),
        is_watched=is_watched,
        state=trial.state if trial else None,
        overall_status=record.overall_status if record else None,
        named_here=named_here,
        names_this=names_this,
    )


def _disagreement(told: Iterable[tuple[str, Coded | None]]) -> str | None:
    """A sentence where one registry says that the trial goes on and another one does not, or ended otherwise."""
    said = [(name, status, _ENDED[status.code]) for name, status in told if status and status.code in _ENDED]
    if len({ended for *_, ended in said}) < 2:
        return None
    each = [f"{one_line(name)} says “{one_line(str(status) or code_label(status.code))}”" for name, status, _ in said]
    return f"The registries disagree on how it stands: {natural_list(each, len(each))}."
