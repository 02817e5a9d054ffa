"""The mailbox that mails come back to: a Maildir, or one that is read by IMAP.

Both give the mails that nobody has read yet, each with what marks it as read; nothing is deleted. What fails with one
mail leaves that unread; what fails with the mailbox is raised as MailboxUnreadable.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import SplitResult, unquote

from monitor.channels.channel import Configuration
from monitor.channels.email.reports import LARGEST
from monitor.channels.email.settings import BounceSettings
from monitor.errors import MailboxUnreadable, system_words
from monitor.http.answers import certificate_words
from monitor.http.deadline import Deadline
from monitor.http.network import Network
from monitor.settings.network import NetworkSettings
from monitor.text import one_line, safe_cut

MOST_AT_ONCE = 500
"""Mails; the others are read the next time."""
TIMEOUT = 30.0
DEADLINE = 240.0
"""Seconds: of a server's silence, and for one reading in all."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail that nobody has read yet: its beginning, and what marks it as read."""

    name: str
    raw: bytes = field(repr=False)
    mark_read: Callable[[], None] = field(repr=False)


@contextmanager
def unread_mails(config: Configuration) -> Iterator[Iterator[Unread]]:
    """The mails that wait in the configured mailbox; none where there is no such mailbox."""
    settings = config.section(BounceSettings)
    if settings.maildir:
        yield _of_maildir(Path(settings.maildir))
    elif settings.imap:
        network = config.section(NetworkSettings)
        with _imap(settings.server, settings.password, Network(network.ca_bundle)) as connection:
            yield _of_imap(connection)
    else:
        yield iter(())


# Maildir: https://cr.yp.to/proto/maildir.html


def _of_maildir(folder: Path) -> Iterator[Unread]:
    """The mails of a Maildir. Where some cannot be read, the others are given before that is raised."""
    if missing := [name for name in ("new", "cur") if folder.is_dir() and not (folder / name).exists()]:
        raise MailboxUnreadable(
            f"the Maildir {folder} has no folder {' and no folder '.join(missing)}: correct bounces.maildir"
        )
    try:
        waiting = sorted(each for each in (folder / "new").iterdir() if not each.name.startswith("."))
        # What another program has listed is in cur, and may still be unread.
        waiting += sorted(each for each in (folder / "cur").iterdir() if "S" not in _flags(each.name))
    except OSError as error:
        raise MailboxUnreadable(
            f"the Maildir {folder} cannot be read ({system_words(error)}): correct bounces.maildir or its rights"
        ) from None
    bad = ""
    for file in islice(waiting, MOST_AT_ONCE):
        try:
            with file.open("rb") as opened:
                raw = opened.read(LARGEST)
        except FileNotFoundError:
            continue  # somebody else has taken it
        except OSError as error:
            bad = bad or f"the mail {file} cannot be read ({system_words(error)}): correct its rights, or take it away"
            continue
        yield Unread(file.name, raw, partial(_mark_in_maildir, folder, file))
    if bad:
        raise MailboxUnreadable(bad)


def _flags(name: str) -> str:
    return name.rpartition(":2,")[2] if ":2," in name else ""


def _mark_in_maildir(folder: Path, file: Path) -> None:
    flags = "".join(sorted({*_flags(file.name), "S"}))
    try:
        file.rename(folder / "cur" / f"{file.name.partition(':2,')[0]}:2,{flags}")
    except FileNotFoundError:
        pass  # somebody else has moved it
    except OSError as error:
        raise MailboxUnreadable(
            f"the mail {file} cannot be moved to cur ({system_words(error)}): correct the rights of the Maildir"
        ) from None


# IMAP: RFC 3501


@contextmanager
def _imap(server: SplitResult, password: str, network: Network) -> Iterator[imaplib.IMAP4]:
    """A connection with the mailbox selected. Whatever goes wrong with it, also later, is MailboxUnreadable."""
    name = f"{server.hostname}:{server.port or _PORTS[server.scheme]}"
    deadline = Deadline(DEADLINE)
    try:
        with deadline:
            connection = _connected(server, network)
            deadline.watch(lambda: connection.sock)
            try:
                _log_in(connection, server, password, name)
                yield connection
            finally:
                _leave(connection)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        why = "did not answer in time" if deadline.is_over else _why(error)
        raise MailboxUnreadable(f"the mailbox at {name} {why}") from None


_PORTS = {"imaps": 993, "imap": 143}


def _connected(server: SplitResult, network: Network) -> imaplib.IMAP4:
    host, port = server.hostname or "", server.port or _PORTS[server.scheme]
    if server.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port, ssl_context=network.trust(), timeout=TIMEOUT)
    return imaplib.IMAP4(host, port, timeout=TIMEOUT)


def _log_in(connection: imaplib.IMAP4, server: SplitResult, password: str, name: str) -> None:
    folder = unquote(server.path.lstrip("/")) or "INBOX"
    try:
        connection.login(_quoted(unquote(server.username or "")), password)
    except (imaplib.IMAP4.abort, OSError):
        raise
    except (imaplib.IMAP4.error, UnicodeError):
        # A server may repeat what it did not like.
        raise MailboxUnreadable(
            f"the mailbox at {name} refuses the login: check bounces.imap and its password"
        ) from None
    answer, said = connection.select(_quoted(folder))
    if answer != "OK":
        raise MailboxUnreadable(f"the mailbox at {name} has no folder “{folder}”: {_said(said)}; check bounces.imap")


def _leave(connection: imaplib.IMAP4) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        connection.logout()
    with suppress(OSError):
        connection.shutdown()  # which a logout that failed leaves out


def _of_imap(connection: imaplib.IMAP4) -> Iterator[Unread]:
    found = _asked(connection, "SEARCH", "UNSEEN")
    numbers = b" ".join(each for each in found if isinstance(each, bytes)).split()
    for number in numbers[:MOST_AT_ONCE]:
        uid = number.decode("ascii", "replace")
        parts = _asked(connection, "FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
        raw = next((each[1] for each in parts if isinstance(each, tuple)), None)
        if raw is not None:
            yield Unread(uid, raw[:LARGEST], partial(_mark_by_imap, connection, uid))


def _mark_by_imap(connection: imaplib.IMAP4, uid: str) -> None:
    _asked(connection, "STORE", uid, "+FLAGS.SILENT", r"(\Seen)")


def _asked(connection: imaplib.IMAP4, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes]]:
    answer, found = connection.uid(command, *arguments)
    if answer != "OK":
        raise imaplib.IMAP4.error(f"{command}: {_said(found)}")
    return [each for each in found if each is not None]


def _quoted(text: str) -> str:
    """As an IMAP string; the settings let in what can stand in one."""
    return f'"{text}"'


def _said(words: object) -> str:
    parts = words if isinstance(words, list) else [words]
    return safe_cut(b" ".join(part for part in parts if isinstance(part, bytes)).decode(errors="replace"), 200)


def _why(error: Exception) -> str:
    """What went wrong, as what follows the name of the server."""
    if words := certificate_words(error):
        return f"has a certificate that {words}"
    if isinstance(error, ssl.SSLError):
        return "does not speak TLS as it should: check bounces.imap"
    if isinstance(error, TimeoutError):
        return "did not answer in time"
    if isinstance(error, OSError):
        return f"cannot be reached ({system_words(error)}): check bounces.imap"
    words = re.sub(r"^b['\"]|['\"]$", "", str(error))
    return f"answers what cannot be used: {safe_cut(one_line(words), 200)}"
