"""A page of docs/ walked through: what it says to type is typed in order, and what it shows has to come.

    ```sh        typed into a shell, in a fresh folder, against a sandbox of its own
    ```console   what the block above it prints
    ```text      what the latest mail says
    ```json      what the latest webhook carries

What a page shows are whole lines, in their order. A line `…` stands for any number of lines, and `…` in a line for any
text. A block that begins with a comment such as `# 2026-11-30 08:00 Europe/Paris` is typed at that time.

The sandbox and the program live on a day of their own, so that a page can show dates. `monitor` is forked from a server
that has the program loaded, which saves what an interpreter takes to start.
"""

import json
import os
import re
import shlex
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import time_machine

from monitor.cli.operate import DEFAULT_PORT
from monitor.clock import utc_now
from monitor.sandbox.arrivals import pretty, text_of
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.connection_settings import variables
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.mailbox import Mailbox
from monitor.sandbox.receiver import WebhookReceiver
from tests import faults
from tests.cli.commands import be_monitor

BEGINS = datetime(2026, 11, 25, 10, tzinfo=UTC)
"""A Wednesday."""
TRIALS = 100
"""As many as `monitor sandbox` has."""

ASKING = """#!{python} -IS
import json, os, socket, sys
with socket.create_connection({address}) as server:
    asked = {{"typed": sys.argv[1:], "folder": os.getcwd(), "environ": dict(os.environ)}}
    server.sendall(json.dumps(asked).encode() + b"\\n")
    answer = json.loads(server.makefile("rb").read())
os.write(1, answer["out"].encode())
os.write(2, answer["err"].encode())
sys.exit(answer["code"])
"""
"""The command `monitor` of the shell."""


@dataclass(frozen=True, slots=True)
class Block:
    """What a page says to type, or shows."""

    kind: str
    text: str
    line: int


def blocks(page: Path, *, below: str) -> list[Block]:
    """The blocks below a heading of a page, as far as the next heading."""
    text = page.read_text(encoding="utf-8")
    begin = text.index(f"\n## {below}\n") + 1
    end = text.find("\n## ", begin)
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text[begin : None if end < 0 else end], re.DOTALL | re.MULTILINE)
    return [Block(each[1], each[2], text.count("\n", 0, begin + each.start()) + 1) for each in found]


class Walk:
    """A shell in a folder, a sandbox with its inboxes, and what the last block printed."""

    def __init__(self, folder: Path, sandbox: Sandbox, time: time_machine.Traveller, environ: dict[str, str]) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.time = time
        self.environ = environ
        self.printed = ""

    def follow(self, block: Block) -> None:
        """Type what is to be typed; see whether what is shown is there."""
        if block.kind == "sh":
            self.type(block)
            return
        shown = {"console": lambda: self.printed, "text": self.mail, "json": self.webhook}
        there = shown[block.kind]()
        assert shows(block.text, there), f"line {block.line}: not shown\n{block.text}\nbut\n{there}"

    def type(self, block: Block) -> None:
        """Type a block, at the time that it names."""
        if at := re.match(r"# (\S+ \S+) ([\w/]+)", block.text):
            self.time.move_to(datetime.fromisoformat(at[1]).replace(tzinfo=ZoneInfo(at[2])).timestamp())
        typed = block.text.replace(f"http://127.0.0.1:{DEFAULT_PORT}/", self.sandbox.page_url)
        typed = typed.replace(f"http://127.0.0.1:{DEFAULT_PORT + 2}/hooks/trials", self.sandbox.inboxes.receiver.url)
        ran = subprocess.run(
            ["sh", "-e"],
            input=typed,
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        self.printed = ran.stdout
        assert ran.returncode == 0, f"line {block.line}:\n{typed}\n{ran.stdout}"

    def mail(self) -> str:
        """The latest mail as its reader sees it: subject, and text."""
        mail = self.sandbox.inboxes.mailbox.messages[-1]
        return f"Subject: {mail.email['Subject']}\n\n{text_of(mail)}"

    def webhook(self) -> str:
        """The body of the latest webhook, indented."""
        return pretty(self.sandbox.inboxes.receiver.deliveries[-1])


def shows(excerpt: str, whole: str) -> bool:
    """Whether the lines of an excerpt are in a text, in their order and side by side but for `…`."""
    lines = [line.rstrip() for line in whole.splitlines()]
    return any(_begins(excerpt.splitlines(), lines[start:]) for start in range(len(lines)))


def _begins(excerpt: list[str], lines: list[str]) -> bool:
    if not excerpt:
        return True
    first, *rest = excerpt
    if first.strip() == "…":
        return any(_begins(rest, lines[start:]) for start in range(len(lines) + 1))
    pattern = ".*".join(map(re.escape, first.rstrip().split("…")))
    return bool(lines) and re.fullmatch(pattern, lines[0]) is not None and _begins(rest, lines[1:])


@contextmanager
def walking(folder: Path) -> Iterator[Walk]:
    """Everything that a page needs to be walked through in *folder*, which is empty and used for nothing else."""
    for name in ("bin", "empty"):
        (folder / name).mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with (
        time_machine.travel(BEGINS.timestamp(), tick=True) as time,
        Mailbox() as mailbox,
        WebhookReceiver() as receiver,
        Sandbox(trials=TRIALS, clock=utc_now, inboxes=Inboxes(mailbox, receiver)) as sandbox,
        answering(folder / "bin" / "monitor"),
    ):
        environ = {**inherited, **variables(sandbox), "PATH": path, "COLUMNS": "120", "no_proxy": "*"}
        yield Walk(folder / "empty", sandbox, time, environ)


@contextmanager
def answering(command: Path) -> Iterator[None]:
    """Be what the command asks, which is put there."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Asked) as server:
        command.write_text(ASKING.format(python=sys.executable, address=server.server_address), encoding="utf-8")
        command.chmod(0o755)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield
        server.shutdown()


class Asked(socketserver.StreamRequestHandler):
    """A command that the shell has called."""

    def handle(self) -> None:
        """Run it, and answer with what it printed."""
        asked = json.loads(self.rfile.readline())
        typed = ["monitor", *asked["typed"]]
        died, answer = faults.run(at_a_time, utc_now(), typed, Path(asked["folder"]), asked["environ"])
        (code, out, err), _ = answer or ((1, "", f"{shlex.join(typed)} ended with {died}\n"), 0)
        self.wfile.write(json.dumps({"code": code, "out": out, "err": err}).encode())


def at_a_time(now: datetime, typed: list[str], folder: Path, environ: dict[str, str]) -> tuple[int, str, str]:
    """Be `monitor …` as though it were *now*, in the zone that the environment names."""
    with time_machine.travel(now.timestamp(), tick=True):
        return be_monitor(typed, folder, environ)
