"""Whatever programs send, and in whatever order, is answered as the schema says: made up by Schemathesis from it.

FUZZED_SECONDS=600 makes up more: see `make fuzz-api`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.model.access import Permission
from monitor.web.api import BEGINS, guard
from monitor.web.api.rates import Policy
from tests.web.api.program import Api

SECONDS = int(os.environ.get("FUZZED_SECONDS", "10"))
WITHOUT = "ignored_auth,positive_data_acceptance,missing_required_header"
"""Who gets in, `test_schema` tests: here the token is no part of a case. What a schema cannot say, such as whose cursor
one is, is refused although it fits. A missing If-Match is answered with 428, as RFC 6585 has it."""


@pytest.mark.slow
def test_whatever_is_sent_is_answered_as_the_schema_says(
    kept: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "READS", Policy("read", 10**9, 60))
    monkeypatch.setattr(guard, "WRITES", Policy("write", 10**9, 60))
    told = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{kept.url}{BEGINS}/openapi.json"),
            *("--origin", kept.url, "--header", f"Authorization: Bearer {kept.token(Permission.OPERATE)}"),
            *("--checks", "all", "--exclude-checks", WITHOUT, "--max-time", str(SECONDS), "--seed", "1"),
            *("--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all"),
        ],
        cwd=tmp_path,
        env={**os.environ, "NO_PROXY": "*", "no_proxy": "*", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=SECONDS * 3 + 120,
    )

    assert told.returncode == 0, told.stdout[-20_000:] + told.stderr[-2000:]
