"""Pages that people saved are kept once each, by their day, and damage is told."""

from datetime import date

import pytest
from sqlalchemy import update

from monitor.errors import StoreCorrupt
from monitor.storage import archived
from monitor.storage.archive_tables import archived_documents
from monitor.storage.archived import ArchivedDocument
from monitor.storage.copying import damaged_snapshots
from monitor.storage.pages import Within
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, document


def page(trial_id: str, day: str, edition: int = 1) -> ArchivedDocument:
    return ArchivedDocument(document(trial_id, edition=edition), date.fromisoformat(day), "saved\0.html", NOON)


def test_pages_come_back_by_their_days_as_they_were(store: Store):
    with store.begin() as tx:
        assert archived.add(tx, [page(HIP, "2016-02-01", 2), page(HIP, "2015-01-01", 1), page(KNEE, "2014-01-01")]) == 3

    with store.read() as tx:
        first, second = archived.of_trial(tx, REGISTRY, HIP)
        assert (first.taken_on, second.taken_on) == (date(2015, 1, 1), date(2016, 2, 1))
        assert first.document.content == document(HIP, edition=1).content
        assert "\0" not in first.source
        assert len(list(archived.every(tx))) == 3
        assert archived.trials_within(tx, Within()) == [(REGISTRY, HIP), (REGISTRY, KNEE)]
        assert archived.trials_within(tx, Within(trials=((REGISTRY, KNEE),))) == [(REGISTRY, KNEE)]


def test_the_same_page_keeps_its_first_day(store: Store):
    with store.begin() as tx:
        archived.add(tx, [page(HIP, "2015-01-01")])
        assert archived.add(tx, [page(HIP, "2016-01-01")]) == 0
        digest = document(HIP).digest
        assert archived.known(tx, [document(HIP), document(KNEE)]) == {digest: date(2015, 1, 1)}


def test_a_damaged_page_is_told_and_spoils_no_other(store: Store):
    with store.begin() as tx:
        archived.add(tx, [page(HIP, "2015-01-01", 1), page(HIP, "2016-01-01", 2)])
        table = archived_documents
        tx.execute(update(table).where(table.c.taken_on == "2015-01-01").values(body=b"(torn"))
        with pytest.raises(StoreCorrupt, match="imported document of NCT91000001 of 2015-01-01"):
            archived.of_trial(tx, REGISTRY, HIP)
        damaged: list[str] = []
        (left,) = archived.of_trial(tx, REGISTRY, HIP, damaged=damaged)

        assert left.taken_on == date(2016, 1, 1)
        assert len(damaged) == 1
        assert [isinstance(each, str) for each in archived.every(tx)] == [True, False]
        assert damaged_snapshots(tx, lambda done, total: None) == damaged, "a backup says so, too"
