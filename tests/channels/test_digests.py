"""A digest, whatever channel tells it: its trials in their order, and its sums in words."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from monitor.channels.channel import Coverage, Digest
from monitor.channels.digests import covered, interval, nothing_happened, sections, subject, summed, unchecked
from monitor.model import Significance
from monitor.render.nets import sentence
from tests.channels.digests import ENDED, REOPENED, SLIPPED, WHOLE, digest, entry, trial_id
from tests.channels.email.test_mail import CRITERIA, HALTED, REASON, SPONSOR, TARGET, VERIFIED, change, new_outcome

SITES = change(
    "site.added",
    None,
    [{"facility": "Ward", "city": city, "country": "Norway"} for city in ("Oslo", "Bergen")],
    field="sites",
    summary="2 sites added in Norway: Ward (Oslo) and Ward (Bergen).",
)


def ids(told: Digest) -> list[str]:
    return [section.event.trial_id for section in sections(told)]


def test_the_most_significant_comes_first_then_what_was_seen_last_and_what_came_back_at_the_end():
    told = digest(
        entry(1, CRITERIA, hours=1),
        entry(2, TARGET, hours=9),
        entry(3, SLIPPED, hours=2),
        entry(4, HALTED, hours=7),
        entry(4, REOPENED, hours=6, snapshot=3),
        entry(5, SPONSOR, hours=20),
    )

    assert ids(told) == [trial_id(number) for number in (5, 3, 2, 1, 4)]


def test_a_trial_has_its_events_together_and_the_title_that_it_has_now():
    told = digest(
        entry(1, TARGET, hours=9, title="Melatonin"), entry(1, HALTED, REASON, hours=2, snapshot=3, title="Melatonin 2")
    )

    section = only(told)

    assert section.context.title == "Melatonin 2"
    assert [change.field for change in section.changes] == ["overall_status", "why_stopped", "enrollment"]


def test_administrative_changes_beside_others_are_counted_nowhere():
    told = digest(entry(1, HALTED, TARGET, VERIFIED))

    section = only(told)

    assert [change.field for change in section.counted] == [HALTED.field, TARGET.field]
    assert subject(told, [section]).endswith(", and 1 more change")
    assert only(digest(entry(1, VERIFIED))).counted == [VERIFIED]


def only(told: Digest):
    [section] = sections(told)
    return section


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (
            [entry(1, HALTED, REASON, TARGET), entry(2, TARGET, CRITERIA)],
            "1 critical, 2 major and 1 minor change in 2 trials",
        ),
        ([entry(1, CRITERIA), entry(2, CRITERIA, VERIFIED)], "2 minor changes in 2 trials"),
        ([entry(1, VERIFIED), entry(2, VERIFIED)], "2 administrative changes in 2 trials"),
        ([entry(1, HALTED), entry(1, REOPENED, hours=1, snapshot=3), entry(2, TARGET)], "1 major change in 2 trials"),
        ([entry(1, HALTED), entry(1, REOPENED, hours=1, snapshot=3)], "1 change taken back in 1 trial"),
    ],
)
def test_a_line_says_how_much_there_is_a_stop_and_its_reason_being_one(entries, told):
    assert summed(digest(*entries), sections(digest(*entries))) == told


@pytest.mark.parametrize(
    ("period", "begin"),
    [
        ("daily", "Daily digest: "),
        ("weekly", "Weekly digest: "),
        ("monthly", "Monthly digest: "),
        ("quiet hours", "Quiet hours: "),
        ("catch-up", "Catch-up: "),
        ("pause", "While paused: "),
    ],
)
def test_the_subject_says_what_it_is_and_how_much(period, begin):
    told = digest(entry(1, TARGET), entry(2, CRITERIA), period=period)

    assert subject(told, sections(told)) == f"{begin}1 major and 1 minor change in 2 trials"


def test_the_subject_of_one_trial_says_what_changed_there():
    one = digest(entry(1, HALTED, REASON, TARGET, CRITERIA))

    assert subject(one, sections(one)) == (
        "Daily digest: NCT05550001: Suspended – “Drug supply ran out”, and 2 more changes"
    )


def test_events_that_were_left_out_are_counted():
    told = digest(entry(1, TARGET), omitted=1_204)

    assert subject(told, sections(told)) == "Daily digest: 1 major change in 1 trial, and 1,204 more events"


@pytest.mark.parametrize(
    ("coverage", "told"),
    [
        (WHOLE, "All quiet: 214 of 214 trials checked"),
        (Coverage(trials=1, checked=1), "All quiet: 1 of 1 trial checked"),
        (Coverage(trials=214, checked=212), "Quiet, but 2 of 214 trials could not be checked"),
        (replace(WHOLE, unchecked=(("asthma", "no answer"),)), "Quiet, but not everything could be checked"),
        (None, "All quiet"),
    ],
)
def test_silence_is_told_for_what_it_is_worth(coverage, told):
    assert subject(digest(coverage=coverage), []) == told


@pytest.mark.parametrize(
    ("coverage", "subject_of_it", "sentence_of_it"),
    [
        (
            WHOLE,
            "Nothing more: 214 of 214 trials checked",
            "Nothing more that you asked for has changed; 2 alerts came at once.",
        ),
        (
            Coverage(trials=9, checked=8),
            "Nothing more, but 1 of 9 trials could not be checked",
            "Nothing more that you asked for has changed, as far as could be checked; 2 alerts came at once.",
        ),
    ],
)
def test_what_came_at_once_is_not_passed_over_in_silence(coverage, subject_of_it, sentence_of_it):
    told = digest(coverage=coverage, at_once=2)

    assert (subject(told, []), nothing_happened(told)) == (subject_of_it, sentence_of_it)


def test_coverage_says_of_which_data_and_what_is_missing_and_is_bounded():
    missing = tuple((f"NCT{number}", "no\nanswer") for number in range(300))
    coverage = replace(WHOLE, checked=180, unchecked=missing)

    assert covered(coverage) == (
        "180 of 214 trials checked, registry data of 2026-11-26 09:00 (ClinicalTrials.gov) and 2026-11-26 04:10 (CTIS)."
    )
    assert list(unchecked(coverage)) == [(f"NCT{number}", "no answer") for number in range(10)]


def test_times_are_those_of_the_subscriber():
    assert interval(digest()) == "2026-11-26 08:00 to 2026-11-27 08:00, Europe/Paris"
    assert interval(digest(began_at=None, ended_at=ENDED.astimezone(UTC))) == "until 2026-11-27 07:00, UTC"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([entry(1, HALTED), entry(1, REOPENED, hours=1)], ["Overall status went to Suspended and back to Recruiting"]),
        (
            [entry(1, HALTED), entry(1, replace(REOPENED, after="ACTIVE_NOT_RECRUITING"), hours=1)],
            ["Overall status went from Recruiting to Active, not recruiting, by way of Suspended"],
        ),
        (
            [
                entry(1, SLIPPED),
                entry(
                    1, replace(SLIPPED, before=SLIPPED.after, after={"date": "2028-01", "type": "ESTIMATED"}), hours=1
                ),
            ],
            ["Primary completion date slipped from 2027-03 to 2028-01, 10 months later, in 2 steps"],
        ),
        (
            [
                entry(1, new_outcome(7)),
                entry(
                    1,
                    replace(new_outcome(7), kind="outcome.secondary.removed", before=new_outcome(7).after, after=None),
                    hours=1,
                ),
            ],
            ["Secondary outcome added: “Biomarker 7 in plasma” (time frame: “Week 4”), and removed again since"],
        ),
        (
            [
                entry(1, SITES),
                entry(1, replace(SITES, kind="site.removed", before=SITES.after[:1], after=None), hours=1),
            ],
            ["2 sites added in Norway: Ward (Oslo) and Ward (Bergen), 1 of them was removed again"],
        ),
        (
            [entry(1, CRITERIA), entry(1, replace(CRITERIA, before=CRITERIA.after, after=CRITERIA.before), hours=1)],
            ["Eligibility criteria changed: “seven” became “five”, and changed back since"],
        ),
    ],
)
def test_several_changes_are_told_by_what_they_come_to(entries, told):
    section = only(digest(*entries))

    assert [sentence(each) for each in (*section.standing, *section.folded)] == told


def test_a_digest_over_a_change_of_the_clocks_has_both_its_ends_as_they_were_shown():
    ended = ENDED.replace(month=10, day=25)

    assert interval(digest(began_at=ended - timedelta(days=1), ended_at=ended)) == (
        "2026-10-24 08:00 to 2026-10-25 08:00, Europe/Paris"
    )


def test_significance_is_none_where_all_came_back():
    assert only(digest(entry(1, HALTED), entry(1, REOPENED, hours=1))).significance is None
    assert only(digest(entry(1, HALTED))).significance is Significance.CRITICAL
