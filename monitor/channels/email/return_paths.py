"""Addresses that mails come back to: each names its delivery, and nobody else can make one (VERP). Pure.

    bounces+<token>@example.org

The token is the beginning of the delivery's id and a signature, in small letters and digits: servers may change the
case of an address, and the part before the @ has room for 64 characters (RFC 5321, 4.5.3.1.1), of which
`settings.LONGEST_NAME` are left to the address itself.
"""

import re
from base64 import b32decode, b32encode
from dataclasses import dataclass

from monitor.vault import Vault

PURPOSE = "bounce"
HEAD = 10
"""Bytes of the id, which no two deliveries share."""
SIGNATURE = 16
TOKEN = 42

_TOKEN = re.compile(rf"[a-z2-7]{{{TOKEN}}}")


@dataclass(frozen=True, slots=True)
class ReturnPaths:
    """Makes and reads the addresses that belong to one *address*, such as bounces@example.org."""

    address: str
    vault: Vault

    def of(self, delivery_id: str) -> str:
        """The address that the mail of a delivery comes back to."""
        head = bytes.fromhex(delivery_id.replace("-", ""))[:HEAD]
        token = b32encode(head + self.vault.signature(PURPOSE, head)[:SIGNATURE]).decode().rstrip("=").lower()
        name, _, domain = self.address.rpartition("@")
        return f"{name}+{token}@{domain}"

    def delivery(self, address: str) -> str | None:
        """The beginning of the id of the delivery that such an address is of; None for any other address."""
        name, _, domain = address.strip().lower().rpartition("@")
        ours, _, our_domain = self.address.lower().rpartition("@")
        base, _, token = name.rpartition("+")
        if (base, domain) != (ours, our_domain) or not _TOKEN.fullmatch(token):
            return None
        whole = b32decode(token.upper() + "=" * (-TOKEN % 8))
        head, signature = whole[:HEAD], whole[HEAD:]
        if not self.vault.signed(PURPOSE, head, signature):
            return None
        text = head.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:]}"
