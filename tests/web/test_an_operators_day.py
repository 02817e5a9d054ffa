"""An operator's day over HTTP: release what was held back, send again what failed, accept what was doubted."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.alerts.subscribe import Wanted, apply_config
from monitor.errors import DeliveryRejected
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import deliveries, events, held_events, holds, quarantine
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY
from tests.studies import named, together, verified_in
from tests.web.reading_site import OPERATOR, READER, ReadingSite

HOOK, MAIL = "https://hooks.example.org/trials", "anna@example.org"
LATER = "2999-01-01"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(trials=25, day=BUILD_DAY) as running:
        yield running


def dated_ahead(study: Any) -> None:
    named("AHEAD")(study)
    study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = LATER


@pytest.fixture
def site(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[ReadingSite]:
    """The acronym changed in 24 trials, and the record of another trial is dated in the year 2999."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    operator = Wanted(name="operator", channel="email", address="ops@example.org", origin="operator")
    apply_config([operator], outbox.subscribe_context)
    outbox.subscribe(HOOK)
    outbox.subscribe(MAIL, channel="email")
    ids = list(sandbox.trial_ids())
    outbox.watch(*ids)
    outbox.check()
    for trial_id in ids[:24]:
        sandbox.edit(trial_id, together(named("RENAMED"), verified_in("2031-01")), refresh=False)
    sandbox.edit(ids[24], dated_ahead, refresh=False)
    sandbox.refresh()
    outbox.clock.advance(hours=1)
    outbox.check()
    with ReadingSite(outbox, visitor=OPERATOR) as running:
        yield running
    outbox.registry.close()


def came(site: ReadingSite, address: str) -> int:
    site.outbox.deliver()
    return sum(message.endpoint.shown == address for message in site.outbox.channel.came)


def hold_of(site: ReadingSite) -> int:
    with site.outbox.store.read() as tx:
        (hold,) = holds.listing(tx)
    return hold.id


def answer_of(site: ReadingSite) -> tuple[int, str]:
    with site.outbox.store.read() as tx:
        (answer,) = quarantine.listing(tx)
    return answer.id, answer.trial_id


def test_an_operators_day(site: ReadingSite) -> None:
    site.outbox.refuse(MAIL, DeliveryRejected("550 5.1.1 <anna@example.org> unknown", status=550, ends=False))

    # In the morning something is held back: look, weigh, release.
    held = site.get("/held").text
    assert "Waits for you" in held
    watched = len(site.outbox.watched())
    assert f"24 of {watched}" in held
    number = hold_of(site)
    whole = site.get(f"/held/{number}").text
    assert f"Acronym changed in 24 of {watched} trials at once" in whole
    assert whole.count("RENAMED") == 24
    assert came(site, HOOK) == 0
    weighed = site.get(f"/held/{number}/release").text
    assert "Tell 24 events?" in weighed
    assert "Subscriptions that hear of them: 2, of 48 alerts in all." in weighed
    done = site.post(f"/held/{number}/release")
    assert done.headers["Location"] == f"/held/{number}?done=decided"
    released = site.get(done.headers["Location"]).text
    assert "It is done." in released
    assert "What was released" in released
    assert released.count("RENAMED") == 24
    assert "24 told to everyone who asks for it" in released
    assert re.search(r"Released</span> <time.*?</time>, <bdi>by olga</bdi>", released)
    assert came(site, HOOK) == 24
    assert "<bdi>by olga</bdi>" in site.get("/held").text
    again = site.post(f"/held/{number}/discard")
    assert again.status_code == 400
    assert "was released before" in again.text

    # The mailbox was refused for good: look at one, and send it again once it works.
    refused = site.get("/deliveries?state=rejected").text
    assert refused.count("<li><details>") == 24
    assert MAIL not in refused
    assert "a…@example.org" in refused
    found = re.search(r'href="/deliveries/([0-9a-f-]{36})"', refused)
    assert found
    site.outbox.channel.behaviour.clear()
    before = came(site, MAIL)
    assert site.post(f"/deliveries/{found[1]}/replay").status_code == 303
    assert came(site, MAIL) == before + 1
    with site.outbox.store.read() as tx:
        assert str(deliveries.get(tx, found[1]).standing) == "delivered"

    # One answer was not believed: read it, and accept it.
    kept, trial_id = answer_of(site)
    listed = site.get("/quarantine").text
    assert trial_id in listed
    assert "a day that is still to come" in listed
    shown = site.get(f"/quarantine/{kept}").text
    assert f"&#34;lastUpdateSubmitDate&#34;: &#34;{LATER}&#34;" in shown
    accepted = site.post(f"/quarantine/{kept}/accept")
    assert accepted.headers["Location"] == f"/quarantine/{kept}?taken=1"
    assert "1 answer was taken" in site.get(accepted.headers["Location"]).text
    assert came(site, HOOK) == 25
    assert trial_id not in site.get("/quarantine").text
    assert trial_id in site.get("/quarantine?all=yes").text
    twice = site.post(f"/quarantine/{kept}/accept")
    assert twice.status_code == 400
    assert "was accepted at" in twice.text


