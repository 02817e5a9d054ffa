"""One trial, and what is seen across all: `show`, `history`, `diff`, `changes` and `status` with --json. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from monitor.model import Change, Json, PartialDate, Record, Snapshot
from monitor.render.headlines import gist
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.storage.snapshots import SnapshotRow
    from monitor.storage.terms import Term
    from monitor.storage.trial_index import IndexedTrial
    from monitor.views.changes import TrialChanges
    from monitor.views.saved_pages import PageComparison
    from monitor.views.siblings import Siblings
    from monitor.views.status import LastChange, StatusRow
    from monitor.views.trials import SnapshotComparison

NOT_IN_A_RECORD = frozenset({"paths", "parts", "silent", "converted", "lost"})
"""What the program keeps of a record for itself."""
_DATES = ("start", "primary_completion", "completion")
MOST_HEADLINE = 200
"""Characters."""


def snapshot_json(snapshot: Snapshot) -> dict[str, Json]:
    """Which snapshot it is; its document is not in it."""
    return {
        "registry": snapshot.document.registry,
        "trial_id": snapshot.document.trial_id,
        "snapshot": _number(snapshot),
        "taken_at": moment_json(snapshot.taken_at),
        "registry_version": snapshot.registry_version,
        **_imported(snapshot),
    }


def _number(snapshot: "Snapshot | SnapshotRow") -> int | None:
    """Its number; what was imported has none."""
    return snapshot.number if snapshot.source is None else None


def _imported(taken: "Snapshot | SnapshotRow") -> dict[str, Json]:
    """What a document from before the first snapshot was imported from; nothing of a snapshot."""
    if taken.source is None:
        return {}
    return {"imported_from": taken.source} | ({} if taken.version is None else {"former_version": taken.version})


def record_json(snapshot: Snapshot, record: Record) -> dict[str, Json]:
    """A snapshot and the fields of its record; orjson writes the dataclasses within."""
    said = {each.name: getattr(record, each.name) for each in fields(record) if each.name not in NOT_IN_A_RECORD}
    return {**snapshot_json(snapshot), "record": said}


def siblings_json(found: "Siblings") -> dict[str, Json]:
    """The same trial in other registries, as `show` adds it to the record."""
    known: list[Json] = [
        {
            "registry": each.registry,
            "trial_id": each.trial_id,
            "url": each.url,
            "watched": each.is_watched,
            "state": str(each.state) if each.state else None,
            "overall_status": each.overall_status.code if each.overall_status else None,
            "overall_status_words": each.overall_status.words if each.overall_status else None,
            "named_here": each.named_here,
            "names_this": each.names_this,
        }
        for each in found.known
    ]
    return {"siblings": known, "more_siblings": found.more, "disagreement": found.disagreement}


def history_json(trial_id: str, row: "SnapshotRow", changes: Sequence[Change]) -> dict[str, Json]:
    """A snapshot in a history, with what it changed."""
    return {
        "trial_id": trial_id,
        "snapshot": _number(row),
        "state": str(row.state),
        "taken_at": moment_json(row.taken_at),
        "registry_version": row.registry_version,
        **_imported(row),
        "changes": [change.as_json() for change in changes],
    }


def comparison_json(compared: "SnapshotComparison") -> dict[str, Json]:
    """The later snapshot, the number of the earlier one, and what changed between them."""
    changes: list[Json] = [change.as_json() for change in compared.changes]
    before = compared.before
    of_page = {} if before.source is None else {"before_page": snapshot_json(before)}
    return {**snapshot_json(compared.after), "before": _number(before), **of_page, "changes": changes}


def page_comparison_json(compared: "PageComparison") -> dict[str, Json]:
    """The record of today, the page that was compared with it, what changed, and what could not be compared."""
    return {
        **snapshot_json(compared.after),
        "page": {**snapshot_json(compared.before), "view": compared.view},
        "changes": [change.as_json() for change in compared.changes],
        "not_compared": list(compared.left_out),
    }


def changes_json(seen: "TrialChanges") -> Iterator[dict[str, Json]]:
    """An object a change; one for an event that cannot be read."""
    about: dict[str, Json] = {
        "registry": seen.registry,
        "trial_id": seen.trial_id,
        "title": seen.title,
        "url": seen.url,
        "lead_sponsor": seen.lead_sponsor,
        "snapshot": seen.snapshot,
        "seen_at": moment_json(seen.seen_at),
        "posted_on": seen.posted_on,
        "not_told": "imported" if seen.imported_from else str(seen.settled.settlement) if seen.settled else None,
        "hold": seen.settled.hold_id if seen.settled else None,
        "error": seen.error,
    }
    if seen.error:
        yield about
    for change in seen.changes:
        yield {**about, **change.as_json()}


def status_json(row: "StatusRow") -> dict[str, Json]:
    """How a trial stands."""
    enrollment, sponsor = row.enrollment, row.lead_sponsor
    return {
        "registry": row.registry,
        "trial_id": row.trial_id,
        "url": row.url,
        "title": row.title,
        "state": str(row.state) if row.state else None,
        "overall_status": row.overall_status.code if row.overall_status else None,
        "why_stopped": row.why_stopped,
        "phases": [phase.code for phase in row.phases],
        "enrollment": {"count": enrollment.count, "type": enrollment.type} if enrollment else None,
        "start_date": _date(row.start_date),
        "primary_completion_date": _date(row.primary_completion_date),
        "completion_date": _date(row.completion_date),
        "lead_sponsor": {"name": sponsor.name, "class": sponsor.kind} if sponsor else None,
        "last_change": _last_change(row.last) if row.last else None,
        "snapshot": row.snapshot,
        "as_of": row.as_of,
        "troubles": list(row.troubles),
    }


def trial_json(row: "StatusRow", indexed: "IndexedTrial | None") -> dict[str, Json]:
    """How a trial stands, with its conditions and what the earliest record said of its dates, as the index has them."""
    said = status_json(row)
    for name in _DATES:
        if isinstance(told := said[f"{name}_date"], dict):
            at_first: str | None = getattr(indexed, f"first_{name}_date", None)
            said[f"{name}_date"] = {**told, "at_first": at_first}
    return {**said, "conditions": [*indexed.conditions] if indexed else []}


def _date(day: PartialDate | None) -> Json:
    return {"date": day.text, "type": day.type} if day else None


def _last_change(last: "LastChange") -> dict[str, Json]:
    return {
        "seen_at": moment_json(last.seen_at),
        "significance": str(last.significance),
        "summary": last.summary,
        "not_told": str(last.settled.settlement) if last.settled else None,
    }


def event_json(seen: "TrialChanges") -> dict[str, Json]:
    """What one snapshot told: those of its changes that were asked for. `error` says why it cannot be read."""
    settled = str(seen.settled.settlement) if seen.settled else None
    changes: list[Json] = [change.as_json() for change in seen.changes]
    return {
        "id": f"{seen.registry}/{seen.trial_id}/{seen.snapshot}",
        "registry": seen.registry,
        "trial_id": seen.trial_id,
        "snapshot": seen.snapshot,
        "url": seen.url,
        "title": seen.title,
        "lead_sponsor": seen.lead_sponsor,
        "seen_at": moment_json(seen.seen_at),
        "posted_on": seen.posted_on,
        "significance": str(max(change.significance for change in seen.changes)) if seen.changes else None,
        "headline": gist(seen.changes, MOST_HEADLINE) if seen.changes else None,
        "not_told": "imported" if seen.imported_from else settled,
        "hold": seen.settled.hold_id if seen.settled else None,
        "error": seen.error,
        "changes": changes,
    }


def indexed_trial_json(trial: "IndexedTrial", url: str) -> dict[str, Json]:
    """A trial in a list, as the index has it; dates with what the earliest record said that is kept."""
    dates: dict[str, Json] = {
        name: {
            "date": getattr(trial, f"{name}_date"),
            "type": getattr(trial, f"{name}_type"),
            "at_first": getattr(trial, f"first_{name}_date"),
        }
        for name in _DATES
    }
    return {
        "registry": trial.registry,
        "trial_id": trial.trial_id,
        "url": url,
        "title": trial.title,
        "state": trial.state,
        "overall_status": trial.status,
        "overall_status_words": trial.status_words,
        "phases": [code for code, _ in trial.phases],
        "enrollment": {"count": trial.enrollment, "type": trial.enrollment_type},
        **{f"{name}_date": told for name, told in dates.items()},
        "lead_sponsor": trial.sponsor,
        "conditions": [*trial.conditions],
        "countries": [*trial.countries],
        "updated_on": trial.updated_on or None,
        "snapshot": trial.snapshot,
    }


def term_json(term: "Term") -> dict[str, Json]:
    """A sponsor or a condition of watched trials, and how many of them have it."""
    return {"name": term.name, "slug": term.slug, "trials": term.trials}
