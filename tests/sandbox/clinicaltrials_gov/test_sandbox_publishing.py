"""What is published, edited, removed and merged, and when it is seen."""

from datetime import datetime
from threading import Thread

import pytest

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.studies import status_becomes

WITHDRAWN_LATER = "NCT02116634"
FIRST, SECOND, THIRD = "NCT90000001", "NCT90000002", "NCT90000003"


suspend = status_becomes("SUSPENDED")


def test_the_written_trial_opens_before_its_withdrawal(client):
    study = client.get(f"/studies/{WITHDRAWN_LATER}").json()["protocolSection"]

    assert study["statusModule"]["overallStatus"] == "NOT_YET_RECRUITING"
    assert "whyStopped" not in study["statusModule"]
    assert study["designModule"]["enrollmentInfo"] == {"count": 20, "type": "ESTIMATED"}


def test_its_next_state_is_the_withdrawal(client, sandbox):
    label = sandbox.next_state(WITHDRAWN_LATER)

    study = client.get(f"/studies/{WITHDRAWN_LATER}").json()["protocolSection"]
    assert label == "Withdrawn: Because economic problems"
    assert study["statusModule"]["overallStatus"] == "WITHDRAWN"
    assert study["statusModule"]["whyStopped"] == "Because economic problems"
    assert study["designModule"]["enrollmentInfo"] == {"count": 0, "type": "ACTUAL"}


def test_after_the_last_written_state_there_is_none(sandbox):
    sandbox.next_state(WITHDRAWN_LATER)

    with pytest.raises(NothingFound, match="no further state"):
        sandbox.next_state(WITHDRAWN_LATER)


def test_the_state_that_never_stood_in_the_registry_says_so(sandbox):
    current, following = sandbox.written_states(WITHDRAWN_LATER)

    assert (current.illustrative, following.illustrative) == (True, False)


def test_a_change_waits_for_the_next_data_build(client, sandbox):
    sandbox.edit(FIRST, suspend, refresh=False)
    before = client.status_of(FIRST)
    sandbox.refresh()

    assert before != "SUSPENDED"
    assert client.status_of(FIRST) == "SUSPENDED"


def test_a_change_is_seen_at_once_unless_told_to_wait(client, sandbox):
    sandbox.edit(FIRST, suspend)

    assert client.status_of(FIRST) == "SUSPENDED"


def test_an_edit_builds_on_one_that_waits(sandbox):
    sandbox.edit(FIRST, suspend, refresh=False)
    sandbox.edit(
        FIRST, lambda study: study["protocolSection"]["statusModule"].update(whyStopped="No funds"), refresh=False
    )

    status = sandbox.study(FIRST)["protocolSection"]["statusModule"]
    assert (status["overallStatus"], status["whyStopped"]) == ("SUSPENDED", "No funds")


def test_the_study_handed_out_is_a_copy(client, sandbox):
    before = client.status_of(FIRST)
    suspend(sandbox.study(FIRST))

    assert client.status_of(FIRST) == before


def test_a_new_trial_is_listed_among_the_others(client, sandbox):
    study = sandbox.study(FIRST)
    study["protocolSection"]["identificationModule"]["nctId"] = "NCT05550001"
    sandbox.publish(study)

    assert client.ids("pageSize=2") == [WITHDRAWN_LATER, "NCT05550001"]
    assert client.get("/stats/size").json()["totalStudies"] == 32


def test_a_refresh_moves_the_timestamp_one_day_on(client, sandbox):
    sandbox.refresh()
    stamp = datetime.fromisoformat(client.get("/version").json()["dataTimestamp"])

    assert (stamp.date().isoformat(), stamp.hour, stamp.minute) == ("2026-11-21", 9, 0)


def test_a_refresh_moves_the_version_holder_of_every_record_and_nothing_else(client, sandbox):
    before = client.studies("pageSize=31")
    sandbox.refresh()
    after = client.studies("pageSize=31")

    assert {study["derivedSection"]["miscInfoModule"].pop("versionHolder") for study in before} == {"2026-11-20"}
    assert {study["derivedSection"]["miscInfoModule"].pop("versionHolder") for study in after} == {"2026-11-21"}
    assert before == after


def test_a_removed_trial_is_not_found_in_the_registrys_words(client, sandbox):
    sandbox.remove(SECOND)

    answer = client.get(f"/studies/{SECOND}")
    assert (answer.status_code, answer.text) == (404, f"NCT number {SECOND} not found")
    assert client.ids(f"filter.ids={FIRST},{SECOND}") == [FIRST]
    assert SECOND not in sandbox.trial_ids()


def test_a_removed_trial_can_come_back(client, sandbox):
    study = sandbox.study(SECOND)
    sandbox.remove(SECOND)
    sandbox.publish(study)

    assert client.ids(f"filter.ids={SECOND}") == [SECOND]


def test_an_obsolete_id_leads_to_the_current_one(client, sandbox):
    sandbox.merge(FIRST, into=SECOND)

    answer = client.get(f"/studies/{FIRST}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/api/v2/studies/{SECOND}")
    assert client.ids(f"filter.ids={FIRST}") == [SECOND]
    assert client.studies(f"filter.ids={SECOND}&fields=NCTIdAlias") == [
        {"protocolSection": {"identificationModule": {"nctIdAliases": [FIRST]}}}
    ]


def test_a_chain_of_merges_leads_to_its_end(client, sandbox):
    sandbox.merge(FIRST, into=SECOND)
    sandbox.merge(SECOND, into=THIRD)

    assert client.get(f"/studies/{FIRST}").headers["location"].endswith(THIRD)


def test_merging_back_and_forth_does_not_go_round_in_circles(client, sandbox):
    study = sandbox.study(FIRST)
    sandbox.merge(FIRST, into=SECOND)
    sandbox.publish(study)
    sandbox.merge(SECOND, into=FIRST)
    sandbox.remove(FIRST)

    assert client.get(f"/studies/{SECOND}").status_code == 404


def test_some_synthetic_trials_have_obsolete_ids(client):
    with Sandbox(trials=20) as sandbox:
        answer = client.session.get(f"{sandbox.base_url}/studies/NCT80000018", allow_redirects=False, timeout=30)

    assert answer.headers["location"] == "/api/v2/studies/NCT90000018"


@pytest.mark.parametrize("nct_id", ["NCT99999999", "nonsense"])
def test_an_unknown_trial_cannot_be_changed(sandbox, nct_id):
    for change in (sandbox.study, sandbox.remove, sandbox.next_state, lambda it: sandbox.merge(it, into=FIRST)):
        with pytest.raises(NothingFound):
            change(nct_id)


def test_a_trial_cannot_be_merged_into_itself(sandbox):
    with pytest.raises(NothingFound, match="itself"):
        sandbox.merge(FIRST, into=FIRST)


def test_a_taken_port_is_said_in_one_line(sandbox):
    with pytest.raises(ConfigurationInvalid, match=f"port {sandbox.port}"):
        Sandbox(port=sandbox.port).start()


def test_many_writers_and_readers_lose_nothing(client, sandbox):
    def add(keyword):
        def change(study):
            study["protocolSection"]["conditionsModule"].setdefault("keywords", []).append(keyword)

        sandbox.edit(FIRST, change)

    def write(number):
        for step in range(20):
            add(f"{number}-{step}")

    writers = [Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert client.ids(f"filter.ids={FIRST}") == [FIRST]

    keywords = client.get(f"/studies/{FIRST}").json()["protocolSection"]["conditionsModule"]["keywords"]
    assert {f"{number}-{step}" for number in range(4) for step in range(20)} <= set(keywords)
