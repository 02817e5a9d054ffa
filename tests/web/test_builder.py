"""The builder over real HTTP: what it shows of a rule that is not made, and who may save it."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from requests import Response

from monitor.http.polite import PoliteSession
from monitor.model import Search, Significance, Subscription
from monitor.model.access import Permission
from monitor.model.rhythm import Every
from monitor.ports import find_registry
from monitor.registries.isrctn.adapter import Isrctn
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import searches, subscriptions, watches
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from monitor.web.site.asked import NOBODY, Visitor
from monitor.web.site.site import Site
from monitor.web.subscribing import previewing
from monitor.web.subscribing.ideas import MOST_TRIALS
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import titled
from tests.web.reading_site import OPERATOR, READER, ReadingSite

SUBSCRIBER = Visitor("sven", frozenset({Permission.READ, Permission.SUBSCRIBE}), secret="s" * 32)
NEW = "/subscriptions/new"
HEADLINE = f"{WITHDRAWN_LATER}: Withdrawn – “Because economic problems”"
SPONSOR = "Alzahra Hospital"


@pytest.fixture
def site(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[ReadingSite]:
    """A trial was withdrawn ten days ago."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.clock.advance(days=30)
    sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.clock.advance(days=10)
    with ReadingSite(outbox, visitor=OPERATOR) as running:
        yield running
    outbox.registry.close()


