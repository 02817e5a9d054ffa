"""Mails as the outbox makes them: no stranger's word becomes a header, no byte changes, no receiver is lost."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dkim
import pytest

from monitor.channels.email.transport import EmailTransport, signed
from monitor.model import Change, Endpoint, Event, Significance, Subscription, delivery_id
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import DROP, Mailbox, Stage
from monitor.storage.store import Store
from tests.channels.email.mails import INES, LI, NOW, OMAR, channel_to, mail_bytes, message
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

SUBSCRIPTION = "6f8f4a34-9c19-4f3c-9f25-0d7c6f7d54aa"
PAGE = "https://trials.example.org/leave/1f0c"


def change(before: str, after: str, summary: str) -> Change:
    return Change(
        field="why_stopped",
        path="protocolSection.statusModule.whyStopped",
        kind="why_stopped.changed",
        topic="status",
        before=before,
        after=after,
        summary=summary,
        significance=Significance.CRITICAL,
    )


def mail(*changes: Change, trial_id: str = "NCT05550001", to: str = INES, note: str = "", **more: object) -> bytes:
    told = Event(registry="clinicaltrials.gov", trial_id=trial_id, snapshot=2, occurred_at=NOW, changes=changes)
    endpoint = Endpoint(id="mailbox", channel="email", shown=to, address=to)
    options = {
        "title": "Melatonin After Heart Surgery",
        "url": "https://clinicaltrials.gov/study/NCT05550001",
        "subscription": Subscription(id=SUBSCRIPTION, endpoint=endpoint, everything=True, created_at=NOW, note=note),
        "delivery_id": delivery_id(told.id, SUBSCRIPTION),
        "sequence": 17,
        "changes": changes,
        "sender": "Trial monitor <monitor@example.org>",
        "list_host": "example.org",
        "unsubscribe": PAGE,
        "date": NOW,
    }
    return mail_bytes(told, **options | more)


def head_of(raw: bytes) -> list[str]:
    """The lines of the head, those that go on with the line before them left out."""
    lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return [line.decode() for line in lines if line[:1] not in (b" ", b"\t")]


# Headers

NAMES = [name for name, _, _ in (line.partition(":") for line in head_of(mail(change("a", "b", "It changed."))))]
OBEYED = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
PIECES = [
    *("\r\n", "\n", "\r", "\0", "\x1b[2J", "\x0b", "\x85", "\u2028", "\u202e", "\ud800", "\udfff", "\t", " ", "  "),
    *("\r\nBcc: omar@example.org", "\nSubject: other\n\n", "\r\n\r\n.\r\n", "=?utf-8?q?=0D=0ABcc:_x@example.org?="),
    *(
        "=?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS5vcmc=?=",
        "=?",
        "?=",
        "<",
        ">",
        '"',
        "\\",
        "(",
        ")",
        ",",
        ";",
        ":",
        "@",
        "%0d%0a",
    ),
    *("试验", "ניסוי", "é", "💉", "a", "word", "x" * 300, "ß" * 90),
]


def hostile(chance: random.Random) -> str:
    return "".join(chance.choices(PIECES, k=chance.randint(0, 12)))


@pytest.mark.slow
def test_no_stranger_adds_a_header_with_any_of_ten_thousand_texts() -> None:
    """Each of the texts stands wherever a header can hold what a registry, a subscriber or an operator wrote."""
    chance = random.Random(3)
    for _ in range(10_000):
        text = hostile(chance)
        raw = mail(
            change(text, hostile(chance), text),
            trial_id=text.encode("utf-8", "replace").decode() or "N",
            to=f"{text}@example.org",
            note=text,
            title=text,
            delivery_id=text,
            sender=f"{text} <monitor@example.org>",
            list_host=text,
            unsubscribe=f"https://trials.example.org/{text[:60]}",
        )

        head = head_of(raw)
        assert [line.partition(":")[0] for line in head] == NAMES, repr(text)
        whole = raw.partition(b"\r\n\r\n")[0]
        assert whole.count(b"\n") == whole.count(b"\r") == whole.count(b"\r\n"), repr(text)
        assert not OBEYED.search(whole.decode()), repr(text)
        assert max(map(len, whole.split(b"\r\n"))) <= 998, repr(text)


# The journey

LINES = [
    ".",
    "..",
    ".hidden",
    "From here on",
    ">From there",
    "x" * 2_000,
    "词" * 700,
    "试验已撤回",
    "הניסוי הופסק",
    "",
    "a\tb ",
]


@pytest.mark.slow
def test_a_thousand_mails_arrive_as_they_were_signed(mailbox: Mailbox, signing_key: tuple[bytes, bytes]) -> None:
    """And every one has the headers that a careful sender sets, under the signature where that matters."""
    private, record = signing_key
    chance = random.Random(4)
    made = []
    with channel_to(mailbox) as channel:
        for number in range(1_000):
            text = "\n".join(chance.choices(LINES, k=6))
            raw = mail(change(text, f"{text}\n{number}", text[:40]), note=text, delivery_id=f"mail-{number}")
            made.append(signed(raw, selector="trials", domain="example.org", key=private))
            channel.send(message(body=made[-1]), now=NOW)
        came = [each.raw for each in mailbox.messages]

    assert came == made
    assert len({*came}) == 1_000
    for raw in came:
        assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: record)
        assert_sent_with_care(raw)
    assert not dkim.verify(came[0].replace(b"List-Id:", b"List-ID:  x"), dnsfunc=lambda name, timeout=5: record)


def assert_sent_with_care(raw: bytes) -> None:
    """RFC 3834, RFC 8058, and a part that any reader can show."""
    names = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head_of(raw))}
    assert names["auto-submitted"] == "auto-generated"
    assert names["list-id"].endswith("<alerts.example.org>")
    assert names["list-unsubscribe"] == f"<{PAGE}>"
    assert names["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert names["message-id"].endswith("@example.org>")
    assert names["date"] == "Sun, 22 Nov 2026 17:00:00 +0000"
    assert b"Content-Type: text/plain" in raw
    signature = b"".join(raw.partition(b"\r\nFrom:")[0].split()).lower()
    assert {b"list-unsubscribe", b"list-unsubscribe-post"} <= set(re.findall(rb";h=([^;]+)", signature)[0].split(b":"))


# Fates


@pytest.fixture
def mailing(sqlite_url: str, sandbox: Sandbox, mailbox: Mailbox, tmp_path) -> OutboxHarness:
    """An outbox with three readers of one trial. On SQLite alone: the store makes no difference to what is tested."""
    store = Store.open(sqlite_url)
    outbox = OutboxHarness(store, sandbox, tmp_path)
    outbox.check(WITHDRAWN_LATER)
    for reader in (INES, OMAR, LI):
        outbox.subscribe(reader, WITHDRAWN_LATER, channel="email")
    yield outbox
    outbox.delivering.transports["email"].close()
    outbox.registry.close()
    store.close()


def anew(outbox: OutboxHarness, mailbox: Mailbox) -> None:
    """Forget connections: what is said to a greeting is said to new ones alone."""
    outbox.delivering.transports["email"].close()
    channel = EmailTransport(host=mailbox.host, port=mailbox.port, sender="monitor@example.org", timeout=20)
    outbox.delivering = replace(outbox.delivering, transports={"email": channel})
    mailbox.behave()
    mailbox.messages.clear()


LATER, NO = "451 4.3.0 Try again later", "554 5.7.1 Refused"
OWED, DELIVERED, REJECTED = "owed", "delivered", "rejected"
FATES = [
    *((stage, answer, [OWED] * 3) for stage in (Stage.GREETING, Stage.HELLO) for answer in (LATER, NO, DROP)),
    (Stage.SENDER, LATER, [OWED] * 3),
    (Stage.SENDER, DROP, [OWED] * 3),
    (Stage.SENDER, NO, [REJECTED] * 3),
    *(
        (stage, answer, [DELIVERED, {LATER: OWED, DROP: OWED, NO: REJECTED}[answer], DELIVERED])
        for stage in (Stage.RECIPIENT, Stage.DATA, Stage.MESSAGE)
        for answer in (LATER, NO, DROP)
    ),
    (Stage.MESSAGE, "250 2.0.0 Taken", [DELIVERED] * 3),
]
"""What is said where, from RECIPIENT on to the second reader alone, and what becomes of the three deliveries."""


def test_every_reader_ends_in_their_own_state_whatever_the_server_says_and_where(
    mailing: OutboxHarness, mailbox: Mailbox
) -> None:
    for day, (stage, answer, fates) in enumerate(FATES):
        case = (stage, answer)
        anew(mailing, mailbox)
        only = None if stage in (Stage.GREETING, Stage.HELLO, Stage.SENDER) else OMAR
        mailbox.answer(stage, answer, recipient=only)
        mailing.sandbox.edit(WITHDRAWN_LATER, renamed(day))
        mailing.check(WITHDRAWN_LATER)

        results = {each.shown: each for each in mailing.deliver()}

        assert [results[reader].standing for reader in (INES, OMAR, LI)] == fates, case
        again = {each.next_attempt_at - mailing.clock() for each in results.values() if each.next_attempt_at}
        assert all(timedelta(minutes=30) <= wait <= timedelta(minutes=36) for wait in again), case
        taken_unheard = [mail.raw for mail in mailbox.messages if mail.recipients == (OMAR,)]
        assert len(taken_unheard) == (stage is Stage.MESSAGE and (answer == DROP or answer.startswith("2"))), case

        mailbox.behave()
        mailing.clock.advance(minutes=37)
        mailing.deliver()

        assert OWED not in mailing.standings(), case
        came = [mail for mail in mailbox.messages if mail.recipients == (OMAR,)]
        assert len({mail.raw for mail in came}) == (fates[1] != REJECTED), case
        assert len(came) == (fates[1] != REJECTED) + (case == (Stage.MESSAGE, DROP)), case


def renamed(day: int):
    """What a sponsor submits: a new acronym, on a later day."""

    def rename(study):
        study["protocolSection"]["identificationModule"]["acronym"] = f"DAY-{day}"
        submitted = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(day)
        study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = str(submitted.date())
        return study

    return rename


def test_a_mail_that_is_only_ever_put_off_is_tried_for_five_days_and_then_given_up(
    mailing: OutboxHarness, mailbox: Mailbox
) -> None:
    anew(mailing, mailbox)
    mailbox.answer(Stage.RECIPIENT, LATER, recipient=OMAR)
    mailing.sandbox.edit(WITHDRAWN_LATER, renamed(1))
    mailing.check(WITHDRAWN_LATER)
    began, tries = mailing.clock(), 0
    while OWED in mailing.standings():
        tries += sum(each.shown == OMAR for each in mailing.deliver())
        last = mailing.clock()
        mailing.clock.advance(minutes=30)

    assert timedelta(days=4) < last - began <= timedelta(days=5)
    assert tries > 20
    assert sorted(mailing.standings()) == [DELIVERED, DELIVERED, REJECTED]
