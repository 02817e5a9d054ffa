"""XML and HTML: exports of the WHO's portal, the registry's former XML, feeds, OPML, bookmarks, pages.

Only tags and the text between them are read, by expressions that take time in proportion to the text: nothing is
expanded, nothing is fetched, and broken markup is fine. The surest kind of element that has a trial in it
decides for the whole document: one that names ids, else addresses, else whatever mentions a trial.
"""

import html
import re
from collections.abc import Iterator

from monitor.operate.transfer.lists.headings import ADDRESS, rank_of
from monitor.operate.transfer.lists.opening import Source
from monitor.operate.transfer.lists.sorting import Sorter, chosen_by_rank
from monitor.text import counted

_BEGINS = re.compile(
    r"<(?:\?xml|!doctype|!--|html|head|body|opml|rss|feed|rdf|urlset|ol|ul|table|trials|clinical_stud|search_results)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:.-]{1,40})\s?=\s?(?:"([^"]*)"|'([^']*)')""")
_WHATEVER = ADDRESS + 1

Piece = tuple[int, int, str]
"""(rank, line, text)"""


def looks_like_it(beginning: str) -> bool:
    """Whether a text is XML or HTML."""
    return bool(_BEGINS.match(beginning))


def read(source: Source, sorter: Sorter) -> None:
    """Take the trials that the surest kind of element names."""
    pieces = [*_pieces(_without_comments(source.text().replace("<![CDATA[", "").replace("]]>", "")))]
    best = chosen_by_rank(((rank, text) for rank, _, text in pieces), sorter.names)
    elsewhere = 0
    for rank, line, text in pieces:
        place = f"{source.name}:{line}"
        if rank == best or (rank < ADDRESS - 1 and sorter.names.of(text).others):
            if rank != ADDRESS or sorter.names.trials_in(text):
                sorter.decided(place, text) if rank < _WHATEVER else sorter.weighed(place, [text])
            else:
                elsewhere += 1
        else:
            sorter.mentioned(place, text)
    if elsewhere:
        sorter.set_aside(f"{source.name}: {counted(elsewhere, 'address is', 'addresses are')} no trial's page")
    if best is None and sorter.is_empty:
        sorter.leave(source.name, f"{source.name} names no trial")


def _without_comments(text: str) -> str:
    kept = []
    while text:
        before, mark, behind = text.partition("<!--")
        kept.append(before)
        comment, _, text = behind.partition("-->") if mark else ("", "", "")
        kept.append("\n" * comment.count("\n"))
    return "".join(kept)


def _pieces(text: str) -> Iterator[Piece]:
    """The texts of elements and attributes, with the ranks that their names have; what has no digit names no trial."""
    line, end, name = 1, 0, ""
    for tag in _TAG.finditer(text):
        yield from _piece(name, line, text[end : tag.start()])
        line += text.count("\n", end, tag.start())
        for attribute in _ATTRIBUTE.finditer(tag[1]):
            yield from _piece(attribute[1], line, attribute[2] or attribute[3] or "")
        line += tag[1].count("\n")
        end, name = tag.end(), tag[1].split()[0].strip("/") if tag[1].split() else ""
    yield from _piece(name, line, text[end:])


def _piece(name: str, line: int, text: str) -> Iterator[Piece]:
    if any(map(str.isdigit, text)):
        rank = rank_of(name)
        yield (_WHATEVER if rank is None else rank), line, html.unescape(text) if "&" in text else text
