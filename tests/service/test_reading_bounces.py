"""The worker of the service that reads the mailbox to which mails come back."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.channels.email.settings import BounceSettings
from monitor.config import Config
from monitor.errors import MailboxUnreadable
from monitor.sandbox.bouncing import NOBODY, make_maildir, put_into, report_of
from monitor.sandbox.mailbox import Mail
from monitor.service.bounces import PATIENCE, BounceReader
from monitor.service.logs import make_log
from monitor.service.worker import Turn
from tests.service.workers import Workers

FORGED = report_of(Mail(1, "monitor@example.org", ("anna@example.org",), b"Subject: never sent\r\n\r\n"), NOBODY)


class Reading:
    """A reader, on clocks that the test moves."""

    def __init__(self, workers: Workers, maildir: str) -> None:
        self.workers = workers
        self.woken = 0
        workers.config = Config(bounces=BounceSettings(maildir=maildir))
        context = replace(workers.outbox.subscribe_context, config=workers.config)
        workers.subscribe_context = lambda: context
        log = make_log(workers.written, as_json=True, clock=workers.outbox.clock)
        self.reader = BounceReader(
            lambda: workers,
            monotonic=lambda: workers.elapsed,
            log=log,
            stopping=lambda: workers.stopping,
            committed=self._wake,
        )

    def _wake(self) -> None:
        self.woken += 1

    def said(self) -> list[str]:
        return [line["event"] for line in self.workers.lines()]


def test_what_is_forged_is_counted_in_the_log(quick_workers: Workers, tmp_path: Path):
    reading = Reading(quick_workers, str(tmp_path / "Maildir"))
    for _ in range(3):
        put_into(tmp_path / "Maildir", FORGED)

    assert reading.reader.step() is Turn.WORKED
    read = next(line for line in quick_workers.lines() if line["event"] == "bounces were read")
    assert read["unknown"] == 3
    assert (reading.reader.mails, reading.woken) == (3, 1)
    assert reading.reader.step() is Turn.WORKED
    assert (reading.reader.mails, reading.woken) == (3, 1), "they are read once"


def test_a_mailbox_out_of_reach_is_a_trouble_after_an_hour(quick_workers: Workers, tmp_path: Path):
    reading = Reading(quick_workers, str(tmp_path / "Maildir"))
    for _ in range(3):
        quick_workers.elapsed += PATIENCE / 3
        assert reading.reader.step() is Turn.SKIPPED
    quick_workers.elapsed += PATIENCE / 3
    with pytest.raises(MailboxUnreadable):
        reading.reader.step()
    assert reading.said() == ["the mailbox of bounces cannot be read, and is tried again"], "once"

    make_maildir(tmp_path / "Maildir")
    assert reading.reader.step() is Turn.WORKED
    (tmp_path / "Maildir").rename(tmp_path / "elsewhere")
    assert reading.reader.step() is Turn.SKIPPED, "the hour begins again"


def test_a_standby_reads_nothing(quick_workers: Workers, tmp_path: Path):
    reading = Reading(quick_workers, str(tmp_path / "Maildir"))
    put_into(tmp_path / "Maildir", FORGED)
    quick_workers.stopping = True

    assert reading.reader.step() is Turn.SKIPPED
    assert reading.reader.mails == 0


def test_without_a_mailbox_nothing_is_read(quick_workers: Workers):
    assert Reading(quick_workers, "").reader.step() is Turn.WORKED
