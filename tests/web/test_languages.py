"""Subscribers read their pages in the language that they choose, whole; what others read is in English."""

import html
import re

import pytest
from babel.messages.catalog import Message

from docs._catalogue import LOCALES, read
from tests.french import left_in_english
from tests.program import WITHDRAWN_LATER
from tests.web.site import ANNA, Reader, Site

FRENCH = {"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}
ZONES = ("Isle of Man", "Port of Spain")
TAG = re.compile("<[^>]+>")


@pytest.fixture
def french(quick_site: Site) -> Site:
    quick_site.reader.headers.update(FRENCH)
    return quick_site


def words(page: str) -> str:
    return " ".join(html.unescape(TAG.sub(" ", page.partition("<body")[2])).split())


def english_in(page: str) -> list[str]:
    """Texts of the catalogue that stand on a page as they are in English."""
    said = words(page)
    known: list[Message] = [each for each in read(LOCALES / "fr.po") if isinstance(each.id, str) and each.id]
    texts = {str(each.id) for each in known if each.id != each.string and "%(" not in each.id and "{" not in each.id}
    return [text for text in sorted(texts) if len(text) > 9 and re.search(rf"\b{re.escape(text)}", said)]


def test_the_whole_way_is_in_french(french: Site) -> None:
    reader = french.reader
    asking = reader.open("/subscriptions/new")
    asked = french.ask()
    confirmation = french.confirmation()
    confirm = reader.open(confirmation)
    confirmed = reader.submit(confirmation)
    own = re.findall(r'href="([^"]+/a/[^"]+)"', confirmed.text)[0]
    pages = [asking, asked, confirm, confirmed]
    pages += [reader.open(own), reader.open(f"{own}/keep"), reader.open(f"{own}/leave")]
    pages += [reader.submit(own, do="pause"), reader.open(own), reader.submit(own, do="resume")]
    pages += [reader.submit(own, do="renew")]

    assert [each.status_code for each in pages] == [200] * len(pages)
    assert [each.url for each in pages if '<html lang="fr"' not in each.text] == []
    assert {each.url: found for each in pages if (found := english_in(each.text))} == {}
    assert {each.url: found for each in pages if (found := left_in_english(words(each.text), *ZONES))} == {}
    assert f"{WITHDRAWN_LATER} : ceux qui sont mineurs ou plus importants." in words(confirm.text).replace(
        "\u202f", " "
    )


def test_what_goes_wrong_is_said_in_french(french: Site) -> None:
    reader = french.reader
    own = french.subscribed()
    wrong = [
        french.ask(trial=""),
        french.ask(about="sponsor", sponsor="Nobody"),
        reader.open("/a/nothing"),
        reader.open("/confirm/nothing"),
        reader.open("/nowhere"),
        reader.send_fields(own, {"do": "pause"}),
        reader.submit(own, do="nothing"),
        reader.submit(own, do="save", every="daily", zone="Nowhere"),
        reader.send_fields("/subscriptions/new", {}, headers={"Origin": "http://elsewhere.example"}),
    ]

    assert [each.status_code for each in wrong] == [400, 400, 404, 404, 404, 403, 400, 400, 403]
    assert {each.url: found for each in wrong if (found := english_in(each.text))} == {}
    assert "n’est pas surveillé ici" in wrong[1].text
    assert "Choisissez un fuseau horaire." in wrong[7].text


WRONG_ADDRESSES = (
    *("anna", "@example.org", "anna@", "anna@localhost", "an na@example.org", "anna@[127.0.0.1]", "a(b)@example.org"),
    *("anna@example.org, b@example.org", "https://example.org/hook", "anna@xn--a.org", ".a@b.org", "a\u202e@b.org"),
    f"{'x' * 250}@example.org",
)


@pytest.mark.parametrize("typed", WRONG_ADDRESSES)
def test_what_is_wrong_with_an_address_is_said_in_french(french: Site, typed: str) -> None:
    answer = french.ask(address=typed)

    assert answer.status_code == 400
    assert "adresse e-mail" in answer.text
    assert english_in(answer.text) == []
    assert left_in_english(words(answer.text), typed, *ZONES) == []


def test_a_reader_chooses_and_the_browser_remembers_it(quick_site: Site) -> None:
    reader = Reader(quick_site)
    assert '<html lang="en"' in reader.open("/subscriptions/new").text

    chosen = reader.send_fields("/language", {"language": "fr", "back": "/subscriptions/new?trial=X"})
    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/subscriptions/new?trial=X")
    assert '<html lang="fr"' in reader.open("/subscriptions/new").text
    assert '<html lang="en"' in reader.open("/subscriptions/new?lang=en").text
    assert '<html lang="fr"' in reader.open("/subscriptions/new?lang=xx").text

    assert "Set-Cookie" not in reader.send_fields("/language", {"language": "xx", "back": "//elsewhere"}).headers


def test_pages_that_are_not_translated_are_whole_in_english(french: Site) -> None:
    found = french.reader.open("/login").text

    assert '<html lang="en"' in found
    assert "Se connecter" not in found
    assert ANNA not in found


# The language of a subscription


def test_a_subscription_keeps_the_language_that_it_was_asked_for_in(site: Site) -> None:
    site.reader.headers.update(FRENCH)
    site.ask()
    site.reader.headers.clear()
    confirmation = site.confirmation()

    assert site.listed()[0].language == "fr"
    assert '<html lang="fr"' in site.reader.open(confirmation).text
    own = re.findall(r'href="([^"]+/a/[^"]+)"', site.reader.submit(confirmation).text)[0]
    pages = [site.reader.open(f"{own}{path}").text for path in ("", "/keep", "/leave")]
    assert [page for page in pages if '<html lang="fr"' not in page] == []
    assert '<html lang="en"' in site.reader.open(f"{own}?lang=en").text


def test_its_page_changes_the_language_and_says_so_in_the_new_one(quick_site: Site) -> None:
    own = quick_site.subscribed()
    assert quick_site.listed()[0].language == "en"

    saved = quick_site.reader.submit(own, do="save", min="minor", language="fr")
    assert "Enregistré." in saved.text
    assert quick_site.listed()[0].language == "fr"

    quick_site.reader.submit(own, do="save", min="minor", language="xx")
    assert quick_site.listed()[0].language == "fr"
    quick_site.reader.submit(own, do="save", min="minor", language="en")
    assert '<html lang="en"' in quick_site.reader.open(own).text
