"""What the sandbox answers is what ClinicalTrials.gov answers."""

import json
from pathlib import Path

import pytest

CAPTURED = Path(__file__).resolve().parents[4] / "shared" / "data" / "ctgov" / "errors.json"
WITHDRAWN_LATER = "NCT02116634"
FIRST, SECOND, THIRD = "NCT90000001", "NCT90000002", "NCT90000003"
SECTIONS = ["protocolSection", "resultsSection", "annotationSection", "documentSection", "derivedSection", "hasResults"]


def captured_text_errors() -> list:
    """Captured answers in plain text to requests for what the sandbox offers."""
    if not CAPTURED.exists():
        return []
    offered = ("/api/v2/studies/", "/api/v2/studies?")
    return [
        pytest.param(capture, id=capture["request"])
        for capture in json.loads(CAPTURED.read_text())
        if capture["request"].removeprefix("GET ").startswith(offered)
    ]


@pytest.mark.skipif(not CAPTURED.exists(), reason="the captured answers are not part of the project")
@pytest.mark.parametrize("capture", captured_text_errors())
def test_an_answer_is_word_for_word_the_registrys(client, capture):
    answer = client.get(capture["request"].removeprefix("GET /api/v2"))

    assert (answer.status_code, answer.text) == (capture["status"], capture["body"])
    assert answer.headers["content-type"].split(";")[0] == capture["content_type"].split(";")[0]


