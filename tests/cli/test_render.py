"""What a person reads in the terminal: the facts are all there, whatever the width and without colour, and nothing in
a registry's text can steer the terminal."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from monitor.changes.events import changes_between
from monitor.changes.fields import FIELDS
from monitor.cli.render.check import closing_line, trial_block
from monitor.cli.render.diff import DiffPage
from monitor.cli.render.history import history_table
from monitor.cli.render.quarantine import quarantine_table
from monitor.cli.render.record import record_page
from monitor.cli.render.watches import watch_table
from monitor.cli.render.worddiff import word_diff
from monitor.model import (
    Arm,
    Change,
    Checked,
    Coded,
    CountryStatus,
    Document,
    Enrollment,
    Outcome,
    PartialDate,
    Record,
    Result,
    Significance,
    Site,
    Snapshot,
    Sponsor,
    State,
    StudyDocument,
    Submission,
    Timing,
)
from monitor.render.worddiff import DiffOp, compare
from monitor.render.words import code_label, value_words
from monitor.storage.quarantine import Quarantined
from monitor.storage.snapshots import SnapshotRow
from monitor.storage.watches import Watch
from monitor.text import plain, shortened, size, stamp
from monitor.views.checks import closing_parts

TAKEN_AT = datetime(2026, 11, 20, 17, tzinfo=UTC)
STAMP = "2026-11-20T09:00:04"

CRITERIA = """Inclusion Criteria:

* Adults with insomnia after heart surgery
* Calcium \\> 8 mg/dL

Exclusion Criteria:

