"""The control page and the controls, and who may pull them."""

import json
import signal
import subprocess
import sys
from html.parser import HTMLParser

import pytest
import requests

from tests.studies import status_becomes

WITHDRAWN_LATER = "NCT02116634"
FIRST, SECOND = "NCT90000001", "NCT90000002"
HOSTILE = "<script>alert('x')</script>\" onmouseover=\"y"


def test_a_script_publishes_a_study(client, sandbox):
    study = sandbox.study(FIRST)
    status_becomes("SUSPENDED")(study)

    answer = client.post("/sandbox/publish", **study)

    assert answer.json()["done"] == f"Published {FIRST}"
    assert client.status_of(FIRST) == "SUSPENDED"


def test_a_script_publishes_the_next_written_state(client):
    client.post("/sandbox/next", nct_id=WITHDRAWN_LATER)

    assert client.status_of(WITHDRAWN_LATER) == "WITHDRAWN"


def test_a_script_sets_and_unsets_by_path_and_by_piece_name(client):
    client.post(
        "/sandbox/edit",
        nct_id=WITHDRAWN_LATER,
        set={
            "protocolSection.statusModule.overallStatus": "TERMINATED",
            "WhyStopped": "Slow accrual",
            "protocolSection.contactsLocationsModule.locations.0.status": "TERMINATED",
            "protocolSection.contactsLocationsModule.locations.1": {"facility": "Second Clinic", "city": "Shiraz"},
        },
        unset=["protocolSection.eligibilityModule.maximumAge"],
    )

    study = client.get(f"/studies/{WITHDRAWN_LATER}").json()["protocolSection"]
    assert study["statusModule"]["overallStatus"] == "TERMINATED"
    assert study["statusModule"]["whyStopped"] == "Slow accrual"
    assert [site.get("status") for site in study["contactsLocationsModule"]["locations"]] == ["TERMINATED", None]
    assert "maximumAge" not in study["eligibilityModule"]


@pytest.mark.parametrize(
    "path",
    [
        "protocolSection.contactsLocationsModule.locations.7.status",
        "protocolSection.contactsLocationsModule.locations.first",
        "protocolSection.statusModule.overallStatus.deeper",
        "protocolSection.contactsLocationsModule.locations.9",
        "..",
    ],
)
def test_a_path_that_leads_nowhere_is_refused_by_name(client, path):
    answer = client.post("/sandbox/edit", nct_id=WITHDRAWN_LATER, set={path: "x"})

    assert answer.status_code == 400
    assert path in answer.json()["error"]


def test_a_script_removes_merges_and_waits(client, sandbox):
    client.post("/sandbox/remove", nct_id=FIRST, refresh=False)
    answer = client.post("/sandbox/merge", nct_id=SECOND, into=WITHDRAWN_LATER, refresh=False)
    still_there = client.ids(f"filter.ids={FIRST},{SECOND}")
    client.post("/sandbox/refresh")

    assert answer.json()["waiting"] == 3
    assert still_there == [FIRST, SECOND]
    assert client.ids(f"filter.ids={FIRST},{SECOND}") == [WITHDRAWN_LATER]


def test_a_script_switches_misbehaviour_on_and_off(client, sandbox):
    client.post("/sandbox/misbehave", kind="429", times=5, retry_after=7, path="/version")
    refused = client.get("/version")
    left = client.session.get(sandbox.page_url + "sandbox/state", timeout=30).json()["misbehaviours"]
    client.post("/sandbox/behave")

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
    assert left == [{"kind": "429", "ids": [], "path": "/version", "times": 4}]
    assert client.get("/version").status_code == 200


