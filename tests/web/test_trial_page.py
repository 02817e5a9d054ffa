"""The pages of one trial: how it stands, its snapshots, any two of them compared, and what each changed."""

import gzip
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import select, update

from monitor.http.polite import PoliteSession
from monitor.model import Document, Record
from monitor.ports import Registry
from monitor.registries.adapter import Adapter
from monitor.registries.declared import ADAPTERS, FED_BY_FILES
from monitor.registries.drks.adapter import Drks
from monitor.storage import archived, tables
from monitor.storage.archived import ArchivedDocument
from monitor.web.site.asked import NOBODY
from tests.program import WITHDRAWN_LATER
from tests.registries import drks_trials
from tests.registries.trials import GOLDEN
from tests.studies import edited, titled
from tests.web.reading_site import OPERATOR, ReadingSite
from tests.web.trial_world import REASON, import_page, keep, know, moving, published, reading_site

TRIAL = f"/trials/{WITHDRAWN_LATER}"
ADDRESS = "https://hooks.example.org/team"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingSite]:
    """One trial has five snapshots and is told to a team; one is damaged, one is gone, one has imported pages."""
    with reading_site(tmp_path_factory.mktemp("trials")) as running:
        outbox = running.outbox
        outbox.watch(*outbox.sandbox.trial_ids())
        outbox.check()
        outbox.subscribe(ADDRESS, WITHDRAWN_LATER)
        moving(outbox)
        outbox.deliver()
        broken, gone, imported, _ = others(running)[:4]
        for title in ("Another", "Yet another"):
            published(outbox, broken, titled(title))
        damage(running, broken, 2)
        import_page(outbox, imported, date(2014, 4, 17), source="saved.html")
        import_page(outbox, imported, date(2013, 1, 2), source="history", version=0)
        outbox.sandbox.remove(gone)
        for _ in range(4):
            outbox.clock.advance(days=2)
            outbox.check(gone)
        yield running


def others(site: ReadingSite) -> list[str]:
    """The sandbox's other trials, also the one that it no longer lists."""
    key = site.outbox.registry.key
    with site.outbox.store.read() as tx:
        kept = set(tx.scalars(select(tables.snapshots.c.trial_id).where(tables.snapshots.c.registry == key)))
    return sorted(each for each in kept if each.startswith("NCT9"))


def damage(site: ReadingSite, trial_id: str, number: int) -> None:
    c = tables.snapshots.c
    with site.outbox.store.begin() as tx:
        which = (c.trial_id == trial_id) & (c.number == number)
        assert tx.execute(update(tables.snapshots).where(which).values(body=b"nothing")).rowcount


