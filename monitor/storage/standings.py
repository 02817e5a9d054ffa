"""Where deliveries stand after attempts: delivered, owed still, or rejected; many are written in one statement.

A process that finishes a delivery after its claim expired may find another's outcome: “delivered” then wins over every
other outcome, and “rejected” over another attempt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Update, bindparam, case, literal_column, update

from monitor.model import DeliveryState
from monitor.storage.statements import chunks
from monitor.storage.tables import deliveries


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt, or none, means for a delivery.

    The receiver accepted it, whatever was recorded before; or it is to be tried again, or will never be accepted, and
    one that is already finished only counts the attempts.
    """

    delivery_id: str
    standing: DeliveryState
    at: datetime
    """When it was finished; of one that is owed still, when it is tried again."""
    outcome: str
    """What the receiver answered, or why nothing was sent, in words."""
    attempts: int = 1
    """How many were made since the last outcome."""


def write(tx: Connection, outcomes: Iterable[Outcome]) -> None:
    """Write down where deliveries stand: a statement for each standing, in one order for everyone."""
    in_order = sorted(outcomes, key=lambda each: each.delivery_id)
    for standing, statement in _STATEMENTS.items():
        for chunk in chunks(each for each in in_order if each.standing is standing):
            tx.execute(statement, [_values(each) for each in chunk])


def _values(outcome: Outcome) -> dict[str, object]:
    return {
        "whole_id": outcome.delivery_id,
        "made": outcome.attempts,
        "new_standing": outcome.standing,
        "new_at": outcome.at,
        "new_outcome": outcome.outcome,
    }


def _update_of(*names: str, at: str, where: ColumnElement[bool]) -> Update:
    """Count attempts, and write the given columns if *where* holds: one statement, so that nothing comes between."""
    new = {deliveries.c[name]: bindparam(f"new_{name}", type_=deliveries.c[name].type) for name in names}
    new[deliveries.c[at]] = bindparam("new_at", type_=deliveries.c[at].type)
    values = {column: case((where, value), else_=column) for column, value in new.items()}
    counted = deliveries.c.attempts + bindparam("made", type_=deliveries.c.attempts.type)
    statement = update(deliveries).where(deliveries.c.id == bindparam("whole_id"))
    return statement.values({deliveries.c.attempts: counted} | values)


_is_owed = deliveries.c.standing == literal_column(f"'{DeliveryState.OWED}'")
_is_undelivered = deliveries.c.standing != DeliveryState.DELIVERED
_STATEMENTS = {
    DeliveryState.DELIVERED: _update_of("standing", "outcome", at="finished_at", where=_is_undelivered),
    DeliveryState.OWED: _update_of("outcome", at="next_attempt_at", where=_is_owed),
    DeliveryState.REJECTED: _update_of("standing", "outcome", at="finished_at", where=_is_owed),
}
