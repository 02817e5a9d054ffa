"""docs/explanation/security.md names tests for what it promises, and these exist."""

import re
from pathlib import Path

TOP = Path(__file__).parent.parent
PAGE = (TOP / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    there = {
        name
        for file in (TOP / "tests").rglob("test_*.py")
        for name in re.findall(r"(?m)^def (test_\w+)\(", file.read_text(encoding="utf-8"))
    }

    assert len(named) > 20
    assert named - there == set()
