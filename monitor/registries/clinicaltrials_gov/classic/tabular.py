"""The "Tabular View", as HTML: one table of labels and values, in both generations of the site. Pure.

It has what Study Details has not: the outcomes as they were first registered, and the day on which an item was last
submitted, which tells when it changed. "Not Provided" says that there is no value; a row that is not there says
nothing.
"""

import re

from bs4 import Tag

from monitor.model import Json
from monitor.registries.clinicaltrials_gov.classic.details import Page, outcomes_in, rows
from monitor.registries.clinicaltrials_gov.classic.labels import ARMS, COUNTRIES, LISTS, PARAGRAPHS, Label, label_of
from monitor.registries.clinicaltrials_gov.classic.markup import (
    cells_of,
    items_of,
    line_of,
    lines_of,
    tags,
)
from monitor.registries.clinicaltrials_gov.classic.values import NOT_PROVIDED, arm_of, intervention_of, status_of

_BETWEEN_COUNTRIES = re.compile(r",\s*\xa0\s*|,\s{2,}|\n")
_DESIGN = re.compile(
    r"(Allocation|Intervention Model|Masking|Primary Purpose|Observational Model|Time Perspective):\s*"
)
_DESIGN_KEYS = {
    "Allocation": "allocation",
    "Intervention Model": "interventionModel",
    "Masking": "masking",
    "Primary Purpose": "primaryPurpose",
    "Observational Model": "observationalModel",
    "Time Perspective": "timePerspective",
}
_SAME = "same as current"


def tabular(main: Tag) -> Page:
    """What stands below the header in this view."""
    page = rows(main)
    for row in tags(main.find_all("tr")):
        cells = cells_of(row)
        if cells and cells[0].name == "th" and len(cells) <= 2:
            _take_row(label_of(line_of(cells[0])), cells[1] if len(cells) == 2 else None, page)
    for role in ("primary", "secondary", "other"):
        if page.get(f"original{role.capitalize()}Outcomes") == _SAME:
            page[f"original{role.capitalize()}Outcomes"] = page.get(f"{role}Outcomes", [])
    return page


def _take_row(label: Label, cell: Tag | None, page: Page) -> None:
    text = line_of(cell) if cell else ""
    is_empty = text.casefold() in ("", *NOT_PROVIDED)
    if outcomes := label.outcomes:
        _take_outcomes(*outcomes, label, cell, page)
    elif label.name in COUNTRIES:
        page[COUNTRIES[label.name]] = [] if is_empty or cell is None else _countries(cell)
    elif label.name in PARAGRAPHS and cell is not None:
        page[PARAGRAPHS[label.name]] = "" if is_empty else "\n".join(lines_of(cell, bullets=True))
    elif label.name in LISTS:
        page[LISTS[label.name]] = [] if is_empty or cell is None else _list(LISTS[label.name], cell)
    elif label.name in ARMS and cell is not None:
        page["arms"] = [] if is_empty else [arm for item in items_of(cell) if (arm := _arm(item))]
    elif label.name == "recruitment status" and not is_empty:
        said = status_of(text)
        page |= said if "whyStopped" not in page or said.get("whyStopped") else {}
    elif label.name == "study design" and cell is not None:
        _take_design(lines_of(cell), page)


def _take_outcomes(when: str, role: str, label: Label, cell: Tag | None, page: Page) -> None:
    text = line_of(cell) if cell else ""
    key = f"{role}Outcomes" if when == "current" else f"original{role.capitalize()}Outcomes"
    if text.casefold() == _SAME:
        page[key] = _SAME
    elif cell is None or text.casefold() in ("", *NOT_PROVIDED):
        page[key] = []
    else:
        page[key] = outcomes_in(items_of(cell))
    if label.submitted:
        page[f"{key}Submitted"] = label.submitted


def _list(key: str, cell: Tag) -> list[Json]:
    items = [line_of(item, without=("div", "ul")) for item in items_of(cell)]
    if key == "interventions":
        return [found for item in items if (found := intervention_of(item))]
    if len(items) == 1:
        items = lines_of(cell, without=("div",))
    if key == "otherIds" and len(items) == 1:
        items = items[0].split(", ")
    return [item for item in items if item]


def _countries(cell: Tag) -> list[Json]:
    items = [item for item in items_of(cell) if item is not cell]
    if items:
        return [line_of(item) for item in items]
    written = "\n".join(cell.stripped_strings) if cell.find("br") else cell.get_text()
    found = (" ".join(name.split()).strip(" ,") for name in _BETWEEN_COUNTRIES.split(written.strip()))
    return [name for name in found if name]


def _arm(item: Tag) -> Json:
    said = [line for block in tags(item.find_all("div", recursive=False)) for line in lines_of(block)]
    given = [line for line in said if re.match(r"Interventions?:", line)]
    start = said.index(given[0]) if given else len(said)
    names = (name.strip() for line in said[start:] for name in [re.sub(r"^Interventions?:\s*", "", line)])
    description = "\n".join(said[:start])
    return arm_of(line_of(item, without=("div",)), description, tuple(name for name in names if name))


def _take_design(lines: list[str], page: Page) -> None:
    """The parts of a design, which pages until 2017 have in one cell."""
    parts = _DESIGN.split("\n".join(lines))
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        page.setdefault(_DESIGN_KEYS[name], " ".join(value.split()).strip(" ,"))
