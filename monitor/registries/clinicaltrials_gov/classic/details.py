"""The view "Study Details", formerly "Full Text View", as HTML; and the header, which both views have. Pure.

Elements are found by their labels, captions and headings, not by their place: between 2011 and 2024 the classes got a
prefix, and summaries of tables became captions.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString

from monitor.model import Json
from monitor.registries.clinicaltrials_gov.classic.labels import LISTS, TEXTS, TYPED, label_of
from monitor.registries.clinicaltrials_gov.classic.markup import (
    cells_of,
    classes,
    has_class,
    items_of,
    line_of,
    lines_of,
    tags,
)
from monitor.registries.clinicaltrials_gov.classic.values import (
    NOT_PROVIDED,
    arm_of,
    intervention_of,
    outcome_of,
    site_of,
    status_in,
    status_of,
)

Page = dict[str, Json]

_ID = re.compile(r"\bNCT[0-9]{8}\b")
_ROLE = re.compile(r"(Primary|Secondary|Other)(?: Pre-specified)? Outcome Measures?\s*:?\s*$", re.IGNORECASE)
_DAYS = re.compile(r"^(First received|Last updated|Last verified)\s*:\s*(.+)$", re.IGNORECASE)
_ARM_HEADS = frozenset(("arm", "arms", "group/cohort", "groups/cohorts"))
_HEADED = {"criteria": "eligibilityCriteria", "study population": "studyPopulation"}
_SUMMARIES = {"brief summary:": "briefSummary", "detailed description:": "detailedDescription"}


def view_of(main: Tag) -> str:
    """The tab that is shown; the details where the page does not say."""
    for item in tags(main.find_all("li", class_="current")):
        return str(item.get("id") or "full-text")
    return "full-text"


def header(main: Tag) -> Page:
    """Title, id, status, sponsors, and the days that stand above both views."""
    page: Page = {}
    if isinstance(title := main.find("h1"), Tag):
        page["briefTitle"] = line_of(title)
    page |= _status(main)
    page |= _sponsors(main)
    for info in tags(main.find_all(class_="info-date")):
        if found := _DAYS.match(line_of(info)):
            page[TEXTS[found[1].casefold()]] = found[2].strip()
    if isinstance(results := main.find("li", id="results"), Tag):
        page["hasResults"] = not line_of(results).casefold().startswith("no")
    identifier = main.find(class_="identifier") or _identifying_cell(main)
    if isinstance(identifier, Tag) and (found := _ID.search(line_of(identifier))):
        page["nctId"] = found[0]
    return page


def _identifying_cell(main: Tag) -> Tag | None:
    cells = tags(main.find_all("td", limit=40))
    return next((cell for cell in cells if line_of(cell).startswith("ClinicalTrials.gov Identifier")), None)


def _status(main: Tag) -> Page:
    block = main.find(class_="tr-status")
    if isinstance(block, Tag):
        parts = [part for part in block.children if not (isinstance(part, Tag) and part.name == "div")]
        days = (line_of(part) for part in tags(block.find_all("div")))
        return {**status_of(line_of(*_visible(parts))), **_days(days)}
    sentence = main.find(class_=("recruiting-status", "not-recruiting-status"))
    return status_in(line_of(sentence)) if isinstance(sentence, Tag) else {}


def _days(lines: Iterator[str]) -> Page:
    found: Page = {}
    for line in lines:
        name, _, day = line.partition(":")
        if day.strip() and (key := TEXTS.get(label_of(name).name)):
            found[key] = day.strip()
    return found


def _sponsors(main: Tag) -> Page:
    """The lead and the collaborators. Who is responsible is a person, and is passed over."""
    page: Page = {}
    under = ""
    for info in tags(main.find_all("div", class_=("tr-info-title", "info-title", "tr-info-text", "info-text"))):
        if any(name.endswith("info-title") for name in classes(info)):
            under = label_of(line_of(info)).name
        elif name := line_of(info):
            if under == "sponsor":
                page.setdefault("leadSponsor", name)
                page.setdefault("collaborators", [])
            elif under in ("collaborator", "collaborators"):
                page.setdefault("collaborators", []).append(name)
    return page


def details(main: Tag) -> Page:
    """What stands below the header in this view."""
    page = rows(main)
    page |= _outcomes(main)
    for table in tags(main.find_all("table")):
        heads = [label_of(line_of(head)).name for head in tags(table.find_all("th", limit=3))]
        if heads and heads[0].startswith("condition"):
            page |= _treated(table, heads)
        elif heads and heads[0] in _ARM_HEADS:
            page["arms"] = _arms(table)
        elif "location information" in f"{line_of(*tags(table.find_all('caption', limit=1)))} {table.get('summary')}":
            page["sites"] = list(_sites(table))
    page |= _texts(main)
    return page


def rows(main: Tag) -> Page:
    """The values that stand beside labels in tables of two columns; of one that comes twice, the first."""
    page: Page = {}
    for row in tags(main.find_all("tr")):
        cells = cells_of(row)
        if len(cells) != 2:
            continue
        label = label_of(line_of(cells[0]))
        if key := TEXTS.get(label.name):
            page.setdefault(key, _value(cells[1]))
        elif key := TYPED.get(label.name):
            value: Page = {"value": _value(cells[1])}
            page.setdefault(key, value | ({"type": label.type} if label.type else {}))
        elif (key := LISTS.get(label.name)) and cells[0].name == "td":
            page.setdefault(key, lines_of(cells[1]))
    if found := _ID.search(str(page.get("nctId", ""))):
        page["nctId"] = found[0]
    return page


def _value(cell: Tag) -> str:
    """The text of a cell, without the links beside it: a first posted day has one."""
    text = line_of(cell, without=("a",)) or line_of(cell)
    return "" if text.casefold() in NOT_PROVIDED else text


def _treated(table: Tag, heads: list[str]) -> Page:
    """Conditions, interventions and phases, an item a line."""
    page: Page = {}
    for row in tags(table.find_all("tr")):
        cells = cells_of(row)
        if len(cells) != len(heads) or cells[0].name != "td":
            continue
        for head, cell in zip(heads, cells, strict=True):
            items = [line for span in tags(cell.find_all("span")) or [cell] if (line := line_of(span))]
            items = items or lines_of(cell)
            if head.startswith("condition"):
                page["conditions"] = items
            elif head.startswith("intervention"):
                page["interventions"] = [found for item in items if (found := intervention_of(item))]
            elif head == "phase":
                page["phases"] = items
    return page


def _arms(table: Tag) -> list[Json]:
    found = []
    for row in tags(table.find_all("tr")):
        cells = cells_of(row)
        if not cells or cells[0].name != "td":
            continue
        label, description = _own_and_inner(cells[0])
        given = tuple(line for cell in cells[1:2] for line in lines_of(cell, without=("div", "ul")))
        found.append(arm_of(label, description, given))
    return [arm for arm in found if arm]


def _own_and_inner(cell: Tag) -> tuple[str, str]:
    """What stands in an element itself, and what in the blocks within."""
    blocks = list(tags(cell.find_all("div", recursive=False)))
    return line_of(*_visible(cell.children), without=("div",)), "\n".join(lines_of(*blocks))


def outcomes_in(items: list[Tag]) -> list[Json]:
    """The outcomes that these elements hold, one each."""
    found = (outcome_of(*_own_and_inner(item)) for item in items)
    return [outcome for outcome in found if outcome]


def _outcomes(main: Tag) -> Page:
    """All three roles where there is any: what is not listed in this view, there is none of."""
    page: Page = {}
    for kept in tags(main.find_all(["ol", "ul"])):
        if kept.parent is None or kept.find_parent("li") or kept.find_parent("tr"):
            continue
        before = _visible(islice(kept.previous_siblings, 6))
        if role := _ROLE.search(line_of(*reversed(before))):
            items = [item for item in items_of(kept) if item is not kept]
            page.setdefault(f"{role[1].casefold()}Outcomes", outcomes_in(items))
    return {"primaryOutcomes": [], "secondaryOutcomes": [], "otherOutcomes": [], **page} if page else {}


def _sites(table: Tag) -> Iterator[Json]:
    heading, facility, status = "", "", ""
    for row in tags(table.find_all("tr")):
        cells = cells_of(row)
        if not cells or cells[0].name == "th":
            continue
        text = line_of(cells[0])
        kinds = str(cells[0].get("headers") or "")
        if has_class(cells[0], "header3"):
            heading = text
        elif "locName" in kinds:
            facility, status = text, line_of(*cells[1:2])
        elif len(cells) == 1 and heading and text.find(heading.partition(", ")[0]) >= 0:
            yield site_of(facility, text, heading, status)
            facility, status = "", ""


def _texts(main: Tag) -> Page:
    """Texts behind a heading of their own."""
    page: Page = {}
    for head in tags(main.find_all("div")):
        own = (each for each in head.contents[:3] if isinstance(each, NavigableString))
        said = " ".join("".join(own).split()).casefold()
        key = _SUMMARIES.get(said) or _HEADED.get(said.rstrip(" :"))
        follows = head.find_next_sibling("div") if key else None
        if key and isinstance(follows, Tag):
            page.setdefault(key, "\n".join(lines_of(follows, bullets=True)))
    return page


def _visible(nodes: Iterable[object]) -> list[Tag | NavigableString]:
    return [node for node in nodes if isinstance(node, Tag | NavigableString)]