def text_of(answer: Response) -> str:
    """What the page says, its tags left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def listed(site: ReadingSite) -> list[tuple[str, str]]:
    with site.outbox.store.read() as tx:
        return [(each.endpoint.shown, str(each.state)) for each in subscriptions.listing(tx)]


def test_it_shows_what_a_rule_would_have_sent_and_changes_nothing(site: ReadingSite) -> None:
    answer = site.get(f"{NEW}?trial={WITHDRAWN_LATER}&min=critical&topic=status&every=daily&at=08:00&zone=Europe/Paris")
    said = text_of(answer)

    assert answer.status_code == 200
    assert "1 mail in 40 days" in said
    assert HEADLINE in said
    assert (
        f"monitor subscribe email ADDRESS --trial {WITHDRAWN_LATER} --topic status --min-significance critical" in said
    )
    assert "--digest daily --at 08:00 --tz Europe/Paris" in said
    assert 'class="c-critical"' in answer.text
    assert re.search(r'name="min" value="critical" checked', answer.text)
    assert listed(site) == []


def test_what_it_would_not_tell_is_counted_with_the_reason_and_looser_rules_with_their_mails(site: ReadingSite) -> None:
    answer = site.get(f"{NEW}?about=all&topic=sites&min=minor")
    said = text_of(answer)

    assert "0 mails in 40 days" in said
    assert "in topics that you left out" in said
    (more,) = re.findall(r'href="(/subscriptions/new\?[^"]+)" rel="nofollow"><span>With ', answer.text)
    looser = site.get(html.unescape(more))
    assert "1 mail in 40 days" in text_of(looser)
    assert re.search(r'value="all" checked', looser.text)


def test_what_was_seen_is_said_in_whole_sentences_in_every_language(site: ReadingSite) -> None:
    rule = f"{NEW}?trial={WITHDRAWN_LATER}&min=critical"

    assert "5 changes were seen. 1 mail is critical." in text_of(site.get(rule))
    site.visitor = NOBODY
    french = text_of(site.get(rule, accept_language="fr"))
    assert "5 changements ont été vus. 1 e-mail est critique." in french


def test_the_preview_alone_is_the_answer_to_a_script(site: ReadingSite) -> None:
    whole = site.get(f"{NEW}?about=all", hx_request="true", hx_history_restore_request="true")
    part = site.get(f"{NEW}?about=all", hx_request="true")
    wrong = site.get(f"{NEW}?about=all&days=many", hx_request="true")

    assert "<html" in whole.text
    assert "<html" not in part.text
    assert HEADLINE in text_of(part)
    assert 'id="peek" hx-swap-oob' in part.text
    assert (wrong.status_code, "whole number of days" in wrong.text) == (200, True)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("trial=%3Cscript%3E", "“<script>” is not the number of a trial"),
        (f"trial={'NCT02116634,' * (MOST_TRIALS + 1)}", f"Give at most {MOST_TRIALS} trials"),
        ("about=all&min=enormous", "not a known significance"),
        ("about=all&topic=weather", "not a known topic"),
        ("about=all&every=hourly", "Choose how often"),
        ("about=all&every=daily&zone=Mars", "Choose a time zone"),
        ("about=all&every=daily&at=25:00", "such as 08:00"),
        ("watch=77", "there is no watch 77"),
        ("group=rivals", "no group"),
        ("trial=%E2%80%AE&min=minor", "is not the number of a trial"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(site: ReadingSite, query: str, words: str) -> None:
    answer = site.get(f"{NEW}?{query}")

    assert answer.status_code == 400
    assert words.lower() in text_of(answer).lower()
    assert "<script>" not in answer.text


def test_without_saying_what_it_is_about_nothing_is_tried(site: ReadingSite) -> None:
    for query in ("", "?every=daily", "?trial=", "?about=sponsor&sponsor=+"):
        answer = site.get(NEW + query)
        assert answer.status_code == 200
        assert "Say which trials it is about" in text_of(answer)


def test_who_may_subscribe_others_does_it_at_once(site: ReadingSite) -> None:
    site.visitor = SUBSCRIBER
    answer = site.post(
        NEW, do="save", about="trial", trial=WITHDRAWN_LATER, channel="email", address="ana@example.org", min="major"
    )

    (made,) = every(site)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/subscriptions/{made.id}?done=made")
    page = site.get(answer.headers["Location"])
    assert "Subscribed. It counts from the next change on. " in text_of(page)
    assert "a…@example.org" in text_of(page)
    assert "ana@" not in page.text
    assert (made.endpoint.shown, str(made.state), made.filters.min_significance) == (
        "ana@example.org",
        "active",
        Significance.MAJOR,
    )


def every(site: ReadingSite) -> list[Subscription]:
    with site.outbox.store.read() as tx:
        return subscriptions.listing(tx)


def test_a_new_webhooks_secret_is_shown_once(site: ReadingSite) -> None:
    sent = {"do": "save", "about": "all", "channel": "webhook", "address": "https://example.org/hook"}
    first, again = site.post(NEW, **sent), site.post(NEW, **sent)

    assert len(re.findall(r"whsec_\S+", text_of(first))) == 1
    assert first.headers["Cache-Control"] == "no-store"
    assert (again.status_code, "whsec_" in again.text) == (400, False)
    assert "That address is told of the same already, by subscription" in text_of(again)
    assert len(listed(site)) == 1


def test_a_form_that_is_sent_twice_makes_one_subscription_and_other_times_make_another(site: ReadingSite) -> None:
    sent = {"do": "save", "about": "all", "address": "ana@example.org"}

    first, again = site.post(NEW, **sent), site.post(NEW, **sent)
    weekly = {**sent, "every": "weekly", "at": "08:00", "zone": "UTC"}
    other, other_again = site.post(NEW, **weekly), site.post(NEW, **weekly)

    assert [each.status_code for each in (first, again, other, other_again)] == [303, 400, 303, 400]
    assert 'value="ana@example.org"' in again.text, "what was filled in stays"
    assert "at other times" in text_of(site.get(other.headers["Location"]))
    assert len(listed(site)) == 2
    assert "by a user, on a page" in text_of(site.get(other.headers["Location"]))


def test_a_stranger_who_loads_the_answer_again_is_sent_nothing_more(site: ReadingSite) -> None:
    site.visitor = NOBODY
    asked = site.post(NEW, do="save", about="all", address="ana@example.org")

    assert (asked.status_code, asked.headers["Location"]) == (303, "/subscriptions/asked")
    for _ in range(2):
        page = site.get(asked.headers["Location"])
        assert (page.status_code, "ana@" in page.text) == (200, False)
        assert "asks you to confirm, within 48 hours" in text_of(page)
    assert listed(site) == [("ana@example.org", "pending")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"address": ""}, "Give the address"),
        ({"address": "ana"}, "mail address"),
        ({"channel": "pigeon"}, "Choose mail, webhook or chat"),
        ({"note": "x" * 501}, "at most 500 characters"),
        ({"name": "rivals"}, "called “rivals” already"),
        ({"about": "all", "at": "x", "every": "weekly"}, "such as 08:00"),
    ],
)
def test_what_cannot_be_saved_is_said_and_what_was_filled_in_stays(
    site: ReadingSite, fields: dict[str, str], words: str
) -> None:
    whole = {"do": "save", "about": "all", "channel": "email", "address": "ana@example.org", "note": "our rival"}
    assert site.post(NEW, **whole, name="rivals").status_code == 303

    answer = site.post(NEW, **{**whole, **fields})

    assert answer.status_code == 400
    assert words in text_of(answer)
    assert "note" in fields or 'value="our rival"' in answer.text
    assert len(listed(site)) == 1


def test_showing_by_a_button_needs_no_script_and_puts_nobodys_address_into_an_address(site: ReadingSite) -> None:
    answer = site.post(NEW, do="show", about="all", min="minor", address="ana@example.org", note="our rival")

    assert HEADLINE in text_of(answer)
    assert 'value="ana@example.org"' in answer.text
    assert not re.search(r'href="[^"]*(ana|rival)', answer.text)
    assert listed(site) == []


def test_a_sponsor_of_trials_that_are_kept_is_watched_from_then_on(site: ReadingSite) -> None:
    answer = site.get(f"{NEW}?sponsor={SPONSOR.upper()}")
    assert "1 mail in 40 days" in text_of(answer)
    assert "No watch looks for that yet" in text_of(answer)

    made = site.post(NEW, do="save", about="sponsor", sponsor=SPONSOR, address="ana@example.org")

    assert made.headers["Location"].endswith("?done=made")
    with site.outbox.store.read() as tx:
        (watched,) = searches.of_registry(tx, site.outbox.registry.key)
    assert watched.search == Search(sponsor=SPONSOR)
    assert every(site)[0].watch_id == watched.watch_id


def test_of_very_many_changes_the_latest_are_tried_and_that_is_said(
    site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.outbox.sandbox.edit(WITHDRAWN_LATER, titled("Another"))
    site.outbox.check(WITHDRAWN_LATER)
    monkeypatch.setattr(previewing, "MOST", 1)

    said = text_of(site.get(f"{NEW}?about=all&min=administrative"))

    assert "only the latest are tried, those since" in said
    assert "1 mail in" in said


def test_many_rules_at_once_wait_and_are_told_to_come_again(site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "WAITS", 0.01)
    monkeypatch.setattr(previewing, "_trying", BoundedSemaphore(1))
    with previewing._trying:
        busy = site.get(f"{NEW}?about=all")

    assert (busy.status_code, "ry again in a few seconds" in busy.text) == (503, True)
    assert site.get(f"{NEW}?about=all").status_code == 200


@pytest.mark.parametrize("query", ["sponsor=Nobody", "condition=gout", "search=AREA[Phase]PHASE9"])
def test_what_nobody_watches_yet_cannot_be_tried_and_may_be_subscribed(site: ReadingSite, query: str) -> None:
    answer = site.get(f"{NEW}?{query}")

    assert answer.status_code == 200
    assert "so there is nothing to test against. Subscribe all the same" in text_of(answer)


def test_a_condition_that_trials_here_have_is_tried_on_these(site: ReadingSite) -> None:
    index_missing(site.outbox.store, [site.outbox.registry])

    assert "1 mail in 40 days" in text_of(site.get(f"{NEW}?condition=amyotrophic lateral sclerosis"))


def test_what_nobody_watches_yet_is_looked_up_and_watched_from_then_on(site: ReadingSite) -> None:
    whole = {"do": "save", "address": "ana@example.org", "about": "sponsor"}

    alike = site.post(NEW, **whole, sponsor="Alzahra")
    unknown = site.post(NEW, **whole, sponsor="Nobody at all")
    made = site.post(NEW, **{**whole, "about": "condition"}, condition="gout")

    assert [each.status_code for each in (alike, unknown, made)] == [400, 400, 303]
    assert "Alzahra Hospital" in text_of(alike).split("These are like it:")[1]
    with site.outbox.store.read() as tx:
        (watched,) = searches.of_registry(tx, site.outbox.registry.key)
    assert watched.search == Search(condition="gout")
    assert every(site)[0].watch_id == watched.watch_id


def test_filters_of_other_pages_are_understood(site: ReadingSite) -> None:
    """The first page's, which has parts of addresses for names, and a watch's."""
    with site.outbox.store.begin() as tx:
        watch, _ = watches.add_search(
            tx,
            registry=site.outbox.registry.key,
            search=Search(sponsor=SPONSOR),
            origin="command",
            name=None,
            at=site.outbox.clock(),
        )
    index_missing(site.outbox.store, [site.outbox.registry])

    assert "--sponsor 'Alzahra Hospital'" in text_of(site.get(f"{NEW}?sponsor=alzahra-hospital&since=90d"))
    assert "--sponsor 'Alzahra Hospital'" in text_of(site.get(f"{NEW}?watch={watch.id}"))
    assert "--all --min-significance major" in text_of(site.get(f"{NEW}?min=major&since=14d"))


@pytest.mark.parametrize("visitor", [NOBODY, OPERATOR])
def test_filters_that_no_subscription_holds_become_the_trials_that_they_find(
    changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch, visitor: Visitor
) -> None:
    monkeypatch.setattr(changed_site, "visitor", visitor)
    address = re.search(r'href="(/subscriptions/new[^"]*)"', changed_site.get("/?q=alzahra&min=critical").text)[1]
    found = changed_site.get(html.unescape(address))

    assert found.status_code == 200
    assert "about the trial that these filters find now, by its number: “alzahra”" in text_of(found)
    assert re.search(rf'name="trial" value="{WITHDRAWN_LATER}"', found.text)
    assert HEADLINE in text_of(found), "it is tried"
    assert re.search(r'name="min" value="critical" checked', found.text)
    several = changed_site.get(
        f"{NEW}?condition=amyotrophic-lateral-sclerosis&sponsor=alzahra-hospital&kind=status.stopped"
    )
    assert re.search(rf'name="trial" value="{WITHDRAWN_LATER}"', several.text)
    assert re.search(r'name="stops" value="yes" checked', several.text)


def test_filters_that_find_too_much_are_said_and_not_lost_silently(
    changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.web.subscribing.carrying.MOST_TRIALS", 0)

    said = text_of(changed_site.get(f"{NEW}?q=alzahra&kind=dates"))

    assert "A subscription cannot be about “alzahra”: choose a sponsor, a condition, or at most 0 trials." in said
    assert "Kinds of change are left out: dates." in said
    assert changed_site.get(f"{NEW}?q=alzahra&condition=nonsense").status_code == 400


def test_a_stranger_may_ask_for_the_trials_of_a_sponsor_that_is_not_watched(
    changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = changed_site.get("/sponsors/alzahra-hospital").text
    (button,) = re.findall(r'href="(/subscriptions/new[^"]*)"', page)
    built = changed_site.get(html.unescape(button))
    monkeypatch.setattr("monitor.web.subscribing.carrying.MOST_TRIALS", 0)
    changed_site.forget()
    without = changed_site.get("/sponsors/alzahra-hospital").text

    assert built.status_code == 200
    assert re.search(rf'name="trial" value="{WITHDRAWN_LATER}"', built.text)
    assert "Those that come later" in text_of(built) or "One that comes later" in text_of(built)
    assert "/subscriptions/new" not in without, "nobody is led to what would be refused"
    changed_site.forget()


def test_a_trial_of_another_registry_is_had_watched_by_those_alone_who_may(
    changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger is told whom to ask, and is offered no button that would be refused."""
    usual = changed_site.outbox.registry
    session = PoliteSession(requests_per_second=1, user_agent="registry-monitor/0 (tests)")
    other = Isrctn(base_url="http://127.0.0.1:9/", session=session)
    registries = [usual, other]
    known = {"registries": registries, "identify": lambda text: find_registry(registries, text)}
    monkeypatch.setattr(changed_site.answering, "site", replace(changed_site.site, **known))
    path = "/trials/ISRCTN12949496"
    stranger, refused = changed_site.get(path), changed_site.get(f"{NEW}?trial=ISRCTN12949496")
    monkeypatch.setattr(changed_site, "visitor", OPERATOR)
    operator, taken = changed_site.get(path), changed_site.get(f"{NEW}?trial=ISRCTN12949496")
    changed_site.forget()
    session.close()

    assert "The operator of this service can have it watched." in text_of(stranger)
    assert "/subscriptions/new" not in stranger.text
    assert (refused.status_code, "not watched here: ask the operator to watch it." in text_of(refused)) == (400, True)
    assert "Whoever asks to be told of its changes has it watched from then on." in text_of(operator)
    assert f'href="{NEW}?trial=ISRCTN12949496"' in operator.text
    assert taken.status_code == 200