def test_the_version_names_the_data_build(client):
    assert client.get("/version").json() == {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:04"}


def test_the_last_part_of_the_etag_is_the_data_build_in_milliseconds(client):
    milliseconds = int(client.get("/version").headers["etag"].strip('"').split("/")[-1], 36)

    assert milliseconds // 1000 == 1795165204  # 2026-11-20T09:00:04Z


def test_every_resource_has_the_same_etag(client):
    paths = ("/version", f"/studies/{FIRST}", "/studies?pageSize=1", "/stats/size")

    assert len({client.get(path, accept_encoding="identity").headers["etag"] for path in paths}) == 1


@pytest.mark.parametrize("path", ["/version", f"/studies/{FIRST}", "/studies?pageSize=5"])
def test_who_has_the_data_build_gets_304_and_nothing_else(client, path):
    etag = client.get(path).headers["etag"]

    answer = client.get(path, if_none_match=etag)

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_new_data_build_ends_the_304(client, sandbox):
    etag = client.get("/version").headers["etag"]
    sandbox.refresh()

    assert client.get("/version", if_none_match=etag).status_code == 200


def test_a_compressed_answer_says_so_in_its_etag(client):
    answer = client.get(f"/studies/{FIRST}", accept_encoding="gzip")

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["etag"].endswith('-gzip"')


def test_nobody_is_told_how_long_to_keep_an_answer(client):
    headers = client.get("/version").headers

    assert not {"cache-control", "last-modified", "retry-after", "expires"} & {name.lower() for name in headers}


@pytest.mark.parametrize("separator", [",", "|", "%2C", "%7C", "%7c"])
def test_ids_may_be_separated_in_every_way(client, separator):
    assert client.ids(f"filter.ids={FIRST}{separator}{THIRD}") == [FIRST, THIRD]


def test_an_unknown_id_is_just_absent_from_a_batch(client):
    assert client.ids(f"filter.ids={FIRST},NCT99999999") == [FIRST]


def test_one_malformed_id_fails_the_whole_batch_by_its_number(client):
    answer = client.get(f"/studies?filter.ids={FIRST},{SECOND},NCT00000000")

    assert (answer.status_code, answer.text) == (400, "Item 3 in parameter `filter.ids` has incorrect format")


@pytest.mark.parametrize("spelling", ["nct90000001", "NCT090000001", "Nct90000001"])
def test_case_and_leading_zeros_of_an_id_mean_nothing(client, spelling):
    assert client.get(f"/studies/{spelling}").json()["protocolSection"]["identificationModule"]["nctId"] == FIRST


def test_a_query_of_nothing_but_ids_ignores_the_filters(client):
    assert client.ids(f"query.term={FIRST}, {SECOND}&filter.overallStatus=WITHHELD") == [FIRST, SECOND]


def test_a_page_is_ten_studies_unless_asked_otherwise(client):
    assert len(client.studies("fields=NCTId")) == len(client.studies("fields=NCTId&pageSize=0")) == 10


def test_too_large_a_page_is_cut_to_a_thousand_without_a_word(many):
    assert len(many.studies("fields=NCTId&pageSize=5000")) == 1000


def test_pages_together_are_all_trials_once(client, sandbox):
    seen, token = [], ""
    while True:
        page = client.get(f"/studies?pageSize=7&fields=NCTId&pageToken={token}").json()
        seen += [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]
        if not (token := page.get("nextPageToken", "")):
            break

    assert seen == sandbox.trial_ids()


def test_a_page_token_that_was_never_given_is_refused(client):
    assert client.get("/studies?pageToken=abracadabra").status_code == 400


def test_a_page_token_works_with_another_query_at_the_old_place(client):
    token = client.get("/studies?pageSize=3").json()["nextPageToken"]

    assert client.ids(f"pageToken={token}&pageSize=2&query.term=NCT90000009") == []


def test_the_total_comes_with_the_first_page_only(client):
    first = client.get("/studies?countTotal=true&pageSize=20&fields=NCTId").json()
    second = client.get(f"/studies?countTotal=true&pageSize=20&fields=NCTId&pageToken={first['nextPageToken']}").json()

    assert first["totalCount"] == 31
    assert "totalCount" not in second


def test_each_study_stands_on_a_line_of_its_own(client):
    lines = client.get("/studies?pageSize=3").text.splitlines()

    assert len(lines) == 5
    assert all(json.loads(line.rstrip(","))["protocolSection"] for line in lines[1:4])


def test_the_sections_come_in_the_registrys_order(client):
    for study in client.studies("pageSize=31"):
        assert list(study) == [name for name in SECTIONS if name in study]


def test_no_member_is_null_or_empty(client, sandbox):
    def hollow(value):
        if isinstance(value, dict | list):
            return not value or any(map(hollow, value.values() if isinstance(value, dict) else value))
        return value is None

    sandbox.edit(
        FIRST, lambda study: study["protocolSection"].update(conditionsModule={"keywords": [], "conditions": None})
    )

    assert not any(map(hollow, client.studies("pageSize=31")))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("OverallStatus", {"protocolSection": {"statusModule": {"overallStatus": "NOT_YET_RECRUITING"}}}),
        (
            "protocolSection.designModule.phases",
            {"protocolSection": {"designModule": {"phases": ["PHASE1", "PHASE2"]}}},
        ),
        (
            "NCTId|HasResults",
            {"protocolSection": {"identificationModule": {"nctId": WITHDRAWN_LATER}}, "hasResults": False},
        ),
        (
            "LeadSponsorName",
            {"protocolSection": {"sponsorCollaboratorsModule": {"leadSponsor": {"name": "Alzahra Hospital"}}}},
        ),
        (
            "LocationCity,LocationZip",
            {"protocolSection": {"contactsLocationsModule": {"locations": [{"city": "Isfahan", "zip": "0098311"}]}}},
        ),
        (
            "EnrollmentInfo",
            {"protocolSection": {"designModule": {"enrollmentInfo": {"count": 20, "type": "ESTIMATED"}}}},
        ),
        ("VersionHolder", {"derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20"}}}),
        ("ResultsSection", {}),
    ],
)
def test_fields_choose_by_path_module_and_piece(client, fields, expected):
    assert client.studies(f"filter.ids={WITHDRAWN_LATER}&fields={fields}") == [expected]
    assert client.get(f"/studies/{WITHDRAWN_LATER}?fields={fields}").json() == expected


def test_a_module_brings_all_that_is_below_it(client):
    whole = client.get(f"/studies/{FIRST}").json()

    assert client.studies(f"filter.ids={FIRST}&fields=StatusModule")[0]["protocolSection"] == {
        "statusModule": whole["protocolSection"]["statusModule"]
    }


