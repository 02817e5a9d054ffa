"""What changed across all trials."""

from datetime import timedelta

import pytest

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import Settlement
from monitor.storage import settlements, snapshots
from monitor.views import changes as view
from monitor.views.json.trials import changes_json
from tests.program import WITHDRAWN_LATER, Trying
from tests.studies import led_by, status_becomes, titled, together, verified_a_year_later
from tests.views.asking import changed, damage_event, damage_snapshots, publish

ALZAHRA = "Alzahra Hospital"


@pytest.fixture
def ids(quick: Trying) -> list[str]:
    """Trials with a baseline, the withdrawn one first."""
    return watched(quick)


def watched(program: Trying) -> list[str]:
    program.watch(*program.sandbox.trial_ids())
    program.check()
    return sorted(program.sandbox.trial_ids())


def test_changes_come_newest_first_on_either_store_however_small_the_pages(
    program: Trying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "AT_ONCE", 2)
    ids = watched(program)
    publish(program, ids[3], titled("An earlier one"))
    for trial_id in ids[:6]:
        program.sandbox.edit(trial_id, together(titled("At one moment"), verified_a_year_later), refresh=False)
    program.sandbox.refresh()
    program.clock.advance(days=1)
    program.check()

    found = changed(program)

    assert [(seen.trial_id, seen.snapshot) for seen in found] == [
        *((trial_id, 3 if trial_id == ids[3] else 2) for trial_id in reversed(ids[:6])),
        (ids[3], 2),
    ]
    assert [seen.title for seen in found] == ["At one moment"] * 7
    assert changed(program, trials=ids[:1]) == found[5:6]
    assert changed(program, watch="1", until="12h") == found[6:]


def test_a_change_says_when_it_was_seen_and_when_the_registry_posted_it(quick: Trying, ids: list[str]) -> None:
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.clock.advance(hours=1)
    quick.check(WITHDRAWN_LATER)

    [seen] = changed(quick)
    assert (seen.seen_at, seen.posted_on) == (quick.clock(), "2016-01-14")
    assert seen.url == f"https://clinicaltrials.gov/study/{WITHDRAWN_LATER}"
    assert seen.lead_sponsor is None
    lines = list(changes_json(seen))
    assert [line["kind"] for line in lines] == ["status.stopped", "why_stopped.added", "enrollment.actual"]
    assert lines[0].items() >= {"seen_at": "2026-11-22T18:00:00Z", "not_told": None, "error": None}.items()
    assert changed(quick, wants_sponsor=True)[0].lead_sponsor == ALZAHRA


def test_only_what_the_span_holds_is_told(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("First"))
    publish(quick, ids[2], titled("Second"), days=3)

    assert [seen.trial_id for seen in changed(quick, since="2d")] == [ids[2]]
    assert [seen.trial_id for seen in changed(quick, since="7d", until="2d")] == [ids[1]]
    assert changed(quick, since="2026-11-24", until="2026-11-25") == []


def test_what_is_asked_for_passes_as_for_a_subscription(quick: Trying, ids: list[str]) -> None:
    quick.sandbox.next_state(WITHDRAWN_LATER)
    publish(quick, ids[1], titled("Another"))
    quick.check()
    publish(quick, ids[2], lambda _: None)

    def kinds(**options: object) -> list[str]:
        return [change.kind for seen in changed(quick, **options) for change in seen.changes]

    assert kinds(topics=["enrollment", "title"]) == ["title.brief", "enrollment.actual"]
    assert kinds(kinds=["status"]) == ["status.stopped"]
    assert kinds(least="major") == ["status.stopped", "why_stopped.added", "enrollment.actual"]
    assert kinds(topics=["administrative"]) == ["verified", "verified", "verified", "updated"]
    assert kinds(kinds=["verified"]) == ["verified"] * 3
    assert len(kinds(least="administrative")) == len(kinds()) + 4


@pytest.mark.parametrize("name", [ALZAHRA, "  alzahra   HOSPITAL. ", "ALZAHRA\u00a0hospital"])
def test_a_sponsor_is_found_as_a_search_for_it_finds_it(quick: Trying, ids: list[str], name: str) -> None:
    quick.sandbox.next_state(WITHDRAWN_LATER)
    publish(quick, ids[1], titled("Another"))
    quick.check()

    assert [seen.trial_id for seen in changed(quick, sponsor=name)] == [WITHDRAWN_LATER]
    assert changed(quick, sponsor="Alzahra") == []


def test_both_sponsors_have_a_trial_that_goes_from_one_to_the_other(quick: Trying, ids: list[str]) -> None:
    publish(quick, WITHDRAWN_LATER, titled("Before"))
    publish(quick, WITHDRAWN_LATER, led_by("Someone Else"))
    publish(quick, WITHDRAWN_LATER, titled("After"))

    assert [seen.snapshot for seen in changed(quick, sponsor=ALZAHRA)] == [3, 2]
    assert [seen.snapshot for seen in changed(quick, sponsor="someone else")] == [4, 3]
    assert changed(quick, sponsor=ALZAHRA, topics=["sponsor"])[0].changes[0].kind == "sponsor.lead"


