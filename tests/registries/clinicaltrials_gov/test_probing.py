"""Probing many trials: who moved, in few requests."""

from itertools import chain

import pytest

from monitor.model import Document
from monitor.ports import ProbeResult, Unanswered
from monitor.registries.clinicaltrials_gov.probed import PROBED
from monitor.registries.clinicaltrials_gov.trees import at
from tests.loopback import http
from tests.registries.clinicaltrials_gov.fake import fetched, id_of, publish
from tests.registries.trials import page, trial
from tests.studies import DELETED


def test_a_probe_sees_what_the_full_document_would_show(adapter, registry):
    ids = publish(registry, 1, 2, 3)
    documents = fetched(adapter, ids)

    seen = list(chain(*adapter.probe(ids)))

    assert seen == [ProbeResult(trial_id, documents[trial_id].probe_digest) for trial_id in ids]
    assert registry.requests[-1].query["fields"].split(",") == list(PROBED)
    assert registry.requests[-1].query["pageSize"] == "3"
    assert f"filter.ids={','.join(ids)}&" in registry.requests[-1].target, "commas are not put into percent code"


def test_a_projection_has_the_digest_of_the_whole(adapter, registry):
    """What a registry that honours `fields` sends is less than the record, without what the record does not have."""
    (one,) = publish(registry, 7)
    document = fetched(adapter, [one])[one]
    whole = registry.studies[one]
    share: dict = {}
    for path in reversed(PROBED):
        if (value := at(whole, path)) is not None:
            *parents, name = path.split(".")
            node = share
            for parent in parents:
                node = node.setdefault(parent, {})
            node[name] = value
    registry.in_page[one] = share

    assert list(chain(*adapter.probe([one]))) == [ProbeResult(one, document.probe_digest)]


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"statusModule__overallStatus": "UNKNOWN"}, True),
        ({"statusModule__whyStopped": "Sponsor's decision"}, True),
        ({"designModule__enrollmentInfo": {"count": 0, "type": "ACTUAL"}}, True),
        ({"designModule__phases": ["PHASE2"]}, True),
        ({"sponsorCollaboratorsModule__leadSponsor": {"name": "Breathwell Devices GmbH"}}, True),
        ({"top__annotationSection": DELETED}, True),
        ({"top__derivedSection__miscInfoModule__submissionTracking": DELETED}, True),
        ({"top__hasResults": True}, True),
        ({"top__derivedSection__miscInfoModule__versionHolder": "2026-11-23"}, False),
        ({"descriptionModule__briefSummary": "Reworded."}, False),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_sighting_moves_with_what_matters_and_not_with_the_data_build(adapter, registry, changes, moves):
    (one,) = publish(registry, 1)
    (before,) = chain(*adapter.probe([one]))
    publish(registry, 1, **changes)

    (after,) = chain(*adapter.probe([one]))

    assert (before != after) is moves


def test_ten_thousand_trials_are_probed_in_twenty_five_requests(adapter, registry):
    ids = [id_of(number) for number in range(1, 10_001)]
    registry.overrides["/studies"] = lambda request: http(b'{"studies":[  ]}')

    assert list(chain(*adapter.probe(ids))) == []
    assert len(registry.requests) == 25
    assert max(len(request.target) for request in registry.requests) < 6000


def test_a_probe_asks_for_fewer_where_the_address_is_too_long_and_remembers(adapter, registry):
    ids = publish(registry, *range(1, 801))
    registry.longest_target = 2000

    assert len(list(chain(*adapter.probe(ids)))) == 800
    asked = len(registry.requests)
    assert len(list(chain(*adapter.probe(ids)))) == 800

    assert asked == 2 + 8, "400 and 200 are too many for one request, 100 are not"
    assert len(registry.requests) - asked == 8


def test_a_field_that_the_registry_does_not_know_is_asked_for_once(adapter, registry):
    """Then everybody is fetched: the whole record tells."""
    ids = publish(registry, *range(1, 801))
    registry.unknown_field = "annotationSection"

    assert list(chain(*adapter.probe(ids))) == list(chain(*adapter.probe(ids))) == []
    assert len(registry.requests) == 1
    assert len(fetched(adapter, ids)) == 800


def test_fields_are_tried_again_when_the_registry_has_another_api(adapter, registry):
    ids = publish(registry, 1, 2)
    adapter.version(None)
    registry.unknown_field = "annotationSection"
    assert list(chain(*adapter.probe(ids))) == []

    registry.unknown_field, registry.api_version = None, "2.0.6"
    adapter.version(None)

    assert len(list(chain(*adapter.probe(ids)))) == 2


def test_a_probe_that_is_refused_without_words_ends(adapter, registry):
    """Nothing that is asked for passes, and the control request is well."""
    ids = publish(registry, *range(1, 801))
    registry.refuse_batches = 400

    assert list(chain(*adapter.probe(ids))) == []
    assert len(registry.requests) == 10 + 1, "from 400 down to one, and the control request once"


