"""The log of deliveries over HTTP: what an operator sees of it, what nobody sees, and sending again."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.alerts.links import Links
from monitor.errors import DeliveryDeferred
from monitor.model.access import Permission
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import deliveries
from monitor.storage.store import Store
from monitor.web.site.asked import NOBODY, Visitor
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import OPERATOR, READER, ReadingSite

ANNA, HOOK = "anna@example.org", "https://hooks.example.net/in"
SUBSCRIBER = Visitor("sue", frozenset({Permission.READ, Permission.SUBSCRIBE}), secret="s" * 32)
ANSWER = b'{"error":"<b>maintenance</b> of https://trials.example.org/a/QUJDREVGR0hJSktMTU5PUFFS for anna@example.org"}'


@pytest.fixture
def posted(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[ReadingSite]:
    """A trial was withdrawn: Anna has a mail with a link, and a webhook was tried in vain."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    links = Links(outbox.subscribe_context.vault, "https://trials.example.org")
    outbox.delivering = replace(outbox.delivering, context=replace(outbox.delivering.context, links=links))
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    hook = outbox.subscribe(HOOK, WITHDRAWN_LATER)
    failure = DeliveryDeferred("503 Service Unavailable", status=503, answer=ANSWER)
    outbox.refuse(hook.subscription.endpoint.shown, failure)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=1)
    outbox.check()
    outbox.deliver()
    outbox.clock.advance(seconds=10)
    outbox.deliver()
    with ReadingSite(outbox, visitor=OPERATOR) as running:
        yield running
    outbox.registry.close()


def id_of(site: ReadingSite, address: str) -> str:
    found = re.search(r'href="/deliveries/([0-9a-f-]{36})"', site.get(f"/deliveries?q={address}").text)
    assert found
    return found[1]


def standing(site: ReadingSite, delivery_id: str) -> tuple[str, int]:
    with site.outbox.store.read() as tx:
        found = deliveries.get(tx, delivery_id)
    return str(found.standing), found.attempts


def test_the_log_says_what_is_owed_to_whom_and_why_it_fails(posted: ReadingSite) -> None:
    page = posted.get("/deliveries").text

    assert page.count("<bdi>NCT02116634: Withdrawn – “Because economic problems”<") == 2
    assert "mail a…@example.org" in page
    assert "webhook hooks.example.net/in" in page
    assert "1 delivery fails" in page
    assert "Attempt 3 is due at" in page
    assert "&lt;b&gt;maintenance&lt;/b&gt;" in page, "what a receiver says is shown, and not obeyed"
    assert "QUJDREVGR0hJSktMTU5PUFFS" not in page
    assert ANNA not in page


def test_a_page_with_forms_is_compressed_and_gives_nothing_of_their_token_away(posted: ReadingSite) -> None:
    """What is masked anew each time cannot be guessed by how well an answer compresses."""
    answers = [posted.get("/deliveries", accept_encoding="gzip") for _ in range(2)]

    assert [each.headers["Content-Encoding"] for each in answers] == ["gzip"] * 2
    first, second = (set(re.findall(r'name="form" value="(\w+)"', each.text)) for each in answers)
    assert len(first) == len(second) == 1
    assert first.isdisjoint(second)
    again = f"/deliveries/{id_of(posted, HOOK)}/replay"
    for token in first | second:
        assert posted.post(again, form=token).status_code == 303
    for wrong in ("00" * 48, "".join(first)[:48], "".join(first)[:-2] + "zz", ""):
        assert posted.post(again, form=wrong).status_code == 403


def test_lists_and_searches_are_addresses(posted: ReadingSite) -> None:
    def rows(query: str) -> int:
        return posted.get(f"/deliveries?{query}").text.count("<li><details>")

    assert [rows(f"state={state}") for state in ("all", "owed", "failing", "delivered", "rejected")] == [2, 1, 1, 1, 0]
    assert rows(f"q={WITHDRAWN_LATER}") == 2
    assert rows(f"q={ANNA}&state=delivered") == 1
    assert rows(f"q={ANNA}&state=owed") == 0
    nobody = posted.get("/deliveries?q=nobody@example.org")
    assert nobody.status_code == 200
    assert "There is no subscription “nobody@example.org”.<" in nobody.text
    begin = id_of(posted, ANNA)[:13]
    assert posted.get(f"/deliveries?q={begin}").headers["Location"].startswith(f"/deliveries/{begin}")


