"""What the local DRKS answers."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest

from monitor.sandbox.connection_settings import variables
from monitor.sandbox.drks import Sandbox
from tests.sandbox.asking import asking
from tests.sandbox.conftest import Client

EXAMPLE = "DRKS00038775"
FILE = "/en/download/all-json"


@pytest.fixture
def ask() -> Iterator[Client]:
    with asking(Sandbox) as client:
        yield client


def unpacked(answer) -> dict[str, dict]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        return {record["drksId"]: record for record in orjson.loads(archive.read(name))}


def test_the_file_holds_all_trials_and_is_named_after_its_day(ask):
    answer = ask.get(FILE)

    assert answer.headers["content-disposition"] == 'attachment; filename="DRKS_all_20261120.zip"'
    assert unpacked(answer)[EXAMPLE]["lastUpdate"] == "2026-10-21"
    assert len(unpacked(answer)) == 6


def test_a_discontinued_trial_says_why_in_both_languages(ask):
    ask.clock.now += timedelta(days=1)
    ask.post("/sandbox/next", trial_id=EXAMPLE)
    ask.post("/sandbox/next", trial_id=EXAMPLE)

    record = unpacked(ask.get(FILE))[EXAMPLE]
    reasons = [text["reasonDescription"] for text in record["recruitment"]["recruitmentDescriptions"]]
    assert (record["recruitment"]["status"], record["lastUpdate"]) == ("DISCONTINIUED", "2026-11-21")
    assert reasons == ["Die Waage war verstimmt.", "The scales were out of tune."]


def test_a_bomb_is_a_thousand_times_larger_than_it_looks(ask):
    ask.sandbox.misbehave("bomb")
    answer = ask.get(FILE)

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.infolist()[0].file_size > 500 * len(answer.content)


def test_there_is_nothing_else(ask):
    assert ask.get(f"/en/trial/{EXAMPLE}").status_code == 404


def test_a_monitor_is_told_to_ask_more_than_once_a_day(ask):
    assert variables(ask.sandbox)["MONITOR_REGISTRIES__DRKS_DE__ONCE_A_DAY"] == "false"
