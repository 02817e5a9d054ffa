"""Codes of authenticators (RFC 6238: six digits, 30 seconds), and recovery codes for when one is lost."""

import re
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

import pyotp

ISSUER = "registry-monitor"
SECONDS = 30
RECOVERY_CODES = 10
_EARLIER_AND_LATER = (-1, 0, 1)
"""Steps by which the clock of an authenticator may be off."""


def new_secret() -> str:
    """160 bit, in base 32."""
    return pyotp.random_base32()


def address(secret: str, name: str, site: str) -> str:
    """What an authenticator reads from a QR code: whose codes these are, and where they are for."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"{ISSUER} {site}".strip())


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code is of; None where it is of none of these moments."""
    digits = re.sub(r"\s", "", code)
    made_by = pyotp.TOTP(secret)
    found = None
    for off in _EARLIER_AND_LATER:
        step = int(now.timestamp()) // SECONDS + off
        if compare_digest(made_by.generate_otp(step).encode(), digits.encode("utf-8", "replace")):
            found = step
    return found


def recovery_codes() -> Sequence[str]:
    """New ones of 120 bit each, such as `k7q2-wm4x-…`: a plain hash of one is enough (OWASP ASVS 5.0, 6.5.2)."""
    return [_in_groups(b32encode(secrets.token_bytes(15)).decode().lower()) for _ in range(RECOVERY_CODES)]


def recovery_digest(code: str) -> bytes:
    """What is kept of a recovery code, in whatever case and groups it was typed."""
    return sha256(re.sub(r"[\s-]", "", code).lower().encode("utf-8", "replace")).digest()


def _in_groups(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
