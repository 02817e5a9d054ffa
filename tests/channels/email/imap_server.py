"""An IMAP server of a few commands on loopback, as far as mails are read and marked: RFC 3501."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class Kept:
    """A mail in the mailbox."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """One mailbox, INBOX. *context* holds a certificate; *breaks_at* names a command at which it hangs up."""

    def __init__(
        self, *mails: bytes, context: ssl.SSLContext | None = None, password: str = "s3cret", breaks_at: str = ""
    ) -> None:
        self.mails = [Kept(mail) for mail in mails]
        self.commands: list[str] = []
        self._context = context
        self._password = password
        self._breaks_at = breaks_at
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        scheme = "imaps" if self._context else "imap"
        return f"{scheme}://bounces%40example.org@127.0.0.1:{self._listener.getsockname()[1]}/INBOX"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._listener.accept()
                with suppress(OSError), self._wrapped(plain) as connection:
                    self._talk(connection)

    @contextmanager
    def _wrapped(self, plain: socket.socket) -> Iterator[socket.socket]:
        with plain:
            if self._context is None:
                yield plain
                return
            with self._context.wrap_socket(plain, server_side=True) as wrapped:
                yield wrapped

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            stream.write(b"* OK ready\r\n")
            stream.flush()
            for line in stream:
                tag, _, command = line.decode().strip().partition(" ")
                self.commands.append(command.partition(" ")[0] if "LOGIN" in command else command)
                if self._breaks_at and self._breaks_at in command:
                    return
                *told, status = self._answer(command)
                stream.write(b"".join(told) + f"{tag} {status}\r\n".encode())
                stream.flush()
                if command == "LOGOUT":
                    return

    def _answer(self, command: str) -> list:
        words = command.split()
        match words[0] if words[0] != "UID" else words[1]:
            case "CAPABILITY":
                return [b"* CAPABILITY IMAP4rev1\r\n", "OK done"]
            case "LOGIN":
                known = command == f'LOGIN "bounces@example.org" "{self._password}"'
                return ["OK in"] if known else [f"NO {command} is wrong"]
            case "SELECT":
                there = words[1] == '"INBOX"'
                return [f"* {len(self.mails)} EXISTS\r\n".encode(), "OK done" if there else "NO no such folder"]
            case "SEARCH":
                unseen = " ".join(str(n) for n, each in enumerate(self.mails, 1) if "\\Seen" not in each.flags)
                return [f"* SEARCH {unseen}\r\n".encode(), "OK done"]
            case "FETCH":
                number, most = int(words[2]), int(re.search(r"<0\.(\d+)>", command)[1])
                raw = self.mails[number - 1].raw[:most]
                head = f"* {number} FETCH (UID {number} BODY[]<0> {{{len(raw)}}}\r\n".encode()
                return [head, raw, b")\r\n", "OK done"]
            case "STORE":
                self.mails[int(words[2]) - 1].flags.add("\\Seen")
                return ["OK done"]
            case "LOGOUT":
                return [b"* BYE\r\n", "OK done"]
        return ["BAD unknown"]