class Text(HTMLParser):
    """What a page says, white space folded, and which elements it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @property
    def words(self) -> str:
        return " ".join("".join(self.parts).split())

    def links(self) -> set[str]:
        return {attrs["href"] or "" for tag, attrs in self.tags if tag in ("a", "link") and "href" in attrs}


def read(site: ReadingSite, path: str) -> Text:
    found = site.get(path)
    assert found.status_code == 200, found.text
    return Text(found.text)


# The page of a trial


def test_a_trial_is_found_by_whatever_people_paste(site: ReadingSite) -> None:
    for pasted in ("nct02116634", "NCT 02116634", "nct02116634?x=1"):
        moved = site.get(f"/trials/{pasted}")
        assert (moved.status_code, moved.headers["Location"].partition("?")[0]) == (308, TRIAL)
    below = site.get("/trials/nct02116634/compare/1..2?view=all")
    assert below.headers["Location"] == f"{TRIAL}/compare/1..2?view=all"
    assert site.get("/trials/nobody-knows").status_code == 404
    assert site.get("/trials/NCT09999999").status_code == 404


def test_of_a_trial_that_was_never_read_the_page_says_how_to_have_it_watched(site: ReadingSite) -> None:
    missing = site.get("/trials/NCT09999999")

    page = Text(missing.text)
    assert missing.status_code == 404
    assert "Nobody watches it." in page.words
    assert "/subscriptions/new?trial=NCT09999999" in page.links()
    site.outbox.watch("NCT09999999")
    assert "It is watched: its record will stand here" in Text(site.get("/trials/NCT09999999").text).words


def test_it_says_how_the_trial_stands_and_why(site: ReadingSite) -> None:
    page = read(site, TRIAL)

    assert f"Withdrawn {REASON}" in page.words
    assert "Nothing more is expected of it: Withdrawn." in page.words
    assert "5 snapshots, 4 of them with news" in page.words
    assert "20 at first" in page.words
    assert "Start2027-05 estimated2015-05 at first, +4,383 d" in page.words
    assert "start date passed, not recruiting" in page.words


def test_what_stands_around_a_change_is_said_beside_it(site: ReadingSite) -> None:
    moved = read(site, f"{TRIAL}/changes/3")

    assert "Primary completion date: second slip in" in moved.words


def test_what_a_sponsor_writes_is_text_and_nothing_else(site: ReadingSite) -> None:
    for path in (TRIAL, f"{TRIAL}/compare/1..5", f"{TRIAL}/snapshots/4", f"{TRIAL}/changes/5", f"{TRIAL}/changes/4"):
        page = read(site, path)
        assert [attrs for tag, attrs in page.tags if tag == "script" and "src" not in attrs] == []
        assert not [
            tag for tag, _ in page.tags if tag in ("img", "b") and path.endswith("snapshots/4") and tag == "img"
        ]
        assert "\u202e" not in site.get(path).text
        assert not [attrs for _, attrs in page.tags if "style" in attrs or any(name.startswith("on") for name in attrs)]
    assert "<script>alert(1)</script>" in read(site, TRIAL).words


def test_machines_and_other_sites_find_what_belongs_to_it(site: ReadingSite) -> None:
    page = read(site, TRIAL)

    linked = {
        attrs.get("type"): attrs["href"]
        for tag, attrs in page.tags
        if tag == "link" and attrs.get("rel") == "alternate"
    }
    assert linked["application/atom+xml"] == f"{TRIAL}/changes.atom"
    assert linked["text/calendar"] == f"{TRIAL}/dates.ics"
    named = {attrs["property"]: attrs["content"] for tag, attrs in page.tags if tag == "meta" and "property" in attrs}
    assert named["og:url"] == site.url + TRIAL
    assert "Overall status: Not yet recruiting → Withdrawn" in (named["og:description"] or "")
    assert (named["og:title"] or "").startswith(f"{WITHDRAWN_LATER}: Withdrawn – “Because")
    assert [attrs["href"] for tag, attrs in page.tags if tag == "link" and attrs.get("rel") == "canonical"] == [
        site.url + TRIAL
    ]


def test_every_link_of_ours_leads_somewhere(site: ReadingSite) -> None:
    """Those to the pages of one trial, of every page of it."""
    seen = {TRIAL}
    waiting = [TRIAL]
    while waiting:
        for link in sorted(read(site, waiting.pop()).links()):
            if re.fullmatch(rf"{TRIAL}(/(snapshots|changes|compare)/[^?]*)?", link) and link not in seen:
                seen.add(link)
                waiting.append(link)
    assert len(seen) >= 17


def test_only_operators_see_to_how_many_it_was_told(site: ReadingSite) -> None:
    assert "Told to" not in read(site, TRIAL).words
    assert "Who was told" not in read(site, f"{TRIAL}/changes/5").words
    site.visitor = OPERATOR
    try:
        assert "Told to 1 subscription" in read(site, TRIAL).words
        told = read(site, f"{TRIAL}/changes/5").words
    finally:
        site.visitor = NOBODY
    assert "1 subscription: 1 delivered." in told
    assert f"webhook {ADDRESS}{WITHDRAWN_LATER}delivered" in told


def test_a_baseline_alone_says_that_changes_will_stand_here(site: ReadingSite) -> None:
    page = read(site, f"/trials/{others(site)[3]}")

    assert "Baseline taken; changes will stand here." in page.words
    assert "It has not moved" in page.words
    assert not [tag for tag, attrs in page.tags if attrs.get("name") in ("a", "b")]


def test_a_trial_that_is_gone_keeps_its_page_which_says_so(site: ReadingSite) -> None:
    page = read(site, f"/trials/{others(site)[1]}")

    assert "No longer in the registry" in page.words
    assert "The registry no longer lists it." in page.words
    gone = read(site, f"/trials/{others(site)[1]}/snapshots/2")
    assert "It holds no record. What the registry said:" in gone.words
    assert site.get(f"/trials/{others(site)[1]}/compare/1..2").status_code == 404
    told = read(site, f"/trials/{others(site)[1]}/changes/2")
    assert "Critical" in told.words
    assert "no longer" in told.words.lower() or "removed" in told.words.lower()


def test_a_trial_that_merged_is_found_at_the_other(site: ReadingSite) -> None:
    c, old = tables.trials.c, others(site)[4]
    with site.outbox.store.begin() as tx:
        tx.execute(update(tables.trials).where(c.trial_id == old).values(state="merged", merged_into=WITHDRAWN_LATER))

    moved = site.get(f"/trials/{old}")

    assert (moved.status_code, moved.headers["Location"]) == (301, TRIAL)
    assert site.get(f"/trials/{old}/snapshots/1").status_code == 200


def test_imported_pages_stand_in_the_line_and_say_where_they_are_from(site: ReadingSite) -> None:
    trial = f"/trials/{others(site)[2]}"
    page = read(site, trial)

    assert "As of 2013-01-02" in page.words
    assert "from the registry's history" in page.words
    assert "from a saved page, saved.html" in page.words
    assert f"{trial}/compare/2013-01-02..1" in page.links()
    then = read(site, f"{trial}/snapshots/2014-04-17")
    assert "As it stood then, from a saved page, saved.html." in then.words
    both = read(site, f"{trial}/compare/2013-01-02..2014-04-17")
    assert "Enrollment" in both.words
    backwards = site.get(f"{trial}/compare/1..2014-04-17")
    assert backwards.headers["Location"] == f"{trial}/compare/2014-04-17..1"


def test_a_trial_that_was_imported_and_never_read_has_a_page(site: ReadingSite) -> None:
    _, (document, record) = _golden(next(each for each in ADAPTERS if each.key == site.outbox.registry.key))
    with site.outbox.store.begin() as tx:
        archived.add(tx, [ArchivedDocument(document, date(2020, 1, 1), "1.html", site.outbox.clock())])

    page = read(site, f"/trials/{record.trial_id}")

    assert "It was not read from the registry yet." in page.words
    assert "from a saved page, 1.html" in page.words
    assert record.brief_title in read(site, f"/trials/{record.trial_id}/snapshots/2020-01-01").words


def test_damage_is_a_line_in_its_place(site: ReadingSite) -> None:
    broken = others(site)[0]
    page = read(site, f"/trials/{broken}")

    assert f"snapshot 2 of {broken} is damaged" in page.words
    assert "Yet another" in page.words
    for path in ("snapshots/2", "compare/1..2", "compare/2..3"):
        assert f"snapshot 2 of {broken} is damaged" in read(site, f"/trials/{broken}/{path}").words
    assert "Another" in read(site, f"/trials/{broken}/changes/2").words, "what it told is kept beside it"
    assert site.get(f"/trials/{broken}/compare/1..3").status_code == 200


def test_a_page_of_an_ordinary_trial_is_small_and_quick(site: ReadingSite) -> None:
    first = site.get(TRIAL, accept_encoding="gzip")
    assert len(gzip.compress(first.content)) < 15_000
    site.forget()
    began = time.process_time()
    for _ in range(5):
        site.answering.kept.clear()
        site.get(TRIAL)
    assert (time.process_time() - began) / 5 < 0.25, "seconds of processor time, with room for a busy machine"


def test_it_stays_while_another_trial_changes(site: ReadingSite) -> None:
    """A service that looks every few seconds leaves pages kept: each is of one trial."""
    other = others(site)[-1]
    site.forget()
    before, before_of_other = site.get(TRIAL), site.get(f"/trials/{other}")
    published(site.outbox, other, titled("Of another"))
    site.site.proof.forget()

    assert site.get(TRIAL).headers["ETag"] == before.headers["ETag"]
    assert "last look" in before.text
    after = site.get(f"/trials/{other}")
    assert after.headers["ETag"] != before_of_other.headers["ETag"]
    assert "Of another" in after.text


# Comparing


def test_any_two_snapshots_are_compared_heaviest_first(site: ReadingSite) -> None:
    page = read(site, f"{TRIAL}/compare/1..5")

    order = [
        page.words.index(label) for label in ("Overall status", "Start date", "Last verified", "Eligibility criteria")
    ]
    assert order == sorted(order)
    assert "29 other fieldsthe samethe same" in page.words
    assert "1 changed, 1 added" in page.words
    assert "lines that stayed" in page.words
    assert ("del", {}) in page.tags
    assert ("ins", {}) in page.tags


def test_the_form_of_the_trials_page_leads_to_the_comparison(site: ReadingSite) -> None:
    chosen = site.get(f"{TRIAL}/compare?a=1&b=3")

    assert (chosen.status_code, chosen.headers["Location"]) == (303, f"{TRIAL}/compare/1..3")
    assert site.get(f"{TRIAL}/compare?a=1").status_code == 404
    assert site.get(f"{TRIAL}/compare?a=1&b=//evil.example").status_code == 404


def test_the_older_stands_on_the_left_however_it_is_asked_for(site: ReadingSite) -> None:
    turned = site.get(f"{TRIAL}/compare/4..2?in=sides")

    assert (turned.status_code, turned.headers["Location"]) == (303, f"{TRIAL}/compare/2..4?in=sides")


def test_one_walks_from_pair_to_pair(site: ReadingSite) -> None:
    page = read(site, f"{TRIAL}/compare/2..3?in=sides")

    walks = {name: attrs["href"] for _, attrs in page.tags for name in ("data-older", "data-newer") if name in attrs}
    assert walks == {
        "data-older": f"{TRIAL}/compare/1..2?in=sides",
        "data-newer": f"{TRIAL}/compare/3..4?in=sides",
    }


def test_texts_stand_side_by_side_where_that_is_asked_for(site: ReadingSite) -> None:
    beside = site.get(f"{TRIAL}/compare/1..5?in=sides").text
    in_one = site.get(f"{TRIAL}/compare/1..5").text

    assert 'class="columns"' in beside
    assert 'class="columns"' not in in_one
    refused = site.get(f"{TRIAL}/compare/1..5?in=nonsense")
    assert (refused.status_code, "is one of text, sides, and not “nonsense”" in refused.text) == (400, True)


@pytest.mark.parametrize(
    "path", ["", "/compare/1..5", "/compare/5..1", "/compare?a=1&b=2", "/snapshots/2", "/changes/2"]
)
def test_what_a_page_does_not_take_is_refused_by_name(site: ReadingSite, path: str) -> None:
    joined = "&" if "?" in path else "?"
    refused = site.get(f"{TRIAL}{path}{joined}colour=red")

    assert refused.status_code == 400
    assert "“colour” is not a filter of this address" in refused.text
    assert site.get(f"{TRIAL}{path}{joined}utm_source=mail").status_code in (200, 303)


def test_the_whole_record_has_what_stayed_as_well(site: ReadingSite) -> None:
    whole = read(site, f"{TRIAL}/compare/1..5?view=all")

    assert "The same in both" in whole.words
    assert "Neurosciences Research Center" in whole.words
    assert "Neurosciences Research Center" not in read(site, f"{TRIAL}/compare/1..5").words


def test_a_snapshot_is_the_same_as_itself(site: ReadingSite) -> None:
    assert "The same in all" in read(site, f"{TRIAL}/compare/2..2").words


@pytest.mark.parametrize(
    "path",
    [
        *("compare/1..9", "compare/x..y", "compare/1", "compare/1..2..3", "compare/-1..2", "compare/1..99999999999999"),
        *(
            "compare/\u0661..\u0662",
            "snapshots/0",
            "snapshots/6",
            "snapshots/2014-02-30",
            "snapshots/1999-01-01",
        ),
        *("changes/1", "changes/9", "changes/2014-04-17", "changes/zz"),
    ],
)
def test_what_there_is_not_is_said_in_one_line(site: ReadingSite, path: str) -> None:
    found = site.get(f"{TRIAL}/{path}")

    assert found.status_code == 404
    assert '<p class="lead">' in found.text


# Snapshots


def test_a_snapshot_has_the_record_as_it_was(site: ReadingSite) -> None:
    first, last = read(site, f"{TRIAL}/snapshots/1"), read(site, f"{TRIAL}/snapshots/5")

    assert "Not yet recruiting" in first.words
    assert REASON not in first.words
    assert REASON in last.words
    assert "Mesenchymal Stem Cell Injection in Amyotrophic Lateral Sclerosis" in first.words
    assert "It has changed since." in first.words
    assert "It has changed since." not in last.words
    with site.outbox.store.read() as tx:
        digest = (
            tx.execute(
                tables.snapshots.select().where(
                    tables.snapshots.c.trial_id == WITHDRAWN_LATER, tables.snapshots.c.number == 1
                )
            )
            .one()
            .digest
        )
    assert digest.hex() in first.words


# Other registries, and real records


def _golden(adapter: type[Adapter]) -> tuple[Registry, tuple[Document, Record]]:
    """An adapter that asks nobody, with its golden document and what that says."""
    name = adapter.__module__.split(".")[-2]
    session = PoliteSession(requests_per_second=1, user_agent="test", sleep=lambda _: None)
    registry = adapter.connect(adapter.settings(base_url="http://127.0.0.1:9"), session)
    (wire,) = (file.read_bytes() for file in GOLDEN.glob(f"{name}.*") if file.suffix != ".py")
    record = import_module(f"tests.registries.golden.{name}").RECORD
    return registry, (registry.prove(record.trial_id, wire), record)


@pytest.mark.parametrize("adapter", ADAPTERS[1:], ids=lambda adapter: adapter.key)
def test_trials_of_other_registries_have_the_same_pages(site: ReadingSite, adapter: type[Adapter]) -> None:
    registry, (document, record) = _golden(adapter)
    know(site, [registry])
    keep(site.outbox.store, registry, [(document, datetime(2026, 11, 1, tzinfo=UTC))])

    page = read(site, f"/trials/{record.trial_id}")

    assert record.brief_title is None or record.brief_title in page.words
    assert record.lead_sponsor.name in page.words
    assert registry.page(record.trial_id) in page.links()
    standing = [each for each in record.country_statuses if each.words]
    assert ("Status by country" in page.words) == bool(standing)
    assert [each.country for each in standing[:4] if f"{each.words}: " not in page.words] == []
    assert record.lead_sponsor.name in read(site, f"/trials/{record.trial_id}/snapshots/1").words
    assert "The same in all" in read(site, f"/trials/{record.trial_id}/compare/1..1").words


def test_texts_in_german_are_marked_as_such(site: ReadingSite) -> None:
    registry, _ = _golden(Drks)
    know(site, [registry])
    title = "Wirksamkeit und Sicherheit der Bewegungstherapie bei Patienten mit Arthrose der Hand"
    tree = drks_trials.record(drks_trials.HAND, **drks_trials.in_languages("trialDescriptions", de={"title": title}))
    document = registry.prove(drks_trials.HAND, json.dumps(tree).encode())
    keep(site.outbox.store, registry, [(document, datetime(2026, 11, 1, tzinfo=UTC))])

    for path in (f"/trials/{drks_trials.HAND}", f"/trials/{drks_trials.HAND}/snapshots/1"):
        assert f'<h1><bdi lang="de">{title}</bdi></h1>' in site.get(path).text
    assert 'lang="de"' not in site.get(TRIAL).text


def test_where_else_a_trial_is_registered_stands_beside_it(site: ReadingSite) -> None:
    """The other registry's record is kept here, and says that the trial goes on."""
    registry, record = _golden(next(each for each in ADAPTERS if each.key == "drks.de"))
    know(site, [registry])
    keep(site.outbox.store, registry, [(record[0], datetime(2026, 11, 1, tzinfo=UTC))])
    sibling = record[0].trial_id
    trial_id = others(site)[5]
    ids = [{"id": sibling, "type": "REGISTRY", "domain": "DRKS"}]
    published(site.outbox, trial_id, edited(identificationModule__secondaryIdInfos=ids))
    site.forget()

    page = read(site, f"/trials/{trial_id}")

    assert "In other registries" in page.words
    assert f"DRKS {sibling}" in page.words
    assert "named here, not watched" in page.words
    assert f"/trials/{sibling}" in page.links()


