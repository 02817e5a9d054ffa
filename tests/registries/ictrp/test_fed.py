"""Registries that files alone feed: their ids, what a row of an export becomes, and what of it is no news."""

import csv
import json
import random
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.changes.diff import diff
from monitor.errors import AnswerUnreadable
from monitor.model import Document, Record
from monitor.ports import FedRegistry, FetchedRegistry, Oddity
from monitor.registries.declared import ADAPTERS, FED_BY_FILES
from monitor.registries.ictrp.columns import folded
from monitor.registries.ictrp.phases import phases
from monitor.registries.ictrp.texts import age, cleaned, countries, day
from tests.registries.golden import ictrp as golden
from tests.registries.ictrp.exports import trial
from tests.registries.trials import GOLDEN

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
FED = {made.key: made for made in (adapter() for adapter in FED_BY_FILES)}
CHICTR = FED["chictr.org.cn"]
WALK = "ChiCTR2500000042"

every_one = pytest.mark.parametrize("registry", FED.values(), ids=FED)


def document(cells: dict[str, str], registry: FedRegistry = CHICTR, *, trial_id: str = WALK) -> Document:
    row = {folded(name): text for name, text in cells.items()}
    return registry.from_row(trial_id, row, build="2026-11-20")


def record(registry: FedRegistry = CHICTR, **cells: str) -> Record:
    return registry.parse(document(trial(WALK, **cells), registry), NOON)


