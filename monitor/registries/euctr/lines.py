"""A country's record in text form, read line by line. Pure.

    Summary                                      seven lines of `Label: value`
    A. Protocol Information                      the head of a section
    A.3 Full title of the trial: Apixaban in …   a line: code, label to the first colon, value
    … children with a thrombosis                 a line without a code goes on with the value above
    A.3 Full title of the trial (es): Apixab…    a translation, which is left out
    D.IMP: 1                                     the head of a product, whose lines follow

Values are free text, and may begin as a line does: "B.12 deficiency: excluded" within the criteria. So a code counts
only in its own section, and a section only begins with its own head. Labels may hold tabs, and one holds a colon.
Left out is who to write to (B.5, C, G but for the networks' names), for these are people.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Value = str | list[str]
Item = dict[str, Any]

_CODE = r"[A-H]\.[0-9]+(?:\.[0-9]+)*"
_CODED = re.compile(rf"({_CODE}(?: (?:and|to) {_CODE})?) (\S.*)")
_UNCODED = re.compile(r"([NP])\. (.+)")
_HEADS = {
    "A": "Protocol Information",
    "B": "Sponsor Information",
    "C": "Applicant Identification",
    "D": "IMP Identification",
    "E": "General Information on the Trial",
    "F": "Population of Trial Subjects",
    "G": "Investigator Networks",
    "N": "Review by the Competent Authority",
    "P": "End of Trial",
}
_TITLES = """
A.5 B.4 B.5 B.5.3 D.2 D.2.1.1 D.2.2 D.3 D.3.10 D.3.11 D.8 E.1 E.2 E.5 E.6 E.7 E.8 E.8.2 E.8.6 E.8.9 F.1 F.2 F.3 F.4
F.4.2 G.4
"""
_HEADINGS = frozenset(_TITLES.split()) | {"D.3.8 to D.3.10", "E.6 and E.7"}
"""Codes that may stand before a heading without a value."""
_LISTS = frozenset(("D.3.7", "D.8.4", "E.8.6.3"))
"""Codes whose values are lists, an item a line; their order means nothing."""
_LONGEST_LABEL = 250
_BROKEN = re.compile("[\u2028\u2029\x0b\x0c\x85\u3000\u2000-\u200a\u202f\u205f\xa0\t]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff\u200b-\u200d\u2060]")
_TRANSLATED = re.compile(r" ?\([a-z]{2}\)$")
_SUMMARY = ("Clinical Trial Type", "Trial Status")
_ELSEWHERE = ("EudraCT Number", "Link", "Sponsor's Protocol Code Number", "National Competent Authority")
"""Lines of the summary that say what the sections say, or where the record is."""
_ENTERED = "Date on which this record was first entered"


@dataclass
class CountryText:
    """What a record says: *lines* by code and label, *groups* of items by name, *sections* that it has.

    *is_ended* says that its last line is there: how the trial stands, even where that is empty.
    *trial_ids* are those that it says it is of, *link* is the address that it gives for itself.
    """

    lines: dict[str, Value] = field(default_factory=dict)
    groups: dict[str, list[Item]] = field(default_factory=dict)
    sections: str = ""
    is_ended: bool = False
    trial_ids: set[str] = field(default_factory=set)
    link: str = ""


def plain_lines(text: str) -> list[str]:
    """The lines of a download, their white space folded, without what breaks them or is not seen."""
    lines = _CONTROLS.sub("", _BROKEN.sub(" ", text)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [" ".join(line.split()) for line in lines]


def country_texts(lines: list[str]) -> Iterator[CountryText]:
    """What each record in a download says. The notice above the first is passed over."""
    starts = [
        number
        for number, line in enumerate(lines)
        if line == "Summary" and any(next_.startswith("EudraCT Number:") for next_ in lines[number + 1 : number + 3])
    ]
    for start, end in pairwise((*starts, len(lines))):
        reading = _Reading()
        for line in lines[start + 1 : end]:
            if line:
                reading.read(line)
        yield reading.finished()


class _Reading:
    """Goes through the lines of one record."""

    def __init__(self) -> None:
        self._text = CountryText()
        self._section = ""
        self._group: Item | None = None
        self._value: list[str] = []
        """The value of the line that is being read: what follows without a code goes on with it."""
        self._store: list[tuple[Item, str, str, list[str]]] = []
        self._seen: dict[int, set[str]] = {}

    def read(self, line: str) -> None:
        """Take in one line."""
        if self._is_head(line) or self._begins_group(line):
            self._value = []
        elif split := self._split(line):
            self._begin(*split)
        elif line != "MedDRA Classification":
            self._value.append(line)

    def finished(self) -> CountryText:
        """What was read, without what is empty."""
        for node, code, key, value in self._store:
            if joined := "\n".join(filter(None, value)):
                _add(node, key, sorted(set(filter(None, value))) if code in _LISTS else joined)
        for items in self._text.groups.values():
            for item in items:
                for name in ("substances", "support"):
                    if name in item:
                        item[name] = [part for part in item[name] if part]
        return self._text

    def _is_head(self, line: str) -> bool:
        """Whether the line begins a section; later ones only, so that no text takes us back."""
        letter, _, title = line.partition(". ")
        head = _HEADS.get(letter)
        third = letter == "H" and self._section in ("F", "G") and ":" not in title
        if not third and not (head and title.startswith(head) and ":" not in title and letter > self._section):
            return False
        self._enter(letter)
        return True

    def _enter(self, letter: str) -> None:
        self._section, self._group = letter, None
        self._text.sections += letter

    def _begins_group(self, line: str) -> bool:
        """Whether the line begins a sponsor, a product, a placebo or a network."""
        if self._section == "B" and (found := re.fullmatch("Sponsor ([0-9]{1,3})", line)):
            self._group = self._new("sponsors", number=found[1])
        elif self._section == "D" and re.fullmatch(r"D\. ?IMP: ?[0-9]{1,3}", line):
            self._group = self._new("products")
        elif self._section == "D" and re.fullmatch(r"D\.8 Placebo: ?[0-9]{1,3}", line):
            self._group = self._new("placebos")
        elif self._section == "G" and re.fullmatch(r"G\.4 [^:]+: ?[0-9]{1,3}", line):
            self._group = self._new("networks")
        else:
            return False
        return True

    def _new(self, group: str, **members: str) -> Item:
        item: Item = dict(members)
        self._text.groups.setdefault(group, []).append(item)
        return item

    def _split(self, line: str) -> tuple[str, str, str] | None:
        """Code, label and value of a line that has them; None for one that goes on with the value above."""
        if not self._section:
            label, colon, value = line.partition(":")
            known = label in _SUMMARY or label in _ELSEWHERE
            return ("", label, value.strip()) if colon and (known or label.startswith(_ENTERED)) else None
        found = (_UNCODED if self._section in "NP" else _CODED).fullmatch(line)
        if not found or not self._is_here(found[1]):
            return None
        label, sign, value = _labelled(found[2])
        if not sign:
            return (found[1], "", "") if found[1] in _HEADINGS else None
        return (found[1], label, value) if len(label) <= _LONGEST_LABEL else None

    def _is_here(self, code: str) -> bool:
        """Whether a code is one of this section. Those of H may come without its head."""
        if code[0] == "H" and self._section in ("F", "G"):
            self._enter("H")
        return code[0] == self._section

    def _begin(self, code: str, label: str, value: str) -> None:
        """Begin a new value; one that is left out goes nowhere."""
        self._value = [value]
        if code == "D.8":
            self._group = None
        self._text.is_ended |= code == "P" and label == "End of Trial Status"
        if not code or code == "A.2":
            self._about(label, value)
        if _TRANSLATED.search(label) or not label or _is_left_out(code, label):
            return
        key = f"{code}. {label}" if code in "NP" and code else f"{code} {label}".strip()
        self._store.append((self._node(code, key), code, key, self._value))

    def _about(self, label: str, value: str) -> None:
        if label == "Link":
            self._text.link = value
        elif label.casefold() == "eudract number":
            self._text.trial_ids.add(value)

    def _node(self, code: str, key: str) -> Item:
        """Where a line belongs: into a group's item, or among the lines."""
        if code == "E.1.2":
            return self._part(self._text.groups, "meddra", key)
        if code[:1] not in "BDG" or not code or (self._group is None and code[:1] != "B"):
            return self._text.lines
        if self._group is None:
            self._group = self._new("sponsors", number="1")
        if code in ("B.4.1", "B.4.2"):
            return self._part(self._group, "support", key)
        if re.match(r"D\.3\.(8|9|10)(\.|$)", code):
            return self._part(self._group, "substances", key)
        return self._group

    def _part(self, node: Item, name: str, key: str) -> Item:
        """The last item at *name*, or a new one where that has such a line already."""
        parts: list[Item] = node.setdefault(name, [])
        if not parts or key in self._seen[id(parts[-1])]:
            parts.append({})
            self._seen[id(parts[-1])] = set()
        self._seen[id(parts[-1])].add(key)
        return parts[-1]


def _labelled(text: str) -> tuple[str, str, str]:
    """Label, the sign behind it, and value; no sign where there is no value."""
    special = "Ethics Committee Opinion: Reason(s) for unfavourable opinion"
    if text.startswith(special):
        return special.replace(":", ","), ":", text[len(special) :].lstrip(" :")
    label, sign, value = text.partition(":")
    if not sign:
        label, sign, value = text.partition("?")
    return label.rstrip(" ?"), sign, value.strip()


def _is_left_out(code: str, label: str) -> bool:
    """Whether a line is of people, or says once more what stands elsewhere."""
    if code[:1] == "G":
        return code != "G.4.1"
    if code == "B.5" or code.startswith("B.5.") or code[:1] == "C":
        return True
    return code == "A.2" or (not code and label in _ELSEWHERE)


def _add(node: Item, key: str, value: Value) -> None:
    """Put a value among those that are there: of several under one key, a list without order comes."""
    if key not in node:
        node[key] = value
        return
    both = [
        *([node[key]] if isinstance(node[key], str) else node[key]),
        *([value] if isinstance(value, str) else value),
    ]
    node[key] = sorted(set(both))