* Use of melatonin within the last 3 months
* Night shift work"""

SLEEP = Record(
    registry="clinicaltrials.gov",
    trial_id="NCT05550001",
    url="https://clinicaltrials.gov/study/NCT05550001",
    paths={},
    brief_title="Melatonin After Heart Surgery",
    official_title="A Randomised Trial of Melatonin for Sleep in the Week After Heart Surgery",
    acronym="LULLABY",
    overall_status=Coded("RECRUITING", "Recruiting"),
    start_date=PartialDate("2025-03", "ACTUAL"),
    primary_completion_date=PartialDate("2027-03", "ESTIMATED"),
    enrollment=Enrollment(1240, "ESTIMATED"),
    lead_sponsor=Sponsor("Fjordside University Hospital", "OTHER"),
    collaborators=(Sponsor("Nordlys Pharma AB", "INDUSTRY"),),
    phases=(Coded("PHASE2", "Phase 2"),),
    arms=(Arm("Melatonin", "EXPERIMENTAL", "Three milligrams by mouth an hour before the lights go out"),),
    primary_outcomes=(Outcome("Sleep efficiency", "7 days", "By actigraphy"),),
    eligibility_criteria=CRITERIA,
    minimum_age="18 Years",
    sites=tuple(
        Site(f"{city} Heart Centre", city, country=country, status="RECRUITING")
        for city, country in (("Bergen", "Norway"), ("Oslo", "Norway"), ("Malmo", "Sweden"))
    ),
    submissions=(Submission("RELEASE", "2026-10-01"),),
    documents=(StudyDocument("Study Protocol", "2025-01-02", "Prot_000.pdf"),),
    status_verified_date="2026-01",
)
STOPPED = replace(
    SLEEP,
    overall_status=Coded("TERMINATED", "Terminated"),
    why_stopped="Too few participants",
    enrollment=Enrollment(61, "ACTUAL"),
    phases=(Coded("PHASE2", "Phase 2"), Coded("PHASE3", "Phase 3")),
    eligibility_criteria=CRITERIA.replace("3 months", "6 months"),
    primary_outcomes=(*SLEEP.primary_outcomes, Outcome("Time to fall asleep", "7 days")),
    sites=SLEEP.sites[1:],
    status_verified_date="2026-11",
)
CHANGES = changes_between(SLEEP, STOPPED, on=date(2026, 11, 20))


def printed(renderable: object, *, width: int = 120, colors: bool = False) -> str:
    out = io.StringIO()
    Console(
        file=out,
        width=width,
        highlight=False,
        force_terminal=colors,
        color_system="standard" if colors else None,
        no_color=not colors,
    ).print(renderable)
    return out.getvalue()


def words_of(renderable: object, *, width: int = 120) -> str:
    """What is printed, its layout aside."""
    return " ".join(printed(renderable, width=width).split())


def checked(result: Result, *, trial_id: str = "NCT05550001", changes: tuple[Change, ...] = (), **more) -> Checked:
    return Checked(
        registry="clinicaltrials.gov",
        trial_id=trial_id,
        result=result,
        checked_at=TAKEN_AT,
        registry_version=STAMP,
        changes=changes,
        **more,
    )


def snapshot(number: int) -> Snapshot:
    document = Document("clinicaltrials.gov", "NCT05550001", b"")
    return Snapshot(number, document, TAKEN_AT, STAMP)


def listed_snapshot(number: int, stamp: str = STAMP) -> SnapshotRow:
    return SnapshotRow(number, TAKEN_AT, State.LISTED, stamp, 100)


def refused(number: int, trial_id: str, reason: str, size: int) -> Quarantined:
    return Quarantined(
        id=number,
        registry="clinicaltrials.gov",
        trial_id=trial_id,
        received_at=TAKEN_AT,
        latest_at=TAKEN_AT,
        times=1,
        reason=reason,
        doubt=None,
        version=None,
        build=None,
        latest_build=None,
        size=size,
        accepted_at=None,
    )


def change(before: object, after: object, field: str = "overall_status", **more) -> Change:
    given = {"kind": "other", "topic": "other", "significance": Significance.MINOR, "summary": "It moved.", **more}
    return Change(field=field, path="x", before=before, after=after, **given)


def shown(*changes: Change, width: int = 120) -> str:
    return words_of(trial_block(checked(Result.CHANGED, changes=changes, snapshot=2), asked=1), width=width)


# monitor check


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_changed_trial_is_told_with_all_its_changes_at_any_width(width):
    block = trial_block(checked(Result.CHANGED, changes=CHANGES, title=SLEEP.brief_title, snapshot=2), asked=1000)
    text = words_of(block, width=width)

    for fact in (
        "NCT05550001",
        "snapshot 2",
        "2026-11-20 09:00",
        "critical",
        "Terminated",
        "1,240 (estimated)",
        "61 (actual)",
        "Phase 2/Phase 3",
        "Time to fall asleep",
        "[-3-] {+6+} months",
        "1 administrative: Last verified",
    ):
        assert fact in text, fact
    for word in ["Melatonin", "After", "Heart", "Surgery", "Bergen"]:
        assert word in text


def test_the_most_significant_change_comes_first_and_administrative_ones_share_the_last_line():
    text = printed(trial_block(checked(Result.CHANGED, changes=tuple(reversed(CHANGES)), snapshot=2), asked=1))
    badges = re.findall(r"^ (critical|major|minor|\d+ administrative)\b", text, flags=re.MULTILINE)
    assert badges == sorted(badges, key=["critical", "major", "minor", "1 administrative"].index)
    assert badges[-1] == "1 administrative"


def test_a_summary_is_left_out_only_where_it_repeats_what_stands_beside_it():
    repeating = change("SINGLE", "DOUBLE", "masking", summary="Masking changed from Single to Double.")
    telling = change("SINGLE", "DOUBLE", "masking", summary="Masking changed from Single to Double, 9 years later.")
    timed = replace(repeating, summary=repeating.summary[:-1] + ", after its primary completion date.", topic="arms")

    assert "changed from" not in shown(repeating)
    assert "9 years later" in shown(telling)
    late = shown(replace(timed, timing=Timing.AFTER_PRIMARY_COMPLETION))
    assert "changed from" not in late
    assert "after the primary completion date" in late


@pytest.mark.parametrize(
    ("result", "more", "words"),
    [
        (Result.BASELINE, {"snapshot": 1}, "baseline taken"),
        (Result.UNCHANGED, {"snapshot": 1}, "unchanged"),
        (Result.MERGED, {"snapshot": 2}, "merged into another record"),
        (Result.MERGED, {"snapshot": 1, "merged_into": "NCT05550002"}, "merged into NCT05550002"),
        (Result.REMOVED, {"snapshot": 2}, "no longer in the registry"),
        (Result.HELD, {"snapshot": 2}, "held back"),
        (Result.FAILED, {"error": "no answer within 60 s: try again later"}, "no answer within 60 s: try again later"),
    ],
)
def test_every_other_result_is_told_in_a_line(result, more, words):
    text = printed(trial_block(checked(result, **more), asked=1))
    assert "NCT05550001" in text
    assert words in text
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("result", [Result.UNCHANGED, Result.BASELINE])
def test_a_trial_without_news_is_worth_a_line_only_in_a_small_pass(result):
    assert trial_block(checked(result), asked=5) is not None
    assert trial_block(checked(result), asked=6) is None


def closing(results: dict[Result, int], **more) -> str:
    given = {"versions": [STAMP], "requests": 4, "bytes_": 812_345, "seconds": 0.314, **more}
    return printed(
        closing_line(closing_parts(results, asked=sum(results.values()), **given), failed=0), width=300
    ).strip()


def test_the_closing_line_proves_that_all_was_looked_at():
    assert closing({Result.UNCHANGED: 990, Result.CHANGED: 10}) == (
        "1,000 of 1,000 checked · 990 unchanged · 10 changed · registry data of 2026-11-20 09:00"
        " · 4 requests, 0.8 MB, 0.31 s"
    )


def test_the_closing_line_counts_what_failed():
    assert closing({Result.UNCHANGED: 998, Result.FAILED: 2}).startswith("998 of 1,000 checked, 2 failed · 998 unchang")


def test_the_closing_line_counts_baselines():
    assert closing({Result.BASELINE: 24}).startswith("24 of 24 checked · 24 baselines taken · ")


def test_of_several_registries_no_version_stands_for_all():
    several = {"versions": [STAMP, None, "2026-11-21"]}
    assert "registry data of" not in closing({Result.UNCHANGED: 2, Result.BASELINE: 1}, **several)
    said = closing({Result.UNCHANGED: 3}, refreshed=False, **several)
    assert said.startswith("3 of 3 verified: nothing newer at 3 registries · ")


def test_the_closing_line_says_when_nothing_was_newer():
    line = closing({Result.UNCHANGED: 1000}, requests=1, bytes_=0, refreshed=False)
    assert line.startswith("1,000 of 1,000 verified as of 2026-11-20 09:00")
    assert line.endswith("1 request, 0.31 s")


def test_a_pass_that_failed_never_counts_as_verified():
    assert "verified" not in closing({Result.FAILED: 3}, refreshed=False, versions=[None])


# Values


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("NOT_YET_RECRUITING", "Not yet recruiting"),
        ("ACTIVE_NOT_RECRUITING", "Active, not recruiting"),
        ("UNKNOWN", "Unknown status"),
        ("EARLY_PHASE1", "Early Phase 1"),
        ("PHASE3", "Phase 3"),
        ("NA", "N/A"),
        ("SOMETHING_NEVER_SEEN", "Something never seen"),
        ("already in words", "already in words"),
    ],
)
def test_codes_are_told_as_people_say_them(code, words):
    assert code_label(code) == words


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("overall_status", "RECRUITING", "Recruiting"),
        ("acronym", "RECRUITING", "RECRUITING"),
        ("start_date", {"date": "2026-03", "type": "ESTIMATED"}, "2026-03 (estimated)"),
        ("start_date", {"date": "2026-03"}, "2026-03"),
        ("enrollment", {"count": 12000, "type": "ACTUAL"}, "12,000 (actual)"),
        ("enrollment", {"type": "ESTIMATED", "count": None}, "no number (estimated)"),
        ("phases", ["PHASE1", "PHASE2"], "Phase 1/Phase 2"),
        ("phases", [], "none"),
        ("healthy_volunteers", True, "yes"),
        ("lead_sponsor", {"name": "Nordlys Pharma AB", "class": "INDUSTRY"}, "Nordlys Pharma AB (industry)"),
        ("primary_outcomes", {"measure": "Sleep", "time_frame": "7 Days"}, "Sleep (7 Days)"),
        ("arms", {"label": "Melatonin", "type": "ACTIVE_COMPARATOR"}, "Melatonin (active comparator)"),
        ("sites", {"facility": "Heart Centre", "city": "Bergen", "country": "Norway"}, "Heart Centre, Bergen, Norway"),
        ("submissions", {"type": "RELEASE", "date": "2026-10-01"}, "2026-10-01 (release)"),
        ("rest", {"a": {"b": [1, None]}}, "a b 1, none"),
        ("sex", None, "none"),
    ],
)
def test_values_are_told_as_people_say_them(field, value, words):
    assert value_words(value, field) == words


def test_many_sites_are_told_by_country():
    sites = [{"facility": f"Clinic {n}", "city": f"City {n % 9}", "country": "Norway"} for n in range(120)]
    text = shown(change([], [*sites, {"city": "Lund", "country": "Sweden"}], "sites"))
    assert "+ Norway: 120 sites (City 0, City 1, City 2, City 3, City 4 and 4 more)" in text
    assert "+ Sweden: 1 site (Lund)" in text


def test_no_country_and_no_changed_word_is_left_out():
    sites = [{"facility": "Clinic", "city": f"City {n}", "country": f"Country {n}"} for n in range(10)]
    before = {"measure": "Sleep", "description": " ".join(f"word{n} so it goes" for n in range(40))}
    after = {**before, "description": before["description"].replace("word", "term")}
    text = shown(change([], sites, "sites"), change(before, after, "primary_outcomes"))
    for n in range(10):
        assert f"+ Country {n}: 1 site (City {n})" in text
    for n in range(40):
        assert f"{{+term{n}+}}" in text


def test_a_site_that_only_changes_its_status_neither_comes_nor_goes():
    site = {"facility": "Heart Centre", "city": "Bergen", "country": "Norway", "status": "RECRUITING"}
    text = shown(change([site], [{**site, "status": "COMPLETED"}], "sites"))
    assert "Recruiting → Completed Heart Centre, Bergen, Norway" in text
    assert "+" not in text


def test_an_item_shows_its_name_and_only_what_differs():
    before = {"measure": "Sleep efficiency", "time_frame": "7 days", "description": "By actigraphy"}
    text = shown(change(before, {**before, "time_frame": "14 days"}, "primary_outcomes"))
    assert "Sleep efficiency time frame: 7 days → 14 days" in text
    assert "actigraphy" not in text


def test_what_no_field_takes_is_told_by_its_path():
    text = shown(change({"a.b": "x", "a.c": 1}, {"a.b": "y", "a.c": 1}, "rest"))
    assert "a.b: x → y" in text
    assert "a.c" not in text


def test_a_long_new_text_is_cut_and_says_so():
    text = shown(change(None, "word " * 500, "eligibility_criteria"))
    assert "(2,499 characters in all)" in text


@pytest.mark.parametrize("field", ["rest", "sites", "contacts", "results", "arms", "enrollment", "sex", "new_field"])
@pytest.mark.parametrize(
    "value",
    [None, "", "x", "A_CODE", 5, 1.5, True, [], ["A", "B"], [1, None], {}, {"type": "ACTUAL"}, {"a": {"b": [{}]}}],
)
def test_no_shape_of_value_stops_the_printing(field, value):
    value = {"a.path": value} if field == "rest" else value
    for before, after in ((None, value), (value, None), (value, value)):
        one = change(before, after, field)
        assert "It moved." in shown(one)
        for width in (80, 120):
            printed(DiffPage("X", None, before=snapshot(1), after=snapshot(2), changes=[one]), width=width)


# Word diff


def rejoined(stretches: list[tuple[DiffOp, str]], without: DiffOp) -> str:
    return "".join(text for op, text in stretches if op is not without)


LINES = st.lists(st.sampled_from(["one", "two", "three", ",", "*", "  ", "\n", "\n\n"]), max_size=40).map(" ".join)


@given(LINES, LINES)
def test_a_word_diff_holds_both_texts(before, after):
    stretches = compare(before, after)
    assert rejoined(stretches, DiffOp.ADDED).split() == before.split()
    assert rejoined(stretches, DiffOp.REMOVED).split() == after.split()


@given(LINES)
def test_a_text_does_not_differ_from_itself(text):
    assert {op for op, _ in compare(text, text)} <= {DiffOp.KEPT}


def test_one_word_in_a_long_text_is_one_change():
    words = [f"word{n % 300}" for n in range(3_000)]
    changed = [*words[:1500], "other", *words[1501:]]
    changes = [stretch for stretch in compare(" ".join(words), " ".join(changed)) if stretch[0] is not DiffOp.KEPT]
    assert changes == [(DiffOp.REMOVED, "word0 "), (DiffOp.ADDED, "other ")]


def test_a_line_that_went_does_not_get_mixed_up_with_its_neighbours():
    stretches = compare("* History of stroke\n* Night shift work\n", "* Night shift work\n")
    assert stretches == [(DiffOp.REMOVED, "* History of stroke\n"), (DiffOp.KEPT, "* Night shift work\n")]


def test_lines_that_have_nothing_in_common_are_not_compared_word_by_word():
    stretches = compare("* Kidney stones\n* Use of opioids\n", "* Pregnancy, breast feeding\n* Daily use of opioids\n")
    assert stretches[:2] == [(DiffOp.REMOVED, "* Kidney stones\n"), (DiffOp.ADDED, "* Pregnancy, breast feeding\n")]


def test_where_only_markdown_signs_differ_they_are_shown():
    assert "[-\\-]" in printed(word_diff("Calcium \\> 8", "Calcium > 8"))


def test_lines_far_from_a_change_are_left_out_side_by_side():
    filler = "\n".join(f"* Criterion number {n} of the protocol" for n in range(50))
    one = change(f"{filler}\n* At least 18 years", f"{filler}\n* At least 21 years", "eligibility_criteria")
    text = printed(DiffPage("X", None, before=snapshot(1), after=snapshot(2), changes=[one]))
    assert re.search(r"\* At least \[-18-\] years +\* At least \{\+21\+\} years", text)
    assert text.count("Criterion") == 4  # two lines, in two columns
    assert text.count("…") == 2


def test_only_what_is_near_a_change_is_shown():
    filler = "\n".join(f"* Criterion number {n} of the protocol" for n in range(50))
    text = printed(word_diff(f"{filler}\n* At least 18 years\n{filler}", f"{filler}\n* At least 21 years\n{filler}"))
    assert "* At least [-18-] {+21+} years" in text
    assert text.count("Criterion") < 8
    assert text.count("…") == 2


def test_colors_replace_the_marks_on_a_terminal():
    diff = word_diff("within 3 months", "within 6 months")
    assert printed(diff).strip() == "within [-3-] {+6+} months"
    assert printed(diff, colors=True) == "within \x1b[9;31m3\x1b[0m \x1b[32m6\x1b[0m months\n"


@pytest.mark.parametrize("token", ["a ", "\n", ".,", "x"])
def test_monotonous_texts_take_no_longer_than_others(token):
    """Each would be quadratic if every repetition were tried against every other; the time limit is pytest's."""
    assert compare(token * 20_000, token * 19_000)


