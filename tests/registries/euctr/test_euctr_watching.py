"""The register in a check: what it costs where nothing moved, and what a move brings."""

from datetime import timedelta

import pytest

from monitor.model import Result
from monitor.registries.euctr.adapter import Euctr
from monitor.storage.store import Store
from tests.loopback import http
from tests.program import Clock
from tests.registries.euctr.texts import NOON, FakeRegister
from tests.watching.test_rollout import Watching

HIKE, SWIM = "2015-900123-41", "2016-900456-78"
FEED = "/rest/feed/bydates?query="


class Hours(Watching):
    """Passes of so many hours later, on our clock and on the register's."""

    register: FakeRegister

    def after(self, hours):
        self.clock.advance(hours=hours - 1)
        self.register.at = self.clock.now + timedelta(hours=1)
        return self.results()


@pytest.fixture
def register():
    with FakeRegister() as fake:
        fake.publish(HIKE, DE="Ongoing", ES="Ongoing")
        fake.publish(SWIM, DE="Ongoing")
        yield fake


@pytest.fixture
def watching(tmp_path, adapter_for, register):
    """Two trials, watched and taken in."""
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    made = Hours(store, adapter_for(register.base_url, adapter=Euctr), Clock(NOON))
    made.register = register
    made.watch(HIKE, SWIM)
    assert made.after(1) == {HIKE: Result.BASELINE, SWIM: Result.BASELINE}
    register.paths()
    yield made
    store.close()


@pytest.mark.parametrize("hours", [1, 30, 5 * 24])
def test_where_nothing_moved_one_request_verifies_all(watching, register, hours):
    assert watching.after(hours) == {HIKE: Result.UNCHANGED, SWIM: Result.UNCHANGED}

    assert register.paths() == [FEED]


def test_a_trial_in_the_feed_is_read_and_the_other_is_not(watching, register):
    register.publish(HIKE, DE="Prematurely Ended", ES="Ongoing")
    register.moved = [(HIKE, "Fri, 20 Nov 2026 00:00:00 GMT")]

    assert watching.after(6) == {HIKE: Result.CHANGED, SWIM: Result.UNCHANGED}

    asked = register.paths()
    assert asked.count(FEED) == 2
    assert len(asked) == 2 + 3
    assert not [path for path in asked if SWIM in path]


def test_a_trial_that_stays_in_the_feed_is_read_once_a_day(watching, register):
    register.moved = [(HIKE, "Fri, 20 Nov 2026 00:00:00 GMT")]
    watching.after(1)
    register.paths()

    watching.after(1)
    watching.after(1)
    assert register.paths() == [FEED, FEED]

    watching.after(24)
    assert len(register.paths()) == 2 + 3


def test_after_longer_than_the_feed_reaches_everything_is_read_anew(watching, register):
    register.publish(SWIM, DE="Completed")

    assert watching.after(6 * 24 + 1) == {HIKE: Result.UNCHANGED, SWIM: Result.CHANGED}


def test_a_trial_of_which_a_country_fails_fails_and_is_read_at_the_next_check(watching, register):
    register.publish(HIKE, DE="Completed", ES="Completed")
    register.moved = [(HIKE, "Fri, 20 Nov 2026 00:00:00 GMT")]
    register.overrides[f"/rest/download/trial/{HIKE}/ES"] = lambda request: http(b"", 503)
    assert watching.after(2)[HIKE] is Result.FAILED

    register.overrides.clear()

    assert watching.after(1)[HIKE] is Result.CHANGED
