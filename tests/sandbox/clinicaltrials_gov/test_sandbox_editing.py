"""The page's forms: every field of a trial can be edited, by itself or in the whole record."""

import html
import json
import re

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.sandbox.conftest import Client

TRIAL = "NCT02116634"


def submit(client: Client, control: str, **fields: str):
    """As a browser sends a form."""
    url = client.sandbox.page_url.rstrip("/") + control
    return client.session.post(url, data={"nct_id": TRIAL, **fields}, allow_redirects=False, timeout=30)


def protocol(client: Client) -> dict:
    return client.get(f"/studies/{TRIAL}").json()["protocolSection"]


def test_the_usual_fields_are_published(client: Client):
    answer = submit(
        client,
        "/sandbox/edit",
        title="Stem Cells, Tried Again",
        start_date="2027-01",
        start_type="ESTIMATED",
        sponsor="Apis Medical",
        conditions="Leg Ulcer\r\n\r\nVenous Insufficiency\r\n",
        criteria="Inclusion Criteria:\r\n\r\n* Adults",
        enrollment="12",
    )

    assert answer.status_code == 303
    study = protocol(client)
    assert study["identificationModule"]["briefTitle"] == "Stem Cells, Tried Again"
    assert study["statusModule"]["startDateStruct"] == {"date": "2027-01", "type": "ESTIMATED"}
    assert study["sponsorCollaboratorsModule"]["leadSponsor"]["name"] == "Apis Medical"
    assert study["conditionsModule"]["conditions"] == ["Leg Ulcer", "Venous Insufficiency"]
    assert study["eligibilityModule"]["eligibilityCriteria"] == "Inclusion Criteria:\n\n* Adults"
    assert study["designModule"]["enrollmentInfo"]["count"] == 12


def test_the_whole_record_is_edited_as_json_and_dated_as_an_update(client: Client, sandbox: Sandbox):
    page = client.session.get(f"{sandbox.page_url}?trial={TRIAL}", timeout=30).text
    shown = re.search(r'<textarea name="study"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    study = json.loads(html.unescape(shown[1]))
    study["protocolSection"]["outcomesModule"]["primaryOutcomes"] = [{"measure": "Survival", "timeFrame": "2 years"}]
    before = protocol(client)["statusModule"]["lastUpdatePostDateStruct"]["date"]

    answer = submit(client, "/sandbox/publish", study=json.dumps(study))

    assert answer.status_code == 303
    assert protocol(client)["outcomesModule"]["primaryOutcomes"] == [{"measure": "Survival", "timeFrame": "2 years"}]
    assert protocol(client)["statusModule"]["lastUpdatePostDateStruct"]["date"] > before


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"protocolSection": 1}', "null"])
def test_a_record_that_is_none_is_refused_and_nothing_changes(client: Client, text: str):
    before = protocol(client)

    answer = submit(client, "/sandbox/publish", study=text)

    assert "Not%20done" in answer.headers["location"]
    assert protocol(client) == before


def test_what_stands_in_a_record_cannot_break_out_of_the_page(client: Client, sandbox: Sandbox):
    submit(client, "/sandbox/edit", criteria="</textarea><script>alert(1)</script>", title='"><i>')

    page = client.session.get(f"{sandbox.page_url}?trial={TRIAL}", timeout=30).text
    assert "<script" not in page
    assert '"><i>' not in page
