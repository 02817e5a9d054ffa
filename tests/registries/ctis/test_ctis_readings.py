"""Readings of real records, where their data are at hand, and mutated ones."""

import json
import random
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.changes.diff import diff
from monitor.errors import AnswerUnreadable
from monitor.http.response import Response
from monitor.model import Record
from monitor.registries.ctis import drift, record
from monitor.registries.ctis.client import page_in
from monitor.registries.ctis.documents import kept_document
from tests.registries.ctis.fake import CORK, former, trial
from tests.sample_sizes import FUZZED

FOLDER = Path(__file__).parents[4] / "shared/data/registries"
PAIRS = FOLDER / "golden_pairs.json"
needs_data = pytest.mark.skipif(not PAIRS.exists(), reason="the readings are not part of the project")

CODES = {"BE": "Belgium", "DE": "Germany", "ES": "Spain", "GR": "Greece", "IT": "Italy", "PL": "Poland"}
WATCHED = {
    "status_code": {"overall_status"},
    "per_country": {"country_statuses"},
    "enrolment": {"enrollment"},
    "start": {"start_date"},
    "end": {"completion_date"},
    "phase": {"phases"},
    "applications": {"applications"},
    "results": {"has_results"},
    "last_updated": {"last_update_submit_date"},
    "last_publication_update": {"last_update_post_date"},
    "publish_date": {"last_update_post_date"},
}
"""Our fields by the names of those in the expected differences."""


def read(trial_id: str, name: str) -> Record:
    return record.parse(kept_document(trial_id, (FOLDER / name).read_bytes()))


def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PAIRS.read_text("utf-8"))
    return {trial_id: of_trial for trial_id, of_trial in found.items() if of_trial["registry"] == "ctis"}


@needs_data
def test_pairs_of_readings_differ_in_what_is_expected_of_them_and_in_nothing_else():
    count = 0
    for trial_id, of_trial in expected().items():
        for pair in of_trial["pairs"]:
            before, after = (read(trial_id, pair[side]) for side in ("old", "new"))
            found = diff(before, after, on=date(2026, 3, 10))
            told = {each.field for each in found} & set().union(*WATCHED.values())

            assert told == set().union(*(WATCHED[name] for name in pair["watched_changes"])), trial_id
            if not pair["watched_changes"]:
                assert found == (), trial_id
            count += 1
    assert count == 6


@needs_data
def test_the_last_readings_say_what_is_expected():
    for trial_id, of_trial in expected().items():
        last, said = read(trial_id, of_trial["pairs"][-1]["new"]), of_trial["last"]

        assert last.country_statuses
        assert {one.country: one.words for one in last.country_statuses} == {
            CODES[code]: {4: "Ongoing, recruiting", 2: "Authorised, recruitment pending"}[status]
            for code, status in said["per_country"].items()
        }
        assert str(last.overall_status) == "Ongoing, recruiting"
        assert str(last.enrollment.count) == said["enrolment"]
        assert (last.start_date.text, last.start_date.type) == (said["start"], "ACTUAL")
        assert [phase.words for phase in last.phases] == [said["phase"]]
        assert last.last_update_submit_date == said["last_updated"]
        if said["applications"]:
            keys = sorted(each.partition(" ")[0] for each in last.details["applications"])
            assert (keys, last.last_update_post_date) == (said["applications"], said["publish_date"])


@needs_data
def test_every_real_record_is_read_and_holds_nothing_unknown():
    files = sorted(FOLDER.glob("ctis/ctrdata/*/*/*.json"))
    for file in files:
        document = kept_document(file.parent.name, file.read_bytes())
        found = record.parse(document)

        assert drift.unknown(document.content) == ()
        read_from_it = (found.overall_status, found.lead_sponsor, found.sites, found.primary_outcomes)
        assert all(read_from_it), file
        assert b"[removed]" not in document.content, "people are in no document"
        assert kept_document(file.parent.name, document.content) == document
    assert len(files) == 15


