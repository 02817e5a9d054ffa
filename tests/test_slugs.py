"""Names as parts of addresses."""

import re

import pytest

from monitor.text import fold_name, fold_organisation, one_line, slug


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Halden Biotherapeutics", "halden-biotherapeutics"),
        ("Pfizer", "pfizer"),
        ("3M", "3m"),
        ("  Two   Spaces ", "two-spaces"),
    ],
)
def test_a_plain_name_is_its_own_address(name: str, address: str) -> None:
    assert slug(fold_organisation(name)) == address


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Hoffmann-La Roche", "hoffmann-la-roche"),
        ("Universitätsklinikum Köln", "universitatsklinikum-koln"),
        ("Århus Sygehus", "arhus-sygehus"),
        ("Gustave Roussy, Cancer Campus, Grand Paris", "gustave-roussy-cancer-campus-grand-paris"),
        ("Straße & Söhne", "strasse-sohne"),
        ("武田薬品工業", "武田薬品工業"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
        ("अखिल भारतीय", "अखिल-भारतीय"),
    ],
)
def test_another_name_stays_readable_and_has_a_mark_of_the_whole_name(name: str, begins: str) -> None:
    assert re.fullmatch(f"{re.escape(begins)}-[0-9a-f]{{6}}", slug(fold_organisation(name)))


def test_names_that_differ_never_share_an_address() -> None:
    names = ["her2 breast cancer", "her2+ breast cancer", "her2- breast cancer", "her2 breast-cancer", "her2, breast"]
    names += ["a b", "a.b", "a-b", "á b", "!!!", "???", "", "<script>", "a" * 80, "a" * 81, "a" * 82]
    names.append(slug("a.b").replace("-", " "))  # a name that looks like an address that another one has
    assert len({slug(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    "name", ["../../etc", "a/b?c#d", "x\r\nSet-Cookie: y", "%2e%2e", "\u202eevil", "a\x00b", "\ud800"]
)
def test_an_address_holds_nothing_that_an_address_means_something_by(name: str) -> None:
    assert not re.search(r"[^\w-]", slug(fold_organisation(name)))
    slug(fold_organisation(name)).encode()


@pytest.mark.parametrize(
    "name",
    [
        "Ichilov\u200e Hospital",
        "Ich\u061cilov\u200b",
        "\u202eIchilov",
        "Ichilov\x1fHospital\x07",
        "Ichi\u00adlov\ufeff A.S.",
    ],
)
def test_a_name_is_the_same_as_it_is_shown(name: str) -> None:
    for folded in (fold_name, fold_organisation):
        assert folded(one_line(name)) == folded(name)
        assert slug(folded(one_line(name))) == slug(folded(name))
    assert fold_name("Ichilov\u200e") == "ichilov"
