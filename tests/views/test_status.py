"""How the watched trials stand."""

import pytest

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import Search, Settlement, State
from monitor.storage import quarantine, settlements, tables, watches
from monitor.views import sorting
from monitor.views import status as view
from monitor.views.json.trials import status_json
from monitor.views.sorting import COLUMNS, checked_column
from monitor.views.status import StatusRow
from monitor.views.statuses import statuses_of
from monitor.views.trials import snapshot_of
from monitor.watching.grouping import put
from tests.program import WITHDRAWN_LATER, Trying
from tests.studies import led_by, status_becomes, titled
from tests.views.asking import damage, damage_event, damage_snapshots, publish, standing


@pytest.fixture
def ids(quick: Trying) -> list[str]:
    """Trials with a baseline, the withdrawn one first."""
    quick.watch(*quick.sandbox.trial_ids())
    quick.check()
    return sorted(quick.sandbox.trial_ids())


def row_of(program: Trying, trial_id: str) -> StatusRow:
    [row] = standing(program, trials=[trial_id])
    return row


def test_every_watched_trial_has_a_row_on_either_store_however_small_the_pages(
    program: Trying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "AT_ONCE", 5)
    ids = sorted(program.sandbox.trial_ids())
    program.watch(*ids[:8])
    program.watch(*ids[4:])
    program.check()
    publish(program, ids[3], titled("Another title"))

    assert [row.trial_id for row in standing(program)] == ids
    assert [row.trial_id for row in standing(program, watch="1")] == ids[:8]
    put("both", ["1", "2"], store=program.store, now=program.clock())
    assert [row.trial_id for row in standing(program, group="both")] == ids
    assert standing(program, trials=[ids[5], ids[3]])[0].title == "Another title"
    assert [row.trial_id for row in standing(program) if row.last] == [ids[3]]


def test_a_row_says_what_the_record_says_and_what_changed_last(quick: Trying, ids: list[str]) -> None:
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.clock.advance(hours=1)
    quick.check()

    line = status_json(row_of(quick, WITHDRAWN_LATER))

    assert line.pop("last_change").items() >= {"seen_at": "2026-11-22T18:00:00Z", "significance": "critical"}.items()
    assert line == {
        "registry": "clinicaltrials.gov",
        "trial_id": WITHDRAWN_LATER,
        "url": f"https://clinicaltrials.gov/study/{WITHDRAWN_LATER}",
        "title": "Mesenchymal Stem Cell Injection in Amyotrophic Lateral Sclerosis",
        "state": "listed",
        "overall_status": "WITHDRAWN",
        "why_stopped": "Because economic problems",
        "phases": ["PHASE1", "PHASE2"],
        "enrollment": {"count": 0, "type": "ACTUAL"},
        "start_date": {"date": "2015-05", "type": None},
        "primary_completion_date": {"date": "2017-05", "type": "ESTIMATED"},
        "completion_date": {"date": "2017-05", "type": "ESTIMATED"},
        "lead_sponsor": {"name": "Alzahra Hospital", "class": "OTHER"},
        "snapshot": 2,
        "as_of": quick.check(WITHDRAWN_LATER)[WITHDRAWN_LATER].registry_version,
        "troubles": [],
    }


def test_a_change_that_is_only_administrative_is_not_the_last_one(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Another"))
    publish(quick, ids[1], lambda _: None)

    assert quick.kinds(ids[1])[-1] == ["verified"]
    assert "title" in row_of(quick, ids[1]).last.summary


def test_the_stopped_trials_of_a_sponsor_are_one_question(quick: Trying, ids: list[str]) -> None:
    for trial_id, code in zip(ids[1:5], ("TERMINATED", "WITHDRAWN", "SUSPENDED", "RECRUITING"), strict=True):
        quick.sandbox.edit(trial_id, led_by("Asclepius  Trials"), refresh=False)
        publish(quick, trial_id, status_becomes(code))

    rows = standing(quick, sponsor="asclepius trials", statuses=["stopped"])

    assert [(row.trial_id, row.overall_status.code) for row in rows] == [
        (ids[1], "TERMINATED"),
        (ids[2], "WITHDRAWN"),
        (ids[3], "SUSPENDED"),
    ]
    assert standing(quick, sponsor="Asclepius") == []


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["terminated,withdrawn"], {"TERMINATED", "WITHDRAWN"}),
        (["Active, not recruiting"], {"ACTIVE_NOT_RECRUITING"}),
        (["Active, not recruiting,recruiting"], {"ACTIVE_NOT_RECRUITING", "RECRUITING"}),
        (["Unknown status", "COMPLETED"], {"UNKNOWN", "COMPLETED"}),
        (["stopped", "completed"], {"TERMINATED", "WITHDRAWN", "SUSPENDED", "COMPLETED"}),
    ],
)
def test_a_status_is_written_as_people_write_it(texts: list[str], codes: set[str]) -> None:
    assert statuses_of(texts) == codes


