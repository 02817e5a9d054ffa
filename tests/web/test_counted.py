"""Counts that are kept: made once, and nobody waits while they are made anew."""

from collections.abc import Callable
from threading import Event, Thread

import pytest

from monitor.web.site import counted
from monitor.web.site.counted import Counted


def in_a_thread(step: Callable[[], object]) -> Thread:
    thread = Thread(target=step)
    thread.start()
    return thread


def test_a_count_is_made_once_while_nothing_changed() -> None:
    counts, made = Counted(), iter(range(10))
    assert [counts.get("k", "v", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    assert counts.get("k", "w", lambda: next(made)) == 1, "another version"
    assert counts.get("other", "w", lambda: next(made)) == 2
    counts.forget()
    assert counts.get("k", "w", lambda: next(made)) == 3


def test_a_count_is_made_anew_after_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, made = Counted(), iter(range(10))
    counts.get("k", "v", lambda: next(made))
    now = counted.monotonic()
    monkeypatch.setattr(counted, "monotonic", lambda: now + counted.SECONDS + 1)
    assert counts.get("k", "v", lambda: next(made)) == 1


def test_who_comes_while_it_is_counted_gets_what_was_counted_before() -> None:
    counts, may_end, began = Counted(), Event(), Event()
    counts.get("k", "v", lambda: "before")

    def slowly() -> str:
        began.set()
        may_end.wait(10)
        return "after"

    counting = in_a_thread(lambda: counts.get("k", "w", slowly))
    assert began.wait(10)
    assert counts.get("k", "w", lambda: pytest.fail("two count at once")) == "before"
    may_end.set()
    counting.join(10)
    assert counts.get("k", "w", lambda: pytest.fail("it was counted")) == "after"


def test_a_count_that_fails_is_tried_again() -> None:
    counts = Counted()
    with pytest.raises(ZeroDivisionError):
        counts.get("k", "v", lambda: 1 // 0)
    assert counts.get("k", "v", lambda: 1) == 1


def test_only_the_counts_asked_for_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "MOST", 2)
    counts, made = Counted(), iter(range(10))
    for key in "abc":
        counts.get(key, "v", lambda: next(made))
    assert counts.get("c", "v", lambda: next(made)) == 2
    assert counts.get("a", "v", lambda: next(made)) == 3
