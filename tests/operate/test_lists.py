"""Which trials a list means: what is named as the trial's id decides, every whole id counts, nothing is lost unseen."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.http.polite import PoliteSession
from monitor.operate.transfer.lists import TrialList, read_list, trees
from monitor.operate.transfer.lists import opening as opening_of_lists
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov

ONE, TWO, THREE, FOUR = (f"NCT0000000{number}" for number in (1, 2, 3, 4))
STRANGER, OTHER = "NCT00000098", "NCT00000099"
PAGE = "https://clinicaltrials.gov/study/"

Read = Callable[[str, "str | bytes"], TrialList]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a list of that name and content."""
    session = PoliteSession(requests_per_second=1, user_agent="test")
    registry = ClinicalTrialsGov(base_url="http://127.0.0.1:9/api/v2", session=session)

    def read(name: str, content: str | bytes) -> TrialList:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return read_list(tmp_path / name, [registry])

    return read


def ids(found: TrialList) -> list[str]:
    return [trial_id for trial_ids in found.trials.values() for trial_id in trial_ids]


DOWNLOAD = f'''NCT Number,Study Title,Study URL,Acronym,Study Status,Brief Summary,Conditions,Other IDs,Locations
{ONE},"Follow-up of {STRANGER}, ""part B""",{PAGE}{ONE},,COMPLETED,"First paragraph.

Second, about {OTHER}
and 2015-001234-12.",Asthma|Größe,{OTHER}|2019-001234-12,"Site, City"
{TWO},Plain,{PAGE}{TWO},,RECRUITING,Short,Asthma,,
'''
CLASSIC = f"Rank,NCT Number,Title,Other IDs,URL\n1,{ONE},Extension of {STRANGER},{OTHER},{PAGE}{ONE}\n2,{TWO},x,,\n"
FLAT = f"id|nct_id|id_source|id_value\n77|{ONE}|secondary_id|{STRANGER}\n78|{TWO}|org_study_id|{OTHER}\n"
PORTAL = f"TrialID,Public title,Secondary ID,web address\n{ONE},After {STRANGER},{OTHER},\n{TWO},x,,\n"


