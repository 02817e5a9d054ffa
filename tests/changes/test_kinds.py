"""Kinds and fields are declared once, and what is declared wrongly stops the import."""

import runpy
from pathlib import Path

import pytest

from monitor.changes import fields, kinds


def imported(module, tmp_path: Path, *, instead: tuple[str, str]) -> None:
    """Import a copy of a module in which something else stands."""
    text = Path(module.__file__).read_text(encoding="utf-8")
    assert text.count(instead[0]) == 1
    copy = tmp_path / "copy.py"
    copy.write_text(text.replace(*instead), encoding="utf-8")
    runpy.run_path(str(copy))


@pytest.mark.parametrize("significance", ["", ", None", ', "minor"'])
def test_a_kind_without_a_significance_does_not_import(tmp_path: Path, significance: str):
    declared = 'Kind("study_type", Topic.DESIGN, MINOR)'

    with pytest.raises(TypeError, match="significance"):
        imported(kinds, tmp_path, instead=(declared, f'Kind("study_type", Topic.DESIGN{significance})'))


def test_a_kind_that_is_declared_twice_does_not_import(tmp_path: Path):
    with pytest.raises(ValueError, match="twice"):
        imported(kinds, tmp_path, instead=('Kind("study_type"', 'Kind("phase"'))


def test_a_field_of_an_undeclared_kind_does_not_import(tmp_path: Path):
    with pytest.raises(ValueError, match="the field acronym has a kind that is not declared"):
        imported(fields, tmp_path, instead=('"title.acronym"', '"title.short"'))


def test_only_a_kind_with_a_sentence_of_its_own_makes_a_summary():
    assert kinds.KINDS["trial.merged"].summary("HON-0001", "HON-0002") == (
        "HON-0001 has been merged into HON-0002, which the registry now gives in its place."
    )
    with pytest.raises(TypeError, match=r"arm\.added has no sentence"):
        kinds.KINDS["arm.added"].summary("Honey dressing")