def test_what_makes_no_sense_is_refused_in_a_sentence(posted: ReadingSite) -> None:
    odd = ("x", "%00", "WyIyMDI2IiwiYSJd", "A" * 900)
    for query in ("state=gone", "q=" + "x" * 400, *(f"before={word}" for word in odd)):
        answer = posted.get(f"/deliveries?{query}")
        assert answer.status_code == 400, query
        assert "This cannot be done" in answer.text


def test_one_delivery_shows_every_attempt_and_what_is_sent(posted: ReadingSite) -> None:
    page = posted.get(f"/deliveries/{id_of(posted, HOOK)}").text

    assert page.count("503</span>") == 2
    assert "&#34;trial_id&#34;: &#34;NCT02116634&#34;" in page
    assert "It asks for" in page
    assert f'href="/trials/{WITHDRAWN_LATER}/changes/2"' in page


def test_a_mail_is_shown_without_what_would_let_a_reader_leave_for_somebody(posted: ReadingSite) -> None:
    whole = id_of(posted, ANNA)
    page, mail = posted.get(f"/deliveries/{whole}"), posted.get(f"/deliveries/{whole}/mail")

    with posted.outbox.store.read() as tx:
        delivery = deliveries.get(tx, whole)
    token = Links(posted.site.vault, "").manage(delivery.subscription_id).rpartition("/")[2]
    assert delivery.body is not None
    assert token in delivery.body.replace(b"=\r\n", b"").decode()
    for answer in (page, mail):
        assert answer.status_code == 200
        assert "trials.example.org/a/…" in answer.text
        assert token[:16] not in answer.text
        assert ANNA not in answer.text
        assert not re.search(r'href="[^"]*/a/', answer.text), "an address that leads nowhere is no link"
    assert re.search(r'href="http', mail.text), "others are"
    policy = mail.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; sandbox;")
    assert mail.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in mail.text


def test_a_delivery_that_waits_is_tried_now_and_its_attempts_count(posted: ReadingSite) -> None:
    whole, outbox = id_of(posted, HOOK), posted.outbox
    outbox.clock.advance(minutes=2)

    refused = posted.post(f"/deliveries/{whole}/try")
    assert refused.status_code == 400
    assert "within 5 minutes" in refused.text, "somebody may have claimed it"
    outbox.clock.advance(minutes=5)
    outbox.deliver()
    outbox.channel.behaviour.clear()
    assert standing(posted, whole) == ("owed", 3)
    answer = posted.post(f"/deliveries/{whole}/try")
    assert answer.headers["Location"] == f"/deliveries/{whole}?done=tried"
    assert "due now" in posted.get(f"/deliveries/{whole}?done=tried").text
    outbox.deliver()

    assert standing(posted, whole) == ("delivered", 4)
    again = posted.post(f"/deliveries/{whole}/try")
    assert again.status_code == 400
    assert "It is not owed any more" in again.text


def test_what_was_taken_is_sent_again_as_it_was(posted: ReadingSite) -> None:
    whole = id_of(posted, ANNA)
    before = len(posted.outbox.channel.came)

    answer = posted.post(f"/deliveries/{whole}/replay")
    assert answer.headers["Location"] == f"/deliveries/{whole}?done=again"
    posted.outbox.deliver()

    again = [each for each in posted.outbox.channel.came[before:] if each.delivery_id == whole]
    assert [each.body for each in again] == [
        each.body for each in posted.outbox.channel.came[:before] if each.delivery_id == whole
    ]


def test_nobody_else_sees_any_of_it_or_does_anything(posted: ReadingSite) -> None:
    whole = id_of(posted, HOOK)

    for visitor in (NOBODY, READER, SUBSCRIBER):
        posted.visitor = visitor
        for path in ("/deliveries", f"/deliveries/{whole}", f"/deliveries/{whole}/mail"):
            answer = posted.get(path)
            assert answer.status_code == (303 if visitor is NOBODY else 403)
            assert "Withdrawn" not in answer.text
        assert posted.post(f"/deliveries/{whole}/replay").status_code == (401 if visitor is NOBODY else 403)
    assert standing(posted, whole) == ("owed", 2)


def test_nothing_is_done_by_a_form_that_is_not_ours_nor_by_get(posted: ReadingSite) -> None:
    whole = id_of(posted, HOOK)

    assert posted.post(f"/deliveries/{whole}/replay", form="00").status_code == 403
    assert posted.get(f"/deliveries/{whole}/replay").status_code == 405
    assert standing(posted, whole) == ("owed", 2)
    assert posted.get("/deliveries/nonsense").status_code == 404
    assert posted.get("/deliveries/00000000-0000-0000-0000-000000000000").status_code == 404
