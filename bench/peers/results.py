"""What was measured, kept in docs/benchmarks.json: a part that is measured anew leaves the others as they are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent.parent / "docs" / "benchmarks.json"

Row = dict[str, Any]
Key = Sequence[str | int]


@dataclass
class Results:
    """Rows by part and key. Every change is written at once, so that a run can be interrupted at any time."""

    file: Path
    rows: dict[str, Row]

    @classmethod
    def read(cls, file: Path = FILE) -> "Results":
        """What there is."""
        try:
            return cls(file, json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls(file, {})

    def get(self, *key: str | int) -> Row | None:
        """The row of that key; None where it was not measured."""
        return self.rows.get(_name(key))

    def put(self, row: Row, *key: str | int) -> None:
        """Keep a row in place of what was there."""
        self.rows[_name(key)] = row
        self._write()

    def below(self, *key: str | int) -> list[Row]:
        """All rows whose key begins so."""
        return [row for name, row in self.rows.items() if name.startswith(f"{_name(key)}/")]

    def forget(self, *key: str | int) -> None:
        """Drop the row of that key, and all whose key begins so."""
        name = _name(key)
        self.rows = {each: row for each, row in self.rows.items() if each != name and not each.startswith(f"{name}/")}
        self._write()

    def _write(self) -> None:
        made = json.dumps(dict(sorted(self.rows.items())), indent=0, ensure_ascii=False)
        new = self.file.with_suffix(".new")
        new.write_text(f"{made}\n", encoding="utf-8")
        new.replace(self.file)


def _name(key: Key) -> str:
    return "/".join(str(each) for each in key)