@pytest.mark.parametrize(
    "content",
    [
        DOWNLOAD,
        DOWNLOAD.replace(",", "\t"),
        DOWNLOAD.replace("\n", "\r\n"),
        DOWNLOAD.replace("\n", "\r"),
        "\ufeff" + DOWNLOAD,
        CLASSIC,
        CLASSIC.replace(",", ";"),
        "sep=;\r\n" + CLASSIC.replace(",", ";"),
        FLAT,
        PORTAL,
        f"Search of 26 November\n\nTitle;NCT-Nummer\nAfter {STRANGER};{ONE}\nLike {OTHER};{TWO}\n",
        f"Parent NCT,Registration number\n{STRANGER},{ONE}\n{OTHER},{TWO}\n",
        f"Study ID,Title,Link\nABC-1,Like {STRANGER},{PAGE}{ONE}\nABC-2,{OTHER},{PAGE}{TWO}\n",
        f"ClinicalTrials.gov Identifier,Related\n{ONE},{STRANGER}\n{TWO},{OTHER}\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_heading_that_names_the_id_decides_in_any_table_and_encoding(content: str, encoding: str, read: Read) -> None:
    if encoding == "cp1252":
        content = content.removeprefix("\ufeff")

    found = read("download.csv", content.encode(encoding))

    assert ids(found) == [ONE, TWO]
    assert found.left == []
    assert [STRANGER in line or OTHER in line for line in found.aside] == [True, True]


def test_what_a_table_only_mentions_is_named_with_its_line_and_column(read: Read, tmp_path: Path) -> None:
    found = read("d.csv", DOWNLOAD)

    assert found.aside == [
        f"{tmp_path}/d.csv:2: {STRANGER} is only mentioned in “Study Title”, and is not taken",
        f"{tmp_path}/d.csv:2: {OTHER} is only mentioned in “Brief Summary”, and is not taken",
    ]


def test_a_row_without_an_id_in_that_column_is_named_and_its_other_cells_are_not_taken(read: Read) -> None:
    found = read("d.csv", f"NCT Number,Title\n{ONE},x\n,Like {STRANGER}\nn/a,Like {OTHER}\nISRCTN12345678,y\n")

    assert ids(found) == [ONE]
    assert [line.split(": ", 1)[1] for line in found.left] == [
        "the column “NCT Number” is empty there",
        "'n/a' is neither a trial id nor a trial's page",
        "ISRCTN12345678 is a number of ISRCTN, which is not of a registry that this version knows",
    ]


def test_a_quotation_mark_that_is_never_closed_is_no_silent_end_of_the_list(read: Read) -> None:
    found = read("d.csv", f'NCT Number,Title\n{ONE},"open\n{TWO},b\n{THREE},c\n')

    assert any(":2: a quotation mark there is not closed" in line for line in found.left)


LINES = {
    f"{ONE} {TWO}": [ONE, TWO],
    f"{ONE};{TWO}, {THREE}|{FOUR}": [ONE, TWO, THREE, FOUR],
    f"{ONE}/{TWO} and nct 00000003": [ONE, TWO, THREE],
    f"{PAGE}{ONE},{PAGE}{TWO}": [ONE, TWO],
    f"{PAGE}{ONE}?from={STRANGER}": [ONE],
    f"https://clinicaltrials.gov/ct2/show/{ONE}?term={STRANGER}&rank=1": [ONE],
    f"https://clinicaltrials.gov/api/v2/studies?filter.ids={ONE},{TWO}": [ONE, TWO],
    f"https://web.archive.org/web/2020/https://clinicaltrials.gov/ct2/show/{ONE}": [ONE],
    f"- [a trial]({PAGE}{ONE}) and <{PAGE}{TWO}>": [ONE, TWO],
    f"| {ONE} | an extension of {STRANGER} |": [ONE],
    f"{ONE},Extension of {STRANGER}": [ONE],
    f"Extension of {STRANGER},{ONE}": [ONE],
    f"{ONE} # was {STRANGER}": [ONE],
    f"Study # 3: {ONE}": [ONE],
    "NCT\u201100000001": [ONE],
    "\u200bNCT00000001\u200b": [ONE],
}


@pytest.mark.parametrize("line", LINES)
def test_every_whole_id_of_a_line_is_taken_and_what_is_one_beats_what_mentions_one(line: str, read: Read) -> None:
    found = read("list.txt", line + "\n")

    assert ids(found) == LINES[line]
    assert found.left == []
    assert len(found.aside) == (STRANGER in line and "?" not in line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("NCT000000012", "NCT000000012 is not a trial id: NCT and eight digits"),
        (f"xNCT00000017 {ONE}", "xNCT00000017 is not a trial id"),
        (f"{ONE}, NCT0000002", "NCT0000002 is not a trial id"),
        ("ISRCTN12345678", "is a number of ISRCTN, which is not of a registry that this version knows"),
        ("2015-001234-12", "is a number of the EU's registers"),
        ("2022-500123-12-00", "is a number of the EU's registers"),
        (f"{ONE} DRKS00001234", "DRKS00001234 is a number of DRKS"),
        (f"ChiCTR2000012345,After {STRANGER}", "ChiCTR2000012345 is a number of ChiCTR"),
        ("jRCT2031200001", "is a number of jRCT"),
        (f"https://blog.example.org/{STRANGER}", "is an address of another site"),
        (f"blog.example.org/{STRANGER}", "is an address of another site"),
        (f"https://clinicaltrials.gov.evil.example/study/{STRANGER}", "is an address of another site"),
        ("https://clinicaltrials.gov/search?spons=Alzahra", "is a page of the registry about no one trial"),
        ("Nonsense 12", "is neither a trial id nor a trial's page"),
    ],
)
def test_what_should_be_a_trial_and_is_none_is_named(line: str, words: str, read: Read) -> None:
    found = read("list.txt", f"{FOUR}\n{line}\n")

    assert ids(found) in ([FOUR], [FOUR, ONE])
    assert len(found.left) == 1
    assert words in found.left[0]
    assert "list.txt:2: " in found.left[0]


def test_the_same_nonsense_is_said_once_and_a_password_in_an_address_not_at_all(read: Read) -> None:
    found = read("list.txt", "nonsense\n1 nonsense\n1 nonsense\nhttps://me:pass-word@x.example/\n")

    assert len(found.left) == 2
    assert "pass-word" not in "".join(found.left)


STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": ONE, "secondaryIdInfos": [{"id": STRANGER}]},
        "statusModule": {"expandedAccessInfo": {"hasExpandedAccess": True, "nctId": OTHER}},
    }
}
TREES = {
    "page": {"totalCount": 1, "studies": [STUDY], "nextPageToken": STRANGER},
    "array": [STUDY],
    "one": STUDY,
    "ids": [ONE],
    "addresses": [{"name": f"after {STRANGER}", "uri": PAGE + ONE}],
    "Distill": {"client": {"local": 1}, "data": [{"id": "a-1", "uri": PAGE + ONE, "name": f"after {STRANGER}"}]},
    "ours": {"registry": "clinicaltrials.gov", "trial_id": ONE, "title": f"after {STRANGER}"},
    "keys": {"trials": [ONE], "note": f"after {STRANGER}"},
}


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("suffix", [".json", ".txt", ""])
def test_json_is_read_by_its_keys_whatever_the_file_is_called(name: str, suffix: str, read: Read) -> None:
    found = read(f"list{suffix}", json.dumps(TREES[name], indent=1))

    assert (ids(found), found.left) == ([ONE], [])


