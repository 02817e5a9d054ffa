"""Options that contradict each other are refused, and it is said which to leave out."""

from pathlib import Path

import pytest

from tests.cli.commands import command


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("subscriptions", "edit", "x", "--note", "y", "--clear", "note"), "note cannot be cleared and set at once"),
        (
            ("subscriptions", "edit", "x", "--topic", "status", "--min-days", "3", "--clear", "min-days"),
            "min-days cannot be cleared and set at once",
        ),
        (("deliveries", "list", "--failed", "--state", "delivered"), "leave out --failed, or --state delivered"),
        (
            ("subscribe", "email", "a@example.org", "--all", "--dry-run", "--catch-up", "30d"),
            "leave it out with --dry-run",
        ),
    ],
)
def test_a_contradiction_is_refused(tmp_path: Path, typed: tuple[str, ...], words: str) -> None:
    refused = command(tmp_path)(*typed)

    assert refused.returncode == 2
    assert words in refused.stderr
