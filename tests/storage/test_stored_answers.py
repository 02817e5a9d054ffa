"""What else a registry left behind: the version of its data, and answers that were no records."""

from datetime import datetime

import pytest

from monitor.errors import NothingFound
from monitor.ports import RegistryVersion
from monitor.storage import quarantine, registries
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY


def test_the_version_last_seen_is_remembered_for_each_registry(store: Store) -> None:
    with store.begin() as tx:
        registries.remember(tx, REGISTRY, RegistryVersion("2026-11-19T09:00:04", '"a/1/x"'), NOON)
        registries.remember(tx, REGISTRY, RegistryVersion("2026-11-20T09:00:04"), LATER)
        registries.remember(tx, "isrctn.com", RegistryVersion("7"), LATER)

    with store.read() as tx:
        assert registries.version(tx, REGISTRY) == RegistryVersion("2026-11-20T09:00:04")
        assert registries.version(tx, "isrctn.com") == RegistryVersion("7")
        assert registries.version(tx, "ensaios.gov.br") is None


def test_a_refused_answer_is_kept_as_it_came(store: Store) -> None:
    with store.begin() as tx:
        kept = quarantine.add(tx, REGISTRY, HIP, reason="HTML in place of\0JSON", raw=b"<html>\0\xff", at=NOON)

    with store.read() as tx:
        one = quarantine.get(tx, kept)
        listed = quarantine.listing(tx, REGISTRY, HIP)
    assert (one.raw, one.size, one.reason) == (b"<html>\0\xff", 8, "HTML in place of\N{REPLACEMENT CHARACTER}JSON")
    assert [(row.id, row.raw, row.received_at) for row in listed] == [(kept, None, NOON)]


def test_of_a_huge_answer_the_beginning_is_kept_and_its_size_told(store: Store) -> None:
    raw = bytes(range(256)) * 10_000
    with store.begin() as tx:
        kept = quarantine.add(tx, REGISTRY, HIP, reason="too large", raw=raw, at=NOON)

    with store.read() as tx:
        one = quarantine.get(tx, kept)
    assert one.size == 2_560_000
    assert one.raw == raw[:1_048_576]


def test_the_same_answer_that_is_no_record_is_counted_in_its_row(store: Store) -> None:
    def came(raw: bytes, at: datetime) -> int:
        with store.begin() as tx:
            return quarantine.add(tx, REGISTRY, HIP, reason="no record", raw=raw, at=at, since=at)

    first, again, other = came(b"<html>", NOON), came(b"<html>", LATER), came(b"<html >", LATER)

    with store.read() as tx:
        rows = quarantine.listing(tx, REGISTRY, HIP)
    assert [(row.id, row.times, row.received_at, row.latest_at) for row in rows] == [
        (other, 1, LATER, LATER),
        (first, 2, NOON, LATER),
    ]
    assert again == first


def test_the_newest_ten_answers_of_a_trial_are_kept(store: Store) -> None:
    with store.begin() as tx:
        other = quarantine.add(tx, REGISTRY, KNEE, reason="empty", raw=b"", at=NOON)
        ids = [quarantine.add(tx, REGISTRY, HIP, reason="empty", raw=b"%d" % each, at=NOON) for each in range(12)]

    with store.read() as tx:
        assert [row.id for row in quarantine.listing(tx, REGISTRY, HIP)] == ids[:1:-1]
        assert [row.id for row in quarantine.listing(tx, trial_id=KNEE)] == [other]
        assert len(quarantine.listing(tx)) == 11
        assert quarantine.listing(tx, "isrctn.com") == []
        with pytest.raises(NothingFound, match=str(ids[0])):
            quarantine.get(tx, ids[0])