def test_markdown_escapes_are_not_shown():
    assert "Calcium > 8 mg/dL" in printed(word_diff(CRITERIA, CRITERIA.replace("Adults", "People")))


# The other pages


def test_a_record_is_shown_with_everything_people_look_for():
    text = words_of(record_page(STOPPED, snapshot(2)), width=80)
    for fact in (
        "NCT05550001 LULLABY",
        "https://clinicaltrials.gov/study/NCT05550001",
        "snapshot 2, taken 2026-11-20 17:00 UTC · registry data of 2026-11-20 09:00",
        "Terminated",
        "“Too few participants”",
        "61 (actual)",
        "2025-03 (actual)",
        "Fjordside University Hospital (other)",
        "Phase 2/Phase 3",
        "Melatonin Experimental",
        "Sleep efficiency [7 days]",
        "Calcium > 8 mg/dL",
        "18 Years to no upper limit",
        "2 sites in 2 countries",
        "Malmo Heart Centre, Malmo Recruiting",
        "Release 2026-10-01",
        "Study Protocol 2025-01-02 · Prot_000.pdf",
    ):
        assert fact in text, fact


def test_a_record_with_next_to_nothing_in_it_is_shown():
    bare = Record(registry="r.example", trial_id="R-1", url="https://r.example/R-1", paths={})
    text = printed(record_page(bare, snapshot(1)))
    assert "R-1" in text
    assert "None" not in text


