"""A text that was re-encoded, repaired or stripped of its accents says what it said: an administrative change."""

from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from monitor.changes.diff import apply
from monitor.changes.diff.places import city_key, country_key
from monitor.changes.spelling import fold_spelling, repaired, respelled, spells_the_same
from monitor.model import Arm, Intervention, Outcome, ResponsibleParty, Site, Sponsor
from tests.changes.diff.records import changes, differences, kinds, record


def damaged(text: str) -> str:
    """UTF-8 that was read as Latin-1."""
    return text.encode().decode("latin-1")


def marked(text: str) -> str:
    """With a question mark for what is not ASCII."""
    return text.encode("ascii", "replace").decode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (damaged("Hôpital Nord"), "Hôpital Nord"),
        ("Hôpital Nord".encode().decode("cp1252"), "Hôpital Nord"),
        (damaged(damaged("Hôpital Nord")), "Hôpital Nord"),
        ("H?pital", "Hôpital"),
        ("H??pital", "Hôpital"),
        ("H\ufffdpital", "Hôpital"),
        ("Hpital", "Hôpital"),
        ("Hopital", "Hôpital"),
        ("HOPITAL", "Hôpital"),
        ("H&ocirc;pital", "Hôpital"),
        ("Szpital im. Miko?aja", "Szpital im. Mikołaja"),
        ("Lodz", "Łódź"),
        ("d?Hebron", "d\u2019Hebron"),
        ("x &lt; 5 mg", "x < 5 mg"),
        (">= 18 years", "≥ 18 years"),
        ("1. Asthma2. Age over 18(men)3. Consent", "1. Asthma\n2. Age over 18 (men)\n3. Consent"),
    ],
)
def test_two_spellings_of_one_text(one, other):
    assert respelled(one, other)
    assert respelled(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("≠ 5", "= 5"),
        ("≥ 5", "≤ 5"),
        ("10²", "102"),
        ("5 \u00b5g", "5 g"),
        ("½", "12"),
        ("Phase ?", "Phase 2"),
        ("5? mg", "50 mg"),
        ("not able", "notable"),
        ("1 0 mg", "10 mg"),
        ("Site é", "Site è 2"),
        ("Ελλάδα", "Κύπρος"),
        ("北京", "上海"),
        ("honey", "Honey"),
        ("Hôpital", ""),
        ("", "Hôpital"),
    ],
)
def test_what_says_something_else_is_no_spelling(one, other):
    assert not respelled(one, other)
    assert not respelled(other, one)


TEXT = "Étude à l\u2019Hôpital Général"
FIELDS = {
    "brief_title": (TEXT, "title.respelled"),
    "why_stopped": (TEXT, "why_stopped.respelled"),
    "eligibility_criteria": (f"{TEXT}\n* Âge ≥ 18", "eligibility.respelled"),
    "lead_sponsor": (Sponsor(TEXT, "OTHER"), "sponsor.respelled"),
    "collaborators": ((Sponsor(TEXT, "OTHER"), Sponsor("Apis")), "sponsor.respelled"),
    "responsible_party": (ResponsibleParty("SPONSOR", "Éloïse Müller", None, TEXT), "sponsor.respelled"),
    "primary_outcomes": ((Outcome(TEXT, "12 weeks"),), "outcome.primary.reworded"),
    "arms": ((Arm(TEXT, "OTHER", f"Reçu par {TEXT}", (f"Drug: {TEXT}",)),), "arm.respelled"),
    "interventions": ((Intervention("DRUG", TEXT, None, (), (TEXT,)),), "intervention.respelled"),
    "rest": ({"conditions": {"keywords": [TEXT, "ulcère"]}, "description": TEXT}, "other.respelled"),
    "results": ({"part": {"title": TEXT}}, "results.respelled"),
}


def spelled(value, spelling):
    if isinstance(value, str):
        return spelling(value)
    if isinstance(value, dict):
        return {name: spelled(content, spelling) for name, content in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(spelled(item, spelling) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{name: spelled(getattr(value, name), spelling) for name in value.__dataclass_fields__})
    return value


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("spelling", [damaged, marked])
def test_a_repaired_spelling_is_administrative_in_every_field(field, spelling):
    value, kind = FIELDS[field]
    after = record(**{field: value}, **({"has_results": True} if field == "results" else {}))
    before = replace(after, **{field: spelled(value, spelling)})

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance)) == (kind, "administrative")
    if field not in ("rest", "results"):
        assert getattr(apply(differences(before, after), before), field) == value


def test_a_class_that_changes_with_the_spelling_is_a_detail():
    before, after = record(lead_sponsor=Sponsor("H?pital", "OTHER")), record(lead_sponsor=Sponsor("Hôpital", "NETWORK"))

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance)) == ("sponsor.lead", "minor")


def test_another_sponsor_is_none_spelled_otherwise():
    (found,) = changes(record(lead_sponsor=Sponsor("Hôpital A")), record(lead_sponsor=Sponsor("Hôpital B")))

    assert (found.kind, str(found.significance)) == ("sponsor.lead", "critical")


# Sites

HOSPITALS = tuple(
    Site(f"Hôpital {name}", city, None, code, "France", "RECRUITING")
    for name, city, code in (
        ("Saint-Éloi", "Béziers", None),
        ("Général", "Nîmes", "30000"),
        ("Européen", "Orléans", "45000"),
        ("Édouard Herriot", "Lyon", "69003"),
        ("de la Croix-Rousse", "Lyon", "69004"),
    )
)


