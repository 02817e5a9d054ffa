"""The pages of sponsors, conditions and watches, their calendars, and what search engines are told."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import unquote
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
from icalendar import Calendar

from monitor.access import tokens
from monitor.model import Search
from monitor.model.access import Permission
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import watches
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
from tests.storage.test_trial_plans import fill
from tests.studies import Edit, edited, led_by, status_becomes, titled, together, verified_a_year_later
from tests.web.reading_site import NOBODY, READER, ReadingSite

HALDEN = "/sponsors/halden-biotherapeutics"
HOSTILE = 'A <script>alert("1")</script> of \u202e"quotes" & more'


def completes(text: str) -> Edit:
    return edited(statusModule__primaryCompletionDateStruct={"date": text, "type": "ESTIMATED"})


def of_condition(*names: str) -> Edit:
    return edited(conditionsModule__conditions=[*names])


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingSite]:
    """Of twelve trials Halden leads three, of which one slips by 412 days; one more is no longer its own."""
    folder = tmp_path_factory.mktemp("sets")
    with ExitStack() as opened:
        store = opened.enter_context(closing(Store.open(f"sqlite:///{folder / 'monitor.sqlite3'}")))
        sandbox = opened.enter_context(Sandbox(trials=12, day=BUILD_DAY))
        outbox = OutboxHarness(store, sandbox, folder)
        opened.callback(outbox.registry.close)
        ids = sorted(sandbox.trial_ids())
        first, second, third, fourth, fifth = ids[:5]
        halden = led_by("Halden Biotherapeutics")
        sandbox.edit(
            first, together(halden, completes("2027-01-01"), titled(HOSTILE), of_condition("HER2+ Breast Cancer"))
        )
        sandbox.edit(second, together(halden, completes("2027-03"), of_condition("HER2- Breast Cancer", "Lupus")))
        sandbox.edit(third, together(led_by("Haldén & Söhne, Inc."), completes("2027-05")))
        sandbox.edit(fourth, together(halden, status_becomes("WITHDRAWN", "No funds"), completes("2027-06")))
        sandbox.edit(fifth, led_by("Former Name"))
        outbox.watch(*ids)
        outbox.check()
        outbox.clock.advance(days=300)
        sandbox.edit(first, together(completes("2028-02-17"), verified_a_year_later), refresh=False)
        sandbox.edit(fifth, together(led_by("Halden Biotherapeutics"), verified_a_year_later), refresh=False)
        sandbox.refresh()
        outbox.check()
        with store.begin() as tx:
            watches.add_search(
                tx,
                registry=outbox.registry.key,
                search=Search(sponsor="<b>Halden</b>", condition="Lupus"),
                origin="command",
                name="A <i>watch</i>",
                at=outbox.clock(),
            )
        assert index_missing(store, [outbox.registry]).damaged == 0
        fill(store, [*range(120)], sponsor="Large Sponsor", condition="Anything", first=50_000_000)
        yield opened.enter_context(ReadingSite(outbox))


@pytest.fixture
def as_reader(reading: ReadingSite) -> Iterator[ReadingSite]:
    reading.visitor = READER
    yield reading
    reading.visitor = NOBODY


def text_of(html: str) -> str:
    """What a person reads."""
    return " ".join(re.sub("<[^>]+>", " ", html.replace("&nbsp;", " ")).split())


def test_a_sponsor_leads_with_its_worst_slip(reading: ReadingSite) -> None:
    page = reading.get(HALDEN)
    assert page.status_code == 200
    shown = text_of(page.text)
    assert "4 watched trials as lead sponsor" in shown
    assert "Slipped farthest: +412 d, to 2028-02-17." in shown
    assert re.search(r"stopped early (\d)", shown)[1] == "1"  # type: ignore[index]
    assert 'rel="canonical" href="http' in page.text
    assert f'{HALDEN}"' in page.text


def test_charts_of_a_sponsor_have_one_scale_and_say_what_they_show(reading: ReadingSite) -> None:
    page = reading.get(HALDEN).text
    charts = re.findall(r"<svg class=\"chart\".*?</svg>", page)
    assert len(charts) == 3 + bool(len(charts) == 4)
    labels = [fromstring(chart).attrib["aria-label"] for chart in charts]
    assert labels[0].endswith(": +412 d, one slip")
    assert all(label.endswith("never moved") for label in labels[1:])
    assert "style=" not in page
    assert page.count("½ year") == 1


def test_a_hostile_title_is_shown_and_does_nothing(reading: ReadingSite) -> None:
    page = reading.get(HALDEN).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(" in page
    assert "\u202e" not in page


def test_a_sponsor_says_what_changed_and_what_is_due(reading: ReadingSite) -> None:
    page = text_of(reading.get(HALDEN).text)
    assert "Primary completion date slipped" in page or "Primary completion date: 2027-01-01 → 2028-02-17" in page
    due = page.partition("Due next")[2].partition("All trials")[0]
    assert "Primary completion, 2028-02-17:" in due
    assert "2027-06" not in due, "that one was withdrawn"
    assert "2027-03" not in due, "that is past"


def test_all_trials_of_a_sponsor_are_listed_the_worst_slip_first(reading: ReadingSite) -> None:
    table = reading.get(HALDEN).text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [text_of(row) for row in table.split("</tr>") if row.strip()]
    assert len(rows) == 4
    assert "+412 d" in rows[0]


def test_a_former_name_leads_to_the_new_one(reading: ReadingSite) -> None:
    for ending in ("", ".ics"):
        moved = reading.get(f"/sponsors/former-name{ending}")
        assert (moved.status_code, moved.headers["Location"]) == (302, HALDEN + ending)


def test_names_that_differ_in_one_sign_have_pages_of_their_own(reading: ReadingSite) -> None:
    listed = reading.get("/conditions", q="x").text
    slugs = re.findall(r'href="(/conditions/her2[^"]+)"', listed)
    assert len(set(slugs)) == 2
    headings = {re.search("<h1><bdi>(.*?)</bdi>", reading.get(slug).text)[1] for slug in slugs}  # type: ignore[index]
    assert headings == {"HER2+ Breast Cancer", "HER2- Breast Cancer"}


def test_an_unknown_address_names_those_that_are_near(reading: ReadingSite) -> None:
    missing = reading.get("/sponsors/halden-biotherapeutics-gmbh")
    assert missing.status_code == 404
    assert f'href="{HALDEN}"' in missing.text
    for nonsense in ("/sponsors/x", "/sponsors/---", "/sponsors/" + "a-" * 400, "/sponsors/%F0%9F"):
        assert reading.get(nonsense).status_code == 404
    assert "<script>" not in reading.get("/sponsors/%3Cscript%3E").text


def test_sponsors_are_listed_by_their_trials_by_name_and_by_words(reading: ReadingSite) -> None:
    most = re.findall(r'href="(/sponsors/[^"?]+)"', reading.get("/sponsors").text)
    assert most[:2] == ["/sponsors/large-sponsor", HALDEN]
    by_name = text_of(reading.get("/sponsors?by=name").text)
    assert "Halden Biotherapeutics 4 +412 d" in by_name
    assert [unquote(each) for each in re.findall(r'href="(/sponsors/[^"?]+)"', reading.get("/sponsors?q=söhne").text)]
    assert "None is called so" in reading.get("/sponsors?q=nobodyknows").text
    assert reading.get("/sponsors?by=size").status_code == 400
    assert reading.get(f"/sponsors?q={'x' * 300}").status_code == 400


@pytest.mark.parametrize("after", ["nonsense", "a/b", "clinicaltrials.gov/NCT99999999", "x" * 300, "<b>/x"])
def test_a_page_that_begins_nowhere_says_so(reading: ReadingSite, after: str) -> None:
    answer = reading.get(f"{HALDEN}?after={after}")
    assert answer.status_code == 400
    assert "first page" in answer.text


def test_a_later_page_has_the_trials_alone(reading: ReadingSite) -> None:
    first = re.findall(r'class="title" href="/trials/([^"]+)"', reading.get(HALDEN).text.partition("<tbody>")[2])
    later = reading.get(f"{HALDEN}?after=clinicaltrials.gov/{first[0]}").text
    assert re.findall(r'class="title" href="/trials/([^"]+)"', later) == first[1:]
    assert "Due next" not in later


def test_many_trials_are_shown_a_page_at_a_time(reading: ReadingSite) -> None:
    shown: list[str] = []
    path = "/sponsors/large-sponsor"
    while path:
        page = reading.get(path).text
        shown += re.findall(r'class="title" href="/trials/([^"]+)"', page.partition("<tbody>")[2])
        more = re.search(r'href="([^"#]+)#trials" rel="next"', page)
        path = more[1] if more else ""
    assert shown == [f"NCT{50_000_000 + number}" for number in reversed(range(120))]


def test_calendars_of_a_trial_and_of_a_sponsor(reading: ReadingSite) -> None:
    answer = reading.get(f"{HALDEN}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    slipped = next(each for each in events if "2028-02-17" in each["DESCRIPTION"])
    assert (slipped["SEQUENCE"], slipped["STATUS"]) == (1, "TENTATIVE")
    assert {str(each["STATUS"]) for each in events} >= {"CANCELLED", "TENTATIVE"}
    again = reading.get(f"{HALDEN}.ics", if_none_match=answer.headers["ETag"])
    assert again.status_code == 304
    reading.forget()
    assert reading.get(f"{HALDEN}.ics").content == answer.content

    own = reading.get(f"/trials/{WITHDRAWN_LATER}/dates.ics")
    assert len(Calendar.from_ical(own.content).walk("VEVENT")) == 3
    assert reading.get("/trials/nct02116634/dates.ics").status_code == 308
    assert reading.get("/trials/NCT09999999/dates.ics").status_code == 404
    assert reading.get("/sponsors/nobody.ics").status_code == 404
    assert reading.get("/conditions/lupus.ics").status_code == 200


def test_feeds_of_a_sponsor_a_condition_and_a_watch(reading: ReadingSite) -> None:
    atom = feedparser.parse(reading.get(f"{HALDEN}.atom").content)
    assert not atom.bozo
    assert "Halden Biotherapeutics" in atom.feed.title
    assert atom.entries
    feed = reading.get(f"{HALDEN}.json").json()
    assert [each["id"] for each in feed["items"]] == [each.id for each in atom.entries]
    assert reading.get("/conditions/lupus.atom").status_code == 200
    assert reading.get("/watches/1.atom").status_code == 401
    reading.visitor = READER
    try:
        assert len(reading.get("/watches/1.json").json()["items"]) >= len(feed["items"])
    finally:
        reading.visitor = NOBODY
    page = reading.get(HALDEN).text
    for ending in ("atom", "json", "ics"):
        assert re.search(f'<link rel="alternate" type="[^"]+" title="[^"]+" href="{HALDEN}.{ending}">', page)


def test_a_token_in_the_address_opens_a_calendar(reading: ReadingSite) -> None:
    token = tokens.add("calendar", Permission.READ, reading.site.access, now=reading.outbox.clock())
    begun = f"/feeds/{token.text}/dates.ics"
    answer = reading.get(f"{begun}?sponsor=halden-biotherapeutics")
    assert answer.content == reading.get(f"{HALDEN}.ics").content
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert (
        reading.get(f"{begun}?sponsor=halden-biotherapeutics", if_none_match=answer.headers["ETag"]).status_code == 304
    )
    for named in ("condition=Lupus", "watch=1", f"trial={WITHDRAWN_LATER.lower()}"):
        assert Calendar.from_ical(reading.get(f"{begun}?{named}").content).walk("VEVENT")
    for named, status in (
        ("", 400),
        ("sponsor=a&watch=1", 404),
        ("watch=1&group=x", 400),
        ("watch=1&fase=PHASE2", 400),
        ("sponsor=nobody", 404),
        ("watch=x", 404),
        ("trial=x", 400),
    ):
        assert reading.get(f"{begun}?{named}").status_code == status
    assert reading.get(f"{begun.replace(token.text, token.text[:-1] + 'x')}?watch=1").status_code == 404


def test_watches_are_for_readers(reading: ReadingSite) -> None:
    for path in ("/watches", "/watches/1"):
        assert reading.get(path).status_code == 303
    assert reading.get("/watches/1.ics").status_code == 401


def test_a_watch_says_what_it_holds(as_reader: ReadingSite) -> None:
    page = as_reader.get("/watches")
    assert page.status_code == 200
    assert "Trials that were named one by one" in page.text
    assert "&lt;b&gt;Halden&lt;/b&gt;" in page.text
    assert "A &lt;i&gt;watch&lt;/i&gt;" in page.text
    one = as_reader.get("/watches/1")
    assert re.search(r"; 1[2-4] trials\. Watched since", text_of(one.text))
    assert "+412 d" in one.text
    assert "It holds no trial." in as_reader.get("/watches/2").text
    assert len(Calendar.from_ical(as_reader.get("/watches/1.ics").content).walk("VEVENT")) >= 12
    for nonsense in ("/watches/99", "/watches/x", "/watches/9999999999999", "/watches/²", "/watches/-1"):
        assert as_reader.get(nonsense).status_code == 404


def test_search_engines_find_each_trial_sponsor_and_condition_once(reading: ReadingSite) -> None:
    assert "Sitemap: http" in reading.get("/robots.txt").text
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    parts = [each.text or "" for each in fromstring(reading.get("/sitemap.xml").content).iter(name)]
    found: list[str] = []
    for part in parts:
        answer = reading.get(part.removeprefix(reading.url))
        assert answer.headers["Content-Type"].startswith("application/xml")
        found += [each.text or "" for each in fromstring(answer.content).iter(name)]
    paths = [each.removeprefix(reading.url) for each in found]
    assert len(paths) == len(set(paths))
    assert {HALDEN, "/conditions/lupus", f"/trials/{WITHDRAWN_LATER}", "/sponsors"} <= set(paths)
    assert "/sponsors/former-name" not in paths
    assert reading.get("/sitemap-trials-999.xml").status_code == 200
    assert reading.get("/sitemap-trials-x.xml").status_code == 404


def test_a_site_that_is_not_public_shows_nothing_to_search_engines(reading: ReadingSite) -> None:
    object.__setattr__(reading.site, "is_public", False)
    try:
        assert reading.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
        assert reading.get(HALDEN).status_code == 303
        reading.visitor = READER
        assert reading.get("/sitemap.xml").status_code == 404
        hint = f"<code>{reading.site.address('/feeds')}/<var>TOKEN</var>/dates.ics?"
        assert hint in reading.get(HALDEN).text, "with the host, as a feed reader needs it"
    finally:
        reading.visitor = NOBODY
        object.__setattr__(reading.site, "is_public", True)
