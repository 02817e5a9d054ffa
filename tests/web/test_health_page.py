"""Whether everything is seen, over HTTP: the same sentence for all, and for operators why not and what to do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import DeliveryDeferred
from monitor.model import Notice
from monitor.model.report import Bounce, ReportKind
from monitor.ports import Oddity
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import bounces, drift, endpoints, health, left_alone, notices, registries
from monitor.storage.looks import Look
from monitor.storage.store import Store
from monitor.views.health import ReadAges
from monitor.web.charts.ages import ages_chart
from monitor.web.charts.looks import LookKind, LookMark, looks_chart
from monitor.web.operating.health import bars_of, coded, marks_of
from monitor.web.site.asked import NOBODY
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.service.workers import Workers
from tests.storage.documents import NOON
from tests.studies import titled
from tests.web.reading_site import OPERATOR, ReadingSite

HOUR = timedelta(hours=1)
ANNA = "anna@example.org"


@pytest.fixture
def workers(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Workers]:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.clock.now = sandbox.build.at
    yield Workers(outbox)
    outbox.registry.close()


@pytest.fixture
def site(workers: Workers) -> Iterator[ReadingSite]:
    with ReadingSite(workers.outbox, visitor=OPERATOR) as running:
        yield running


def page(site: ReadingSite) -> str:
    site.forget()
    answer = site.get("/health")
    assert answer.status_code == 200
    return answer.text


def heading(text: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", text)
    assert found
    return found[1]


def test_before_anything_is_watched_it_says_so(site: ReadingSite) -> None:
    text = page(site)

    assert heading(text) == "Nothing is watched yet"
    assert 'href="/watches/new"' in text
    assert '<svg class="chart wide"' not in text


def test_a_trial_whose_answer_is_not_believed_is_not_seen_and_one_that_was_never_read_is_not_unchanged(
    site: ReadingSite, workers: Workers
) -> None:
    sandbox = workers.outbox.sandbox
    bad = WITHDRAWN_LATER
    workers.outbox.watch(bad, "NCT99999999")
    assert "None of the watched trials was read yet" in site.get("/trials").text
    workers.outbox.check(bad)
    site.forget()
    assert "<span>Seen <" in site.get(f"/trials/{bad}").text
    assert "1 of 2 trials seen" in page(site)
    assert "None of the watched trials was read yet" not in site.get("/trials").text

    sandbox.next_state(bad)
    workers.outbox.check(bad)
    sandbox.edit(bad, titled("Another"))
    sandbox.misbehave("wrong_id", ids=[bad])
    workers.outbox.clock.advance(minutes=1)
    workers.outbox.check(bad)
    workers.outbox.check("NCT99999999")

    assert "0 of 2 trials seen" in page(site)
    trial = site.get(f"/trials/{bad}").text
    assert ("An answer was not believed" in trial, "<span>Last seen <" in trial) == (True, True)
    assert "<span>Seen <" not in trial
    changes = site.get("/").text
    assert " 1 was not read yet." in changes
    assert "unchanged." not in changes
    assert "1 of 2 trials" in changes


def test_it_follows_what_is_seen_and_what_is_not(site: ReadingSite, workers: Workers) -> None:
    workers.outbox.watch(*workers.outbox.sandbox.trial_ids())
    workers.tick()
    workers.outbox.sandbox.next_state(WITHDRAWN_LATER)
    workers.pass_time(HOUR, every=HOUR)
    text = page(site)

    assert heading(text) == "Everything is seen"
    assert re.search(r"The other \d+ trials are unchanged\.", site.get("/").text)
    assert "No registry was read since" not in site.get("/").text
    assert "new data; trials that changed: 1" in text
    assert '<span class="st ok">whole</span>' in text
    assert "2 in 24 hours" in text
    assert "today" in text

    workers.outbox.sandbox.misbehave("503")
    workers.pass_time(HOUR, every=HOUR)
    workers.pass_time(2 * HOUR, every=HOUR)
    text = page(site)
    assert heading(text) == "No registry was read of late"
    assert "the registry could not be read" in text
    assert "503" in text
    assert '<span class="st bad">not read</span>' in text
    assert "could not be read since" in text

    for path in ("/", "/trials", f"/trials/{WITHDRAWN_LATER}", "/sponsors/alzahra-hospital", "/subscriptions/new"):
        said = site.get(path).text
        assert "No registry was read since" in said, path
        assert "unchanged." not in said, path
    assert re.search(r"No change was seen of the other \d+ trials\.", site.get("/").text)
    assert "changed since they were last seen is not known." in site.get("/").text
    assert "Nothing of this was seen to change since" in site.get("/?topic=sites").text

    site.visitor = NOBODY
    public = page(site)
    assert heading(public) == "No registry was read of late"
    assert "503" not in public, "why it fails is the operator's affair"
    assert "Worth a look" not in public
    assert "the registry could not be read" in public


def test_what_wants_attention_is_said_with_the_page_that_helps(site: ReadingSite, workers: Workers) -> None:
    outbox = workers.outbox
    outbox.watch(WITHDRAWN_LATER)
    workers.tick()
    anna = outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    outbox.refuse(ANNA, DeliveryDeferred("451 try later", status=451))
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    workers.pass_time(HOUR, every=HOUR)
    site.site.service.reasons.append("the tick does not come: restart the service")  # type: ignore[attr-defined]
    with outbox.store.begin() as tx:
        endpoints.disable(tx, anna.subscription.endpoint.id, at=outbox.clock())
    text = page(site)

    assert heading(text) == "Everything is seen; 2 problems"
    assert "the tick does not come: restart the service" in text
    assert "email a…@example.org is disabled since" in text
    assert 'href="/deliveries?state=failing"' in text
    assert ANNA not in text


def test_a_registry_that_asked_for_a_pause_or_is_behind_says_so(site: ReadingSite, workers: Workers) -> None:
    outbox = workers.outbox
    outbox.watch(WITHDRAWN_LATER)
    workers.tick()
    registry = outbox.registry
    with outbox.store.begin() as tx:
        left_alone.leave(tx, registry.key, registry.address, outbox.clock() + HOUR)
        registries.note_behind(tx, registry.key, outbox.clock())
        known = health.get(tx, registry.key)
    text = page(site)

    assert known is not None
    assert "it asked to be left alone until" in text
    assert "answers come from older data since" in text
    assert f'next look <time datetime="{known.next_check_at:%Y-%m-%dT%H:%MZ}"' in text


def test_where_the_site_is_not_public_nobody_learns_how_it_is(site: ReadingSite, workers: Workers) -> None:
    with ReadingSite(workers.outbox, is_public=False) as private:
        assert private.get("/health").status_code == 303


def test_what_somebody_types_stands_apart_and_nothing_else_is_markup() -> None:
    assert coded("run `monitor check`; <b>") == "run <code>monitor check</code>; &lt;b&gt;"
    assert coded("one ` alone <i>") == "one ` alone &lt;i&gt;"
    assert coded("`<u>`") == "<code>&lt;u&gt;</code>"


# The charts


def marks(*kinds: LookKind) -> list[LookMark]:
    return [LookMark(NOON + place * HOUR, kind, f"look {place} <{kind}>") for place, kind in enumerate(kinds)]


def test_a_look_is_as_tall_as_it_saw() -> None:
    drawn = looks_chart(marks(LookKind.NEW, LookKind.SAME, LookKind.PART, LookKind.FAILED), "four & no more")

    wide, middle, narrow = drawn.split("</svg>")[:3]
    tall = [int(height) for height in re.findall(r'height="(\d+)"', wide)]
    assert tall == sorted(tall, reverse=True)
    assert len(set(tall)) == 4
    assert 'aria-label="four &amp; no more"' in wide
    assert ('class="chart middle"' in middle, 'class="chart narrow"' in narrow) == (True, True)
    assert "look 3 &lt;failed&gt;" in wide


def test_no_more_looks_are_drawn_than_there_is_room_for() -> None:
    drawn = looks_chart(marks(*[LookKind.SAME] * 40), "")

    assert [each.count("<rect") for each in drawn.split("</svg>")] == [24, 24, 24, 0]
    assert ">03:00<" in drawn, "the last one"
    assert looks_chart([], "none").count("<rect") == 0


def test_what_was_read_too_long_ago_stands_apart() -> None:
    ages = ReadAges(by_day=[3, 0, 1, 0, 0, 0, 0, 2], before=5, oldest=NOON)

    bars = bars_of(ages, timedelta(days=7), str)

    assert bars[0] == ("today", 3, False)
    assert bars[-1] == ("≥ 8 d", 5, True)
    assert not any(is_late for *_, is_late in bars[:-1])
    assert ages_chart(bars, "ages").count('class="c-major"') == 2
    assert bars_of(ages, timedelta(days=1), str)[2] == ("2 d", 1, True)


def test_a_damaged_row_is_named_in_its_place_and_harms_no_page(site: ReadingSite, workers: Workers) -> None:
    outbox = workers.outbox
    outbox.watch(WITHDRAWN_LATER)
    workers.tick()
    endpoint = outbox.subscribe(ANNA, channel="email").subscription.endpoint
    with outbox.store.begin() as tx:
        for number in range(2):
            at = outbox.clock() + number * timedelta(minutes=1)
            drift.add(tx, "clinicaltrials.gov", [(Oddity(f"path.{number}", None), WITHDRAWN_LATER)], at=at)
            notices.keep(tx, [Notice(id=f"n/{number}", kind="x", occurred_at=at, subject=f"subject {number}", text="")])
            values = {"kind": ReportKind.HARD, "status": None, "diagnostic": f"said {number}", "effect": None}
            report = Bounce(
                digest=bytes([number]) * 32, delivery_id=None, endpoint_id=endpoint.id, read_at=at, **values
            )
            bounces.add(tx, report)
        tx.execute(text("UPDATE drift SET first_seen_at = 'never' WHERE path = 'path.0'"))
        tx.execute(text("UPDATE notices SET occurred_at = 'never' WHERE id = 'n/0'"))
        tx.execute(text("UPDATE bounces SET read_at = 'never' WHERE diagnostic = 'said 0'"))
    shown = {path: site.get(path) for path in ("/drift", "/notices", "/bounces")}

    assert [answer.status_code for answer in shown.values()] == [200, 200, 200]
    assert "<code>path.0</code>" in shown["/drift"].text
    assert "<code>path.1</code>" in shown["/drift"].text
    assert "The notice n/0 cannot be read" in shown["/notices"].text
    assert "subject 1" in shown["/notices"].text
    assert f"<code>{'00' * 6}</code>" in shown["/bounces"].text
    assert "said 1" in shown["/bounces"].text
    assert "This row cannot be read" in shown["/drift"].text
    assert "A notice cannot be read" in page(site) or "a notice cannot be read" in page(site)


def test_operators_have_the_registries_looked_at_now(site: ReadingSite, workers: Workers) -> None:
    workers.outbox.watch(*workers.outbox.sandbox.trial_ids())
    workers.tick()
    assert '<button class="btn">Look now</button>' in page(site)
    done = site.post("/health")
    with workers.outbox.store.read() as tx:
        known = health.get(tx, workers.outbox.registry.key)

    assert done.headers["Location"] == "/health?done=looking"
    assert "The registries are being looked at." in site.get("/health?done=looking").text
    assert known is not None
    assert known.next_check_at == workers.outbox.clock()

    site.visitor = NOBODY
    assert "Look now" not in page(site)
    assert site.post("/health").status_code == 401


def test_the_reason_of_one_trial_is_not_said_of_several() -> None:
    look = Look(
        registry="r",
        ended_at=NOON,
        version="v",
        trials=5,
        changed=0,
        failed=1,
        watched=7,
        verified=2,
        requests=1,
        bytes=1,
        seconds=1.0,
        reason="no such number",
    )
    alone = replace(look, verified=6)

    several, single = (marks_of([each], str, is_operator=True)[0].words for each in (look, alone))

    assert several.endswith("5 of 7 trials not seen; one of them: no such number")
    assert single.endswith("1 of 7 trials not seen: no such number")


def test_a_look_that_found_no_such_trial_was_a_look(site: ReadingSite, workers: Workers) -> None:
    workers.outbox.watch("NCT99999999")
    workers.tick()
    text = page(site)

    assert heading(text) == "0 of 1 trials are seen; one number is not in its registry"
    assert "There was no look yet" not in text
    assert "the registry knows no trial of this number" in text
    assert "1 number not in the registry" in text