# Mutated records

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**18, 1.5, "", " ", "x" * 5000, "\x1b[31m\x00", "=1+1", [], {}, [[]], [{}], {"": {}}, ["a", 5],
    {"id": 1}, "2024-02-31", "31/02/2024", "99/99/9999", "Ongoing, recruiting", "EARLY_TERMINATION", [None],
)  # fmt: skip
ROW = {
    "trialCountries": ["Portugal:4", "Denmark:4"],
    "sponsor": "Quercus Farma, Lda.",
    "lastUpdated": "14/09/2024",
    "lastPublicationUpdate": "21/09/2024",
}
FORMER = former(trial(), words="Ongoing, recruiting", countries="PT:Ongoing, recruiting, DK:Ended")


def mutated(tree: Any, chance: random.Random) -> Any:
    """The tree with some members replaced, taken out, doubled or renamed."""
    tree = orjson.loads(orjson.dumps(tree))
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        node, depth = tree, 0
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(node[key], dict | list) and node[key] and chance.random() < 0.8 and depth < 12:
                node, depth = node[key], depth + 1
                continue
            _change(node, key, chance)
            break
    return tree


def _change(node: Any, key: Any, chance: random.Random) -> None:
    how = chance.randrange(4)
    if how == 0:
        del node[key]
    elif how == 1 and isinstance(node, list):
        node.append(node[key])
    elif how == 2 and isinstance(node, dict):
        node[f"{key}2"] = node[key]
    else:
        node[key] = deepcopy(chance.choice(ODD))


def survives(number: int, trees: list[tuple[str, Any]]) -> bool:
    """Whether a mutated record was believed: then it could be read, compared, and shown to be itself."""
    chance = random.Random(number)
    trial_id, tree = trees[number % len(trees)]
    raw = orjson.dumps(mutated(tree, chance))
    if chance.random() < 0.1:
        raw = raw[: chance.randrange(len(raw))] + bytes(chance.randrange(256) for _ in range(chance.randrange(5)))
    try:
        document = kept_document(trial_id, raw)
    except AnswerUnreadable:
        return False
    found = record.parse(document)
    drift.unknown(document.content)
    if number % 3 == 0:
        diff(record.parse(kept_document(trial_id, orjson.dumps(tree))), found, on=date(2026, 3, 10))
    assert kept_document(trial_id, document.content).content == document.content
    return True


def all_trees() -> list[tuple[str, Any]]:
    real = [(file.parent.name, orjson.loads(file.read_bytes())) for file in FOLDER.glob("ctis/ctrdata/*/*/*.json")]
    return [(CORK, trial()), (CORK, FORMER), *sorted(real, key=lambda pair: len(str(pair[1])))[:6]]


def test_mutated_records_raise_nothing_else_than_that_they_are_none():
    believed = sum(survives(number, [(CORK, trial()), (CORK, FORMER)]) for number in range(300))

    assert 100 < believed < 300


@pytest.mark.slow
def test_many_mutated_records_raise_nothing_and_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trees = all_trees()

    believed = sum(survives(number, trees) for number in range(FUZZED))

    assert 0.3 * FUZZED < believed < FUZZED
    assert list(tmp_path.iterdir()) == []


def test_mutated_pages_of_a_search_raise_nothing_but_what_a_page_may():
    page = {"pagination": {"totalRecords": 1, "currentPage": 1}, "data": [{"ctNumber": CORK, "ctStatus": 4, **ROW}]}
    read_ = 0
    for number in range(500):
        chance = random.Random(number)
        body = orjson.dumps(mutated(page, chance))
        answer = Response(200, {"Date": chance.choice(("", "5", "Fri, 99 Nov 2026 12:00:00 GMT"))}, body, "")
        try:
            rows = page_in(orjson.loads(body), answer).rows
        except AnswerUnreadable:
            continue
        read_ += all(len(row.digest) == 32 and isinstance(row.day, str) for row in rows)

    assert 100 < read_ < 500
