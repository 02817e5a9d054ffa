from datetime import date

import pytest

from monitor.changes.diff import diff
from monitor.changes.significance import weigh_all
from monitor.registries.ctis import codes, drift
from monitor.registries.ctis.documents import document_of
from monitor.registries.ctis.record import PATHS, parse
from tests.registries.ctis.fake import CORK, STATES, former, trial

ON = date(2024, 10, 1)
STATE = STATES.replace(".", "__")


def read(tree):
    return parse(document_of(tree, tree["ctNumber"]))


def told(before, after):
    return [(each.kind, each.summary) for each in diff(read(before), read(after), on=ON)]


def in_all(code, **changes):
    """The trial with this status as a whole and in both countries."""
    states = {f"{STATE}__n{place}__mscPublicStatusCode": code for place in (0, 1)}
    return trial(ctPublicStatusCode=code, **states, **changes)


@pytest.mark.parametrize(
    ("code", "shared", "words"),
    [
        (1, "NOT_YET_RECRUITING", "Under evaluation"),
        (2, "NOT_YET_RECRUITING", "Authorised, recruitment pending"),
        (3, "RECRUITING", "Authorised, recruiting"),
        (4, "RECRUITING", "Ongoing, recruiting"),
        (5, "ACTIVE_NOT_RECRUITING", "Ongoing, recruitment ended"),
        (6, "SUSPENDED", "Temporarily halted"),
        (7, "SUSPENDED", "Suspended"),
        (8, "COMPLETED", "Ended"),
        (9, "WITHDRAWN", "Expired"),
        (10, "TERMINATED", "Revoked"),
        (11, "WITHDRAWN", "Not authorised"),
        (12, "WITHDRAWN", "Cancelled"),
        ("4", "RECRUITING", "Ongoing, recruiting"),
        (99, "UNKNOWN", "Status 99"),
    ],
)
def test_a_status_is_a_shared_code_in_the_registrys_words(code, shared, words):
    found = read(in_all(code))

    assert (found.overall_status.code, found.overall_status.words) == (shared, words)
    assert {(each.country, each.status, each.words) for each in found.country_statuses} == {
        ("Portugal", shared, words),
        ("Denmark", shared, words),
    }


def test_a_code_that_is_not_known_is_told_as_drift():
    assert [(each.path, each.value) for each in drift.unknown(document_of(in_all(99), CORK).content)] == [
        ("ctPublicStatusCode", "99"),
        (f"{STATES}.mscPublicStatusCode", "99"),
    ]
    assert drift.unknown(document_of(trial(), CORK).content) == ()
    assert [each.path for each in drift.unknown(document_of(trial(newPart=1), CORK).content)] == ["newPart"]


def test_the_status_of_the_application_is_never_that_of_the_trial():
    assert read(trial(ctStatus="Ended")) == read(trial())
    assert read(trial(ctStatus=8)) == read(trial())


def ended_early(*countries):
    events = [
        {"mscName": name, "events": [{"notificationType": "EARLY_TERMINATION", "date": "2024-09-30"}]}
        for name in countries
    ]
    return in_all(8, events={"trialEvents": events})


def test_an_end_is_early_where_all_countries_notified_one():
    everywhere, somewhere = read(ended_early("Portugal", "Denmark")), read(ended_early("Denmark"))

    assert (everywhere.overall_status.code, everywhere.overall_status.words) == (
        "TERMINATED",
        "Ended (early termination)",
    )
    assert somewhere.overall_status.code == "COMPLETED"
    assert {each.country: each.status for each in somewhere.country_statuses} == {
        "Portugal": "COMPLETED",
        "Denmark": "TERMINATED",
    }


def test_the_reason_for_a_halt_is_told_while_it_lasts():
    halted = {"temporaryHaltList": [{"mscName": "Denmark", "reasonHalt": "Capsules dissolved too early"}]}

    assert read(in_all(6, events=halted)).why_stopped == "Capsules dissolved too early"
    assert read(in_all(4, events=halted)).why_stopped is None


def test_a_halt_in_one_country_that_becomes_one_in_all_takes_nothing_away():
    halted = {"temporaryHaltList": [{"mscName": "Denmark", "reasonHalt": "Capsules dissolved too early"}]}
    somewhere = in_all(6, events=halted)
    somewhere["ctPublicStatusCode"] = 4
    somewhere["authorizedApplication"]["memberStatesConcerned"][0]["mscPublicStatusCode"] = 4

    assert told(somewhere, in_all(6, events=halted)) == [
        (
            "status.stopped",
            "Overall status went from Ongoing, recruiting to Temporarily halted: “Capsules dissolved too early”.",
        ),
        ("why_stopped.added", "Reason for stopping was added: “Capsules dissolved too early”."),
        ("status.country", "In Portugal the status went from “Ongoing, recruiting” to “Temporarily halted”."),
    ]


def test_what_was_planned_is_not_new_once_it_happened():
    planned = trial(startDateEU=None)
    happened = trial(startDateEU="2024-05-06", endDate="2026-01-31")

    assert [kind for kind, _ in told(planned, happened)] == ["date.actual", "date.actual"]


