"""People subscribe themselves, change that and leave, over real HTTP, and nobody can make them."""

import html
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Thread
from threading import enumerate as enumerate_threads

import pytest
from requests import Response
from sqlalchemy import text

from monitor.alerts import managing
from monitor.alerts.subscribe import Asked, SubscriptionScope, Wanted, apply_config, set_state
from monitor.alerts.teams import subscribe_team
from monitor.errors import DeliveryRejected
from monitor.model import Filters, Search, Significance, SubscriptionState
from monitor.model.rhythm import IMMEDIATE, Every, Rhythm
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import notices, subscriptions, watches
from monitor.storage.store import Store
from monitor.storage.tables import metadata
from monitor.web.site.answering import THREADS
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.service.processes import eventually
from tests.web.site import ANNA, Reader, Site, text_of

ON_POSTGRESQL = SLOW

BOB = "bob@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


# The whole way


def test_who_asks_confirms_hears_and_leaves_with_one_click(site: Site) -> None:
    asked = site.ask()
    assert (asked.status_code, site.states()) == (200, ["pending"])
    site.rename("EARLY")
    site.outbox.deliver()
    assert [mail["To"] for mail in site.mails()] == [ANNA], "nothing but the question before it is answered"

    site.reader.submit(site.confirmation())
    assert site.states() == ["active"]
    site.withdraw()
    site.outbox.deliver()
    _, told = site.mails()
    assert WITHDRAWN_LATER in told["Subject"]
    leave = told["List-Unsubscribe"].strip("<>")
    assert leave.startswith(f"{site.url}/a/")
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert leave.removesuffix("/leave") in text_of(told)
    assert "This is alert 1 of this subscription." in text_of(told), "the question is no alert"

    answer = Reader(site).send_fields(leave, ONE_CLICK, headers={"Origin": "null"})
    site.rename("LATE")
    site.outbox.deliver()

    assert (answer.status_code, answer.headers.get("Location"), answer.headers.get("Set-Cookie")) == (200, None, None)
    assert site.states() == ["ended"]
    assert len(site.mails()) == 2


def test_the_question_says_what_is_asked_and_carries_the_way_to_end_it(quick_site: Site) -> None:
    quick_site.ask()
    quick_site.outbox.deliver()

    (mail,) = quick_site.mails()
    words = " ".join(text_of(mail).split())
    assert f"asked for mails to {ANNA} about changes in {WITHDRAWN_LATER}." in words
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Reader(quick_site).send_fields(mail["List-Unsubscribe"].strip("<>"), ONE_CLICK).status_code == 200
    assert quick_site.states() == ["ended"]
    assert quick_site.reader.open(re.findall(r"http\S+/confirm/\S+", text_of(mail))[0]).status_code == 404


def test_what_was_owed_is_not_sent_after_leaving(quick_site: Site) -> None:
    page = quick_site.subscribed()
    quick_site.withdraw()
    assert quick_site.owed() == 1

    Reader(quick_site).send_fields(f"{page}/leave", ONE_CLICK)

    assert quick_site.owed() == 0
    assert quick_site.outbox.deliver() == []


def test_a_trial_that_nobody_watched_is_watched_once_it_is_confirmed(site: Site) -> None:
    other = next(each for each in site.outbox.sandbox.trial_ids() if each != WITHDRAWN_LATER)

    def watched() -> bool:
        with site.outbox.store.read() as tx:
            return bool(watches.holding(tx, site.outbox.registry.key, other))

    site.ask(trial=f"https://clinicaltrials.gov/study/{other} {WITHDRAWN_LATER}")
    assert not watched()
    site.reader.submit(site.confirmation())

    assert watched()
    assert site.listed()[0].origin == "web"


