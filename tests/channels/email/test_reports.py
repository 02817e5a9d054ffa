"""What is read of bounces and complaints, in all the shapes in which mail systems write them."""

import random
import tracemalloc

import pytest

from monitor.channels.email.reports import LARGEST, read_report
from monitor.channels.email.return_paths import ReturnPaths
from monitor.channels.email.settings import LONGEST_NAME
from monitor.model.report import ReportKind
from monitor.vault import Vault
from tests.channels.email.report_samples import ANNA, DELIVERY, RETURNED, SAMPLES, failed, feedback, status_report


@pytest.fixture
def paths(tmp_path) -> ReturnPaths:
    return ReturnPaths("bounces@example.org", Vault.open(key=None, file=tmp_path / "secret.key"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_report_is_read_as_what_it_is(sample):
    report = read_report(sample.raw)

    assert (report.kind, report.status) == (sample.kind, sample.status)
    assert report.diagnostic.isprintable()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_came_to_nothing_names_its_delivery(sample):
    report = read_report(sample.raw)

    if sample.kind is not ReportKind.OTHER:
        assert report.delivery_id == DELIVERY
        assert not report.is_signed


def test_the_recipient_is_known_by_all_its_names():
    fields = (
        "Original-Recipient: rfc822;Anna@Example.org\nFinal-Recipient: rfc822; <anna@mail.example.net>\n"
        "Action: failed\nStatus: 5.1.1"
    )

    assert read_report(status_report(fields)).recipients == {ANNA, "anna@mail.example.net"}
    assert read_report(feedback(f"Feedback-Type: abuse\nOriginal-Rcpt-To: <{ANNA}>")).recipients == {ANNA}


# Addresses to come back to


def test_an_address_to_come_back_to_names_its_delivery(paths):
    address = paths.of(DELIVERY)

    assert len(address.partition("@")[0]) <= 64
    assert paths.delivery(address) == DELIVERY[:23]
    assert paths.delivery(f" {address.upper()} ") == DELIVERY[:23], "servers may change the case"


@pytest.mark.parametrize(
    "address",
    [
        "bounces@example.org",
        "bounces+@example.org",
        "anna@example.org",
        "",
        "@",
        "bounces+aaaa@example.org",
        "\0+\0@\0",
    ],
)
def test_another_address_names_none(paths, address):
    assert paths.delivery(address) is None


def test_an_address_that_somebody_else_made_names_none(paths, tmp_path):
    ours = paths.of(DELIVERY)
    stranger = ReturnPaths(paths.address, Vault.open(key=None, file=tmp_path / "other" / "secret.key"))
    at = ours.index("+") + 1
    altered = f"{ours[:at]}{'b' if ours[at] == 'a' else 'a'}{ours[at + 1 :]}"

    assert [paths.delivery(each) for each in (stranger.of(DELIVERY), altered)] == [None, None]
    assert paths.delivery(ours.replace("example.org", "example.net")) is None


def test_the_longest_name_leaves_room_for_the_rest(paths):
    longest = ReturnPaths(f"{'b' * LONGEST_NAME}@example.org", paths.vault)

    assert len(longest.of(DELIVERY).partition("@")[0]) == 64


@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_a_report_to_such_an_address_is_about_its_delivery(paths, header):
    raw = f"{header}: {paths.of(DELIVERY)}\n".encode() + failed("5.1.1", "550 5.1.1 no", returned="Subject: cut\n")

    report = read_report(raw, paths)

    assert (report.delivery_id, report.is_signed) == (DELIVERY[:23], True)


def test_a_complaint_says_where_the_mail_came_from(paths):
    raw = feedback(f"Feedback-Type: abuse\nOriginal-Mail-From: <{paths.of(DELIVERY)}>", returned="Subject: cut\n")

    assert read_report(raw, paths).is_signed


def test_what_is_signed_beats_what_anybody_can_write(paths):
    other = DELIVERY.replace("7", "8")
    raw = f"To: {paths.of(DELIVERY)}\n".encode() + failed(
        "5.1.1", "550 5.1.1 no", returned=RETURNED.replace(DELIVERY, other)
    )

    assert read_report(raw, paths).delivery_id == DELIVERY[:23]


# The same report, twice


def test_a_report_is_the_same_however_it_came_here():
    raw = failed("5.1.1", "550 5.1.1 User unknown")
    ways = (raw, b"Received: from elsewhere\n" + raw, raw.replace(b"\n", b"\r\n"), raw + b"\n\n")

    assert len({read_report(each).digest for each in ways}) == 1
    assert read_report(failed("5.1.1", "550 5.1.1 User not known")).digest != read_report(raw).digest
    assert read_report(b"Message-ID: <1@mx>\n" + raw).digest != read_report(b"Message-ID: <2@mx>\n" + raw).digest


# What is meant to do harm


def nested(depth: int, kind: str = "multipart/mixed") -> bytes:
    levels = (f'Content-Type: {kind}; boundary="{n}"\n\n--{n}\n'.encode() for n in range(depth))
    return b"From: MAILER-DAEMON@mx.example.net\n" + b"".join(levels) + b"Content-Type: text/plain\n\n550 5.1.1 no\n"


HOSTILE = {
    "nothing": lambda: b"",
    "nested": lambda: nested(1000),
    "nested in mails": lambda: b"Content-Type: message/rfc822\n\n" * 1000,
    "nested in reports": lambda: nested(1000, "multipart/report"),
    "ten megabytes": lambda: failed("5.1.1", "550 5.1.1 no") + b"x" * 10_000_000,
    "ten megabytes of head": lambda: b"Subject: " + b"x" * 10_000_000 + b"\n\nbody",
    "a million fields": lambda: status_report("Status: 5\n" * 100_000),
    "a million groups": lambda: status_report("Status: 5\n\n" * 100_000),
    "one line": lambda: b"a" * 10_000_000,
    "nul": lambda: b"\0" * 100_000,
    "nul in a report": lambda: failed("5.1.1", "550 5.1.1 \0no\0").replace(b"Action", b"Act\0ion"),
    "a slow charset": lambda: (
        b'From: MAILER-DAEMON\nContent-Type: text/plain; charset="punycode"\n\n' + b"a-9" * 200_000
    ),
    "half an encoding": lambda: b"Content-Transfer-Encoding: base64\nFrom: postmaster\n\n" + b"=" * 100_000,
    "a boundary of spaces": lambda: b'Content-Type: multipart/report; boundary="   "\n\n--   \n\n550 5.1.1',
    "addresses without end": lambda: b"From: postmaster\nTo: " + b"a@" * 100_000 + b"\n\n550 5.1.1 no",
    "ids without end": lambda: b"From: postmaster\nReferences: " + b"<7c1e4f0a-" * 50_000 + b"\n\n550 5.1.1 no",
    "blanks without end": lambda: b"From: postmaster\n\n" + b" > " * 100_000 + b"\n",
    "a parameter in parts": lambda: (
        b"Content-Type: text/plain; charset*0*=''%ff; charset*1=x\nFrom: postmaster\n\n550 5.1.1"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_does_harm(name, paths):
    report = read_report(HOSTILE[name](), paths)

    assert report.kind in ReportKind
    assert len(report.diagnostic) <= 300


def test_a_mail_of_ten_megabytes_takes_no_more_room_than_its_beginning():
    raw = HOSTILE["ten megabytes"]()
    tracemalloc.start()
    report = read_report(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert report.kind is ReportKind.HARD
    assert peak < 16 * LARGEST


def test_mails_cut_and_altered_at_random_are_read_all_the_same():
    chance = random.Random(5)
    for sample in SAMPLES:
        for _ in range(4):
            raw = bytearray(sample.raw[: chance.randrange(1, len(sample.raw))])
            for _ in range(3):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            assert read_report(bytes(raw)).kind in ReportKind


def test_what_stands_behind_the_largest_part_is_not_read():
    raw = b"From: MAILER-DAEMON\nContent-Type: text/plain\n\n" + b"\n" * LARGEST + b"550 5.1.1 no"

    assert read_report(raw).kind is ReportKind.OTHER
