"""CSV and workbooks: what comes out is what went in, and nothing of it is a formula."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.views import workbook
from monitor.views.columns import day
from monitor.views.sheets import Cell, Column, Link, csv_lines
from monitor.views.workbook import write_workbook

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
COLUMNS = (Column("Trial", 12), Column("What", 40))
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def in_csv(cell: Cell) -> str:
    [_, line] = csv.reader(io.StringIO("".join(csv_lines(COLUMNS[:1], [[cell]])), newline=""), strict=True)
    return line[0] if line else ""


def cells_of(file: Path, sheet: str = "sheet1") -> dict[str, tuple[str | None, str]]:
    """Of each cell that holds something, its type and its text."""
    with zipfile.ZipFile(file) as archive:
        root = ElementTree.fromstring(archive.read(f"xl/worksheets/{sheet}.xml"))
    return {cell.attrib["r"]: (cell.get("t"), "".join(cell.itertext())) for cell in root.iter(f"{SPREADSHEET}c")}


def parts_of(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\r=1",
        "  =1",
        "\n+1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        "\ufe661",
        "\u22121",
        "\u200b=1",
    ],
)
def test_no_text_is_taken_for_a_formula_in_csv(text: str) -> None:
    assert in_csv(text).startswith("'")
    assert in_csv(Link(text, "https://example.org")).startswith("'")


@pytest.mark.parametrize("text", ["A – B", "1-2", "a=b", "e@example.org", "Łódź", "Phase 1/Phase 2"])
def test_other_texts_stay_as_they_are_in_csv(text: str) -> None:
    assert in_csv(text) == text


def test_csv_has_the_quotes_and_the_line_ends_of_its_standard() -> None:
    rows: list[list[Cell]] = [["a,b", 'say "so"\nand so'], [None, 7], [date(2026, 3, 1), NOW]]

    assert "".join(csv_lines(COLUMNS, rows)) == (
        'Trial,What\r\n"a,b","say ""so"" and so"\r\n,7\r\n2026-03-01,2026-11-22 17:00:00\r\n'
    )


def test_what_steers_a_terminal_is_made_visible_in_both(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", "Changes", COLUMNS, [["a\x1b[31mb", "\x00\ud800"]], replaces=False, now=NOW)

    assert in_csv("a\x1b[31mb") == "a␛[31mb"
    assert cells_of(tmp_path / "a.xlsx")["A2"] == ("inlineStr", "a␛[31mb")


def test_a_workbook_holds_texts_as_texts_and_days_as_days(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    rows: list[list[Cell]] = [["=1+1", date(2026, 3, 1)], ["https://example.org", 7], [None, NOW], ["2026-03", "=A1"]]

    assert write_workbook(file, "Changes", COLUMNS, rows, replaces=False, now=NOW) == 4

    found = cells_of(file)
    assert {found[place] for place in ("A2", "A3", "A5", "B5")} == {
        ("inlineStr", text) for text in ("=1+1", "https://example.org", "2026-03", "=A1")
    }
    assert (found["B2"], found["B3"]) == ((None, "46082"), (None, "7"))
    assert float(found["B4"][1]) == pytest.approx(46348 + 17 / 24)
    assert "<f>" not in parts_of(file)
    assert 'state="frozen"' in parts_of(file)


def test_a_trial_in_a_workbook_leads_to_its_page(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    write_workbook(file, "Changes", COLUMNS, [[Link("=NCT1", "https://example.org/1")]], replaces=False, now=NOW)

    assert cells_of(file)["A2"] == ("inlineStr", "=NCT1")
    assert 'Target="https://example.org/1"' in parts_of(file)


def test_what_excel_cannot_hold_is_held_in_another_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than a sheet has, more links, a longer text and an earlier day than it takes."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    monkeypatch.setattr(workbook, "MOST_LINKS", 1)
    file = tmp_path / "a.xlsx"
    rows: list[list[Cell]] = [
        [Link("one", "https://example.org/1"), "🙂" * 40_000],
        [Link("two", "https://example.org/2"), date(1899, 3, 1)],
        [Link("three", "https://example.org/3"), None],
    ]

    assert write_workbook(file, "Changes", COLUMNS, rows, replaces=False, now=NOW) == 3

    first, second = cells_of(file), cells_of(file, "sheet2")
    assert len(first["B2"][1].encode("utf-16-le")) < 2 * 32_767
    assert first["B3"] == ("inlineStr", "1899-03-01")
    assert [each["A1"][1] for each in (first, second)] == ["Trial", "Trial"]
    assert second["A2"][1] == "three"
    assert "example.org/2" not in parts_of(file)


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_text("mine")

    with pytest.raises(ConfigurationInvalid, match="is there already: name another file, or replace it with --force"):
        write_workbook(file, "Changes", COLUMNS, [], replaces=False, now=NOW)
    assert file.read_text() == "mine"
    write_workbook(file, "Changes", COLUMNS, [], replaces=True, now=NOW)
    assert zipfile.is_zipfile(file)


def test_what_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    def rows():
        yield ["NCT1", "one"]
        raise ConfigurationInvalid("something else went wrong")

    with pytest.raises(ConfigurationInvalid, match="something else"):
        write_workbook(tmp_path / "a.xlsx", "Changes", COLUMNS, rows(), replaces=False, now=NOW)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("2026-03-15", date(2026, 3, 15)),
        ("2026-03", "2026-03"),
        ("2026-02-30", "2026-02-30"),
        ("soon", "soon"),
        (None, None),
    ],
)
def test_only_a_whole_day_is_a_day(text: str | None, cell: Cell) -> None:
    assert day(text) == cell
