"""Reading a whole registry: nothing is lost, and one bad record spoils nothing."""

from itertools import chain, count

import orjson
import pytest

from monitor.errors import AnswerUnreadable, RegistryUnreachable, RequestRefused
from monitor.model import Document
from monitor.ports import Unanswered, Unreadable
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.loopback import http
from tests.program import BUILD_DAY
from tests.registries.clinicaltrials_gov.fake import fetched, id_alone, id_of, publish
from tests.registries.trials import page, trial
from tests.sample_sizes import some_of


def swept(adapter, **options):
    """The answers by id, in the order in which they came; every id at most once."""
    answers = list(chain(*(page.answers for page in adapter.sweep(**options))))
    by_id = {answer.trial_id: answer for answer in answers}
    assert len(by_id) == len(answers)
    return by_id


def documents(answers):
    return [trial_id for trial_id, answer in answers.items() if isinstance(answer, Document)]


def test_a_whole_registry_is_read_two_hundred_and_fifty_documents_a_request(adapter_for):
    with Sandbox(trials=600, day=BUILD_DAY) as sandbox:
        adapter = adapter_for(sandbox.base_url)

        pages = list(adapter.sweep())

        ids = sandbox.trial_ids()
        assert [answer.trial_id for one in pages for answer in one.answers] == ids
        assert [(len(one.answers), one.total) for one in pages] == [(250, 601), (250, 601), (101, 601)]
        assert [one.token is None for one in pages] == [False, False, True]
        assert len(sandbox.requests) == 3
        assert list(pages[0].answers[:100]) == list(fetched(adapter, ids[:100]).values()), "as if fetched one by one"


def test_a_token_goes_on_behind_its_page(adapter, registry):
    ids = publish(registry, *range(1, 601))
    first = next(adapter.sweep())

    rest = swept(adapter, token=first.token)

    assert [answer.trial_id for answer in first.answers] + list(rest) == ids