def test_filters_find_nothing_for_who_may_not_read(changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_site.answering, "site", replace(changed_site.site, is_public=False))

    assert f'value="{WITHDRAWN_LATER}"' not in changed_site.get(f"{NEW}?q=alzahra").text


def test_a_stranger_is_offered_what_is_watched_and_asks_for_mails_alone(site: ReadingSite) -> None:
    site.visitor = NOBODY

    page = site.get(f"{NEW}?about=all").text
    assert ('value="webhook"' in page, 'value="search"' in page, 'name="about" value="sponsor"' in page) == (
        False,
        False,
        False,
    )
    assert HEADLINE in html.unescape(re.sub(r"<[^>]+>", "", page))
    refused = site.post(NEW, do="save", about="search", search="x", channel="webhook", address="https://example.org/h")
    asked = site.post(
        NEW,
        do="save",
        about="all",
        channel="webhook",
        address="ana@example.org",
        every="weekly",
        at="8:00",
        note="buy this",
    )

    assert (refused.status_code, asked.status_code) == (400, 303)
    assert listed(site) == [("ana@example.org", "pending")]
    assert (every(site)[0].rhythm.every, every(site)[0].note) == (Every.WEEKLY, None), "nobody is sent their words"


def test_where_nothing_is_public_a_stranger_sees_nothing_of_any_trial(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path
) -> None:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    with ReadingSite(outbox, is_public=False) as site:
        pages = [site.get(f"{NEW}?about=all"), site.get(f"{NEW}?about=all", hx_request="true")]
        pages.append(site.post(NEW, do="show", about="all"))
        assert [each.status_code for each in pages] == [200] * 3
        assert not any("economic" in each.text or "would have sent" in each.text for each in pages)
        site.visitor = READER
        assert "economic" in site.get(f"{NEW}?about=all").text
        site.answering.site = with_no_self_service(site)
        assert site.get(NEW).status_code == 403
        site.visitor = NOBODY
        assert site.get(NEW).status_code == 401
        assert site.post(NEW, do="save", about="all", address="ana@example.org").status_code == 401
        assert site.get("/a/none").status_code == 404
    outbox.registry.close()


def with_no_self_service(site: ReadingSite) -> Site:
    return replace(site.site, has_self_service=False)


def test_no_page_leads_strangers_to_what_only_others_may_do(
    changed_site: ReadingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = ("/", f"/trials/{WITHDRAWN_LATER}", "/conditions/amyotrophic-lateral-sclerosis", "/trials/NCT00000102")

    def leading() -> list[str]:
        changed_site.forget()
        return [path for path in pages if 'href="/subscriptions/new' in changed_site.get(path).text]

    assert leading() == list(pages)
    monkeypatch.setattr(changed_site.answering, "site", with_no_self_service(changed_site))
    assert leading() == []
    monkeypatch.setattr(changed_site, "visitor", OPERATOR)
    assert leading() == list(pages)
