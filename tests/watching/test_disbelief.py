"""What is not believed, what heals by itself, and what the operator accepts."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Checked, Result
from monitor.storage import events, quarantine, registries, snapshots, trials
from monitor.storage.quarantine import Quarantined
from monitor.storage.store import Store
from monitor.watching.accept import NotAccepted, accept
from tests.nodes import Nodes, dated, named, studied
from tests.program import Clock
from tests.watching.test_rollout import HIP, KNEE, SHOULDER, Watching

Study = dict[str, Any]


class Doubting(Watching):
    """What a test does besides: look into the quarantine, and accept what is there."""

    def kept(self) -> list[Quarantined]:
        with self.store.read() as tx:
            return quarantine.listing(tx)

    def accept(self, *numbers: int, alike: bool = False) -> list[Checked | NotAccepted]:
        return list(accept(numbers, store=self.store, known=[self.nodes], now=self.clock(), alike=alike))

    def snapshots(self, trial_id: str) -> int:
        with self.store.read() as tx:
            return len(snapshots.listing(tx, self.nodes.key, trial_id))

    def kinds(self, trial_id: str) -> list[list[str]]:
        with self.store.read() as tx:
            return [[c.kind for c in event.changes] for event in events.of_trial(tx, self.nodes.key, trial_id)]


@pytest.fixture
def doubting(tmp_path: Path) -> Iterator[Doubting]:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    running = Doubting(store, Nodes(HIP, KNEE), Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)))
    running.watch(HIP, KNEE)
    running.patrol()
    yield running
    store.close()


# Dates that are still to come


def submitted(day: str) -> Callable[[Study], None]:
    def submit(study: Study) -> None:
        named("FUTURE")(study)
        study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = day

    return submit


def posted(day: str) -> Callable[[Study], None]:
    def post(study: Study) -> None:
        named("FUTURE")(study)
        study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": day}

    return post


@pytest.mark.parametrize("change", [submitted("2999-01-01"), posted("2999"), posted("2026-11-09")])
def test_an_update_of_a_day_to_come_is_refused_and_the_true_record_is_believed(
    doubting: Doubting, change: Callable[[Study], None]
) -> None:
    wrong = doubting.nodes.build(**{HIP: named("X")})
    change(wrong.studies[HIP])

    assert doubting.results() == {HIP: Result.FAILED, KNEE: Result.UNCHANGED}
    assert "still to come" in doubting.kept()[0].reason
    doubting.nodes.build(**{HIP: named("TRUE")})

    assert doubting.results()[HIP] is Result.CHANGED
    assert doubting.told(HIP)[-1][1] == "TRUE"


@pytest.mark.parametrize("changes", [True, False], ids=["changed", "unchanged"])
def test_a_build_to_come_is_refused_and_the_true_record_is_believed(doubting: Doubting, changes: bool) -> None:
    doubting.nodes.build(**({HIP: named("X")} if changes else {}))
    doubting.nodes.misnamed[HIP] = "2999-12-31"

    assert doubting.results()[HIP] is Result.FAILED
    assert "2999-12-31, a day that is still to come" in doubting.kept()[0].reason
    doubting.nodes.misnamed.clear()
    doubting.nodes.build(**{HIP: named("TRUE")})

    assert doubting.results()[HIP] is Result.CHANGED


def test_a_first_record_of_a_day_to_come_is_no_baseline(doubting: Doubting) -> None:
    study = doubting.nodes.builds[-1].studies.setdefault(SHOULDER, studied(SHOULDER))
    submitted("2999-01-01")(study)
    doubting.watch(SHOULDER)

    assert doubting.results()[SHOULDER] is Result.FAILED
    assert doubting.snapshots(SHOULDER) == 0


def test_a_date_to_come_that_was_believed_once_does_not_hold_against_true_records(doubting: Doubting) -> None:
    """As in a database that an earlier version of this program wrote."""
    wrong = doubting.nodes.build(**{HIP: submitted("2026-11-04")})
    doubting.results()
    with doubting.store.begin() as tx:
        tx.exec_driver_sql("UPDATE trials SET build = '2999-12-31'")
    submitted("2026-11-05")(wrong.studies[HIP])
    doubting.nodes.build(**{HIP: named("TRUE")})

    assert doubting.results() == {HIP: Result.CHANGED, KNEE: Result.UNCHANGED}
    with doubting.store.read() as tx:
        assert {t.build for t in trials.known(tx, doubting.nodes.key, [HIP, KNEE]).values()} == {"2026-11-04"}


def test_a_completion_date_in_the_next_century_is_a_date_like_any_other(doubting: Doubting) -> None:
    def completes_late(study: Study) -> None:
        study["protocolSection"]["statusModule"]["completionDateStruct"] = {"date": "2099-01-01", "type": "ESTIMATED"}

    doubting.nodes.build(**{HIP: completes_late})

    assert doubting.results()[HIP] is Result.CHANGED


def test_a_version_in_the_far_future_is_refused_and_forgotten(doubting: Doubting) -> None:
    doubting.nodes.build(**{HIP: named("NEW")})
    doubting.nodes.stamp = "2999-01-01T09:00:00"
    with pytest.raises(Exception, match="cannot be believed"):
        doubting.patrol()
    doubting.nodes.stamp = None

    assert doubting.results()[HIP] is Result.CHANGED


def test_a_version_to_come_that_was_believed_once_gives_way_at_once(doubting: Doubting) -> None:
    with doubting.store.begin() as tx:
        tx.exec_driver_sql("UPDATE registries SET version_stamp = '2999-01-01T09:00:00'")
        tx.exec_driver_sql("UPDATE trials SET verified_version = '2999-01-01T09:00:00'")
    doubting.nodes.build(**{HIP: named("NEW")})

    assert doubting.results()[HIP] is Result.CHANGED
    with doubting.store.read() as tx:
        version = registries.version(tx, doubting.nodes.key)
    assert version
    assert version.stamp == doubting.nodes.builds[-1].stamp


@pytest.mark.parametrize("years", [-10, -1, 1, 10])
def test_a_clock_of_ours_that_is_wrong_stops_nothing(tmp_path: Path, years: int) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    doubting = Doubting(store, Nodes(HIP, KNEE), Clock(datetime(2026 + years, 11, 3, 9, 30, tzinfo=UTC)))
    doubting.watch(HIP, KNEE)

    assert set(doubting.results().values()) == {Result.BASELINE}
    doubting.nodes.build(**{HIP: named("NEW")})
    doubting.clock.advance(days=1)

    assert doubting.results() == {HIP: Result.CHANGED, KNEE: Result.UNCHANGED}
    assert doubting.notices() == (["registry.ahead"] if years < 0 else [])
    store.close()


def test_a_clock_that_is_set_back_between_passes_stops_nothing(doubting: Doubting) -> None:
    doubting.nodes.build(**{HIP: named("NEW")})
    doubting.clock.advance(days=-3650)

    assert doubting.results()[HIP] is Result.CHANGED
    doubting.nodes.build(**{HIP: named("NEWER")})
    assert doubting.results()[HIP] is Result.CHANGED


# What the registry insists on


def without_outcomes(study: Study) -> None:
    study["protocolSection"].pop("outcomesModule", None)


def test_a_record_that_lost_a_part_is_believed_where_the_registry_keeps_to_it(doubting: Doubting) -> None:
    doubting.nodes.build(**{HIP: without_outcomes})
    results = [doubting.results()[HIP] for _ in range(3)]
    doubting.clock.advance(days=1)
    results.append(doubting.results()[HIP])
    assert set(results) == {Result.FAILED}, "in one build it may be a fault, however often it comes"
    assert [(row.times, row.doubt) for row in doubting.kept()] == [(4, "emptied")]
    doubting.nodes.build()

    assert doubting.results()[HIP] is Result.CHANGED
    assert "outcome.primary.removed" in doubting.kinds(HIP)[0]


def test_a_part_that_is_missing_now_and_then_is_never_believed(doubting: Doubting) -> None:
    for _ in range(4):
        doubting.nodes.build(**{HIP: without_outcomes})
        assert doubting.results()[HIP] is Result.FAILED
        whole = doubting.nodes.build()
        whole.studies[HIP] = studied(HIP)
        doubting.clock.advance(hours=20)
        assert doubting.results()[HIP] in (Result.UNCHANGED, Result.FAILED)

    assert doubting.snapshots(HIP) == 1


# What the operator accepts


def gone_back(doubting: Doubting) -> None:
    """Two trials change in a new build, and the registry goes back to the one before, for good."""
    doubting.nodes.build(**{HIP: named("NEW"), KNEE: named("NEW")})
    assert set(doubting.results().values()) == {Result.CHANGED}
    del doubting.nodes.builds[-1]


def test_a_registry_that_went_back_is_believed_for_what_was_accepted(doubting: Doubting) -> None:
    gone_back(doubting)
    doubting.clock.advance(days=1)
    assert set(doubting.results().values()) == {Result.FAILED}
    [number] = [row.id for row in doubting.kept() if row.trial_id == HIP]

    [accepted] = doubting.accept(number)

    assert isinstance(accepted, Checked)
    assert (accepted.result, accepted.snapshot) == (Result.CHANGED, 3)
    assert doubting.told(HIP)[-1] == ("NEW", doubting.told(HIP)[0][0])
    assert doubting.results() == {HIP: Result.UNCHANGED, KNEE: Result.FAILED}
    assert [row.trial_id for row in doubting.kept()] == [KNEE]


def test_one_answer_speaks_for_all_that_were_refused_alike(doubting: Doubting) -> None:
    gone_back(doubting)
    doubting.results()
    number = doubting.kept()[0].id

    accepted = doubting.accept(number, alike=True)

    assert {one.trial_id for one in accepted if isinstance(one, Checked)} == {HIP, KNEE}
    assert set(doubting.results().values()) == {Result.UNCHANGED}
    doubting.nodes.build(**{HIP: named("AGAIN")})
    assert doubting.results() == {HIP: Result.CHANGED, KNEE: Result.UNCHANGED}


@pytest.mark.parametrize("change", [without_outcomes, submitted("2999-01-01")], ids=["emptied", "future"])
def test_what_was_accepted_fails_no_more(doubting: Doubting, change: Callable[[Study], None]) -> None:
    build = doubting.nodes.build(**{HIP: named("X")})
    change(build.studies[HIP])
    doubting.results()

    [accepted] = doubting.accept(doubting.kept()[0].id)

    assert isinstance(accepted, Checked)
    assert accepted.result is Result.CHANGED
    assert doubting.results()[HIP] is Result.UNCHANGED
    change(doubting.nodes.build(**{HIP: named("Y")}).studies[HIP])
    assert doubting.results()[HIP] is Result.CHANGED


def test_an_answer_is_accepted_once(doubting: Doubting) -> None:
    doubting.nodes.build(**{HIP: without_outcomes})
    doubting.results()
    number = doubting.kept()[0].id
    doubting.accept(number)

    [again] = doubting.accept(number)

    assert isinstance(again, NotAccepted)
    assert f"{number} was accepted at 2026-11-03" in again.reason
    assert doubting.snapshots(HIP) == 2


def test_an_answer_that_was_believed_otherwise_since_is_out_of_date(doubting: Doubting) -> None:
    doubting.nodes.build(**{HIP: without_outcomes})
    doubting.results()
    doubting.nodes.build().studies[HIP] = studied(HIP)
    dated(doubting.nodes.builds[-1].studies[HIP], doubting.nodes.day)
    doubting.results()

    [refused] = doubting.accept(doubting.kept()[0].id)

    assert isinstance(refused, NotAccepted)
    assert "out of date" in refused.reason


@pytest.mark.parametrize(
    ("raw", "size", "words"),
    [
        (b"<html>Please try again later</html>", None, "it is an HTML page"),
        (b"{", None, "it is not proper JSON"),
        (b"[]", None, "a list came instead of a record"),
        (b'{"protocolSection":{"identificationModule":{"nctId":"NCT05550202"}}}', None, "is the record of"),
        (b"{}" * 600_000, None, "only 1,048,576 of its 1,200,000 bytes were kept"),
    ],
    ids=["a page", "cut", "a list", "another's", "too large"],
)
def test_what_is_not_proven_to_be_the_record_is_not_accepted(
    doubting: Doubting, raw: bytes, size: int | None, words: str
) -> None:
    with doubting.store.begin() as tx:
        number = quarantine.add(tx, doubting.nodes.key, HIP, reason="bad", raw=raw, at=doubting.clock())

    [refused] = doubting.accept(number)

    assert isinstance(refused, NotAccepted)
    assert words in refused.reason
    assert doubting.snapshots(HIP) == 1


def test_a_number_that_cannot_be_accepted_keeps_no_other_from_it(doubting: Doubting) -> None:
    doubting.nodes.build(**{HIP: without_outcomes})
    doubting.results()

    refused, accepted = doubting.accept(999, doubting.kept()[0].id)

    assert isinstance(refused, NotAccepted)
    assert "nothing is quarantined as 999" in refused.reason
    assert isinstance(accepted, Checked)


# Mergers


def merged(doubting: Doubting) -> None:
    build = doubting.nodes.build()
    del build.studies[HIP]
    build.aliases[HIP] = KNEE


def taken_back(doubting: Doubting) -> None:
    build = doubting.nodes.build()
    build.studies[HIP] = studied(HIP)
    del build.aliases[HIP]


def test_a_merged_trial_is_looked_at_when_a_full_check_is_due_and_not_before(doubting: Doubting) -> None:
    doubting.full_check_every = timedelta(days=7)
    merged(doubting)
    assert doubting.results()[HIP] is Result.MERGED
    taken_back(doubting)
    doubting.clock.advance(days=6)
    assert HIP not in doubting.results()
    doubting.clock.advance(days=2)
    doubting.nodes.build()

    assert doubting.results()[HIP] is Result.CHANGED

    assert doubting.kinds(HIP) == [["trial.merged"], ["trial.restored"]]
    assert set(doubting.results()) == {HIP, KNEE}


def test_a_trial_that_was_first_known_as_merged_is_told_when_it_comes_back(doubting: Doubting) -> None:
    doubting.full_check_every = timedelta(days=7)
    doubting.nodes.builds[-1].aliases[SHOULDER] = KNEE
    doubting.watch(SHOULDER)
    assert doubting.results()[SHOULDER] is Result.MERGED
    back = doubting.nodes.build()
    back.studies[SHOULDER] = studied(SHOULDER)
    del back.aliases[SHOULDER]
    doubting.clock.advance(days=8)

    assert doubting.results()[SHOULDER] is Result.CHANGED

    with doubting.store.read() as tx:
        [event] = events.of_trial(tx, doubting.nodes.key, SHOULDER)
    assert event.changes[0].summary == f"{SHOULDER} is back in the registry, which had merged it into {KNEE}."


def test_a_merger_into_a_trial_that_is_merged_itself_is_followed(doubting: Doubting) -> None:
    doubting.full_check_every = timedelta(days=7)
    merged(doubting)
    doubting.results()
    build = doubting.nodes.build()
    build.studies[SHOULDER] = build.studies.pop(KNEE)
    build.studies[SHOULDER]["protocolSection"]["identificationModule"]["nctId"] = SHOULDER
    build.aliases = {HIP: SHOULDER, KNEE: SHOULDER}
    doubting.clock.advance(days=8)

    assert doubting.results() == {HIP: Result.MERGED, KNEE: Result.MERGED, SHOULDER: Result.BASELINE}


def test_a_merged_trial_that_disappears_is_told_as_removed_within_days(doubting: Doubting) -> None:
    doubting.full_check_every = timedelta(days=7)
    merged(doubting)
    doubting.results()
    doubting.nodes.build().aliases.clear()
    doubting.clock.advance(days=8)
    results = [doubting.results().get(HIP)]
    for _ in range(3):
        doubting.nodes.build()
        doubting.clock.advance(hours=12)
        results.append(doubting.results().get(HIP))

    assert results == [Result.FAILED, Result.FAILED, Result.REMOVED, Result.REMOVED]


def test_a_removed_trial_is_asked_for_at_every_version(doubting: Doubting) -> None:
    del doubting.nodes.build().studies[HIP]
    for _ in range(3):
        doubting.results()
        doubting.clock.advance(hours=13)
    assert doubting.results()[HIP] is Result.REMOVED
    doubting.nodes.build().studies[HIP] = studied(HIP)

    assert doubting.results()[HIP] is Result.CHANGED
    assert doubting.kinds(HIP) == [["trial.removed"], ["trial.restored"]]