def test_a_document_on_each_line_is_read_and_a_broken_line_harms_no_other(read: Read) -> None:
    found = read("list.jsonl", f'{{"nct_id": "{ONE}", "title": "{STRANGER}"}}\n{{"nct_id"\n{{"nct_id": "{TWO}"}}\n')

    assert ids(found) == [ONE, TWO]
    assert [line.rpartition("/")[2] for line in found.left] == ["list.jsonl:2: line 2 is not JSON that can be read"]


@pytest.mark.parametrize("page", [True, False])
def test_a_download_of_any_size_is_read_a_study_at_a_time(
    page: bool, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "LARGEST_TREE", 1000)
    studies = [
        {"protocolSection": {"identificationModule": {"nctId": f"NCT{number:08d}"}, "more": "[x], {" * number * 40}}
        for number in range(1, 101)
    ]
    content = json.dumps({"totalCount": 100, "studies": studies, "nextPageToken": STRANGER} if page else studies)

    assert ids(read("studies.json", content)) == [f"NCT{number:08d}" for number in range(1, 101)]
    for broken in (content[:-500_000], '{"a": 1, ' + "x" * 2000):
        with pytest.raises(ConfigurationInvalid, match=r"not JSON to its end|too large for JSON"):
            read("studies.json", broken)


MARKUP = {
    "portal.xml": "<?xml version='1.0'?><Trials_downloaded_from_ICTRP><Trial><TrialID>{one}</TrialID>"
    "<Secondary_ID>{stranger}</Secondary_ID></Trial></Trials_downloaded_from_ICTRP>",
    "classic.xml": "<clinical_study><required_header><url>{page}{one}</url></required_header><id_info>"
    "<secondary_id>{stranger}</secondary_id><nct_id>{one}</nct_id></id_info></clinical_study>",
    "feed": "<rss><channel><item><title>After {stranger}</title><link>{page}{one}</link>"
    "<description><![CDATA[<b>x</b>]]></description></item></channel></rss>",
    "list.opml": "<opml><body><outline text='After {stranger}' xmlUrl='{page}{one}'/></body></opml>",
    "bookmarks.html": '<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF="{page}{one}">After {stranger}</A></DL>',
    "page.html": "<!-- {page}NCT00000097 --><html><body><p>{one} it is, and no other</body></html>",
    "list.ris": "TY  - DBASE\nTI  - After {stranger}\nAN  - {one}\nUR  - {page}{one}\nER  - \n",
}


@pytest.mark.parametrize("name", MARKUP)
def test_markup_and_literature_lists_are_read_by_their_names(name: str, read: Read) -> None:
    found = read(name, MARKUP[name].format(one=ONE, stranger=STRANGER, page=PAGE))

    assert (ids(found), found.left) == ([ONE], [])
    assert [STRANGER in line for line in found.aside] == [True] * ("{stranger}" in MARKUP[name])


HOSTILE = {
    "tags.html": "<html>" + "<a" * 100_000,
    "comments.html": "<html>" + "<!--" * 100_000,
    "dots.txt": "a." * 100_000 + "/",
    "hashes.txt": "#" * 200_000,
    "numbers.txt": "2015-" * 50_000,
    "nct.txt": "NCT0" * 50_000,
    "quotes.csv": "NCT Number,Title\n" + '"' * 200_001,
    "bombs.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "NCT00000009">]><a>&b;</a>',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(60)
def test_hostile_text_costs_no_more_than_its_length(name: str, read: Read) -> None:
    read(name, HOSTILE[name])


def test_a_long_list_is_read_line_by_line(tmp_path: Path) -> None:
    with (tmp_path / "long.csv").open("w") as file:
        file.write("NCT Number,Title\n")
        file.writelines(f'NCT{number:08d},"{"x" * 12000}"\n' for number in range(1, 501))
    session = PoliteSession(requests_per_second=1, user_agent="test")
    registry = ClinicalTrialsGov(base_url="http://127.0.0.1:9/api/v2", session=session)
    tracemalloc.start()
    try:
        found = read_list(tmp_path / "long.csv", [registry])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(ids(found)) == 500
    assert peak < 5_000_000 < (tmp_path / "long.csv").stat().st_size


def test_a_line_without_an_end_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_of_lists, "LONGEST_LINE", 1000)

    with pytest.raises(ConfigurationInvalid, match="no list has a line"):
        read("list.txt", "x" * 2000)


# changedetection.io

