"""What so many trials change alike that it is the registry: by the days of their updates, and the builds missed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.alike import Seen, builds_between, too_many_alike, update_of
from monitor.model import Change, Event, Significance

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


def change(field: str, kind: str = "other", significance=Significance.MINOR, **sides) -> Change:
    return Change(
        **{"field": field, "path": field, "kind": kind, "topic": "other", "before": "a", "after": "b", **sides},
        summary=f"{field} changed.",
        significance=significance,
    )


def updated(day: str | None, *, before: str = "2025-01-01", field: str = "last_update_submit_date") -> list[Change]:
    if day is None:
        return []
    return [change(field, "updated", Significance.ADMINISTRATIVE, before=before, after=day)]


def event(number: int, field: str = "phases", *, on: str | None = None, more: list[Change] = []) -> Event:  # noqa: B006
    return Event(
        registry="registry.example",
        trial_id=f"T{number}",
        snapshot=2,
        occurred_at=FRIDAY,
        changes=(change(field), *updated(on), *more),
    )


def days(count: int) -> list[str]:
    """The last weekdays up to FRIDAY, each in turn."""
    weekdays = [FRIDAY.date() - timedelta(days=back) for back in range(14)]
    weekdays = [day for day in weekdays if day.weekday() < 5]
    return [str(weekdays[number % len(weekdays)]) for number in range(count)]


def held(seen: list[Seen], covered: int) -> int:
    alike = too_many_alike(seen, covered)
    return len(frozenset().union(*alike.values()))


@pytest.mark.parametrize(
    ("dates", "builds", "covered", "expected"),
    [
        pytest.param(days(28), 10, 400, 0, id="two weeks of ordinary changes after an outage"),
        pytest.param(days(28), 1, 400, 0, id="the same where nobody knows how long nobody looked"),
        pytest.param([None] * 28, 10, 400, 0, id="as many without a date, in ten builds"),
        pytest.param([None] * 28, 1, 400, 28, id="as many without a date, in one build"),
        pytest.param([None] * 20, 1, 400, 0, id="no more than a twentieth"),
        pytest.param([None] * 19, 1, 100, 0, id="fewer than twenty"),
        pytest.param([None] * 20, 1, 399, 20, id="just more than a twentieth"),
        pytest.param(["2026-11-20"] * 28, 1, 400, 28, id="a registry that dates all on the day of its build"),
        pytest.param(["2026-11-20"] * 28, 10, 400, 28, id="the same after an outage"),
        pytest.param([*["2026-11-20"] * 28, *[None] * 3], 1, 400, 31, id="what is not dated goes with it"),
        pytest.param([None] * 400, 10, 400, 400, id="a true mass change after an outage"),
        pytest.param([None] * 400, 260, 400, 400, id="a true mass change after a year"),
        pytest.param([*days(28), *[None] * 372], 10, 400, 372, id="a mass change: what sponsors changed is told"),
        pytest.param([None] * 56, 10, 400, 0, id="as many as ten builds may bring"),
        pytest.param([None] * 57, 10, 400, 57, id="more than ten builds may bring"),
        pytest.param(days(11_000), 10, 600_000, 0, id="two weeks of a whole registry"),
        pytest.param([None] * 30_001, 1, 600_000, 30_001, id="a mass change of a whole registry"),
    ],
)
def test_what_is_held(dates, builds, covered, expected):
    seen = [Seen(event(number, on=on), builds) for number, on in enumerate(dates)]

    assert held(seen, covered) == expected


def test_fields_are_weighed_each_for_itself_and_the_most_frequent_comes_first():
    seen = [Seen(event(number)) for number in range(30)]
    seen += [Seen(event(number, "sex")) for number in range(100, 125)]
    seen += [Seen(event(number, "masking")) for number in range(200, 219)]

    assert {field: len(ids) for field, ids in too_many_alike(seen, 300).items()} == {"phases": 30, "sex": 25}
    assert list(too_many_alike(seen, 300)) == ["phases", "sex"]


def test_trials_are_counted_once_however_often_they_changed():
    seen = [Seen(replace(event(1), snapshot=number)) for number in range(2, 60)]

    assert too_many_alike(seen, 100) == {}


def test_administrative_changes_and_new_trials_don_t_count():
    seen = [Seen(event(number, more=[])) for number in range(50)]
    quiet = [
        Seen(
            Event(
                registry="r",
                trial_id=f"T{number}",
                snapshot=1,
                occurred_at=FRIDAY,
                changes=(change("trial_id", "trial.new"), change("contacts", "contacts", Significance.ADMINISTRATIVE)),
            )
        )
        for number in range(50)
    ]

    assert too_many_alike(seen, 100)
    assert not too_many_alike(quiet, 100)


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        (updated("2026-11-18"), "2026-11-18"),
        (updated("2026-11-18", field="last_update_post_date"), "2026-11-18"),
        ([*updated("2026-11-18"), *updated("2026-11-20", field="last_update_post_date")], "2026-11-18"),
        (updated("2024-11-18"), None),
        ([], None),
    ],
)
def test_the_day_of_an_update_is_the_sponsors_own_and_goes_forward(changes, day):
    assert update_of(event(1, more=changes)) == day


@pytest.mark.parametrize(
    ("version", "latest", "builds"),
    [
        ("2026-11-19T09:00:04", "2026-11-20T09:00:04", 1),
        ("2026-11-20T09:00:04", "2026-11-23T09:00:04", 1),
        ("2026-11-06T09:00:04", "2026-11-20T09:00:04", 10),
        ("2026-11-20T09:00:04", "2026-11-20T17:00:04", 1),
        ("2026-11-20T09:00:04", "2026-11-06T09:00:04", 1),
        (None, "2026-11-20T09:00:04", 1),
        ("build 7", "build 9", 1),
    ],
)
def test_there_is_a_build_every_weekday(version, latest, builds):
    assert builds_between(version, latest) == builds


def test_an_outage_counts_by_the_looks_where_the_versions_tell_less():
    one, other = "2026-11-19T09:00:04", "2026-11-20T09:00:04"

    assert builds_between(one, other, looked_at=FRIDAY - timedelta(days=14), now=FRIDAY) == 10
    assert builds_between(one, other, looked_at=FRIDAY + timedelta(days=14), now=FRIDAY) == 1


@given(since=st.dates(date(2020, 1, 1), date(2030, 1, 1)), span=st.integers(0, 900))
def test_weekdays_are_counted_as_on_a_calendar(since, span):
    until = since + timedelta(days=span)
    counted = sum((since + timedelta(days=day)).weekday() < 5 for day in range(1, span + 1))

    assert builds_between(f"{since}T09:00:00", f"{until}T09:00:00") == max(counted, 1)


@given(
    dates=st.lists(st.sampled_from([None, *days(10)]), max_size=80),
    builds=st.integers(1, 300),
    covered=st.integers(20, 400),
)
def test_what_is_held_is_held_whatever_else_changed_and_never_more_easily_after_a_longer_time(dates, builds, covered):
    """Fewer than twenty are always told; more trials on watch, or a longer time, hold no more."""
    seen = [Seen(event(number, on=on), builds) for number, on in enumerate(dates)]
    held_now = held(seen, covered)

    assert held_now == 0 or held_now >= 20
    assert held([Seen(each.event, builds + 5) for each in seen], covered) <= held_now
    assert held(seen, covered + 100) <= held_now
    assert held([*seen, *(Seen(event(number + 1000, "sex")) for number in range(5))], covered) == held_now
