"""What strangers send stays within its line of the log."""

import io
from datetime import UTC, datetime

import pytest

from monitor.service.logs import make_log

LINES = (
    "/a\n2026-01-01T00:00:00Z [info] signed in: olga",
    "Mozilla\r\n{}",
    "\x1b[2Jclear",
    "a\u2028b\u2029c\x85d",
    "\u202egnp.exe",
    "\x07\x00",
)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("sent", LINES)
def test_no_line_of_the_log_begins_where_a_stranger_wants(sent: str, as_json: bool) -> None:
    """Nor does anything steer the terminal of who reads it. The moment is in UTC."""
    written = io.StringIO()
    log = make_log(written, as_json=as_json, clock=lambda: datetime(2026, 11, 28, 3, 4, 5, tzinfo=UTC))

    log.warning(f"refused: {sent}", path=sent, agent=[sent])

    line = written.getvalue()
    assert len(line.splitlines()) == 1
    assert "2026-11-28T03:04:05Z" in line
    assert not set("\r\x1b\x07\x00\x85\u2028\u2029\u202e") & set(line)
