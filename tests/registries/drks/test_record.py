"""What a record of DRKS says: in which language, planned or actual, in whose words."""

import json
from datetime import UTC, datetime

import pytest

from monitor.changes.diff import diff
from monitor.model import Enrollment, PartialDate, Snapshot, Sponsor
from monitor.registries.drks.adapter import Drks
from monitor.registries.drks.documents import document_of, kept_document
from monitor.registries.drks.drift import unknown
from monitor.registries.drks.record import parse
from tests.registries.drks_trials import KNEE, in_languages, record

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def document(**changes):
    return document_of(KNEE, json.dumps(record(**changes)).encode())


def read(**changes):
    return parse(document(**changes))


def differences(before, after):
    adapter = Drks(base_url="http://127.0.0.1:9", session=NoSession())
    pair = adapter.parse_pair(Snapshot(1, before, NOON), after, NOON)
    return [each.field for each in diff(*pair, on=NOON.date())]


class NoSession:
    traffic = None


REASON = "recruitment__recruitmentDescriptions"


def reasons(**by_locale):
    return in_languages("x", **{each: {"reasonDescription": text} for each, text in by_locale.items()})["x"]


def test_a_text_is_read_in_english_where_it_is_and_else_in_german():
    assert read(**{REASON: reasons(de="Kein Geld", en="No money")}).why_stopped == "No money"
    assert read(**{REASON: reasons(de="Kein Geld", en="  ")}).why_stopped == "Kein Geld"
    assert read(**{REASON: reasons(de="", en="")}).why_stopped is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"de": "Kein Geld"}, {"de": "Kein Geld", "en": "No money"}),
        ({"de": "Kein Geld", "en": "No money"}, {"de": "Kein Geld"}),
        ({"de": "Kein Geld"}, {"en": "No money"}),
        ({"de": "Kein Geld", "en": "No money"}, {"de": "Es fehlt Geld", "en": "No money"}),
    ],
)
def test_a_translation_that_comes_goes_or_is_mended_is_no_change(before, after):
    assert differences(document(**{REASON: reasons(**before)}), document(**{REASON: reasons(**after)})) == []


def test_a_text_that_changes_while_it_is_translated_is_a_change():
    before, after = reasons(de="Kein Geld"), reasons(de="Kein Personal", en="No staff")

    assert differences(document(**{REASON: before}), document(**{REASON: after})) == ["why_stopped"]


def test_a_reason_that_comes_is_told_in_whatever_language():
    assert differences(document(**{REASON: []}), document(**{REASON: reasons(de="Kein Geld")})) == ["why_stopped"]


def test_the_actual_date_counts_in_place_of_the_planned_one_and_is_one_change():
    planned = document(recruitment__actualStartDate=None)
    actual = document()

    assert parse(planned).start_date == PartialDate("2024-03-01", "ESTIMATED")
    assert parse(actual).start_date == PartialDate("2024-04-15", "ACTUAL")
    assert differences(planned, actual) == ["start_date"]


@pytest.mark.parametrize(
    ("status", "total", "enrollment"),
    [
        ("RECRUITING", None, Enrollment(120, "ESTIMATED")),
        ("RECRUITING", 0, Enrollment(120, "ESTIMATED")),
        ("WITHDRAWN", 0, Enrollment(0, "ACTUAL")),
        ("COMPLETE_FOLLOW_UP_COMPLETE", 61, Enrollment(61, "ACTUAL")),
    ],
)
def test_nobody_took_part_only_where_a_trial_may_not_have_begun(status, total, enrollment):
    assert read(recruitment__status=status, recruitment__totalParticipants=total).enrollment == enrollment


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("COMPLETE_FOLLOW_UP_CONTINUING", "ACTIVE_NOT_RECRUITING", "Recruiting complete, follow-up continuing"),
        ("DISCONTINIUED", "TERMINATED", "Recruiting stopped after recruiting started"),
        ("DISCONTINUED", "TERMINATED", "Recruiting stopped after recruiting started"),
        ("INVITE_ONLY", "ENROLLING_BY_INVITATION", "Invite only"),
        ("ON_HOLD_BY_EC", "UNKNOWN", "On hold by ec"),
    ],
)
def test_a_status_is_filtered_by_the_shared_code_and_read_in_the_registrys_words(code, status, words):
    read_status = read(recruitment__status=code).overall_status

    assert (read_status.code, read_status.words) == (status, words)


def test_an_unknown_code_and_an_unknown_field_are_told():
    found = unknown(document(recruitment__status="ON_HOLD_BY_EC", newMember={"a": 1}).content)

    assert {(each.path, each.value) for each in found} == {
        ("recruitment.status", "ON_HOLD_BY_EC"),
        ("newMember", None),
    }
    assert unknown(document().content) == ()


def test_people_never_enter_a_document():
    content = document().content.decode()

    assert not [
        name for name in ("Quell", "Arndt", "Erlenbach", "Weber", "+49", "@") if name in content.replace("Quell A.", "")
    ]
    assert "JVBERi0" not in content


def test_a_sponsor_who_is_a_person_is_none():
    contact = {"firstName": "Arndt", "lastName": "Quell", "affiliation": None}
    contacts = [{"idContactIdType": {"type": "PRIMARY_SPONSOR"}, "contact": contact}]

    assert read(trialContacts=contacts).lead_sponsor is None
    assert read().lead_sponsor == Sponsor("Klinikum am Weiher gGmbH")


def test_order_contacts_and_the_records_way_through_the_office_are_no_content():
    shuffled = record(trialStatus="UPDATE_REQUESTED")
    shuffled["trialContacts"].reverse()
    shuffled["trialContacts"][-1]["contact"]["phone"] = "+49 555 9999"
    shuffled["trialDescriptions"].reverse()
    shuffled["observationalGroups"].reverse()
    shuffled["recruitment"]["institutes"].reverse()

    assert document_of(KNEE, json.dumps(shuffled).encode()).content == document().content


def test_a_document_proves_itself():
    made = document()

    assert kept_document(KNEE, made.content) == made


def test_an_arm_is_told_in_one_language_by_its_number():
    assert [(arm.label, arm.description) for arm in read().arms] == [
        ("Arm 1", "Heat pads, three times a day"),
        ("Arm 2", "Care as usual"),
    ]