def test_the_sponsor_of_a_trial_that_left_the_registry_is_that_of_its_last_record(
    quick: Trying, ids: list[str]
) -> None:
    quick.sandbox.merge(WITHDRAWN_LATER, into=ids[1])
    quick.clock.advance(hours=1)
    quick.check(WITHDRAWN_LATER)

    [seen] = changed(quick, sponsor=ALZAHRA, topics=["identity"])
    assert [change.kind for change in seen.changes] == ["trial.merged"]


def test_a_limit_counts_changes_and_says_that_there_are_more(quick: Trying, ids: list[str]) -> None:
    quick.sandbox.next_state(WITHDRAWN_LATER)
    publish(quick, ids[1], titled("Another"))
    quick.check()
    for limit, counts, is_cut in ((1, [1], True), (2, [1, 1], True), (4, [1, 3], False), (9, [1, 3], False)):
        summary = view.ChangesSummary()

        found = changed(quick, limit=limit, summary=summary)

        assert ([len(seen.changes) for seen in found], summary.is_cut) == (counts, is_cut)


@pytest.mark.parametrize("settlement", Settlement)
def test_what_was_not_told_is_not_shown_as_told(quick: Trying, ids: list[str], settlement: Settlement) -> None:
    publish(quick, ids[1], titled("Told"))
    publish(quick, ids[2], titled("Not told"))
    [first, _] = changed(quick)
    event_id = f"{first.registry}/{first.trial_id}/{first.snapshot}"
    with quick.store.begin() as tx:
        settlements.pend(tx, first.registry, {event_id: 1})
        settlements.record(tx, [event_id], settlement, at=None)
    summary = view.ChangesSummary()

    found = changed(quick, summary=summary)

    assert [next(changes_json(seen))["not_told"] for seen in found] == [str(settlement), None]
    assert (summary.changes, summary.not_told) == (2, 1)


def test_an_event_that_cannot_be_read_is_a_line_with_the_reason(quick: Trying, ids: list[str]) -> None:
    for trial_id in ids[:3]:
        publish(quick, trial_id, titled("Another"))
    damage_event(quick, ids[1])

    found = changed(quick)

    assert [bool(seen.changes) for seen in found] == [True, False, True]
    [line] = changes_json(found[1])
    assert (line["trial_id"], line["seen_at"]) == (ids[1], None)
    assert "is damaged in the database" in line["error"]


def test_a_damaged_record_hides_no_change_of_its_sponsor(quick: Trying, ids: list[str]) -> None:
    publish(quick, WITHDRAWN_LATER, titled("Another"))
    damage_snapshots(quick, WITHDRAWN_LATER, 2)

    assert [seen.trial_id for seen in changed(quick, sponsor=ALZAHRA)] == [WITHDRAWN_LATER]


def test_records_are_read_for_nobody_who_does_not_ask(
    quick: Trying, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(quick, ids[1], titled("Another"))
    read: list[object] = []
    monkeypatch.setattr(snapshots, "known", lambda *_, **__: read.append(1) or {})

    assert len(changed(quick)) == 1
    assert changed(quick, sponsor="Nobody", topics=["status"]) == []
    assert read in ([], [1])


def test_a_trial_that_is_no_longer_watched_is_told_of_as_long_as_no_watch_is_asked_for(quick: Trying) -> None:
    quick.check(WITHDRAWN_LATER)
    publish(quick, WITHDRAWN_LATER, status_becomes("SUSPENDED"))
    quick.watch(*quick.sandbox.trial_ids()[1:3])

    assert len(changed(quick)) == 1
    assert changed(quick, watch="1") == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"watch": "7"}, "there is no watch 7"),
        ({"watch": "1", "trials": ["NCT1"]}, "give one of --trial, --watch and --group"),
        ({"sponsor": " ., "}, "--sponsor takes a name"),
        ({"trials": [f"NCT{number:08}" for number in range(1001)]}, "watch them, and give that --watch"),
        ({"topics": ["staus"]}, "did you mean status\\? known: status, enrollment"),
        ({"kinds": ["nothing"]}, "each kind begins with one of: arm, conditions"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(quick: Trying, options: dict[str, object], said: str) -> None:
    with pytest.raises((ConfigurationInvalid, NothingFound), match=said):
        changed(quick, **options)


def test_a_clock_that_was_ahead_hides_nothing(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Another"), days=2)
    quick.clock.now -= timedelta(days=2)

    assert [seen.trial_id for seen in changed(quick)] == [ids[1]]
