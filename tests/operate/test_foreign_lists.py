"""The lists that people and other programs keep: what is a trial in them is found, and what is none is said."""

import json
import os
import tracemalloc
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.http.polite import PoliteSession
from monitor.operate.transfer.lists import LARGEST, LARGEST_TREE, TrialList, read_list
from monitor.ports import Registry
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from tests.storage.documents import REGISTRY


@pytest.fixture
def registries() -> Mapping[str, Registry]:
    """To tell what a trial id is; nobody is asked."""
    session = PoliteSession(requests_per_second=1, user_agent="test")
    return {REGISTRY: ClinicalTrialsGov(base_url="http://127.0.0.1:9/api/v2", session=session)}


def listed(file: Path, registry: Registry) -> TrialList:
    return read_list(file, [registry])


LISTS = {
    "ids.txt": "# ours\nNCT00000001\n\n nct 00000002 \nnonsense\n",
    "ids.csv": 'Trial,Title\nNCT00000001,One\n"Two, again";x,NCT00000002\nno id,here\n',
    "urls.yaml": (
        "name: one\nurl: https://clinicaltrials.gov/study/NCT00000001\n---\n"
        "- navigate: https://www.clinicaltrials.gov/study/NCT00000002?tab=table\n---\n---\n"
        "name: weather\ncommand: curl wttr.in\n"
    ),
    "url-watches.json": json.dumps(
        {
            "watching": {
                "6b1f": {"url": "https://clinicaltrials.gov/api/v2/studies/NCT00000001?fields=x", "paused": False},
                "77aa": {"url": "https://clinicaltrials.gov/study/NCT00000002", "title": "two"},
                "90cc": {"url": "https://blog.example.org/NCT00000003"},
            },
            "settings": {},
        }
    ),
    "url-list-with-tags.txt": (
        "https://clinicaltrials.gov/study/NCT00000001 oncology, ours\n"
        "https://clinicaltrials.gov/study/NCT00000002\r\n"
        "https://clinicaltrials.gov/search?spons=Alzahra ours\n"
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_other_programs_are_read_and_what_is_no_trial_is_said(
    name: str, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    (tmp_path / name).write_text(LISTS[name])

    found = listed(tmp_path / name, registries[REGISTRY])

    assert list(found.trials[REGISTRY]) == ["NCT00000001", "NCT00000002"]
    assert len(found.left) == 1
    assert found.left[0].startswith(f"{tmp_path / name}:")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("urls.yaml", b"url: [", "this is not YAML"),
        ("urls.yaml", b"!!python/object/apply:os.system ['true']: {", "this is not YAML"),
        ("urls.yaml", b"[" * 60, "nested too deeply"),
        ("urls.yaml", b"[" * 200_000, r"urls\.yaml:1: this is not (YAML|a list of jobs): "),
        ("url-watches.json", b"[" * 200_000, "not JSON"),
        ("ids.csv", b"%PDF-1.7\n", "is a PDF: save its list as text"),
        ("ids.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\0", "is not text"),
        ("ids.csv", b"\x1f\x8b\x08\0", "is compressed: unpack it"),
        ("ids.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "an Office document of before 2007: save it as CSV"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(
    name: str, content: bytes, words: str, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ConfigurationInvalid, match=words) as refused:
        listed(tmp_path / name, registries[REGISTRY])

    assert "\n" not in str(refused.value)


def test_a_bomb_of_aliases_stays_small(registries: Mapping[str, Registry], tmp_path: Path) -> None:
    (tmp_path / "urls.yaml").write_text(f"{BOMB}m: {{<<: [*i, *i]}}\n")
    tracemalloc.start()

    found = listed(tmp_path / "urls.yaml", registries[REGISTRY])

    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    assert len(found.left) == 1


@pytest.mark.parametrize("name", ["ids.txt", "urls.yaml", "url-watches.json"])
def test_a_gigabyte_is_not_read(name: str, registries: Mapping[str, Registry], tmp_path: Path) -> None:
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, 10**9)

    largest = LARGEST if name == "ids.txt" else LARGEST_TREE

    with pytest.raises(ConfigurationInvalid, match=f"more than ({LARGEST // 2**20}|{largest // 2**20}) MB"):
        listed(tmp_path / name, registries[REGISTRY])


def test_a_missing_file_and_a_device_are_refused(registries: Mapping[str, Registry], tmp_path: Path) -> None:
    for file in (tmp_path / "none.txt", Path("/dev/zero")):
        with pytest.raises(ConfigurationInvalid, match="is not a file"):
            listed(file, registries[REGISTRY])
