"""The mails that ask whether to keep alerts, answered on their page, through real HTTP."""

import re
from email.message import EmailMessage

from monitor.storage import questions
from tests.program import WITHDRAWN_LATER
from tests.web.site import Site, text_of


def asked_a_year_later(site: Site) -> EmailMessage:
    site.subscribed()
    site.outbox.clock.advance(days=366)
    site.outbox.deliver()
    return site.mails()[-1]


def links_of(mail: EmailMessage) -> list[str]:
    """Where the mail's buttons lead."""
    html = mail.get_body(("html",))
    assert html is not None
    return re.findall(r'href="([^"]+/(?:keep|leave))"', html.get_content())


def answered_at(site: Site) -> object:
    with site.outbox.store.begin() as tx:
        site.outbox.clock.advance(days=800)
        (question,) = questions.due(tx, now=site.outbox.clock(), limit=5)
        return question.answered_at


def test_a_yes_keeps_it_with_one_button_and_is_noted(site: Site) -> None:
    mail = asked_a_year_later(site)
    keep, leave = links_of(mail)[:2]
    assert (mail["Subject"], leave) == ("Are these alerts still useful?", mail["List-Unsubscribe"].strip("<>"))
    assert keep in text_of(mail)
    assert WITHDRAWN_LATER in text_of(mail)

    page = site.reader.open(keep)
    assert (page.status_code, "Yes, keep them" in page.text) == (200, True)
    said = site.reader.submit(keep)
    now = site.outbox.clock()

    assert (said.status_code, "Kept" in said.text, site.states()) == (200, True, ["active"])
    assert answered_at(site) == now


def test_a_no_ends_it_with_one_button(quick_site: Site) -> None:
    keep, leave = links_of(asked_a_year_later(quick_site))[:2]

    quick_site.reader.submit(leave, do="leave")

    assert quick_site.states() == ["ended"]
    assert "Have them again" in quick_site.reader.open(keep).text


def test_programs_that_open_the_links_answer_nothing(quick_site: Site) -> None:
    mail = asked_a_year_later(quick_site)
    for link in links_of(mail):
        for method in ("GET", "HEAD", "GET"):
            assert quick_site.reader.request(method, link, timeout=20).status_code == 200

    assert quick_site.states() == ["active"]
    assert answered_at(quick_site) is None


def test_an_answer_comes_from_its_page_alone(quick_site: Site) -> None:
    keep = links_of(asked_a_year_later(quick_site))[0]
    other = quick_site.reader.send_fields(keep, {"form": "00"})
    foreign = quick_site.reader.send_fields(keep, {}, headers={"Sec-Fetch-Site": "cross-site"})
    forged = quick_site.reader.open(keep[:-8] + "AAA/keep")

    assert (other.status_code, foreign.status_code, forged.status_code) == (403, 403, 404)
    assert answered_at(quick_site) is None


def test_a_mail_that_says_that_nothing_more_is_expected_asks_on_the_same_page(quick_site: Site) -> None:
    quick_site.subscribed()
    quick_site.withdraw()
    quick_site.outbox.clock.advance(days=5)
    quick_site.outbox.deliver()
    mail = quick_site.mails()[-1]

    assert mail["Subject"] == f"Nothing more is expected of {WITHDRAWN_LATER}: keep these alerts?"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Kept" in quick_site.reader.submit(links_of(mail)[0]).text