def test_what_other_fields_tell_is_no_other_content():
    """A halt in one country, its becoming one in all, and an early end: each is told once, and nothing as removed."""
    halt = {"mscName": "Denmark", "haltDate": "2024-09-17", "reasonHalt": "Capsules dissolved too early"}
    halted = {"temporaryHaltList": [halt], **started()}
    ended = {"temporaryHaltList": [halt], **ended_early("Portugal", "Denmark")["events"]}

    begun = told(in_all(4, events=started()), in_all(4, events=halted))
    everywhere = told(in_all(4, events=halted), in_all(6, events=halted))
    early = told(in_all(6, events=halted), in_all(8, events=ended, endDateEU="30/09/2024"))

    assert begun == [
        (
            "oversight",
            "Milestones by country: added “Denmark: Temporary halt, 2024-09-17 (Capsules dissolved too early)”.",
        )
    ]
    assert [kind for kind, _ in everywhere] == ["status.stopped", "why_stopped.added", "status.country"]
    assert sorted({kind for kind, _ in early}) == ["date.actual", "oversight", "status.country", "status.stopped"]


def started():
    events = [{"notificationType": "START_OF_TRIAL", "date": "2024-04-19"}]
    return {"trialEvents": [{"mscName": name, "events": events} for name in ("Portugal", "Denmark")]}


def test_a_country_that_joins_is_told_by_its_status_alone():
    state = {"mscName": "Iceland", "mscPublicStatusCode": 2}
    before, after = trial(), trial()
    after["authorizedApplication"]["memberStatesConcerned"].append(state)
    after["authorizedApplication"]["authorizedPartsII"].append({"mscInfo": {"mscName": "Iceland"}})

    assert [kind for kind, _ in told(before, after)] == ["country.added"]


def test_another_of_the_registrys_words_for_one_code_is_a_minor_move():
    changes = weigh_all(diff(read(in_all(3)), read(in_all(4)), on=ON))

    assert [(each.kind, str(each.significance)) for each in changes] == [
        ("status.changed", "minor"),
        ("status.country", "minor"),
    ]
    assert changes[0].summary == "Overall status went from Authorised, recruiting to Ongoing, recruiting."


def test_a_status_of_no_shared_code_is_not_told_as_the_calendars():
    (overall, _) = told(in_all(4), in_all(17))

    assert overall == ("status.changed", "Overall status went from Ongoing, recruiting to Pending.")


def test_the_relaunch_of_the_portal_is_no_change():
    before = former(in_all(4), words="Ongoing, recruiting", countries="PT:Ongoing, recruiting, DK: Ongoing, recruiting")

    assert told(before, in_all(4)) == [("updated", "Last update submitted date was removed; it was 2024-05-02.")]
    assert read(before).overall_status.words == "Ongoing, recruiting"


@pytest.mark.parametrize(
    ("words", "code"),
    [("Authorised, not started", 2), ("Halted", 6), ("Ongoing, not recruiting", 5), ("Under evaluation", 1)],
)
def test_former_words_are_those_of_today(words, code):
    now = codes.status(code)
    then = read(former(trial(), words=words, countries=f"PT:{words}, DK:{words}"))

    assert (then.overall_status, then.overall_status.words) == (now, now.words)
    assert {each.words for each in then.country_statuses} == {now.words}


def test_countries_of_which_nothing_is_said_are_no_news():
    silent = trial()
    for state in silent["authorizedApplication"]["memberStatesConcerned"]:
        del state["mscPublicStatusCode"]

    assert told(silent, trial()) == told(trial(), silent) == []


def test_an_application_is_told_as_it_comes():
    more = trial()
    more["authorizedApplication"]["applicationInfo"].append(
        {"businessKey": "NSM-1", "type": "NON SUBSTANTIAL MODIFICATION", "status": "Authorised"}
    )

    assert told(trial(), more)[0] == ("oversight", "Applications: added “NSM-1 (non substantial modification)”.")


def test_many_documents_are_told_together():
    more = trial()
    more["documents"] += [
        {"title": f"L1_Consent {number}", "documentTypeLabel": "Consent form (for publication)"} for number in range(9)
    ]

    assert ("document.added", "9 study documents added: 9 “Consent form”.") in told(trial(), more)


def test_a_sponsor_is_known_by_its_key_whatever_it_is_called():
    renamed, sold = trial(), trial()
    for tree, changes in ((renamed, {}), (sold, {"businessKey": "ORG-199900009"})):
        (lead,) = (each for each in tree["authorizedApplication"]["authorizedPartI"]["sponsors"] if each["primary"])
        lead["organisation"] |= {"name": "Suber Medicamentos S.A.", **changes}

    assert told(trial(), renamed) == [
        (
            "sponsor.respelled",
            "Lead sponsor goes by another name: “Suber Medicamentos S.A.”, formerly “Quercus Farma, Lda.”.",
        )
    ]
    assert told(trial(), sold)[0][0] == "sponsor.lead"


def test_phases_are_read_from_code_and_words_alike():
    for code in range(1, 12):
        (words, shared) = codes._PHASES[code]
        assert [phase.code for phase in codes.phases(code)] == list(shared)
        assert codes.phases(words.replace(" ", "  ")) == codes.phases(str(code)) == codes.phases(code)
    assert codes.phases("12") is codes.phases(None) is codes.phases([4]) is None


def test_the_planned_number_is_that_of_all_countries():
    assert read(trial()).enrollment.count == 150
    untold = trial()
    for part in untold["authorizedApplication"]["authorizedPartsII"]:
        del part["recruitmentSubjectCount"]
    assert read(untold).enrollment is None
    assert read(untold | {"totalNumberEnrolled": "90"}).enrollment.count == 90


def test_every_path_is_of_a_field():
    from monitor.changes.fields import FIELDS

    assert set(PATHS) <= set(FIELDS)
