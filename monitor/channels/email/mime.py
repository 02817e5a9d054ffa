"""A mail as bytes: headers that nothing can be injected into, a text and an HTML part. Pure.

Written by hand, because the bytes must be the same at every making and must never be touched afterwards: what is
signed is what is stored is what is sent. Quoted-printable keeps every line short and in ASCII, so that no server needs
8BITMIME. The rule: a value gets into a header only through `unstructured`, `address` or `token`.

`email.message.EmailMessage` is not used: it decodes encoded words in a header's value before writing it, so that a
registry's "=?utf-8?q?=0D=0A?=" would be obeyed rather than shown, and its boundaries are random.
"""

import re
from binascii import b2a_qp
from collections.abc import Sequence
from email.header import Header
from email.utils import parseaddr

from monitor.text import one_line

WIDTH = 76
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""What the standard library's parser, which takes 100 µs, gives back as it is."""
_NO_ATOM = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_{|}~.-]")


def unstructured(name: str, text: str) -> tuple[str, str]:
    """A header of free text: on one line, folded and encoded as it needs to be."""
    return name, _encoded(one_line(text), len(name))


def _encoded(line: str, taken: int) -> str:
    # "=?" in plain text would be read as the beginning of an encoded word.
    plain_enough = line.isascii() and "=?" not in line and len(line) + taken + 2 <= WIDTH
    if plain_enough:
        return line
    return Header(line, "utf-8", maxlinelen=WIDTH, header_name="x" * taken).encode(linesep="\r\n")


def address(name: str, text: str) -> tuple[str, str]:
    """A header of one address, with or without a display name."""
    if _PLAIN_ADDRESS.fullmatch(text):
        return name, text[:254]
    display, mailbox = parseaddr(one_line(text))
    # No address is longer than this: RFC 5321, 4.5.3.1.3.
    mailbox = "".join(mailbox.split())[:254]
    if not display:
        return name, mailbox
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", display) + '"'
    fits = display.isascii() and "=?" not in display and len(quoted) <= WIDTH
    safe = quoted if fits else _encoded(display, len(name))
    return name, f"{safe}\r\n <{mailbox}>" if len(safe) + len(mailbox) > WIDTH else f"{safe} <{mailbox}>"


def token(text: str) -> str:
    """One side of a message id or list id: what cannot stand in one becomes a hyphen."""
    return _NO_ATOM.sub("-", text)[:200].strip(".") or "-"


def message(headers: Sequence[tuple[str, str]], *, text: str, html: str, boundary: str) -> bytes:
    """The whole mail, lines ended by CRLF. Headers are ASCII unless the receiver's own address is not."""
    # "=_" cannot occur in a quoted-printable body, so the boundary cannot either.
    boundary = f"=_{token(boundary)}"
    head = [*headers, ("MIME-Version", "1.0"), ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"')]
    parts = (_part("plain", text), _part("html", html))
    return b"".join(
        (
            *(f"{name}: {value}\r\n".encode() for name, value in head),
            *(f"\r\n--{boundary}\r\n".encode() + part for part in parts),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def _part(kind: str, text: str) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + b2a_qp(text.replace("\n", "\r\n").encode("utf-8", "replace"), istext=True)
