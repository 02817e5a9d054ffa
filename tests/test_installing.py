"""What is built from the source is whole: the wheel begins a configuration and a service, the sdist is complete."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from monitor.operate import shipped

pytest.importorskip("hatchling", reason="it builds the project, and is installed from the lock")

TOP = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist of this source."""
    folder = tmp_path_factory.mktemp("built")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder],
        cwd=TOP,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    """The folder that a wheel becomes when it is installed."""
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(built / "installed")
    return built / "installed"


@pytest.fixture(scope="module")
def in_the_sdist(built: Path) -> set[str]:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `monitor …` from the wheel, far from any checkout."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "monitor", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_wheel_brings_every_file_that_is_shipped(installed: Path):
    for name in shipped.ALL:
        carried = installed / "monitor" / "operate" / "shipped" / name
        assert carried.read_bytes() == (TOP / name).read_bytes(), name


def test_a_wheel_brings_every_file_that_is_read_beside_the_code(installed: Path, in_the_sdist: set[str]):
    """Styles, templates, what is known of a registry."""
    package = TOP / "monitor"
    beside = {
        path.relative_to(TOP).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert "monitor/registries/clinicaltrials_gov/fields.txt" in beside

    assert {name for name in beside if not (installed / name).is_file()} == set()
    assert beside - in_the_sdist == set()


def test_a_wheel_begins_a_configuration(installed: Path, tmp_path: Path):
    ran = run(installed, tmp_path, "config", "init")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert (tmp_path / "config.toml").read_bytes() == (TOP / "config.toml").read_bytes()


def test_a_wheel_gives_the_unit(installed: Path, tmp_path: Path):
    ran = run(installed, tmp_path, "deploy", "systemd")

    assert ran.returncode == 0
    assert ran.stdout == (TOP / "deploy" / "registry-monitor.service").read_text(encoding="utf-8")


def test_an_sdist_has_all_that_one_works_with(in_the_sdist: set[str]):
    wanted = {
        ".ci/run",
        ".dockerignore",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "bench/__init__.py",
        "config.toml",
        "deploy/Containerfile",
        "pyproject.toml",
        "requirements-test.lock",
        "requirements.lock",
        "snapshots/README.md",
        "tests/test_installing.py",
    }

    assert wanted - in_the_sdist == set()


def test_an_sdist_has_what_a_wheel_is_built_of(in_the_sdist: set[str]):
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    forced = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert [
        name for name in shipped.ALL if not any(name == each or name.startswith(f"{each}/") for each in forced)
    ] == []
    assert {*shipped.ALL} <= in_the_sdist


def test_an_sdist_has_nothing_that_was_made_in_the_checkout(in_the_sdist: set[str]):
    assert not [name for name in in_the_sdist if "__pycache__" in name or name.startswith((".venv", "snapshots/m"))]
