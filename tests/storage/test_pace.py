"""One pace for each server that is asked: whoever takes a turn, in whichever process, whatever stands in the row."""

import time

import pytest
from sqlalchemy import text

from monitor.http.pacing import Turn
from monitor.storage import shared_pace
from monitor.storage.pace import MOST_WAITING, turn_of
from monitor.storage.shared_pace import SharedPace
from monitor.storage.store import Store

HERE, ELSEWHERE = "registry.example", "registry.example:8443"
HOUR, DAY = 3600.0, 86_400.0


def turn(store: Store, host: str = HERE, *, interval: float = 100, patience: float = HOUR) -> Turn:
    """The next turn, for somebody who has taken none before."""
    return SharedPace(store).turn(host, interval=interval, patience=patience)


def about(seconds: float) -> object:
    """That, less what passed since on a busy machine."""
    return pytest.approx(seconds - 5, abs=5.01)


def put(store: Store, column: str, value: object) -> None:
    with store.begin() as tx:
        tx.execute(text(f"UPDATE paces SET {column} = :value"), {"value": value})


def test_turns_at_a_server_follow_one_another_and_no_other_servers(store: Store) -> None:
    waits = [turn(store).wait for _ in range(3)]

    assert waits == [about(0), about(100), about(200)]
    assert turn(store, ELSEWHERE).wait == about(0)
    assert [one.left_alone_for for one in (turn(store), turn(store, ELSEWHERE))] == [0, 0]


def test_who_asks_at_his_leisure_waits_for_nobody(store: Store) -> None:
    turn(store, interval=0.02)
    time.sleep(0.03)

    assert turn(store, interval=100).wait == 0


def test_each_leaves_a_server_alone_that_one_was_asked_to(store: Store) -> None:
    SharedPace(store).leave_alone(HERE, 500)
    SharedPace(store).leave_alone(HERE, 20)

    waits = [turn(store) for _ in range(2)]

    assert [one.left_alone_for for one in waits] == [about(500), about(500)]
    assert [one.wait for one in waits] == [about(500), about(600)]
    assert turn(store, ELSEWHERE) == Turn(0, 0)


def test_who_would_not_wait_so_long_takes_no_turn(store: Store) -> None:
    SharedPace(store).leave_alone(HERE, 500)

    for _ in range(3):
        assert turn(store, patience=499 - 10).left_alone_for == about(500)
    assert turn(store).wait == about(500)


@pytest.mark.parametrize("ahead", [HOUR * 2, DAY * 365, 1e300])
def test_what_was_noted_before_the_clock_was_set_back_holds_up_nobody(store: Store, ahead: float) -> None:
    turn(store)
    put(store, "next_start", time.time() + MOST_WAITING * 100 + ahead)
    put(store, "left_alone_until", time.time() + DAY + ahead)

    assert turn(store) == Turn(0, 0)
    assert turn(store).wait == about(100)


def test_what_was_noted_before_the_clock_was_set_forward_is_over(store: Store) -> None:
    SharedPace(store).leave_alone(HERE, 500)
    put(store, "next_start", 0.0)
    put(store, "left_alone_until", -1e12)

    assert [turn(store).wait for _ in range(2)] == [0, about(100)]


@pytest.mark.parametrize("column", ["next_start", "left_alone_until"])
@pytest.mark.parametrize("damage", ["next week", b"\xff", float("inf")])
def test_a_row_that_holds_no_times_holds_up_nobody(quick_store: Store, column: str, damage: object) -> None:
    turn(quick_store, interval=0)
    put(quick_store, column, damage)

    assert turn(quick_store) == Turn(0, 0)
    assert turn(quick_store).wait == about(100)


@pytest.mark.parametrize("row", [("1", 0.0), (0.0, None), (float("nan"), 0.0), (0.0, float("nan"))])
def test_what_is_no_number_of_seconds_is_no_turn(row: tuple[object, object]) -> None:
    assert turn_of(row, interval=1) is None


def test_in_a_database_that_somebody_else_writes_to_each_keeps_his_own_pace(
    quick_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_pace, "WAITS_FOR_OTHERS", 0.05)
    turn(quick_store)
    pace = SharedPace(quick_store)
    with quick_store.begin():
        assert pace.turn(HERE, interval=100, patience=HOUR) == Turn(0, 0)
        began = time.monotonic()
        pace.leave_alone(HERE, 500)
        assert time.monotonic() - began < 0.05, "it is not tried again so soon"

    assert turn(quick_store) == Turn(about(100), 0)  # type: ignore[arg-type]
    monkeypatch.setattr(shared_pace, "WITHOUT_A_STORE", 0.0)
    with quick_store.begin():
        assert SharedPace(quick_store).turn(HERE, interval=100, patience=HOUR) == Turn(0, 0)


def test_without_its_table_each_keeps_his_own_pace(store: Store) -> None:
    with store.begin() as tx:
        tx.execute(text("DROP TABLE paces"))

    assert turn(store) == Turn(0, 0)
