"""Which sponsors a name may mean."""

from collections import Counter
from itertools import count

import orjson
import pytest

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.ports import SponsorName
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.loopback import http
from tests.program import BUILD_DAY
from tests.registries.clinicaltrials_gov.fake import id_alone, id_of
from tests.registries.clinicaltrials_gov.test_essie import HOSTILE


@pytest.fixture(scope="module")
def stock():
    with Sandbox(trials=400, day=BUILD_DAY) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def led(stock):
    """How many trials each sponsor leads."""
    names = [
        stock.study(one)["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
        for one in stock.trial_ids()
    ]
    return Counter(names)


def listed(names, *, first=1, **more):
    """A page of trials that these sponsors lead."""
    studies = [id_alone(id_of(number)) for number in range(first, first + len(names))]
    for study, name in zip(studies, names, strict=True):
        study["protocolSection"]["sponsorCollaboratorsModule"] = {"leadSponsor": {"name": name}}
    return http(orjson.dumps({"studies": studies, **more}))


def test_a_part_of_a_name_shows_the_whole_with_its_trials(adapter_for, stock):
    adapter = adapter_for(stock.base_url)

    assert adapter.sponsors("alzahra hosp") == [SponsorName("Alzahra Hospital", 1)]
    assert adapter.traffic.requests == 1


def test_at_most_ten_come_and_those_with_the_most_trials_first(adapter_for, stock, led):
    found = adapter_for(stock.base_url).sponsors("university hospital")

    assert len(found) == 10
    assert all(led[one.name] == one.trials for one in found)
    assert [one.trials for one in found] == sorted((one.trials for one in found), reverse=True)


def test_a_name_with_a_wrong_word_shows_its_like(adapter_for, stock):
    adapter = adapter_for(stock.base_url)

    found = adapter.sponsors("Alzahra Clinic Inc.")

    assert "Alzahra Hospital" in [one.name for one in found]
    assert adapter.traffic.requests == 2


@pytest.mark.parametrize("text", [*HOSTILE, "&", "…", "zzzz", "Straße"])
def test_nothing_typed_is_a_part_of_the_language(adapter_for, stock, led, text):
    for one in adapter_for(stock.base_url).sponsors(text):
        assert led[one.name] == one.trials


@pytest.mark.parametrize("text", ["", " ", "Pfizer\0", "x" * 10_000])
def test_what_cannot_be_a_name_is_refused(adapter, registry, text):
    with pytest.raises(ConfigurationInvalid):
        adapter.sponsors(text)

    assert registry.requests == []


def test_spellings_that_differ_in_case_and_spacing_are_one_sponsor(adapter, registry):
    registry.overrides["/studies"] = lambda request: listed(["Merck", "MERCK ", "Merck", "Merck KGaA"], totalCount=4)

    assert adapter.sponsors("merck") == [SponsorName("Merck", 3), SponsorName("Merck KGaA", 1)]


def test_more_trials_than_are_worth_reading_are_counted(adapter, registry):
    pages = count()

    def busy(request):
        if "filter.advanced" in request.query:
            name = request.query["filter.advanced"].partition('"')[2].rstrip('"')
            return listed([name, name, f"{name} Hospital"], totalCount=3 if name.endswith("A") else 6000, **more(name))
        number = next(pages)
        names = [f"University {letter}" for letter in "ABCDEFGHIJKL"]
        return listed(names, first=number * 12 + 1, totalCount=99_000, nextPageToken=f"t{number}")

    def more(name):
        return {} if name.endswith("A") else {"nextPageToken": "more"}

    registry.overrides["/studies"] = busy

    found = adapter.sponsors("university")

    assert [one.trials for one in found] == [4000] * 9 + [5], "two in three of those that the phrase finds"
    assert len(registry.requests) == 15


def test_names_that_are_none_are_no_candidates(adapter, registry):
    registry.overrides["/studies"] = lambda request: listed([None, 7, "", " ", ["Merck"], "Merck"], totalCount=6)

    assert adapter.sponsors("merck") == [SponsorName("Merck", 1)]


def test_an_answer_that_is_no_page_is_unreadable(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(b"<html></html>", content_type="text/html")

    with pytest.raises(AnswerUnreadable):
        adapter.sponsors("merck")
