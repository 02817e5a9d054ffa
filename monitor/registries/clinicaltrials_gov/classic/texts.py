"""A page as plain text, as browsers and converters save it: cells between bars or tabs, items behind dashes. Pure.

What headings told may be lost: where nothing says which outcomes are primary, they are listed without their role.
"""

import re
from collections.abc import Iterator, Sequence

from monitor.model import Json
from monitor.registries.clinicaltrials_gov.classic.labels import COUNTRIES, LISTS, TEXTS, TYPED, Label, label_of
from monitor.registries.clinicaltrials_gov.classic.values import (
    NOT_PROVIDED,
    arm_of,
    country_and_state,
    intervention_of,
    is_intervention,
    outcome_of,
    site_of,
    status_of,
)

Page = dict[str, Json]

MOST_LINES = 50_000
_CELLS = re.compile(r"[|\t]+")
_ITEM = re.compile(r"^\s*(?:[-*\u2022\u25e6]|[0-9]{1,3}\.)\s+(.*)$")
_LINE = re.compile(r"^[\s|:=_-]*[-=_]{3}[\s|:=_-]*$")
_RULE = re.compile(r"^[\s|:=_-]*$")
_STATUS = re.compile(r"^[\s|]*Recruitment Status\b")
_STATUS_ENDS = re.compile(r"^[\s|]*(?:Results )?(?:First Posted|First Received|Last Update)")
_ROLE = re.compile(r"^[\s|]*(Primary|Secondary|Other)(?: Pre-specified)? Outcome Measures?\b")
_OUTCOMES_END = re.compile(
    r"^[\s|]*(?:Eligibility Criteria|Ages Eligible|Go to|Information from the National|Choosing to)"
)
_FRAME = re.compile(r"\[\s*Time\s*Frame\s*:", re.IGNORECASE)
_SITES_BEGIN = re.compile(r"Please refer to this study by its ClinicalTrials\.gov identifier")
_SITES_END = re.compile(
    r"^[\s|]*(?:Sponsors and Collaborators|Investigators?\b|(?:Principal |Sub-?)?Investigator:|Study (?:Chair|Director)"
    r"|More Information|Responsible Party|Publications|Layout table for investigator)"
)
_NO_SITES = re.compile(r"^(?:Locations|Layout table for location information|Show .*)$")
_CRITERIA = re.compile(r"^[\s|]*(?:Key )?Inclusion Criteria", re.IGNORECASE)
_CRITERIA_END = re.compile(r"^[\s|]*(?:To learn more about this study|Contacts and Locations)")
_DISCLAIMER = re.compile(r"The safety and scientific validity of this study")
_ID = re.compile(r"\bNCT[0-9]{8}\b")


def page_in(text: str) -> Page:
    """What a page says."""
    lines = text.splitlines()[:MOST_LINES]
    page: Page = {"view": "tabular" if any("Tracking Information" in line for line in lines) else "details"}
    page |= _title(lines) | _status(lines)
    for name, value in _labelled(lines):
        page.setdefault(name, value)
    page |= _treated(lines) | _outcomes(lines)
    if sites := list(_sites(lines)):
        page["sites"] = sites
    if criteria := _between(lines, _CRITERIA, _CRITERIA_END):
        page["eligibilityCriteria"] = "\n".join(_ITEM.sub(r"* \1", line.strip()) for line in criteria if line.strip())
    for line in lines:
        if re.match(r"^[\s|*-]*(?:No (?:Study )?Results Posted|Has Results|Study Results)\b", line):
            page["hasResults"] = "No " not in line
    return page


def _title(lines: Sequence[str]) -> Page:
    """The line above the disclaimer, or else the first one."""
    titles: list[str] = []
    for line in lines:
        if _DISCLAIMER.search(line) or len(titles) > 400:
            break
        if (cleaned := line.strip(" |#\ufeff")) and re.search(r"\w{2}", cleaned):
            titles.append(cleaned)
    if not titles:
        return {}
    return {"briefTitle": titles[-1] if any(map(_DISCLAIMER.search, lines[:1000])) else titles[0]}


def _status(lines: Sequence[str]) -> Page:
    for number, line in enumerate(lines):
        if _STATUS.match(line):
            block = [line]
            for each in lines[number + 1 : number + 12]:
                if _STATUS_ENDS.match(each):
                    break
                block.append(each)
            return status_of(" ".join(" ".join(block).replace("|", " ").split()))
    return {}


def _labelled(lines: Sequence[str]) -> Iterator[tuple[str, Json]]:
    """The values that stand beside or below labels."""
    for number, line in enumerate(lines):
        cells = [cell for part in _CELLS.split(line) if (cell := part.strip())]
        if not cells or len(cells[0]) > 400:
            continue
        head, colon, rest = cells[0].partition(":")
        label = label_of(cells[0] if len(cells) > 1 and not rest.strip() else head)
        values = cells[1:] if len(cells) > 1 else [rest.strip()] if rest.strip() else []
        if not values and colon:
            values = _below(lines, number)
        if values:
            yield from _valued(label, values)


def _below(lines: Sequence[str], number: int) -> list[str]:
    """The first line below that says anything."""
    found = (line.strip(" |\t") for line in lines[number + 1 : number + 3])
    return next(([line] for line in found if line), [])


