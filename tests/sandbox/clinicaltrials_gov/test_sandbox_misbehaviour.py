"""What a client meets when the registry misbehaves, seen in bytes where a library would hide it."""

import json
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.misbehaviour import Fault

WITHDRAWN_LATER = "NCT02116634"
FIRST, SECOND, THIRD = "NCT90000001", "NCT90000002", "NCT90000003"


def ask(path):
    return f"GET /api/v2{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()


def parts(received):
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in lines), body


@pytest.mark.parametrize("kind", ["500", "503", "429"])
def test_an_error_status_comes_in_plain_text(client, sandbox, kind):
    sandbox.misbehave(kind)

    answer = client.get("/version")
    assert answer.status_code == int(kind)
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("kind", ["503", "429"])
def test_retry_after_is_said_as_asked(client, sandbox, kind):
    sandbox.misbehave(kind, retry_after="Fri, 20 Nov 2026 10:00:00 GMT")

    assert client.get("/version").headers["retry-after"] == "Fri, 20 Nov 2026 10:00:00 GMT"


def test_a_misbehaviour_ends_after_so_many_requests(client, sandbox):
    sandbox.misbehave("503", times=2)

    assert [client.get("/version").status_code for _ in range(3)] == [503, 503, 200]


def test_a_misbehaviour_without_a_number_lasts_until_told(client, sandbox):
    sandbox.misbehave("503")
    during = [client.get("/version").status_code for _ in range(5)]
    sandbox.behave()

    assert during == [503] * 5
    assert client.get("/version").status_code == 200


def test_the_eldest_misbehaviour_comes_first(client, sandbox):
    sandbox.misbehave("500", times=1)
    sandbox.misbehave("429", times=1)

    assert [client.get("/version").status_code for _ in range(3)] == [500, 429, 200]


def test_a_misbehaviour_can_keep_to_a_path(client, sandbox):
    sandbox.misbehave("500", path="/version")

    assert client.get("/version").status_code == 500
    assert client.get("/studies").status_code == 200


@pytest.mark.parametrize(
    "path", [f"/studies/{FIRST}", f"/studies?filter.ids={FIRST}|{SECOND}", f"/studies?query.id={FIRST}"]
)
def test_a_misbehaviour_can_keep_to_requests_that_name_a_trial(client, sandbox, path):
    sandbox.misbehave("500", ids=[FIRST])

    assert client.get(path).status_code == 500
    assert client.get(f"/studies/{SECOND}").status_code == 200