def test_a_status_of_each_country_is_shown_in_the_registrys_words():
    countries = (
        CountryStatus("Spain", "SUSPENDED", "Temporarily halted"),
        CountryStatus("Italy", "COMPLETED", "Ended"),
    )
    text = words_of(record_page(replace(SLEEP, country_statuses=countries), snapshot(1)))
    assert "Status by country Spain: Temporarily halted Italy: Ended" in text


def test_sites_are_counted_by_country():
    many = tuple(Site(f"Clinic {n}", f"City {n % 10}", country="Norway", status="RECRUITING") for n in range(40))
    text = words_of(record_page(replace(SLEEP, sites=(*many, Site(city="Lund", country="Sweden"))), snapshot(1)))
    assert "41 sites in 2 countries" in text
    assert "Norway 40 sites City 0 4, City 1 4" in text
    assert "Recruiting: 40" in text


def test_countries_are_named_where_none_has_a_status():
    countries = (CountryStatus("China", "", ""), CountryStatus("Peru", "", ""))
    text = words_of(record_page(replace(SLEEP, country_statuses=countries), snapshot(1)))

    assert "Countries China, Peru" in text
    assert "Status by country" not in text


def test_a_country_without_a_named_site_is_no_site():
    apart = (Site(facility="Klinik", city="Freiburg"), Site(country="Germany"))
    text = words_of(record_page(replace(SLEEP, sites=apart), snapshot(1)))

    assert "1 site in 1 country" in text
    assert "Germany no site named" in text
    alone = words_of(record_page(replace(SLEEP, sites=(Site(country="Peru"),)), snapshot(1)))
    assert "Sites in 1 country" in alone


