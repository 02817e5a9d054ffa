"""`monitor demo`: the main job end to end, on this machine alone.

A sandbox registry, a fresh database in a folder that goes away, and the program's own commands: what is shown is what
they print. NCT02116634 was withdrawn in 2016, "Because economic problems"; the state before that is illustrative.
"""

import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.sandbox import Sandbox

if TYPE_CHECKING:
    from rich.console import Console

TRIAL = "NCT02116634"
OTHERS = 24


def show(out: "Console") -> None:
    """Run the demonstration and print it as it goes."""
    with Sandbox(trials=OTHERS) as registry, _elsewhere(registry.base_url) as folder:
        ids = folder / "ids.csv"
        ids.write_text("\n".join([TRIAL, *registry.trial_ids()[1:]]) + "\n", encoding="utf-8")
        out.rule("[bold]registry-monitor[/bold]: a real change, found and explained, offline", align="left")
        out.print(f"A local ClinicalTrials.gov holds {TRIAL} and {OTHERS} synthetic trials. Watch them:\n")
        _command(out, "monitor watch add --file ids.csv")
        _command(out, "monitor check", "the first look is a silent baseline")
        registry.refresh()
        _command(out, "monitor check", "the registry has rebuilt its data: every record has a new build date")
        registry.next_state(TRIAL)
        _command(out, "monitor check", "the registry publishes a withdrawal")
        _command(out, f"monitor history {TRIAL}")
        _command(out, "monitor check", "asked again: one conditional request, and nothing is told twice")
        out.print("Your turn: [bold]monitor check NCT02116634[/bold] asks the real ClinicalTrials.gov;")
        out.print("[bold]monitor sandbox[/bold] runs this registry for you to change.")


@contextmanager
def _elsewhere(base_url: str) -> Iterator[Path]:
    """A folder of its own, and an environment that leads to the sandbox; both are put back."""
    before, environment = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder:
        for name in [name for name in os.environ if name.startswith("MONITOR_")]:
            del os.environ[name]
        os.environ["MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL"] = base_url
        os.environ["MONITOR_REGISTRIES__CLINICALTRIALS_GOV__REQUESTS_PER_SECOND"] = "1000"
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)
            os.environ.clear()
            os.environ.update(environment)


def _command(out: "Console", line: str, remark: str = "") -> None:
    """Show a command, run it within this process, and leave a blank line."""
    from monitor.cli import app  # the command line imports this module

    out.print(f"[bold green]$[/bold green] [bold]{line}[/bold]" + (f"    [dim]# {remark}[/dim]" if remark else ""))
    sys.stdout.flush()
    app(shlex.split(line)[1:], standalone_mode=False)
    out.print()