def test_html_comes_with_status_200(client, sandbox):
    sandbox.misbehave("html")

    answer = client.get(f"/studies/{FIRST}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_truncated_body_is_shorter_than_promised(sandbox, raw):
    sandbox.misbehave("truncated")

    _, headers, body = parts(raw(ask(f"/studies/{FIRST}")))
    assert 0 < len(body) < int(headers["content-length"])


def test_a_cut_body_is_well_formed_http_and_broken_json(sandbox, raw):
    sandbox.misbehave("cut")

    status, headers, body = parts(raw(ask(f"/studies/{FIRST}")))
    assert (status, len(body)) == (200, int(headers["content-length"]))
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_a_reset_is_seen_as_a_reset(sandbox, raw):
    sandbox.misbehave("reset", times=1)

    with pytest.raises(ConnectionResetError):
        raw(ask("/version"))
    assert [seen.status for seen in sandbox.requests] == [0]
    assert parts(raw(ask("/version")))[0] == 200


def test_a_slow_answer_says_nothing_for_a_while(client, sandbox):
    sandbox.misbehave("slow", seconds=30)

    with pytest.raises(requests.ReadTimeout):
        client.session.get(sandbox.base_url + "/version", timeout=0.2)


def test_a_dripping_answer_begins_at_once_and_does_not_end(client, sandbox):
    sandbox.misbehave("drip", seconds=600)

    answer = client.session.get(f"{sandbox.base_url}/studies/{FIRST}", stream=True, timeout=0.5)
    with pytest.raises(requests.ConnectionError):
        answer.content  # noqa: B018 - reading is the point
    assert answer.status_code == 200


def test_a_dripping_answer_is_whole_in_the_end(client, sandbox):
    whole = client.get(f"/studies/{FIRST}").content
    sandbox.misbehave("drip", seconds=0.05)

    assert client.get(f"/studies/{FIRST}").content == whole


def test_stopping_ends_answers_that_are_still_being_given():
    others = set(threading.enumerate())
    with Sandbox() as sandbox:
        sandbox.misbehave("slow", seconds=250)
        with pytest.raises(requests.ReadTimeout):
            requests.get(sandbox.base_url + "/version", timeout=0.1)
        waiting = set(threading.enumerate()) - others

    for thread in waiting:
        thread.join(timeout=60)
    assert waiting
    assert not any(thread.is_alive() for thread in waiting)


def test_a_stale_answer_is_the_version_before_with_its_version_holder(client, sandbox):
    sandbox.next_state(WITHDRAWN_LATER)
    sandbox.misbehave("stale", ids=[WITHDRAWN_LATER])

    study = client.get(f"/studies/{WITHDRAWN_LATER}").json()
    assert study["protocolSection"]["statusModule"]["overallStatus"] == "NOT_YET_RECRUITING"
    assert study["derivedSection"]["miscInfoModule"]["versionHolder"] == "2026-11-20"
    assert client.get("/version").json()["dataTimestamp"].startswith("2026-11-21")


def test_only_the_named_study_of_a_page_is_stale(client, sandbox):
    sandbox.refresh()
    sandbox.misbehave("stale", ids=[FIRST])

    stamps = client.studies(f"filter.ids={FIRST},{SECOND}&fields=VersionHolder")
    assert [stamp["derivedSection"]["miscInfoModule"]["versionHolder"] for stamp in stamps] == [
        "2026-11-20",
        "2026-11-21",
    ]


def test_a_stale_answer_goes_back_one_version_only(client, sandbox):
    for status in ("RECRUITING", "SUSPENDED", "TERMINATED"):
        sandbox.edit(FIRST, lambda study, to=status: study["protocolSection"]["statusModule"].update(overallStatus=to))
    sandbox.misbehave("stale")

    assert client.status_of(FIRST) == "SUSPENDED"


def test_an_empty_answer_is_an_object_with_nothing_in_it(client, sandbox):
    sandbox.misbehave("empty")

    assert client.get(f"/studies/{FIRST}").text == "{}"
    assert client.get("/studies").text == "{}"


def test_one_study_of_a_page_can_be_empty(client, sandbox):
    sandbox.misbehave("empty", ids=[SECOND])

    assert [bool(study) for study in client.studies(f"filter.ids={FIRST},{SECOND},{THIRD}")] == [True, False, True]


def test_another_study_comes_than_was_asked_for(client, sandbox):
    sandbox.misbehave("wrong_id", ids=[FIRST])

    study = client.get(f"/studies/{FIRST}").json()
    assert study["protocolSection"]["identificationModule"]["nctId"] != FIRST


def test_the_registry_denies_knowing_a_trial(client, sandbox):
    sandbox.misbehave("unknown", ids=[FIRST])

    assert client.get(f"/studies/{FIRST}").text == f"NCT number {FIRST} not found"
    assert client.ids(f"filter.ids={FIRST},{SECOND}") == [SECOND]


def test_a_data_build_can_come_between_two_requests(client, sandbox):
    sandbox.misbehave("refresh", times=1, path="/studies")

    stamps = [client.get("/version").json()["dataTimestamp"][:10]]
    client.get("/studies")
    stamps.append(client.get("/version").json()["dataTimestamp"][:10])
    assert stamps == ["2026-11-20", "2026-11-21"]


def test_any_answer_at_all_can_be_given(client, sandbox):
    sandbox.misbehave("answer", status=418, content_type="text/x-tea", body=b"\xff\x00NaN")

    answer = client.get("/version")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (418, "text/x-tea", b"\xff\x00NaN")


def test_what_is_to_be_answered_cannot_add_headers(client, sandbox):
    sandbox.misbehave("answer", content_type="text/plain\r\nx-planted: yes")

    assert "x-planted" not in client.get("/version").headers


def test_a_front_end_can_turn_away_some_clients(client, sandbox):
    sandbox.misbehave("403", user_agent="^python-")

    turned_away = client.get("/version", user_agent="Python-requests/2.34.2")
    assert (turned_away.status_code, turned_away.headers["content-type"]) == (403, "text/html")
    assert client.get("/version", user_agent="Mozilla/5.0 (python-requests)").status_code == 200


def test_a_challenge_leads_elsewhere(client, sandbox):
    sandbox.misbehave("challenge")

    answer = client.get("/studies")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://challenge.invalid/browser-check")


def test_so_many_requests_a_second_are_answered(client, sandbox):
    sandbox.misbehave("limit", most=2)

    answers = [client.get("/version") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "retry-after" not in answers[-1].headers


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("query.cond=" + "+".join(f"w{n}" for n in range(12)), 200),
        ("query.cond=" + "+".join(f"w{n}" for n in range(13)), 400),
        ("query.cond=%22" + "+".join(f"w{n}" for n in range(40)) + "%22", 200),
        ("query.lead=" + "+AND+".join(f"%22w{n}%22" for n in range(13)), 400),
        ("filter.advanced=" + "+AND+".join(f"AREA[LeadSponsorName]w{n}" for n in range(12)), 200),
        ("filter.ids=" + ",".join(f"NCT{n:08}" for n in range(1, 40)), 200),
    ],
)
def test_a_query_can_be_too_complicated(client, sandbox, query, status):
    sandbox.misbehave("complicated")

    answer = client.get(f"/studies?{query}")
    assert answer.status_code == status
    assert status == 200 or answer.text == "Too complicated query"


@pytest.mark.parametrize("status", [None, 400, 414])
def test_long_addresses_can_be_refused(client, sandbox, status):
    sandbox.misbehave("long", most=300, status=status)

    assert client.get("/studies?filter.ids=" + ",".join([FIRST] * 20)).status_code == 200
    assert client.get("/studies?filter.ids=" + ",".join([FIRST] * 30)).status_code == (status or 403)


