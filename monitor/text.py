"""Make a registry's words safe to show, and say moments and numbers. Pure.

Registry text is written by strangers, and a terminal, a header and a mail obey some of what they show: an escape code,
a line break in a subject, a bidirectional override that shows a sentence backwards (CVE-2021-42574). All become
visible marks. What nobody sees goes: marks of direction, and characters without width, by which different texts look
alike. Right-to-left text needs none of them to be read; only the joiners that spell words in some scripts, and make
one picture of several, stay between those.
"""

import re
from datetime import datetime

# Everything that steers a terminal or turns text round, and half characters that cannot be encoded at all.
_STEERING = "\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
_DANGEROUS = re.compile(f"[\x00-\x08\x0b-\x1f{_STEERING}]")
_UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u3164\ufeff\uffa0"
_UNSEEN += "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0100-\U000e01ef"
_SPELLING = "\u0600-\u0604\u0610-\u061a\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17b3\ufb50-\ufdff"
_PICTURES = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_INVISIBLE = re.compile(
    f"(?<=[{_SPELLING}])([\u200c\u200d])(?=[{_SPELLING}])|(?<=[{_PICTURES}])(\u200d)(?=[{_PICTURES}])|[{_UNSEEN}]"
)
_ESCAPED_IN_JSON = re.compile(f"[{_STEERING}{_UNSEEN}]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+.!~|-])")
_CONTROL_PICTURES = 0x2400


def plain(text: str) -> str:
    """The text with nothing in it that what shows it would obey; line feeds stay, other line breaks become one."""
    seen = text if text.isascii() else _INVISIBLE.sub(r"\1\2", text)
    return _DANGEROUS.sub(_visible, _BREAKS.sub("\n", seen).replace("\t", " "))


def harmless_json(line: str) -> str:
    """The same JSON, in which what steers a terminal or is not seen stands as an escape."""
    return line if line.isascii() and "\x7f" not in line else _ESCAPED_IN_JSON.sub(_as_escape, line)


def _as_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[start : start + 2].hex()}" for start in range(0, len(units), 2))


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(_CONTROL_PICTURES + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"


def readable(text: str) -> str:
    """Running text, safe to show, without the backslashes that Markdown needs and people don't."""
    return plain(_ESCAPED.sub(r"\1", text)).strip()


def one_line(text: str) -> str:
    """The text, safe to show, its white space folded into single spaces."""
    return " ".join(plain(text).split())


def shortened(text: str, length: int) -> str:
    """One line of at most about *length* characters, cut between words; the cut says how much there is."""
    line = one_line(text)
    if len(line) <= length:
        return line
    cut = line[:length].rsplit(" ", 1)[0]
    return f"{cut} … ({len(line):,} characters in all)"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun: "1 site", "1,204 sites"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def moment(at: datetime) -> str:
    """A moment of ours, which is in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def stamp(registry_version: str | None) -> str:
    """The registry's stamp of its data, to the minute. It is shown as the registry gives it: its zone is not known."""
    if not registry_version:
        return "an unknown date"
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:.*)?", registry_version)
    return f"{found[1]} {found[2]}" if found else one_line(registry_version)


def size(count: int) -> str:
    """So many bytes, in the unit that people think in."""
    if count < 1_000:
        return counted(count, "byte")
    return f"{count / 1_000:,.0f} kB" if count < 100_000 else f"{count / 1_000_000:,.1f} MB"
