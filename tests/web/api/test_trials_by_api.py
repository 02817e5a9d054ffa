"""Programs read trials: lists by pages, records, snapshots and what is between them."""

import pytest

from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api, problem

OTHERS = ("NCT04280705", "NCT00000102")


def test_a_list_goes_on_where_the_page_before_ended(api: Api) -> None:
    api.outbox.watch(*OTHERS)
    first = api.ask("/trials?limit=2")
    page = first.json()
    assert page["has_more"]
    rest = api.read(f"/trials?limit=2&cursor={page['next_cursor']}")

    assert first.headers["link"].startswith("</api/v1/trials?limit=2&cursor=")
    assert [each["trial_id"] for each in page["data"] + rest["data"]] == sorted([WITHDRAWN_LATER, *OTHERS])
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)


def test_a_cursor_that_was_made_up_or_is_of_another_list_is_refused(api: Api) -> None:
    api.outbox.watch(*OTHERS)
    cursor = api.read("/trials?limit=1")["next_cursor"]
    altered = cursor[:-4] + ("AAAA" if cursor[-4:] != "AAAA" else "BBBB")

    for path in (
        f"/trials?cursor={altered}",
        "/trials?cursor=x",
        "/trials?cursor=%00",
        f"/subscriptions?cursor={cursor}",
    ):
        assert problem(api.ask(path)) in ("bad-cursor", "invalid"), path


def test_a_trial_is_found_by_its_number_as_people_paste_it(api: Api) -> None:
    assert api.read("/trials/nct 02116634")["overall_status"] == "NOT_YET_RECRUITING"
    assert problem(api.ask("/trials/nonsense")) == "not-found"


def test_what_a_change_came_from_can_be_read(api: Api) -> None:
    """The record as it was, as it is, the history and the comparison tell the same."""
    api.outbox.sandbox.next_state(WITHDRAWN_LATER)
    api.outbox.clock.advance(minutes=1)
    api.outbox.check(WITHDRAWN_LATER)
    history = api.read(f"/trials/{WITHDRAWN_LATER}/snapshots")
    compared = api.read(f"/trials/{WITHDRAWN_LATER}/compare/1..2")
    was, now = (api.read(f"/trials/{WITHDRAWN_LATER}/{path}")["record"] for path in ("snapshots/1", "record"))

    assert [each["snapshot"] for each in history["data"]] == [1, 2]
    assert history["data"][1]["changes"] == compared["changes"]
    (change,) = [each for each in compared["changes"] if each["field"] == "overall_status"]
    assert (change["before"], change["after"]) == (was["overall_status"]["code"], now["overall_status"]["code"])
    assert problem(api.ask(f"/trials/{WITHDRAWN_LATER}/snapshots/3")) == "not-found"
    assert problem(api.ask(f"/trials/{WITHDRAWN_LATER}/compare/1..9")) == "not-found"


def test_what_is_known_already_is_not_sent_again(api: Api) -> None:
    first = api.ask("/trials")
    again = api.ask("/trials", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    api.outbox.watch(*OTHERS)
    assert api.ask("/trials", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_head_is_get_without_a_body(api: Api) -> None:
    head = api.ask("/trials", "HEAD")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == api.ask("/trials").headers["etag"]


@pytest.mark.parametrize(
    "path", ["/trials?limti=3", "/trials?limit=0", "/trials?limit=201", "/trials/NCT02116634/snapshots/x"]
)
def test_what_is_misspelled_is_named(api: Api, path: str) -> None:
    answer = api.ask(path)

    assert problem(answer) == "invalid"
    assert answer.json()["errors"][0]["parameter"] in ("limti", "limit", "number")
