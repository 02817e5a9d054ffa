"""What is asked of the register, and what comes of its answers."""

from datetime import timedelta
from itertools import chain

import pytest

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Document
from monitor.ports import (
    Missing,
    Probing,
    RegistryVersion,
    Searching,
    Sweeping,
    Unanswered,
    Unmoved,
    Unreadable,
    searching,
)
from monitor.registries.euctr.adapter import Euctr
from tests.loopback import RESET, gzipped, http
from tests.registries.euctr.texts import NOON, TRIAL, FakeRegister, country_text, summary_text, wire
from tests.registries.poisons import bomb

OTHER = "2016-900456-78"


@pytest.fixture
def register():
    with FakeRegister() as fake:
        fake.publish(TRIAL, DE="Ongoing", ES="Completed")
        yield fake


@pytest.fixture
def euctr(adapter_for, register):
    return adapter_for(register.base_url, adapter=Euctr)


def fetched(euctr, *trial_ids):
    answers = list(chain(*euctr.fetch(trial_ids)))
    assert len(answers) == len(trial_ids)
    return answers[0] if len(answers) == 1 else answers


def unmoved(euctr, *trial_ids):
    found = list(chain(*euctr.probe(trial_ids)))
    assert all(isinstance(each, Unmoved) for each in found)
    return {each.trial_id: each.since for each in found}


def test_a_trial_is_its_summary_and_a_record_a_country(euctr, register):
    assert isinstance(fetched(euctr, TRIAL), Document)

    assert register.paths() == [
        f"/rest/download/summary?query=eudract_number:{TRIAL}&page=1&mode=current_page",
        f"/rest/download/trial/{TRIAL}/DE",
        f"/rest/download/trial/{TRIAL}/ES",
    ]


def test_the_record_outside_the_union_is_asked_for_in_small_letters(euctr, register):
    register.publish(OTHER, **{"3RD": ""})

    assert isinstance(fetched(euctr, OTHER), Document)
    assert register.paths()[1] == f"/rest/download/trial/{OTHER}/3rd"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http(b"", 500), Unanswered),
        ([RESET], Unanswered),
        (http(b"", 404), Unanswered),
        (http(b"", 302, headers={"Location": "/login"}), Unreadable),
        (http(b"<html>Maintenance</html>"), Unreadable),
        (http(b""), Unreadable),
        (http(wire(country_text("DE"))), Unreadable),
        (http(wire(country_text("ES", trial_id=OTHER))), Unreadable),
        (http(wire(country_text("ES"))[:3000]), Unreadable),
        (http(b"x" * 3_000_000), Unreadable),
        (bomb(megabytes=50), Unreadable),
        (gzipped(wire(country_text("ES")), cut=200), Unreadable),
        (http("Übel".encode("latin-1")), Unreadable),
    ],
)
def test_a_country_that_fails_fails_the_trial(euctr, register, answer, kind):
    register.overrides[f"/rest/download/trial/{TRIAL}/ES"] = lambda request: answer

    assert isinstance(fetched(euctr, TRIAL), kind)


def test_one_bad_trial_does_not_spoil_the_others(euctr, register):
    register.publish(OTHER, DE="Ongoing")
    register.overrides[f"/rest/download/trial/{TRIAL}/DE"] = lambda request: http(b"<html>")

    bad, good = fetched(euctr, TRIAL, OTHER)

    assert isinstance(bad, Unreadable)
    assert bad.raw == b"<html>"
    assert isinstance(good, Document)


def test_no_such_trial_is_believed_in_the_words_of_the_search_page(euctr, register):
    answer = fetched(euctr, OTHER)

    assert answer == Missing(OTHER, "Trials with a EudraCT protocol (0)")


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"Trials with a EudraCT protocol (1)", "names no country"),
        (b"<html>Maintenance</html>", "says whether there is"),
    ],
)
def test_an_empty_summary_alone_does_not_mean_that_a_trial_is_gone(euctr, register, page, reason):
    register.overrides["/search"] = lambda request: http(page)

    answer = fetched(euctr, OTHER)

    assert isinstance(answer, Unreadable)
    assert reason in answer.reason


def test_a_summary_of_another_trial_is_not_taken_for_this_ones(euctr, register):
    text = summary_text({"DE": "Ongoing"}, trial_id=OTHER)
    register.overrides["/rest/download/summary"] = lambda request: http(wire(text))

    assert isinstance(fetched(euctr, TRIAL), Unreadable)