@pytest.mark.parametrize(
    "name", [field.name for field in FIELDS.values() if field.by_shape and not hasattr(SLEEP, field.name)]
)
def test_what_is_compared_is_shown(name):
    text = words_of(record_page(replace(SLEEP, details={name: ["Tea:60"]}), snapshot(1)))

    assert "Tea:60" in text


def test_history_lists_every_snapshot_with_its_changes():
    rows = [(listed_snapshot(1), ()), (listed_snapshot(2), CHANGES), (listed_snapshot(3), ())]
    text = words_of(history_table("NCT05550001", SLEEP.brief_title, rows), width=80)
    assert "3 snapshots" in text
    assert text.index("baseline") < text.index("Terminated") < text.index("no change in what is watched")
    assert "1 administrative: Last verified" in text


def test_history_does_not_say_that_nothing_changed_where_nobody_knows():
    rows = [(listed_snapshot(1), ()), (listed_snapshot(2), ()), (listed_snapshot(3), CHANGES)]
    text = words_of(history_table("NCT05550001", SLEEP.brief_title, rows, damaged={1}), width=80)

    assert "damaged: it cannot be read" in text
    assert "what it changed is not known: snapshot 1 is damaged" in text
    assert "no change in what is watched" not in text
    assert "Terminated" in text


