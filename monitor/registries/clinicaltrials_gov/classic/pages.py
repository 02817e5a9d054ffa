"""Which page somebody saved, and the encoding of its text. Pure.

Only the two views of a study are read. Of everything else that the site had, or has now, the reason says what to save
instead: an empty page, or another one, must never look like a record.
"""

import codecs
import re
from datetime import date

from monitor.errors import ConfigurationInvalid
from monitor.model import PartialDate

LARGEST = 4 * 1024 * 1024
"""Bytes of a page; one with a thousand sites has less than two million."""
_BEGINNING = 4096

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TOOLBAR = re.compile(r"<!-- BEGIN WAYBACK TOOLBAR INSERT -->.*?<!-- END WAYBACK TOOLBAR INSERT -->", re.DOTALL)
_ARCHIVED = re.compile(r"FILE ARCHIVED ON [0-9:]{5,8} ([A-Za-z]{3,9}) ([0-9]{1,2}), ([0-9]{4})\b")

_IS_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|table)\b", re.IGNORECASE)
_STUDY = re.compile(r"""class=["'][^"'<>]{0,200}\btr-(?:solo_record|h1)\b|id=["']?trial-info-1\b""")
_MODERN = re.compile(r"<ctg-root\b")
_HISTORY = re.compile(r"""class=["'][^"'<>]{0,200}\breleases\b|id=["']?StudyStatusBody\b""")
_XML = re.compile(r"<clinical_study\b")
_IN_TEXT = re.compile(r"^[\s|]*Recruitment Status[\s|]*:", re.MULTILINE)
_IN_TABLE = re.compile(r"^[\s|]*(?:Recruitment Status|NCT Number)[\s|]+ICMJE\b", re.MULTILINE)
"""Rows that only the "Tabular View" has, in which ICMJE marks what journals ask for."""
_NAMED_IN_TEXT = re.compile(r"ClinicalTrials\.gov Identifier[\s|]*:[\s|]*NCT[0-9]{8}")

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_NEVER_WITHIN_ITS_KIND = frozenset(
    (
        "area",
        "base",
        "body",
        "br",
        "col",
        "dd",
        "dt",
        "head",
        "hr",
        "html",
        "img",
        "input",
        "li",
        "link",
        "meta",
        "option",
    )
) | frozenset(("p", "path", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr"))
DEEPEST = 60
"""Elements within each other; a page has twenty. What is nested deeper takes a time out of proportion to read."""

_INSTEAD = 'save its "Study Details" or its "Tabular View", as HTML or as text'


def may_be_page(raw: bytes) -> bool:
    """Whether this is one of the classic site's pages of a study, or plain text of one; cheap, and sure enough."""
    if len(raw) > LARGEST:
        return False
    text = decoded(raw)
    if is_markup(text):
        return bool(_STUDY.search(text) or _HISTORY.search(text) or _MODERN.search(text))
    return bool((_IN_TEXT.search(text) and _NAMED_IN_TEXT.search(text)) or _IN_TABLE.search(text))


def decoded(raw: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 or, where it is neither, the code page of Windows."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    sample = raw[:_BEGINNING]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[start::2].count(0) > len(sample) * 0.3 and sample[1 - start :: 2].count(0) < len(sample) * 0.1:
            return raw.decode(encoding, "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def is_markup(text: str) -> bool:
    """Whether a text is HTML."""
    return bool(_IS_MARKUP.search(text, 0, 65536))


def without_toolbar(text: str) -> str:
    """The page without the bar that the Wayback Machine sets above it."""
    return _TOOLBAR.sub("", text)


def archived_on(text: str) -> date | None:
    """The day on which the Wayback Machine took its copy; None for a page that is not from there."""
    found = _ARCHIVED.search(text, max(0, len(text) - 20_000)) or _ARCHIVED.search(text)
    return PartialDate(f"{found[1]} {found[2]}, {found[3]}").earliest if found else None


def is_too_deep(text: str) -> bool:
    """Whether elements are nested deeper than on any page. Broken markup is fine: a few are never closed."""
    depths: dict[str, int] = {}
    deep = 0
    for closing, name in _TAG.findall(text):
        if name in _NEVER_WITHIN_ITS_KIND:
            continue
        depth = depths.get(name, 0)
        step = 1 if not closing else -1 if depth else 0
        depths[name] = depth + step
        deep += step
        if deep > DEEPEST:
            return True
    return False


def refusal(text: str) -> str | None:
    """Why the text is not a study page that can be read, and what to save instead; None where it may be one."""
    if not is_markup(text):
        if _XML.search(text):
            return f"it is the former XML of a study, which is not read: {_INSTEAD}"
        if not _IN_TEXT.search(text) and _IN_TABLE.search(text):
            return 'it is a part of the "Tabular View": copy the whole page, from the title of the study on'
        return None if _IN_TEXT.search(text) else f"it is not a page of a study: {_INSTEAD}"
    if _STUDY.search(text):
        return f"it is nested deeper than any page of a study: {_INSTEAD}" if is_too_deep(text) else None
    if _MODERN.search(text):
        return (
            "it is a page of the site of today, in which nothing of the study is saved: `monitor check` reads the "
            "study itself"
        )
    if _HISTORY.search(text):
        return f'it is the "History of Changes" of a study, which is not read: {_INSTEAD}'
    return f"it is not a page of a study: {_INSTEAD}"


def refuse_view(view: str) -> None:
    """Raise ConfigurationInvalid for a tab of a study's page that does not hold its record."""
    if view not in ("full-text", "tabular"):
        named = {"results": '"Study Results"', "disclaimer": '"Disclaimer"'}.get(view, "another")
        raise ConfigurationInvalid(f"it is the tab {named} of a study's page, without its record: {_INSTEAD}")
