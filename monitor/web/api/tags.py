"""Entity tags of what is answered: strong ones, so that If-Match can name a state (RFC 9110, 13.1.1). Pure.

A compressed answer has a tag of its own, that of the same state with GZIPPED at its end. A proxy that compresses by
itself makes a tag weak: it still names the state.
"""

from hashlib import sha256

GZIPPED = "-gzip"


def tag_of(body: bytes) -> str:
    """The tag of a state that is answered so."""
    return f'"{sha256(body).hexdigest()[:24]}"'


def gzipped(tag: str) -> str:
    """The same of the compressed answer."""
    return f'{tag[:-1]}{GZIPPED}"'


def is_named(header: str, tag: str) -> bool:
    """Whether the value of If-Match or If-None-Match names this state."""
    named = {each.strip().removeprefix("W/").replace(f'{GZIPPED}"', '"') for each in header.split(",")}
    return "*" in named or tag in named
