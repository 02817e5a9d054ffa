"""Unknown fields, notices and mails that came back, over HTTP: each on one page, and nobody's address in full."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Notice
from monitor.model.report import Bounce, BounceEffect, ReportKind
from monitor.ports import Oddity
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import bounces, drift, notices
from monitor.storage.store import Store
from monitor.web.operating import logs
from tests.outbox import OutboxHarness
from tests.storage.documents import NOON
from tests.web.reading_site import OPERATOR, READER, ReadingSite

ANNA = "anna@example.org"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(store: Store, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadingSite]:
    """Pages of two, on both stores: five of each, of which some came in one moment."""
    monkeypatch.setattr(logs, "SHOWN", 2)
    outbox = OutboxHarness(store, sandbox, tmp_path)
    endpoint = outbox.subscribe(ANNA, channel="email").subscription.endpoint
    with store.begin() as tx:
        for number in range(5):
            at = NOON + number // 2 * MINUTE
            known = Oddity(f"path.{number}", "<i>odd</i>" if number % 2 else None)
            drift.add(tx, "clinicaltrials.gov", [(known, "NCT02116634")], at=at)
            subject = f"subject {number} of {ANNA}"
            notices.keep(
                tx,
                [
                    Notice(
                        id=f"n/{number}",
                        kind="x",
                        occurred_at=at,
                        subject=subject,
                        text=f"to {ANNA}\n`monitor held show {number}` & <b>",
                    )
                ],
            )
            bounce = Bounce(
                digest=bytes([number]) * 32,
                delivery_id=None,
                endpoint_id=endpoint.id,
                kind=ReportKind.HARD,
                status="5.1.1",
                diagnostic=f"diagnostic {number}: <{ANNA}> unknown",
                read_at=at,
                effect=BounceEffect.ENDED,
            )
            bounces.add(tx, bounce)
    with ReadingSite(outbox, visitor=OPERATOR) as running:
        yield running
    outbox.registry.close()


def all_of(site: ReadingSite, path: str, pattern: str) -> list[str]:
    """What a pattern finds on all pages of a list, in order."""
    found: list[str] = []
    for _ in range(20):
        if not path:
            break
        page = site.get(path)
        assert page.status_code == 200
        assert ANNA not in page.text
        found += re.findall(pattern, page.text)
        more = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = more[1] if more else ""
    return found


def test_each_stands_on_one_page_the_newest_first(site: ReadingSite) -> None:
    assert all_of(site, "/drift", r"path\.(\d)") == ["4", "3", "2", "1", "0"]
    assert all_of(site, "/notices", r"subject (\d) of a…@example.org") == ["4", "3", "2", "1", "0"]
    assert all_of(site, "/bounces", r"diagnostic (\d): &lt;a…@example.org&gt;") == ["4", "3", "2", "1", "0"]
    assert "&lt;i&gt;odd&lt;/i&gt;" in site.get("/drift").text
    assert "<code>monitor held show 4</code> &amp; &lt;b&gt;" in site.get("/notices").text
    assert "no such mailbox 5.1.1" in site.get("/bounces").text


def test_a_damaged_address_of_a_page_is_refused_and_readers_see_none(site: ReadingSite) -> None:
    for path in ("/drift", "/notices", "/bounces"):
        assert site.get(f"{path}?before=nonsense").status_code == 400
        assert site.get(f"{path}?before=WyIxIiwiYSIsImIiLCJjIl0").status_code == 400
    assert site.get("/deliveries?q=%00").status_code == 400
    site.visitor = READER
    for path in ("/drift", "/notices", "/bounces"):
        assert site.get(path).status_code == 403
