"""The text form, line by line."""

import pytest

from monitor.registries.euctr.lines import country_texts, plain_lines
from monitor.registries.euctr.summary import summaries
from tests.registries.euctr.texts import NOTICE, TRIAL, country_text, summary_text


def read(text):
    (one,) = country_texts(plain_lines(text))
    return one


def test_a_line_has_a_code_a_label_and_a_value():
    lines = read(country_text("DE")).lines

    assert lines["A.4.1 Sponsor's protocol code number"] == "LEMON-3"
    assert lines["E.8.9.2 In all countries concerned by the trial months"] == "6"
    assert lines["N. Date of Ethics Committee Opinion"] == "2015-05-20"
    assert lines["Trial Status"] == "Ongoing"


def test_a_line_without_a_code_goes_on_with_the_one_above_whatever_it_begins_with():
    lines = read(country_text("DE")).lines

    assert lines["E.3 Principal inclusion criteria"] == (
        "1. Walked for six hours\nB.12 deficiency: treated for a year\n2. Thirsty"
    )
    assert lines["E.4 Principal exclusion criteria"] == "H. pylori infection"


@pytest.mark.parametrize(
    "text",
    ["E.5 Nothing: else", "P. End of Trial Status: mine", "N. Nobody", "F. Population", "B. Sponsor Information"],
)
def test_a_value_that_begins_like_the_head_of_another_section_does_not_end_its_own(text):
    lines = read(country_text("DE", edits={"2. Thirsty": f"2. Thirsty\n{text}"})).lines

    assert lines["P. End of Trial Status"] == "Ongoing"
    assert lines["E.4 Principal exclusion criteria"] == "H. pylori infection"
    assert lines["F.4.1 In the member state"] == "40"


def test_translations_and_empty_lines_are_left_out():
    lines = read(country_text("ES")).lines

    assert lines["A.3 Full title of the trial"] == "A trial of lemonade in people who came down from a mountain"
    assert not [key for key in lines if "(es)" in key or "A.8" in key]
    assert "limonada" not in str(lines)
    assert "vasos" not in str(lines)


def test_people_to_write_to_are_left_out():
    text = read(country_text("DE"))

    assert "Almhirt" not in str(text)
    assert "@" not in str(text)
    assert "555" not in str(text)


def test_a_label_may_hold_tabs_and_one_holds_a_colon():
    text = read(country_text("DE", edits={"unfavourable opinion:": "unfavourable opinion: No: none"}))

    assert text.groups["sponsors"][0]["B.1.3.4 Country"] == "Austria"
    assert text.lines["N. Ethics Committee Opinion, Reason(s) for unfavourable opinion"] == "No: none"


@pytest.mark.parametrize("sign", ["\u2028", "\u2009", "\u3000", "\u2007", "\x0b", "\xa0"])
def test_odd_spaces_break_no_line(sign):
    lines = read(country_text("DE", edits={"people who": f"people{sign}who"})).lines

    assert lines["A.3 Full title of the trial"] == "A trial of lemonade in people who came down from a mountain"


def test_groups_hold_what_belongs_together():
    groups = read(country_text("DE")).groups

    assert [item["number"] for item in groups["sponsors"]] == ["1"]
    assert [item["D.3.8 INN - Proposed INN"] for item in groups["products"][0]["substances"]] == [
        "CITRIC ACID",
        "SUCROSE",
    ]
    assert [item["E.1.2 Term"] for item in groups["meddra"]] == ["Thirst", "Dry mouth"]
    assert groups["placebos"][0]["D.8.1 Is a Placebo used in this Trial"] == "Yes"


def test_line_ends_make_no_difference():
    text = NOTICE + country_text("DE")

    assert read(text.replace("\n", "\r\n")).lines == read(text).lines == read(text.replace("\n", "\r")).lines


def test_a_summary_names_the_countries():
    text = summary_text({"DE": "Completed", "GB": "GB - no longer in EU/EEA", "3RD": ""}, results="View results")

    found = summaries(plain_lines(text))[TRIAL]

    assert found.countries == ("3RD", "DE", "GB")
    assert found.has_results is True


@pytest.mark.parametrize(
    ("protocol", "countries"),
    [
        ("DE (Completed) FR (Trial now transitioned)", ("DE", "FR")),
        ("DE(Prohibited by CA)\nFR(Ongoing)", ("DE", "FR")),
        ("Outside EU/EEA", ("3RD",)),
        ("AT()  BE", ("AT", "BE")),
    ],
)
def test_a_list_of_countries_may_be_written_in_several_ways(protocol, countries):
    text = f"EudraCT Number: {TRIAL}\nTrial protocol: {protocol}\nTrial results: (No results available)\n"

    found = summaries(plain_lines(text))[TRIAL]

    assert (found.countries, found.has_results) == (countries, False)


def test_a_list_of_countries_that_is_not_understood_is_not_guessed():
    with pytest.raises(ValueError, match="Atlantis"):
        summaries(plain_lines(f"EudraCT Number: {TRIAL}\nTrial protocol: DE(Ongoing) Atlantis(Ongoing)\n"))
