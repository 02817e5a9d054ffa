"""What a full record tells where nothing of it is to be kept: whether it is as it was. Light."""

from hashlib import sha256
from typing import NamedTuple


class WholeRecord(NamedTuple):
    """A full record in short."""

    trial_id: str
    digest: bytes
    """As of a document with its content."""
    probe_digest: bytes
    """What a probe would have seen, as in `monitor.ports.ProbeResult`."""
    build: str | None
    """The data build that it comes from."""
    title: str | None
    lead_sponsor: str | None
    updated_on: tuple[str, ...]
    """The days on which it was last submitted and posted."""


def digest_of(state: str, content: bytes) -> bytes:
    """SHA-256 of a document's state and content, 32 bytes."""
    return sha256(state.encode() + b"\n" + content).digest()
