"""What `monitor demo` makes up for an operator: one of each thing that waits for a person, and somebody to sign in.

The registry changes 20 records in one way, which is held back, has one that cannot be true, and uses a code that
nobody knows; a receiver is down, mail is refused to one address, and comes back from another after it was taken.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

from monitor.access.passwords import generated_password
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.clinicaltrials_gov.editing import updated
from monitor.sandbox.clinicaltrials_gov.pieces import path_of
from monitor.sandbox.edits import edit_of
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.mailbox import Stage

USER = "operator"
PLACES = (
    ("20 changes alike, held back", "/held"),
    ("A record that cannot be true", "/quarantine"),
    ("A receiver that is down", "/deliveries?state=owed"),
    ("A mail that was refused", "/deliveries?state=rejected"),
    ("A mail that came back", "/bounces"),
    ("A code that is new", "/drift"),
)
"""What there is to look after, and where."""
ALIKE = 20
"""Trials; fewer are not held."""

FORMER, UNWILLING = "former@example.org", "unwilling@example.org"
STOPPED = {"OverallStatus": "TERMINATED", "WhyStopped": "Slow accrual"}

Run = Callable[[list[str]], object]


def fill(registry: Sandbox, trials: Sequence[str], folder: Path, run: Run) -> None:
    """Let it all happen in the next build of the registry's data; nothing of it is printed. *trials* are watched."""
    told, bounced, refused, impossible, *others = trials
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        run(["subscribe", "email", FORMER, "--trial", bounced])
        run(["subscribe", "email", UNWILLING, "--trial", refused])
        os.environ.update(_settings(folder))
        _misbehave(registry.inboxes, folder)
        for trial_id in (told, bounced, refused):
            _edit(registry, trial_id, {**STOPPED, "LeadSponsorClass": "CHARITY"})
        for number, trial_id in enumerate(others[:ALIKE], 1):
            _edit(registry, trial_id, {"Acronym": f"NEW-{number}"})
        _edit(registry, impossible, {"LastUpdateSubmitDate": "2999-01-01"})
        registry.refresh()
        run(["check", "--deliver"])
        run(["bounces", "read"])


def _settings(folder: Path) -> dict[str, str]:
    return {
        "MONITOR_OPERATOR__EMAIL": "operator@example.org",
        "MONITOR_BOUNCES__ADDRESS": "bounces@example.org",
        "MONITOR_BOUNCES__MAILDIR": str(folder / "returned"),
    }


def _misbehave(inboxes: Inboxes, folder: Path) -> None:
    inboxes.set_receiver_way("503")
    inboxes.maildir = folder / "returned"
    inboxes.set_mailbox_way("bounce")
    if mailbox := inboxes.mailbox:
        mailbox.answer(Stage.RECIPIENT, "550 5.7.1 Mail from you is not wanted here", recipient=UNWILLING)
        report = mailbox.report
        mailbox.report = lambda mail: report(mail) if report and FORMER in mail.recipients else None


def _edit(registry: Sandbox, trial_id: str, values: Mapping[str, str]) -> None:
    updates = {**updated(registry.following_build.at.date()), **values}
    registry.edit(trial_id, edit_of(updates, path_of=path_of), refresh=False)


def add_user(run: Run) -> str:
    """Add USER, who may do everything, and give the password: it is of this run alone."""
    password = generated_password()
    with _typed(password), redirect_stdout(StringIO()):
        run(["user", "add", USER, "--role", "operate"])
    return password


@contextmanager
def _typed(line: str) -> Iterator[None]:
    """Have a line come on standard input."""
    before, sys.stdin = sys.stdin, TextIOWrapper(BytesIO(f"{line}\n".encode()), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before