WATCHES = {
    "1a": {"uuid": "1a", "url": PAGE + ONE, "title": f"after {STRANGER}", "paused": True},
    "2b": {"uuid": "2b", "url": PAGE + TWO, "paused": False},
    "3c": {"uuid": "3c", "url": "https://shop.example.org/", "paused": True},
}
SETTINGS = {"settings": {"application": {"notification_urls": ["slack://secret-token"]}}, "version_tag": "0.55"}
STALE = {"watching": {"9z": {"url": PAGE + OTHER}}, "settings": {}}


def present_store(folder: Path) -> Path:
    for key, watch in WATCHES.items():
        (folder / key).mkdir(parents=True)
        (folder / key / "watch.json").write_text(json.dumps(watch))
    (folder / "changedetection.json").write_text(json.dumps(SETTINGS))
    (folder / "changedetection-0-54.json").write_text(json.dumps(SETTINGS))
    (folder / "url-watches.json").write_text(json.dumps(STALE))
    return folder


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder.parent / "backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.json")):
            archive.write(file, file.relative_to(folder))
        archive.writestr("url-list.txt", f"{PAGE}{STRANGER}\n")
    return folder.parent / "backup.zip"


MEANT: dict[str, Callable[[Path], Path]] = {
    "its folder": lambda store: store,
    "its settings": lambda store: store / "changedetection.json",
    "its stale list": lambda store: store / "url-watches.json",
    "its backup": zipped,
}


@pytest.mark.parametrize("way", MEANT)
def test_the_present_store_of_changedetection_is_read_and_the_stale_list_is_not(
    way: str, read: Read, tmp_path: Path
) -> None:
    file = MEANT[way](present_store(tmp_path / "datastore"))
    session = PoliteSession(requests_per_second=1, user_agent="test")

    found = read_list(file, [ClinicalTrialsGov(base_url="http://127.0.0.1:9/api/v2", session=session)])

    assert ids(found) == [ONE, TWO]
    assert [line.rpartition("/")[2] for line in found.left] == [" is an address of another site"]
    assert any("url-watches.json is not read: it is what an earlier changedetection.io left" in x for x in found.aside)
    assert any("1 of them is paused there, and watched here" in line for line in found.aside)
    assert "secret-token" not in str(found)


def test_a_store_of_before_is_read_alone_and_from_its_folder(read: Read, tmp_path: Path) -> None:
    assert ids(read("old/url-watches.json", json.dumps(STALE))) == [OTHER]
    session = PoliteSession(requests_per_second=1, user_agent="test")
    registry = ClinicalTrialsGov(base_url="http://127.0.0.1:9/api/v2", session=session)
    assert ids(read_list(tmp_path / "old", [registry])) == [OTHER]


def test_one_watch_and_a_damaged_one(read: Read, tmp_path: Path) -> None:
    assert ids(read("x/watch.json", json.dumps(WATCHES["2b"]))) == [TWO]
    store = present_store(tmp_path / "datastore")
    (store / "1a" / "watch.json").write_text('{"url": ')

    found = read("datastore/changedetection.json", json.dumps(SETTINGS))

    assert ids(found) == [TWO]
    assert any("1a/watch.json" in line and "cannot be read as a watch" in line for line in found.left)


def archive_of(**files: str | bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Under a date that is always the same: what is made of it names tests.
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/")), content, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def test_an_archive_of_lists_is_read_without_unpacking_anything(read: Read, tmp_path: Path) -> None:
    found = read("all.zip", archive_of(**{"a.json": json.dumps(STUDY), "../../b.csv": f"NCT Number,x\n{TWO},y\n"}))

    assert (ids(found), found.left) == ([TWO, ONE], [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.zip"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (archive_of(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "is an Excel workbook: save it as CSV"),
        (archive_of(**{"word/document.xml": ""}), "is a Word document"),
        (archive_of(**{"mimetype": "", "content.xml": ""}), "is an OpenDocument file"),
        (archive_of(**{"photo.jpg": b"x"}), "is an archive without a list"),
        (archive_of(**{"a.txt": bytes(70_000_000)}), "has more than any list of trials has"),
        (archive_of(**{"a.txt": ONE})[:-30], "is a damaged archive"),
        (b"PK\x03\x04" + b"0" * 50, "is a damaged archive"),
    ],
    ids=["workbook", "document", "OpenDocument", "no list", "a bomb", "cut", "no archive"],
)
def test_an_archive_of_something_else_is_refused_in_one_line(content: bytes, words: str, read: Read) -> None:
    with pytest.raises(ConfigurationInvalid, match=words) as refused:
        read("list.xlsx", content)

    assert "\n" not in str(refused.value)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="neither the folder of an export nor one of"):
        read_list(tmp_path, [])
