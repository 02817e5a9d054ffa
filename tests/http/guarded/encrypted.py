"""A receiver that speaks TLS, with a certificate of its own making."""

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.loopback import Pause, http


def certificate(*names: x509.GeneralName, folder) -> ssl.SSLContext:
    """A server's side of TLS with a certificate of its own making, and the client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoded = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(made.public_bytes(encoded))
    (folder / "key.pem").write_bytes(
        key.private_bytes(encoded, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def read_all(connection: ssl.SSLSocket) -> bytes:
    """Head and body: what is left unread would reset the connection."""
    came = b""
    while not _is_whole(came) and (piece := connection.recv(65_536)):
        came += piece
    return came


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


class Encrypted:
    """A receiver that speaks TLS; *named* are the hosts that clients asked for by SNI."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.named: list[str | None] = []
        self.heads: list[bytes] = []
        self.answer: Callable[[], Iterable[object]] = lambda: [http(b"encrypted")]
        context.sni_callback = lambda connection, name, _: self.named.append(name)
        self.context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                with self.context.wrap_socket(connection, server_side=True) as encrypted:
                    self.heads.append(read_all(encrypted))
                    for part in self.answer():
                        time.sleep(part.seconds) if isinstance(part, Pause) else encrypted.sendall(part)
            except OSError:
                connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