def _valued(label: Label, values: list[str]) -> Iterator[tuple[str, Json]]:
    text = " ".join(values).removesuffix("Key Record Dates").strip()
    empty = text.casefold() in NOT_PROVIDED
    if key := TEXTS.get(label.name):
        if key == "nctId":
            if found := _ID.search(text):
                yield key, found[0]
        else:
            yield key, "" if empty else text
    elif key := TYPED.get(label.name):
        yield key, {"value": "" if empty else text} | ({"type": label.type} if label.type else {})
    elif label.name in ("condition", "conditions", "study phase", "phase", "other study id numbers"):
        yield LISTS[label.name], [] if empty else [text]
    elif label.name in COUNTRIES:
        names = (" ".join(name.split()) for name in re.split(r",\s*\xa0\s*|,\s{2,}", text))
        yield COUNTRIES[label.name], [] if empty else [name for name in names if name]
    elif label.name == "sponsor":
        yield "leadSponsor", text
    elif label.outcomes and label.outcomes[0] == "current" and (_FRAME.search(text) or empty):
        yield f"{label.outcomes[1]}Outcomes", [] if empty else [outcome_of(text)]


def _treated(lines: Sequence[str]) -> Page:
    """The two tables whose headings name interventions."""
    page: Page = {}
    for number, line in enumerate(lines):
        heads = [cell.strip().casefold() for cell in _CELLS.split(line) if cell.strip()]
        if len(heads) < 2 or not heads[1].startswith("intervention"):
            continue
        below = [each for each in lines[number + 1 : number + 60] if not _LINE.match(each)]
        if heads[0].startswith("condition"):
            cells = [cell.strip() for cell in _CELLS.split(next(iter(below), "")) if cell.strip()]
            page |= _as_treated(heads, cells)
        elif heads[0].startswith(("arm", "group")):
            page["arms"] = list(_arms(below))
    return page


def _as_treated(heads: Sequence[str], cells: Sequence[str]) -> Page:
    page: Page = {}
    for head, cell in zip(heads, cells, strict=False):
        if head.startswith("condition"):
            page["conditions"] = [cell]
        elif head.startswith("intervention"):
            page["interventions"] = [found] if (found := intervention_of(cell)) else []
        elif head == "phase":
            page["phases"] = [cell]
    return page


def _arms(lines: Sequence[str]) -> Iterator[Json]:
    kept: list[str] = []
    for line in lines:
        if _ITEM.match(line) or _ROLE.match(line) or (kept and not line.strip()):
            break
        kept.append(line)
    cells = [
        lined for cell in "\n".join(kept).split("|") if (lined := [e.strip() for e in cell.split("\n") if e.strip()])
    ]
    for first, second in zip(cells[0::2], cells[1::2], strict=False):
        given = tuple(line for line in second if is_intervention(line))
        if arm := arm_of(first[0], "\n".join(first[1:]), given):
            yield arm


def _outcomes(lines: Sequence[str]) -> Page:
    """By role, or without one where no heading names any."""
    found: dict[str, list[Json]] = {}
    role: str | None = None
    for text in _items(lines):
        if heading := _ROLE.match(text):
            role = heading[1].casefold()
            found.setdefault(role, [])
        elif _FRAME.search(text):
            measure, _, below = text.partition("\n")
            if outcome := outcome_of(measure, below):
                found.setdefault(role or "", []).append(outcome)
    if not found:
        return {}
    if "" in found:
        return {"listedOutcomes": [outcome for role in found for outcome in found[role]]}
    return {f"{role}Outcomes": found.get(role, []) for role in ("primary", "secondary", "other")}


def _items(lines: Sequence[str]) -> Iterator[str]:
    """The items of the lists of outcomes, each with the lines below it, and the headings among them."""
    item: list[str] = []
    for line in (*lines, ""):
        begins, heads = _ITEM.match(line), _ROLE.match(line)
        if begins or heads or not line.strip() or _OUTCOMES_END.match(line):
            if item:
                yield _joined(item)
            item = [begins[1]] if begins else []
            if heads:
                yield line.strip(" |")
        elif item:
            item.append(line.strip())


def _joined(item: Sequence[str]) -> str:
    """The measure with its time frame in the first line, which may have been broken; then what is below."""
    text = item[0]
    rest = list(item[1:])
    while rest and text.count("[") > text.count("]"):
        text = f"{text} {rest.pop(0)}"
    if rest and not _FRAME.search(text) and _FRAME.search(" ".join(rest)):
        text, rest = " ".join((text, *rest)), []
    return "\n".join((text, *rest))


def _sites(lines: Sequence[str]) -> Iterator[Json]:
    within = [line.strip(" |\t") for line in _between(lines, _SITES_BEGIN, _SITES_END)[1:]]
    kept = [line for line in within if line and not _RULE.match(line) and not _NO_SITES.match(line)]
    heading, number = "", 0
    while number < len(kept):
        below = kept[number + 1] if number + 1 < len(kept) else ""
        if heading and f", {country_and_state(heading)[0]}" in f", {below}":
            facility, _, status = kept[number].partition("|")
            yield site_of(facility.strip(), below, heading, status.strip())
            number += 2
        else:
            heading = kept[number]
            number += 1


def _between(lines: Sequence[str], first: re.Pattern[str], last: re.Pattern[str]) -> list[str]:
    """The lines from one that *first* finds to one that *last* finds; nothing without both."""
    start = next((number for number, line in enumerate(lines) if first.search(line)), None)
    if start is None:
        return []
    end = next((number for number, line in enumerate(lines[start:], start) if last.search(line)), None)
    return [] if end is None else list(lines[start:end])
