"""The command `monitor`, and `python -m monitor`.

The version is told before anything else is imported: scripts ask for it often, and it costs no more than Python.
"""

import gc
import os
import sys

from monitor.streams import INTERRUPTED, set_up, status_after

TYPE_CHECKING = False  # `typing` would cost `monitor --version` more than all the rest
if TYPE_CHECKING:
    from typing import NoReturn

OBJECTS_BETWEEN_COLLECTIONS = 200_000
"""Importing and reading rows make many objects and no garbage: Python's default of 700 costs a sixth of the start."""
COMPLETION = "_MONITOR_COMPLETE"
"""The variable by which a shell asks what could be typed next."""


def main() -> None:
    """Run the command line, and leave with its exit status once everything that it printed is written."""
    output = set_up()
    try:
        _run()
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            sys.stderr.write(f"{leaving.code}\n")
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        _leave(status_after(output, status))
    _leave(status_after(output, 0))


def _run() -> None:
    if sys.argv[1:] == ["--version"]:
        from monitor import __version__

        sys.stdout.write(f"monitor {__version__}\n")
        return
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    asked = None
    if _is_plain_check(typed := sys.argv[1:]) and COMPLETION not in os.environ:
        from monitor.quiet import check_quietly  # of no use to other commands

        try:
            attempt = check_quietly(_configuration(typed), os.environ, as_json="--json" in typed)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        if attempt.is_done:
            return
        asked = attempt.asked
    from monitor.cli import main as command_line  # typer and rich take longer to import than Python to start

    command_line(asked)


def _is_plain_check(typed: list[str]) -> bool:
    """Whether this is `check` of all that is watched. Whether --exit-code is given does not matter to a quiet one."""
    match typed:
        case ["check", *options] | ["--config", _, "check", *options]:
            return set(options) <= {"--json", "--exit-code"}
    return False


def _configuration(typed: list[str]) -> str | None:
    return typed[1] if typed[0] == "--config" else None


def _leave(status: int) -> "NoReturn":
    """End. All that there is goes with the process: Python need not look for garbage in it first."""
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
