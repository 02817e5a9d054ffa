"""Worlds in which nothing is new."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.quiet.world import World, copied, quiet_world


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was just brought up to date."""
    with quiet_world(tmp_path_factory.mktemp("quiet")) as made:
        return made.file


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As cron has it."""
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "columns", "force_color", "tty_compatible")
    for name in names:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    with copied(template, tmp_path / "world") as made:
        yield made
