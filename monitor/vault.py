"""Keeps secrets encrypted at rest, such as addresses that hold passwords, and webhooks' own; signs what we give out.

The key comes from MONITOR_SECRET_KEY, or from a file beside the database that is made when something is first sealed.
Whoever loses the key loses the endpoints, so it is never replaced: opening what was sealed without its key is an error.
Several keys mean a change of keys: the first seals, all of them open. Encryption is Fernet (cryptography.io/en/latest/
fernet): AES-128 in CBC mode with an HMAC, so what was altered does not open.
"""

import hmac
import os
import re
import stat
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import ConfigurationInvalid, StoreCorrupt, StoreUnavailable
from monitor.files import decoded, make_folder

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

VARIABLE = "MONITOR_SECRET_KEY"

SHORTEST_SIGNATURE = 16

_A_KEY = "32 random bytes in base64, several separated by commas, the newest first"


class Vault:
    """Seals and unseals text. Nothing of it appears in its repr."""

    def __init__(self, key: str | None, file: Path) -> None:
        self._key = key
        self._file = file
        self._fernet: MultiFernet | None = None
        self._plain: Sequence[bytes] = ()

    @classmethod
    def open(cls, *, key: str | None, file: Path) -> "Vault":
        """A vault with the key, or keys, in *key*; without one, with those in *file*.

        Nothing is read or made before the first use: a command that needs no secrets needs no key.
        """
        return cls(key or None, file)

    def seal(self, text: str) -> bytes:
        """Encrypt. The key file is made where neither it nor a key is there.

        Raise ConfigurationInvalid for a key that is none, StoreUnavailable for a file that cannot be used.
        """
        if self._key is None:
            _make_file(self._file)
        return self._keys().encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str:
        """Decrypt. Raise StoreCorrupt where no key fits, and what `seal` raises."""
        # Loaded only here and below: what needs no secrets need not wait for it.
        from cryptography.fernet import InvalidToken

        try:
            return self._keys().decrypt(sealed).decode()
        except InvalidToken as error:
            raise StoreCorrupt(
                f"the key in {self._place} does not open what the database holds: give the key that was used before, "
                f"in {VARIABLE} (after the newer one and a comma) or in its file, restore a backup, or subscribe the "
                "address again"
            ) from error

    def signature(self, purpose: str, content: bytes) -> bytes:
        """32 bytes that nobody without the key can make, of use for that *purpose* alone. Raise as `seal` does."""
        if self._key is None:
            _make_file(self._file)
        return _signatures(self._raw()[:1], purpose, content)[0]

    def signed(self, purpose: str, content: bytes, signature: bytes) -> bool:
        """Whether one of the keys made that signature, or what it begins with: 16 bytes at least."""
        made = _signatures(self._raw(), purpose, content)
        length = len(signature)
        return length >= SHORTEST_SIGNATURE and any(hmac.compare_digest(each[:length], signature) for each in made)

    def fingerprint(self) -> bytes:
        """What tells these keys from others, and from none that can be used. No key can be found by it."""
        try:
            text = _read_file(self._file) if self._key is None else self._key
        except StoreUnavailable as error:
            text = f"none: {error}"
        return sha256(text.encode("utf-8", "surrogatepass")).digest()

    @property
    def _place(self) -> str:
        return str(self._file) if self._key is None else VARIABLE

    def _keys(self) -> "MultiFernet":
        if self._fernet is None:
            from cryptography.fernet import Fernet, MultiFernet

            texts = self._split()
            try:
                self._fernet = MultiFernet([Fernet(key) for key in texts])
            except ValueError:
                # Without the cause, which may repeat a part of the key.
                raise ConfigurationInvalid(f"{self._place} holds no key: expected {_A_KEY}") from None
            self._plain = tuple(urlsafe_b64decode(key) for key in texts)
        return self._fernet

    def _raw(self) -> Sequence[bytes]:
        """The keys as bytes."""
        self._keys()
        return self._plain

    def _split(self) -> list[str]:
        text = _read_file(self._file) if self._key is None else self._key
        return re.split(r"[,\s]+", text.strip(", \t\r\n"))


def _signatures(keys: Sequence[bytes], purpose: str, content: bytes) -> list[bytes]:
    """Of each key, with one that is derived for the purpose: what seals signs nothing."""
    derived = (hmac.digest(key, f"monitor signs: {purpose}".encode(), "sha256") for key in keys)
    return [hmac.digest(key, content, "sha256") for key in derived]


def key_file(store_url: str) -> Path:
    """Where the key to a database is: beside an SQLite file, and in the data directory for another one."""
    _, is_file, path = store_url.partition("sqlite:///")
    return (Path(path).parent if is_file else Path("snapshots")) / "secret.key"


def _read_file(file: Path) -> str:
    """The keys in the file, which nobody but its owner may read."""
    try:
        with file.open("rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if mode & 0o077:
                raise StoreUnavailable(f"{file} can be read by others (mode {mode:o}): chmod 600 {file}")
            return _text(opened.read(10_000))
    except FileNotFoundError:
        raise StoreUnavailable(
            f"{file}, the key to the secrets in the database, is missing: put it back, or set {VARIABLE} to its content"
        ) from None
    except OSError as error:
        raise _unusable(file, "read", error) from error


def _text(raw: bytes) -> str:
    """What cannot be decoded is no key, which is said where it is used."""
    try:
        return decoded(raw)
    except UnicodeDecodeError:
        return raw.decode("ascii", "replace")


def _make_file(file: Path) -> None:
    """Make a key file with a new key, unless there is one, or another process is faster: then theirs stays.

    The name appears when the content is on the disk, so nobody ever reads half a key, and no secret outlives its key.
    """
    import tempfile  # only the first sealing makes a file

    from cryptography.fernet import Fernet

    try:
        if file.exists():
            return
        make_folder(file.parent)
        descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mkstemp gives mode 600
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(Fernet.generate_key() + b"\n")
                opened.flush()
                os.fsync(descriptor)
            Path(file).hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
        _sync_folder(file.parent)
    except OSError as error:
        raise _unusable(file, "made", error) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(file: Path, verb: str, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(f"{file} cannot be {verb} ({error.strerror}): correct that, or set {VARIABLE}")