@pytest.mark.parametrize("status", [400, 403, 413, 414, 431])
@pytest.mark.parametrize("body", [b"", b"<html><title>Request blocked</title></html>"])
def test_whatever_refuses_a_long_address_fewer_are_asked_for_and_the_size_is_remembered(
    adapter, registry, status, body
):
    ids = publish(registry, *range(1, 801))
    registry.longest_target, registry.too_long = 2000, http(body, status, content_type="text/html")

    assert len(list(chain(*adapter.probe(ids)))) == 800
    asked = len(registry.requests)
    assert len(list(chain(*adapter.probe(ids)))) == 800

    assert asked <= 2 + 8 + 1
    assert len(registry.requests) - asked == 8


def test_fetching_remembers_the_size_too(adapter, registry):
    ids = publish(registry, *range(1, 301))
    registry.longest_target, registry.too_long = 800, http(b"", 403)

    assert all(isinstance(answer, Document) for answer in fetched(adapter, ids).values())
    assert len(registry.requests) == 1 + 6 + 1, "a hundred are too many, and the control request is asked once"
    registry.requests.clear()
    assert all(isinstance(answer, Document) for answer in fetched(adapter, ids).values())
    assert len(registry.requests) == 6


@pytest.mark.parametrize("place", [0, 12, 49, 70, 99])
def test_one_id_that_is_refused_makes_no_batch_much_smaller(adapter, registry, place):
    ids = publish(registry, *range(1, 301))
    bad = ids[place]
    registry.broken.add(bad)
    registry.overrides[f"/studies/{bad}"] = lambda request: http(b"", 403)

    assert sum(isinstance(answer, Document) for answer in fetched(adapter, ids).values()) == 299
    registry.requests.clear()
    assert len(fetched(adapter, [one for one in ids if one != bad])) == 299
    assert len(registry.requests) <= 6, "three, or half batches where nobody knows yet what was refused"


def test_a_longer_address_is_tried_again_in_time(adapter, registry):
    ids = publish(registry, *range(1, 801))
    registry.longest_target = 2000
    list(chain(*adapter.probe(ids)))
    registry.longest_target = 100_000

    for _ in range(7):
        list(chain(*adapter.probe(ids)))
    registry.requests.clear()
    list(chain(*adapter.probe(ids)))

    assert len(registry.requests) == 2


def test_pages_are_followed_where_the_registry_cuts_them(adapter, registry):
    ids = publish(registry, *range(1, 31))
    registry.page_size = 12

    assert [seen.trial_id for seen in chain(*adapter.probe(ids))] == ids
    assert [request.query.get("pageToken") for request in registry.requests] == [None, "t12", "t24"]


def test_pages_without_end_are_not_followed_for_ever(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(page(nextPageToken="again"))

    assert list(chain(*adapter.probe([id_of(1), id_of(2)]))) == []
    assert len(registry.requests) == 20


def test_one_malformed_id_does_not_spoil_a_probe(adapter, registry):
    ids = publish(registry, *range(1, 401))
    ids[250] = "NCT00000000"

    assert len(list(chain(*adapter.probe(ids)))) == 399
    assert len(registry.requests) == 2


def test_a_trial_that_answers_under_another_id_is_not_sighted(adapter, registry):
    (own,) = publish(registry, 2)
    registry.studies[own]["protocolSection"]["identificationModule"]["nctIdAliases"] = [id_of(1)]

    assert list(chain(*adapter.probe([id_of(1)]))) == []


def test_a_trial_that_is_seen_in_two_forms_is_not_sighted(adapter, registry):
    one, two = publish(registry, 1, 2)
    registry.overrides["/studies"] = lambda request: http(
        page(trial(one), trial(one, statusModule__overallStatus="COMPLETED"), trial(two), trial(two))
    )

    assert [seen.trial_id for seen in chain(*adapter.probe([one, two]))] == [two]


@pytest.mark.parametrize(
    "share", [None, [], "text", {}, {"protocolSection": None}, {"protocolSection": {"identificationModule": 3}}]
)
def test_what_is_no_share_of_a_record_is_not_sighted(adapter, registry, share):
    ids = publish(registry, 1, 2)
    registry.overrides["/studies"] = lambda request: http(page(share, registry.studies[ids[1]]))

    assert [seen.trial_id for seen in chain(*adapter.probe(ids))] == ids[1:]


def test_an_unreadable_probe_sees_nobody_and_goes_on(adapter, registry):
    ids = publish(registry, *range(1, 402))
    registry.in_page[ids[0]] = float("nan")

    assert [seen.trial_id for seen in chain(*adapter.probe(ids))] == ids[400:]


def test_a_probe_of_a_registry_that_is_down_answers_for_all_at_once(adapter, registry):
    ids = [id_of(number) for number in range(1, 1001)]
    registry.overrides["/studies"] = lambda request: http(b"", 503)

    (answers,) = adapter.probe(ids)

    assert [answer.trial_id for answer in answers] == ids
    assert all(isinstance(answer, Unanswered) and "503" in answer.reason for answer in answers)
    assert len(registry.requests) == 5, "four attempts at the batch, one at the control request"


def test_a_probe_that_is_forbidden_answers_for_all_at_once(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(b"<html>", 403)

    (answers,) = adapter.probe([id_of(number) for number in range(1, 1001)])

    assert len(answers) == 1000
    assert len(registry.requests) == 2


def test_a_sighting_of_a_probe_is_a_sighting_of_the_port(adapter, registry):
    (one,) = publish(registry, 1)

    (seen,) = chain(*adapter.probe([one]))

    assert isinstance(seen, ProbeResult)
    assert len(seen.digest) == 32
