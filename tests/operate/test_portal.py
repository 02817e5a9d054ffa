"""Exports of the WHO's portal feed registries that are not asked: a baseline, what changed, and who hears of it."""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import ConfigurationInvalid
from monitor.http.polite import PoliteSession
from monitor.model import Checked, Result, Settlement
from monitor.operate.transfer.exporting import export as export_all
from monitor.operate.transfer.importing import read_export
from monitor.operate.transfer.lists import opened
from monitor.operate.transfer.portal import PortalExport, portal_export
from monitor.operate.transfer.portal.dating import days
from monitor.ports import Registry
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.registries.declared import FED_BY_FILES
from monitor.storage import events, registries, settlements, snapshots, trials
from monitor.storage.store import Store
from monitor.vault import Vault
from monitor.watching.fed import Feeding, Outdated, feed
from tests.outbox import CONFIG
from tests.program import Clock
from tests.registries.ictrp.exports import Trial, as_csv, as_xml, trial

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
WALK, SWIM, YOGA = "ChiCTR2500000042", "CTRI/2025/01/000007", "UMIN000000099"
ASKED = "NCT70000001"


def known() -> list[Registry]:
    session = PoliteSession(requests_per_second=1, user_agent="test")
    return [
        ClinicalTrialsGov(base_url="http://127.0.0.1:9/api/v2", session=session),
        *(each() for each in FED_BY_FILES),
    ]


@dataclass
class Feeds:
    """A store that is fed by files."""

    store: Store
    folder: Path

    def open(self, content: bytes, name: str = "export.csv") -> PortalExport | None:
        (self.folder / name).write_bytes(content)
        with opened(self.folder / name) as source:
            return portal_export(source, known(), today=NOON.date())

    def take(self, content: bytes, name: str = "export.csv", **options: bool) -> dict[str, Result | str]:
        """What came of each trial."""
        (self.folder / name).write_bytes(content)
        with opened(self.folder / name) as source:
            export = portal_export(source, known(), today=NOON.date())
            assert export is not None
            feeding = Feeding(store=self.store, day=export.day, now=NOON, **options)
            told = list(feed(export.documents(lambda done, of: None), feeding))
        self.export, self.told = export, [each for each in told if isinstance(each, Checked)]
        return {each.trial_id: each.known if isinstance(each, Outdated) else each.result for each in told}