@pytest.mark.parametrize(
    "spelling",
    [
        damaged,
        marked,
        lambda text: text.encode("ascii", "ignore").decode(),
        lambda text: text.replace("ô", "&ocirc;"),
        lambda text: text.replace("Hôpital", "Hôpitale"),
    ],
)
def test_hospitals_with_repaired_names_are_the_same(spelling):
    before = record(
        sites=tuple(replace(site, facility=spelling(site.facility), city=spelling(site.city)) for site in HOSPITALS)
    )
    after = record(sites=HOSPITALS)

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance), found.measure) == ("site.respelled", "administrative", {"sites": 5})
    assert set(apply(differences(before, after), before).sites) == set(HOSPITALS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Turkey", "Türkiye"),
        ("Turkey", "Turkey (Türkiye)"),
        ("Czech Republic", "Czechia"),
        ("Korea, Republic of", "South Korea"),
        ("Swaziland", "Eswatini"),
        ("Russian Federation", "Russia"),
    ],
)
def test_a_country_with_a_new_name_is_neither_new_nor_left(old, new):
    before = tuple(replace(site, country=old) for site in HOSPITALS)
    after = tuple(replace(site, country=new) for site in HOSPITALS[1:])

    found = changes(record(sites=before), record(sites=after))

    assert [(change.kind, str(change.significance)) for change in found] == [
        ("site.removed", "minor"),
        ("site.respelled", "administrative"),
    ]
    assert found[1].summary == f"4 sites are only spelled otherwise: “{old}” is now “{new}”."


def test_two_countries_with_like_names_are_two():
    assert country_key("Korea, Republic of") != country_key("Korea, Democratic People's Republic of")
    assert country_key("Congo") != country_key("Congo, The Democratic Republic of the")
    assert city_key("Munich") == city_key("München") == city_key("Muenchen")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Site("Research Site 1", "Oslo", None, None, "Norway"), Site("Research Site 2", "Oslo", None, None, "Norway")),
        (Site("Ward A", "Oslo", None, "0150", "Norway"), Site("Ward B", "Oslo", None, "0150", "Norway")),
        (Site("St Mary Clinic", "Oslo", None, None, "Norway"), Site("St Mark Clinic", "Oslo", None, None, "Norway")),
        (Site("Clinic", "Oslo", None, "0150", "Norway"), Site("Clinic", "Oslo", None, "0151", "Norway")),
        (Site("Clinic", "Oslo", None, None, "Norway"), Site("Clinic", "Bergen", None, None, "Norway")),
        (Site("Κλινική", "Αθήνα", None, None, "Greece"), Site("Ίδρυμα", "Πάτρα", None, None, "Greece")),
    ],
)
def test_sites_that_are_alike_by_chance_are_two(before, after):
    found = differences(record(sites=(before,)), record(sites=(after,)))

    assert kinds(found) == ["site.added", "site.removed"]


def test_a_site_that_is_spelled_otherwise_and_has_another_status_has_another_status():
    before = tuple(replace(site, facility=damaged(site.facility)) for site in HOSPITALS)
    after = (*(replace(site, status="COMPLETED") for site in HOSPITALS[:2]), *HOSPITALS[2:])

    found = differences(record(sites=before), record(sites=after))

    assert [(each.kind, each.measure) for each in found] == [
        ("site.status", {"sites": 2}),
        ("site.respelled", {"sites": 3}),
    ]


def test_many_sites_of_one_name_in_a_renamed_country_are_the_same():
    before = tuple(Site("Research Site", "Ankara", None, None, "Turkey") for _ in range(150))

    (found,) = differences(
        record(sites=before), record(sites=tuple(replace(site, country="Türkiye") for site in before))
    )

    assert (found.kind, found.measure) == ("site.respelled", {"sites": 150})


_PIECES = [
    "a",
    "Café",
    "Cafe",
    "cafe",
    "`x`",
    "'x'",
    "≤5",
    "<=5",
    "ß",
    "ss",
    "e\u0301",
    "\u0301",
    "&eacute;",
    "&nbsp;",
    "&amp;eacute;",
]
_PIECES += [damaged("é"), damaged("à"), "Ã", "\u200b", "ø", "-", "–", " ", "  "]
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=5).map(" ".join) | st.lists(st.sampled_from(_PIECES)).map("".join)


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS)
@example(lead="`x`", former="Cafe", present="Café", trail="")
def test_what_two_texts_begin_and_end_with_makes_no_difference_to_their_spelling(
    lead: str, former: str, present: str, trail: str
) -> None:
    before, after = (repaired(f"{lead} {text} {trail}").casefold() for text in (former, present))

    assert spells_the_same(before, after) == (fold_spelling(before) == fold_spelling(after))


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS)
@example(lead="Centre de référence?", former="H?pital Nord", present="Hôpital Nord", trail="&amp; fils")
def test_words_around_them_make_no_difference_to_whether_two_texts_are_one_respelled(
    lead: str, former: str, present: str, trail: str
) -> None:
    assume(all(repaired(text) and "`" not in text for text in (former, present)) and "`" not in lead + trail)

    assert respelled(f"{lead} {former} {trail}", f"{lead} {present} {trail}") == respelled(former, present)