def test_an_id_with_slashes_is_a_path_without(site: ReadingSite) -> None:
    registry = next(each() for each in FED_BY_FILES if each.key == "ctri.nic.in")
    know(site, [registry])

    missing = site.get("/trials/CTRI-2025-01-000001")

    assert missing.status_code == 404
    assert "CTRI/2025/01/000001" in missing.text
    assert site.get("/trials/ctri-2025-01-000001").headers["Location"] == "/trials/CTRI-2025-01-000001"


REAL = Path(__file__).parents[3] / "shared/data/ctgov"


@pytest.mark.skipif(not REAL.is_dir(), reason="the sample of real records is not beside the checkout")
def test_real_records_make_pages(site: ReadingSite) -> None:
    registry = site.outbox.registry
    sizes = []
    for folder in sorted((REAL / "versions").iterdir())[::3]:
        files = sorted(folder.glob("[0-9]*.json"), key=lambda file: int(file.stem))
        documents = [registry.prove(folder.name, file.read_bytes()) for file in files]
        taken = [(each, datetime(2026, 1, 1 + day, tzinfo=UTC)) for day, each in enumerate(documents)]
        trial_id = keep(site.outbox.store, registry, taken)
        for path in ("", f"/snapshots/{len(taken)}", f"/compare/1..{len(taken)}?view=all&in=sides"):
            found = site.get(f"/trials/{trial_id}{path}")
            assert found.status_code == 200, found.text
            sizes.append(len(gzip.compress(found.content)))
    assert sorted(sizes)[len(sizes) // 2] < 20_000
