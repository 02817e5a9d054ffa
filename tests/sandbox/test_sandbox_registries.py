"""One sandbox of several registries: what it imitates, where each listens, and how a monitor is told to use them."""

import json

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.announcements import ForPeople, ForScripts
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.connection_settings import commands, variables
from monitor.sandbox.declared import FOLDERS, imitated
from tests.cli.commands import command
from tests.sandbox.small.toy import Toys


def test_clinicaltrials_gov_is_imitated_where_nothing_is_named():
    assert imitated([]) == ["clinicaltrials.gov"]


def test_registries_are_imitated_in_the_order_of_their_naming_and_each_once():
    assert imitated(["clinicaltrials.gov", "all", "clinicaltrials.gov"]) == list(FOLDERS)


def test_an_unknown_registry_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(ConfigurationInvalid, match=r"cannot imitate 'isrctn\.org': name one of clinicaltrials\.gov"):
        imitated(["isrctn.org"])

    ran = command(tmp_path)("sandbox", "--registry", "isrctn.org", "--port", "0")

    assert ran.returncode == 2
    assert "cannot imitate 'isrctn.org'" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


def test_a_monitor_is_led_to_every_registry():
    with Sandbox() as first, Toys() as second:
        found = variables(first, second)

        assert found["MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL"] == first.base_url
        assert found["MONITOR_REGISTRIES__TOYS_EXAMPLE_ORG__BASE_URL"] == second.base_url
        assert found["MONITOR_REGISTRIES__TOYS_EXAMPLE_ORG__REQUESTS_PER_SECOND"] == "1000"
        assert commands(first, second)[0] == "monitor watch add NCT02116634 TOY0001"
        assert commands(second)[-2] == f"curl -s -d trial_id=TOY0001 {second.page_url}sandbox/next"


def test_every_registry_is_told_with_its_page():
    said, written = [], []
    with Sandbox() as first, Toys() as second:
        ForPeople(said.append).ready(first, second)
        ForScripts(written.append).ready(first, second)

        assert said[:2] == [
            f"A local ClinicalTrials.gov of 1 trials: {first.page_url}",
            f"A local Registry of Toys of 2 trials: {second.page_url}",
        ]
        told = json.loads(json.dumps(written[0]))
        assert told["registry"] == first.base_url
        assert told["registries"]["toys.example.org"] == {
            "page": second.page_url,
            "registry": second.base_url,
            "trial": "TOY0001",
        }