@pytest.mark.parametrize("width", [80, 99, 100, 160])
def test_a_diff_shows_every_change_before_and_after(width):
    page = DiffPage("NCT05550001", SLEEP.brief_title, before=snapshot(1), after=snapshot(2), changes=CHANGES)
    text = words_of(page, width=width)
    for fact in ("snapshot 1", "snapshot 2", "Recruiting", "Terminated", "[-3-]", "{+6+}", "Last verified", "2026-01"):
        assert fact in text, fact


def test_a_diff_without_changes_says_so():
    page = DiffPage("NCT05550001", None, before=snapshot(1), after=snapshot(2), changes=())
    assert "no change" in printed(page)


def test_watches_are_listed_with_how_many_trials_they_hold():
    watches = [Watch(1, "command", "Sleep", TAKEN_AT, 1240), Watch(12, "config", None, TAKEN_AT, 1)]
    text = words_of(watch_table(watches, files={}, today=TAKEN_AT.date()), width=80)
    for fact in ("Sleep", "1,240", "a command", "config.toml", "2026-11-20 17:00 UTC", "2 watches"):
        assert fact in text


def test_no_watch_at_all_is_told_with_the_way_out():
    assert "monitor watch add" in printed(watch_table([], files={}, today=TAKEN_AT.date()))


