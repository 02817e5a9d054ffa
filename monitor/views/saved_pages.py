"""A page that somebody saved beside the latest record of its trial: what changed since, and what it cannot say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.changes.diff import not_compared
from monitor.model import Change, Record, Snapshot
from monitor.ports import Registry, SavedPage
from monitor.views.archive import changes_since, moment_of
from monitor.views.trials import TrialSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class PageComparison:
    """What changed since a page was saved; *record* is the latest one."""

    before: Snapshot
    after: Snapshot
    record: Record
    view: str
    """What the site called this page."""
    changes: Sequence[Change]
    left_out: Sequence[str]
    """The labels of the fields that were not compared."""


def compare_page(
    page: SavedPage, latest: TrialSnapshot, *, taken_on: date, name: str, registry: Registry
) -> PageComparison:
    """What the latest record says that the page, as of that day, did not."""
    before = Snapshot(0, page.document, moment_of(taken_on), None, name)
    former = registry.parse(page.document, before.taken_at)
    return PageComparison(
        before=before,
        after=latest.snapshot,
        record=latest.record,
        view=page.view,
        changes=changes_since(former, latest.record, latest.snapshot),
        left_out=not_compared(former, latest.record),
    )
