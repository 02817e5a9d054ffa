"""A change knows what made it: somebody's edit, or the registry's calendar."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.changes.kinds import KINDS
from monitor.model import Change, ChangeOrigin, Event
from monitor.operate.transfer.shapes import EventShape
from tests.changes.diff.records import changes, coded, only, record

UNKNOWN = only(
    changes(record(), record(overall_status=coded("UNKNOWN"), last_known_status=coded("RECRUITING"))),
)
STOPPED = only(changes(record(), record(overall_status=coded("TERMINATED"))))


def event(*told: Change) -> Event:
    return Event(
        registry="registry.example",
        trial_id="HON-0001",
        snapshot=2,
        occurred_at=datetime(2026, 3, 10, tzinfo=UTC),
        changes=told,
    )


def test_a_status_that_the_registry_computes_comes_of_the_calendar():
    assert UNKNOWN.origin is ChangeOrigin.CALENDAR
    assert [name for name, kind in KINDS.items() if kind.origin is not ChangeOrigin.EDIT] == ["status.unknown"]


def test_what_somebody_changed_is_an_edit():
    assert STOPPED.origin is ChangeOrigin.EDIT


@pytest.mark.parametrize("origin", ChangeOrigin)
def test_the_origin_is_stored_and_an_edit_is_the_absence_of_one(origin: ChangeOrigin):
    change = replace(STOPPED, origin=origin)

    stored = change.as_json()

    assert stored.get("origin", "edit") == str(origin)
    assert ("origin" in stored) == (origin is not ChangeOrigin.EDIT)
    assert Change.from_json(stored) == change


def test_a_change_that_was_stored_without_an_origin_is_an_edit():
    former = {key: value for key, value in UNKNOWN.as_json().items() if key != "origin"}

    assert Change.from_json(former).origin is ChangeOrigin.EDIT


@pytest.mark.parametrize(
    ("told", "origin"),
    [((UNKNOWN,), ChangeOrigin.CALENDAR), ((STOPPED,), ChangeOrigin.EDIT), ((STOPPED, UNKNOWN), ChangeOrigin.EDIT)],
)
def test_an_event_is_of_the_calendar_only_where_nobody_edited_anything(told: tuple[Change, ...], origin: ChangeOrigin):
    assert event(*told).origin is origin


def test_an_exported_event_comes_back_with_the_origin_of_its_changes():
    told = event(STOPPED, UNKNOWN)

    assert EventShape.of(told).event(told.registry, told.trial_id) == told
