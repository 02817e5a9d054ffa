"""Fetching many trials: batches, merged and missing trials, and one bad record that spoils nothing."""

import orjson
import pytest

from monitor.model import Document
from monitor.ports import Merged, Missing, Unanswered, Unreadable
from tests.loopback import http
from tests.registries.clinicaltrials_gov.fake import fetched, id_of, publish
from tests.registries.trials import page, trial


def test_documents_come_a_hundred_a_request(adapter, registry):
    ids = publish(registry, *range(1, 251))

    answers = fetched(adapter, ids)

    assert all(isinstance(answer, Document) for answer in answers.values())
    assert len(registry.requests) == 3
    assert answers[ids[0]].build == "2026-11-20"


def test_one_trial_is_fetched_from_its_own_address(adapter, registry):
    (one,) = publish(registry, 1)

    assert isinstance(fetched(adapter, [one])[one], Document)
    assert [request.target for request in registry.requests] == [f"/api/v2/studies/{one}"]


def test_an_id_asked_for_twice_is_answered_once(adapter, registry):
    one, two = publish(registry, 1, 2)

    assert list(fetched(adapter, [one, two, one])) == [one, two]


def test_nothing_asked_for_is_nothing_requested(adapter, registry):
    assert list(adapter.fetch([])) == list(adapter.probe([])) == []
    assert registry.requests == []


def test_a_document_is_the_same_from_a_page_and_from_its_own_address(adapter, registry):
    one, two = publish(registry, 1, 2)

    assert fetched(adapter, [one, two])[one] == fetched(adapter, [one])[one]


def test_a_missing_trial_is_missing_in_the_registrys_own_words(adapter, registry):
    one, three = publish(registry, 1, 3)
    two = id_of(2)

    answers = fetched(adapter, [one, two, three])

    assert answers[two] == Missing(two, f"NCT number {two} not found")
    assert isinstance(answers[one], Document)
    assert isinstance(answers[three], Document)
    assert registry.targets(f"/studies/{two}"), "absence from a page alone proves nothing"


def test_a_page_that_is_empty_for_no_reason_costs_nobody_their_record(adapter, registry):
    ids = publish(registry, 1, 2, 3)
    registry.overrides["/studies"] = lambda request: http(b'{"studies":[  ]}')

    assert all(isinstance(answer, Document) for answer in fetched(adapter, ids).values())


def test_a_former_id_is_merged_in_a_batch_and_alone(adapter, registry):
    current, other = publish(registry, 20, 21)
    registry.studies[current]["protocolSection"]["identificationModule"]["nctIdAliases"] = [id_of(19)]
    document = fetched(adapter, [current])[current]

    assert fetched(adapter, [id_of(19)])[id_of(19)] == Merged(id_of(19), current, document)
    asked = len(registry.requests)
    answers = fetched(adapter, [id_of(19), current, other])
    assert len(registry.requests) == asked + 1, "the record itself names its former ids"
    assert answers[id_of(19)] == Merged(id_of(19), current, document)
    assert answers[current] == document


@pytest.mark.parametrize(
    "location",
    [
        "/api/v2/studies/NCT00000020",
        "NCT00000020",
        "/api/v2/studies/nct00000020?format=json",
        "{base}/studies/NCT00000020",
        "//{host}/api/v2/studies/NCT00000020",
    ],
)
def test_a_redirect_to_another_trial_is_proof_enough_of_a_merger(adapter, registry, location):
    (current,) = publish(registry, 20)
    to = location.format(base=registry.base_url, host=registry.host)
    registry.overrides[f"/studies/{id_of(19)}"] = lambda request: http(b"", 301, headers={"Location": to})

    answer = fetched(adapter, [id_of(19)])[id_of(19)]

    assert isinstance(answer, Merged)
    assert (answer.into, answer.document.trial_id) == (current, current)


def test_a_redirect_to_a_trial_that_answers_as_a_third_is_no_merger(adapter, registry):
    registry.overrides[f"/studies/{id_of(19)}"] = lambda request: http(
        b"", 301, headers={"Location": "/api/v2/studies/NCT00000020"}
    )
    registry.overrides[f"/studies/{id_of(20)}"] = lambda request: http(orjson.dumps(trial(id_of(21))))

    answer = fetched(adapter, [id_of(19)])[id_of(19)]

    assert isinstance(answer, Unreadable)
    assert "is the record of “NCT00000021”" in answer.reason


def test_a_redirect_of_a_redirect_is_not_followed(adapter, registry):
    for number in (19, 20):
        to = f"/api/v2/studies/{id_of(number + 1)}"
        registry.overrides[f"/studies/{id_of(number)}"] = lambda request, to=to: http(
            b"", 301, headers={"Location": to}
        )

    answer = fetched(adapter, [id_of(19)])[id_of(19)]

    assert isinstance(answer, Unreadable)
    assert len(registry.requests) == 3, "who has that former id is asked instead"


def test_a_record_that_nobody_asked_for_goes_to_nobody(adapter, registry):
    one, two = publish(registry, 1, 2)
    registry.in_page[two] = trial(id_of(9))

    answers = fetched(adapter, [one, two])

    assert orjson.loads(answers[two].content)["protocolSection"]["identificationModule"]["nctId"] == two
    assert registry.targets(f"/studies/{two}")


def test_the_same_record_twice_in_a_page_is_one_answer(adapter, registry):
    one, two = publish(registry, 1, 2)
    registry.overrides["/studies"] = lambda request: http(page(trial(one), trial(two), trial(one)))

    assert all(isinstance(answer, Document) for answer in fetched(adapter, [one, two]).values())


