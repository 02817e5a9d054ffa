"""A mailbox on loopback, a channel to it, and a key to sign with."""

from base64 import b64encode
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from monitor.channels.email.transport import EmailTransport
from monitor.sandbox.mailbox import Mailbox
from tests.channels.email.authority import Authority, make_authority
from tests.channels.email.mails import channel_to


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def channel(mailbox) -> Iterator[EmailTransport]:
    with channel_to(mailbox) as made:
        yield made


@pytest.fixture(scope="module")
def signing_key() -> tuple[bytes, bytes]:
    """A private key, and the DNS record that makes it known.

    It is short, because the library computes in Python: 2,048 bits take six times as long.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, b"v=DKIM1; k=rsa; p=" + b64encode(public)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))
