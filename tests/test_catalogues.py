"""Every text that subscribers read is there in every language, whole, and as that language is set."""

import ast
import re
from itertools import chain

import pytest
from babel.messages.catalog import Message

from docs._catalogue import FOR_LATER, IN_HAND, LOCALES, PACKAGE, catalogues, read
from monitor.language.catalogues import LANGUAGES
from monitor.language.texts import IN_ENGLISH, texts_of
from monitor.language.worded import worded
from monitor.model.language import ENGLISH

OTHERS = sorted({*LANGUAGES} - {ENGLISH})
NARROW = "\u202f"
FILLED_IN = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
TAGS = re.compile(r"</?\w+>")


def messages(language: str) -> list[Message]:
    return [each for each in read(LOCALES / f"{language}.po") if each.id]


def texts(of: str | tuple[str, ...] | list[str]) -> list[str]:
    return [of] if isinstance(of, str) else [*of]


def test_the_files_hold_what_the_program_says_now() -> None:
    """`make catalogue` writes them."""
    made = catalogues()

    assert {*made} == {"messages.pot", *(f"{each}.po" for each in OTHERS)}
    assert [name for name, text in made.items() if (LOCALES / name).read_text(encoding="utf-8") != text] == []


def test_no_text_to_translate_stands_in_an_f_string() -> None:
    """Pythons before 3.12 read the whole of it as one word, in which a text is not always found."""
    hidden = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and _name(call) in {*IN_HAND, *FOR_LATER}
    ]

    assert hidden == []


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_and_nothing_is_a_guess(language: str) -> None:
    found = messages(language)

    assert len(found) > 300
    assert [each.id for each in found if each.fuzzy or not all(map(str.strip, texts(each.string)))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_and_marked_up_is_the_same(language: str) -> None:
    wrong = [
        said
        for each in messages(language)
        for said, meant in zip(texts(each.string), chain(texts(each.id), texts(each.id)[-1:]), strict=False)
        if sorted(FILLED_IN.findall(said)) != sorted(FILLED_IN.findall(meant))
        or sorted(TAGS.findall(said)) != sorted(TAGS.findall(meant))
    ]

    assert wrong == []


def test_french_is_set_as_french_is() -> None:
    """A narrow no-break space stands before : ; ? ! and %, and inside « »; apostrophes are curved."""
    said = [one for each in messages("fr") for one in texts(each.string)]
    loose = rf"[^\W\d][?!;:»](?=\s|$)|[^{NARROW}]»|«[^{NARROW}]|['\"“”]| [:;?!%»]"

    assert [each for each in said if re.search(loose, TAGS.sub("", FILLED_IN.sub("x", each)))] == []


def test_what_was_worded_is_said_in_the_language_of_who_reads_it() -> None:
    about = worded("the trials of {watch}", watch="{count} <b>")
    words = worded("{one} and {other}", one=about, other=worded("Give at most {count} trials.", count=1234))

    assert words == "the trials of {count} <b> and Give at most 1,234 trials."
    assert IN_ENGLISH.said(words) == words
    assert texts_of("fr").said(ValueError(words)) == "les essais de {count} <b> et Donnez au plus 1\u202f234 essais."
    assert texts_of("fr").said("nobody worded this") == "nobody worded this"


def test_a_list_says_how_many_more_there_are() -> None:
    names = ["a", "b", "c", "d"]

    assert [texts_of("fr").listed(names, limit) for limit in (2, 4)] == ["a, b et 2 de plus", "a, b, c et d"]
    assert [IN_ENGLISH.listed(names, limit) for limit in (2, 4)] == ["a, b and 2 more", "a, b, c and d"]
