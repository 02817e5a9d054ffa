"""Searches in the registry's language: what people type is looked for, and never a part of the language."""

from datetime import date

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.model import Role, Search
from monitor.registries.clinicaltrials_gov.essie import parameters

HOSTILE = [
    'Merck" OR AREA[Phase]PHASE3',
    '"" OR AREA[NCTId]RANGE[MIN,MAX] OR ""',
    r"Merck\" OR AREA[Phase]PHASE3",
    '\\" OR ALL OR "',
    "AREA[Phase]PHASE3",
    ") OR (ALL",
    "ALL",
    "NOT",
    "SEARCH[Location](Boston)",
    "x&pageSize=1&filter.ids=NCT00000001",
    "x%22%20OR%20ALL",
]


def phrases(expression: str) -> tuple[list[str], str]:
    """The phrases in quotation marks, read as the registry reads them, and all that stands outside."""
    inside, outside, is_inside, characters = [], "", False, iter(expression)
    for character in characters:
        if character == '"':
            is_inside = not is_inside
            inside += [""] if is_inside else []
        elif is_inside:
            inside[-1] += next(characters) if character == "\\" else character
        else:
            outside += character
    assert not is_inside, "a quotation mark is open"
    return inside, outside


def test_a_search_for_nothing_asks_for_everything():
    assert parameters(Search()) == {}


def test_a_lead_sponsor_is_looked_for_by_the_phrase():
    assert parameters(Search(sponsor="Merck Sharp & Dohme LLC")) == {
        "filter.advanced": 'AREA[LeadSponsorName]"Merck Sharp & Dohme LLC"'
    }


LONG = "The National Collaborating Centre for the Study of the Late Effects of Radiation upon Children and Young Adults"


@pytest.mark.parametrize(
    ("most", "phrase"),
    [
        (10, "National Collaborating Centre for the Study of the Late Effects"),
        (5, "The National Collaborating Centre for"),
        (2, "National Collaborating"),
        (1, "Collaborating"),
    ],
)
def test_of_a_long_name_its_most_telling_stretch_is_looked_for(most, phrase):
    asked = parameters(Search(sponsor=LONG), most_words=most)["filter.advanced"]

    (inside,), outside = phrases(asked)
    assert inside == phrase
    assert f" {inside} " in f" {LONG} "
    assert len(inside.split()) <= most
    assert outside == "AREA[LeadSponsorName]"


def test_a_name_is_taken_apart_at_quotation_marks():
    assert parameters(Search(sponsor='The "Harbour" Trust\\Fund', role=Role.ANY)) == {
        "filter.advanced": '((AREA[LeadSponsorName]"Harbour" AND AREA[LeadSponsorName]"Trust" AND '
        'AREA[LeadSponsorName]"Fund" AND AREA[LeadSponsorName]"The") OR (AREA[CollaboratorName]"Harbour" AND '
        'AREA[CollaboratorName]"Trust" AND AREA[CollaboratorName]"Fund" AND AREA[CollaboratorName]"The"))'
    }


@pytest.mark.parametrize("name", ['""', "…", "&", '"\\"'])
def test_a_name_without_a_word_is_refused(name):
    """An empty phrase would be a search for everything, or for nothing."""
    with pytest.raises(ConfigurationInvalid, match="no word"):
        parameters(Search(sponsor=name))


def test_a_sponsor_in_any_role_is_looked_for_in_both_fields():
    asked = parameters(Search(sponsor="Alzahra Hospital", role=Role.ANY), date(2026, 11, 20))

    assert asked == {
        "filter.advanced": '(AREA[LeadSponsorName]"Alzahra Hospital" OR AREA[CollaboratorName]"Alzahra Hospital") AND '
        "AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]"
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_a_condition_is_a_phrase_whatever_it_says(text):
    inside, outside = phrases(parameters(Search(condition=text))["query.cond"])

    assert inside == [" ".join(text.split()).replace("\\", " ")]
    assert outside == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_a_sponsor_is_a_phrase_whatever_it_says(text):
    inside, outside = phrases(parameters(Search(sponsor=text))["filter.advanced"])

    assert all(phrase in " ".join(text.split()) and '"' not in phrase for phrase in inside)
    assert outside == " AND ".join(["AREA[LeadSponsorName]"] * len(inside))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("  Alzahra \t\n Hospital ", "Alzahra Hospital"),
        ("Hôpital Larrey", "Hôpital Larrey"),
        ("Alzahra\u00a0Hospital\u200b", "Alzahra Hospital"),
        ("Charité (Campus Mitte) [Redacted]", "Charité (Campus Mitte) [Redacted]"),
    ],
)
def test_spacing_and_unicode_form_are_made_even(typed, asked):
    assert parameters(Search(condition=typed)) == {"query.cond": f'"{asked}"'}


def test_an_expression_is_the_users_own():
    expression = 'AREA[Phase]PHASE3 AND ("lung cancer" or sclc) NOT \\ALL'

    asked = parameters(Search(expression=expression, sponsor="Alzahra Hospital"), date(2026, 11, 20))

    assert asked["query.term"] == expression
    assert expression not in asked["filter.advanced"], "its brackets could reach our own filters"


@pytest.mark.parametrize("where", ["sponsor", "condition", "expression"])
@pytest.mark.parametrize("text", ["", "  \n ", "Pfizer\0", "Pfizer\x1b[2J", "Pf\udce9zer", "x" * 10_000])
def test_what_cannot_be_looked_for_is_refused_in_one_line(where, text):
    with pytest.raises(ConfigurationInvalid) as caught:
        parameters(Search(**{where: text}))

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("where", ["sponsor", "condition"])
def test_a_name_of_nothing_visible_is_refused(where):
    """An empty phrase would be a search for everything, or for nothing."""
    with pytest.raises(ConfigurationInvalid, match="empty"):
        parameters(Search(**{where: "\u200b \ufeff"}))


@pytest.mark.parametrize("where", ["condition", "expression"])
@pytest.mark.parametrize(
    "text", ["NCT02116634", "nct02116634, NCT1", " NCT02116634 |NCT02116635\n", "NCT02116634NCT02116635"]
)
def test_trial_ids_alone_are_no_search(where, text):
    """The registry would ignore every filter, and so take all trials for updated."""
    with pytest.raises(ConfigurationInvalid, match="watch these trials by their ids"):
        parameters(Search(**{where: text}))


def test_a_trial_id_beside_other_words_is_a_search():
    assert parameters(Search(expression="NCT02116634 OR stem cells")) == {"query.term": "NCT02116634 OR stem cells"}