def test_a_register_that_is_down_is_not_asked_for_each_trial(euctr, register):
    register.overrides["/rest/download/summary"] = lambda request: http(b"", 403)

    answers = fetched(euctr, *[TRIAL] * 50)

    assert all(isinstance(each, Unanswered) for each in answers)
    assert "403 Forbidden" in answers[0].reason
    assert "config.toml" in answers[0].reason
    assert len(register.paths()) == 3


def test_its_health_is_that_a_known_trial_is_found(euctr, register):
    assert euctr.answers_at_all()

    register.records.clear()

    assert not euctr.answers_at_all()


def test_who_is_not_in_the_feed_did_not_move_for_six_days(euctr, register):
    register.moved = [(OTHER, "Thu, 19 Nov 2026 00:00:00 GMT")]

    version = euctr.version(None)

    assert version.stamp == "2026-11-20T12:00:00+00:00"
    assert unmoved(euctr, TRIAL, OTHER) == {TRIAL: "2026-11-14T12:00:00+00:00"}
    assert register.paths() == ["/rest/feed/bydates?query="]


def test_a_feed_that_says_the_same_on_the_same_day_is_nothing_new(euctr, register):
    register.moved = [(OTHER, "Thu, 19 Nov 2026 00:00:00 GMT")]
    known = euctr.version(None)
    register.at += timedelta(hours=5)

    assert euctr.version(known) is known


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=9)])
def test_a_day_later_the_same_feed_tells_how_far_it_reaches(euctr, register, later):
    known = euctr.version(None)
    register.at += later

    assert euctr.version(known).stamp == (NOON + later).isoformat()


@pytest.mark.parametrize("moved", [[], [(TRIAL, "Fri, 20 Nov 2026 00:00:00 GMT")], [(OTHER, "Fri, 20 Nov 2026")]])
def test_a_feed_that_says_something_else_is_a_new_version(euctr, register, moved):
    register.moved = [(OTHER, "Thu, 19 Nov 2026 00:00:00 GMT")]
    known = euctr.version(None)
    register.moved = moved
    register.at += timedelta(minutes=10)

    assert euctr.version(known) == RegistryVersion("2026-11-20T12:10:00+00:00", euctr.version(None).etag)


def test_two_feeds_of_one_second_are_two_versions(euctr, register):
    known = euctr.version(None)
    stamps = [known.stamp]
    for day in ("18", "19"):
        register.moved = [(TRIAL, f"Wed, {day} Nov 2026 00:00:00 GMT")]
        known = euctr.version(known)
        stamps.append(known.stamp)

    assert sorted(set(stamps)) == stamps


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not proper XML"),
        (b"<html><body>Maintenance</body></html>", "not an RSS"),
        (b"<rss><channel><item><title>One</title></item></channel></rss>", "names no trial"),
        (b"<rss><channel><item>", "not proper XML"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><rss><channel>&a;</channel></rss>', "document type"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><rss><channel/></rss>'.encode("utf-16"), "document type"),
        (b"<rss><channel>" + b"<a>" * 100_000, "too deeply"),
        (b"<feed/>", "not an RSS"),
    ],
)
def test_what_is_no_feed_is_no_version(euctr, register, body, reason):
    day = {"Date": "Fri, 20 Nov 2026 12:00:00 GMT"}
    register.overrides["/rest/feed/bydates"] = lambda request: http(body, headers=day)

    with pytest.raises(AnswerUnreadable, match=reason):
        euctr.version(None)


@pytest.mark.parametrize("day", ["", "yesterday", "Fri, 99 Nov 2026 12:00:00 GMT"])
def test_a_feed_without_a_day_is_no_version(euctr, register, day):
    register.overrides["/rest/feed/bydates"] = lambda request: http(register.feed(), headers={"Date": day})

    with pytest.raises(AnswerUnreadable, match="Date header"):
        euctr.version(None)


def test_it_can_be_probed_and_neither_searched_nor_swept(euctr):
    assert isinstance(euctr, Probing)
    assert not isinstance(euctr, Searching)
    assert not isinstance(euctr, Sweeping)
    with pytest.raises(ConfigurationInvalid, match="cannot be searched: name the trials to watch by their ids"):
        searching(euctr)
