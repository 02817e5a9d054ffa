"""Exports of the portal, invented, in the forms in which people have them."""

import csv
import io
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Trial = Mapping[str, str]

COLUMNS = (
    "TrialID",
    "Last Refreshed on",
    "Public title",
    "Scientific title",
    "Primary sponsor",
    "Date registration3",
    "Export date",
    "Source Register",
    "Recruitment Status",
    "Date enrollement",
    "Target size",
    "Phase",
    "Countries",
    "Contact Email",
    "Primary outcome",
    "results date completed",
)


def trial(trial_id: str, **cells: str) -> dict[str, str]:
    """A row; *cells* name columns with underscores for blanks."""
    given = {name.replace("_", " "): value for name, value in cells.items()}
    usual = {
        "TrialID": trial_id,
        "Last Refreshed on": "2026-11-16",
        "Public title": f"A walk for {trial_id}",
        "Scientific title": f"The effect of a walk, as of {trial_id}",
        "Primary sponsor": "Lakeside Hospital",
        "Date registration3": "20250329",
        "Export date": "2026-11-20",
        "Source Register": "Some register",
        "Recruitment Status": "Recruiting",
        "Date enrollement": "2025-04-29",
        "Target size": "80",
        "Phase": "3",
        "Countries": "Nepal",
        "Contact Email": "ada@example.org",
        "Primary outcome": "Steps a day",
        "results date completed": "",
    }
    return {**usual, **given}


def as_csv(rows: Sequence[Trial], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """The rows as a table."""
    out = io.StringIO(newline="")
    names = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(out, fieldnames=list(names), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_xml(rows: Sequence[Trial], *, without: Sequence[str] = ("Export date",)) -> bytes:
    """The rows as the portal's own file."""
    trials = "\n".join(
        "<Trial>"
        + "".join(
            f"<{name.replace(' ', '_')}>{escape(value)}</{name.replace(' ', '_')}>"
            for name, value in row.items()
            if name not in without
        )
        + "</Trial>"
        for row in rows
    )
    return (
        f'<?xml version="1.0"?>\n<Trials_downloaded_from_ICTRP>\n{trials}\n</Trials_downloaded_from_ICTRP>\n'.encode()
    )