@pytest.fixture
def feeds(tmp_path: Path) -> Iterator[Feeds]:
    with closing(Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")) as store:
        yield Feeds(store, tmp_path)


def export(day: str, *rows: Trial) -> list[Trial]:
    return [{**row, "Export date": day, "Last Refreshed on": day} for row in rows]


FIRST = export("2026-11-06", trial(WALK), trial(SWIM), trial(f"JPRN-{YOGA}"))
SECOND = export("2026-11-20", trial(WALK, Recruitment_Status="Not Recruiting"), trial(SWIM), trial(f"JPRN-{YOGA}"))


@pytest.mark.parametrize("written", [as_csv, as_xml])
def test_a_newer_file_tells_what_changed_and_an_older_one_changes_nothing(
    written: Callable[[list[Trial]], bytes], feeds: Feeds
) -> None:
    first = feeds.take(written(FIRST))
    second = feeds.take(written(SECOND))
    again = feeds.take(written(SECOND))
    older = feeds.take(written(FIRST))

    assert first == dict.fromkeys((WALK, SWIM, YOGA), Result.BASELINE)
    assert second == {WALK: Result.CHANGED, SWIM: Result.UNCHANGED, YOGA: Result.UNCHANGED}
    assert again == dict.fromkeys((WALK, SWIM, YOGA), Result.UNCHANGED)
    assert older == dict.fromkeys((WALK, SWIM, YOGA), "2026-11-20")
    with feeds.store.read() as tx:
        assert len(snapshots.listing(tx, "chictr.org.cn", WALK)) == 2
        version = registries.version(tx, "chictr.org.cn")
    assert version is not None
    assert version.stamp == "2026-11-20"


def test_the_two_forms_of_an_export_say_the_same(feeds: Feeds) -> None:
    feeds.take(as_xml(SECOND), "portal.xml")

    assert set(feeds.take(as_csv(SECOND, encoding="cp1252", delimiter=";")).values()) == {Result.UNCHANGED}


def test_a_trial_belongs_to_its_own_registry_and_one_that_is_asked_is_not_taken(feeds: Feeds) -> None:
    rows = [*FIRST, *export("2026-11-06", trial(ASKED), trial("EUCTR2020-000890-25-FR", Source_Register="EU"))]

    feeds.take(as_csv(rows))

    taken = {key: [*ids] for key, ids in feeds.export.fed.items()}
    assert taken == {"chictr.org.cn": [WALK], "ctri.nic.in": [SWIM], "umin.ac.jp": [YOGA]}
    assert {key: [*ids] for key, ids in feeds.export.asked.items()} == {"clinicaltrials.gov": [ASKED]}
    assert dict(feeds.export.strangers) == {"EU": 1}
    with feeds.store.read() as tx:
        assert trials.known(tx, "clinicaltrials.gov", [ASKED]) == {}


def test_one_bad_row_harms_one_row_and_is_named_with_its_place(feeds: Feeds) -> None:
    rows = export(
        "2026-11-06",
        trial(WALK),
        trial("", Source_Register=""),
        trial(WALK),
        trial(SWIM, Public_title="", Scientific_title=""),
    )
    content = as_csv([*rows, *export("2026-11-06", trial(f"JPRN-{YOGA}"))]) + b"one,two\r\n"

    assert feeds.take(content) == {WALK: Result.BASELINE, YOGA: Result.BASELINE}

    left = [line.removeprefix(f"{feeds.folder}/export.csv:") for line in feeds.export.left]
    assert [line[:25] for line in left] == [
        "3: it names no trial",
        f"4: {WALK} stand",
        "5: it has no title",
        "7: it has 2 cells where t",
    ]


def test_an_export_in_which_day_and_month_changed_places_is_of_the_day_that_fits(feeds: Feeds) -> None:
    rows = [{**trial(WALK), "Export date": "2026-06-11T16:07:20", "Last Refreshed on": "2026-11-02"}]

    opened_export = feeds.open(as_csv(rows))

    assert opened_export is not None
    assert opened_export.day == date(2026, 11, 6)
    assert days("11/6/2026 9:29:22 PM") == [date(2026, 6, 11), date(2026, 11, 6)]


@pytest.mark.parametrize("day", ["", "soon", "1926-01-01"])
def test_a_file_that_names_no_day_is_refused(day: str, feeds: Feeds) -> None:
    with pytest.raises(ConfigurationInvalid, match="no row says when"):
        feeds.open(as_csv(export(day, trial(WALK))))


@pytest.mark.parametrize(
    "content",
    [
        b"NCT70000001\n",
        b"TrialID,Public title,Secondary ID\nNCT70000001,x,y\n",
        b"<rss><channel/></rss>",
        b"[]",
        b"",
    ],
)
def test_another_list_is_no_export(content: bytes, feeds: Feeds) -> None:
    assert feeds.open(content, "some") is None


def test_a_file_that_ends_within_a_trial_is_refused(feeds: Feeds) -> None:
    with pytest.raises(ConfigurationInvalid, match="ends within a trial"):
        feeds.take(as_xml(FIRST)[:-200], "cut.xml")


def test_trials_whose_ids_have_slashes_are_exported_and_taken_in_again(feeds: Feeds, tmp_path: Path) -> None:
    feeds.take(as_csv(FIRST))
    folder = tmp_path / "export"

    for _ in range(2):  # the second time, what the folder has is not taken for trials that are gone
        written = export_all(feeds.store, folder, secrets=None, now=NOON, report_progress=lambda *_: None)

    assert (written.trials, written.snapshots) == (3, 3)
    assert {place.name for place in (folder / "trials" / "ctri.nic.in").iterdir()} == {SWIM.replace("/", "%2F")}
    with closing(Store.open(f"sqlite:///{tmp_path}/elsewhere.sqlite3")) as store:
        vault = Vault.open(key=None, file=tmp_path / "key")
        context = SubscribeContext(store=store, vault=vault, clock=Clock(NOON), config=CONFIG)
        done = read_export(folder, {each.key: each for each in known()}, context, lambda *_: None)
        assert (done.left, done.trials, done.snapshots) == ([], 3, 3)
        with store.read() as tx:
            assert [row.number for row in snapshots.listing(tx, "ctri.nic.in", SWIM)] == [1]


def test_markup_is_text_and_nothing_is_expanded(feeds: Feeds) -> None:
    content = as_xml(export("2026-11-06", trial(WALK, Public_title="Walks <18 & <br>rest & more")))
    content = content.replace(b"Steps a day", b"&b;&b;<![CDATA[ <i>steps</i>]]>")

    feeds.take(content, "portal.xml")

    assert feeds.told[0].title == "Walks <18 & rest & more"
    with feeds.store.read() as tx:
        (kept,) = snapshots.latest_of(tx, "chictr.org.cn", [WALK]).values()
    assert b'"primary_outcome":"&b;&b; steps"' in kept.document.content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_file_that_declares_entities_is_refused(encoding: str, feeds: Feeds) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = (
        as_xml(export("2026-11-06", trial(WALK, Public_title="&b;"))).decode().replace("<Trials", f"{bomb}<Trials", 1)
    )

    with pytest.raises(ConfigurationInvalid, match="declares a document type"):
        feeds.take(content.encode(encoding), "portal.xml")


def test_no_one_hears_of_a_file_without_alert_not_even_later(feeds: Feeds) -> None:
    feeds.take(as_csv(FIRST))
    feeds.take(as_csv(SECOND))

    with feeds.store.read() as tx:
        (event,) = events.of_trial(tx, "chictr.org.cn", WALK)
        settled = settlements.known(tx, [event.id])[event.id]
        assert not settlements.oldest_pending(tx, ["chictr.org.cn"])
    assert settled.settlement is Settlement.DISCARDED


def test_with_alert_what_changed_in_many_trials_alike_is_held(feeds: Feeds) -> None:
    ids = [f"ChiCTR25{number:08}" for number in range(40)]
    feeds.take(as_csv(export("2026-11-06", *(trial(each) for each in ids))))
    several = export("2026-11-20", *(trial(each, Recruitment_Status="Not Recruiting") for each in ids))

    assert set(feeds.take(as_csv(several), alerts=True).values()) == {Result.HELD}


def test_a_large_file_takes_little_memory(feeds: Feeds) -> None:
    many = (trial(f"ChiCTR25{number:08}", Primary_outcome="x" * 2_000) for number in range(2_000))
    content = as_xml(export("2026-11-06", *many))
    (feeds.folder / "large.xml").write_bytes(content)
    with opened(feeds.folder / "large.xml") as source:
        tracemalloc.start()
        found = portal_export(source, known(), today=NOON.date())
        assert found is not None
        read = sum(1 for _ in found.documents(lambda done, of: None))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert read == 2_000
    assert peak < len(content)


HOSTILE = {
    "tags": b"<Trial>" + b"<a" * 50_000 + b"</Trial>",
    "open": b"<Trial>" + b"<a>" * 50_000 + b"</Trial>",
    "close": b"<Trial>" + b"</a>" * 50_000 + b"</Trial>",
    "trials": b"<Trial>" * 50_000 + b"</Trial>",
    "nothing": b"<Trial></Trial>" * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_broken_markup_takes_time_in_proportion_and_harms_nothing_else(name: str, feeds: Feeds) -> None:
    content = as_xml(FIRST).replace(b"</Trials_downloaded", HOSTILE[name] + b"</Trials_downloaded")

    assert len(feeds.take(content, "portal.xml")) == 3
