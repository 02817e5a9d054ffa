"""What `monitor move` did or would do, and what `monitor checksums` found, with --json. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.model import Json
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.operate.checksums import Checksum
    from monitor.operate.moving import Everything, Plan, Undone
    from monitor.storage.moves import Remark


def plan_json(plan: "Plan") -> dict[str, Json]:
    """What would be moved: `tables` has the number of rows of each."""
    return {
        "source": plan.source,
        "target": plan.target,
        "rows": plan.rows,
        "bytes": plan.size,
        "seconds": plan.seconds,
        "is_begun": plan.is_begun,
        "tables": {**plan.tables},
    }


def moved_json(done: "Everything") -> dict[str, Json]:
    """What was moved: each table with its rows and their digest, and the rows that are not what they were."""
    return {
        "source": done.source,
        "target": done.target,
        "rows": done.rows,
        "tables": {table.name: {"rows": table.moved, "digest": f"{table.digest:064x}"} for table in done.tables},
        "remarks": [_remark_json(remark) for remark in done.remarks],
        "damaged": [*done.damaged],
    }


def checksums_json(found: "Sequence[Checksum]") -> dict[str, Json]:
    """What each table holds."""
    return {"tables": {each.table: {"rows": each.rows, "digest": each.digest} for each in found}}


def undone_json(undone: "Undone") -> dict[str, Json]:
    """A move that was given up; `finished_at` is null of one that was not done."""
    return {"other": undone.other, "finished_at": moment_json(undone.finished_at)}


def _remark_json(remark: "Remark") -> dict[str, Json]:
    key: list[Json] = [each.hex() if isinstance(each, bytes) else each for each in remark.key]
    return {"table": remark.table, "key": key, "is_left": remark.is_left, "reason": remark.reason}
