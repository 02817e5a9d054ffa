"""Programs read trials and what changed: lists by pages, records, snapshots, and what is between them."""

from datetime import date

import pytest

from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api, problem
from tests.web.trial_world import import_page


def test_a_list_goes_on_where_the_page_before_ended(kept: Api) -> None:
    whole = [each["trial_id"] for each in kept.read("/trials")["data"]]
    path, pages = "/trials?limit=5", []
    while path:
        answer = kept.ask(path)
        page = answer.json()
        pages.append([each["trial_id"] for each in page["data"]])
        assert page["has_more"] == bool(page["next_cursor"]) == ("next" in answer.links)
        path = answer.links["next"]["url"].removeprefix("/api/v1") if page["has_more"] else ""

    assert [len(page) for page in pages[:-1]] == [5, 5]
    assert [trial_id for page in pages for trial_id in page] == whole


def test_a_cursor_that_was_made_up_or_is_of_another_list_is_refused(kept: Api) -> None:
    cursor = kept.read("/trials?limit=1")["next_cursor"]
    altered = cursor[:-4] + ("AAAA" if cursor[-4:] != "AAAA" else "BBBB")

    for path in (f"/trials?cursor={altered}", "/trials?cursor=x", f"/subscriptions?cursor={cursor}"):
        assert problem(kept.ask(path)) == "bad-cursor", path
    assert problem(kept.ask(f"/trials?limit=1&registry=clinicaltrials.gov&cursor={cursor}")) == "bad-cursor"
    assert kept.ask(f"/trials?limit=7&cursor={cursor}").status_code == 200


def test_trials_are_found_by_what_their_records_say(kept: Api) -> None:
    (withdrawn,) = kept.read("/trials?status=WITHDRAWN")["data"]

    assert withdrawn["trial_id"] == WITHDRAWN_LATER
    assert [each["trial_id"] for each in kept.read("/trials?q=mesenchymal+stem&sponsor=alzahra hospital")["data"]] == [
        WITHDRAWN_LATER
    ]
    assert kept.read("/trials?q=mesenchymal&status=RECRUITING")["data"] == []
    assert kept.read("/trials?watch=1&registry=ClinicalTrials.gov&limit=1")["has_more"]
    assert [each["trial_id"] for each in kept.read("/trials?trial=nct02116634")["data"]] == ["NCT02116634"]
    for wrong in (
        "watch=77",
        "group=x",
        "registry=example.org",
        "q=+",
        "phase=three",
        "trial=x",
        "trial=NCT02116634&watch=1",
    ):
        answer = kept.ask(f"/trials?{wrong}")
        assert problem(answer) == "invalid", wrong
        assert answer.json()["errors"][0]["parameter"] == wrong.partition("=")[0]


def test_a_trial_is_found_by_its_number_as_people_paste_it(kept: Api) -> None:
    assert kept.read("/trials/nct 02116634")["overall_status"] == "WITHDRAWN"
    assert problem(kept.ask("/trials/nonsense")) == "not-found"


def test_one_trial_says_of_its_conditions_and_dates_what_the_list_does(kept: Api) -> None:
    (listed,) = kept.read(f"/trials?trial={WITHDRAWN_LATER}")["data"]
    own = kept.read(f"/trials/{WITHDRAWN_LATER}")

    dates = ("start_date", "primary_completion_date", "completion_date")
    assert {name: own[name] for name in dates} == {name: listed[name] for name in dates}
    assert all(own[name]["at_first"] for name in dates)
    assert own["conditions"] == listed["conditions"] != []


def test_what_was_imported_is_named_by_its_day(api: Api) -> None:
    import_page(api.outbox, WITHDRAWN_LATER, date(2013, 1, 2), source="history", version=0)
    import_page(api.outbox, WITHDRAWN_LATER, date(2014, 4, 17), source="saved.html")
    own = f"/trials/{WITHDRAWN_LATER}"

    then = api.read(f"{own}/snapshots/2014-04-17")
    assert (then["snapshot"], then["taken_at"][:10]) == (None, "2014-04-17")
    both = api.read(f"{own}/compare/2013-01-02..1")
    assert (both["before"], both["before_page"]["taken_at"][:10], both["snapshot"]) == (None, "2013-01-02", 1)
    backwards = api.ask(f"{own}/compare/1..2014-04-17")
    assert problem(backwards) == "invalid"
    assert "exchange the two" in backwards.json()["detail"]
    assert problem(api.ask(f"{own}/snapshots/2014-02-30")) == "not-found"
    assert problem(api.ask(f"{own}/snapshots/2999-01-01")) == "invalid"


def test_an_event_that_never_was_is_not_told(kept: Api) -> None:
    answer = kept.ask(f"/trials/{WITHDRAWN_LATER}/compare/2..1")

    assert problem(answer) == "invalid"
    assert "exchange the two" in answer.json()["errors"][0]["detail"]


def test_of_a_trial_that_is_not_watched_it_is_not_said_that_nothing_changed(kept: Api) -> None:
    for path in ("", "/changes", "/record", "/snapshots"):
        answer = kept.ask(f"/trials/NCT09999999{path}")
        assert problem(answer) == "not-found", path
    answer = kept.ask("/changes?trial=NCT09999999")
    assert problem(answer) == "invalid"
    assert "not watched here" in answer.json()["errors"][0]["detail"]
    assert "POST /watches" in answer.json()["errors"][0]["detail"]
    assert "monitor " not in answer.text