def test_a_release_that_nobody_asks_for_sends_nothing(site: ReadingSite) -> None:
    with site.outbox.store.begin() as tx:
        tx.exec_driver_sql("UPDATE subscriptions SET state = 'ended'")

    weighed = site.get(f"/held/{hold_of(site)}/release").text

    assert "so nothing is sent" in weighed
    assert "within seconds" not in weighed


def test_what_is_discarded_is_told_to_nobody(site: ReadingSite) -> None:
    number = hold_of(site)

    assert "Tell nobody of 24 events?" in site.get(f"/held/{number}/discard").text
    site.post(f"/held/{number}/discard")

    assert came(site, HOOK) == 0
    assert "Nobody was told" in site.get(f"/held/{number}").text
    assert site.get(f"/held/{number}/release").headers["Location"] == f"/held/{number}"


def test_a_long_hold_comes_a_page_at_a_time_and_damage_is_named(
    site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.web.operating.held.SHOWN", 10)
    number, path = hold_of(site), f"/held/{hold_of(site)}"
    with site.outbox.store.begin() as tx:
        (first,) = held_events.page(tx, number, after=None, limit=1)
        tx.execute(text("UPDATE events SET changes = x'00ff' WHERE id = :id"), {"id": first.event_id})
    seen: list[str] = []
    for _ in range(20):
        if not path:
            break
        page = site.get(path).text
        seen += re.findall(r"<bdi>(NCT\d+)</bdi></a></th>", page)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        path = more[1] if more else ""

    assert len(seen) == len(set(seen)) == 23
    assert first.event_id in site.get(f"/held/{number}").text
    assert "damaged in the database" in site.get(f"/held/{number}").text


def test_damage_harms_the_row_that_has_it(site: ReadingSite) -> None:
    number, (kept, _) = hold_of(site), answer_of(site)
    site.outbox.refuse(MAIL, DeliveryRejected("550 5.1.1 unknown", status=550, ends=False))
    site.post(f"/held/{number}/release")
    site.outbox.deliver()
    with site.outbox.store.begin() as tx:
        tx.execute(text("UPDATE holds SET fields = 'no list'"))
        tx.execute(text("UPDATE attempts SET at = 'never' WHERE rowid % 2"))
        tx.execute(text("UPDATE quarantine SET received_at = 'never'"))

    assert "what cannot be read" in site.get("/held").text
    assert site.get(f"/held/{number}").status_code == 200
    refused = site.get("/deliveries?state=rejected")
    assert refused.text.count("<li><details>") == 24
    whole = re.findall(r'href="/deliveries/([0-9a-f-]{36})"', refused.text)[0]
    assert site.get(f"/deliveries/{whole}").status_code == 200
    assert site.get("/quarantine").status_code == 200
    assert site.get(f"/quarantine/{kept}").status_code == 503, "that one alone"


def test_what_there_is_not_is_not_found(site: ReadingSite) -> None:
    assert "Nothing is held as 99.<" in site.get("/held/99").text
    assert "Nothing is quarantined as 77, or no more.<" in site.get("/quarantine/77").text
    for path in ("held/0", "held/x", "held/99", "held/99999999999", "held/1/burn", "quarantine/77", "quarantine/-1"):
        assert site.get(f"/{path}").status_code == 404, path


def test_readers_see_nothing_of_it_and_decide_nothing(site: ReadingSite) -> None:
    number, (kept, _) = hold_of(site), answer_of(site)
    site.visitor = READER

    for path in ("/held", f"/held/{number}", f"/held/{number}/release", "/quarantine", f"/quarantine/{kept}"):
        assert site.get(path).status_code == 403
    for path in (f"/held/{number}/release", f"/quarantine/{kept}/accept"):
        assert site.post(path).status_code == 403

    assert came(site, HOOK) == 0
    with site.outbox.store.read() as tx:
        assert holds.get(tx, number).decision is None
        assert quarantine.get(tx, kept).accepted_at is None
        assert len(events.of_trial(tx, site.outbox.registry.key, answer_of(site)[1])) == 0
