"""Whatever a record or a file is made of, nothing is raised but that it is not believed, and no file is left behind."""

import json
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from monitor.changes.diff import diff
from monitor.errors import AnswerUnreadable
from monitor.model import Snapshot
from monitor.registries.drks import bulk
from monitor.registries.drks.adapter import Drks
from monitor.registries.drks.documents import document_of
from tests.registries.drks_trials import HIP, KNEE, listed, record, zipped
from tests.sample_sizes import FUZZED, sizes

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
ODD = (
    None, True, False, 0, -1, 61, 2**70, 1.5, "", " ", "x", "2026-02-30", "RECRUITING", "\x1b[31m", "\ud7ff",
    "x" * 5_000, [], {}, [None], [[]], {"locale": 5}, [{"idLocale": None}], {"code": []}, [[[[{"a": [1]}]]]],
    {"contact": "x"}, {"": {"": ""}},
)  # fmt: skip


class NoSession:
    traffic = None


def places(tree, above=()):
    """Every container in a tree, with a key in it."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(pairs):
        yield tree, key
        yield from places(value)


def mutated(chance: Random, tree):
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        node, key = chance.choice(list(places(tree)))
        match chance.randrange(4):
            case 0:
                node[key] = deepcopy(chance.choice(ODD))
            case 1 if isinstance(node, dict):
                node[chance.choice(("type", "status", "idLocale", "title", "contact", "new"))] = node.pop(key)
            case 2 if isinstance(node, list):
                node.insert(0, deepcopy(chance.choice((node[key], *ODD))))
            case _:
                del node[key]
        if not tree:
            return tree
    return tree


def damaged(chance: Random, raw: bytes) -> bytes:
    kept = bytearray(raw)
    for _ in range(chance.choice((1, 3, 30))):
        at = chance.randrange(len(kept))
        match chance.randrange(3):
            case 0:
                kept[at] = chance.randrange(256)
            case 1:
                del kept[at : at + chance.randrange(1, 200)]
            case _:
                kept[at:at] = chance.choice((b'"', b"{", b"}", b"\\", b"[", b"\0", b"PK\x05\x06", kept[:40]))
        if not kept:
            break
    return bytes(kept)


@pytest.mark.parametrize("count", sizes(300, FUZZED))
def test_fuzzed_records_are_read_or_not_believed(count):
    chance, adapter = Random(20261127), Drks(base_url="http://127.0.0.1:9", session=NoSession())
    good = document_of(KNEE, json.dumps(record(KNEE)).encode())
    read = 0
    for _ in range(count):
        raw = json.dumps(mutated(chance, record(KNEE))).encode()
        raw = damaged(chance, raw) if chance.random() < 0.2 else raw
        try:
            document = adapter.prove(KNEE, raw)
        except AnswerUnreadable:
            continue
        read += 1
        assert adapter.prove(KNEE, document.content).content == document.content
        assert adapter.parse(document, NOON).trial_id == KNEE
        assert len(adapter.unknown(document)) <= 50
        pair = adapter.parse_pair(Snapshot(1, good, NOON), document, NOON)
        assert diff(*pair, on=NOON.date()) is not None
    assert read > count / 3


@pytest.mark.parametrize("count", sizes(200, 5_000))
def test_fuzzed_files_are_gone_through_or_not_believed(count):
    chance = Random(20261127)
    whole = (
        zipped(record(KNEE), record(HIP)),
        zipped(record(KNEE), record(HIP), apart=True),
        listed(record(KNEE), record(HIP)),
    )
    before = open_files()
    for _ in range(count):
        raw = damaged(chance, chance.choice(whole))
        with suppress(AnswerUnreadable):
            assert bulk.contents(BytesIO(raw)).digests
    assert open_files() <= before


def open_files() -> int:
    """How many this process has open; 0 where the system does not say."""
    listing = Path("/proc/self/fd")
    return len(list(listing.iterdir())) if listing.is_dir() else 0