def test_a_change_is_told_alike_wherever_it_is_read(kept: Api) -> None:
    (event,) = kept.read("/changes?min=major")["data"]
    of_trial = kept.read(f"/trials/{WITHDRAWN_LATER}/changes")["data"]
    compared = kept.read(f"/trials/{WITHDRAWN_LATER}/compare/1..2")
    history = kept.read(f"/trials/{WITHDRAWN_LATER}/snapshots")
    was, now = (kept.read(f"/trials/{WITHDRAWN_LATER}/{path}")["record"] for path in ("snapshots/1", "record"))

    assert event["id"] == f"clinicaltrials.gov/{WITHDRAWN_LATER}/2"
    assert event["headline"].startswith("Withdrawn")
    assert (event["significance"], event["lead_sponsor"]) == ("critical", "Alzahra Hospital")
    assert of_trial == [kept.read(f"/trials/{WITHDRAWN_LATER}/changes/2")]
    assert history["data"][1]["changes"] == compared["changes"] == of_trial[0]["changes"]
    (change,) = [each for each in event["changes"] if each["field"] == "overall_status"]
    assert (change["before"], change["after"]) == (was["overall_status"]["code"], now["overall_status"]["code"])
    assert problem(kept.ask(f"/trials/{WITHDRAWN_LATER}/changes/1")) == "not-found"
    assert problem(kept.ask(f"/trials/{WITHDRAWN_LATER}/snapshots/3")) == "not-found"
    assert problem(kept.ask(f"/trials/{WITHDRAWN_LATER}/compare/1..9")) == "not-found"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("topic=status", 1),
        ("topic=sites", 0),
        ("kind=status.stopped&min=critical", 1),
        ("since=2026-11-23", 1),
        ("since=2026-11-23T18:00", 0),
        ("until=2026-11-22", 0),
        ("until=2026-11-23", 1),
        ("sponsor=Alzahra+Hospital&q=stem", 1),
        ("sponsor=alzahra-hospital", 1),
        ("condition=amyotrophic-lateral-sclerosis&status=withdrawn&phase=PHASE1", 1),
        ("phase=PHASE4", 0),
        ("phase=phase1&since=all", 1),
        ("sponsor=Nordlys", 0),
        (f"trial={WITHDRAWN_LATER}", 1),
    ],
)
def test_changes_are_found_by_the_filters_of_the_first_page(kept: Api, query: str, count: int) -> None:
    assert len(kept.read(f"/changes?{query}")["data"]) == count


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/trials?limti=3", "limti"),
        ("/trials?limit=0", "limit"),
        ("/trials?limit=201", "limit"),
        ("/trials?q=%00", "q"),
        ("/trials?q=😀", "q"),
        ("/changes?q=*", "q"),
        ("/sponsors?q=a", "q"),
        ("/conditions?q=%22", "q"),
        ("/trials?status=RECRUITING&status=zz", "status"),
        ("/changes?phase=PHASE9", "phase"),
        ("/trials?country=%E2%80%8E", "country"),
        ("/trials/NCT02116634/snapshots/x", "number"),
        ("/changes?topic=nonsense", "topic"),
        ("/changes?kind=nonsense", "kind"),
        ("/changes?since=nonsense", "since"),
        ("/changes?since=7d&until=2020-01-01", "until"),
        ("/changes?trial=nonsense", "trial"),
        ("/changes?min=none", "min"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(kept: Api, path: str, name: str) -> None:
    answer = kept.ask(path)

    assert problem(answer) == "invalid"
    assert [each["parameter"] for each in answer.json()["errors"]] == [name]


def test_what_is_known_already_is_not_sent_again(api: Api) -> None:
    first = api.ask("/watches")
    again = api.ask("/watches", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    api.outbox.watch("NCT04280705")
    assert api.ask("/watches", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_compressed_answer_names_the_same_state(kept: Api) -> None:
    plain, squeezed = (kept.ask("/trials", headers={"Accept-Encoding": each}) for each in ("identity", "gzip"))

    assert (squeezed.headers["content-encoding"], squeezed.json()) == ("gzip", plain.json())
    assert squeezed.headers["etag"] != plain.headers["etag"]
    for tag in (plain.headers["etag"], squeezed.headers["etag"], f"W/{plain.headers['etag']}", "*"):
        assert kept.ask("/trials", headers={"If-None-Match": f'"x", {tag}'}).status_code == 304, tag
    assert kept.ask("/trials", headers={"If-None-Match": '"x"'}).status_code == 200


def test_head_is_get_without_a_body(kept: Api) -> None:
    head = kept.ask("/trials", "HEAD")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == kept.ask("/trials").headers["etag"]


def test_sponsors_and_conditions_are_listed_with_their_trials(kept: Api) -> None:
    sponsors = kept.read("/sponsors")["data"]
    (found,) = kept.read("/sponsors?q=alzahra")["data"]

    assert [each["name"] for each in sponsors] == sorted((each["name"] for each in sponsors), key=str.casefold)
    whole = kept.read(f"/sponsors/{found['slug']}")
    assert {name: whole[name] for name in found} == found
    assert (whole["recruiting"], whole["stopped_early"], whole["statuses"]) == (
        0,
        1,
        [{"code": "WITHDRAWN", "trials": 1}],
    )
    assert found["trials"] == len(kept.read(f"/trials?sponsor={found['name']}")["data"])
    assert kept.read("/conditions?q=lateral")["data"][0]["name"] == "Amyotrophic Lateral Sclerosis"
    assert problem(kept.ask("/conditions/nonsense")) == "not-found"