def test_levers_are_not_in_the_log_of_requests(client, sandbox):
    client.post("/sandbox/refresh")
    client.session.get(sandbox.page_url, timeout=30)

    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("control", "arguments", "status"),
    [
        ("publish", {"protocolSection": {}}, 400),
        ("publish", {"protocolSection": "x"}, 400),
        ("publish", {}, 400),
        ("next", {}, 400),
        ("next", {"nct_id": FIRST}, 404),
        ("edit", {"nct_id": FIRST, "set": []}, 400),
        ("edit", {"nct_id": FIRST, "unset": [3]}, 400),
        ("remove", {"nct_id": 3}, 400),
        ("remove", {"nct_id": "NCT99999999"}, 404),
        ("merge", {"nct_id": FIRST}, 400),
        ("misbehave", {"kind": "explode"}, 400),
        ("misbehave", {"kind": "500", "times": "many"}, 400),
        ("misbehave", {"kind": "slow", "seconds": []}, 400),
    ],
)
def test_a_wrong_command_is_answered_with_its_mistake(client, control, arguments, status):
    answer = client.post(f"/sandbox/{control}", **arguments)

    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"NaN", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(client, sandbox, body):
    answer = client.session.post(
        f"{sandbox.page_url}sandbox/publish", data=body, headers={"Content-Type": "application/json"}, timeout=30
    )

    assert answer.status_code == 400


# Who may pull the controls


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Host": "127.0.0.1.evil.example"},
    ],
)
@pytest.mark.parametrize("media_type", ["application/json", "application/x-www-form-urlencoded"])
def test_another_site_cannot_pull_a_lever(client, sandbox, headers, media_type):
    answer = client.session.post(
        f"{sandbox.page_url}sandbox/refresh", data=b"{}", headers={"Content-Type": media_type, **headers}, timeout=30
    )

    assert answer.status_code == 403
    assert sandbox.build.date == "2026-11-20"


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data", "", "text/plain; application/json"])
def test_a_body_that_any_page_may_send_is_refused(client, sandbox, media_type):
    answer = client.session.post(
        f"{sandbox.page_url}sandbox/refresh", data=b"{}", headers={"Content-Type": media_type}, timeout=30
    )

    assert answer.status_code == 415
    assert sandbox.build.date == "2026-11-20"


def test_a_name_that_was_rebound_to_this_machine_sees_nothing(client, sandbox):
    for path in ("", "sandbox/state"):
        answer = client.session.get(
            sandbox.page_url + path, headers={"Host": f"evil.example:{sandbox.port}"}, timeout=30
        )

        assert answer.status_code == 403


def test_our_own_page_may_pull_a_lever(client, sandbox):
    origin = sandbox.page_url.rstrip("/")

    answer = client.session.post(
        f"{origin}/sandbox/refresh",
        data={"x": "y"},
        headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"},
        timeout=30,
    )

    assert (answer.status_code, sandbox.build.date) == (200, "2026-11-21")


def test_a_lever_cannot_be_pulled_by_a_link(client, sandbox):
    assert client.session.get(f"{sandbox.page_url}sandbox/refresh", timeout=30).status_code == 404
    assert sandbox.build.date == "2026-11-20"


def test_too_large_a_body_is_refused_unread(sandbox, raw):
    head = f"POST /sandbox/publish HTTP/1.1\r\nHost: 127.0.0.1:{sandbox.port}\r\nContent-Type: application/json\r\n"

    assert raw(f"{head}Content-Length: 9000000000\r\n\r\n".encode()).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("length", ["Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: x"])
def test_a_body_of_unknown_length_is_refused(sandbox, raw, length):
    head = f"POST /sandbox/publish HTTP/1.1\r\nHost: 127.0.0.1:{sandbox.port}\r\nContent-Type: application/json\r\n"

    assert raw(f"{head}{length}\r\n\r\n".encode()).startswith(b"HTTP/1.1 411 ")


def test_only_loopback_is_listened_on(sandbox):
    assert sandbox._server.server_address[0] == "127.0.0.1"


# The page


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.forms, self.attributes = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "form":
            self.forms.append(dict(attrs)["action"])


def look(client, sandbox, query=""):
    answer = client.session.get(sandbox.page_url + query, timeout=30)
    assert answer.status_code == 200
    return answer


def test_the_page_has_a_form_for_every_lever(client, sandbox):
    sandbox.misbehave("slow")

    forms = Page(look(client, sandbox).text).forms

    controls = {"next", "edit", "remove", "merge", "refresh", "misbehave", "behave"}
    assert controls <= {action.removeprefix("/sandbox/") for action in forms}


