"""Signatures of Standard Webhooks 1.0.0, the symmetric kind: by them a receiver sees that a delivery is ours.

What is signed is `id.timestamp.body`, byte for byte, with the bytes that a secret stands for, not with its letters.
Pure, save for `new_secret`.
"""

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Sequence

from monitor.errors import ConfigurationInvalid

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret for one endpoint, as receivers' libraries take it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, *, id: str, timestamp: int, body: bytes) -> str:  # noqa: A002 - the standard's word
    """`v1,` and the signature. *id* holds no full stop, *timestamp* is in whole seconds.

    Raise ConfigurationInvalid where *secret* is none.
    """
    signed = b".".join((id.encode(), str(timestamp).encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()}"


def signed_headers(secrets: Sequence[str], *, id: str, timestamp: int, body: bytes) -> dict[str, str]:  # noqa: A002
    """The three headers of a delivery, signed with each of *secrets*: a receiver needs to know one of them.

    Raise ConfigurationInvalid where there is no secret, or one is none.
    """
    if not secrets:
        raise ConfigurationInvalid("there is no signing secret; subscribe the webhook again to get one")
    signatures = (signature(secret, id=id, timestamp=timestamp, body=body) for secret in secrets)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ConfigurationInvalid(f"a signing secret is damaged: {PREFIX} and base64 are expected; make a new one")
    return key