def test_the_quarantine_lists_what_was_not_believed_and_why():
    text = words_of(quarantine_table([refused(3, "NCT05550001", "it is an HTML page", 5120)]))
    assert "3 NCT05550001 2026-11-20 17:00 UTC 5 kB it is an HTML page" in text
    assert "Nothing" in printed(quarantine_table([]))


# Hostile text

HOSTILE = (
    "[red]a[/red] \x1b[2J\x1b]8;;http://evil.example\x1b\\ \u202eb\u2066 \x07\x00\x9b1m \ud800 "
    "\r\n[/nothing] c\U000e0041 \u200e\u200f\u061c\u200b\u200d\ufeff\u00ad\u2060\u206a"
)
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def everything_hostile() -> list[object]:
    nasty = replace(
        SLEEP,
        trial_id=HOSTILE,
        url=HOSTILE,
        aliases=(HOSTILE,),
        brief_title=HOSTILE,
        official_title=HOSTILE + "x",
        acronym=HOSTILE,
        overall_status=Coded(HOSTILE, HOSTILE),
        why_stopped=HOSTILE,
        start_date=PartialDate(HOSTILE, HOSTILE),
        enrollment=Enrollment(1, HOSTILE),
        lead_sponsor=Sponsor(HOSTILE, HOSTILE),
        phases=(Coded(HOSTILE, HOSTILE),),
        arms=(Arm(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,)),),
        primary_outcomes=(Outcome(HOSTILE, HOSTILE, HOSTILE),),
        eligibility_criteria=HOSTILE * 9,
        minimum_age=HOSTILE,
        sites=tuple(Site(HOSTILE, f"{HOSTILE}{n}", HOSTILE, HOSTILE, HOSTILE, HOSTILE) for n in range(20)),
        submissions=(Submission(HOSTILE, HOSTILE),),
        documents=(StudyDocument(HOSTILE, HOSTILE, HOSTILE),),
        status_verified_date=HOSTILE,
    )
    item = {"measure": HOSTILE, "time_frame": HOSTILE, "description": HOSTILE}
    sites = [{"facility": HOSTILE, "city": f"{HOSTILE}{n}", "country": HOSTILE, "status": HOSTILE} for n in range(9)]
    values = [
        (HOSTILE, f"{HOSTILE} x", "eligibility_criteria"),
        (None, HOSTILE, "eligibility_criteria"),
        (HOSTILE, "x", "overall_status"),
        ({"date": HOSTILE, "type": HOSTILE}, None, "start_date"),
        (item, {**item, "description": "x"}, "primary_outcomes"),
        (sites, sites[:1], "sites"),
        (sites, [{**site, "status": "x"} for site in sites], "sites"),
        ({HOSTILE: HOSTILE}, {HOSTILE: [HOSTILE]}, "rest"),
        ([{HOSTILE: HOSTILE}], [], "contacts"),
        (1, 2, HOSTILE),
    ]
    changes = tuple(change(before, after, field, summary=HOSTILE) for before, after, field in values)
    quiet = tuple(replace(one, significance=Significance.ADMINISTRATIVE) for one in changes)
    taken = Snapshot(2, Document("r", "x", b""), TAKEN_AT, HOSTILE)
    about = {"trial_id": HOSTILE, "title": HOSTILE}
    return [
        trial_block(checked(Result.CHANGED, changes=changes + quiet, snapshot=2, **about), asked=1),
        trial_block(checked(Result.UNCHANGED, **about), asked=1),
        trial_block(checked(Result.FAILED, error=HOSTILE, **about), asked=1),
        closing_line(closing_parts({}, asked=1, versions=[HOSTILE], requests=1, bytes_=1, seconds=1.0), failed=0),
        record_page(nasty, taken),
        history_table(HOSTILE, HOSTILE, [(listed_snapshot(2, HOSTILE), changes + quiet)]),
        DiffPage(HOSTILE, HOSTILE, before=taken, after=taken, changes=changes),
        watch_table([Watch(1, HOSTILE, HOSTILE, TAKEN_AT, 1)], files={}, today=TAKEN_AT.date()),
        quarantine_table([refused(1, HOSTILE, HOSTILE, 1)]),
    ]