def test_all_trials_of_a_sponsor_that_is_watched_can_be_asked_for(quick_site: Site) -> None:
    outbox = quick_site.outbox
    with outbox.store.begin() as tx:
        watch, _ = watches.add_search(
            tx,
            registry=outbox.registry.key,
            search=Search(sponsor="Halden <b>"),
            origin="command",
            name=None,
            at=outbox.clock(),
        )
    page = quick_site.reader.open("/subscriptions/new").text
    assert "<option>Halden &lt;b&gt;</option>" in page

    assert quick_site.ask(about="sponsor", sponsor="Nobody").status_code == 400
    own = quick_site.subscribed(about="sponsor", sponsor="halden  <B>")

    assert quick_site.listed()[-1].watch_id == watch.id
    assert "trials that Halden &lt;b&gt; leads" in quick_site.reader.open(own).text


# What no stranger can do


def test_programs_that_open_every_link_change_nothing(site: Site) -> None:
    page = site.subscribed()
    site.ask(BOB)
    confirm = site.confirmation()
    before = contents(site.outbox.store)

    for _ in range(3):
        for link in (page, f"{page}/leave", f"{page}/keep", confirm, "/subscriptions/new"):
            scanner = Reader(site)
            assert scanner.open(link).status_code == 200
            assert scanner.head(site.whole(link), timeout=20).status_code == 200

    assert contents(site.outbox.store) == before
    assert site.states() == ["active", "pending"]


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as tx:
        return {
            name: sorted((tuple(row) for row in tx.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in metadata.tables
        }


@pytest.mark.parametrize("multipart", [False, True])
def test_one_click_comes_as_either_kind_of_form_and_twice(quick_site: Site, multipart: bool) -> None:
    page = quick_site.subscribed()
    sent = {"files": {"List-Unsubscribe": (None, "One-Click")}} if multipart else {"data": ONE_CLICK}

    answers = [
        quick_site.reader.post(f"{page}/leave", allow_redirects=False, timeout=20, **sent)  # type: ignore[arg-type]
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert quick_site.states() == ["ended"]


@pytest.mark.parametrize("body", ["", "x=1", "List-Unsubscribe=Two-Clicks", "List-Unsubscribe"])
def test_a_post_that_does_not_say_so_leaves_nothing(quick_site: Site, body: str) -> None:
    page = quick_site.subscribed()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = quick_site.reader.post(f"{page}/leave", data=body, headers=kind, timeout=20)

    assert (answer.status_code, quick_site.states()) == (400, ["active"])


def test_a_link_that_nobody_here_signed_leads_nowhere(quick_site: Site) -> None:
    page = quick_site.subscribed()
    quick_site.subscribed(BOB)
    base, _, token = page.rpartition("/")
    forged = {token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(48)}
    forged |= {token[:-1], token + "A", token[:22], "A" * 48, "é" * 48, "%00", token.swapcase(), ""}

    for each in sorted(forged):
        answer = quick_site.reader.post(f"{base}/{each}/leave", data=ONE_CLICK, allow_redirects=False, timeout=20)
        assert answer.status_code == (400 if each == "%00" else 404), each

    assert quick_site.states() == ["active", "active"]


def test_a_question_is_answered_once_and_within_two_days(site: Site) -> None:
    site.ask()
    first = site.confirmation()
    site.ask(BOB)
    second = site.confirmation()
    token = first.rpartition("/")[2]
    assert len(token) >= 22, "128 bits in base64"
    form = re.findall(r'name="form" value="(\w+)"', site.reader.open(first).text)[0]
    assert site.reader.send_fields(first, {"form": form}).status_code == 200

    assert site.reader.send_fields(first, {"form": form}).status_code == 404
    assert site.reader.open(f"{site.url}/confirm/{token[:-1]}x").status_code == 404
    site.outbox.clock.advance(hours=49)
    assert site.reader.open(second).status_code == 404
    site.outbox.deliver()
    assert site.states() == ["active", "ended"]


def test_an_address_that_was_not_confirmed_is_forgotten_and_a_confirmed_one_is_not(site: Site) -> None:
    site.subscribed(ANNA)
    site.ask(ANNA)
    site.ask(BOB)
    site.outbox.deliver()
    site.outbox.clock.advance(days=3, seconds=1)

    site.ask("cleo@example.org")

    held = contents(site.outbox.store)
    assert [each.endpoint.shown for each in site.listed()] == [ANNA, "cleo@example.org"]
    assert BOB not in repr(held)
    assert [len(held[name]) for name in ("endpoints", "confirmations", "notices", "subscribed_trials")] == [2, 1, 2, 2]


def test_a_mistyped_address_is_nothing_for_the_operator(quick_site: Site) -> None:
    quick_site.outbox.refuse(BOB, DeliveryRejected("550 5.1.1 nobody here", status=550, ends=True))
    quick_site.ask(BOB)
    quick_site.outbox.deliver()

    with quick_site.outbox.store.read() as tx:
        assert notices.listing(tx) == []
    assert quick_site.states() == ["ended"]


def test_no_token_is_in_the_database_in_clear_once_it_was_used(site: Site) -> None:
    """Until then it is in the mail that carries it, and nowhere else."""
    site.ask()
    confirm = site.confirmation()
    token = confirm.rpartition("/")[2]
    held = contents(site.outbox.store)
    assert token not in repr(held)
    assert any(row for row in held["deliveries"] if row[-1] is not None)

    page = site.reader.submit(confirm)

    after = contents(site.outbox.store)
    assert page.status_code == 200
    assert [row[-1] for row in after["deliveries"]] == [None]
    assert [row[1:3] for row in after["confirmations"]] == [(None, None)]


def test_a_known_address_and_an_unknown_one_get_the_same_answer_and_so_does_one_too_many(quick_site: Site) -> None:
    quick_site.subscribed(ANNA)
    asked = [quick_site.ask(address) for address in (ANNA, BOB, ANNA, ANNA.upper(), ANNA)]

    answers = {(answer.status_code, re.sub(f"{ANNA}|{BOB}", "X", answer.text, flags=re.IGNORECASE)) for answer in asked}
    assert len(answers) == 1
    quick_site.outbox.deliver()
    to = [mail["To"] for mail in quick_site.mails()]
    assert (to.count(ANNA), to.count(BOB)) == (3, 1)
    quick_site.outbox.clock.advance(hours=24, seconds=1)
    quick_site.ask(ANNA)
    quick_site.outbox.deliver()
    assert [mail["To"] for mail in quick_site.mails()].count(ANNA) == 4


def test_an_answer_does_not_come_before_its_time(quick_site: Site) -> None:
    """Which is longer than anything takes that is done meanwhile."""
    answers = [
        quick_site.reader.submit("/subscriptions/new", address=address, about="all")
        for address in (ANNA, ANNA, ANNA, ANNA, BOB)
    ]

    assert {answer.status_code for answer in answers} == {303}
    assert min(answer.elapsed.total_seconds() for answer in answers) >= 0.3


def test_no_digest_comes_before_it_is_confirmed(site: Site) -> None:
    site.ask(every="daily", zone="UTC", at="08:00", all_quiet="yes")
    confirm = site.confirmation()
    site.withdraw()
    site.outbox.clock.advance(hours=30)
    site.outbox.deliver()
    assert len(site.mails()) == 1

    site.reader.submit(confirm)
    site.outbox.clock.advance(hours=24)
    site.outbox.deliver()

    (quiet,) = site.mails()[1:]
    assert quiet["Subject"].startswith("Quiet"), "what happened before is not told"


def test_a_network_has_its_share_an_hour(quick_site: Site) -> None:
    def asking_from(network: str) -> int:
        reader = Reader(quick_site)
        reader.headers["X-Forwarded-For"] = f"198.51.100.9, {network}"
        address = f"{network.replace(':', '-')}@example.org"
        wanted = {"about": "trial", "trial": WITHDRAWN_LATER}
        return reader.submit("/subscriptions/new", address=address, **wanted).status_code

    def asking_together(networks: Sequence[str]) -> list[int]:
        with ThreadPoolExecutor(len(networks)) as people:
            return sorted(people.map(asking_from, networks))

    assert asking_together([f"203.0.113.{number}" for number in range(22)]) == [303] * 20 + [429] * 2
    assert asking_from("203.0.114.1") == 303
    assert asking_together([f"2001:db8::{number:x}" for number in range(21)]) == [303] * 20 + [429]
    assert asking_from("2001:db8:0:1::1") == 303
    quick_site.outbox.clock.advance(hours=1, seconds=1)
    assert asking_from("203.0.113.77") == 303


def test_another_site_cannot_fill_in_a_form(quick_site: Site) -> None:
    page = quick_site.subscribed()
    fields = {"address": BOB, "about": "all", "min": "minor"}
    reader = quick_site.reader
    form = re.findall(r'name="form" value="(\w+)"', reader.open("/subscriptions/new").text)[0]
    own = re.findall(r'name="form" value="(\w+)"', reader.open(page).text)[0]

    refused = [
        Reader(quick_site).send_fields("/subscriptions/new", fields | {"form": form}),
        reader.send_fields("/subscriptions/new", fields),
        reader.send_fields("/subscriptions/new", fields | {"form": own}),
        reader.send_fields("/subscriptions/new", fields | {"form": form}, {"Origin": "https://evil.example"}),
        reader.send_fields("/subscriptions/new", fields | {"form": form}, {"Sec-Fetch-Site": "cross-site"}),
        reader.send_fields(page, {"do": "pause"}),
        reader.send_fields(page, {"do": "pause", "form": form}),
        reader.send_fields(page, {"do": "pause", "form": own}, {"Sec-Fetch-Site": "same-site"}),
    ]

    assert [answer.status_code for answer in refused] == [403] * 8
    assert quick_site.states() == ["active"]
    assert reader.send_fields(page, {"do": "pause", "form": own}, {"Origin": "null"}).status_code == 200
    assert quick_site.states() == ["paused"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"address": "anna"}, "not a mail address"),
        ({"address": ""}, "Give the mail address"),
        ({"trial": ""}, "Give the number of a trial"),
        ({"trial": "x<script>"}, "“x&lt;script&gt;” is not the number of a trial"),
        ({"trial": " ".join(f"NCT{number:08}" for number in range(51))}, "at most 50 trials"),
        ({"topic": "weather"}, "not a known topic"),
        ({"min": "enormous"}, "not a known significance"),
        ({"every": "hourly", "zone": "UTC"}, "Choose how often"),
        ({"days": "many"}, "whole number of days"),
    ],
)
def test_a_form_that_is_wrong_says_so_and_keeps_what_was_filled_in(
    quick_site: Site, fields: dict[str, str], words: str
) -> None:
    answer = quick_site.ask(**{"address": "zoe@example.org", **fields})

    assert answer.status_code == 400
    assert words in answer.text
    assert "<script>" not in answer.text
    assert quick_site.listed() == []


