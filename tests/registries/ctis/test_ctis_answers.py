"""Asking: who moved, whole records, searches; and what must never become a document."""

from datetime import date
from itertools import chain

import pytest

from monitor.errors import AnswerUnreadable, ConfigurationInvalid, RegistryError
from monitor.model import Document, Role, Search
from monitor.ports import Merged, Missing, ProbeResult, RegistryVersion, Unanswered, Unmoved, Unreadable
from monitor.registries.ctis.adapter import Ctis
from tests.loopback import Loopback, http
from tests.registries.ctis.fake import CORK, HTML, Fake, trial

BARK, ACORN = "2023-599904-42-00", "2023-599905-43-00"


@pytest.fixture
def fake():
    return Fake(trial(CORK), trial(BARK), trial(ACORN))


@pytest.fixture
def ctis(fake, adapter_for):
    with Loopback(fake) as server:
        yield adapter_for(server.url, adapter=Ctis)


def fetched(ctis, *trial_ids):
    return list(chain(*ctis.fetch(trial_ids)))


def probed(ctis, *trial_ids):
    return {each.trial_id: each for each in chain(*ctis.probe(trial_ids))}


# Who moved


def test_where_nothing_moved_a_thousand_trials_cost_two_requests(ctis, fake):
    known = ctis.version(None)
    fake.asked_since()
    watched = [f"2021-5{number:05}-00-00" for number in range(1000)]

    assert ctis.version(known) is known
    assert set(probed(ctis, *watched).values()) == {Unmoved(each, known.stamp) for each in watched}
    assert fake.asked_since() == ["search", "search"]


def test_who_moved_is_read_and_the_others_are_not(ctis, fake):
    known = ctis.version(None)
    fake.days[CORK] = ("2026-11-28", "2026-11-28")
    fake.date = "Sat, 28 Nov 2026 12:00:00 GMT"

    now = ctis.version(known)

    assert now.stamp == "2026-11-28T12:00:00" > known.stamp
    assert set(probed(ctis, CORK, BARK)) == {BARK}


def test_either_day_of_a_row_tells_that_it_moved(ctis, fake):
    known = ctis.version(None)
    fake.days[CORK] = ("2024-01-01", "2026-11-28")
    fake.days[BARK] = ("2026-11-28", "2024-01-01")

    ctis.version(known)

    assert set(probed(ctis, CORK, BARK, ACORN)) == {ACORN}


def test_a_trial_that_moved_on_the_day_of_the_last_look_is_read_again_until_that_day_is_over(ctis, fake):
    fake.days[CORK] = ("2026-11-27", "2026-11-27")
    first = ctis.version(None)
    fake.days[BARK], fake.date = ("2026-11-27", "2026-11-27"), "Fri, 27 Nov 2026 18:00:00 GMT"
    second = ctis.version(first)
    assert set(probed(ctis, CORK, BARK, ACORN)) == {ACORN}

    fake.days[ACORN], fake.date = ("2026-11-28", "2026-11-28"), "Sat, 28 Nov 2026 18:00:00 GMT"
    third = ctis.version(second)
    assert set(probed(ctis, CORK, BARK, ACORN)) == set()

    fake.days["2020-500000-00-00"], fake.date = ("2026-11-29", "2026-11-29"), "Sun, 29 Nov 2026 18:00:00 GMT"
    ctis.version(third)
    assert isinstance(probed(ctis, CORK)[CORK], ProbeResult)


def test_a_row_whose_lists_are_in_another_order_is_the_same(ctis, fake):
    known = ctis.version(None)
    for tree in fake.trees.values():
        tree["authorizedApplication"]["memberStatesConcerned"].reverse()

    assert ctis.version(known) is known


def test_a_row_of_another_status_is_another(ctis, fake):
    fake.days[CORK] = ("2026-11-20", "2026-11-20")
    known = ctis.version(None)
    fake.trees[CORK]["ctPublicStatusCode"] = 8

    assert ctis.version(known) != known


def test_a_document_knows_what_a_probe_would_see(ctis, fake):
    known = RegistryVersion("2026-11-20T12:00:00", "another")
    fake.days[CORK] = ("2026-11-19", "2026-11-19")
    ctis.version(known)

    (document,) = fetched(ctis, CORK)

    assert document.probe_digest == probed(ctis, CORK)[CORK].digest


def test_after_too_long_a_pause_nothing_is_said_of_anybody(ctis, fake):
    fake.others = 3500
    fake.trees.update({each: trial(each) for each in (f"2021-5{number:05}-00-00" for number in range(10))})

    ctis.version(RegistryVersion("2024-01-01T00:00:00", "long ago"))

    assert probed(ctis, CORK) == {}


def test_without_a_clock_of_the_server_a_version_is_a_later_one_all_the_same(ctis, fake):
    fake.date = "once upon a time"
    first = ctis.version(None)
    fake.days[CORK] = ("2025-03-02", "2025-03-02")
    fake.trees[CORK]["ctPublicStatusCode"] = 4

    second = ctis.version(first)

    assert (first.stamp, second.stamp) == ("2025-03-02", "2025-03-02T00:00:01")


def test_a_register_without_a_trial_is_not_believed(ctis, fake):
    fake.others, fake.trees = 0, {}

    with pytest.raises(AnswerUnreadable, match="no trial at all"):
        ctis.version(None)
    assert not ctis.answers_at_all()


# Whole records


def test_a_record_is_one_request(ctis, fake):
    (one, other) = fetched(ctis, CORK, BARK)

    assert isinstance(one, Document)
    assert (one.trial_id, other.trial_id) == (CORK, BARK)
    assert fake.asked_since() == [CORK, BARK]