def test_one_broken_record_is_unreadable_and_all_others_are_read(adapter, registry):
    ids = publish(registry, *range(1, 601))
    bad = ids[333]
    registry.studies[bad]["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = float("nan")

    answers = swept(adapter)

    assert isinstance(answers[bad], Unreadable)
    assert b"NaN" in answers[bad].raw
    assert list(answers) == ids
    assert len(documents(answers)) == 599
    assert len(registry.requests) < 25


@pytest.mark.parametrize("place", some_of([0, 124, 125, 1, 499, 249, 250], one_in=2))
def test_a_broken_record_is_found_wherever_it_stands(adapter, registry, place):
    ids = publish(registry, *range(1, 501))
    registry.in_page[ids[place]] = float("nan")

    answers = swept(adapter)

    assert list(answers) == ids
    assert documents(answers) == ids, "its own address shows it as it should be"
    alone = [request.target for request in registry.requests if request.path.startswith("/api/v2/studies/")]
    assert alone == [f"/api/v2/studies/{ids[place]}"]


def test_a_record_that_is_well_formed_and_none_costs_no_further_request(adapter, registry):
    ids = publish(registry, *range(1, 11))
    del registry.studies[ids[3]]["hasResults"]

    answers = swept(adapter)

    assert isinstance(answers[ids[3]], Unreadable)
    assert "hasResults" in answers[ids[3]].reason
    assert len(documents(answers)) == 9
    assert len(registry.requests) == 1


def test_a_record_without_its_id_is_read_at_its_own_address(adapter, registry):
    ids = publish(registry, *range(1, 31))
    registry.in_page[ids[7]] = {"hasResults": False}

    assert documents(swept(adapter)) == ids


def test_a_record_that_the_registry_chokes_on_does_not_end_it(adapter, registry):
    ids = publish(registry, *range(1, 301))
    bad = ids[17]
    registry.broken.add(bad)
    registry.overrides[f"/studies/{bad}"] = lambda request: http(b"", 504)

    answers = swept(adapter)

    assert list(answers) == ids
    assert isinstance(answers[bad], Unanswered)
    assert len(documents(answers)) == 299


def test_a_page_too_large_is_read_in_parts(adapter_for, registry):
    ids = publish(registry, *range(1, 501))
    size = len(orjson.dumps(trial(id_of(1))))

    assert documents(swept(adapter_for(registry.base_url, body_cap=100 * size))) == ids
    assert len(registry.requests) == 14, "twice 250, 125 twice, and 62 or 63 four times"


def test_a_page_made_for_people_is_asked_for_again_in_parts(adapter, registry):
    ids = publish(registry, *range(1, 501))
    left = [http(b"<html>Maintenance</html>", content_type="text/html")]
    registry.overrides["/studies"] = lambda request: left.pop() if left else registry.page(request)

    assert documents(swept(adapter)) == ids
    assert len(registry.requests) == 5, "the control request is one of them"


@pytest.mark.parametrize(
    "body", [b'{"studies": [{', b"<html></html>", b"", b"[]", b'{"studies": [{}], "totalCount": 1}']
)
def test_a_registry_that_sends_nothing_but_broken_pages_ends_it(adapter, registry, body):
    registry.overrides["/studies"] = lambda request: http(body)

    with pytest.raises(AnswerUnreadable):
        swept(adapter)

    assert len(registry.requests) < 12


def test_a_registry_whose_records_are_all_broken_is_not_asked_for_each(adapter, registry):
    for one in publish(registry, *range(1, 1001)):
        registry.in_page[one] = float("nan")

    with pytest.raises(AnswerUnreadable):
        swept(adapter)

    assert len(registry.requests) < 60


def test_a_registry_that_goes_down_ends_it_behind_what_was_read(adapter, registry):
    publish(registry, *range(1, 501))
    registry.overrides["/studies"] = lambda request: (
        http(b"", 503) if len(registry.requests) > 1 else registry.page(request)
    )
    pages = adapter.sweep()

    assert len(next(pages).answers) == 250
    with pytest.raises(RegistryUnreachable, match="503"):
        next(pages)
    assert len(registry.requests) == 1 + 4 + 1, "four attempts at the page, one at the control request"


def test_a_token_that_the_registry_forgot_ends_it(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(b"Invalid page token", 400, content_type="text/plain")

    with pytest.raises(RequestRefused, match="Invalid page token"):
        swept(adapter, token="old")

    assert len(registry.requests) == 1


def test_a_record_that_differs_from_itself_on_a_page_is_unreadable(adapter, registry):
    one, two = id_of(1), id_of(2)
    registry.overrides["/studies"] = lambda request: http(
        page(trial(one), trial(one, statusModule__overallStatus="COMPLETED"), trial(two), trial(two), totalCount=2)
    )

    answers = swept(adapter)

    assert "several records" in answers[one].reason
    assert documents(answers) == [two]


def test_a_registry_that_repeats_itself_ends_it(adapter, registry):
    numbers = count(1)
    registry.overrides["/studies"] = lambda request: http(
        page(trial(id_of(1)), totalCount=10_000, nextPageToken=f"t{next(numbers)}")
    )

    with pytest.raises(AnswerUnreadable, match="nothing new"):
        swept(adapter)


def test_a_registry_that_falls_short_of_its_total_is_unreadable(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(page(trial(id_of(1)), totalCount=3))

    with pytest.raises(AnswerUnreadable, match="only 1 trials of 3"):
        swept(adapter)


def test_a_place_in_the_order_that_shifts_with_the_fields_does_not_pass_unseen(adapter, registry):
    """A token is documented as good for the same fields only, and one record is asked for with others."""
    ids = publish(registry, *range(1, 31))
    registry.in_page[ids[7]] = float("nan")

    def shifted(request):
        if request.query.get("fields") == "NCTId" and "pageToken" in request.query:
            return http(orjson.dumps({"studies": [id_alone(ids[20])], "nextPageToken": "t21"}))
        return registry.page(request)

    registry.overrides["/studies"] = shifted

    with pytest.raises(AnswerUnreadable, match="only 17 trials of 30"):
        swept(adapter)