@pytest.mark.parametrize("text", ["ended", "terminated,ended", "", ","])
def test_an_unknown_status_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="is not a known status; known: stopped, not_yet_recruiting"):
        statuses_of([text])


def said(row: StatusRow, column: str) -> object:
    by_column = {
        "trial": row.trial_id,
        "title": row.title.casefold(),
        "status": str(row.overall_status).casefold(),
        "phase": tuple(phase.code for phase in row.phases) or None,
        "enrollment": row.enrollment.count,
        "start": row.start_date and row.start_date.parts,
        "primary-completion": row.primary_completion_date and row.primary_completion_date.parts,
        "completion": row.completion_date and row.completion_date.parts,
        "sponsor": row.lead_sponsor.name.casefold(),
        "last-change": row.last and row.last.seen_at,
        "as-of": row.as_of,
        "troubles": row.troubles or None,
    }
    return by_column[column]


def test_rows_are_sorted_by_any_column_and_the_silent_ones_are_last(
    quick: Trying, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "KEPT_ROWS", 5)
    monkeypatch.setattr(view, "AT_ONCE", 5)
    publish(quick, ids[4], titled("A"))
    publish(quick, ids[2], titled("Z"))

    for column in COLUMNS:
        rows = standing(quick, sort=column)
        back = standing(quick, sort=column, is_reversed=True)

        assert sorted(row.trial_id for row in rows) == sorted(row.trial_id for row in back) == ids
        saying = [(said(row, column), row.trial_id) for row in rows if said(row, column) is not None]
        silent = [None] * (len(rows) - len(saying))
        assert [row.trial_id for row in rows[: len(saying)]] == [trial_id for _, trial_id in sorted(saying)]
        assert [said(row, column) for row in back] == [*sorted((each for each, _ in saying), reverse=True), *silent]


def test_an_unknown_column_is_refused_with_those_there_are() -> None:
    assert checked_column(" Primary_Completion") == "primary-completion"
    with pytest.raises(ConfigurationInvalid, match="known: trial, title, status"):
        checked_column("colour")


def test_a_trial_that_left_the_registry_is_in_trouble_and_shows_its_last_record(quick: Trying, ids: list[str]) -> None:
    quick.sandbox.merge(ids[1], into=ids[2])
    quick.sandbox.remove(ids[3])
    for _ in range(3):
        quick.clock.advance(hours=13)
        quick.check()
    quick.sandbox.remove(ids[4])
    quick.clock.advance(hours=13)
    quick.check()

    merged, removed, missed = (row_of(quick, each) for each in (ids[1], ids[3], ids[4]))

    assert (merged.state, merged.troubles) == (State.MERGED, (f"merged into {ids[2]}",))
    assert (removed.state, removed.troubles) == (State.REMOVED, ("no longer in the registry",))
    assert missed.troubles == ("failing: the registry said that it knows no such trial",)
    assert all(row.overall_status for row in (merged, removed, missed))


def test_an_answer_that_was_not_believed_is_a_trouble_until_one_is(quick: Trying, ids: list[str]) -> None:
    with quick.store.begin() as tx:
        number = quarantine.add(
            tx, quick.registry.key, ids[1], reason="it is empty", raw=b"{}", at=quick.clock.now.replace(hour=18)
        )

    assert row_of(quick, ids[1]).troubles == (
        f"failing: its last answer was not believed, see monitor quarantine {number}",
    )
    publish(quick, ids[1], titled("Another"))
    assert row_of(quick, ids[1]).troubles == ()


