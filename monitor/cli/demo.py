"""`monitor demo`: the main job end to end, on this machine alone.

A sandbox registry, a mailbox, a webhook receiver that verifies signatures with the public library, a fresh database in
a folder that goes away, and the program's own commands: what is shown is what they print. NCT02116634 was withdrawn in
2016, "Because economic problems"; the state before that is illustrative.
"""

import json
import os
import shlex
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rich.panel import Panel
from rich.text import Text

from monitor.cli import demo_operating
from monitor.clock import utc_now
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.clinicaltrials_gov.databuild import latest_build
from monitor.sandbox.connection_settings import variables
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.mailbox import Mail, Mailbox
from monitor.sandbox.receiver import Received, WebhookReceiver

if TYPE_CHECKING:
    from rich.console import Console

Run = Callable[[list[str]], object]

TRIAL = "NCT02116634"
OTHERS = 24
BUILDS = 2
"""How many data builds follow the first, and one more with pages; the last of them is that of this morning."""
READER = "reader@example.org"


def show(out: "Console", run: Run, *, keeps_pages: bool) -> None:
    """Run the demonstration and print it as it goes; *run* runs a command of the program, given its words.

    With *keeps_pages* its pages are served until Ctrl-C, and the links of its mail lead to them.
    """
    begins = latest_build(utc_now()).at.date() - timedelta(days=BUILDS + keeps_pages)
    with (
        Mailbox() as mailbox,
        WebhookReceiver() as receiver,
        Sandbox(trials=OTHERS, day=begins, inboxes=Inboxes(mailbox, receiver)) as registry,
        _elsewhere(variables(registry) | (_pages() if keeps_pages else {})) as folder,
    ):
        ids = folder / "ids.csv"
        ids.write_text("\n".join([TRIAL, *registry.trial_ids()[1:]]) + "\n", encoding="utf-8")
        out.rule("[bold]registry-monitor[/bold]: a real change, found, explained and told, offline", align="left")
        out.print(f"A local ClinicalTrials.gov holds {TRIAL} and {OTHERS} synthetic trials. Watch them:\n")
        _command(out, run, "monitor watch add --file ids.csv")
        _command(out, run, "monitor check", "the first look is a silent baseline")
        _command(out, run, f'monitor subscribe email {READER} --trial {TRIAL} --note "my brother asked about it"')
        receiver.secret = _secret(out, run, f"monitor subscribe webhook {receiver.url} --all --min-significance major")
        registry.refresh()
        _command(out, run, "monitor check", "the registry has rebuilt its data: every record has a new build date")
        registry.next_state(TRIAL)
        _command(out, run, "monitor check --deliver", "the registry publishes a withdrawal")
        _arrived(out, mailbox.messages, receiver.deliveries)
        _command(out, run, f"monitor why {TRIAL} {READER}")
        _command(out, run, "monitor check --deliver", "asked again: one request, and nothing is told twice")
        if keeps_pages:
            demo_operating.fill(registry, registry.trial_ids()[1:], folder, run)
            _serve(out, run, password=demo_operating.add_user(run))
    if not keeps_pages:
        out.print("[bold]monitor demo --pages[/bold] goes on to show all this on its web pages.")
    out.print("Your turn: [bold]monitor check NCT02116634[/bold] asks the real ClinicalTrials.gov;")
    out.print("[bold]monitor sandbox[/bold] runs this registry, mailbox and receiver for you to try.")


def _pages() -> dict[str, str]:
    """The settings of pages for anybody on this machine, at a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    return {
        "MONITOR_WEB__BIND": address,
        "MONITOR_WEB__PUBLIC_URL": f"http://{address}",
        "MONITOR_WEB__PUBLIC": "true",
        "MONITOR_WEB__SELF_SERVICE": "true",
    }


def _serve(out: "Console", run: Run, *, password: str) -> None:
    """Run the service until Ctrl-C, which is about nobody's registry: what it logs is not shown."""
    address = os.environ["MONITOR_WEB__PUBLIC_URL"]
    out.print("[bold green]$[/bold green] [bold]monitor serve[/bold]    [dim]# the same on its own pages[/dim]\n")
    places = [("What changed", "/"), ("The trial", f"/trials/{TRIAL}"), ("Sign in", "/login"), *demo_operating.PLACES]
    width = max(len(what) for what, _ in places)
    for what, path in places:
        line = f"    {what:{width}}    {address}{path}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)
        if path == "/login":
            said = f"as {demo_operating.USER}, with the password {password}: what operators look after is below"
            out.print(f"    {'':{width}}    {said}\n", markup=False, highlight=False, soft_wrap=True)
    out.print("\nOpen one in a browser. Ctrl-C ends the demonstration, and nothing of it stays.\n")
    sys.stdout.flush()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        run(["serve"])


def _arrived(out: "Console", mails: list[Mail], deliveries: list[Received]) -> None:
    """The mail as it arrived, and the webhook with its signature verified."""
    for mail in mails:
        text = mail.email.get_body(("plain",))
        about = f"To: {mail.email['To']}\nSubject: {mail.email['Subject']}\n\n"
        out.print(Panel(Text(about + (text.get_content() if text else "")), title="in the mailbox", width=100))
    for delivery in deliveries:
        body = json.loads(delivery.body)
        verdict = "signature verified" if delivery.verified else "SIGNATURE NOT VERIFIED"
        told = [change["summary"] for change in body["data"]["changes"]]
        lines = [f"webhook-id: {delivery.id}  ({verdict})", f"type: {body['type']}", *told]
        out.print(Panel(Text("\n".join(lines)), title="at the webhook", width=100))
    out.print()


@contextmanager
def _elsewhere(variables: dict[str, str]) -> Iterator[Path]:
    """A folder of its own, and an environment that leads to the sandbox; both are put back."""
    before, environment = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder:
        for name in [name for name in os.environ if name.startswith("MONITOR_")]:
            del os.environ[name]
        os.environ.update(variables)
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)
            os.environ.clear()
            os.environ.update(environment)


def _secret(out: "Console", run: Run, line: str) -> str:
    """Subscribe a webhook, and give the receiver the secret that its owner is shown once."""
    out.print(f"[bold green]$[/bold green] [bold]{line}[/bold]")
    with redirect_stdout(StringIO()) as said:
        run([*shlex.split(line)[1:], "--json"])
    subscribed = json.loads(said.getvalue())
    out.print(f"{subscribed['to']} is told from now on, and its owner was shown the signing secret once.\n")
    secret: str = subscribed["secret"]
    return secret


def _command(out: "Console", run: Run, line: str, remark: str = "") -> None:
    """Show a command, run it within this process, and leave a blank line."""
    out.print(f"[bold green]$[/bold green] [bold]{line}[/bold]" + (f"    [dim]# {remark}[/dim]" if remark else ""))
    sys.stdout.flush()
    run(shlex.split(line)[1:])
    out.print()