@pytest.mark.parametrize("width", [40, 80, 140])
def test_hostile_text_reaches_the_terminal_as_text(width):
    for renderable in everything_hostile():
        text = printed(renderable, width=width)
        assert not STEERING.search(text)
        text.encode()  # half a character could not be written at all


def test_hostile_text_adds_no_escape_codes_to_ours():
    for renderable in everything_hostile():
        text = printed(renderable, colors=True)
        assert not STEERING.search(re.sub(r"\x1b\[[0-9;]*m", "", text))


def test_markup_in_a_title_is_shown_as_it_is():
    block = trial_block(checked(Result.BASELINE, title="[bold red]Sale[/] [link=http://evil.example]x[/link]"), asked=1)
    assert "[bold red]Sale[/] [link=http://evil.example]x[/link]" in words_of(block)


def test_without_colors_there_is_no_escape_code_at_all():
    block = trial_block(checked(Result.CHANGED, changes=CHANGES, title="Sleep", snapshot=2), asked=1)
    pages = [block, record_page(STOPPED, snapshot(2)), history_table("X", "Y", [(listed_snapshot(2), CHANGES)])]
    assert all("\x1b" not in printed(page) for page in pages)


def test_critical_is_the_word_and_the_color():
    block = trial_block(checked(Result.CHANGED, changes=CHANGES, snapshot=2), asked=1)
    assert "\x1b[1;37;41m critical " in printed(block, colors=True)


@given(st.text())
def test_plain_text_never_steers(text):
    assert not STEERING.search(plain(text))


def test_letters_of_all_scripts_stay_as_they_are():
    text = "Zoë, 北京, عربية, עברית, می\u200cخ, e\u0301, 👩\u200d⚕️ ≥ 5 µg"
    assert plain(text) == text


@pytest.mark.parametrize(
    ("given_text", "words"),
    [
        (STAMP, "2026-11-20 09:00"),
        ("release 17", "release 17"),
        (None, "an unknown date"),
        ("2026-11-20", "2026-11-20"),
    ],
)
def test_a_registrys_stamp_is_shown_to_the_minute_or_as_it_is(given_text, words):
    assert stamp(given_text) == words


def test_a_cut_says_how_much_there_is():
    assert shortened("one two three four", 9) == "one two … (18 characters in all)"
    assert shortened("one\n two", 9) == "one two"


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 byte"), (999, "999 bytes"), (20_480, "20 kB"), (812_345, "0.8 MB"), (10**9, "1,000.0 MB")],
)
def test_sizes_are_told_in_the_unit_people_think_in(count, words):
    assert size(count) == words