def test_a_field_can_be_unknown(client, sandbox):
    sandbox.misbehave("fields")

    answer = client.get("/studies?fields=NCTId,LeadSponsorName")
    assert (answer.status_code, answer.text) == (
        400,
        "Parameter 'fields' contains invalid field name: 'LeadSponsorName'",
    )
    assert client.get("/studies").status_code == 200


def test_searches_for_a_whole_name_can_miss_trials(client, sandbox):
    sandbox.misbehave("coverage")

    assert client.ids('filter.advanced=AREA[LeadSponsorName]COVERAGE[FullMatch]"alzahra hospital"') == []
    assert client.ids('filter.advanced=AREA[LeadSponsorName]"alzahra hospital"') == [WITHDRAWN_LATER]


@pytest.mark.parametrize(
    ("location", "said"),
    [("/study/{id}", f"/study/{SECOND}"), ("https://clinicaltrials.gov/study/{id}?a=b", None), ("", "")],
)
def test_an_obsolete_id_can_be_redirected_anyhow(client, sandbox, location, said):
    sandbox.merge(FIRST, into=SECOND)
    sandbox.misbehave("location", location=location)

    answer = client.get(f"/studies/{FIRST}")
    assert answer.status_code == 301
    assert answer.headers.get("location", "") == (location.replace("{id}", SECOND) if said is None else said)
    assert client.get(f"/studies/{SECOND}").status_code == 200


def test_nodes_can_be_out_of_step(client, sandbox):
    sandbox.next_state(WITHDRAWN_LATER)
    builds = [client.get("/version").json()["dataTimestamp"]]
    sandbox.misbehave("nodes", path="/version")

    builds += [client.get("/version").json()["dataTimestamp"] for _ in range(4)]
    assert builds[1] == builds[3] < builds[0] == builds[2] == builds[4]


def test_a_node_that_is_behind_answers_with_its_own_etag(client, sandbox):
    fresh = client.get("/version").headers["etag"]
    sandbox.refresh()
    sandbox.misbehave("nodes")

    assert client.get("/version").headers["etag"] == fresh


def test_a_probe_can_be_fresh_and_the_document_stale(client, sandbox):
    sandbox.next_state(WITHDRAWN_LATER)
    sandbox.misbehave("stale", target="^(?!.*fields=)")

    (probed,) = client.studies(f"filter.ids={WITHDRAWN_LATER}&fields=OverallStatus")
    assert probed["protocolSection"]["statusModule"]["overallStatus"] == "WITHDRAWN"
    assert client.status_of(WITHDRAWN_LATER) == "NOT_YET_RECRUITING"


def test_dates_can_be_far_off(client, sandbox):
    sandbox.misbehave("future", ids=[FIRST])

    whole = client.get(f"/studies/{FIRST}").json()
    (projected,) = client.studies(f"filter.ids={FIRST}&fields=LastUpdatePostDate,VersionHolder")
    for study in (whole, projected):
        assert study["derivedSection"]["miscInfoModule"]["versionHolder"] == "2999-12-31"
        assert study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] == "2999-12-31"
    assert client.get(f"/studies/{SECOND}").json()["derivedSection"]["miscInfoModule"]["versionHolder"] < "2999"


def test_a_record_can_be_huge(client, sandbox):
    sandbox.misbehave("huge", ids=[FIRST])

    assert 3_500_000 < len(client.get(f"/studies/{FIRST}").content) < 3_700_000
    assert len(client.get(f"/studies/{SECOND}").content) < 1_000_000


def test_an_answer_can_have_more_headers_than_a_client_likes(sandbox, raw):
    sandbox.misbehave("headers")

    status, headers, _ = parts(raw(ask("/version")))
    assert (status, len(headers) > 120) == (200, True)


@pytest.mark.parametrize("where", ["target", "user_agent"])
def test_what_is_no_regular_expression_is_refused(sandbox, where):
    with pytest.raises(ConfigurationInvalid, match="regular expression"):
        sandbox.misbehave("500", **{where: "("})


def test_an_unknown_kind_is_refused_with_those_that_exist(sandbox):
    with pytest.raises(ConfigurationInvalid, match="truncated"):
        sandbox.misbehave("explode")


def test_a_malformed_trial_id_is_refused_by_name(sandbox):
    with pytest.raises(ConfigurationInvalid, match="'NCT'"):
        sandbox.misbehave("500", ids=["NCT"])


@pytest.mark.parametrize("kind", Sandbox.faults)
def test_the_sandbox_is_well_again_after_every_kind(client, sandbox, raw, kind):
    sandbox.misbehave(kind, times=1, seconds=0.01)
    with suppress(ConnectionResetError):
        raw(ask(f"/studies/{FIRST}"))

    assert client.get(f"/studies/{FIRST}").json()["protocolSection"]["identificationModule"]["nctId"] == FIRST


def test_every_kind_is_in_the_documentation():
    section = (Path(__file__).parents[3] / "docs" / "reference" / "sandbox.md").read_text(encoding="utf-8")

    assert [kind for kind in Fault if f"`{kind}`" not in section] == []