def test_an_empty_object_means_that_there_is_no_such_trial(ctis, fake):
    del fake.trees[CORK]

    assert fetched(ctis, CORK) == [Missing(CORK, "{}")]
    assert ctis.answers_at_all()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (HTML, "an HTML page"),
        (http(b"<html>", content_type="application/json"), "an HTML page"),
        (http(b'{"ctNumber": "2023-599904-42-00"}'), "is the record of"),
        (http(b'{"ctNumber": '), "not proper JSON"),
        (http(b""), "nothing at all"),
        (http(b"[]"), "something else than an object"),
        (http(b"", 302, headers={"Location": "/login"}), "302"),
    ],
)
def test_what_is_no_record_becomes_no_document(ctis, fake, answer, words):
    fake.instead = lambda request: answer

    (found,) = fetched(ctis, CORK)

    assert isinstance(found, Unreadable)
    assert words in found.reason


def test_a_firewall_is_asked_no_more_than_twice(ctis, fake):
    fake.instead = lambda request: http(b"<html>Request blocked</html>", 403, content_type="text/html")

    found = fetched(ctis, CORK, BARK, ACORN, "2021-500001-00-00")

    assert [type(each) for each in found] == [Unanswered] * 4
    assert "user_agent" in found[0].reason
    assert len(fake.asked_since()) == 2
    assert not ctis.answers_at_all()


def test_a_trial_that_was_submitted_again_is_merged_into_that(ctis, fake):
    again = f"{CORK[:-2]}01"
    fake.trees[CORK] = trial(CORK, ctPublicStatusCode=11)
    fake.trees[again] = trial(again)

    (found,) = fetched(ctis, CORK)

    assert isinstance(found, Merged)
    assert (found.trial_id, found.into, found.document.trial_id) == (CORK, again, again)


def test_one_that_is_listed_again_is_read_although_it_did_not_move_itself(ctis, fake):
    known = ctis.version(None)
    again = f"{CORK[:-2]}01"
    fake.trees[again] = trial(again)
    fake.days[again] = ("2026-11-28", "2026-11-28")
    ctis.version(known)

    assert set(probed(ctis, CORK, BARK)) == {BARK}
    (found,) = fetched(ctis, CORK)
    assert (type(found), found.into) == (Merged, again)


def test_one_that_came_to_nothing_stays_where_it_was_not_submitted_again(ctis, fake):
    fake.trees[CORK] = trial(CORK, ctPublicStatusCode=12)

    (found,) = fetched(ctis, CORK)

    assert isinstance(found, Document)
    assert fake.asked_since() == [CORK, f"{CORK[:-2]}01"]


# Searches


def found_by(ctis, search, **options):
    return [trial_id for page in ctis.find(search, **options) for trial_id in page.trial_ids]


@pytest.fixture
def of_others(fake):
    """The other trials are of sponsors with other names, some of them longer."""
    fake.other_row = {"conditions": "Warts"}
    fake.other_sponsors = ("Quercus Farma, Lda. II", "Montado S.A.")


@pytest.mark.usefixtures("of_others")
def test_a_sponsor_is_the_one_of_exactly_that_name(ctis, fake):
    fake.knows["sponsor"] = "sponsor"
    fake.trees["2023-599906-44-00"] = trial("2023-599906-44-00")
    fake.trees["2023-599906-44-00"]["authorizedApplication"]["authorizedPartI"]["sponsors"][1]["organisation"] = {
        "name": "Somebody else"
    }

    assert set(found_by(ctis, Search(sponsor="quercus  farma, lda."))) == {CORK, BARK, ACORN}


@pytest.mark.usefixtures("of_others")
def test_a_condition_is_looked_for_by_the_registry(ctis, fake):
    assert set(found_by(ctis, Search(condition="aphthous"))) == {CORK, BARK, ACORN}
    assert fake.asked_since().count("search") == 2  # one for the number of all trials


@pytest.mark.usefixtures("of_others")
def test_what_moved_since_a_day_is_found_by_either_day(ctis, fake):
    fake.days[CORK], fake.days[BARK] = ("2026-11-28", "2024-01-01"), ("2024-01-01", "2026-11-28")

    assert set(found_by(ctis, Search(condition="aphthous"), updated_since=date(2026, 11, 20))) == {CORK, BARK}


@pytest.mark.usefixtures("of_others")
def test_those_that_stopped_are_found_by_their_status(ctis, fake):
    fake.trees[BARK]["ctPublicStatusCode"] = 4

    assert set(found_by(ctis, Search(condition="aphthous"), stopped=True)) == {CORK, ACORN}


@pytest.mark.usefixtures("of_others")
def test_a_search_that_is_ignored_is_not_believed(ctis, fake):
    fake.knows = {}

    with pytest.raises(AnswerUnreadable, match="ignored"):
        found_by(ctis, Search(sponsor="Quercus Farma, Lda.", role=Role.ANY))


def test_all_there_are_cannot_be_searched_for(ctis):
    with pytest.raises(ConfigurationInvalid, match="10,000"):
        found_by(ctis, Search())


def test_a_page_of_something_else_is_refused(ctis, fake):
    for answer in (b"{}", b'{"data": 5}', b'{"data": [{}], "pagination": {"totalRecords": 1}}', b"[]"):
        fake.instead = lambda request, answer=answer: http(answer)
        with pytest.raises(RegistryError):
            found_by(ctis, Search(condition="aphthous"))
        with pytest.raises(RegistryError):
            ctis.version(None)