def test_fields_of_synthetic_trials_are_cut_from_the_whole_record(client, sandbox):
    for trial_id in sandbox.trial_ids():
        whole = client.get(f"/studies/{trial_id}").json()
        cut = client.get(
            f"/studies/{trial_id}?fields=AnnotationSection,DesignModule,HasResults,SubmissionTracking"
        ).json()

        assert cut["hasResults"] == whole["hasResults"]
        assert cut.get("annotationSection") == whole.get("annotationSection")
        assert cut["protocolSection"]["designModule"] == whole["protocolSection"]["designModule"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/version?x=1", "`x` is unknown parameter"),
        (f"/studies/{FIRST}?pageSize=1", "`pageSize` is unknown parameter"),
        ("/studies?pageSize=-1", "Parameter `pageSize` has incorrect format"),
        ("/studies?fields=", "Item 1 in parameter `fields` has incorrect format"),
        ("/studies?format=csv", "Format `csv` is not offered by the sandbox, only `json`"),
        ("/studies?filter.geo=distance(1,2,3mi)", "Parameter `filter.geo` is not offered by the sandbox"),
    ],
)
def test_what_is_wrong_is_said_in_plain_text(client, path, words):
    answer = client.get(path)

    assert (answer.status_code, answer.text) == (400, words)
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/nonsense", f"/studies/{FIRST}/history", "/studies/", "/../../index.html"])
def test_a_wrong_path_gets_the_web_servers_page_and_not_the_registrys_words(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html")
    assert "not found" not in answer.text


def test_the_back_end_of_the_site_has_the_former_versions(client, sandbox):
    """Undocumented: HTML, no derived section, publications of today, and 403 for a version that there is not."""
    sandbox.edit(FIRST, lambda study: study["protocolSection"]["statusModule"].update(whyStopped="Funds"))
    at = f"http://127.0.0.1:{sandbox.port}/api/int/studies/{FIRST}"

    def asked(path: str):
        return client.session.get(at + path, timeout=30)

    changes = asked("/history").json()["changes"]
    last = asked(f"/history/{len(changes) - 1}").json()
    assert [each["version"] for each in changes] == list(range(len(changes)))
    assert (changes[0]["moduleLabels"], changes[-1]["moduleLabels"]) == ([], ["Study Status"])
    assert asked("?history=true").json()["history"]["changes"] == changes
    assert last["study"]["protocolSection"]["statusModule"]["whyStopped"] == "Funds"
    assert "derivedSection" not in last["study"]
    assert last["study"]["protocolSection"]["eligibilityModule"]["eligibilityCriteria"].startswith("<p>")
    assert "DERIVED" in {each["type"] for each in last["study"]["protocolSection"]["referencesModule"]["references"]}
    assert asked(f"/history/{len(changes)}").status_code == 403
    assert [asked(path).status_code for path in ("", "/history/x", "s")] == [404, 404, 404]
    assert client.session.get(at.replace(FIRST, "NCT99999999") + "/history", timeout=30).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_the_api_is_for_reading_only(client, sandbox, method):
    answer = client.session.request(method, sandbox.base_url + "/version", timeout=30)

    assert answer.status_code == 405
    assert client.get("/version").status_code == 200


def test_too_long_a_request_line_is_refused(client):
    ids = ",".join(f"NCT9{number:07}" for number in range(700))

    assert client.get(f"/studies?filter.ids={ids}").status_code == 414


def test_four_hundred_ids_fit_into_one_request(client):
    ids = ",".join(f"NCT9{number:07}" for number in range(1, 401))

    assert len(client.studies(f"pageSize=1000&fields=NCTId&filter.ids={ids}")) == 30


def test_the_size_statistics_count_all_trials(client):
    assert client.get("/stats/size").json()["totalStudies"] == 31


def test_requests_share_one_connection(sandbox, raw):
    request = f"GET /api/v2/version HTTP/1.1\r\nHost: 127.0.0.1:{sandbox.port}\r\n".encode()

    received = raw(request + b"\r\n" + request + b"Connection: close\r\n\r\n")

    assert received.count(b"HTTP/1.1 200 OK") == 2


def test_the_log_holds_every_request_with_its_status(client, sandbox):
    client.get("/version")
    client.get("/studies/NCT99999999")

    assert [(seen.method, seen.target, seen.status) for seen in sandbox.requests] == [
        ("GET", "/api/v2/version", 200),
        ("GET", "/api/v2/studies/NCT99999999", 404),
    ]
    assert sandbox.requests[0].at <= sandbox.requests[1].at
