"""A fresh installation is the same one everywhere: the lock files hold all that pyproject.toml asks for, by hash."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
PROGRAM = PROJECT["project"]["dependencies"] + EXTRAS["postgres"] + PROJECT["dependency-groups"]["build"]
TESTED = PROGRAM + EXTRAS["test"] + EXTRAS["bench"]
GROUPS = PROJECT["dependency-groups"]


@dataclass(frozen=True)
class Locked:
    requirement: Requirement
    hashes: int

    @property
    def version(self) -> str:
        return str(self.requirement.specifier).removeprefix("==")


def locked(name: str) -> dict[str, list[Locked]]:
    """By package; several where a package has versions for several Pythons."""
    entries: dict[str, list[Locked]] = {}
    for entry in (TOP / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        stated, *hashes = entry.split("--hash=sha256:")
        requirement = Requirement(stated.strip())
        entries.setdefault(canonicalize_name(requirement.name), []).append(Locked(requirement, len(hashes)))
    return entries


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("requirements.lock", PROGRAM),
        ("requirements-test.lock", TESTED),
        ("requirements-docs.lock", GROUPS["docs"]),
        ("requirements-peers.lock", GROUPS["peers"]),
        ("requirements-peers-changedetection.lock", GROUPS["peers-changedetection"]),
    ],
    ids=["program", "tests", "docs", "peers", "another peer"],
)
def test_a_lock_holds_a_version_within_the_range_of_everything_asked_for(name: str, asked: list[str]) -> None:
    entries = locked(name)

    for requirement in map(Requirement, asked):
        versions = [entry.version for entry in entries.get(canonicalize_name(requirement.name), ())]
        assert versions, f"{name} lacks {requirement.name}: make lock"
        assert all(map(requirement.specifier.contains, versions)), f"{requirement} is locked at {versions}: make lock"


@pytest.mark.parametrize("name", sorted(file.name for file in TOP.glob("requirements*.lock")))
def test_a_lock_says_exact_versions_with_hashes_and_no_address(name: str) -> None:
    text = (TOP / name).read_text(encoding="utf-8")

    assert all(entry.hashes for entries in locked(name).values() for entry in entries)
    assert all(re.fullmatch(r"[\w.]+", entry.version) for entries in locked(name).values() for entry in entries)
    assert set(re.findall(r"--[\w-]+", text)) == {"--hash"}
    assert not re.search(r"[:/]/|#|@", text)


def test_the_program_is_tested_with_the_versions_that_it_is_installed_with() -> None:
    program, tests = locked("requirements.lock"), locked("requirements-test.lock")

    for name, entries in program.items():
        assert {entry.version for entry in entries} == {entry.version for entry in tests[name]}, name


@pytest.mark.parametrize("file", ["Makefile", "deploy/Containerfile"])
def test_everything_is_installed_from_the_lock(file: str) -> None:
    text = (TOP / file).read_text(encoding="utf-8")

    assert re.search(r"install .*--require-hashes .*--requirement \S*requirements\.lock", text)
    assert re.search(r"install .*--no-deps --no-build-isolation", text)


def test_what_builds_the_project_is_locked() -> None:
    """Without it an installation would ask for the newest builder of the day."""
    assert set(PROJECT["build-system"]["requires"]) <= set(PROJECT["dependency-groups"]["build"])
