"""The signed links in mails: each leads to the page of one subscription, and lets whoever has it change that. Pure.

A link says which subscription it is of and which version of its links it belongs to, and is signed with the vault's
key: nothing is kept of it, and it does not expire, because a mail of three years ago must still let people leave.
Ending the former links of a subscription moves its version on; see `monitor.storage.links`.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from monitor.model import Event
from monitor.model.ids import in_path
from monitor.vault import Vault

PURPOSE = "manage"
SIGNATURE = 18
"""Bytes of it that are in a link."""
_HEAD = 18


def change_page(public_url: str, event: Event) -> str:
    """The page of what one snapshot tells; empty without a public address."""
    return f"{public_url}/trials/{in_path(event.trial_id)}/changes/{event.snapshot}" if public_url else ""


def trial_page(public_url: str, event: Event) -> str:
    """The page of its trial; empty without a public address."""
    return f"{public_url}/trials/{in_path(event.trial_id)}" if public_url else ""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links below an address, and reads them."""

    vault: Vault
    public_url: str

    def manage(self, subscription_id: str, version: int = 0) -> str:
        """The address of a subscription's own page."""
        head = UUID(subscription_id).bytes + version.to_bytes(2, "big")
        token = urlsafe_b64encode(head + self.vault.signature(PURPOSE, head)[:SIGNATURE]).decode()
        return f"{self.public_url}/a/{token}"

    def confirm(self, token: str) -> str:
        """The address where a subscription is confirmed."""
        return f"{self.public_url}/confirm/{token}"

    def read(self, token: str) -> tuple[str, int] | None:
        """The subscription and the version that a link's token is of; None where nobody here signed it."""
        try:
            whole = urlsafe_b64decode(token)
        except ValueError:
            return None
        head, signature = whole[:_HEAD], whole[_HEAD:]
        # A decoder forgives what an encoder never writes, and one link has one form.
        is_ours = len(signature) == SIGNATURE and urlsafe_b64encode(whole).decode() == token
        if not is_ours or not self.vault.signed(PURPOSE, head, signature):
            return None
        return str(UUID(bytes=head[:16])), int.from_bytes(head[16:], "big")
