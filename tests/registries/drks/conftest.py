import tempfile
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file of all trials is kept there, for other processes; and no test finds that of another."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