def test_a_form_that_is_none_or_endless_is_refused(quick_site: Site) -> None:
    url = quick_site.whole("/subscriptions/new")

    assert quick_site.reader.post(url, json={"address": ANNA}, timeout=20).status_code == 415
    refused = quick_site.reader.post(url, data={"address": "a" * 70_000}, timeout=20)
    assert (refused.status_code, "a form takes 64 kB and 200 fields" in refused.text) == (413, True)
    assert quick_site.reader.post(url, data={f"f{number}": "" for number in range(300)}, timeout=20).status_code == 413


def test_pages_have_no_script_and_no_style_and_secret_ones_tell_nobody_where_they_are(quick_site: Site) -> None:
    page = quick_site.subscribed()
    quick_site.ask(BOB)
    confirm = quick_site.confirmation()
    for link in ("/subscriptions/new", page, f"{page}/leave", confirm, "/a/none", "/confirm/none"):
        answer = quick_site.reader.open(link)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert {"form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy.split("; "))
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == ("same-origin" if link == "/subscriptions/new" else "no-referrer")
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert not re.search(
            r"<script(?! src=)|<style| style=| on\w+=|(src|href)=\"(https?:)?//(?!127\.0\.0\.1)", answer.text
        )
        assert answer.text.count("<h1") == 1
        assert ANNA not in answer.text


def test_what_pages_load_may_be_kept_for_ever_and_changes_its_address_with_its_content(quick_site: Site) -> None:
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', quick_site.reader.open("/subscriptions/new").text)

    answers = {file.rpartition("/")[2]: quick_site.reader.open(file) for file in files}

    assert {name: answer.headers["Content-Type"] for name, answer in answers.items()} == {
        "site.css": "text/css; charset=utf-8",
        "page.js": "text/javascript; charset=utf-8",
        "htmx.min.js": "text/javascript; charset=utf-8",
        "icon.svg": "image/svg+xml",
    }
    assert all("immutable" in answer.headers["Cache-Control"] for answer in answers.values())
    assert quick_site.reader.open("/static/000000000000/site.css").status_code == 404
    assert quick_site.reader.open(files[0].rpartition("/")[0] + "/frame.html").status_code == 404


def test_below_a_path_all_links_have_it(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> None:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.check(WITHDRAWN_LATER)
    with Site(outbox, path="/alerts") as site:
        own = site.subscribed()
        for link in ("/alerts/subscriptions/new", own, f"{own}/leave", f"{own}/keep"):
            page = site.reader.open(link)
            paths = re.findall(r'(?:href|action|src|hx-get)="(/[^"]+)"', page.text)
            assert all(path.startswith("/alerts/") for path in paths)
            ours = [
                path for path in paths if path.startswith(("/alerts/static/", "/alerts/subscriptions/", "/alerts/a/"))
            ]
            assert [site.reader.open(path).status_code for path in ours] == [200] * len(ours)
        assert own.startswith(f"{site.url}/alerts/a/")
        assert site.reader.open(own).status_code == 200
    outbox.registry.close()


def test_pages_that_wait_for_the_database_take_few_threads_and_keep_no_other_page_waiting(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path
) -> None:
    others = working_threads()  # of what other tests serve
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.check(WITHDRAWN_LATER)
    with Site(outbox) as site, ThreadPoolExecutor(40) as readers:
        page = site.subscribed()

        def leave(_: int) -> int:
            return Reader(site).send_fields(f"{page}/leave", ONE_CLICK).status_code

        with quick_store.begin():  # nobody else can write
            waiting = readers.map(leave, range(40))
            eventually(lambda: len(working_threads() - others) >= THREADS)
            assert [site.reader.open("/healthz").status_code for _ in range(10)] == [200] * 10
            assert len(working_threads() - others) <= THREADS + 1, "and one that answers about health"
        assert list(waiting) == [200] * 40
        assert site.states() == ["ended"]
    outbox.registry.close()


def working_threads() -> set[Thread]:
    """Those that take a step of a page, or wait for one."""
    return {thread for thread in enumerate_threads() if thread.name.startswith("AnyIO")}


# One's own page


def test_what_is_saved_counts_from_then_on_and_keeps_the_rest(site: Site) -> None:
    made = site.outbox.subscribe(
        ANNA, WITHDRAWN_LATER, channel="email", filters=Filters(min_days=30, without=frozenset(["trial.left"]))
    )
    page = site.links.manage(made.subscription.id)

    saved = site.reader.submit(page, do="save", topic=["dates", "sites"], min="critical", note=" our\r\n rival ")

    assert "Saved." in saved.text
    subscription = site.outbox.subscription(made)
    assert subscription.filters == Filters(
        topics=frozenset(["dates", "sites"]),
        min_significance=Significance.CRITICAL,
        min_days=30,
        without=frozenset(["trial.left"]),
    )
    assert subscription.note == "our rival"
    assert re.search(r'value="sites" checked>', saved.text)
    assert re.search(r'value="critical" checked>', saved.text)


def test_what_was_owed_is_told_though_its_filters_would_not_let_it_pass_now(site: Site) -> None:
    page = site.subscribed()
    site.withdraw()
    assert site.owed() == 1

    site.reader.submit(page, do="save", topic="sponsor", min="critical")
    site.outbox.deliver()

    assert WITHDRAWN_LATER in site.mails()[-1]["Subject"]
    assert site.owed() == 0


def test_a_pause_ends_by_the_same_page_which_counts_what_was_missed(site: Site) -> None:
    page = site.subscribed()
    assert "You have missed nothing so far." in site.reader.submit(page, do="pause").text
    site.withdraw()
    assert site.owed() == 0
    assert "You have missed 1 update so far" in site.reader.open(page).text

    assert "It goes on." in site.reader.submit(page, do="resume").text
    assert site.states() == ["active"]
    assert site.woken > 0
    site.outbox.deliver()
    assert len(site.mails()) == 1, "the question alone"


def test_what_a_pause_missed_comes_as_one_mail_if_asked(site: Site) -> None:
    page = site.subscribed()
    site.reader.submit(page, do="pause")
    site.withdraw()
    site.rename("LATE")
    assert "You have missed 2 updates so far" in site.reader.open(page).text

    said = site.reader.submit(page, do="catch up").text
    site.outbox.deliver()

    assert "2 updates that you missed will come as one mail." in said
    (told,) = site.mails()[1:]
    assert "Withdrawn" in text_of(told)
    assert "You missed nothing." in site.reader.submit(page, do="catch up").text, "pressed twice, or too late"
    site.outbox.deliver()
    assert len(site.mails()) == 2


def test_a_digest_is_asked_for_confirmed_changed_and_shown(site: Site) -> None:
    paris = {"every": "daily", "at": "08:00", "zone": "Europe/Paris"}
    page = site.subscribed(**paris)
    (subscription,) = site.listed()
    assert subscription.rhythm == Rhythm(every=Every.DAILY, zone="Europe/Paris")
    site.withdraw()
    site.outbox.deliver()
    assert len(site.mails()) == 1

    saved = site.reader.submit(page, **{**paris, "at": "21:30", "breaks_through": "yes"}, do="save", min="minor")
    assert "daily at 21:30, Europe/Paris; critical changes at once" in saved.text
    assert 'value="Europe/Paris" selected' in saved.text
    site.outbox.clock.advance(hours=5)
    site.outbox.deliver()

    (told,) = site.mails()[1:]
    assert told["Subject"] in html.unescape(site.reader.open(page).text), "among what was sent"
    site.reader.submit(page, do="save", min="minor", every="immediate", zone="UTC")
    assert site.listed()[0].rhythm == IMMEDIATE


def test_it_shows_what_was_sent_the_latest_first(quick_site: Site) -> None:
    page = quick_site.subscribed()
    assert "Nothing yet." in quick_site.reader.open(page).text
    quick_site.withdraw()
    quick_site.outbox.deliver()

    shown = quick_site.reader.open(page).text

    assert f"<bdi>[critical] {WITHDRAWN_LATER}: Withdrawn – “Because economic problems”</bdi>" in shown
    assert "2026-11-22" in shown


def test_leaving_can_be_taken_back_for_a_month_but_not_what_somebody_else_ended(site: Site) -> None:
    page = site.subscribed()
    left = site.reader.submit(f"{page}/leave", do="leave")
    assert "Undo" in left.text
    site.reader.submit(page, do="return")
    assert site.states() == ["active"]

    site.reader.submit(f"{page}/leave", do="leave")
    set_state(site.listed()[0].id, SubscriptionState.ACTIVE, site.outbox.subscribe_context)
    site.outbox.clock.advance(minutes=1)
    set_state(site.listed()[0].id, SubscriptionState.ENDED, site.outbox.subscribe_context)
    assert "Undo" not in site.reader.open(page).text
    assert site.reader.submit(page, do="return").status_code in (400, 403)
    assert site.states() == ["ended"]


def test_who_hears_of_trouble_is_told_so_and_may_leave_and_come_back(quick_site: Site) -> None:
    wanted = Wanted(name="operator", channel="email", address=ANNA, origin="operator")
    apply_config([wanted], quick_site.outbox.subscribe_context)
    (made,) = quick_site.listed()
    page = managing.page_of(made.id, quick_site.links, quick_site.outbox.subscribe_context)

    shown = quick_site.reader.open(page).text
    asked = quick_site.reader.open(f"{page}/leave").text
    left = quick_site.reader.submit(f"{page}/leave", do="leave").text

    assert "</bdi> is told of trouble with this service." in shown
    assert "</bdi> is told of trouble with this service." in asked
    assert "</bdi> is not told of trouble with this service any more." in left
    assert "</bdi> était informé des problèmes de ce service." in quick_site.reader.open(f"{page}?lang=fr").text
    assert "changes in" not in shown + asked + left
    quick_site.reader.submit(page, do="return")
    assert quick_site.states() == ["active"]


def test_whoever_comes_back_has_another_name_where_theirs_is_taken(quick_site: Site) -> None:
    page = quick_site.subscribed()
    with quick_site.outbox.store.begin() as tx:
        subscriptions.rename(tx, quick_site.listed()[0].id, "hips")
    quick_site.reader.submit(f"{page}/leave", do="leave")
    quick_site.subscribed(address="other@example.org")
    with quick_site.outbox.store.begin() as tx:
        (other,) = [each for each in quick_site.listed() if each.state is SubscriptionState.ACTIVE]
        subscriptions.rename(tx, other.id, "hips")

    quick_site.reader.submit(page, do="return")

    assert sorted(each.name or "" for each in quick_site.listed()) == ["hips", "hips (2)"]
    assert quick_site.states() == ["active", "active"]


def test_after_a_month_leaving_stays(quick_site: Site) -> None:
    page = quick_site.subscribed()
    form = re.findall(r'name="form" value="(\w+)"', quick_site.reader.open(page).text)[0]
    quick_site.reader.submit(f"{page}/leave", do="leave")
    quick_site.outbox.clock.advance(days=31)

    answer = quick_site.reader.send_fields(page, {"do": "return", "form": form})

    assert (answer.status_code, quick_site.states()) == (400, ["ended"])


def test_what_was_typed_stays_where_one_field_of_it_is_wrong(quick_site: Site) -> None:
    page = quick_site.subscribed()
    typed = {"min": "critical", "note": "our rival", "every": "daily", "at": "06:10", "zone": "Asia/Tokyo"}

    wrong = quick_site.reader.submit(page, do="save", days="many", topic="dates", offers="all", language="fr", **typed)

    assert wrong.status_code == 400
    assert {'value="many"', 'value="dates" checked', 'value="critical" checked', 'value="our rival"'} <= shown_in(wrong)
    assert {'value="daily" checked', 'value="06:10"', 'value="Asia/Tokyo" selected'} <= shown_in(wrong)
    assert '<option value="fr" lang="fr" selected' in wrong.text


def shown_in(page: Response) -> set[str]:
    return set(re.findall(r'value="[^"]*"(?: checked| selected)?', page.text))


def test_a_new_link_ends_the_former_ones_and_mails_carry_it(site: Site) -> None:
    former = site.subscribed()

    renewed = site.reader.submit(former, do="renew")
    new = re.findall(r'href="([^"]+/a/[^"]+)"', renewed.text)[0]

    assert new != former
    assert site.reader.open(former).status_code == 404
    assert site.reader.post(f"{former}/leave", data=ONE_CLICK, timeout=20).status_code == 404
    assert site.reader.open(new).status_code == 200
    site.withdraw()
    site.outbox.deliver()
    assert site.mails()[-1]["List-Unsubscribe"] == f"<{new}/leave>"


def test_the_same_confirmed_twice_is_told_once(site: Site) -> None:
    first = site.subscribed()
    second = site.subscribed()
    site.withdraw()
    site.outbox.deliver()

    assert first == second
    assert site.states() == ["active", "ended"]
    assert len(site.mails()) == 3


def test_a_subscription_of_the_configuration_is_left_and_not_changed(quick_site: Site) -> None:
    wanted = Wanted(name="office", channel="email", address=ANNA, scope=SubscriptionScope(everything=True))
    apply_config([wanted], quick_site.outbox.subscribe_context)
    page = quick_site.links.manage(quick_site.listed()[0].id)

    saved = quick_site.reader.submit(page, do="save", min="critical")
    left = quick_site.reader.submit(f"{page}/leave", do="leave")
    apply_config([wanted], quick_site.outbox.subscribe_context)

    assert (saved.status_code, left.status_code, quick_site.states()) == (400, 200, ["ended"])


def test_each_of_a_team_has_a_rhythm_of_their_own_and_leaves_alone_and_what_they_share_stays(quick_site: Site) -> None:
    context = quick_site.outbox.subscribe_context
    asked = Asked(scope=SubscriptionScope(everything=True))
    one, other = subscribe_team("email", [ANNA, "bruno@example.org"], asked, team="oncology", context=context)
    page = quick_site.links.manage(one.subscription.id)

    rhythm = {"every": "weekly", "at": "09:00", "zone": "UTC"}
    saved = quick_site.reader.submit(page, do="save", min="critical", topic="sites", **rhythm)
    changed, same = (quick_site.outbox.subscription(each) for each in (one, other))

    assert 'name="min"' not in saved.text
    assert (changed.filters, str(changed.rhythm.every)) == (Filters(), "weekly")
    assert (same.filters, str(same.rhythm.every)) == (Filters(), "immediate")
    quick_site.reader.submit(f"{page}/leave", do="leave")
    assert sorted(quick_site.states()) == ["active", "ended"]


def test_while_the_database_does_not_answer_pages_say_so(quick_site: Site) -> None:
    page = quick_site.subscribed()
    with quick_site.outbox.store.begin() as tx:
        tx.exec_driver_sql("ALTER TABLE links RENAME TO missing")

    answer = quick_site.reader.open(page)

    assert (answer.status_code, "The database does not answer" in answer.text) == (503, True)


def test_a_pause_of_thirty_days_ends_by_itself_with_what_was_missed(site: Site) -> None:
    page = site.subscribed()
    assert "Paused for 30 days." in site.reader.submit(page, do="pause for a while").text
    day = f"{site.outbox.clock() + timedelta(days=30):%Y-%m-%d}"
    assert f"They go on by themselves on {day}" in site.reader.open(page).text
    site.withdraw()
    site.outbox.clock.advance(days=29)
    site.outbox.deliver()
    assert (site.states(), len(site.mails())) == (["paused"], 1)
    assert not site.is_due()

    site.outbox.clock.advance(days=1)
    assert site.is_due()
    site.outbox.deliver()
    assert site.states() == ["active"]
    site.outbox.deliver()
    (told,) = site.mails()[1:]
    assert "Withdrawn" in text_of(told)
    assert not site.is_due()


def test_a_pause_that_was_ended_before_its_time_stays_ended(quick_site: Site) -> None:
    page = quick_site.subscribed()
    quick_site.reader.submit(page, do="pause for a while")
    quick_site.reader.submit(page, do="resume")
    quick_site.reader.submit(page, do="pause")
    quick_site.outbox.clock.advance(days=31)
    quick_site.outbox.deliver()

    assert quick_site.states() == ["paused"]
    assert "They go on by themselves" not in quick_site.reader.open(page).text


def test_older_mails_are_found_behind_the_latest(quick_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managing, "SHOWN", 1)
    page = quick_site.subscribed()
    quick_site.withdraw()
    quick_site.outbox.deliver()
    quick_site.rename("LATE")
    quick_site.outbox.deliver()
    latest = quick_site.reader.open(page).text
    link = re.search(r'href="([^"#]+before=[^"#]+)#h-had">2 older mails<', latest)
    assert link
    older = quick_site.reader.open(link[1]).text

    assert "Withdrawn" not in latest
    assert "Withdrawn" in older
    assert "1 older mail<" in older
    assert quick_site.reader.open(f"{page}?before=nonsense").status_code == 400
