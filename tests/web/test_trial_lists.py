"""The list of trials and the search: what finds a trial, and what each filter would show."""

import csv
import io
import re
from html import unescape

import pytest

from monitor.storage import terms
from monitor.storage.trial_index import COUNTRY
from monitor.web.reading import trials
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import ReadingSite


def ids(page: str) -> list[str]:
    return re.findall(r'<td class="id">(\w+)</td>', page)


def test_every_count_is_what_its_link_shows(changed_site: ReadingSite) -> None:
    page = changed_site.get("/trials").text
    links = re.findall(r'<a href="(/trials[^"]*)"[^>]*><span>.*?class="c">([\d,]+)<', page)

    assert len(links) >= 3
    for href, count in links:
        shown = changed_site.get(unescape(href)).text
        assert re.search(rf'<p class="lead">{count} watched trials?', shown), href
        assert len(ids(shown)) == int(count)
    assert len(ids(page)) == len(changed_site.outbox.watched())


def test_pages_follow_each_other_without_a_gap(changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ids(changed_site.get("/trials").text)
    monkeypatch.setattr(trials, "AT_ONCE", 2)
    changed_site.forget()
    found, address = [], "/trials"
    while address:
        page = changed_site.get(address).text
        found += ids(page)
        more = re.search(r'<a class="btn" href="([^"]*)" rel="next">', page)
        address = unescape(more[1]) if more else ""
    monkeypatch.undo()
    changed_site.forget()

    assert found == whole
    assert len(set(found)) == len(found) > 4


def test_filters_meet(changed_site: ReadingSite) -> None:
    assert ids(changed_site.get("/trials?status=WITHDRAWN").text) == [WITHDRAWN_LATER]
    assert ids(changed_site.get("/trials?status=WITHDRAWN&sponsor=alzahra-hospital&q=stem").text) == [WITHDRAWN_LATER]
    assert ids(changed_site.get("/trials?status=WITHDRAWN&sponsor=Halden+%26+S%C3%B6hne").text) == []
    with changed_site.outbox.store.read() as tx:
        country = terms.most_frequent(tx, COUNTRY, limit=1)[0]
    assert len(ids(changed_site.get(f"/trials?country={country.slug}").text)) == country.trials


def test_a_table_has_a_row_a_trial(changed_site: ReadingSite) -> None:
    rows = list(csv.DictReader(io.StringIO(changed_site.get("/trials.csv?status=WITHDRAWN").text)))
    assert [(row["Trial"], row["Status"], row["Lead sponsor"]) for row in rows] == [
        (WITHDRAWN_LATER, "Withdrawn", "Alzahra Hospital")
    ]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("status=" + "A" * 99, 400, "is not a known status"),
        ("status=" + ",".join(f"A{n}" for n in range(30)), 400, "20 codes at most"),
        ("status=zz", 400, "“zz” is not a known status; known: stopped"),
        ("phase=9", 400, "“9” is not a known phase; known: EARLY_PHASE1"),
        ("q=😀", 400, "search for another word"),
        ("after=nonsense", 400, "begin at the first"),
        ("after=WyIiLCJhIiwiYiJd", 400, "go to the first page"),
        ("country=Atlantis", 404, "no trial here has the country “Atlantis”"),
    ],
)
def test_what_makes_no_sense_is_named(changed_site: ReadingSite, query: str, status: int, words: str) -> None:
    answer = changed_site.get(f"/trials?{query}")
    assert answer.status_code == status
    assert words.lower() in unescape(answer.text).lower()


@pytest.mark.parametrize(
    "typed", [WITHDRAWN_LATER, " nct02116634 ", "https://clinicaltrials.gov/study/NCT02116634?tab=history"]
)
def test_a_trial_id_in_any_spelling_leads_to_its_trial(changed_site: ReadingSite, typed: str) -> None:
    answer = changed_site.session.get(
        f"{changed_site.url}/search", params={"q": typed}, allow_redirects=False, timeout=20
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/trials/{WITHDRAWN_LATER}")


def test_a_search_finds_trials_sponsors_and_conditions(changed_site: ReadingSite) -> None:
    page = changed_site.get("/search?q=amyotroph").text
    assert ids(page) == [WITHDRAWN_LATER]
    assert 'href="/conditions/amyotrophic-lateral-sclerosis"' in page
    sponsors = changed_site.get("/search?q=s%C3%B6hne").text
    assert re.search(
        r'href="/sponsors/halden-[^"]*"><bdi>Halden &amp; Söhne</bdi></a> <span class="quiet">2 trials', sponsors
    )
    assert 'href="/sponsors/halden-' in changed_site.get("/search?q=Sohne").text, "accents need not be typed"


def test_a_search_without_a_find_says_what_to_do(changed_site: ReadingSite) -> None:
    assert "NCT99999999 is not watched here" in changed_site.get("/search?q=NCT99999999").text
    assert "Nothing that is watched has all these words" in changed_site.get("/search?q=xylophone").text
    assert "search for another word" in changed_site.get("/search?q=of").text
    assert "Type the number of a trial" in changed_site.get("/search").text
    assert "longer than 200" in changed_site.get("/search?q=" + "x" * 500).text
    assert "<script>" not in changed_site.get("/search?q=%3Cscript%3E").text


def test_a_phase_that_no_trial_has_finds_nothing(changed_site: ReadingSite) -> None:
    assert ids(changed_site.get("/trials?phase=EARLY_PHASE1").text) == []


@pytest.mark.parametrize("path", ["/sponsors?q=a", "/conditions?q=%F0%9F%98%80"])
def test_names_are_searched_for_by_words(changed_site: ReadingSite, path: str) -> None:
    answer = changed_site.get(path)

    assert answer.status_code == 400
    assert "search for another word" in answer.text