def test_the_page_names_the_address_and_the_data_build(client, sandbox):
    text = look(client, sandbox).text

    assert sandbox.base_url in text
    assert "2026-11-20T09:00:04" in text


def test_a_form_publishes_a_change_dated_on_the_day_when_it_is_seen(client, sandbox):
    answer = client.session.post(
        f"{sandbox.page_url}sandbox/edit",
        data={"nct_id": WITHDRAWN_LATER, "status": "RECRUITING", "enrollment": "36", "why_stopped": ""},
        timeout=30,
    )

    study = client.get(f"/studies/{WITHDRAWN_LATER}").json()["protocolSection"]
    assert "Published a new version" in answer.text
    assert study["statusModule"]["overallStatus"] == "RECRUITING"
    assert study["statusModule"]["lastUpdatePostDateStruct"] == {"date": "2026-11-21", "type": "ACTUAL"}
    assert study["designModule"]["enrollmentInfo"]["count"] == 36


def test_a_wrong_form_comes_back_with_its_mistake(client, sandbox):
    answer = client.session.post(
        f"{sandbox.page_url}sandbox/edit", data={"nct_id": FIRST, "enrollment": "some"}, timeout=30
    )

    assert "Not done: &#x27;some&#x27; is not a number of participants" in answer.text


def test_nothing_on_the_page_can_be_planted(client, sandbox):
    def plant(study):
        protocol = study["protocolSection"]
        protocol["identificationModule"]["briefTitle"] = HOSTILE
        protocol["statusModule"] |= {"overallStatus": HOSTILE, "whyStopped": HOSTILE}
        protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = HOSTILE
        protocol["designModule"]["enrollmentInfo"] = {"count": HOSTILE, "type": HOSTILE}
        protocol["statusModule"]["primaryCompletionDateStruct"] = {"date": HOSTILE, "type": HOSTILE}

    sandbox.edit(WITHDRAWN_LATER, plant)
    sandbox.misbehave("slow", path=HOSTILE)
    client.get(f"/studies?{HOSTILE}")
    client.get(f"/studies?x=<script>{HOSTILE}")

    for query in (f"?trial={WITHDRAWN_LATER}", f"?trial={HOSTILE}", f"?find={HOSTILE}", f"?said={HOSTILE}"):
        page = Page(look(client, sandbox, query).text)
        assert "script" not in page.tags
        assert "onmouseover" not in page.attributes


def test_the_page_forbids_scripts_and_frames(client, sandbox):
    policy = look(client, sandbox).headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_page_of_a_trial_that_is_not_there_says_so(client, sandbox):
    assert "has no trial NCT99999999" in look(client, sandbox, "?trial=NCT99999999").text


def test_the_page_survives_a_study_of_any_shape(client, sandbox):
    sandbox.publish(
        {"protocolSection": {"identificationModule": {"nctId": FIRST}, "statusModule": 7, "designModule": [1]}}
    )

    assert FIRST in look(client, sandbox, f"?trial={FIRST}").text


# The process


PROGRAM = """
import sys
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.registry import run
run(Sandbox(trials=3), on_ready=lambda sandbox: print(sandbox.base_url, flush=True))
print("ended", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_process_ends_cleanly_when_told(number):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        base_url = process.stdout.readline().strip()
        held = requests.Session()
        held.get(base_url + "/version", timeout=30)
        process.send_signal(number)
        said, complaints = process.communicate(timeout=30)
        held.close()

    assert (process.returncode, said, complaints) == (0, "ended\n", "")


def test_the_state_is_json_for_scripts(client, sandbox):
    client.get("/version")

    state = json.loads(client.session.get(f"{sandbox.page_url}sandbox/state", timeout=30).text)
    assert (state["dataTimestamp"], state["trials"], state["waiting"]) == ("2026-11-20T09:00:04", 31, 0)
    assert state["requests"] == [{"method": "GET", "target": "/api/v2/version", "status": 200}]