def told(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The kinds of what differs between two rows."""
    return [each.kind for each in diff(record(**before), record(**after), on=date(2026, 11, 27))]


def test_a_row_of_an_export_becomes_the_golden_record() -> None:
    with (GOLDEN / "ictrp.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)

    made = document(row)

    read = CHICTR.parse(made, NOON)
    for field in fields(read):
        if field.compare:
            assert getattr(read, field.name) == getattr(golden.RECORD, field.name), field.name
    assert (made.build, CHICTR.unknown(made)) == (golden.BUILD, [])
    assert CHICTR.prove(WALK, made.content).digest == made.digest
    assert b"example" not in made.content, "people are left out"


@every_one
def test_a_registry_that_files_feed_knows_its_ids_and_is_not_asked(registry: FedRegistry) -> None:
    example = registry.example_id

    assert not isinstance(registry, FetchedRegistry)
    assert registry.identify(example) == registry.identify(registry.page(example)) == example
    assert registry.ids_in(f"See {example}, and {example}.") == [example, example]
    pasted = f" {example.lower()} "
    assert (registry.identify(pasted), registry.ids_in(pasted)) == (example, [example])
    assert [each.key for each in FED.values() if each.identify(example)] == [registry.key]
    assert registry.key not in {adapter.key for adapter in ADAPTERS}


@pytest.mark.parametrize(
    ("written", "key", "kept"),
    [
        ("ChiCTR-TRC-11001234", "chictr.org.cn", "ChiCTR-TRC-11001234"),
        ("chictr 2000029953", "chictr.org.cn", "ChiCTR2000029953"),
        ("CTRI-2020-04-024749", "ctri.nic.in", "CTRI/2020/04/024749"),
        ("JPRN-UMIN000012345", "umin.ac.jp", "UMIN000012345"),
        ("UMIN:000012345", "umin.ac.jp", "UMIN000012345"),
        ("JPRN-jRCTs031190227", "jrct.mhlw.go.jp", "jRCTs031190227"),
        ("jRCT 2031190264", "jrct.mhlw.go.jp", "jRCT2031190264"),
        ("Japic CTI 205238", "clinicaltrials.jp", "JapicCTI-205238"),
        ("JMA-IIA00123", "jmacct.med.or.jp", "JMA-IIA00123"),
        ("ACTRN12620000421932p", "anzctr.org.au", "ACTRN12620000421932"),
        ("rbr-6M69FC", "ensaiosclinicos.gov.br", "RBR-6m69fc"),
        ("slctr-2020-011", "slctr.lk", "SLCTR/2020/011"),
        ("KCT 0005005", "cris.nih.go.kr", "KCT0005005"),
        ("NTR1234", "trialregister.nl", "NTR1234"),
        ("NL8536", "trialregister.nl", "NL8536"),
        ("NL-OMON55178", "onderzoekmetmensen.nl", "NL-OMON55178"),
        ("PACTR 202004801273802", "pactr.samrc.ac.za", "PACTR202004801273802"),
    ],
)
def test_ids_are_kept_in_one_form_however_they_are_written(written: str, key: str, kept: str) -> None:
    assert {each.key: each.identify(written) for each in FED.values() if each.identify(written)} == {key: kept}


@pytest.mark.parametrize("text", ["NL26560.042.09", "nl-2012-302759", "per 100 000", "NCT02116634", "2020-000890-25"])
def test_other_numbers_are_no_ids_of_theirs(text: str) -> None:
    assert [each.key for each in FED.values() if each.ids_in(text)] == []


@pytest.mark.parametrize(
    "written",
    [
        "20260329",
        "29/03/2026",
        "2026-03-29T00:00:00",
        "29 March 2026",
        "46110",
        "2026/3/29",
        "29.03.2026",
        "03/29/2026",
    ],
)
def test_a_day_is_read_in_every_notation(written: str) -> None:
    assert day(written) == "2026-03-29"


def test_what_is_no_day_stays_as_it_is_written() -> None:
    assert [day(text) for text in ("soon", "99999999", "2026-03", "March 2026")] == [
        "soon",
        "99999999",
        "2026-03",
        "2026-03",
    ]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("02-Mar", "PHASE2 PHASE3"),
        ("2020-03-02T00:00:00", "PHASE2 PHASE3"),
        ("03/02/2020", "PHASE2 PHASE3"),
        ("43892", "PHASE2 PHASE3"),
        ("Feb-01", "PHASE1 PHASE2"),
        ("2-3", "PHASE2 PHASE3"),
        ("Phase II/III", "PHASE2 PHASE3"),
        ("Phase 1/ Phase 2", "PHASE1 PHASE2"),
        ("Phase-3", "PHASE3"),
        ("IV", "PHASE4"),
        ("0", "EARLY_PHASE1"),
        ("Human pharmacology (Phase I): no\nTherapeutic (Phase II): yes", "PHASE2"),
        ("Not Applicable", "NA"),
        ("N/A", "NA"),
        ("Not selected", ""),
        ("", ""),
    ],
)
def test_a_phase_is_read_however_a_spreadsheet_left_it(written: str, codes: str) -> None:
    assert [phase.code for phase in phases(written) or ()] == codes.split()


def test_words_that_are_no_phase_stay_visible() -> None:
    assert record(Phase="New method of diagnosis").rest["phase"] == "New method of diagnosis"


def test_texts_lose_markup_and_idle_space_and_gain_their_letters_back() -> None:
    assert cleaned("A<br>B_x000D_\n  C   D &amp; E\u0007") == "A\nB\nC D & E"
    assert cleaned("fÃ¼r, f√ºr und für; l’été") == "für, für und für; l’été"
    assert countries("Korea, Republic of;Nepal") == ("Korea, Republic of", "Nepal")
    assert countries("Japan,Asia(except Japan),Europe") == ("Japan", "Asia(except Japan)", "Europe")
    assert [age(text) for text in ("18", "16 years", "18Y", "6 Months", "0", "no limit", "44 Year(s)")] == [
        "18 Years",
        "16 Years",
        "18 Years",
        "6 Months",
        None,
        None,
        "44 Years",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Scientific_title": "A walk"}, {"Scientific_title": "A walk" + " " * 700}),
        ({"Last_Refreshed_on": "2026-11-02"}, {"Last_Refreshed_on": "2026-11-16"}),
        ({"Export_date": "2026-11-05"}, {"Export_date": "2026-11-20"}),
        ({"Countries": "Nepal;China"}, {"Countries": "China;Nepal;China"}),
        ({"Primary_sponsor": "Klinik fÃ¼r Kinder"}, {"Primary_sponsor": "Klinik f√ºr Kinder"}),
        ({"Target_size": "Group A:10;Group B:10"}, {"Target_size": "group a:10;group b:10;"}),
        ({"Phase": "2-3"}, {"Phase": "2020-03-02T00:00:00"}),
        ({"Date_enrollement": "29/04/2025"}, {"Date_enrollement": "45776"}),
        ({"Recruitment_Status": "Recruiting"}, {"Recruitment_Status": "Not Available"}),
        ({"Recruitment_Status": "Not Recruiting"}, {"Recruitment_Status": ""}),
        ({"Recruitment_Status": "Not Recruiting"}, {"Recruitment_Status": "Not recruiting"}),
    ],
)
def test_what_an_export_does_by_itself_is_no_news(before: dict[str, str], after: dict[str, str]) -> None:
    assert [kind for kind in told(before, after) if not kind.endswith("respelled")] == []


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ({}, {"Recruitment_Status": "Not Recruiting"}, ["status.changed"]),
        ({"Recruitment_Status": "Not Available"}, {}, ["status.recruiting"]),
        ({"Recruitment_Status": "Authorised"}, {"Recruitment_Status": "Not Recruiting"}, ["status.changed"]),
        ({}, {"Countries": "Nepal;India"}, ["country.added"]),
        ({"Target_size": "80"}, {"Target_size": "120"}, ["enrollment.target"]),
        ({"Target_size": "a:1;b:2"}, {"Target_size": "a:1;b:3"}, ["enrollment.text"]),
        ({}, {"Date_enrollement": "2025-08-29"}, ["date.slipped"]),
        ({}, {"results_date_completed": "2026-10-01"}, ["date.added"]),
        ({}, {"Primary_sponsor": "Hillside Hospital"}, ["sponsor.lead"]),
        ({"Phase": "2-3"}, {"Phase": "3"}, ["phase"]),
    ],
)
def test_an_edit_is_told(before: dict[str, str], after: dict[str, str], kinds: list[str]) -> None:
    assert told(before, after) == kinds


def test_a_title_that_calls_a_trial_off_says_how_it_stands() -> None:
    off = record(Public_title="Cancelled by the investigator             A walk", Recruitment_Status="")
    retracted = record(Public_title="Retracted due to lack of funds          A walk")

    assert off.overall_status is not None
    assert (off.overall_status.code, off.overall_status.words) == ("WITHDRAWN", "Cancelled by the investigator")
    assert retracted.why_stopped == "lack of funds"
    walk = {"Public_title": "A walk"}
    assert "status.stopped" in told(walk, {"Public_title": "Cancelled by the investigator    A walk"})


def test_a_column_that_a_file_lacks_is_unknown_and_not_removed() -> None:
    whole = document(trial(WALK))
    cells = {name: text for name, text in trial(WALK).items() if name not in {"Countries", "Target size", "Phase"}}
    part = document(cells)

    assert diff(CHICTR.parse(whole, NOON), CHICTR.parse(part, NOON), on=date(2026, 11, 27)) == ()
    assert diff(CHICTR.parse(part, NOON), CHICTR.parse(whole, NOON), on=date(2026, 11, 27)) == ()
    assert "country.removed" in told({}, {"Countries": ""})


def test_a_year_of_another_calendar_is_shown_and_not_counted_with() -> None:
    read = record(Date_enrollement="2641-06-14T00:00:00")

    assert (read.start_date, read.rest["date_enrollment"]) == (None, "2641-06-14")


def test_an_unknown_column_and_an_unknown_status_are_told() -> None:
    made = document(
        {**trial(WALK), "Recruitment Status": "Resting", "New thing": "x", "Investigator email": "a@b.example"}
    )

    assert CHICTR.unknown(made) == [Oddity("newthing"), Oddity("recruitment_status", "Resting")]


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"trial_id":"ChiCTR2500000099","public_title":"x"}', b"{}"])
def test_what_is_not_the_record_is_refused(raw: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        CHICTR.prove(WALK, raw)


def test_a_row_without_a_title_is_no_record() -> None:
    with pytest.raises(AnswerUnreadable, match="no title"):
        document({**trial(WALK), "Public title": " ", "Scientific title": "<br>"})


JUNK: list[Any] = [
    "",
    "<br>" * 50,
    "\x00\x1b[31m",
    "9" * 400,
    "2020-13-45",
    "0000-00-00",
    "é" * 300,
    "a;b;" * 99,
    "=1+1",
    "-",
    "\u201aÄ",
    "Ã",
]


def test_no_row_however_broken_raises_anything() -> None:
    """A proven document is parsed, whatever stands in it."""
    chance = random.Random(7)
    for _ in range(400):
        cells = trial(WALK)
        for name in chance.sample(sorted(cells), 5):
            cells[name] = chance.choice(JUNK) + chance.choice(("", cells[name][:3]))
        try:
            made = document(cells)
        except AnswerUnreadable:
            continue
        read = CHICTR.parse(CHICTR.prove(WALK, made.content), NOON)
        CHICTR.unknown(made)
        diff(record(), read, on=date(2026, 11, 27))


def test_no_document_however_changed_raises_anything() -> None:
    chance = random.Random(8)
    whole = json.loads(document(trial(WALK)).content)
    for _ in range(300):
        changed = {**whole, chance.choice(sorted(whole)): chance.choice([None, 3, [], {}, [1], ["x", None], "x", True])}
        try:
            made = CHICTR.prove(WALK, json.dumps(changed).encode())
        except AnswerUnreadable:
            continue
        CHICTR.parse(made, NOON)
        CHICTR.unknown(made)


REAL = Path(__file__).parents[4] / "shared" / "data" / "registries" / "ictrp"
WATCHED = {
    "Recruitment Status": {"overall_status"},
    "Target size": {"enrollment", "target_size"},
    "Public title": {"brief_title"},
    "Date enrollement": {"start_date"},
    "Countries": {"country_statuses"},
    "Primary sponsor": {"lead_sponsor"},
    "results date completed": {"completion_date"},
    "Phase": {"phases"},
}


def _is_empty(column: str, before: str | None, after: str | None) -> bool:
    """Whether two cells differ in what means nothing: the order of countries, or how letters came to be damaged."""
    if column == "Countries":
        return set((before or "").split(";")) == set((after or "").split(";"))
    plain = ["".join(each for each in str(text) if each.isascii() and not each.isspace()) for text in (before, after)]
    return plain[0] == plain[1]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not here")
@pytest.mark.parametrize("register", sorted(file.stem for file in REAL.glob("*.ndjson")) if REAL.is_dir() else [])
def test_real_versions_give_the_watched_differences_that_are_expected(register: str) -> None:
    """All but those that a human would not call one, and with that a trial was called off in its title."""
    for line in (REAL / f"{register}.ndjson").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        expected = {each["to"]: each["fields"] for each in entry["changes"]}
        before: Record | None = None
        for version in entry["versions"]:
            cells = {name: "" if value is None else str(value) for name, value in version["record"].items()}
            after = CHICTR.parse(document(cells), NOON)
            if before is not None:
                wanted = expected.get(version["snapshot"], {})
                differences = diff(before, after, on=date(2020, 7, 7))
                found = {each.field for each in differences if not each.kind.endswith("respelled")}
                said = {column for column, names in WATCHED.items() if names & found}
                if after.brief_title and after.brief_title.startswith("Cancelled by"):
                    said -= {"Recruitment Status"} - wanted.keys()
                assert said == {column for column, pair in wanted.items() if not _is_empty(column, *pair)}, entry[
                    "trial_id"
                ]
            before = after