def test_two_records_that_differ_for_one_id_are_unreadable(adapter, registry):
    one, two = publish(registry, 1, 2)
    registry.overrides["/studies"] = lambda request: http(
        page(trial(one), trial(two), trial(one, statusModule__overallStatus="COMPLETED"))
    )

    answers = fetched(adapter, [one, two])

    assert isinstance(answers[one], Unreadable)
    assert b"COMPLETED" in answers[one].raw
    assert isinstance(answers[two], Document)


@pytest.mark.parametrize("bad", ["NCT00000000", "NOTANID", "NCT12"])
def test_a_malformed_id_that_slipped_through_spoils_nobody_elses_record(adapter, registry, bad):
    ids = publish(registry, *range(1, 101))
    ids[63] = bad
    registry.overrides[f"/studies/{bad}"] = lambda request: http(
        b"Parameter `nctId` has incorrect format", 400, content_type="text/plain"
    )

    answers = fetched(adapter, ids)

    assert isinstance(answers[bad], Unanswered)
    assert "incorrect format" in answers[bad].reason
    assert sum(isinstance(answer, Document) for answer in answers.values()) == 99


def test_a_broken_record_does_not_spoil_the_other_ninety_nine(adapter, registry):
    ids = publish(registry, *range(1, 101))
    bad = ids[41]
    registry.studies[bad]["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = float("nan")

    answers = fetched(adapter, ids)

    assert isinstance(answers[bad], Unreadable)
    assert b"NaN" in answers[bad].raw
    assert sum(isinstance(answer, Document) for answer in answers.values()) == 99
    assert len(registry.requests) < 20


def test_a_record_that_the_registry_chokes_on_does_not_spoil_the_others(adapter, registry):
    """Single records of the real registry time out now and then, for days."""
    ids = publish(registry, *range(1, 251))
    bad = ids[150]
    registry.broken.add(bad)
    registry.overrides[f"/studies/{bad}"] = lambda request: http(b"", 504)

    answers = fetched(adapter, ids)

    assert isinstance(answers[bad], Unanswered)
    assert sum(isinstance(answer, Document) for answer in answers.values()) == 249


def test_a_page_too_large_is_asked_for_in_halves(adapter_for, registry):
    ids = publish(registry, *range(1, 101))
    size = len(orjson.dumps(trial(id_of(1))))

    answers = fetched(adapter_for(registry.base_url, body_cap=30 * size), ids)

    assert all(isinstance(answer, Document) for answer in answers.values())
    assert len(registry.requests) == 7, "100, twice 50, four times 25"


def test_a_page_made_for_people_is_not_asked_for_again(adapter, registry):
    ids = publish(registry, *range(1, 201))
    left = [http(b"<html>Maintenance</html>", content_type="text/html")]
    registry.overrides["/studies"] = lambda request: left.pop() if left else registry.page(request)

    answers = fetched(adapter, ids)

    assert [answers[one].raw for one in ids[:100]] == [b"<html>Maintenance</html>"] * 100
    assert all(isinstance(answers[one], Document) for one in ids[100:])
    assert len(registry.requests) == 3, "the control request is well, so the next page is asked for"


def test_a_registry_that_sends_nothing_but_broken_pages_is_not_asked_for_ever(adapter, registry):
    ids = publish(registry, *range(1, 1001))
    registry.overrides["/studies"] = lambda request: http(b'{"studies": [{')
    for one in ids:
        registry.overrides[f"/studies/{one}"] = lambda request: http(b'{"protocolSection"')

    answers = fetched(adapter, ids)

    assert all(isinstance(answer, Unreadable) and answer.raw for answer in answers.values())
    assert len(registry.requests) < 40


def test_a_registry_that_is_down_leaves_the_rest_unanswered_at_once(adapter, registry):
    ids = publish(registry, *range(1, 501))
    calls = []

    def down_after_two(request):
        calls.append(request)
        return registry.page(request) if len(calls) <= 2 else http(b"", 503)

    registry.overrides["/studies"] = down_after_two
    answers = fetched(adapter, ids)

    assert sum(isinstance(answer, Document) for answer in answers.values()) == 200
    reasons = {answer.reason for answer in answers.values() if isinstance(answer, Unanswered)}
    (reason,) = reasons
    assert "503 Service Unavailable, 4 times" in reason
    assert "config.toml" in reason
    assert len(calls) == 2 + 4 + 1, "four attempts at the batch, one at the control request"


def test_a_registry_that_is_gone_is_unreachable(adapter_for, registry):
    with type(registry)() as gone:
        base_url = gone.base_url
    adapter = adapter_for(base_url)

    answers = fetched(adapter, [id_of(1), id_of(2)])

    assert {answer.reason.partition("; ")[0].partition(" ")[2] for answer in answers.values()} == {
        "gives no answer: connection refused, 4 times"
    }


def test_a_registry_that_asks_to_be_left_alone_is(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(b"", 429, headers={"Retry-After": "3600"})

    answers = fetched(adapter, [id_of(number) for number in range(1, 301)])

    assert all("left alone for 3600 s" in answer.reason for answer in answers.values())
    assert len(registry.requests) == 1


def test_a_wrong_base_url_is_said_to_be_one(adapter_for, registry):
    adapter = adapter_for(registry.url + "/api/v3")
    registry.overrides["/api/v3/studies"] = lambda request: http(b"<html>nginx</html>", 404, content_type="text/html")

    answers = fetched(adapter, [id_of(1), id_of(2)])

    assert all(isinstance(one, Unanswered) and "base_url in config.toml" in one.reason for one in answers.values())
