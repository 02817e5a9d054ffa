"""Studies whose long texts are HTML, as the registry's site has them, made of those that are Markdown. Pure."""

import re
from collections.abc import Iterator
from html import escape

from monitor.model import Json

LONG_TEXTS = frozenset(
    (
        "accessCriteria",
        "briefSummary",
        "description",
        "detailedDescription",
        "eligibilityCriteria",
        "genderDescription",
        "interventionModelDescription",
        "maskingDescription",
        "studyPopulation",
    )
)
_ITEM = re.compile(r"\s*(\*|[0-9]{1,3}\.) +(.*)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def with_html(tree: Json) -> Json:
    """A copy in which the long texts are HTML."""
    if isinstance(tree, list):
        return [with_html(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        name: as_html(value) if name in LONG_TEXTS and isinstance(value, str) else with_html(value)
        for name, value in tree.items()
    }


def as_html(text: str) -> str:
    """Paragraphs and lists."""
    return "".join(_blocks(text.split("\n")))


def _blocks(lines: list[str]) -> Iterator[str]:
    open_list = ""
    for line in lines:
        item = _ITEM.fullmatch(line)
        wanted = "" if item is None else "ul" if item[1] == "*" else "ol"
        if open_list and wanted != open_list and line.strip():
            yield f"</{open_list}>"
            open_list = ""
        if item:
            if not open_list:
                yield f"<{wanted}>"
                open_list = wanted
            yield f"<li>{_escaped(item[2])}</li>"
        elif line.strip():
            yield f"<p>{_escaped(line.strip())}</p>"
    if open_list:
        yield f"</{open_list}>"


def _escaped(text: str) -> str:
    return escape(_ESCAPED.sub(r"\1", text), quote=False).replace("/", "&#x2F;")