def test_a_trial_that_had_merged_before_it_was_first_read_is_not_called_unreadable(quick: Trying) -> None:
    gone, into = sorted(quick.sandbox.trial_ids())[1:3]
    quick.sandbox.merge(gone, into=into)
    quick.watch(gone)
    told = quick.check()[gone]

    assert (str(told.result), told.merged_into) == ("merged", into)
    assert row_of(quick, gone).troubles == (f"merged into {into}",)
    with pytest.raises(NothingFound, match=f"{gone} was merged into {into} before it was first read"):
        snapshot_of(gone, registry=quick.registry, store=quick.store, which=None, complain=pytest.fail)


def test_a_trial_that_was_not_read_yet_has_a_row_but_no_status(quick: Trying, ids: list[str]) -> None:
    quick.watch("NCT99999999")

    assert row_of(quick, "NCT99999999").troubles == ("no record yet: `monitor check` takes one, or says why not",)
    assert [row.trial_id for row in standing(quick)] == [*ids, "NCT99999999"]
    assert len(standing(quick, statuses=["recruiting", "stopped", "completed", "unknown"])) <= len(ids)


def test_a_last_change_that_was_not_told_says_so(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Another"))
    event_id = f"{quick.registry.key}/{ids[1]}/2"
    with quick.store.begin() as tx:
        settlements.pend(tx, quick.registry.key, {event_id: 1})
        settlements.record(tx, [event_id], Settlement.HELD, at=None)

    assert status_json(row_of(quick, ids[1]))["last_change"]["not_told"] == "held"


def test_what_is_damaged_harms_its_own_row_alone(quick: Trying, ids: list[str]) -> None:
    for trial_id in ids[:3]:
        publish(quick, trial_id, titled("Another"))
    damage_snapshots(quick, ids[0], 2)
    damage_event(quick, ids[1])
    damage_snapshots(quick, ids[3], 1)
    damage(quick, tables.trials, tables.trials.c.trial_id == ids[4], verified_at=None, misses=1)
    damage_state(quick, ids[5])

    rows = {row.trial_id: row for row in standing(quick)}

    assert sorted(rows) == ids
    assert rows[ids[0]].overall_status is not None
    assert rows[ids[0]].troubles[0].startswith("unreadable: snapshot 2")
    assert rows[ids[0]].troubles[1] == "snapshot 1 is shown"
    assert rows[ids[1]].troubles[0].startswith("its last change is unreadable: event")
    assert rows[ids[2]].troubles == ()
    assert rows[ids[3]].troubles[0].startswith("unreadable: snapshot 1")
    assert rows[ids[5]].troubles[0].startswith("unreadable: the database holds 'bogus' where a state belongs")
    assert {ids[3], ids[5]} <= {row.trial_id for row in standing(quick, sponsor="Nobody")}


def damage_state(program: Trying, trial_id: str) -> None:
    with program.store.begin() as tx:
        tx.exec_driver_sql("UPDATE trials SET state = 'bogus' WHERE trial_id = ?", (trial_id,))


def test_a_watch_of_everything_has_all_trials_that_were_read(quick: Trying) -> None:
    ids = sorted(quick.sandbox.trial_ids())
    quick.check(*ids[:4])
    with quick.store.begin() as tx:
        watches.add_search(
            tx, registry=quick.registry.key, search=Search(), origin="command", name=None, at=quick.clock()
        )
    quick.watch(ids[6])

    assert [row.trial_id for row in standing(quick)] == [*ids[:4], ids[6]]
    assert [row.trial_id for row in standing(quick, watch="1")] == ids[:4]


def test_what_nobody_watches_has_a_row_where_it_is_named(quick: Trying) -> None:
    quick.check(WITHDRAWN_LATER)

    assert standing(quick) == []
    assert row_of(quick, WITHDRAWN_LATER).overall_status is not None
