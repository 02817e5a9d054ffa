"""Spans of time as people name them."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.views.spans import span_of

NOW = datetime(2028, 2, 29, 10, 30, tzinfo=UTC)
"""A Tuesday."""
MIDNIGHT = datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("today", MIDNIGHT),
        ("Yesterday", MIDNIGHT - timedelta(days=1)),
        ("monday", MIDNIGHT - timedelta(days=1)),
        ("tuesday", MIDNIGHT),
        ("wed", MIDNIGHT - timedelta(days=6)),
        ("12h", NOW - timedelta(hours=12)),
        ("1d", MIDNIGHT),
        ("7d", MIDNIGHT - timedelta(days=6)),
        ("2 weeks", MIDNIGHT - timedelta(days=13)),
        ("24m", datetime(2026, 2, 28, tzinfo=UTC)),
        ("48 months", datetime(2024, 2, 29, tzinfo=UTC)),
        ("14mo", datetime(2026, 12, 29, tzinfo=UTC)),
        ("2027-12-31", datetime(2027, 12, 31, tzinfo=UTC)),
        ("2028-02-28T08:00", datetime(2028, 2, 28, 8, tzinfo=UTC)),
        ("2028-02-28t08:00+02:00", datetime(2028, 2, 28, 6, tzinfo=UTC)),
    ],
)
def test_a_span_begins_when_the_word_says(text: str, begins: datetime) -> None:
    assert span_of(text, None, now=NOW).since == begins


def test_a_span_without_an_end_has_what_comes_by_a_clock_that_was_ahead() -> None:
    assert span_of("7d", None, now=NOW).until is None


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("yesterday", MIDNIGHT),
        ("2028-02-27", datetime(2028, 2, 28, tzinfo=UTC)),
        ("2028-02-27T12:00", datetime(2028, 2, 27, 12, tzinfo=UTC)),
        ("2d", MIDNIGHT),
        ("24h", NOW - timedelta(days=1)),
    ],
)
def test_the_last_day_belongs_to_the_span(text: str, ends: datetime) -> None:
    assert span_of("2028-01-01", text, now=NOW).until == ends


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("soon", None, "--since “soon” cannot be read as a time: write today, yesterday, monday"),
        ("2027-02-29", None, "cannot be read as a time"),
        ("0001-01-01T00:00+14:00", None, "cannot be read as a time"),
        ("99999d", None, "cannot be read as a time"),
        ("99999m", None, "cannot be read as a time"),
        ("30min", None, "cannot be read as a time"),
        ("\u0667d", None, "cannot be read as a time"),
        ("", None, "cannot be read as a time"),
        ("2028-03-01", None, "is still to come"),
        ("today", "monday", "exchange them"),
        ("7d", "whenever", "--until “whenever” cannot be read as a time"),
    ],
)
def test_what_is_no_span_is_refused_with_what_can_be_written(since: str, until: str | None, said: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=said):
        span_of(since, until, now=NOW)
