"""The subscriptions that the guides work through: what they say to type works, and what they show comes."""

import shutil
from pathlib import Path

import pytest

from tests.guides.walk import blocks, shows, walking

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
WORKED = "A subscription, worked through"


@pytest.mark.skipif(not shutil.which("curl"), reason="the walk needs curl")
@pytest.mark.parametrize("guide", ["journalist", "patients", "researchers", "sponsor"])
def test_what_a_guide_types_works_and_what_it_shows_comes(guide: str, tmp_path: Path):
    with walking(tmp_path) as walk:
        for block in blocks(GUIDES / f"{guide}.md", below=WORKED):
            walk.follow(block)


@pytest.mark.parametrize(
    ("excerpt", "is_shown"),
    [
        ("two\nthree\n", True),
        ("one\nthree\n", False),
        ("one\n…\nfour\n", True),
        ("t…o\nthree\n", True),
        ("thre\n", False),
        ("…\nfour\nfive\n", False),
    ],
)
def test_an_excerpt_shows_whole_lines_side_by_side(excerpt: str, is_shown: bool):
    assert shows(excerpt, "one\ntwo\nthree\nfour\n") is is_shown
