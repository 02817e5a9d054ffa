"""Who is subscribed, as readers and operators see it, and what operators do to a subscription over real HTTP."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from requests import Response
from sqlalchemy import text

from monitor.alerts.subscribe import Asked, SubscriptionScope, Wanted, apply_config
from monitor.alerts.teams import subscribe_team
from monitor.channels.webhook.signing import new_secret
from monitor.model import Filters, Significance, SubscriptionState
from monitor.model.rhythm import Every, Rhythm
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.receiver import WebhookReceiver
from monitor.storage import subscriptions
from monitor.storage.store import Store
from monitor.web.site.asked import NOBODY
from monitor.web.subscribing import listing
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import OPERATOR, READER, SUBSCRIBER, ReadingSite


@pytest.fixture
def site(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[ReadingSite]:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    with ReadingSite(outbox, visitor=OPERATOR) as running:
        yield running
    outbox.registry.close()


def assert_filled_in(page: Response) -> None:
    """That it has all that was typed into its form, though it could not be saved."""
    for shown in (
        'value="many"',
        'value="dates" checked',
        'value="our rival"',
        'name="every" value="daily" checked',
        'value="06:10"',
        'value="Asia/Tokyo" selected',
    ):
        assert shown in page.text, shown


def said_on(site: ReadingSite, path: str) -> str:
    answer = site.get(path)
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def state_of(site: ReadingSite, key: str) -> str:
    with site.outbox.store.read() as tx:
        return str(subscriptions.find(tx, key).state)


def test_the_list_says_who_is_told_of_what_when_and_masks_them(site: ReadingSite) -> None:
    made = site.outbox.subscribe(
        "ana@example.org",
        WITHDRAWN_LATER,
        channel="email",
        filters=Filters(min_significance=Significance.MAJOR),
        rhythm=Rhythm(every=Every.DAILY, zone="Europe/Paris"),
    )
    site.visitor = READER
    page, said = site.get("/subscriptions").text, said_on(site, "/subscriptions")

    assert "a…@example.org" in said
    assert f"{WITHDRAWN_LATER} major ones and above daily at 08:00, Europe/Paris" in said
    assert "1 subscription tells somebody of changes" in said
    assert f'href="/subscriptions/{made.subscription.id}"' in page
    assert "ana@" not in page
    assert "/subscriptions/new" not in page, "who only reads subscribes nobody"


def test_what_was_sent_and_what_fails_is_said(site: ReadingSite) -> None:
    outbox = site.outbox
    made = outbox.subscribe("ana@example.org", channel="email")
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=1)
    outbox.told(WITHDRAWN_LATER)
    outbox.deliver()
    path = f"/subscriptions/{made.subscription.id}"

    assert f'<a href="/deliveries?q={made.subscription.id}">1</a>' in site.get("/subscriptions").text
    assert f"{WITHDRAWN_LATER}: Withdrawn" in said_on(site, path)
    assert 'href="/deliveries/' in site.get(path).text
    site.visitor = READER
    assert 'href="/deliveries/' not in site.get(path).text
    with outbox.store.begin() as tx:
        tx.execute(text("UPDATE endpoints SET disabled_at = (SELECT created_at FROM subscriptions)"))
    assert "failing nothing was taken there for days" in said_on(site, "/subscriptions")


def test_pages_follow_one_another_and_each_stands_once(site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SHOWN", 2)
    made = []
    for number in range(5):
        site.outbox.clock.advance(minutes=1)
        made.append(site.outbox.subscribe(f"p{number}@example.org", channel="email").subscription.id)
    path, seen = "/subscriptions", []
    while path:
        page = site.get(path).text
        seen += re.findall(r'href="/subscriptions/([0-9a-f-]{36})"', page)
        more = re.findall(r'href="([^"]+)" rel="next"', page)
        path = html.unescape(more[0]) if more else ""

    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/subscriptions?state=odd", 400),
        ("/subscriptions?before=x", 400),
        ("/subscriptions?before=WyJhIiwiYiJd", 400),
        ("/subscriptions/none", 404),
        ("/subscriptions?state=ended", 200),
    ],
)
def test_what_is_not_there_is_said(site: ReadingSite, path: str, status: int) -> None:
    assert site.get(path).status_code == status


def test_nobody_else_sees_who_is_subscribed(site: ReadingSite) -> None:
    made = site.outbox.subscribe("ana@example.org", channel="email")
    site.visitor = NOBODY

    for path in ("/subscriptions", f"/subscriptions/{made.subscription.id}"):
        assert site.get(path).status_code == 303


def test_a_reader_sees_no_note_and_changes_nothing(site: ReadingSite) -> None:
    made = site.outbox.subscribe("ana@example.org", channel="email")
    path = f"/subscriptions/{made.subscription.id}"
    site.post(path, do="save", min="minor", note="our secret")
    assert "--note &#39;our secret&#39;" in site.get(path).text
    assert "our secret" in site.get(path).text
    site.visitor = READER

    assert "our secret" not in site.get(path).text
    assert "<button" not in site.get(path).text.split("<main")[1].split("</main")[0]
    for do in ("pause", "end", "save"):
        assert site.post(path, do=do, sure="yes").status_code == 403
    assert state_of(site, made.subscription.id) == "active"
    refused = site.post(path, do="pause").text
    assert "an operator can give you the one that changes subscriptions" in refused
    assert "/login" not in refused, "who is signed in already is not told to sign in"


def test_who_may_subscribe_changes_pauses_and_ends_subscriptions_but_sees_no_deliveries(site: ReadingSite) -> None:
    outbox = site.outbox
    made = outbox.subscribe("ana@example.org", channel="email").subscription.id
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=1)
    outbox.told(WITHDRAWN_LATER)
    site.visitor, path = SUBSCRIBER, f"/subscriptions/{made}"
    page = site.get(path).text

    assert 'value="pause"' in page
    assert 'href="/deliveries/' not in page
    assert "ana@" not in page
    assert site.post(path, do="save", min="major", note="why", every="immediate", zone="UTC").status_code == 303
    assert "why" in said_on(site, path)
    assert site.post(path, do="pause").status_code == 303
    assert state_of(site, made) == "paused"
    assert site.post(path, do="resume").status_code == 303
    assert site.post(path, do="end", sure="yes").status_code == 303
    assert state_of(site, made) == "ended"


def test_an_operator_pauses_goes_on_with_what_was_missed_and_ends(site: ReadingSite) -> None:
    outbox = site.outbox
    made = outbox.subscribe("ana@example.org", channel="email").subscription.id
    path = f"/subscriptions/{made}"

    paused = site.post(path, do="pause")
    assert (paused.status_code, state_of(site, made)) == (303, "paused")
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=1)
    outbox.told(WITHDRAWN_LATER)
    assert "1 change was missed so far" in said_on(site, path)
    went_on = site.post(path, do="catch up")
    assert "What was missed comes as one message" in said_on(site, went_on.headers["Location"])
    assert state_of(site, made) == "active"
    assert outbox.deliver()

    assert site.post(path, do="end").status_code == 400
    assert state_of(site, made) == "active"
    ended = site.post(path, do="end", sure="yes")
    assert "It has ended." in said_on(site, ended.headers["Location"])
    assert state_of(site, made) == "ended"
    assert site.post(path, do="pause").status_code == 400
    assert site.post(path, do="dance").status_code == 400


def test_what_tells_the_operator_of_trouble_is_neither_paused_nor_ended_on_its_page(site: ReadingSite) -> None:
    wanted = Wanted(name="config.toml, operator email", channel="email", address="ops@example.org", origin="operator")
    apply_config([wanted], site.outbox.subscribe_context)
    with site.outbox.store.read() as tx:
        (own,) = subscriptions.listing(tx)
    path = f"/subscriptions/{own.id}"

    page = site.get(path).text
    refused = [site.post(path, do="pause"), site.post(path, do="end", sure="yes")]

    said = said_on(site, path)
    assert "o…@example.org is told of trouble with this service ." in said
    for where in (said, said_on(site, "/subscriptions")):
        assert "trouble with this service" in where
        assert "not watched any more" not in where
        assert "minor ones" not in where
    assert 'value="test"' in page
    assert [value for value in ("pause", "end") if f'value="{value}"' in page] == []
    assert [each.status_code for each in refused] == [400, 400]
    assert all("is written in config.toml: change [operator] there" in html.unescape(each.text) for each in refused)
    assert state_of(site, own.id) == "active"


def test_an_operator_changes_what_is_told_and_a_mistake_keeps_what_was_filled_in(site: ReadingSite) -> None:
    made = site.outbox.subscribe("ana@example.org", WITHDRAWN_LATER, channel="email")
    path = f"/subscriptions/{made.subscription.id}"
    fields: dict[str, str | list[str]] = {
        "do": "save",
        "min": "major",
        "topic": ["dates", "status"],
        "offers": "all",
        "days": "30",
    }

    saved = site.post(path, **fields, every="weekly", at="07:30", zone="Europe/Paris", all_quiet="yes")
    typed = {
        "days": "many",
        "min": "critical",
        "note": "our rival",
        "every": "daily",
        "at": "06:10",
        "zone": "Asia/Tokyo",
    }
    wrong = site.post(path, **{**fields, **typed})

    assert "Saved." in said_on(site, saved.headers["Location"])
    changed = site.outbox.subscription(made)
    assert changed.filters == Filters(
        topics=frozenset({"dates", "status"}), min_significance=Significance.MAJOR, min_days=30
    )
    assert str(changed.rhythm.every) == "weekly"
    assert wrong.status_code == 400
    assert "whole number of days" in wrong.text
    assert 'value="critical" checked' in wrong.text
    assert_filled_in(wrong)
    said = said_on(site, path)
    assert f"monitor subscribe email ADDRESS --trial {WITHDRAWN_LATER} --topic dates --topic status" in said
    builder = re.findall(r'href="(/subscriptions/new\?[^"]+)"', site.get(path).text)[0]
    assert "on the command line" in said_on(site, html.unescape(builder))


def test_what_a_team_shares_is_changed_for_all_of_it_and_its_name_tells_no_address(site: ReadingSite) -> None:
    context = site.outbox.subscribe_context
    asked = Asked(scope=SubscriptionScope(everything=True))
    one, other = subscribe_team("email", ["ana@example.org", "ben@example.org"], asked, team="rivals", context=context)

    site.post(f"/subscriptions/{one.subscription.id}", do="save", min="critical", every="immediate", zone="UTC")

    assert site.outbox.subscription(other).filters.min_significance is Significance.CRITICAL
    for path in ("/subscriptions", f"/subscriptions/{other.subscription.id}"):
        page = site.get(path).text
        assert "rivals" in page
        assert not re.search("(ana|ben)@", page)


def test_what_the_configuration_says_is_not_changed_here(site: ReadingSite) -> None:
    wanted = Wanted(name="office", channel="email", address="o@example.org", scope=SubscriptionScope(everything=True))
    apply_config([wanted], site.outbox.subscribe_context)
    with site.outbox.store.read() as tx:
        (made,) = subscriptions.listing(tx)
    path = f"/subscriptions/{made.id}"

    assert "written in config.toml" in said_on(site, path)
    assert site.post(path, do="save", min="critical").status_code == 400
    assert site.post(path, do="pause").status_code == 303
    assert state_of(site, made.id) == str(SubscriptionState.PAUSED)


def test_while_nothing_is_watched_the_first_page_says_how_to_begin(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path
) -> None:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox, visitor=OPERATOR) as site:
        page = site.get("/").text
        assert re.search(r'action="/watches/new".*name="trials" value="NCT02116634"', page, re.DOTALL)
        site.visitor = NOBODY
        page = site.get("/").text
        assert "No trial is watched here yet." in page
        assert 'name="trials"' not in page
        assert page.count("<h1") == 1
    outbox.registry.close()


def test_a_sample_is_sent_at_once_and_what_the_receiver_says_is_said(site: ReadingSite) -> None:
    with WebhookReceiver(new_secret()) as receiver:
        made = site.outbox.subscribe(receiver.url, channel="webhook").subscription.id
        sent = site.post(f"/subscriptions/{made}", do="test")
        assert "A sample was sent, and taken." in said_on(site, sent.headers["Location"])
        assert len(receiver.deliveries) == 1
    refused = site.post(f"/subscriptions/{made}", do="test")

    assert refused.status_code == 400
    assert re.search(r'role="alert" id="error"><p>[^<]+', refused.text)
